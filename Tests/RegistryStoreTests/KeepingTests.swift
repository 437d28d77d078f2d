import Foundation
import RegistryAPI
import RegistryStore
import SyncModel
import TestGround
import Testing

extension StoreTests {
  /// What the store keeps, finds again, and refuses.
  @Suite struct KeepingTests {
    @Test(arguments: Engine.allCases)
    func `names with quotes, signs and other scripts are kept and found`(engine: Engine)
      async throws
    {
      try await Ground.with(engine) { ground, store in
        let names = [
          "O'Brien; DROP TABLE resource", "100% \"quoted\"", "under_score", "Müller 🚐", "日本語 ÄÖ",
          "back\\slash !", "nul\u{0}byte",
        ]
        try await store.keepResources(
          names.enumerated().map { place, name in
            ResourceRow(
              number: ResourceID(Int64(place + 1)),
              name: name,
              mail: "",
              isActive: true
            )
          },
          by: Ground.boss,
          now: Ground.noon
        )
        func found(_ text: String) async throws -> [Int64] {
          var filter = ResourceFilter()
          filter.search = text
          return try await store.resources(filter, now: Ground.noon).rows.map(\.number.rawValue)
        }
        #expect(try await found("o'brien; drop") == [1])
        #expect(try await found("100%") == [2])
        #expect(try await found("%") == [2], "a sign stands for itself")
        #expect(try await found("_") == [3])
        #expect(try await found("MÜLLER 🚐") == [4])
        #expect(try await found("äö") == [5])
        #expect(try await found("\\slash !") == [6])
        let kept = try await store.resource(ResourceID(7), now: Ground.noon).name
        #expect(kept == "nul\u{FFFD}byte")
      }
    }

    @Test(arguments: Engine.allCases)
    func `twenty-five thousand people are paged, sorted and searched without a gap`(engine: Engine)
      async throws
    {
      try await Ground.with(engine) { ground, store in
        try await store.keepResources(Ground.people(25_000), by: Ground.boss, now: Ground.noon)
        _ = try await store.setEnabled(
          (1...5_000).map { ResourceID(Int64($0)) },
          true,
          by: Ground.boss,
          now: Ground.noon
        )
        var filter = ResourceFilter()
        (filter.sort, filter.isDescending) = (.number, true)
        var seen: [Int64] = []
        for number in 0..<50 {
          filter.page = Page(number, size: 500)
          let part = try await store.resources(filter, now: Ground.noon)
          #expect(part.total == 25_000)
          seen += part.rows.map(\.number.rawValue)
        }
        #expect(seen == (1...25_000).reversed().map { Int64($0) })
        var search = ResourceFilter()
        (search.search, search.isEnabled) = ("t499", true)
        #expect(try await store.resources(search, now: Ground.noon).total == 11)
        #expect(try await store.counts(now: Ground.noon).resources[.never] == 5_000)
      }
    }

    @Test(arguments: Engine.allCases)
    func `what is sealed opens with its key and no other`(engine: Engine) async throws {
      try await Ground.with(engine) { ground, store in
        try await store.sealAccountPassword("canary-1", by: Ground.boss, now: Ground.noon)
        try await store.queue(
          [OutgoingMail(to: "a@example.com", subject: "S", body: "canary-2")],
          now: Ground.noon
        )
        try await expectNowhere("canary", ground)
        let key = ground.folder("registry.key")
        try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
        let keyless = try await ground.opened()
        await #expect(throws: RegistryStoreFailure.self) { try await keyless.accountPassword() }
        try keyless.close()
        try FileManager.default.moveItem(atPath: key + ".away", toPath: key)
        let again = try await ground.opened()
        #expect(try await again.accountPassword() == "canary-1")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        let open = try await ground.opened()
        await #expect(throws: RegistryStoreFailure.self) { try await open.accountPassword() }
        try open.close()
        try again.close()
      }
    }

