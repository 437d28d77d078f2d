import World

/// Carries one authenticated request of the REST API to the tenant.
struct AutotaskDesk: Sendable {
  let call: WireCall
  let route: AutotaskRoute
  /// The fault of a listing that leaves items out and calls itself complete.
  let isTruncated: Bool

  /// The body of the 200; throws what the API answers otherwise.
  func reply(_ tenant: inout Tenant, at now: Int64) throws(Refusal) -> JSONValue {
    switch route.target {
    case .versions, .zone: throw .notFound
    case .threshold:
      try require("GET")
      return tenant.thresholdInformation(at: now)
    case .allInformation:
      try require("GET")
      return tenant.allEntityInformation()
    case .information(let entity):
      try require("GET")
      return tenant.entityInformation(entity)
    case .fields(let entity):
      try require("GET")
      return Tenant.fields(of: entity)
    case .userDefinedFields(let entity):
      try require("GET")
      return Tenant.userDefinedFields(of: entity)
    case .query(let entity):
      try require("GET", "POST")
      return try page(of: try query(entity), at: nil, tenant)
    case .page(let entity):
      // A page that was born from a POST carries no search and takes a POST only; and the other way
      // round (4.4).
      try require(call.parameter("search") == nil ? "POST" : "GET")
      let cursor = try PageCursor(parsing: call.parameter("paging") ?? "")
      return try page(of: try query(entity), at: cursor, tenant)
    case .count(let entity):
      try require("GET", "POST")
      return ["queryCount": .int(Int64(try tenant.count(try query(entity))))]
    case .row(let entity, let id):
      return try row(entity, id, under: nil, &tenant)
    case .collection(let entity):
      guard entity.parent == nil else { throw .wrongVerb }
      return try write(entity, under: nil, &tenant, now)
    case .children(let entity, let parent):
      if call.method == "GET" { return try children(entity, of: parent, tenant) }
      return try write(entity, under: Tenant.Parent(id: parent), &tenant, now)
    case .child(let entity, let id, let parent):
      return try row(entity, id, under: Tenant.Parent(id: parent), &tenant)
    }
  }

  private func require(_ methods: String...) throws(Refusal) {
    guard methods.contains(call.method) else { throw .wrongVerb }
  }

  private func body() throws(Refusal) -> JSONValue {
    let type = call.header("Content-Type")?.lowercased() ?? ""
    guard type.hasPrefix("application/json") else {
      throw Refusal(415, ["The media type '\(type)' is not supported for this resource."])
    }
    return try json(call.body)
  }

  private func json(_ bytes: [UInt8]) throws(Refusal) -> JSONValue {
    do throws(JSONProblem) { return try JSONValue(parsing: bytes) } catch {
      throw Refusal(error.description)
    }
  }

  private func query(_ entity: EntitySchema) throws(Refusal) -> Query {
    if call.method == "POST" { return try Query(try body(), on: entity) }
    guard let search = call.parameter("search") else {
      throw Refusal("Value cannot be null. (Parameter 'search')")
    }
    return try Query(try json(Array(search.utf8)), on: entity)
  }

  private func page(
    of query: Query,
    at cursor: PageCursor?,
    _ tenant: Tenant
  ) throws(Refusal) -> JSONValue {
    let page = try tenant.page(query, at: cursor)
    var items = tenant.items(page, of: query)
    if isTruncated { items.removeLast((items.count + 1) / 2) }
    return Self.listing(
      items,
      requested: query.pageSize,
      previous: page.previous.map { url("prev", query, $0) },
      next: isTruncated ? nil : page.next.map { url("next", query, $0) }
    )
  }

  private func children(
    _ entity: EntitySchema,
    of parent: Int64,
    _ tenant: Tenant
  ) throws(Refusal) -> JSONValue {
    let query: JSONValue = [
      "filter": [
        ["op": "eq", "field": .string(entity.parent?.field ?? "id"), "value": .int(parent)]
      ]
    ]
    let question = try Query(query, on: entity)
    let page = try tenant.page(question)
    let items = tenant.items(page, of: question)
    return Self.listing(items, requested: question.pageSize, previous: nil, next: nil)
  }

  private func row(
    _ entity: EntitySchema,
    _ id: Int64,
    under parent: Tenant.Parent?,
    _ tenant: inout Tenant
  ) throws(Refusal) -> JSONValue {
    switch call.method {
    case "GET":
      let row = tenant.row(id, of: entity)
      return ["item": row.map { tenant.json($0, of: entity) } ?? .null]
    case "DELETE":
      guard entity.verbs.contains(.delete), (entity.parent == nil) == (parent == nil) else {
        throw .wrongVerb
      }
      return ["itemId": .int(try tenant.delete(id, in: entity, under: parent))]
    default: throw .wrongVerb
    }
  }

  private func write(
    _ entity: EntitySchema,
    under parent: Tenant.Parent?,
    _ tenant: inout Tenant,
    _ now: Int64
  ) throws(Refusal) -> JSONValue {
    let id: Int64
    switch call.method {
    case "POST" where entity.verbs.contains(.create):
      id = try tenant.create(
        try body(),
        in: entity,
        under: parent,
        impersonating: call.header("ImpersonationResourceId").flatMap { Int64($0) },
        at: now
      )
    case "PATCH" where entity.verbs.contains(.update):
      id = try tenant.update(try body(), in: entity, under: parent, at: now)
    case "PUT" where entity.verbs.contains(.update):
      id = try tenant.update(try body(), in: entity, under: parent, replacing: true, at: now)
    default: throw .wrongVerb
    }
    return ["itemId": .int(id)]
  }

  private func url(_ direction: String, _ query: Query, _ cursor: PageCursor) -> JSONValue {
    let paging = WireCall.encoded(cursor.text(pageSize: query.pageSize))
    var url = "\(call.autotaskBase)V1.0/\(query.entity.name)/query/\(direction)?paging=\(paging)"
    if let search = call.parameter("search") { url += "&search=\(WireCall.encoded(search))" }
    return .string(url)
  }

  private static func listing(
    _ items: [JSONValue],
    requested: Int,
    previous: JSONValue?,
    next: JSONValue?
  ) -> JSONValue {
    [
      "items": .array(items),
      "pageDetails": [
        "count": .int(Int64(items.count)),
        "requestCount": .int(Int64(requested)),
        "prevPageUrl": previous ?? .null,
        "nextPageUrl": next ?? .null,
      ],
    ]
  }
}
