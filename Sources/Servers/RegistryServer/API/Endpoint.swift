internal import HTTPTypes
internal import RegistryAPI
internal import RegistryStore
internal import SyncModel

/// One call of the API: who may make it, how much it may send, and what it does.
///
/// Routes, the roles that tests go through and `openapi.yaml` follow from the one list of them.
struct Endpoint: Sendable {
  enum Door: String, Sendable {
    /// Anybody.
    case open
    /// An agent's token.
    case agent
    /// An admin's token.
    case admin
  }

  let method: HTTPRequest.Method
  /// Such as `/v1/resources/{number}`.
  let path: String
  let door: Door
  /// The longest body that it takes, in bytes.
  let longestBody: Int
  let act: @Sendable (APICall) async throws -> APIAnswer

  init(
    _ method: HTTPRequest.Method,
    _ path: String,
    _ door: Door,
    longestBody: Int = 64 << 10,
    _ act: @escaping @Sendable (APICall) async throws -> APIAnswer
  ) {
    self.method = method
    self.path = path
    self.door = door
    self.longestBody = longestBody
    self.act = act
  }
}

/// A call whose caller is known.
struct APICall: Sendable {
  enum Caller: Sendable {
    case nobody
    case agent(AgentIdentity)
    case admin(AdminName)
  }

  let caller: Caller
  let parameters: [String: String]
  let query: [String: String]
  let headers: HTTPFields
  let body: [UInt8]
  let now: Instant

  /// Throws `.forbidden`; the door has let nobody else in.
  var agent: AgentIdentity {
    get throws {
      guard case .agent(let agent) = caller else { throw APICall.wrongDoor }
      return agent
    }
  }

  var admin: AdminName {
    get throws {
      guard case .admin(let admin) = caller else { throw APICall.wrongDoor }
      return admin
    }
  }

  private static let wrongDoor = RegistryProblem(.forbidden, "This token does not open this door.")
}

/// What is answered.
struct APIAnswer: Sendable {
  var status: HTTPResponse.Status
  var headers: HTTPFields = [:]
  var body: [UInt8] = []

  /// Nothing but the status.
  static let nothing = APIAnswer(status: .noContent)

  static func json(
    _ value: some Encodable,
    status: HTTPResponse.Status = .ok,
    etag: String? = nil
  ) throws -> APIAnswer {
    var headers: HTTPFields = [.contentType: "application/json"]
    if let etag { headers[.eTag] = "\"\(etag)\"" }
    return APIAnswer(status: status, headers: headers, body: try JSON.bytes(of: value))
  }

  static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> APIAnswer {
    APIAnswer(status: .ok, headers: [.contentType: type], body: Array(text.utf8))
  }

  static func problem(_ problem: RegistryProblem) -> APIAnswer {
    do {
      return try .json(problem, status: HTTPResponse.Status(code: problem.status))
    } catch {
      // A problem is two strings and a word; what cannot be written has no words to lose.
      return APIAnswer(status: HTTPResponse.Status(code: problem.status))
    }
  }
}
