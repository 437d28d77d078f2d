internal import XML

/// DeleteItem: to Deleted Items, or to what can be recovered where a folder has none; sent to nobody
/// (`ews.md` 2.9).
struct DeleteItem: EWSOperation {
  typealias Content = NoContent

  let items: [WireItemID]
  var isRecoverable = false

  let isRead = false
  var messageCount: Int { items.count }

  func write(to writer: inout XMLWriter) {
    writer.start(
      "m:DeleteItem",
      [
        ("DeleteType", isRecoverable ? "SoftDelete" : "MoveToDeletedItems"),
        ("SendMeetingCancellations", "SendToNone"),
      ]
    )
    writer.start("m:ItemIds")
    for item in items {
      writer.element("t:ItemId", "", ("Id", item.id), ("ChangeKey", item.changeKey))
    }
    writer.end()
    writer.end()
  }
}
