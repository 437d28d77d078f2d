import Foundation
import Sandbox
import World

/// A seeded tenant behind the REST server, asked without a socket.
struct RESTSample {
  static let now: Int64 = 1_772_438_400
  let world: World
  let faults: Faults
  let server: AutotaskServer

  init(items: Int = 40, faults: Faults = Faults(), threads: Int = 3) throws {
    let seeding = Seeding(seed: 7, items: items, zones: .utc, now: Self.now)
    let sides = try seeding.sides()
    world = World(mailbox: sides.mailbox, tenant: sides.tenant, clock: { Self.now })
    self.faults = faults
    server = AutotaskServer(world, faults: faults, threadsPerEndpoint: threads)
  }

  static let headers = [
    (name: "USERNAME", value: Seeding.mailAddress), (name: "secret", value: "sandbox"),
    (name: "APIIntegrationcode", value: Seeding.account(password: "").trackingIdentifier),
    (name: "Content-Type", value: "application/json"), (name: "Host", value: "127.0.0.1:9"),
  ]

  /// Sends a request to a path below `v1.0`, or to a whole URL.
  func ask(
    _ method: String,
    _ path: String,
    _ body: JSONValue? = nil,
    headers: [(name: String, value: String)] = RESTSample.headers
  ) async throws -> RESTReply {
    var path = path
    if let host = path.range(of: "http://127.0.0.1:9") { path.removeSubrange(host) }
    if !path.hasPrefix("/") { path = "/ATServicesRest/v1.0/" + path }
    let parts = path.split(separator: "?", maxSplits: 1)
    let call = WireCall(
      method: method,
      path: String(parts[0]),
      query: parts.count > 1 ? String(parts[1]) : nil,
      headers: headers,
      body: body?.bytes ?? []
    )
    let answer = await server.answer(call)
    return RESTReply(answer: answer, json: try JSONValue(parsing: answer.body))
  }

  /// How many appointments the tenant has.
  func appointments() async -> Int {
    await world.tenant { tenant, _ in tenant.tables["Appointments"]?.count ?? 0 }
  }

  static let all: JSONValue = ["filter": [["op": "exist", "field": "id"]]]
  static let visit: JSONValue = [
    "title": "Visit", "resourceID": .int(Seeding.technician),
    "startDateTime": "2026-03-03T09:00:00Z", "endDateTime": "2026-03-03T10:00:00Z",
  ]
}

struct RESTReply {
  let answer: WireAnswer
  let json: JSONValue

  var status: Int { answer.status }
  var errors: String { (json["errors"]?.elements ?? []).compactMap(\.text).joined(separator: " ") }
  var items: [JSONValue] { json["items"]?.elements ?? [] }
  var next: String? { json["pageDetails"]?["nextPageUrl"]?.text }

  func header(_ name: String) -> String? {
    answer.headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}
