/// The element names of EWS replies that the adapter knows, by local name.
///
/// Namespaces are not compared: servers differ from their schema in them (`ews.md` 1.9, 2.11).
enum Word: String {
  // Envelope
  case envelope = "Envelope"
  case header = "Header"
  case body = "Body"
  case serverVersionInfo = "ServerVersionInfo"
  case fault = "Fault"
  case faultCode = "faultcode"
  case faultString = "faultstring"
  case detail
  case line = "Line"
  case message = "Message"

  // Response messages
  case responseMessages = "ResponseMessages"
  case messageText = "MessageText"
  case responseCode = "ResponseCode"
  case messageXml = "MessageXml"
  case value = "Value"

  // Folders
  case rootFolder = "RootFolder"
  case folders = "Folders"
  case folderID = "FolderId"
  case parentFolderID = "ParentFolderId"
  case folderClass = "FolderClass"
  case totalCount = "TotalCount"
  case effectiveRights = "EffectiveRights"
  case createContents = "CreateContents"
  case modify = "Modify"

  // Configuration
  case dictionaryEntry = "DictionaryEntry"
  case dictionaryKey = "DictionaryKey"
  case dictionaryValue = "DictionaryValue"

  // Synchronization
  case syncState = "SyncState"
  case includesLastItemInRange = "IncludesLastItemInRange"
  case changes = "Changes"
  case create = "Create"
  case update = "Update"
  case delete = "Delete"
  case readFlagChange = "ReadFlagChange"

  // Items
  case items = "Items"
  case calendarItem = "CalendarItem"
  case itemID = "ItemId"
  case itemClass = "ItemClass"
  case subject = "Subject"
  case sensitivity = "Sensitivity"
  case categories = "Categories"
  case string = "String"
  case reminderIsSet = "ReminderIsSet"
  case reminderMinutesBeforeStart = "ReminderMinutesBeforeStart"
  case dateTimeCreated = "DateTimeCreated"
  case lastModifiedTime = "LastModifiedTime"
  case extendedProperty = "ExtendedProperty"
  case extendedFieldURI = "ExtendedFieldURI"
  case uid = "UID"
  case start = "Start"
  case end = "End"
  case originalStart = "OriginalStart"
  case isAllDayEvent = "IsAllDayEvent"
  case legacyFreeBusyStatus = "LegacyFreeBusyStatus"
  case location = "Location"
  case isMeeting = "IsMeeting"
  case isCancelled = "IsCancelled"
  case calendarItemType = "CalendarItemType"
  case myResponseType = "MyResponseType"
  case startTimeZone = "StartTimeZone"
  case endTimeZone = "EndTimeZone"

  // People
  case organizer = "Organizer"
  case requiredAttendees = "RequiredAttendees"
  case optionalAttendees = "OptionalAttendees"
  case resources = "Resources"
  case attendee = "Attendee"
  case mailbox = "Mailbox"
  case name = "Name"
  case emailAddress = "EmailAddress"
  case routingType = "RoutingType"
  case responseType = "ResponseType"

  // Series
  case recurrence = "Recurrence"
  case dailyRecurrence = "DailyRecurrence"
  case weeklyRecurrence = "WeeklyRecurrence"
  case absoluteMonthlyRecurrence = "AbsoluteMonthlyRecurrence"
  case relativeMonthlyRecurrence = "RelativeMonthlyRecurrence"
  case absoluteYearlyRecurrence = "AbsoluteYearlyRecurrence"
  case relativeYearlyRecurrence = "RelativeYearlyRecurrence"
  case noEndRecurrence = "NoEndRecurrence"
  case endDateRecurrence = "EndDateRecurrence"
  case numberedRecurrence = "NumberedRecurrence"
  case interval = "Interval"
  case daysOfWeek = "DaysOfWeek"
  case firstDayOfWeek = "FirstDayOfWeek"
  case dayOfMonth = "DayOfMonth"
  case dayOfWeekIndex = "DayOfWeekIndex"
  case month = "Month"
  case startDate = "StartDate"
  case endDate = "EndDate"
  case numberOfOccurrences = "NumberOfOccurrences"
  case modifiedOccurrences = "ModifiedOccurrences"
  case occurrence = "Occurrence"
  case deletedOccurrences = "DeletedOccurrences"
  case deletedOccurrence = "DeletedOccurrence"

  /// Any other element.
  case other = ""
}
