internal import XML

/// GetItem: items by their ids (`ews.md` 2.5).
struct GetItem: EWSOperation {
  typealias Content = ItemContent

  /// How much is asked for.
  enum Shape: Sendable {
    /// All that the mirror keeps.
    case whole
    /// The same without the body, for an item whose body the server cannot convert.
    case withoutBody
    /// The class only, for an item that is no appointment.
    case itemClass
    /// The id and change key only.
    case version
  }

  let ids: [String]
  let shape: Shape

  let isRead = true
  var messageCount: Int { ids.count }

  func write(to writer: inout XMLWriter) {
    writer.start("m:GetItem")
    writer.start("m:ItemShape")
    writer.element("t:BaseShape", "IdOnly")
    if shape == .whole { writer.element("t:BodyType", "Text") }
    writer.paths(Self.paths(of: shape))
    writer.end()
    writer.start("m:ItemIds")
    for id in ids { writer.element("t:ItemId", "", ("Id", id)) }
    writer.end()
    writer.end()
  }

  private static func paths(of shape: Shape) -> [PropertyPath] {
    switch shape {
    case .version: []
    case .itemClass: [.field("item:ItemClass")]
    case .withoutBody: appointment
    case .whole: appointment + [.field("item:Body")]
    }
  }

  private static let appointment: [PropertyPath] =
    [
      "item:ItemClass", "item:ParentFolderId", "item:Subject", "item:Sensitivity",
      "item:Categories", "item:ReminderIsSet", "item:ReminderMinutesBeforeStart",
      "item:DateTimeCreated", "item:LastModifiedTime", "calendar:UID", "calendar:Start",
      "calendar:End", "calendar:OriginalStart", "calendar:IsAllDayEvent",
      "calendar:LegacyFreeBusyStatus", "calendar:Location", "calendar:IsMeeting",
      "calendar:IsCancelled", "calendar:CalendarItemType", "calendar:MyResponseType",
      "calendar:Organizer", "calendar:RequiredAttendees", "calendar:OptionalAttendees",
      "calendar:Resources", "calendar:Recurrence", "calendar:ModifiedOccurrences",
      "calendar:DeletedOccurrences", "calendar:StartTimeZone", "calendar:EndTimeZone",
    ].map { .field($0) } + [.extended(.stamp), .extended(.cleanGlobalObjectID)]
}
