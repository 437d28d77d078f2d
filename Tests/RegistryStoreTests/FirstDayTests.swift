import Cryptography
import Foundation
import RegistryAPI
import RegistryStore
import SyncModel
import TestGround
import Testing

/// A firm's first day with the registry, on a real SQLite file.
@Suite struct FirstDayTests {
  private let folder: TemporaryFolder
  private let noon = Instant(seconds: 1_795_420_800)
  private let admin = AdminName(rawValue: "dispatcher")

  init() throws { folder = try TemporaryFolder() }

  private func opened() async throws -> RegistryStore {
    try await RegistryStore.open(
      .sqlite(path: folder("registry.sqlite")),
      keyFile: folder("registry.key"),
      dice: { try RandomBytes.bytes($0) }
    )
  }

  private func after(_ minutes: Int64) -> Instant { Instant(seconds: noon.seconds + minutes * 60) }

  @Test func `settings are saved under their version, and a stale one is refused`() async throws {
    let store = try await opened()
    let first = try await store.settings()
    #expect(first.version == 0)
    var settings = AdminSettings()
    (settings.profileName, settings.serverAddress) = ("Firm", "mail.example.com")
    let saved = try await store.save(settings, expecting: 0, by: admin, now: noon)
    #expect(saved.version == 1 && saved.settings == settings && saved.savedBy == admin)
    let stale = await #expect(throws: RegistryProblem.self) {
      try await store.save(settings, expecting: 0, by: admin, now: noon)
    }
    #expect(stale?.code == .changed)
    settings.serverAddress = "other.example.com"
    let moved = try await store.save(settings, expecting: 1, by: admin, now: after(1))
    #expect(moved.fullReading == saved.fullReading + 1)
    #expect(try await store.audit().total >= 2)
    try store.close()
    #expect(try await opened().settings().settings == settings)
  }

  @Test func `the account's password is sealed, and its letters are in no file of the database`()
    async throws
  {
    let store = try await opened()
    try await store.sealAccountPassword("canary-Pässword", by: admin, now: noon)
    #expect(try await store.hasAccountPassword())
    #expect(try await store.accountPassword() == "canary-Pässword")
    try store.close()
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let text = String(decoding: try folder.bytes(name), as: UTF8.self)
      #expect(!text.contains("canary"), "\(name)")
    }
  }

  @Test func `a resource is enabled, enrolled once, and its attempts are kept once`() async throws {
    let store = try await opened()
    let number = ResourceID(7)
    try await store.keepResources(
      [ResourceRow(number: number, name: "A. Technician", mail: "a@example.com", isActive: true)],
      by: admin,
      now: noon
    )
    #expect(try await store.setEnabled([number], true, by: admin, now: noon) == [number])
    #expect(try await store.setEnabled([number], true, by: admin, now: noon) == [])
    let code = try await store.makeCode(for: number, by: admin, now: noon)
    let request = EnrolmentRequest(
      code: EnrolmentCode.shown(code).lowercased(),
      agent: AgentID(rawValue: "agent-1"),
      machine: "desk",
      version: "0.1",
      takesOver: false
    )
    let enrolment = try await store.enrol(request, now: after(1))
    #expect(enrolment.resource == 7 && enrolment.token.hasPrefix("lsa_"))
    await #expect(throws: RegistryProblem.self) { try await store.enrol(request, now: after(2)) }
    let identity = try await store.agent(token: enrolment.token, now: after(3))
    #expect(identity == AgentIdentity(agent: request.agent, resource: number))
    let stranger = await #expect(throws: RegistryProblem.self) {
      try await store.agent(token: "lsa_nothing", now: after(3))
    }
    #expect(stranger?.code == .unknownToken)

    let end = AttemptReport(
      run: RunID(1),
      purpose: .sync,
      outcome: .success,
      started: WireTime(after(4)),
      finished: WireTime(after(5)),
      policy: 1,
      nextDue: WireTime(after(20))
    )
    let begin = AttemptReport(
      run: RunID(1),
      purpose: .sync,
      outcome: .running,
      started: WireTime(after(4))
    )
    for report in [end, begin, end] {
      let batch = AttemptBatch(version: "0.1", attempts: [report])
      let receipt = try await store.keep(batch, of: identity, now: after(6))
      #expect(receipt.accepted == [RunID(1)])
    }
    let attempts = try await store.attempts()
    #expect(attempts.total == 1 && attempts.rows.first?.report.outcome == .success)
    let status = try await store.resource(number, now: after(7))
    #expect(status.state == .inStep && status.lastAttempt == after(4))
    let listed = try await store.resources(ResourceFilter(), now: after(7))
    #expect(listed.total == 1 && listed.rows.first == status)
    #expect(
      try await store.strip([number], now: after(7))[number]?.compactMap(\.self) == [.success]
    )
    try await store.revoke(request.agent, by: admin, now: after(8))
    let revoked = await #expect(throws: RegistryProblem.self) {
      try await store.agent(token: enrolment.token, now: after(9))
    }
    #expect(revoked?.code == .revoked)
  }

  @Test func `an admin signs in, is locked out after five failures, and signs out`() async throws {
    let store = try await opened()
    try await store.makeAdmin(admin, password: "a long enough password", by: admin, now: noon)
    let token = try await store.signIn(admin, password: "a long enough password", now: noon)
    let session = try await store.session(token: token, now: after(1))
    #expect(session.name == admin && !session.csrf.isEmpty)
    try await store.signOut(token: token)
    await #expect(throws: RegistryProblem.self) {
      try await store.session(token: token, now: after(2))
    }
    for _ in 1...5 {
      await #expect(throws: RegistryProblem.self) {
        try await store.signIn(admin, password: "wrong", now: after(3))
      }
    }
    let locked = await #expect(throws: RegistryProblem.self) {
      try await store.signIn(admin, password: "a long enough password", now: after(4))
    }
    #expect(locked?.code == .tooMany)
    _ = try await store.signIn(admin, password: "a long enough password", now: after(30))
  }
}
