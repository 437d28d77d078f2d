internal import XML

/// What changes in one item.
protocol ItemChange: Sendable, Hashable {
  var item: WireItemID { get }
  func writeUpdates(to writer: inout XMLWriter)
}

/// UpdateItem: changed fields of items at a known version, sent to nobody (`ews.md` 2.8 and 5.1).
struct UpdateItem<Change: ItemChange>: EWSOperation {
  typealias Content = ItemIDContent

  let changes: [Change]

  let isRead = false
  var messageCount: Int { changes.count }

  func write(to writer: inout XMLWriter) {
    writer.start(
      "m:UpdateItem",
      [
        ("ConflictResolution", "NeverOverwrite"),
        ("SendMeetingInvitationsOrCancellations", "SendToNone"),
      ]
    )
    writer.start("m:ItemChanges")
    for change in changes {
      writer.start("t:ItemChange")
      writer.element("t:ItemId", "", ("Id", change.item.id), ("ChangeKey", change.item.changeKey))
      writer.start("t:Updates")
      change.writeUpdates(to: &writer)
      writer.end()
      writer.end()
    }
    writer.end()
    writer.end()
  }
}

/// What changes in one appointment.
struct CalendarItemChange: ItemChange {
  let item: WireItemID
  let updates: [FieldUpdate]

  func writeUpdates(to writer: inout XMLWriter) {
    for update in updates { update.write(to: &writer) }
  }
}

/// A change to one property; EWS wants each in an element of its own.
enum FieldUpdate: Sendable, Hashable {
  case subject(String)
  case body(String)
  case location(String)
  case isAllDay(Bool)
  case start(String)
  case end(String)
  case startTimeZone(String)
  case endTimeZone(String)

  func write(to writer: inout XMLWriter) {
    switch self {
    case .subject(let text): set("item:Subject", "t:Subject", text, [], &writer)
    case .body(let text): set("item:Body", "t:Body", text, [("BodyType", "Text")], &writer)
    case .location(""):
      writer.start("t:DeleteItemField")
      writer.path(.field("calendar:Location"))
      writer.end()
    case .location(let text): set("calendar:Location", "t:Location", text, [], &writer)
    case .isAllDay(let flag):
      set("calendar:IsAllDayEvent", "t:IsAllDayEvent", flag ? "true" : "false", [], &writer)
    case .start(let time): set("calendar:Start", "t:Start", time, [], &writer)
    case .end(let time): set("calendar:End", "t:End", time, [], &writer)
    case .startTimeZone(let id):
      set("calendar:StartTimeZone", "t:StartTimeZone", "", [("Id", id)], &writer)
    case .endTimeZone(let id):
      set("calendar:EndTimeZone", "t:EndTimeZone", "", [("Id", id)], &writer)
    }
  }

  private func set(
    _ path: String,
    _ element: String,
    _ text: String,
    _ attributes: [(String, String)],
    _ writer: inout XMLWriter
  ) {
    writer.start("t:SetItemField")
    writer.path(.field(path))
    writer.start("t:CalendarItem")
    writer.start(element, attributes)
    writer.text(text)
    for _ in 0..<3 { writer.end() }
  }
}
