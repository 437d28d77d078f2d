import SyncEngine
import SyncModel

/// The entity `Appointments` (`autotask.md` 5.1): the only one that is read and written so far.
enum Appointments {
  static let entity = "Appointments"
  static let fields = [
    "id", "title", "description", "resourceID", "startDateTime", "endDateTime", "createDateTime",
    "updateDateTime", "creatorResourceID",
  ]

  static func query(_ query: PSAQuery, of resource: ResourceID, fields: [String]) -> Query {
    var conditions: [Query.Condition] = [
      .test("eq", "resourceID", .number(resource.rawValue))
    ]
    if let since = query.modifiedSince {
      // Whether a new row has an updateDateTime is not known (5.1), so both are asked.
      conditions.append(
        .any([
          .test("gte", "updateDateTime", .text(since.description)),
          .test("gte", "createDateTime", .text(since.description)),
        ])
      )
    }
    if let end = query.endingFrom {
      conditions.append(.test("gte", "endDateTime", .text(end.description)))
    }
    if let ids = query.ids {
      conditions.append(.test("gte", "id", .number(ids.lowerBound.rawValue)))
      conditions.append(.test("lte", "id", .number(ids.upperBound.rawValue)))
    }
    return Query(entity: entity, fields: fields, conditions: conditions)
  }

  static func query(ids: some Collection<PSAID>) -> Query {
    let list = JSONValue.array(ids.map { .number($0.rawValue) })
    return Query(entity: entity, fields: fields, conditions: [.test("in", "id", list)])
  }

  /// `POST /Appointments`.
  static func creation(of draft: PSADraft) -> RESTCall {
    write(
      .post,
      id: nil,
      [
        JSONMember("resourceID", .number(draft.resource.rawValue)),
        JSONMember("title", .text(draft.title)),
        JSONMember("description", .text(draft.text)),
      ] + times(draft.span),
      hidden: [draft.title, draft.text]
    )
  }

  /// `PATCH /Appointments`, with the id in the body and only what changes; nil for no change.
  static func change(_ edit: PSAEdit) -> RESTCall? {
    var members: [JSONMember] = []
    if let title = edit.title { members.append(JSONMember("title", .text(title))) }
    if let text = edit.text { members.append(JSONMember("description", .text(text))) }
    if let span = edit.span { members += times(span) }
    guard !members.isEmpty else { return nil }
    return write(
      .patch,
      id: edit.id,
      [JSONMember("id", .number(edit.id.rawValue))] + members,
      hidden: [edit.title, edit.text].compactMap(\.self)
    )
  }

  /// `DELETE /Appointments/{id}`.
  static func deletion(of id: PSAID) -> RESTCall {
    RESTCall(
      verb: .delete,
      entity: entity,
      id: id.rawValue,
      target: .path("\(entity)/\(id)"),
      isReading: false
    )
  }

  private static func times(_ span: Span) -> [JSONMember] {
    [
      JSONMember("startDateTime", .text(span.start.description)),
      JSONMember("endDateTime", .text(span.end.description)),
    ]
  }

  private static func write(
    _ verb: RESTCall.Verb,
    id: PSAID?,
    _ members: [JSONMember],
    hidden: [String]
  ) -> RESTCall {
    RESTCall(
      verb: verb,
      entity: entity,
      id: id?.rawValue,
      target: .path(entity),
      body: JSONValue.object(members).bytes,
      isReading: false,
      hidden: hidden
    )
  }
}

/// An appointment as a reply has it.
struct AppointmentRow: EntityRow {
  let item: PSAItem

  var id: Int64 { item.id.rawValue }

  /// Throws for a row without owner or times: left out, it would look deleted.
  init(_ reader: inout JSONReader) throws(JSONReader.Fault) {
    var id: Int64?
    var resource: Int64?
    var creator: Int64?
    var title = ""
    var text = ""
    var times = Times()
    guard try reader.enterObject("item") else { throw .wrong("item") }
    while let key = try reader.nextKey() {
      switch key {
      case "id": id = try reader.number(key)
      case "resourceID": resource = try reader.number(key)
      case "creatorResourceID": creator = try reader.number(key)
      case "title": title = try reader.text(key) ?? ""
      case "description": text = try reader.text(key) ?? ""
      case "startDateTime": times.start = try reader.instant(key)
      case "endDateTime": times.end = try reader.instant(key)
      case "createDateTime": times.created = try reader.instant(key)
      case "updateDateTime": times.updated = try reader.instant(key)
      default: try reader.skip()
      }
    }
    guard let id else { throw .wrong("id") }
    guard let resource else { throw .wrong("resourceID of \(id)") }
    guard let start = times.start else { throw .wrong("startDateTime of \(id)") }
    guard let end = times.end else { throw .wrong("endDateTime of \(id)") }
    guard let created = times.created ?? times.updated else {
      throw .wrong("createDateTime of \(id)")
    }
    item = PSAItem(
      kind: .appointment,
      id: PSAID(id),
      resource: ResourceID(resource),
      title: title,
      text: text,
      start: start,
      end: end,
      created: created,
      modified: times.updated ?? created,
      creator: creator.map { ResourceID($0) }
    )
  }

  private struct Times {
    var start: Instant?
    var end: Instant?
    var created: Instant?
    var updated: Instant?
  }
}

extension JSONReader {
  /// A date-time of the PSA: UTC, with or without fraction and `Z` (`autotask.md` 4.8).
  mutating func instant(_ name: String) throws(Fault) -> Instant? {
    guard let text = try text(name), !text.isEmpty else { return nil }
    guard let instant = Instant(iso8601: text) else { throw .wrong(name) }
    return instant
  }
}
