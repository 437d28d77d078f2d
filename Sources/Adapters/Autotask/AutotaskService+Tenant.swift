package import SyncEngine
package import SyncModel

/// Everybody's items, for a gateway; the account names no resource then.
extension AutotaskService: PSATenant {
  package func whereabouts() async throws -> (tenant: TenantID, server: String) {
    let zone = try await channel.zone()
    return (zone.tenant, zone.root.origin.server)
  }

  package func allowance() async throws -> Allowance {
    let threshold = try await threshold()
    return Allowance(used: threshold.used, limit: threshold.limit)
  }

  package func page(
    of query: TenantQuery,
    continuing token: PageToken?
  ) async throws -> TenantPage {
    let listing = try await listing(token, of: TenantTable(query.part).entity)
    switch query.part {
    case .appointment: return try await page(query, as: AppointmentRow.self, listing)
    case .toDo: return try await page(query, as: CompanyToDoRow.self, listing)
    case .serviceCall: return try await page(query, as: ServiceCallRow.self, listing)
    case .contact:
      let page = try await channel.page(
        of: TenantTable.query(query),
        as: ContactRow.self,
        continuing: listing
      )
      return TenantPage(rows: try await tenantRows(page.rows), next: page.next?.token)
    case .ticketRow, .taskRow, .company, .opportunity:
      let page = try await channel.page(
        of: TenantTable.query(query),
        as: PlainRow.self,
        continuing: listing
      )
      return TenantPage(
        rows: try await tenantRows(page.rows, of: query.part),
        next: page.next?.token
      )
    }
  }

  package func count(of query: TenantQuery) async throws -> Int {
    try await channel.count(of: TenantTable.query(query))
  }

  package func identities(of query: TenantQuery) async throws -> [PSAID] {
    try await channel.identities(of: TenantTable.query(query, fields: BareRow.fields))
  }

  package func rows(_ ids: [PSAID], of part: PSAViewPart) async throws -> [TenantRow?] {
    let asked = Set(ids).sorted()
    let table = TenantTable(part)
    let read: [TenantRow]
    switch part {
    case .appointment: read = try await rows(asked, as: AppointmentRow.self, of: part)
    case .toDo: read = try await rows(asked, as: CompanyToDoRow.self, of: part)
    case .serviceCall: read = try await rows(asked, as: ServiceCallRow.self, of: part)
    case .contact:
      read = try await tenantRows(
        channel.rows(asked, of: table.entity, fields: table.fields, as: ContactRow.self)
      )
    case .ticketRow, .taskRow, .company, .opportunity:
      read = try await tenantRows(
        channel.rows(asked, of: table.entity, fields: table.fields, as: PlainRow.self),
        of: part
      )
    }
    let found = Dictionary(read.map { ($0.id, $0) }) { first, _ in first }
    return ids.map { found[$0] }
  }

  package func described(_ rows: [TenantRow]) async throws -> [TenantRow] {
    let (items, crews) = try await describedWithCrews(rows.compactMap(\.item))
    var described: [PSAID: PSAItem] = [:]
    for item in items { described[item.id] = item }
    return rows.map { row in
      var row = row
      row.item = described[row.id] ?? row.item
      row.crew = crews[row.id] ?? []
      // Each of them is told of the others when the row is shown to them.
      if row.part == .serviceCall { row.item?.about?.others = [] }
      return row
    }
  }

  package func checkVisible(_ part: PSAViewPart) async throws {
    guard part.assignments != nil || part == .serviceCall else { return }
    try await checkThatServiceCallsAreShown()
  }

  // MARK: Rows of each sort

  private func page<Row: ItemRow>(
    _ query: TenantQuery,
    as row: Row.Type,
    _ listing: Listing?
  ) async throws(AutotaskError) -> TenantPage {
    let page = try await channel.page(
      of: TenantTable.query(query),
      as: Row.self,
      continuing: listing
    )
    return TenantPage(rows: page.rows.map { $0.tenantRow(of: query.part) }, next: page.next?.token)
  }

  private func rows<Row: ItemRow>(
    _ ids: [PSAID],
    as row: Row.Type,
    of part: PSAViewPart
  ) async throws(AutotaskError) -> [TenantRow] {
    try await channel.rows(ids, of: Row.entity, fields: Row.fields, as: Row.self)
      .map { $0.tenantRow(of: part) }
  }

