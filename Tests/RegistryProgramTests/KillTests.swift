import Foundation
import HTTP
import RegistryAPI
import RegistryClient
import SyncModel
import TestGround
import Testing

/// The registry's process is killed while agents report: what it acknowledged is there afterwards.
@Suite(.timeLimit(.minutes(5))) struct KillTests {
  /// What was acknowledged, and what was sent.
  private final class Ledger: Sendable {
    private let acknowledged = Locked<[Int64: Set<Int64>]>([:])

    func note(_ resource: Int64, _ run: Int64) {
      acknowledged.withLock { _ = $0[resource, default: []].insert(run) }
    }

    var all: [Int64: Set<Int64>] { acknowledged.withLock { $0 } }
    func reaches(_ wanted: Int) async throws {
      while count < wanted { try await Task.sleep(for: .milliseconds(5)) }
    }

    var count: Int { all.values.reduce(0) { $0 + $1.count } }
  }

  private func enrolled(
    _ registry: RegistryProgram,
    _ count: Int,
    at address: String,
    _ client: HTTPClient
  ) async throws -> [Int64: Secret] {
    let lines = (1...count).map { "\($0),Technician \($0),t\($0)@example.com" }
    let people = try registry.folder.write("people.csv", lines.joined(separator: "\n") + "\n")
    _ = try await registry("resources", "import", people)
    _ = try await registry("settings", "set", "profile_name=Firm", "server_address=localhost")
    #expect(try await registry("enable", "--all", "--yes").status == 0)
    var tokens: [Int64: Secret] = [:]
    for number in 1...count {
      let code = try await registry("codes", "add", "\(number)", "--json").json(MadeCode.self).code
      let request = EnrolmentRequest(
        code: code,
        agent: AgentID(rawValue: "agent-\(number)"),
        machine: "desk",
        version: "0.1.0",
        takesOver: false
      )
      let service = RegistryService(url: address, token: nil, http: client)
      tokens[Int64(number)] = Secret(try await service.enrol(request).token)
    }
    return tokens
  }

  /// Reports run after run until told to stop; goes to the next address where one does not answer.
  private func report(
    _ resource: Int64,
    _ token: Secret,
    _ addresses: [String],
    _ client: HTTPClient,
    _ ledger: Ledger,
    _ isOver: Locked<Bool>
  ) async {
    var run: Int64 = 1
    var place = Int(resource) % addresses.count
    while !isOver.withLock({ $0 }) {
      let service = RegistryService(
        url: addresses[place],
        token: token,
        http: client,
        patience: .seconds(10)
      )
      let report = AttemptReport(
        run: RunID(run),
        purpose: .sync,
        outcome: .success,
        started: WireTime(Instant(seconds: 1_795_420_800 + run)),
        finished: WireTime(Instant(seconds: 1_795_420_801 + run))
      )
      do {
        let receipt = try await service.deliver(
          AttemptBatch(version: "0.1.0", attempts: [report])
        )
        for kept in receipt.accepted { ledger.note(resource, kept.rawValue) }
        run += 1
      } catch {
        place = (place + 1) % addresses.count
        if addresses.count == 1 { return }
      }
    }
  }

  private func expectAll(
    _ ledger: Ledger,
    _ registry: RegistryProgram
  ) async throws {
    for (resource, runs) in ledger.all {
      var stored: [Int64] = []
      var page = 1
      while true {
        let rows = try await registry(
          "attempts",
          "--resource",
          "\(resource)",
          "--size",
          "500",
          "--page",
          "\(page)",
          "--json"
        ).json(EntryList<AttemptEntry>.self).entries
        stored += rows.map(\.report.run.rawValue)
        if rows.count < 500 { break }
        page += 1
      }
      #expect(Set(stored).count == stored.count, "twice")
      #expect(runs.isSubset(of: stored), "lost: \(runs.subtracting(stored))")
    }
  }

  @Test func `no acknowledged attempt is lost when the process is killed`() async throws {
    let registry = try RegistryProgram()
    let client = HTTPClient(trust: .system)
    let ledger = Ledger()
    let first = try await registry.started("first")
    defer { first.child.end() }
    let tokens = try await enrolled(registry, 6, at: first.address, client)
    let isOver = Locked(false)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (resource, token) in tokens {
        group.addTask {
          await report(resource, token, [first.address], client, ledger, isOver)
        }
      }
      try await ledger.reaches(150)
      first.child.end()
      await first.child.ended()
      isOver.withLock { $0 = true }
    }
    #expect(ledger.count >= 150)
    try await expectAll(ledger, registry)
    await client.close()
  }

  @Test func `of two processes over one PostgreSQL one is killed, and nothing is lost or twice`()
    async throws
  {
    guard let cluster = try await PostgresCluster.started() else { return }
    let registry = try RegistryProgram()
    try registry.folder.write(
      "registry.toml",
      """
      database = "\(try await cluster.database("killed"))"
      key_file = "registry.key"
      listen = "127.0.0.1:0"
      """
    )
    let client = HTTPClient(trust: .system)
    let ledger = Ledger()
    let first = try await registry.started("first")
    let second = try await registry.started("second")
    defer {
      first.child.end()
      second.child.end()
    }
    let tokens = try await enrolled(registry, 6, at: first.address, client)
    let isOver = Locked(false)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (resource, token) in tokens {
        group.addTask {
          await report(
            resource,
            token,
            [first.address, second.address],
            client,
            ledger,
            isOver
          )
        }
      }
      try await ledger.reaches(100)
      first.child.end()
      let before = ledger.count
      try await ledger.reaches(before + 100)
      isOver.withLock { $0 = true }
    }
    try await expectAll(ledger, registry)
    await client.close()
    second.child.end()
    await cluster.stop()
  }
}
