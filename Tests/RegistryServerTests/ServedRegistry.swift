import Cryptography
import Foundation
import HTTP
import Logging
import RegistryAPI
import RegistryClient
import RegistryPages
import RegistryServer
import RegistryStore
import SyncModel
import TestGround

/// A registry on a real file and a real port, with three people of whom two have agents.
struct ServedRegistry {
  static let start = Instant(seconds: 1_795_420_800)
  static let boss = AdminName(rawValue: "dispatcher")
  static let (anna, bert, clara) = (ResourceID(101), ResourceID(102), ResourceID(103))

  let store: RegistryStore
  let server: RegistryServer
  let address: String
  /// An admin's token, and those of Anna's and Bert's agents.
  let admin: String
  let first: String
  let second: String
  private let clock: Locked<Instant>
  private let http = HTTPClient(trust: .system)
  private let folder: TemporaryFolder

  var now: Instant { clock.withLock { $0 } }

  func pass(seconds: Int64) { clock.withLock { $0 = $0.advanced(bySeconds: seconds) } }

  /// Serves while `body` looks; with `ticking` a second passes whenever the server looks at its clock.
  static func with(
    ticking: Bool = false,
    _ body: @escaping @Sendable (ServedRegistry) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    let clock = Locked(start)
    let store = try await RegistryStore.open(
      .sqlite(path: folder("registry.sqlite")),
      keyFile: folder("registry.key"),
      dice: { try RandomBytes.bytes($0) }
    )
    var settings = AdminSettings()
    (settings.profileName, settings.serverAddress) = ("Firm", "mail.example.com")
    _ = try await store.save(settings, expecting: 0, by: boss, now: start)
    try await store.keepResources(
      [(101, "Anna Arnold"), (102, "Bert Brandt"), (103, "Clara Conrad")].map { number, name in
        ResourceRow(
          number: ResourceID(number),
          name: name,
          mail: "\(name.split(separator: " ")[0].lowercased())@example.com",
          isActive: true
        )
      },
      by: boss,
      now: start
    )
    _ = try await store.setEnabled([anna, bert], true, by: boss, now: start)
    let server = try RegistryServer(
      store: store,
      acts: RegistryPages.Acts(
        check: { settings in
          [SettingCheck(.name, .works, "\(settings.serverAddress) has an address.")]
        },
        setEnabled: { try await store.setEnabled($0, $1, by: $2, now: $3) }
      ),
      configuration: RegistryServer.Configuration(address: .tcp(host: "127.0.0.1", port: 0)),
      clock: {
        clock.withLock { now in
          if ticking { now = now.advanced(bySeconds: 1) }
          return now
        }
      },
      logger: Logger(label: "registry", factory: { _ in SwiftLogNoOpLogHandler() })
    )
    let admin = try await store.makeToken("script", by: boss, now: start)
    let first = try await enrolled(anna, in: store).token
    let second = try await enrolled(bert, in: store).token
    try await withThrowingTaskGroup(of: Void.self) { group in
      let (ports, ready) = AsyncStream<Int>.makeStream()
      group.addTask {
        try await server.run { ready.yield($0) }
        ready.finish()
      }
      guard let port = await ports.first(where: { _ in true }) else {
        try await group.next()
        return
      }
      try await body(
        ServedRegistry(
          store: store,
          server: server,
          address: "http://127.0.0.1:\(port)",
          admin: admin,
          first: first,
          second: second,
          clock: clock,
          folder: folder
        )
      )
      group.cancelAll()
    }
    try store.close()
  }

  private static func enrolled(
    _ resource: ResourceID,
    in store: RegistryStore
  ) async throws -> Enrolment {
    let code = try await store.makeCode(for: resource, by: boss, now: start)
    return try await store.enrol(request(code, "agent-\(resource)"), now: start)
  }

  static func request(_ code: String, _ agent: String, takesOver: Bool = false) -> EnrolmentRequest
  {
    EnrolmentRequest(
      code: code,
      agent: AgentID(rawValue: agent),
      machine: "desk",
      version: "0.1.0",
      takesOver: takesOver
    )
  }

  // MARK: Calls

  struct Answer {
    let status: Int
    let headers: [HTTPHeader]
    let body: String

    func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
      try JSONDecoder().decode(type, from: Data(body.utf8))
    }

    var problem: RegistryProblem { get throws { try json() } }
  }

  func call(
    _ method: String,
    _ path: String,
    as token: String? = nil,
    headers: [HTTPHeader] = [],
    body: String? = nil
  ) async throws -> Answer {
    let response = try await http.send(
      HTTPRequest(
        method: method,
        url: address + path,
        headers: headers + (body == nil ? [] : [HTTPHeader("Content-Type", "application/json")]),
        body: body.map { Array($0.utf8) },
        credential: token.map { .bearer(Secret($0)) } ?? .none
      )
    )
    return Answer(
      status: response.status,
      headers: response.head.headers,
      body: String(decoding: response.body, as: UTF8.self)
    )
  }

  /// The agent's own client.
  func service(_ token: String?) -> RegistryService {
    RegistryService(url: address, token: token.map { Secret($0) }, http: http)
  }
}
