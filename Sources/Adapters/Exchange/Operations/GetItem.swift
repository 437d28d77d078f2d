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

  /// What an item is asked for by.
  enum Reference: Sendable {
    case item(String)
    /// A date of a series by its place in the pattern, from 1 (`ews.md` 4.4).
    case occurrence(master: String, index: Int)
  }

  let references: [Reference]
  let shape: Shape

  init(references: [Reference], shape: Shape) {
    self.references = references
    self.shape = shape
  }

  init(ids: [String], shape: Shape) {
    self.init(references: ids.map { .item($0) }, shape: shape)
  }

  let isRead = true
  var messageCount: Int { references.count }

  func write(to writer: inout XMLWriter) {
    writer.start("m:GetItem")
    writer.start("m:ItemShape")
    writer.element("t:BaseShape", "IdOnly")
    if shape == .whole { writer.element("t:BodyType", "Text") }
    writer.paths(Self.paths(of: shape))
    writer.end()
    writer.start("m:ItemIds")
    for reference in references {
      switch reference {
      case .item(let id): writer.element("t:ItemId", "", ("Id", id))
      case .occurrence(let master, let index):
        writer.start(
          "t:OccurrenceItemId",
          [("RecurringMasterId", master), ("InstanceIndex", String(index))]
        )
        writer.end()
      }
    }
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
