/// A response code by its Exchange name, such as `ErrorItemNotFound`.
struct ResponseCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  let rawValue: String

  init(rawValue: String) { self.rawValue = rawValue }

  var description: String { rawValue }

  static let noError = ResponseCode(rawValue: "NoError")
  static let serverBusy = ResponseCode(rawValue: "ErrorServerBusy")
  static let internalServerError = ResponseCode(rawValue: "ErrorInternalServerError")
  static let timeoutExpired = ResponseCode(rawValue: "ErrorTimeoutExpired")
  static let itemNotFound = ResponseCode(rawValue: "ErrorItemNotFound")
  static let invalidSyncState = ResponseCode(rawValue: "ErrorInvalidSyncStateData")
  static let invalidPropertyRequest = ResponseCode(rawValue: "ErrorInvalidPropertyRequest")
  static let messageSizeExceeded = ResponseCode(rawValue: "ErrorMessageSizeExceeded")
  static let quotaExceeded = ResponseCode(rawValue: "ErrorQuotaExceeded")
  static let accessDenied = ResponseCode(rawValue: "ErrorAccessDenied")

  /// What is behind the code; `unknown` for one that is in no list of ours.
  var cause: ResponseCause { ResponseCause.byCode[rawValue] ?? .unknown }

  /// Whether a pause helps: a request that took too long is cured by asking for less.
  var isAboutLoad: Bool { cause == .transient && self != .timeoutExpired }
}

/// What is behind a response code, and so what helps (`ews.md` 2A).
enum ResponseCause: Sendable, CaseIterable {
  /// Nothing failed.
  case none
  /// The server could not get to it; the same request may succeed later.
  case transient
  /// The mailbox is being moved or is elsewhere.
  case moved
  /// The password or the account needs a person.
  case signIn
  /// The account may not do this.
  case account
  /// The sync state is not accepted.
  case syncState
  /// The item or folder is not there, or not for this account.
  case gone
  /// Somebody else changed it first.
  case conflict
  /// The rest of a batch was not looked at.
  case batchStopped
  /// The item is there and cannot be read out.
  case unreadable
  /// The request breaks the protocol: our mistake.
  case request
  /// Too new for this server.
  case version
  /// The server will not save this.
  case saveRejected
  /// The times or the recurrence make no sense to Exchange.
  case calendarRule
  /// Too many rows asked for.
  case find
  /// A subscription is over.
  case notification
  /// This cannot be deleted or moved this way.
  case deleteRejected
  case unknown

  fileprivate static let byCode: [String: ResponseCause] = {
    var table: [String: ResponseCause] = [:]
    for cause in allCases {
      for code in cause.codes { table[code] = cause }
    }
    return table
  }()

