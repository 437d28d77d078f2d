import Cryptography
import Foundation
import RegistryAPI
import RegistryStore
import SyncModel
import TestGround
import Testing

/// Every test of the store runs on both.
enum Engine: String, CaseIterable, Sendable {
  case sqlite, postgreSQL
}

/// All tests of the store, with one PostgreSQL for all of them.
@Suite(.onBothEngines, .timeLimit(.minutes(10))) enum StoreTests {}

struct OnBothEngines: SuiteTrait, TestScoping {
  @TaskLocal static var cluster: PostgresCluster?

  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let cluster = try await PostgresCluster.started()
    do {
      try await Self.$cluster.withValue(cluster) { try await function() }
    } catch {
      await cluster?.stop()
      throw error
    }
    await cluster?.stop()
  }
}

extension Trait where Self == OnBothEngines {
  static var onBothEngines: Self { Self() }
}

/// A database for one test, which can be opened as often as it likes.
struct Ground: Sendable {
  static let noon = Instant(seconds: 1_795_420_800)
  static let boss = AdminName(rawValue: "dispatcher")

  let folder: TemporaryFolder
  let location: RegistryLocation
  let engine: Engine
  let name: String
  let cluster: PostgresCluster?

  /// Opens a store for `body`; leaves a test out, aloud, where its engine is not here.
  static func with(
    _ engine: Engine,
    _ body: (Ground, RegistryStore) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    let name = "r\(UInt64.random(in: 0 ... .max))"
    let location: RegistryLocation
    switch engine {
    case .sqlite: location = .sqlite(path: folder("registry.sqlite"))
    case .postgreSQL:
      guard let cluster = OnBothEngines.cluster else { return }
      location = .postgres(url: try await cluster.database(name))
    }
    let ground = Ground(
      folder: folder,
      location: location,
      engine: engine,
      name: name,
      cluster: OnBothEngines.cluster
    )
    let store = try await ground.opened()
    try await body(ground, store)
    try store.close()
  }

  func opened() async throws -> RegistryStore {
    try await RegistryStore.open(
      location,
      keyFile: folder("registry.key"),
      dice: { try RandomBytes.bytes($0) }
    )
  }

  func after(_ minutes: Int64) -> Instant { Self.noon.advanced(bySeconds: minutes * 60) }

  // MARK: What most tests begin with

  static var settings: AdminSettings {
    var settings = AdminSettings()
    (settings.profileName, settings.serverAddress) = ("Firm", "mail.example.com")
    return settings
  }

  static func people(_ count: Int) -> [ResourceRow] {
    (1...count).map { number in
      ResourceRow(
        number: ResourceID(Int64(number)),
        name: "Technician \(number)",
        mail: "t\(number)@example.com",
        isActive: true
      )
    }
  }

  static func request(_ code: String, _ agent: String, takesOver: Bool = false) -> EnrolmentRequest
  {
    EnrolmentRequest(
      code: code,
      agent: AgentID(rawValue: agent),
      machine: "desk",
      version: "0.1.0",
      takesOver: takesOver
    )
  }

  static func enrol(
    _ resource: ResourceID,
    in store: RegistryStore
  ) async throws -> (identity: AgentIdentity, token: String) {
    let code = try await store.makeCode(for: resource, by: boss, now: noon)
    let enrolment = try await store.enrol(request(code, "agent-\(resource)"), now: noon)
    let agent = AgentID(rawValue: "agent-\(resource)")
    return (AgentIdentity(agent: agent, resource: resource), enrolment.token)
  }

  static func report(
    _ run: Int64,
    _ outcome: Outcome,
    at started: Instant,
    notes: [String] = [],
    holds: [HoldReport] = []
  ) -> AttemptReport {
    AttemptReport(
      run: RunID(run),
      purpose: .sync,
      outcome: outcome,
      notes: notes,
      started: WireTime(started),
      finished: outcome == .running ? nil : WireTime(started.advanced(bySeconds: 30)),
      policy: 1,
      nextDue: WireTime(started.advanced(bySeconds: 900)),
      holds: holds
    )
  }

  static func hold(_ digest: String) -> HoldReport {
    HoldReport(
      digest: PlanDigest(rawValue: digest),
      reason: "24 appointments would be deleted.",
      needsApproval: true,
      counts: []
    )
  }
}

/// The code of the refusal that something ends with; nil where it does not.
func refusal(
  _ work: () async throws -> Void
) async throws -> RegistryProblem.Code? {
  do {
    try await work()
    return nil
  } catch let problem as RegistryProblem {
    return problem.code
  }
}

/// No row and no file has the word in the clear.
func expectNowhere(_ word: String, _ ground: Ground) async throws {
  if ground.engine == .postgreSQL, let cluster = ground.cluster {
    let tables = try await cluster.query(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
      in: ground.name
    )
    for table in tables.split(separator: "\n") {
      let rows = try await cluster.query("SELECT * FROM \(table)", in: ground.name)
      #expect(!rows.contains(word), "\(table)")
    }
  }
  for name in try FileManager.default.contentsOfDirectory(atPath: ground.folder.path) {
    let text = String(decoding: try ground.folder.bytes(name), as: UTF8.self)
    #expect(!text.contains(word), "\(name)")
  }
}
