import Cryptography
import Foundation
import Logging
import RegistryAPI
import RegistryPages
import RegistryServer
import RegistryStore
import SyncModel
import TestGround

/// The registry as an admin finds it: settings saved once, people of every state, on a real file and
/// a real port.
struct TestRegistry {
  static let now = Instant(seconds: 1_795_420_800)
  static let admin = AdminName(rawValue: "dispatcher")

  static var settings: AdminSettings {
    var settings = AdminSettings()
    (settings.profileName, settings.serverAddress) = ("Firm", "mail.example.com")
    return settings
  }

  let store: RegistryStore
  let address: String
  private let folder: TemporaryFolder

  /// Serves while `body` looks.
  static func with(_ body: @escaping @Sendable (TestRegistry) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    let store = try await RegistryStore.open(
      .sqlite(path: folder("registry.sqlite")),
      keyFile: folder("registry.key"),
      dice: { try RandomBytes.bytes($0) }
    )
    try await store.makeAdmin(admin, password: "correct horse battery", by: admin, now: now)
    _ = try await store.save(settings, expecting: 0, by: admin, now: now)
    try await people(in: store)
    let acts = RegistryPages.Acts(
      check: { _ in [SettingCheck(.name, .fails, "No such name. Ask who runs the DNS.")] },
      setEnabled: { try await store.setEnabled($0, $1, by: $2, now: $3) }
    )
    let server = try RegistryServer(
      store: store,
      acts: acts,
      configuration: RegistryServer.Configuration(address: .tcp(host: "127.0.0.1", port: 0)),
      clock: { now },
      logger: Logger(label: "registry", factory: { _ in SwiftLogNoOpLogHandler() })
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
      let (ports, ready) = AsyncStream<Int>.makeStream()
      group.addTask {
        try await server.run { ready.yield($0) }
        ready.finish()
      }
      guard let port = await ports.first(where: { _ in true }) else {
        try await group.next()
        return
      }
      try await body(
        TestRegistry(store: store, address: "http://127.0.0.1:\(port)", folder: folder)
      )
      group.cancelAll()
    }
    try store.close()
  }

  // MARK: People

  static func ago(_ minutes: Int64) -> Instant { now.advanced(bySeconds: -minutes * 60) }

  /// One in each state, one whose name is an attack, and enough others for two pages.
  private static func people(in store: RegistryStore) async throws {
    var rows = [
      ("Anna Arnold", "anna.arnold@example.com"), ("Bert Brandt", "bert.brandt@example.com"),
      ("Clara Conrad", "clara.conrad@example.com"), ("Dora Dietz", "dora.dietz@example.com"),
      ("Emil Ernst", "emil.ernst@example.com"), ("<script>alert('x')</script>", ""),
    ]
    rows += (1...60).map { ("Technician \($0 < 10 ? "0" : "")\($0)", "t\($0)@example.com") }
    try await store.keepResources(
      rows.enumerated().map { place, row in
        ResourceRow(
          number: ResourceID(Int64(101 + place)),
          name: row.0,
          mail: row.1,
          isActive: true
        )
      },
      by: admin,
      now: ago(3_000)
    )
    let enabled = (101...105).map { ResourceID($0) }
    _ = try await store.setEnabled(enabled, true, by: admin, now: ago(3_000))
    let ends: [(resource: Int64, minutes: Int64, outcome: Outcome, note: String?, held: Bool)] = [
      (101, 4, .success, nil, false),
      (102, 6, .failed, "Exchange refuses the password. Run 'lockstep init' again.", false),
      (
        103, 9, .successWithErrors, "1 item could not be written: the PSA refuses its title.", false
      ),
      (104, 11, .success, nil, true),
    ]
    for end in ends {
      let identity = try await enrol(ResourceID(end.resource), in: store)
      for (run, hours) in [Int64](1...20).enumerated() {
        let minutes = end.minutes + (20 - hours) * 70
        let isLast = run == 19
        var exchange = SideCounts()
        (exchange.created, exchange.updated) = (isLast ? 2 : 0, run % 3)
        let report = AttemptReport(
          run: RunID(hours),
          purpose: .sync,
          outcome: isLast ? end.outcome : (run % 7 == 3 ? .failed : .success),
          exchange: exchange,
          failedItems: 0,
          notes: isLast ? [end.note].compactMap(\.self) : [],
          started: WireTime(ago(minutes)),
          finished: WireTime(ago(minutes - 1)),
          policy: 1,
          nextDue: WireTime(ago(minutes - 15)),
          holds: isLast && end.held ? [hold] : []
        )
        _ = try await store.keep(
          AttemptBatch(version: "0.1.0", attempts: [report]),
          of: identity,
          now: ago(minutes - 1)
        )
      }
    }
  }

  private static let hold = HoldReport(
    digest: PlanDigest(rawValue: "0123456789abcdef"),
    reason: "24 appointments would be deleted in Exchange at once.",
    needsApproval: true,
    counts: [HoldReport.Count(verb: .delete, side: .exchange, kind: .appointment, number: 24)]
  )

  private static func enrol(
    _ resource: ResourceID,
    in store: RegistryStore
  ) async throws -> AgentIdentity {
    let code = try await store.makeCode(for: resource, by: admin, now: ago(2_000))
    let agent = AgentID(rawValue: "agent-\(resource)")
    let request = EnrolmentRequest(
      code: code,
      agent: agent,
      machine: "desk-\(resource)",
      version: "0.1.0",
      takesOver: false
    )
    _ = try await store.enrol(request, now: ago(1_990))
    return AgentIdentity(agent: agent, resource: resource)
  }
}
