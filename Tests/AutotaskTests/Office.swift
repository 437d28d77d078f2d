import Autotask
import HTTP
import SyncEngine
import SyncModel
import TestGround
import Testing

/// The account and the replies that most tests begin with.
///
/// Replies are written from `autotask.md`; none was taken from a server of ours.
enum Office {
  static let resource = ResourceID(29_682_885)
  static let secret = "se:cret/Word+1"
  static let code = "TRACKING7IDENTIFIER"

  static let zone = Reply.json(
    """
    {"zoneName":"America East 5","url":"{root}/ATServicesRest/",\
    "webUrl":"https://ww5.autotask.net/","ci":123456}
    """
  )
  static let person = Reply.json(
    """
    {"item":{"id":29682885,"email":"technician@example.com","email2":null,"email3":"",\
    "firstName":"Field","lastName":"Technician","isActive":true,"userDefinedFields":[]}}
    """
  )
  static let noRows = Reply.json(
    """
    {"items":[],"pageDetails":{"count":0,"requestCount":500,"prevPageUrl":null,\
    "nextPageUrl":null}}
    """
  )

  static func account(
    at entryPoint: String,
    resource: AutotaskAccount.Resource = .id(resource)
  ) -> AutotaskAccount {
    AutotaskAccount(
      address: .entryPoint(entryPoint),
      user: "api+agent@example.com",
      secret: Secret(secret),
      integrationCode: Secret(code),
      resource: resource
    )
  }

  /// A service that asks this server, waits for nothing and notes its pauses.
  static func service(
    at psa: ScriptedPSA,
    resource: AutotaskAccount.Resource = .id(resource),
    leavesRest: Bool = false,
    pauses: Locked<[Duration]> = Locked([]),
    time: Locked<Duration> = Locked(.zero)
  ) -> AutotaskService {
    AutotaskService(
      account: account(at: psa.url, resource: resource),
      http: HTTPClient(trust: .system, maximumConnectionsPerHost: 8),
      leavesRest: leavesRest,
      // Who has the service has the server too: it would end with its last mention in a test.
      sleep: { [psa] pause in
        withExtendedLifetime(psa) { pauses.withLock { $0.append(pause) } }
      },
      now: { time.withLock { $0 } }
    )
  }

  /// A server that answers each path below the root with its reply; zone and person are there.
  ///
  /// A path without a reply lists nothing.
  static func server(_ replies: [String: Reply]) throws -> ScriptedPSA {
    try ScriptedPSA { request, _ in
      if request.path.contains("zoneInformation") { return zone }
      let path = String(request.path.split(separator: "/").dropFirst(2).joined(separator: "/"))
      if let reply = replies[path] { return reply }
      if path == "Resources/\(resource)" { return person }
      return path.hasSuffix("/count") ? .json(#"{"queryCount":0}"#) : noRows
    }
  }

  static func rows(_ rows: String..., count: Int? = nil, next: String? = nil) -> Reply {
    let url = next.map { "\"\($0)\"" } ?? "null"
    return .json(
      """
      {"items":[\(rows.joined(separator: ","))],"pageDetails":{"count":\(count ?? rows.count),\
      "requestCount":500,"prevPageUrl":null,"nextPageUrl":\(url)}}
      """
    )
  }

  static func row(_ id: Int64, resource: Int64 = 29_682_885) -> String {
    """
    {"id":\(id),"createDateTime":"2026-11-20T08:00:00.123Z","creatorResourceID":4,\
    "description":"Bring the spare disk","endDateTime":"2026-11-23T10:00:00Z",\
    "resourceID":\(resource),"startDateTime":"2026-11-23T09:00:00Z","title":"Replace disk",\
    "updateDateTime":"2026-11-21T08:00:00.5Z","userDefinedFields":[]}
    """
  }
}

/// What `work` throws; nothing that a person sees may give a secret away.
func failure(
  _ sourceLocation: SourceLocation = #_sourceLocation,
  of work: () async throws -> Void
) async throws -> AutotaskError {
  let error = try #require(
    await #expect(throws: AutotaskError.self, sourceLocation: sourceLocation) { try await work() },
    sourceLocation: sourceLocation
  )
  for text in ["\(error)", String(reflecting: error), error.description] {
    #expect(!text.contains(Office.secret), sourceLocation: sourceLocation)
    #expect(!text.contains(Office.code), sourceLocation: sourceLocation)
  }
  return error
}

extension Instant {
  init(_ text: String) throws {
    self = try #require(Instant(iso8601: text))
  }
}
