import SyncEngine
import SyncModel

/// How the tenant is asked for items of each kind, and what their rows say.
extension WorldPSA {
  static func entity(_ kind: Kind) throws -> EntitySchema {
    let name: String
    switch kind {
    case .appointment: name = "Appointments"
    case .toDo: name = "CompanyToDos"
    case .serviceCall: name = "ServiceCalls"
    case .contact: throw StopFailure("A contact is in no calendar of the PSA.")
    }
    return try entity(named: name)
  }

  static func entity(named name: String) throws -> EntitySchema {
    guard let entity = Schema.entity(name) else { throw StopFailure("The tenant has no \(name).") }
    return entity
  }

  static func test(_ op: String, _ field: String, _ value: JSONValue) -> JSONValue {
    ["op": .string(op), "field": .string(field), "value": value]
  }

  static func test(_ field: String, isOneOf ids: [PSAID]) -> JSONValue {
    test("in", field, .array(ids.map { .int($0.rawValue) }))
  }

  static func anyOf(_ tests: [JSONValue]) -> JSONValue { ["op": "or", "items": .array(tests)] }

  static func question(_ query: PSAQuery, of resource: ResourceID) throws -> Query {
    let entity = try entity(query.kind)
    var filter = [test("gte", "id", 0)]
    switch query.kind {
    case .appointment: filter = [test("eq", "resourceID", .int(resource.rawValue))]
    case .toDo: filter = [test("eq", "assignedToResourceID", .int(resource.rawValue))]
    case .serviceCall, .contact: break
    }
    if let since = query.modifiedSince {
      let time = JSONValue.string(WireTime.text(since.seconds))
      let fields = [modifiedField(query.kind), "createDateTime"]
      filter.append(anyOf(fields.map { test("gte", $0, time) }))
    }
    if let ending = query.endingFrom {
      filter.append(test("gte", "endDateTime", .string(WireTime.text(ending.seconds))))
    }
    if let ids = query.ids {
      filter.append(test("gte", "id", .int(ids.lowerBound.rawValue)))
      filter.append(test("lte", "id", .int(ids.upperBound.rawValue)))
    }
    if let among = query.among { filter.append(test("id", isOneOf: among)) }
    return try Query(["filter": .array(filter)], on: entity)
  }

  /// The row's item; one that names no resource is seen by `resource`.
  static func item(
    _ row: Table.Row,
    _ kind: Kind,
    _ entity: EntitySchema,
    _ resource: ResourceID
  ) -> PSAItem? {
    let cells = RowCells(row, entity)
    guard let start = cells.integer("startDateTime"), let end = cells.integer("endDateTime")
    else { return nil }
    let created = cells.integer("createDateTime") ?? 0
    let isToDo = kind == .toDo
    let owner = cells.integer(isToDo ? "assignedToResourceID" : "resourceID")
    var item = PSAItem(
      kind: kind,
      id: PSAID(row.id),
      resource: owner.map { ResourceID($0) } ?? resource,
      title: cells.text("title"),
      text: cells.text(isToDo ? "activityDescription" : "description"),
      start: Instant(seconds: start),
      end: Instant(seconds: end),
      created: Instant(seconds: created),
      modified: Instant(seconds: cells.integer(modifiedField(kind)) ?? created),
      creator: cells.integer("creatorResourceID").map { ResourceID($0) }
    )
    item.parent = isToDo ? cells.id("companyID") : nil
    item.isCancelled = cells.integer("canceledDateTime") != nil
    item.isComplete = cells.integer("isComplete") == 1 || cells.integer("completedDate") != nil
    item.related = PSARelated(
      company: cells.id("companyID"),
      location: cells.id("companyLocationID"),
      contact: cells.id("contactID"),
      opportunity: cells.id("opportunityID"),
      ticket: cells.id("ticketID"),
      contract: cells.id("contractID"),
      actionType: cells.id("actionType"),
      status: cells.integer("status")
    )
    return item
  }

  private static func modifiedField(_ kind: Kind) -> String {
    switch kind {
    case .appointment: "updateDateTime"
    case .toDo, .contact: "lastModifiedDate"
    case .serviceCall: "lastModifiedDateTime"
    }
  }
}

/// A row's cells by the names of their fields; a field that the entity has not is without value.
struct RowCells {
  private let row: Table.Row
  private let entity: EntitySchema

  init(_ row: Table.Row, _ entity: EntitySchema) {
    self.row = row
    self.entity = entity
  }

  /// The number of the row itself.
  var id: Int64 { row.id }

  subscript(field: String) -> JSONValue { entity.column(field).map { row.cells[$0] } ?? .null }

  func text(_ field: String) -> String { self[field].text ?? "" }

  func integer(_ field: String) -> Int64? { self[field].integer }

  func id(_ field: String) -> PSAID? { integer(field).map { PSAID($0) } }

  /// The label of a picklist's value.
  func label(_ field: String) -> String {
    guard let column = entity.column(field), let value = row.cells[column].integer else {
      return ""
    }
    return entity.fields[column].picklist?.first { $0.value == value }?.label ?? ""
  }

  /// Lines of text in these fields, blank ones left out.
  func lines(_ fields: String...) -> [String] { fields.map(text).filter { !$0.isEmpty } }
}
