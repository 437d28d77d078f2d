import SyncEngine
import SyncModel

/// A row that is an item of a calendar, and how its entity is asked for such rows.
protocol ItemRow: EntityRow {
  static var entity: String { get }
  /// The fields that a row is read from.
  static var fields: [String] { get }
  /// The field that names the resource; nil where only rows of other entities do.
  static var owner: String? { get }
  /// The fields of which one is at the time of a change or later.
  static var changed: [String] { get }
  /// Of an entity without owner it is nobody's yet.
  var item: PSAItem { get }
}

extension ItemRow {
  var id: Int64 { item.id.rawValue }

  /// Nil for the resource: everybody's.
  static func query(_ query: PSAQuery, of resource: ResourceID?, fields: [String]) -> Query {
    var conditions: [Query.Condition] = []
    if let owner, let resource { conditions.append(.test("eq", owner, .number(resource.rawValue))) }
    if let since = query.modifiedSince {
      conditions.append(.any(changed.map { .test("gte", $0, .text(since.description)) }))
    }
    if let end = query.endingFrom {
      conditions.append(.test("gte", "endDateTime", .text(end.description)))
    }
    if let ids = query.ids {
      conditions.append(.test("gte", "id", .number(ids.lowerBound.rawValue)))
      conditions.append(.test("lte", "id", .number(ids.upperBound.rawValue)))
    }
    if let among = query.among { conditions.append(.isOne(of: among.map(\.rawValue), "id")) }
    // No filter is not the same as all rows (`autotask.md` 4.3).
    if conditions.isEmpty { conditions.append(.test("gte", "id", .number(0))) }
    return Query(entity: entity, fields: fields, conditions: conditions)
  }
}

extension Kind {
  /// The rows of the kind's entity; throws for one whose items are in no calendar of the PSA.
  func rows() throws(AutotaskError) -> any ItemRow.Type {
    switch self {
    case .appointment: AppointmentRow.self
    case .toDo: CompanyToDoRow.self
    case .serviceCall: ServiceCallRow.self
    case .contact: throw .noCalendarItem(self)
    }
  }
}

/// The times that a row of a calendar has, as far as they were read.
struct RowTimes {
  var start: Instant?
  var end: Instant?
  var created: Instant?
  var updated: Instant?

  /// Throws for a row without start or end: left out, it would look deleted.
  func whole(of id: Int64) throws(JSONReader.Fault) -> (
    start: Instant, end: Instant, created: Instant, modified: Instant
  ) {
    guard let start else { throw .wrong("startDateTime of \(id)") }
    guard let end else { throw .wrong("endDateTime of \(id)") }
    guard let created = created ?? updated else { throw .wrong("createDateTime of \(id)") }
    return (start, end, created, updated ?? created)
  }
}

extension JSONMember {
  static func times(_ span: Span) -> [JSONMember] {
    [
      JSONMember("startDateTime", .text(span.start.description)),
      JSONMember("endDateTime", .text(span.end.description)),
    ]
  }
}

extension JSONReader {
  /// The number of another row; nil for null.
  mutating func psaID(_ name: String) throws(Fault) -> PSAID? {
    try number(name).map { PSAID($0) }
  }

  /// A date-time of the PSA: UTC, with or without fraction and `Z` (`autotask.md` 4.8).
  mutating func instant(_ name: String) throws(Fault) -> Instant? {
    guard let text = try text(name), !text.isEmpty else { return nil }
    guard let instant = Instant(iso8601: text) else { throw .wrong(name) }
    return instant
  }
}