  /// The codes of this cause, as `ews.md` 2A lists them.
  var codes: [String] {
    switch self {
    case .none:
      ["NoError"]
    case .transient:
      [
        "ErrorServerBusy", "ErrorInternalServerTransientError", "ErrorTimeoutExpired",
        "ErrorMailboxStoreUnavailable", "ErrorConnectionFailed", "ErrorADUnavailable",
        "ErrorADOperation", "ErrorInsufficientResources", "ErrorNotEnoughMemory",
        "ErrorTooManyObjectsOpened", "ErrorClientDisconnected", "ErrorExceededConnectionCount",
        "ErrorInternalServerError",
      ]
    case .moved:
      [
        "ErrorMailboxMoveInProgress", "ErrorMailboxFailover",
        "ErrorNoRespondingCASInDestinationSite", "ErrorNoDestinationCASDueToVersionMismatch",
        "ErrorProxyServiceDiscoveryFailed", "ErrorWrongServerVersion", "ErrorCrossSiteRequest",
        "ErrorProxyRequestProcessingFailed",
      ]
    case .signIn:
      ["ErrorAccountDisabled", "ErrorPasswordExpired", "ErrorPasswordChangeRequired"]
    case .account:
      [
        "ErrorAccessDenied", "ErrorImpersonateUserDenied", "ErrorImpersonationDenied",
        "ErrorNonExistentMailbox", "ErrorMissingEmailAddress", "ErrorMailboxConfiguration",
      ]
    case .syncState:
      ["ErrorInvalidSyncStateData", "ErrorSyncFolderNotFound"]
    case .gone:
      [
        "ErrorItemNotFound", "ErrorFolderNotFound", "ErrorCannotUseItemIdForFolderId",
        "ErrorInvalidIdMalformed", "ErrorInvalidIdEmpty", "ErrorInvalidIdXml",
        "ErrorInvalidIdStoreObjectIdTooLong", "ErrorInvalidId",
      ]
    case .conflict:
      [
        "ErrorIrresolvableConflict", "ErrorStaleObject", "ErrorChangeKeyRequired",
        "ErrorChangeKeyRequiredForWriteOperations", "ErrorInvalidChangeKey",
        "ErrorObjectTypeChanged",
      ]
    case .batchStopped:
      ["ErrorBatchProcessingStopped"]
    case .unreadable:
      [
        "ErrorItemCorrupt", "ErrorCorruptData", "ErrorContentConversionFailed",
        "ErrorMimeContentConversionFailed", "ErrorMimeContentInvalid",
      ]
    case .request:
      [
        "ErrorSchemaValidation", "ErrorInvalidRequest", "ErrorInvalidPropertySet",
        "ErrorInvalidPropertyDelete", "ErrorInvalidPropertyAppend", "ErrorInvalidPropertyRequest",
        "ErrorInvalidPropertyForOperation", "ErrorInvalidPropertyForExists",
        "ErrorInvalidPropertyForSort", "ErrorIncorrectUpdatePropertyCount",
        "ErrorUpdatePropertyMismatch", "ErrorInvalidExtendedProperty",
        "ErrorInvalidExtendedPropertyValue", "ErrorInvalidValueForProperty",
        "ErrorUnsupportedPathForQuery", "ErrorUnsupportedTypeForConversion",
        "ErrorSendMeetingInvitationsRequired", "ErrorSendMeetingCancellationsRequired",
        "ErrorSendMeetingInvitationsOrCancellationsRequired",
        "ErrorAffectedTaskOccurrencesRequired", "ErrorMessageDispositionRequired",
      ]
    case .version:
      [
        "ErrorInvalidServerVersion", "ErrorIncorrectSchemaVersion",
        "ErrorInvalidSchemaVersionForMailboxVersion",
      ]
    case .saveRejected:
      [
        "ErrorItemSave", "ErrorItemSavePropertyError", "ErrorPropertyUpdate",
        "ErrorDataSizeLimitExceeded", "ErrorMessageSizeExceeded",
        "ErrorAttachmentSizeLimitExceeded", "ErrorMessagePerFolderCountReceiveQuotaExceeded",
        "ErrorQuotaExceeded", "ErrorCreateItemAccessDenied",
        "ErrorCannotCreateCalendarItemInNonCalendarFolder",
        "ErrorCannotCreateContactInNonContactFolder", "ErrorCannotCreateTaskInNonTaskFolder",
        "ErrorFolderExists",
      ]
    case .calendarRule:
      [
        "ErrorCalendarEndDateIsEarlierThanStartDate", "ErrorCalendarDurationIsTooLong",
        "ErrorCalendarInvalidRecurrence", "ErrorCalendarInvalidDayForWeeklyRecurrence",
        "ErrorCalendarInvalidDayForTimeChangePattern", "ErrorCalendarInvalidPropertyValue",
        "ErrorCalendarInvalidTimeZone", "ErrorTimeZone", "ErrorCalendarOutOfRange",
        "ErrorRecurrenceHasNoOccurrence", "ErrorRecurrenceEndDateTooBig",
        "ErrorOccurrenceCrossingBoundary", "ErrorOccurrenceTimeSpanTooBig",
        "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange",
        "ErrorCalendarOccurrenceIsDeletedFromRecurrence",
        "ErrorCalendarCannotMoveOrCopyOccurrence", "ErrorCalendarCannotUseIdForOccurrenceId",
        "ErrorCalendarCannotUseIdForRecurringMasterId", "ErrorCalendarViewRangeTooBig",
        "ErrorUnsupportedRecurrence", "ErrorCalendarCannotUpdateDeletedItem",
      ]
    case .find:
      [
        "ErrorExceededFindCountLimit", "ErrorInvalidPagingMaxRows",
        "ErrorInvalidIndexedPagingParameters",
      ]
    case .notification:
      [
        "ErrorNewEventStreamConnectionOpened", "ErrorSubscriptionNotFound",
        "ErrorInvalidSubscription", "ErrorExpiredSubscription", "ErrorMissedNotificationEvents",
        "ErrorReadEventsFailed", "ErrorInvalidWatermark", "ErrorExceededSubscriptionCount",
      ]
    case .deleteRejected:
      ["ErrorCannotDeleteObject", "ErrorCannotDeleteTaskOccurrence", "ErrorMoveCopyFailed"]
    case .unknown:
      []
    }
  }
}