  private func tenantRows(_ rows: [ContactRow]) async throws(AutotaskError) -> [TenantRow] {
    try await contacts(of: rows).map {
      TenantRow(part: .contact, id: $0.id, parent: $0.company, contact: $0)
    }
  }

  private func tenantRows(
    _ rows: [PlainRow],
    of part: PSAViewPart
  ) async throws(AutotaskError) -> [TenantRow] {
    var calls: [PSAID: PSAID] = [:]
    if let table = part.assignments {
      for assignment in try await assignments(rows, in: table) {
        calls[assignment.row] = assignment.call
      }
    }
    return rows.map { row in
      let id = PSAID(row.id)
      return TenantRow(
        part: part,
        id: id,
        owner: row.psaID(TenantTable(part).ownerField).map { ResourceID($0.rawValue) },
        parent: part == .opportunity ? row.psaID("contactID") : calls[id]
      )
    }
  }
}

extension ItemRow {
  fileprivate func tenantRow(of part: PSAViewPart) -> TenantRow {
    TenantRow(part: part, id: item.id, owner: Self.owner == nil ? nil : item.resource, item: item)
  }
}

/// How a part is asked for, whosever its rows are.
private struct TenantTable {
  let entity: String
  let fields: [String]
  let ownerField: String

  init(_ part: PSAViewPart) {
    switch part {
    case .appointment:
      (entity, fields) = (AppointmentRow.entity, AppointmentRow.fields)
      ownerField = AppointmentRow.owner ?? ""
    case .toDo:
      (entity, fields) = (CompanyToDoRow.entity, CompanyToDoRow.fields)
      ownerField = CompanyToDoRow.owner ?? ""
    case .serviceCall:
      (entity, fields, ownerField) = (ServiceCallRow.entity, ServiceCallRow.fields, "")
    case .contact:
      (entity, fields, ownerField) = (Contacts.entity, Contacts.fields, "")
    case .ticketRow, .taskRow:
      let table: Assignment.Table = part == .ticketRow ? .tickets : .tasks
      ownerField = Assignment.Table.resourceField
      (entity, fields) = (table.entity, ["id", ownerField, table.betweenField])
    case .company:
      ownerField = "ownerResourceID"
      (entity, fields) = (RelatedEntity.companies.name, ["id", ownerField, "isActive"])
    case .opportunity:
      ownerField = "ownerResourceID"
      (entity, fields) = (RelatedEntity.opportunities.name, ["id", ownerField, "contactID"])
    }
  }

  static func query(_ query: TenantQuery, fields: [String]? = nil) -> Query {
    let table = TenantTable(query.part)
    switch query.part {
    case .appointment: return items(query, AppointmentRow.self, fields)
    case .toDo: return items(query, CompanyToDoRow.self, fields)
    case .serviceCall: return items(query, ServiceCallRow.self, fields)
    case .contact, .ticketRow, .taskRow, .company, .opportunity: break
    }
    var conditions: [Query.Condition] = []
    if query.part == .contact { conditions.append(.test("eq", "isActive", .number(1))) }
    if query.part == .company { conditions.append(.test("eq", "isActive", .truth(true))) }
    if let owner = query.owner {
      conditions.append(.test("eq", table.ownerField, .number(owner.rawValue)))
    }
    if query.part == .contact, let since = query.modifiedSince {
      conditions.append(Contacts.changed(since))
    }
    let ids = query.ids ?? PSAID(0)...PSAID(Int64.max)
    conditions.append(.test("gte", "id", .number(ids.lowerBound.rawValue)))
    if ids.upperBound.rawValue < .max {
      conditions.append(.test("lte", "id", .number(ids.upperBound.rawValue)))
    }
    return Query(entity: table.entity, fields: fields ?? table.fields, conditions: conditions)
  }

  private static func items<Row: ItemRow>(
    _ query: TenantQuery,
    _ row: Row.Type,
    _ fields: [String]?
  ) -> Query {
    let question = PSAQuery(
      kind: query.part.kind ?? .appointment,
      modifiedSince: query.modifiedSince,
      endingFrom: query.endingFrom,
      ids: query.ids
    )
    return Row.query(question, of: query.owner, fields: fields ?? Row.fields)
  }
}
