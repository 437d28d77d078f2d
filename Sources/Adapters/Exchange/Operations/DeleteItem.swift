internal import XML

/// DeleteItem: to Deleted Items, sent to nobody (`ews.md` 2.9).
struct DeleteItem: EWSOperation {
  typealias Content = NoContent

  let items: [WireItemID]

  let isRead = false
  var messageCount: Int { items.count }

  func write(to writer: inout XMLWriter) {
    writer.start(
      "m:DeleteItem",
      [("DeleteType", "MoveToDeletedItems"), ("SendMeetingCancellations", "SendToNone")]
    )
    writer.start("m:ItemIds")
    for item in items {
      writer.element("t:ItemId", "", ("Id", item.id), ("ChangeKey", item.changeKey))
    }
    writer.end()
    writer.end()
  }
}
