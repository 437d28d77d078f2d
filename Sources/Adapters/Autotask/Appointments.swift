import SyncEngine
import SyncModel

/// The entity `Appointments` (`autotask.md` 5.1): the only one of which rows are made and deleted.
enum Appointments {
  static let entity = "Appointments"
  static let fields = [
    "id", "title", "description", "resourceID", "startDateTime", "endDateTime", "createDateTime",
    "updateDateTime", "creatorResourceID",
  ]

  /// `POST /Appointments`.
  static func creation(of draft: PSADraft) -> RESTCall {
    write(
      .post,
      id: nil,
      [
        JSONMember("resourceID", .number(draft.resource.rawValue)),
        JSONMember("title", .text(draft.title)),
        JSONMember("description", .text(draft.text)),
      ] + JSONMember.times(draft.span),
      hidden: [draft.title, draft.text]
    )
  }

  /// `PATCH /Appointments`, with the id in the body and only what changes; nil for no change.
  static func change(_ edit: PSAEdit) -> RESTCall? {
    var members: [JSONMember] = []
    if let title = edit.title { members.append(JSONMember("title", .text(title))) }
    if let text = edit.text { members.append(JSONMember("description", .text(text))) }
    if let span = edit.span { members += JSONMember.times(span) }
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
struct AppointmentRow: ItemRow {
  static let entity = Appointments.entity
  static let fields = Appointments.fields
  static let owner: String? = "resourceID"
  // Whether a new row has an updateDateTime is not known (5.1), so both are asked.
  static let changed = ["updateDateTime", "createDateTime"]

  let item: PSAItem

  /// Throws for a row without owner or times: left out, it would look deleted.
  init(_ reader: inout JSONReader) throws(JSONReader.Fault) {
    var id: Int64?
    var resource: Int64?
    var creator: Int64?
    var title = ""
    var text = ""
    var times = RowTimes()
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
    let known = try times.whole(of: id)
    item = PSAItem(
      kind: .appointment,
      id: PSAID(id),
      resource: ResourceID(resource),
      title: title,
      text: text,
      start: known.start,
      end: known.end,
      created: known.created,
      modified: known.modified,
      creator: creator.map { ResourceID($0) }
    )
  }
}
