/// The properties of items that the schema knows, in the order in which it wants them.
enum ItemField {
  /// What every item has.
  static let item = [
    "MimeContent", "ItemId", "ParentFolderId", "ItemClass", "Subject", "Sensitivity", "Body",
    "Attachments", "DateTimeReceived", "Size", "Categories", "Importance", "InReplyTo",
    "IsSubmitted", "IsDraft", "IsFromMe", "IsResend", "IsUnmodified", "InternetMessageHeaders",
    "DateTimeSent", "DateTimeCreated", "ResponseObjects", "ReminderDueBy", "ReminderIsSet",
    "ReminderNextTime", "ReminderMinutesBeforeStart", "DisplayCc", "DisplayTo", "DisplayBcc",
    "HasAttachments", "ExtendedProperty", "Culture", "EffectiveRights", "LastModifiedName",
    "LastModifiedTime", "IsAssociated", "WebClientReadFormQueryString",
    "WebClientEditFormQueryString", "ConversationId", "UniqueBody", "Flag", "StoreEntryId",
    "InstanceKey", "NormalizedBody", "EntityExtractionResult", "PolicyTag", "ArchiveTag",
    "RetentionDate", "Preview", "RightsManagementLicenseData", "PredictedActionReasons",
    "IsClutter", "BlockStatus", "HasBlockedImages", "TextBody", "IconIndex", "SearchKey",
    "SortKey", "Hashtags", "Mentions", "MentionedMe", "MentionsPreview", "MentionsEx",
    "AppliedHashtags", "AppliedHashtagsPreview", "Likes", "LikesPreview",
    "PendingSocialActivityTagIds", "AtAllMention", "CanDelete", "InferenceClassification",
  ]

  private static let calendar = [
    "UID", "RecurrenceId", "DateTimeStamp", "Start", "End", "OriginalStart", "IsAllDayEvent",
    "LegacyFreeBusyStatus", "Location", "When", "IsMeeting", "IsCancelled", "IsRecurring",
    "MeetingRequestWasSent", "IsResponseRequested", "CalendarItemType", "MyResponseType",
    "Organizer", "RequiredAttendees", "OptionalAttendees", "Resources", "InboxReminders",
    "ConflictingMeetingCount", "AdjacentMeetingCount", "ConflictingMeetings", "AdjacentMeetings",
    "Duration", "TimeZone", "AppointmentReplyTime", "AppointmentSequenceNumber",
    "AppointmentState", "Recurrence", "FirstOccurrence", "LastOccurrence", "ModifiedOccurrences",
    "DeletedOccurrences", "MeetingTimeZone", "StartTimeZone", "EndTimeZone", "ConferenceType",
    "AllowNewTimeProposal", "IsOnlineMeeting", "MeetingWorkspaceUrl", "NetShowUrl",
    "EnhancedLocation", "StartWallClock", "EndWallClock", "StartTimeZoneId", "EndTimeZoneId",
    "IntendedFreeBusyStatus", "JoinOnlineMeetingUrl", "OnlineMeetingSettings", "IsOrganizer",
    "CalendarActivityData", "DoNotForwardMeeting",
  ]

  /// The children of `t:CalendarItem` in order.
  static let order = item + calendar

  /// The FieldURI of a child of `t:CalendarItem`; nil for what is no child of it.
  static func uri(ofChild name: String) -> String? {
    if item.contains(name) { return "item:\(name)" }
    return calendar.contains(name) ? "calendar:\(name)" : nil
  }

  /// The FieldURIs that a calendar item has.
  static let all: Set<String> = Set(item.map { "item:\($0)" } + calendar.map { "calendar:\($0)" })

  /// The properties of the shape `Default` (`ews.md` 2.1).
  static let standard: Set<String> = [
    "item:Subject", "item:HasAttachments", "calendar:Start", "calendar:End",
    "calendar:LegacyFreeBusyStatus", "calendar:Location", "calendar:CalendarItemType",
    "calendar:Organizer", "item:IsAssociated",
  ]

  /// What FindItem and SyncFolderItems never return (`ews.md` 2.6).
  static let missingInListings: Set<String> = [
    "item:Body", "item:TextBody", "item:MimeContent", "item:Attachments", "item:ResponseObjects",
    "calendar:RequiredAttendees", "calendar:OptionalAttendees", "calendar:Resources",
    "calendar:Recurrence", "calendar:FirstOccurrence", "calendar:LastOccurrence",
    "calendar:ModifiedOccurrences", "calendar:DeletedOccurrences", "calendar:StartTimeZone",
    "calendar:EndTimeZone",
  ]
}
