import Foundation
import HTTP
import RegistryAPI
import RegistryClient
import SyncModel
import TestGround
import Testing

@Suite struct RegistryServiceTests {
  private static let noon = Instant(seconds: 1_772_438_400)

  private static func policy(
    interval: Int = 15,
    switches: [String: String] = SyncSwitches.standard.texts
  ) -> AgentPolicy {
    AgentPolicy(
      version: 3,
      isEnabled: true,
      resource: 12,
      resourceName: "Tom Technician",
      intervalMinutes: interval,
      exchange: .init(server: "mail.example.com", port: 443, virtualDirectory: "", domain: ""),
      switches: switches,
      fullReading: 0,
      usesAccountForEverybody: false,
      profile: ProfileDocument(version: 0, choices: [:]),
      approvals: [PlanDigest("1f0c9a3be2d47788")]
    )
  }

  private static func json(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
  }

  @Test func `a code is given for a token, without one`() async throws {
    let enrolment = Enrolment(
      token: "lsa_new-token-0123456789",
      expires: WireTime(Self.noon),
      resource: 12,
      resourceName: "Tom"
    )
    let body = try Self.json(enrolment)
    let registry = try ScriptedRegistry { _ in .init(status: 201, body: body) }
    let request = EnrolmentRequest(
      code: "7GQM-2XKD-HT49-WZ5B",
      agent: AgentID("a"),
      machine: "desk",
      version: "1",
      takesOver: true
    )
    #expect(try await registry.service(token: nil).enrol(request) == enrolment)
    let seen = try #require(registry.requests.first)
    #expect(seen.method == "POST" && seen.path == "/v1/enrolments")
    #expect(seen.value(of: "Authorization") == nil)
    #expect(try JSONDecoder().decode(EnrolmentRequest.self, from: Data(seen.body)) == request)
  }

