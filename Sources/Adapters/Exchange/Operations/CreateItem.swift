internal import XML

/// An item as CreateItem carries it.
protocol NewItem: Sendable, Hashable {
  func write(to writer: inout XMLWriter)
}

/// CreateItem: appointments or contacts, saved and sent to nobody (`ews.md` 2.7 and 5.1).
struct CreateItem<Item: NewItem>: EWSOperation {
  typealias Content = ItemIDContent

  let folder: WireFolderID
  let items: [Item]

  let isRead = false
  var messageCount: Int { items.count }

  func write(to writer: inout XMLWriter) {
    writer.start("m:CreateItem", [("SendMeetingInvitations", "SendToNone")])
    writer.start("m:SavedItemFolderId")
    writer.folderID(folder)
    writer.end()
    writer.start("m:Items")
    for item in items { item.write(to: &writer) }
    writer.end()
    writer.end()
  }
}

/// A calendar item as CreateItem carries it; the schema fixes the order of its elements.
struct NewCalendarItem: NewItem {
  let subject: String
  let body: String
  let stamp: String
  let uid: String
  /// With an offset or `Z`.
  let start: String
  let end: String
  let isAllDay: Bool
  let location: String
  /// A Windows id.
  let timeZone: String

  func write(to writer: inout XMLWriter) {
    writer.start("t:CalendarItem")
    writer.element("t:Subject", subject)
    writer.element("t:Body", body, ("BodyType", "Text"))
    // What the default would be is the server's secret, so it is always said.
    writer.element("t:ReminderIsSet", "false")
    writer.extendedProperty(.stamp, stamp)
    writer.element("t:UID", uid)
    writer.element("t:Start", start)
    writer.element("t:End", end)
    writer.element("t:IsAllDayEvent", isAllDay ? "true" : "false")
    writer.element("t:LegacyFreeBusyStatus", "Busy")
    if !location.isEmpty { writer.element("t:Location", location) }
    writer.element("t:StartTimeZone", "", ("Id", timeZone))
    writer.element("t:EndTimeZone", "", ("Id", timeZone))
    writer.end()
  }
}
