package import SyncEngine
package import SyncModel

/// The tenant of a world as the engine's PSA, in process and without HTTP.
///
/// It asks the tenant in the PSA's own words (queries in JSON, rows back), so that the ports'
/// contract holds here for the same reasons as over the wire.
package actor WorldPSA: PSAService, PSAWriting {
  private let world: World
  private let wanted: Wanted
  private var desk: PSADesk?
  private var sent = 0

  /// Whose appointments these are.
  package enum Wanted: Hashable, Sendable {
    case resource(ResourceID)
    case mailAddress(String)
  }

  package init(_ world: World, _ wanted: Wanted) {
    self.world = world
    self.wanted = wanted
  }

  package var requests: Int { sent }

  package func open() async throws -> PSADesk {
    let wanted = wanted
    let desk = try await ask { tenant, _ in
      let resource =
        switch wanted {
        case .resource(let id): try Self.active(id, in: tenant)
        case .mailAddress(let address): try Self.resource(of: address, in: tenant)
        }
      return PSADesk(
        tenant: TenantID(tenant.customerID),
        resource: ResourceID(resource),
        server: "the world"
      )
    }
    self.desk = desk
    return desk
  }

  package func page(
    of query: PSAQuery,
    continuing token: PageToken?
  ) async throws -> PSAPage {
    let resource = try await resource()
    return try await ask { tenant, _ in
      let question = try Self.question(query, of: resource)
      let cursor = try token.map { try PageCursor(parsing: $0.rawValue) }
      let page = try tenant.page(question, at: cursor)
      return PSAPage(
        items: page.rows.compactMap { Self.item($0, question.entity) },
        next: page.next.map { PageToken($0.text(pageSize: question.pageSize)) }
      )
    }
  }

  package func count(of query: PSAQuery) async throws -> Int {
    let resource = try await resource()
    return try await ask { tenant, _ in
      try tenant.count(try Self.question(query, of: resource))
    }
  }

  package func identities(of query: PSAQuery) async throws -> [PSAID] {
    var ids: [PSAID] = []
    var token: PageToken?
    repeat {
      let page = try await page(of: query, continuing: token)
      ids.append(contentsOf: page.items.map(\.id))
      token = page.next
    } while token != nil
    return ids
  }

  package func items(_ ids: [PSAID], of kind: Kind) async throws -> [PSAItem?] {
    guard !ids.isEmpty else { return [] }
    return try await ask { tenant, _ in
      let entity = try Self.entity(kind)
      return ids.map { id in tenant.row(id.rawValue, of: entity).flatMap { Self.item($0, entity) } }
    }
  }

  package func create(_ drafts: [PSADraft]) async throws -> [PSAWriteResult] {
    try await results(of: drafts) { draft, tenant, now in
      let body: JSONValue = [
        "id": 0,
        "resourceID": .int(draft.resource.rawValue),
        "title": .string(draft.title),
        "description": .string(draft.text),
        "startDateTime": .string(WireTime.text(draft.span.start.seconds)),
        "endDateTime": .string(WireTime.text(draft.span.end.seconds)),
      ]
      return try tenant.create(body, in: try Self.entity(draft.kind), at: now)
    }
  }

  package func update(_ edits: [PSAEdit]) async throws -> [PSAWriteResult] {
    try await results(of: edits) { edit, tenant, now in
      var members = [JSONValue.Member("id", .int(edit.id.rawValue))]
      if let title = edit.title { members.append(JSONValue.Member("title", .string(title))) }
      if let text = edit.text { members.append(JSONValue.Member("description", .string(text))) }
      if let span = edit.span {
        let start = WireTime.text(span.start.seconds)
        let end = WireTime.text(span.end.seconds)
        members.append(JSONValue.Member("startDateTime", .string(start)))
        members.append(JSONValue.Member("endDateTime", .string(end)))
      }
      return try tenant.update(.object(members), in: try Self.entity(edit.kind), at: now)
    }
  }

  package func delete(_ targets: [PSATarget]) async throws -> [PSAWriteResult] {
    try await results(of: targets) { target, tenant, _ in
      try tenant.delete(target.id.rawValue, in: try Self.entity(target.kind))
    }
  }
}

extension WorldPSA {
  private func resource() async throws -> ResourceID {
    if let desk { return desk.resource }
    return try await open().resource
  }

  private func ask<T: Sendable>(
    _ body: sending (inout Tenant, Int64) throws -> T
  ) async throws -> T {
    sent += 1
    do {
      return try await world.tenant { tenant, now in
        _ = try tenant.threshold.admit(at: now)
        return try body(&tenant, now)
      }
    } catch let refusal as Refusal {
      throw WorldFailure(refusal)
    }
  }