    @Test(arguments: Engine.allCases)
    func `tokens, codes and sessions end, and their letters lie nowhere`(engine: Engine)
      async throws
    {
      try await Ground.with(engine) { ground, store in
        try await store.keepResources(Ground.people(2), by: Ground.boss, now: Ground.noon)
        let code = try await store.makeCode(
          for: ResourceID(1),
          by: Ground.boss,
          now: Ground.noon,
          lifetime: 60
        )
        let late = try await refusal {
          _ = try await store.enrol(Ground.request(code, "late"), now: ground.after(2))
        }
        #expect(late == .expired)
        let (_, token) = try await Ground.enrol(ResourceID(2), in: store)
        let admin = try await store.makeToken("script", by: Ground.boss, now: Ground.noon)
        #expect(try await store.admin(token: admin, now: Ground.noon).rawValue == "token script")
        #expect(
          try await refusal { _ = try await store.admin(token: token, now: Ground.noon) }
            == .forbidden
        )
        #expect(
          try await refusal { _ = try await store.agent(token: admin, now: Ground.noon) }
            == .forbidden
        )
        try await store.makeAdmin(
          Ground.boss,
          password: "a long enough password",
          by: Ground.boss,
          now: Ground.noon
        )
        let session = try await store.signIn(
          Ground.boss,
          password: "a long enough password",
          now: Ground.noon
        )
        #expect(
          try await refusal { _ = try await store.session(token: session, now: ground.after(31)) }
            == .expired
        )
        for word in [code, token, admin, session, "long enough"] {
          try await expectNowhere(word, ground)
        }
      }
    }

    @Test(arguments: Engine.allCases)
    func `a code for somebody else is refused and stays good`(engine: Engine) async throws {
      try await Ground.with(engine) { _, store in
        try await store.keepResources(Ground.people(2), by: Ground.boss, now: Ground.noon)
        let code = try await store.makeCode(for: ResourceID(1), by: Ground.boss, now: Ground.noon)
        func enrol(_ resource: Int64) async throws -> RegistryProblem.Code? {
          try await refusal {
            let request = EnrolmentRequest(
              code: code,
              agent: AgentID(rawValue: "agent"),
              machine: "desk",
              version: "0.1.0",
              takesOver: false,
              resource: resource
            )
            _ = try await store.enrol(request, now: Ground.noon)
          }
        }
        #expect(try await enrol(2) == .invalid)
        #expect(try await enrol(1) == nil)
      }
    }

    @Test(arguments: Engine.allCases)
    func `troubles are remembered, and told in the same step`(engine: Engine) async throws {
      try await Ground.with(engine) { ground, store in
        let findings = TroubleWatch(now: ground.after(20), lastMails: [:], lastRecovery: nil)
          .findings(
            known: [Trouble(resource: 1, kind: .failing, since: Ground.noon)],
            seen: [1: .failing, 2: .overdue]
          )
        #expect(findings.begun[.failing]?.map(\.resource) == [1])
        try await store.keep(
          findings,
          telling: [OutgoingMail(to: "a@example.com", subject: "S", body: "B")],
          now: ground.after(20)
        )
        let again = try await ground.opened()
        let known = try await again.troubles()
        #expect(known.troubles == findings.known)
        #expect(known.lastMails == [.failing: ground.after(20)] && known.lastRecovery == nil)
        #expect(try await again.dueMails(now: ground.after(21)).count == 1)
        try again.close()
      }
    }

    @Test(arguments: Engine.allCases)
    func `old attempts are forgotten, the list keeps what it shows`(engine: Engine) async throws {
      try await Ground.with(engine) { ground, store in
        try await store.keepResources(Ground.people(1), by: Ground.boss, now: Ground.noon)
        _ = try await store.setEnabled([ResourceID(1)], true, by: Ground.boss, now: Ground.noon)
        let agent = try await Ground.enrol(ResourceID(1), in: store).identity
        let reports = (Int64(1)...5).map { Ground.report($0, .success, at: ground.after($0 * 15)) }
        _ = try await store.keep(
          AttemptBatch(version: "0.1.0", attempts: reports),
          of: agent,
          now: ground.after(80)
        )
        #expect(try await store.dropAttempts(before: ground.after(60)) == 3)
        #expect(try await store.attempts().rows.map(\.report.run.rawValue) == [5, 4])
        let status = try await store.resource(ResourceID(1), now: ground.after(80))
        #expect(status.lastSuccess != nil)
      }
    }

    @Test(arguments: Engine.allCases)
    func `a registry of a newer version is left alone`(engine: Engine) async throws {
      try await Ground.with(engine) { ground, store in
        let sql = "INSERT INTO registry_schema (version) VALUES (99)"
        switch engine {
        case .postgreSQL:
          let cluster = try #require(ground.cluster)
          _ = try await cluster.query(sql, in: ground.name)
        case .sqlite:
          let python = try #require(Programs.found("python3"))
          let script =
            "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
          let run = try await Child.finished(
            python,
            ["-c", script, ground.folder("registry.sqlite"), sql]
          )
          #expect(run.status == 0, "\(run.errors)")
        }
        let failure = await #expect(throws: RegistryStoreFailure.self) {
          _ = try await ground.opened()
        }
        #expect(failure?.description.contains("newer") == true, "\(String(describing: failure))")
      }
    }

    @Test func `a backup holds what was there, made while others write`() async throws {
      try await Ground.with(.sqlite) { ground, store in
        try await store.keepResources(Ground.people(2_000), by: Ground.boss, now: Ground.noon)
        let copy = ground.folder("copy.sqlite")
        async let written: Void = {
          for number in 1...50 {
            _ = try await store.setEnabled(
              [ResourceID(Int64(number))],
              true,
              by: Ground.boss,
              now: Ground.noon
            )
          }
        }()
        try await store.backup(to: copy)
        try await written
        await #expect(throws: (any Error).self) { try await store.backup(to: copy) }
        let restored = try await RegistryStore.open(
          .sqlite(path: copy),
          keyFile: ground.folder("registry.key"),
          dice: { Array(repeating: 7, count: $0) }
        )
        #expect(try await restored.resources(now: Ground.noon).total == 2_000)
        // An act and its line in the audit are one.
        let enabled = try await restored.counts(now: Ground.noon).resources[.never] ?? 0
        #expect(try await restored.audit().total == enabled + 1)
        try restored.close()
      }
    }
  }
}
