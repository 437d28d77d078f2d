import Foundation
import RegistryAPI
import SyncModel
import TestGround

/// A registry in memory for one agent, as tests want it; a real one may take its place by its URL.
final class ScriptedRegistry: Sendable {
  struct State: Sendable {
    var isAway = false
    var refusal: RegistryProblem?
    var version = 1
    var isEnabled = true
    var servesMailboxes = false
    var fullReading = 0
    var interval = 15
    var switches = SyncSwitches.standard
    var profile = ProfileDocument(version: 0, choices: [:])
    var approvals: [PlanDigest] = []
    /// Ended attempts in the order in which they came, each once.
    var ended: [AttemptReport] = []
    /// Every report, beginnings too.
    var told: [AttemptReport] = []
    var enrolments: [EnrolmentRequest] = []
    var resource: Int64

    var policy: AgentPolicy {
      AgentPolicy(
        version: version,
        isEnabled: isEnabled,
        resource: resource,
        resourceName: "Tom Technician",
        intervalMinutes: interval,
        exchange: .init(server: "mail.example.com", port: 443, virtualDirectory: "", domain: ""),
        switches: switches.texts,
        fullReading: fullReading,
        usesAccountForEverybody: servesMailboxes,
        profile: profile,
        approvals: approvals
      )
    }
  }

  static let token = "lsa_CANARY-token-0123456789"

  private let server: LoopbackServer
  private let state: Locked<State>

  init(resource: Int64) throws {
    let state = Locked(State(resource: resource))
    self.state = state
    server = try LoopbackServer { request, peer in
      state.withLock { state in
        guard !state.isAway else { return false }
        do {
          let (status, body, tag) = try ScriptedRegistry.answer(request, &state)
          let headers = ["Content-Type: application/json"] + (tag.map { ["ETag: \($0)"] } ?? [])
          return peer.reply("\(status) Status", headers, body: body)
        } catch {
          return peer.reply("500 Broken")
        }
      }
    }
  }

  var url: String { server.url }
  var requests: [Request] { server.requests }

  @discardableResult
  func change<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    try state.withLock(body)
  }

  private typealias Answer = (status: Int, body: [UInt8], tag: String?)

  private static func answer(_ request: Request, _ state: inout State) throws -> Answer {
    if let problem = state.refusal { return try refused(problem) }
    let body = Data(request.body)
    if request.path == "/v1/enrolments" {
      let asked = try JSONDecoder().decode(EnrolmentRequest.self, from: body)
      guard state.enrolments.isEmpty || asked.takesOver else {
        return try refused(RegistryProblem(.taken, "This resource has an agent already."))
      }
      state.enrolments.append(asked)
      let enrolment = Enrolment(
        token: token,
        expires: WireTime(Instant(seconds: 1_900_000_000)),
        resource: state.resource,
        resourceName: "Tom Technician"
      )
      return try json(201, enrolment)
    }
    guard request.value(of: "Authorization") == "Bearer \(token)" else {
      return try refused(RegistryProblem(.unknownToken, "Nobody gave out this token."))
    }
    switch (request.method, request.path) {
    case ("GET", "/v1/agent/policy"):
      let tag = "\"\(state.policy.hashValue)\""
      if request.value(of: "If-None-Match") == tag { return (304, [], tag) }
      let answer = try json(200, state.policy)
      return (answer.status, answer.body, tag)
    case ("GET", "/v1/agent/profile"):
      return try json(200, state.profile)
    case ("PUT", "/v1/agent/profile"):
      guard request.value(of: "If-Match") == "\"\(state.profile.version)\"" else {
        return try refused(RegistryProblem(.changed, "It was changed meanwhile."))
      }
      let sent = try JSONDecoder().decode(ProfileDocument.self, from: body)
      state.profile = ProfileDocument(version: state.profile.version + 1, choices: sent.choices)
      return try json(200, state.profile)
    case ("POST", "/v1/agent/attempts"):
      let batch = try JSONDecoder().decode(AttemptBatch.self, from: body)
      guard batch.attempts.count <= AttemptBatch.limit else {
        return try refused(RegistryProblem(.tooLarge, "Too many."))
      }
      state.told += batch.attempts
      for report in batch.attempts where report.outcome != .running {
        if !state.ended.contains(where: { $0.run == report.run }) { state.ended.append(report) }
      }
      return try json(200, AttemptReceipt(accepted: batch.attempts.map(\.run)))
    default:
      return try refused(RegistryProblem(.notFound, "There is nothing here."))
    }
  }

  private static func refused(_ problem: RegistryProblem) throws -> Answer {
    try json(problem.status, problem)
  }

  private static func json(_ status: Int, _ value: some Encodable) throws -> Answer {
    (status, Array(try JSONEncoder().encode(value)), nil)
  }
}
