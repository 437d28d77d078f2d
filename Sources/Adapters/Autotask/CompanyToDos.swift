import SyncEngine
import SyncModel

/// The entity `CompanyToDos` (`autotask.md` 5.4): asked at the root, written under its company.
enum CompanyToDos {
  static let entity = "CompanyToDos"

  /// `PATCH /Companies/{companyID}/ToDos`, with the id in the body: times only, ever.
  static func change(_ id: PSAID, of company: PSAID, to span: Span) -> RESTCall {
    RESTCall(
      verb: .patch,
      entity: entity,
      id: id.rawValue,
      target: .path("Companies/\(company)/ToDos"),
      body: JSONValue.object([JSONMember("id", .number(id.rawValue))] + JSONMember.times(span))
        .bytes,
      isReading: false
    )
  }
}

/// A to-do as a reply has it.
struct CompanyToDoRow: ItemRow {
  static let entity = CompanyToDos.entity
  static let fields = [
    "id", "companyID", "assignedToResourceID", "actionType", "startDateTime", "endDateTime",
    "activityDescription", "contactID", "opportunityID", "ticketID", "contractID", "completedDate",
    "createDateTime", "lastModifiedDate", "creatorResourceID",
  ]
  static let owner: String? = "assignedToResourceID"
  // The name is without `Time` here.
  static let changed = ["lastModifiedDate", "createDateTime"]

  let item: PSAItem

  init(_ reader: inout JSONReader) throws(JSONReader.Fault) {
    var id: Int64?
    var resource: Int64?
    var creator: Int64?
    var text = ""
    var isComplete = false
    var times = RowTimes()
    var related = PSARelated()
    guard try reader.enterObject("item") else { throw .wrong("item") }
    while let key = try reader.nextKey() {
      switch key {
      case "id": id = try reader.number(key)
      case "assignedToResourceID": resource = try reader.number(key)
      case "creatorResourceID": creator = try reader.number(key)
      case "activityDescription": text = try reader.text(key) ?? ""
      case "completedDate": isComplete = try reader.instant(key) != nil
      case "startDateTime": times.start = try reader.instant(key)
      case "endDateTime": times.end = try reader.instant(key)
      case "createDateTime": times.created = try reader.instant(key)
      case "lastModifiedDate": times.updated = try reader.instant(key)
      case "companyID": related.company = try reader.psaID(key)
      case "contactID": related.contact = try reader.psaID(key)
      case "opportunityID": related.opportunity = try reader.psaID(key)
      case "ticketID": related.ticket = try reader.psaID(key)
      case "contractID": related.contract = try reader.psaID(key)
      case "actionType": related.actionType = try reader.psaID(key)
      default: try reader.skip()
      }
    }
    guard let id else { throw .wrong("id") }
    guard let resource else { throw .wrong("assignedToResourceID of \(id)") }
    // Without it the to-do could not be written.
    guard let company = related.company else { throw .wrong("companyID of \(id)") }
    let known = try times.whole(of: id)
    item = PSAItem(
      kind: .toDo,
      id: PSAID(id),
      parent: company,
      resource: ResourceID(resource),
      title: "",
      text: text,
      start: known.start,
      end: known.end,
      created: known.created,
      modified: known.modified,
      creator: creator.map { ResourceID($0) },
      isComplete: isComplete,
      related: related
    )
  }
}
