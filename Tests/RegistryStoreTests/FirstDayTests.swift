import Foundation
import RegistryAPI
import RegistryStore
import SyncModel
import Testing

extension StoreTests {
  /// A firm's first day with the registry.
  @Suite struct FirstDayTests {
    private let noon = Ground.noon
    private let admin = Ground.boss

    private func after(_ minutes: Int64) -> Instant {
      Instant(seconds: noon.seconds + minutes * 60)
    }

    @Test(arguments: Engine.allCases)
    func `settings are saved under their version, and a stale one is refused`(engine: Engine)
      async throws
    {
      try await Ground.with(engine) { ground, store in
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
        let again = try await ground.opened()
        #expect(try await again.settings().settings == settings)
        try again.close()
      }
    }

    @Test(arguments: Engine.allCases)
    func `the account's password is sealed, and its letters are in no file of the database`(
      engine: Engine
    ) async throws {
      try await Ground.with(engine) { ground, store in
        try await store.sealAccountPassword("canary-Pässword", by: admin, now: noon)
        #expect(try await store.hasAccountPassword())
        #expect(try await store.accountPassword() == "canary-Pässword")
        try await expectNowhere("canary", ground)
      }
    }

    @Test(arguments: Engine.allCases)
    func `a resource is enabled, enrolled once, and its attempts are kept once`(engine: Engine)
      async throws
    {
      try await Ground.with(engine) { ground, store in
        let number = ResourceID(7)
        try await store.keepResources(
          [
            ResourceRow(
              number: number,
              name: "A. Technician",
              mail: "a@example.com",
              isActive: true
            )
          ],
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
        await #expect(throws: RegistryProblem.self) {
          try await store.enrol(request, now: after(2))
        }
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
    }

    @Test(arguments: Engine.allCases)
    func `an admin signs in, is locked out after five failures, and signs out`(engine: Engine)
      async throws
    {
      try await Ground.with(engine) { ground, store in
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
  }
}
