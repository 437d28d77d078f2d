import RegistryAPI
import RegistryClient
import RegistryServer
import RegistryStore
import SyncModel
import Testing

/// Who may do what: every call, by everybody who might try it.
@Suite(.timeLimit(.minutes(5))) struct RoleTests {
  private enum Role: String, CaseIterable {
    case nobody, garbage, agent, otherAgent, revokedAgent, expiredAgent, admin, revokedAdmin
  }

  /// The status that each door gives each role; nil lets it in.
  private static let table: [String: [Role: Int]] = [
    "open": [:],
    "agent": [
      .nobody: 401, .garbage: 401, .revokedAgent: 401, .expiredAgent: 401, .admin: 403,
      .revokedAdmin: 403,
    ],
    "admin": [
      .nobody: 401, .garbage: 401, .agent: 403, .otherAgent: 403, .revokedAgent: 403,
      .expiredAgent: 403, .revokedAdmin: 401,
    ],
  ]

  @Test func `every call lets in those whom its door is for, and nobody else`() async throws {
    try await ServedRegistry.with { registry in
      let tokens = try await tokens(in: registry)
      #expect(registry.server.calls.count > 25)
      for call in registry.server.calls {
        let refusals = try #require(Self.table[call.door])
        let path = call.path.replacing("{number}", with: "999").replacing("{agent}", with: "none")
          .replacing("{run}", with: "1")
        for role in Role.allCases {
          let answer = try await registry.call(
            call.method,
            path,
            as: tokens[role] ?? nil,
            body: call.method == "GET" || call.method == "DELETE" ? nil : "{}"
          )
          let line = "\(call.method) \(call.path) by \(role): \(answer.status) \(answer.body)"
          if let status = refusals[role] {
            #expect(answer.status == status, "\(line)")
            #expect(try answer.problem.status == status, "\(line)")
          } else {
            #expect(![401, 403, 500].contains(answer.status), "\(line)")
          }
        }
        // Nobody is held up for coming often here.
        registry.pass(seconds: 60)
      }
    }
  }

  private func tokens(in registry: ServedRegistry) async throws -> [Role: String?] {
    let store = registry.store
    let code = try await store.makeCode(
      for: ServedRegistry.clara,
      by: ServedRegistry.boss,
      now: registry.now
    )
    let revoked = try await store.enrol(ServedRegistry.request(code, "gone"), now: registry.now)
    try await store.revoke(AgentID(rawValue: "gone"), by: ServedRegistry.boss, now: registry.now)
    let past = registry.now.advanced(byDays: -4_000)
    let old = try await store.makeCode(
      for: ServedRegistry.clara,
      by: ServedRegistry.boss,
      now: past
    )
    let expired = try await store.enrol(ServedRegistry.request(old, "old"), now: past)
    let unwanted = try await store.makeToken("unwanted", by: ServedRegistry.boss, now: registry.now)
    let row = try #require(try await store.tokens().first { $0.name == "unwanted" })
    try await store.revokeToken(row.number, by: ServedRegistry.boss, now: registry.now)
    return [
      .nobody: nil, .garbage: "garbage", .agent: registry.first,
      .otherAgent: registry.second, .revokedAgent: revoked.token, .expiredAgent: expired.token,
      .admin: registry.admin, .revokedAdmin: unwanted,
    ]
  }

  @Test func `an agent reaches its own resource and nothing of another one's`() async throws {
    try await ServedRegistry.with { registry in
      let (first, second) = (registry.service(registry.first), registry.service(registry.second))
      #expect(try await first.policy()?.policy.resource == 101)
      #expect(try await second.policy()?.policy.resource == 102)
      _ = try await first.put(ProfileDocument(version: 0, choices: ["past_days": "3"]))
      #expect(try await second.profile() == ProfileDocument(version: 0, choices: [:]))
      for (service, note) in [(first, "Anna's"), (second, "Bert's")] {
        let report = AttemptReport(
          run: RunID(1),
          purpose: .sync,
          outcome: .failed,
          notes: [note],
          started: WireTime(registry.now),
          finished: WireTime(registry.now)
        )
        _ = try await service.deliver(AttemptBatch(version: "0.1.0", attempts: [report]))
      }
      let kept = try await registry.store.attempts().rows
      #expect(
        Set(kept.map { "\($0.resource) \($0.report.notes.joined())" })
          == ["101 Anna's", "102 Bert's"]
      )
    }
  }
}
