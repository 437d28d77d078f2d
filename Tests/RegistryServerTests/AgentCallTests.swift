import HTTP
import RegistryAPI
import RegistryClient
import RegistryStore
import SyncModel
import Testing

/// The agent's own client, against the server that it was written for.
@Suite(.timeLimit(.minutes(5))) struct AgentCallTests {
  @Test func `a code is given for a token that opens the resource, once`() async throws {
    try await ServedRegistry.with { registry in
      let made = try await registry.call(
        "POST",
        "/v1/resources/103/codes",
        as: registry.admin,
        body: #"{"takesOver":false}"#
      )
      #expect(made.status == 201)
      let code = try made.json(MadeCode.self).code
      let request = ServedRegistry.request(code.lowercased(), "agent-103")
      let enrolment = try await registry.service(nil).enrol(request)
      #expect(enrolment.resource == 103 && enrolment.resourceName == "Clara Conrad")
      #expect(try await registry.service(enrolment.token).policy()?.policy.isEnabled == false)
      await #expect { try await registry.service(nil).enrol(request) } throws: { error in
        (error as? RegistryFailure)?.code == .unknownCode
      }
      let second = ServedRegistry.request("2222-2222-2222-2222", "agent-9")
      await #expect { try await registry.service(nil).enrol(second) } throws: { error in
        (error as? RegistryFailure)?.code == .unknownCode
      }
    }
  }

  @Test func `who takes over gets in, and the one before is told`() async throws {
    try await ServedRegistry.with { registry in
      func code() async throws -> String {
        try await registry.store.makeCode(
          for: ServedRegistry.anna,
          by: ServedRegistry.boss,
          now: registry.now
        )
      }
      let polite = ServedRegistry.request(try await code(), "laptop")
      await #expect { try await registry.service(nil).enrol(polite) } throws: { error in
        (error as? RegistryFailure)?.code == .taken
      }
      let bold = ServedRegistry.request(try await code(), "laptop", takesOver: true)
      let enrolment = try await registry.service(nil).enrol(bold)
      #expect(try await registry.service(enrolment.token).policy()?.policy.resource == 101)
      await #expect { try await registry.service(registry.first).policy() } throws: { error in
        let failure = error as? RegistryFailure
        return failure?.code == .revoked && failure?.closesDoor == true
      }
    }
  }

  @Test func `the policy is sent once for each version of it`() async throws {
    try await ServedRegistry.with { registry in
      let service = registry.service(registry.first)
      let answer = try #require(try await service.policy())
      let etag = try #require(answer.etag)
      #expect(answer.policy.version == 1 && answer.policy.intervalMinutes == 15)
      #expect(try await service.policy(unlessKnown: etag) == nil)
      let changed = try await registry.call(
        "PATCH",
        "/v1/settings",
        as: registry.admin,
        headers: [HTTPHeader("If-Match", "\"1\"")],
        body: #"{"values":{"interval":"20","past_days":"9"}}"#
      )
      #expect(changed.status == 200, "\(changed.body)")
      let next = try #require(try await service.policy(unlessKnown: etag))
      #expect(next.policy.version == 2 && next.policy.intervalMinutes == 20)
      #expect(next.policy.switches["past_days"] == "9" && next.etag != etag)
    }
  }

  @Test func `a profile is changed from the version that was read, by one of two`() async throws {
    try await ServedRegistry.with { registry in
      let service = registry.service(registry.first)
      let read = try await service.profile()
      let saved = try await service.put(
        ProfileDocument(version: read.version, choices: ["import_detail": "none"])
      )
      #expect(saved.version == 1 && saved.choices == ["import_detail": "none"])
      await #expect {
        try await service.put(ProfileDocument(version: read.version, choices: [:]))
      } throws: { ($0 as? RegistryFailure)?.code == .changed }
      await #expect {
        try await service.put(ProfileDocument(version: 1, choices: ["past_days": "400"]))
      } throws: { ($0 as? RegistryFailure)?.code == .invalid }
      let bare = try await registry.call(
        "PUT",
        "/v1/agent/profile",
        as: registry.first,
        body: #"{"version":1,"choices":{}}"#
      )
      #expect(bare.status == 428)
      #expect(try await service.policy()?.policy.profile == saved)
    }
  }

  @Test func `what costs the PSA a question has a limit of its own, for each agent`() async throws {
    try await ServedRegistry.with { registry in
      func ask(_ token: String) async throws -> Int {
        let body = #"{"kind":"appointment","ids":[1],"described":false}"#
        return try await registry.call("POST", "/v1/psa/items", as: token, body: body).status
      }
      for _ in 0..<300 {
        let status = try await ask(registry.first)
        #expect(status == 404)
      }
      #expect(try await ask(registry.first) == 429)
      let changes = "/v1/psa/changes?kinds=appointment"
      #expect(try await registry.call("GET", changes, as: registry.first).status == 404)
      #expect(try await ask(registry.second) == 404)
      registry.pass(seconds: 3)
      #expect(try await ask(registry.first) == 404)
    }
  }

  @Test func `a report that comes twice counts once, and what is approved is told`() async throws {
    try await ServedRegistry.with { registry in
      let service = registry.service(registry.first)
      let hold = HoldReport(
        digest: PlanDigest(rawValue: "0123456789abcdef"),
        reason: "24 appointments would be deleted.",
        needsApproval: true,
        counts: []
      )
      func report(_ run: Int64, _ outcome: Outcome, _ holds: [HoldReport]) -> AttemptReport {
        AttemptReport(
          run: RunID(run),
          purpose: .sync,
          outcome: outcome,
          started: WireTime(registry.now),
          finished: outcome == .running ? nil : WireTime(registry.now),
          holds: holds
        )
      }
      let batch = AttemptBatch(
        version: "0.1.0",
        attempts: [report(1, .running, []), report(1, .success, [hold])]
      )
      for _ in 1...2 {
        #expect(Set(try await service.deliver(batch).accepted) == [RunID(1)])
      }
      let listed = try await registry.call("GET", "/v1/attempts?resource=101", as: registry.admin)
      #expect(try listed.json(EntryList<AttemptEntry>.self).total == 1)
      #expect(try await service.policy()?.policy.approvals == [])
      let approved = try await registry.call(
        "POST",
        "/v1/resources/101/approvals",
        as: registry.admin,
        body: #"{"digest":"0123456789abcdef"}"#
      )
      #expect(approved.status == 204, "\(approved.body)")
      #expect(try await service.policy()?.policy.approvals == [hold.digest])
      let held = try await registry.call("GET", "/v1/holds", as: registry.admin)
      #expect(try held.json([HoldEntry].self).map(\.approvedBy) == ["token script"])
      _ = try await service.deliver(
        AttemptBatch(version: "0.1.0", attempts: [report(2, .success, [])])
      )
      #expect(try await service.policy()?.policy.approvals == [])
    }
  }
}