  @Test func `the policy is asked for with the last tag`() async throws {
    let policy = Self.policy()
    let body = try Self.json(policy)
    let registry = try ScriptedRegistry { request in
      request.value(of: "If-None-Match") == "\"7\""
        ? .init(status: 304)
        : .init(headers: ["ETag: \"7\"", "Content-Type: application/json"], body: body)
    }
    let service = registry.service()
    let answer = try #require(try await service.policy())
    #expect(answer.policy == policy && answer.etag == "\"7\"")
    #expect(try await service.policy(unlessKnown: answer.etag) == nil)
    #expect(registry.requests.map(\.path) == ["/v1/agent/policy", "/v1/agent/policy"])
    #expect(
      registry.requests.allSatisfy {
        $0.value(of: "Authorization") == "Bearer lsa_canary-0123456789"
      }
    )
  }

  @Test func `a policy that no admin can have set is not taken`() async throws {
    var lacking = SyncSwitches.standard.texts
    lacking["send_free_time"] = nil
    let bodies = [
      try Self.json(Self.policy(interval: 1)), try Self.json(Self.policy(switches: lacking)),
      "", "[]", "{\"version\":1}", String(repeating: "[", count: 100_000),
    ]
    for body in bodies {
      let registry = try ScriptedRegistry { _ in .init(body: body) }
      let failure = await #expect(throws: RegistryFailure.self) {
        _ = try await registry.service().policy()
      }
      guard case .malformed = failure else {
        Issue.record("\(String(describing: failure))")
        continue
      }
    }
    let unasked = try ScriptedRegistry { _ in .init(status: 304) }
    await #expect(throws: RegistryFailure.self) { _ = try await unasked.service().policy() }
  }

  @Test func `a profile is changed from the version that was read`() async throws {
    let next = ProfileDocument(version: 5, choices: ["past_days": "2"])
    let body = try Self.json(next)
    let registry = try ScriptedRegistry { request in
      request.value(of: "If-Match") == "\"4\""
        ? .init(body: body) : .problem(.changed, "Somebody changed it.")
    }
    let choices = ["past_days": "2"]
    let service = registry.service()
    #expect(try await service.put(ProfileDocument(version: 4, choices: choices)) == next)
    let failure = await #expect(throws: RegistryFailure.self) {
      _ = try await service.put(ProfileDocument(version: 3, choices: choices))
    }
    #expect(failure?.code == .changed)
    #expect(registry.requests.first?.method == "PUT")
  }

  @Test func `reports are delivered, and the receipt says which`() async throws {
    let registry = try ScriptedRegistry { _ in .init(body: #"{"accepted":[1]}"#) }
    let reports = (1...2).map {
      AttemptReport(
        run: RunID(Int64($0)),
        purpose: .sync,
        outcome: .success,
        started: WireTime(Self.noon)
      )
    }
    let batch = AttemptBatch(version: "1", attempts: reports)
    #expect(try await registry.service().deliver(batch).accepted == [RunID(1)])
    let seen = try #require(registry.requests.first)
    #expect(try JSONDecoder().decode(AttemptBatch.self, from: Data(seen.body)) == batch)
  }

  @Test(arguments: RegistryProblem.Code.allCases)
  func `a refusal is told in the registry's words, and never repeats the token`(
    code: RegistryProblem.Code
  ) async throws {
    let registry = try ScriptedRegistry { _ in
      .problem(code, "You sent lsa_canary-0123456789\\u0007 and it is over.")
    }
    let failure = try #require(
      await #expect(throws: RegistryFailure.self) { _ = try await registry.service().policy() }
    )
    #expect(failure.code == code)
    #expect(failure.description.contains("and it is over."))
    #expect(!failure.description.contains("canary") && !failure.description.contains("\u{7}"))
    let closing: [RegistryProblem.Code] = [.unknownToken, .revoked, .expired, .forbidden]
    #expect(failure.closesDoor == closing.contains(code))
    if failure.closesDoor { #expect(failure.remedy == .stop) }
  }

  @Test func `what is no registry's answer closes no door`() async throws {
    let replies: [(ScriptedRegistry.Reply, Remedy)] = [
      (.init(status: 401, body: "<html>sign in</html>"), .stop),
      (.init(status: 404), .stop),
      (.init(status: 200, body: "<html>welcome</html>"), .stop),
      // A refusal whose body says something else than its status.
      (.init(status: 403, body: #"{"code":"revoked","message":"x"}"#), .stop),
      (.init(status: 503, headers: ["Retry-After: 7"]), .retry(after: .seconds(7))),
      (.init(status: 500, body: "oh"), .retry(after: .seconds(60))),
      (.silence, .retry(after: .seconds(60))),
    ]
    for (reply, remedy) in replies {
      let registry = try ScriptedRegistry { _ in reply }
      let failure = await #expect(throws: RegistryFailure.self) {
        _ = try await registry.service().policy()
      }
      #expect(failure?.closesDoor == false && failure?.remedy == remedy, "\(reply)")
    }
  }

  @Test func `an answer without end is cut off, and a slow one given up`() async throws {
    let large = String(repeating: " ", count: 2 << 20)
    let endless = try ScriptedRegistry { _ in .init(body: large) }
    let failure = await #expect(throws: RegistryFailure.self) {
      _ = try await endless.service().policy()
    }
    guard case .unreachable(_, .tooLarge) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    let gate = Locked(true)
    let slow = try LoopbackServer { _, peer in
      peer.waitForClose()
      return gate.withLock { !$0 }
    }
    let service = RegistryService(
      url: slow.url,
      token: nil,
      http: HTTPClient(trust: .system),
      patience: .milliseconds(300)
    )
    let late = await #expect(throws: RegistryFailure.self) { _ = try await service.policy() }
    guard case .unreachable(_, .timedOut) = late else {
      Issue.record("\(String(describing: late))")
      return
    }
  }

  @Test func `plain http goes to this machine only, and a redirect to nobody else`() async throws {
    let away = RegistryService(
      url: "http://registry.example.com",
      token: Secret("lsa_canary-0123456789"),
      http: HTTPClient(trust: .system)
    )
    let plain = await #expect(throws: RegistryFailure.self) { _ = try await away.policy() }
    guard case .unreachable(_, .plainHTTP) = plain else {
      Issue.record("\(String(describing: plain))")
      return
    }
    let thief = try ScriptedRegistry { _ in .init(body: "{}") }
    let target = thief.url
    let registry = try ScriptedRegistry { _ in
      .init(status: 307, headers: ["Location: \(target)/v1/agent/policy"])
    }
    let refused = await #expect(throws: RegistryFailure.self) {
      _ = try await registry.service().policy()
    }
    guard case .unreachable(_, .redirectRefused) = refused else {
      Issue.record("\(String(describing: refused))")
      return
    }
    #expect(thief.requests.isEmpty)
  }
}
