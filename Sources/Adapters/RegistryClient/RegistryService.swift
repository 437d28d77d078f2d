internal import FoundationEssentials
package import HTTP
package import RegistryAPI

/// The registry as its agent needs it, over `/v1` (`design.md` 5).
///
/// Each call is one request; none waits longer than `patience`. The server is not trusted: answers
/// have a limit, and what they say is checked before anybody acts on it.
package struct RegistryService: Sendable {
  static let largestAnswer = 1 << 20

  /// Without a slash at the end.
  private let root: String
  let server: String
  private let token: Secret?
  private let http: HTTPClient
  private let patience: Duration

  /// - Parameters:
  ///   - url: where the registry is, without `/v1`.
  ///   - token: nil before the agent is enrolled.
  package init(
    url: String,
    token: Secret?,
    http: HTTPClient,
    patience: Duration = .seconds(20)
  ) {
    root = url.hasSuffix("/") ? String(url.dropLast()) : url
    let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
    server = String(rest.prefix { $0 != "/" })
    self.token = token
    self.http = http
    self.patience = patience
  }

  /// Gives the code for a token: the only call without one.
  package func enrol(_ request: EnrolmentRequest) async throws(RegistryFailure) -> Enrolment {
    let answer = try await answer(to: "POST", "enrolments", body: try encoded(request))
    let enrolment: Enrolment = try decoded(answer)
    guard RegistryService.isToken(enrolment.token) else {
      throw .malformed(server: server, reason: "its token is none")
    }
    return enrolment
  }

  /// What the admin allows, as the registry has it now.
  package struct PolicyAnswer: Hashable, Sendable {
    package let policy: AgentPolicy
    /// What to ask with the next time.
    package let etag: String?
  }

  /// The policy; nil where it is still the one of this `etag`.
  package func policy(
    unlessKnown etag: String? = nil
  ) async throws(RegistryFailure) -> PolicyAnswer? {
    let condition = etag.map { [HTTPHeader("If-None-Match", $0)] } ?? []
    let answer = try await answer(to: "GET", "agent/policy", condition)
    if answer.status == 304, etag != nil { return nil }
    let policy: AgentPolicy = try decoded(answer)
    guard (10...1_440).contains(policy.intervalMinutes), policy.approvals.count <= 1_000 else {
      throw .malformed(server: server, reason: "no admin can have set such a policy")
    }
    do {
      _ = try SyncSwitches(texts: policy.switches)
    } catch {
      throw .malformed(server: server, reason: shown(error.description))
    }
    let tag = answer.head.value(of: "ETag").flatMap { RegistryService.isTag($0) ? $0 : nil }
    return PolicyAnswer(policy: policy, etag: tag)
  }

  /// The person's switches, as the registry has them now.
  package func profile() async throws(RegistryFailure) -> ProfileDocument {
    try decoded(try await answer(to: "GET", "agent/profile"))
  }

  /// Puts the person's switches in the place of those of `document.version`.
  ///
  /// Refused as `.changed` where somebody has changed them since.
  package func put(
    _ document: ProfileDocument
  ) async throws(RegistryFailure) -> ProfileDocument {
    let condition = HTTPHeader("If-Match", "\"\(document.version)\"")
    return try decoded(
      try await answer(to: "PUT", "agent/profile", [condition], body: try encoded(document))
    )
  }

  /// Tells of up to `AttemptBatch.limit` runs; those of the receipt are on the registry's disk.
  package func deliver(_ batch: AttemptBatch) async throws(RegistryFailure) -> AttemptReceipt {
    try decoded(try await answer(to: "POST", "agent/attempts", body: try encoded(batch)))
  }

  // MARK: One request

  func answer(
    to method: String,
    _ path: String,
    _ conditions: [HTTPHeader] = [],
    body: [UInt8]? = nil,
    largest: Int = RegistryService.largestAnswer
  ) async throws(RegistryFailure) -> HTTPResponse {
    var headers = [HTTPHeader("Accept", "application/json")] + conditions
    if body != nil { headers.append(HTTPHeader("Content-Type", "application/json")) }
    let request = HTTPRequest(
      method: method,
      url: "\(root)/v1/\(path)",
      headers: headers,
      body: body,
      credential: token.map(Credential.bearer) ?? .none,
      timeout: patience,
      connectTimeout: patience,
      maximumBody: largest,
      // A report or a write that comes twice counts once.
      isRepeatable: method == "GET" || path == "agent/attempts" || path.hasPrefix("psa/")
    )
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await http.send(request)
    } catch {
      throw .unreachable(server: server, error)
    }
    if response.status == 304 || (200...299).contains(response.status) { return response }
    throw refusal(response)
  }

  private func refusal(_ response: HTTPResponse) -> RegistryFailure {
    do {
      let problem = try JSONDecoder().decode(RegistryProblem.self, from: Data(response.body))
      // A body that says something else than the status is somebody else's.
      if problem.status == response.status {
        return .refused(
          server: server,
          RegistryProblem(problem.code, shown(problem.message))
        )
      }
    } catch {
      // Not the registry's own words: the status alone counts.
    }
    switch response.status {
    case 408, 429, 500...:
      return .outOfOrder(
        server: server,
        status: response.status,
        after: response.head.retryAfter ?? .seconds(60)
      )
    default:
      return .noRegistry(server: server, status: response.status)
    }
  }

  func decoded<Value: Decodable>(
    _ response: HTTPResponse
  ) throws(RegistryFailure) -> Value {
    guard response.status != 304 else {
      throw .malformed(server: server, reason: "nobody asked whether anything has changed")
    }
    do {
      return try JSONDecoder().decode(Value.self, from: Data(response.body))
    } catch {
      throw .malformed(server: server, reason: "it is not what a registry of this version says")
    }
  }

  func encoded(_ value: some Encodable) throws(RegistryFailure) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(value))
    } catch {
      throw .malformed(server: server, reason: "the question itself could not be written")
    }
  }

  /// The registry's words on one line, at most 300 characters, without the token.
  private func shown(_ words: String) -> String {
    let hidden = token.map { words.replacing($0.reveal(), with: "…") } ?? words
    let line = hidden.split { $0.isWhitespace || $0.unicodeScalars.contains(where: isControl) }
      .joined(separator: " ")
    return line.count > 300 ? line.prefix(299) + "…" : line
  }

  /// What fits into a header and a file of one line.
  private static func isToken(_ text: String) -> Bool {
    (20...512).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }

  private static func isTag(_ text: String) -> Bool {
    (1...256).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
  }
}

private func isControl(_ character: Unicode.Scalar) -> Bool {
  character.value < 0x20 || (0x7F...0x9F).contains(character.value)
}
