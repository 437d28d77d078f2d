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

  package func reopen() async throws -> PSADesk { try await open() }

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
        items: page.rows.compactMap { Self.item($0, query.kind, question.entity, resource) },
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
    let entity = try Self.entity(kind)
    guard !ids.isEmpty else { return [] }
    let resource = try await resource()
    return try await ask { tenant, _ in
      ids.map { id in
        tenant.row(id.rawValue, of: entity).flatMap { Self.item($0, kind, entity, resource) }
      }
    }
  }

  package func create(_ drafts: [PSADraft]) async throws -> [PSAWriteResult] {
    try await results(of: drafts) { draft in
      guard draft.kind == .appointment else { return nil }
      let body: JSONValue = [
        "id": 0,
        "resourceID": .int(draft.resource.rawValue),
        "title": .string(draft.title),
        "description": .string(draft.text),
        "startDateTime": .string(WireTime.text(draft.span.start.seconds)),
        "endDateTime": .string(WireTime.text(draft.span.end.seconds)),
      ]
      return { tenant, now in
        try tenant.create(body, in: try Self.entity(draft.kind), at: now)
      }
    }
  }

  package func update(_ edits: [PSAEdit]) async throws -> [PSAWriteResult] {
    try await results(of: edits) { edit in
      let isToDo = edit.kind == .toDo && edit.title == nil && edit.text == nil
      guard edit.kind == .appointment || (isToDo && edit.parent != nil) else { return nil }
      var members = [JSONValue.Member("id", .int(edit.id.rawValue))]
      if let title = edit.title { members.append(JSONValue.Member("title", .string(title))) }
      if let text = edit.text { members.append(JSONValue.Member("description", .string(text))) }
      if let span = edit.span {
        let start = WireTime.text(span.start.seconds)
        let end = WireTime.text(span.end.seconds)
        members.append(JSONValue.Member("startDateTime", .string(start)))
        members.append(JSONValue.Member("endDateTime", .string(end)))
      }
      let body = JSONValue.object(members)
      let parent = isToDo ? edit.parent.map { Tenant.Parent(id: $0.rawValue) } : nil
      return { tenant, now in
        let entity = try Self.entity(edit.kind)
        let isThere = tenant.row(edit.id.rawValue, of: entity) != nil
        do throws(Refusal) {
          return try tenant.update(body, in: entity, under: parent, at: now)
        } catch {
          guard error.namesMissingRow, isThere else { throw error }
          throw Refusal("The item is there, but under another company.")
        }
      }
    }
  }

  package func delete(_ targets: [PSATarget]) async throws -> [PSAWriteResult] {
    try await results(of: targets) { target in
      guard target.kind == .appointment else { return nil }
      return { tenant, _ in
        try tenant.delete(target.id.rawValue, in: try Self.entity(target.kind))
      }
    }
  }
}

extension WorldPSA {
  func resource() async throws -> ResourceID {
    if let desk { return desk.resource }
    return try await open().resource
  }

  func ask<T: Sendable>(
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

  /// What is done to the tenant; answers the id of the row.
  private typealias Deed = @Sendable (inout Tenant, Int64) throws -> Int64

  /// Does the works one by one until the limit of the hour, which is thrown only where nothing was
  /// done: no result is ever lost.
  ///
  /// A work without a deed is never written (`rules.md` 1).
  private func results<Work: Sendable>(
    of works: [Work],
    _ deed: @Sendable (Work) -> Deed?
  ) async throws -> [PSAWriteResult] {
    var results: [PSAWriteResult] = []
    for work in works {
      guard let deed = deed(work) else {
        results.append(.refused("The PSA is not written so for items of this kind."))
        continue
      }
      do {
        results.append(
          try await ask { tenant, now in
            do {
              return .done(PSAID(try deed(&tenant, now)))
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