  /// Does the works one by one until the limit of the hour, which is thrown only where nothing was
  /// done: no result is ever lost.
  private func results<Work: Sendable>(
    of works: [Work],
    _ write: @Sendable (Work, inout Tenant, Int64) throws -> Int64
  ) async throws -> [PSAWriteResult] {
    var results: [PSAWriteResult] = []
    for work in works {
      do {
        results.append(
          try await ask { tenant, now in
            do {
              return .done(PSAID(try write(work, &tenant, now)))
            } catch let refusal as Refusal {
              let words = refusal.errors.joined(separator: " ")
              return refusal.namesMissingRow ? .missing : .refused(words)
            }
          }
        )
      } catch let failure as WorldFailure {
        guard !results.isEmpty else { throw failure }
        let left = works.count - results.count
        return results + Array(repeating: .notTried(failure.description), count: left)
      }
    }
    return results
  }

  private static func entity(_ kind: Kind) throws -> EntitySchema {
    switch kind {
    case .appointment:
      if let entity = Schema.entity("Appointments") { return entity }
      throw StopFailure("The tenant has no appointments.")
    case .serviceCall, .toDo, .contact:
      throw StopFailure("The world answers for appointments only, not for a \(kind.rawValue).")
    }
  }

  private static func resource(of address: String, in tenant: Tenant) throws -> Int64 {
    guard let entity = Schema.entity("Resources") else { throw StopFailure("No resources.") }
    let conditions = ["email", "email2", "email3"].map { field -> JSONValue in
      ["op": "eq", "field": .string(field), "value": .string(address)]
    }
    let query = try Query(
      ["filter": [["op": "or", "items": .array(conditions)]]],
      on: entity
    )
    let rows = try tenant.page(query).rows.filter { isActive($0, entity) }
    guard let row = rows.first, rows.count == 1 else {
      throw StopFailure(
        "\(rows.count) active resources of the PSA have the address \(address), not one."
      )
    }
    return row.id
  }

  private static func active(_ id: ResourceID, in tenant: Tenant) throws -> Int64 {
    guard let entity = Schema.entity("Resources"), let row = tenant.row(id.rawValue, of: entity)
    else { throw StopFailure("The PSA has no resource \(id).") }
    guard isActive(row, entity) else { throw StopFailure("The resource \(id) is not active.") }
    return row.id
  }

  private static func isActive(_ row: Table.Row, _ entity: EntitySchema) -> Bool {
    entity.column("isActive").map { row.cells[$0] } == .bool(true)
  }

  private static func question(_ query: PSAQuery, of resource: ResourceID) throws -> Query {
    func test(_ op: String, _ field: String, _ value: JSONValue) -> JSONValue {
      ["op": .string(op), "field": .string(field), "value": value]
    }
    var filter = [test("eq", "resourceID", .int(resource.rawValue))]
    if let since = query.modifiedSince {
      let time = JSONValue.string(WireTime.text(since.seconds))
      let items: JSONValue = [
        test("gte", "updateDateTime", time), test("gte", "createDateTime", time),
      ]
      filter.append(["op": "or", "items": items])
    }
    if let ending = query.endingFrom {
      filter.append(test("gte", "endDateTime", .string(WireTime.text(ending.seconds))))
    }
    if let ids = query.ids {
      filter.append(test("gte", "id", .int(ids.lowerBound.rawValue)))
      filter.append(test("lte", "id", .int(ids.upperBound.rawValue)))
    }
    return try Query(["filter": .array(filter)], on: try entity(query.kind))
  }

  private static func item(_ row: Table.Row, _ entity: EntitySchema) -> PSAItem? {
    func cell(_ name: String) -> JSONValue { entity.column(name).map { row.cells[$0] } ?? .null }
    guard let resource = cell("resourceID").integer,
      let start = cell("startDateTime").integer, let end = cell("endDateTime").integer
    else { return nil }
    let created = cell("createDateTime").integer ?? 0
    return PSAItem(
      kind: .appointment,
      id: PSAID(row.id),
      resource: ResourceID(resource),
      title: cell("title").text ?? "",
      text: cell("description").text ?? "",
      start: Instant(seconds: start),
      end: Instant(seconds: end),
      created: Instant(seconds: created),
      modified: Instant(seconds: cell("updateDateTime").integer ?? created),
      creator: cell("creatorResourceID").integer.map { ResourceID($0) }
    )
  }
}

/// The tenant's refusal as the engine meets it.
package struct WorldFailure: SyncFailure, Equatable {
  package let remedy: Remedy
  package let description: String

  init(_ refusal: Refusal) {
    description = "The PSA answered \(refusal.description)"
    switch refusal.status {
    case 401: remedy = .signIn
    case 429: remedy = .retry(after: .seconds(refusal.retryAfter ?? 60))
    default: remedy = refusal == .threads ? .retry(after: .seconds(1)) : .stop
    }
  }
}
