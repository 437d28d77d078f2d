import RegistryAPI
import RegistryStore
import SyncModel
import Testing

extension StoreTests {
  /// Two processes at once: each change happens once, and nobody's is lost.
  @Suite struct RaceTests {
    @Test(arguments: Engine.allCases)
    func `a code lets in one of many who try it at once`(engine: Engine) async throws {
      try await Ground.with(engine) { ground, store in
        let other = try await ground.opened()
        try await store.keepResources(Ground.people(1), by: Ground.boss, now: Ground.noon)
        let code = try await store.makeCode(
          for: ResourceID(1),
          by: Ground.boss,
          now: Ground.noon
        )
        let entered = try await withThrowingTaskGroup(of: Bool.self) { group in
          for number in 0..<10 {
            let opened = number % 2 == 0 ? store : other
            group.addTask {
              try await refusal {
                _ = try await opened.enrol(
                  Ground.request(code, "agent-\(number)"),
                  now: Ground.noon
                )
              } == nil
            }
          }
          return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(entered == 1)
        #expect(try await store.agents(onlyLive: true).total == 1)
        try other.close()
      }
    }

    @Test(arguments: Engine.allCases)
    func `of many who save from one version one does`(engine: Engine) async throws {
      try await Ground.with(engine) { ground, store in
        let other = try await ground.opened()
        try await store.keepResources(Ground.people(1), by: Ground.boss, now: Ground.noon)
        let saved = try await withThrowingTaskGroup(of: (Bool, Bool).self) { group in
          for number in 0..<8 {
            let opened = number % 2 == 0 ? store : other
            group.addTask {
              let settings = try await refusal {
                _ = try await opened.save(
                  Ground.settings,
                  expecting: 0,
                  by: Ground.boss,
                  now: Ground.noon
                )
              }
              let profile = try await refusal {
                _ = try await opened.setProfile(
                  of: ResourceID(1),
                  to: ["past_days": "\(number + 1)"],
                  expecting: 0,
                  by: nil,
                  now: Ground.noon
                )
              }
              #expect(settings == nil || settings == .changed)
              #expect(profile == nil || profile == .changed)
              return (settings == nil, profile == nil)
            }
          }
          return try await group.reduce(into: (0, 0)) {
            $0.0 += $1.0 ? 1 : 0
            $0.1 += $1.1 ? 1 : 0
          }
        }
        #expect(saved == (1, 1))
        try other.close()
      }
    }

    @Test(arguments: Engine.allCases)
    func `reports that come several times at once are kept once`(engine: Engine) async throws {
      try await Ground.with(engine) { ground, store in
        let other = try await ground.opened()
        try await store.keepResources(Ground.people(3), by: Ground.boss, now: Ground.noon)
        let all = (Int64(1)...3).map { ResourceID($0) }
        _ = try await store.setEnabled(all, true, by: Ground.boss, now: Ground.noon)
        var agents: [AgentIdentity] = []
        for resource in all {
          agents.append(try await Ground.enrol(resource, in: store).identity)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
          for round in 0..<4 {
            for agent in agents {
              let opened = round % 2 == 0 ? store : other
              group.addTask {
                let batch = AttemptBatch(
                  version: "0.1.0",
                  attempts: (Int64(1)...20).map {
                    Ground.report($0, .success, at: Ground.noon.advanced(bySeconds: $0 * 900))
                  }
                )
                _ = try await opened.keep(batch, of: agent, now: ground.after(400))
              }
            }
          }
          try await group.waitForAll()
        }
        #expect(try await store.attempts().total == 60)
        let status = try await store.resource(ResourceID(2), now: ground.after(301))
        #expect(status.lastAttempt == ground.after(300) && status.state == .inStep)
        try other.close()
      }
    }

    @Test(arguments: Engine.allCases)
    func `a hold is approved once, and gone with the run that did it`(engine: Engine) async throws {
      try await Ground.with(engine) { ground, store in
        try await store.keepResources(Ground.people(1), by: Ground.boss, now: Ground.noon)
        let agent = try await Ground.enrol(ResourceID(1), in: store).identity
        let digest = PlanDigest(rawValue: "0123456789abcdef")
        func keep(_ run: Int64, _ holds: [HoldReport]) async throws {
          let report = Ground.report(run, .success, at: ground.after(run), holds: holds)
          _ = try await store.keep(
            AttemptBatch(version: "0.1.0", attempts: [report]),
            of: agent,
            now: ground.after(run)
          )
        }
        try await keep(1, [Ground.hold(digest.rawValue)])
        for admin in ["first", "second"] {
          try await store.approve(
            digest,
            of: ResourceID(1),
            by: AdminName(rawValue: admin),
            now: ground.after(2)
          )
        }
        let row = try #require(try await store.holds().first)
        #expect(row.approvedBy == AdminName(rawValue: "first"))
        #expect(try await store.agentPolicy(for: ResourceID(1)).approvals == [digest])
        try await keep(2, [Ground.hold(digest.rawValue)])
        #expect(try await store.agentPolicy(for: ResourceID(1)).approvals == [digest])
        try await keep(3, [])
        #expect(try await store.holds().isEmpty)
        let late = try await refusal {
          try await store.approve(
            digest,
            of: ResourceID(1),
            by: Ground.boss,
            now: ground.after(4)
          )
        }
        #expect(late == .notFound)
      }
    }

    @Test(arguments: Engine.allCases)
    func `a mail is handed to one process, and to another one when that died`(engine: Engine)
      async throws
    {
      try await Ground.with(engine) { ground, store in
        let other = try await ground.opened()
        try await store.queue(
          (1...9).map { OutgoingMail(to: "t\($0)@example.com", subject: "S", body: "B") },
          now: Ground.noon
        )
        async let mine = store.dueMails(now: ground.after(1))
        async let theirs = other.dueMails(now: ground.after(1))
        let numbers = try await mine.map(\.number) + theirs.map(\.number)
        #expect(numbers.count == 9 && Set(numbers).count == 9)
        for number in numbers.prefix(8) { try await store.markSent(number, now: ground.after(2)) }
        #expect(try await other.dueMails(now: ground.after(5)).isEmpty)
        #expect(try await other.dueMails(now: ground.after(12)).map(\.number) == [numbers[8]])
        try other.close()
      }
    }
  }
}
