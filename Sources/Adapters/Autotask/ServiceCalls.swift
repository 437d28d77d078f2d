import SyncEngine
import SyncModel

/// A row of the entity `ServiceCalls` (`autotask.md` 5.2), read only.
///
/// It names no resource; rows of `ServiceCallTicketResources` and `ServiceCallTaskResources` do.
struct ServiceCallRow: ItemRow {
  static let entity = "ServiceCalls"
  static let fields = [
    "id", "companyID", "companyLocationID", "startDateTime", "endDateTime", "description", "status",
    "isComplete", "canceledDateTime", "createDateTime", "lastModifiedDateTime",
    "creatorResourceID",
  ]
  static let owner: String? = nil
  // A call that was never changed may have no lastModifiedDateTime.
  static let changed = ["lastModifiedDateTime", "createDateTime"]

  let item: PSAItem

  init(_ reader: inout JSONReader) throws(JSONReader.Fault) {
    var id: Int64?
    var creator: Int64?
    var text = ""
    var isComplete = false
    var isCancelled = false
    var times = RowTimes()
    var related = PSARelated()
    guard try reader.enterObject("item") else { throw .wrong("item") }
    while let key = try reader.nextKey() {
      switch key {
      case "id": id = try reader.number(key)
      case "creatorResourceID": creator = try reader.number(key)
      case "description": text = try reader.text(key) ?? ""
      case "isComplete": isComplete = try reader.flag(key) ?? false
      case "canceledDateTime": isCancelled = try reader.instant(key) != nil
      case "startDateTime": times.start = try reader.instant(key)
      case "endDateTime": times.end = try reader.instant(key)
      case "createDateTime": times.created = try reader.instant(key)
      case "lastModifiedDateTime": times.updated = try reader.instant(key)
      case "companyID": related.company = try reader.psaID(key)
      case "companyLocationID": related.location = try reader.psaID(key)
      case "status": related.status = try reader.number(key)
      default: try reader.skip()
      }
    }
    guard let id else { throw .wrong("id") }
    let known = try times.whole(of: id)
    item = PSAItem(
      kind: .serviceCall,
      id: PSAID(id),
      resource: ServiceCallRow.nobody,
      title: "",
      text: text,
      start: known.start,
      end: known.end,
      created: known.created,
      modified: known.modified,
      creator: creator.map { ResourceID($0) },
      isCancelled: isCancelled,
      isComplete: isComplete,
      related: related
    )
  }

  /// Until it is known for whom the call was read.
  private static let nobody = ResourceID(0)
}
