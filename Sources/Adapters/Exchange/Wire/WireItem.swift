/// A calendar item as GetItem answers it: the wire's names, everything optional.
struct WireItem: Sendable {
  /// The element's name: `CalendarItem`, or that of another class.
  var element = ""
  var itemID = WireItemID(id: "", changeKey: "")
  var parentFolderID: String?
  var itemClass: String?
  var subject: String?
  var sensitivity: String?
  var body: String?
  var isTruncated = false
  var categories: [String] = []
  var reminderIsSet: Bool?
  var reminderMinutesBeforeStart: Int?
  var dateTimeCreated: String?
  var lastModifiedTime: String?
  var stamp: String?
  /// Base64.
  var cleanGlobalObjectID: String?
  var uid: String?
  var start: String?
  var end: String?
  var originalStart: String?
  var isAllDayEvent: Bool?
  var legacyFreeBusyStatus: String?
  var location: String?
  var isMeeting: Bool?
  var isCancelled: Bool?
  var calendarItemType: String?
  var myResponseType: String?
  var organizer: WireMailbox?
  var requiredAttendees: [WireAttendee] = []
  var optionalAttendees: [WireAttendee] = []
  var resources: [WireAttendee] = []
  var recurrence: WireRecurrence?
  var modifiedOccurrences: [WireOccurrence] = []
  /// The starts.
  var deletedOccurrences: [String] = []
  var startTimeZone: WireTimeZone?
  var endTimeZone: WireTimeZone?
}

struct WireMailbox: Sendable, Hashable {
  var name = ""
  var emailAddress = ""
  /// `SMTP`, `EX`, …; empty where it is not said.
  var routingType = ""
}

struct WireAttendee: Sendable, Hashable {
  var mailbox = WireMailbox()
  var responseType: String?
}

struct WireOccurrence: Sendable, Hashable {
  var itemID = WireItemID(id: "", changeKey: "")
  var start: String?
  var end: String?
  var originalStart: String?
}

/// Pattern and range, with the fields of all patterns (`ews.md` 4.1).
struct WireRecurrence: Sendable, Hashable {
  var pattern: Word?
  var range: Word?
  var interval: Int?
  var daysOfWeek: String?
  var firstDayOfWeek: String?
  var dayOfMonth: Int?
  var dayOfWeekIndex: String?
  var month: String?
  var startDate: String?
  var endDate: String?
  var numberOfOccurrences: Int?
}

extension WireItem {
  /// The zones that stand on it; some clients write the end's only (`ews.md` 6.12).
  var zones: [WireTimeZone] { [startTimeZone, endTimeZone].compactMap(\.self) }
}
