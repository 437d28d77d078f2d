extension Mailbox {
  /// What the mailbox will not do: the response code Exchange gives for it, and a sentence.
  package struct Refusal: Error, Hashable, Sendable {
    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String? = nil) {
      self.code = code
      self.message = message ?? code.sentence
    }
  }

  /// The response codes of `ews.md` 2A that this mailbox can answer with.
  package enum Code: String, Codable, Sendable {
    case errorAccessDenied = "ErrorAccessDenied"
    case errorCalendarCannotMoveOrCopyOccurrence = "ErrorCalendarCannotMoveOrCopyOccurrence"
    case errorCalendarCannotUseIdForOccurrenceId = "ErrorCalendarCannotUseIdForOccurrenceId"
    case errorCalendarCannotUseIdForRecurringMasterId =
      "ErrorCalendarCannotUseIdForRecurringMasterId"
    case errorCalendarDurationIsTooLong = "ErrorCalendarDurationIsTooLong"
    case errorCalendarEndDateIsEarlierThanStartDate = "ErrorCalendarEndDateIsEarlierThanStartDate"
    case errorCalendarFolderIsInvalidForCalendarView = "ErrorCalendarFolderIsInvalidForCalendarView"
    case errorCalendarInvalidRecurrence = "ErrorCalendarInvalidRecurrence"
    case errorCalendarInvalidTimeZone = "ErrorCalendarInvalidTimeZone"
    case errorCalendarOccurrenceIndexIsOutOfRecurrenceRange =
      "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"
    case errorCalendarOccurrenceIsDeletedFromRecurrence =
      "ErrorCalendarOccurrenceIsDeletedFromRecurrence"
    case errorCalendarOutOfRange = "ErrorCalendarOutOfRange"
    case errorCalendarViewRangeTooBig = "ErrorCalendarViewRangeTooBig"
    case errorCannotCreateCalendarItemInNonCalendarFolder =
      "ErrorCannotCreateCalendarItemInNonCalendarFolder"
    case errorCannotCreateContactInNonContactFolder = "ErrorCannotCreateContactInNonContactFolder"
    case errorCannotUseItemIdForFolderId = "ErrorCannotUseItemIdForFolderId"
    case errorChangeKeyRequiredForWriteOperations = "ErrorChangeKeyRequiredForWriteOperations"
    case errorCreateItemAccessDenied = "ErrorCreateItemAccessDenied"
    case errorDeleteDistinguishedFolder = "ErrorDeleteDistinguishedFolder"
    case errorFolderExists = "ErrorFolderExists"
    case errorFolderNotFound = "ErrorFolderNotFound"
    case errorInvalidChangeKey = "ErrorInvalidChangeKey"
    case errorInvalidExtendedPropertyValue = "ErrorInvalidExtendedPropertyValue"
    case errorInvalidIdEmpty = "ErrorInvalidIdEmpty"
    case errorInvalidIdMalformed = "ErrorInvalidIdMalformed"
    case errorInvalidPropertySet = "ErrorInvalidPropertySet"
    case errorInvalidSyncStateData = "ErrorInvalidSyncStateData"
    case errorIrresolvableConflict = "ErrorIrresolvableConflict"
    case errorItemNotFound = "ErrorItemNotFound"
    case errorItemSavePropertyError = "ErrorItemSavePropertyError"
    case errorOccurrenceCrossingBoundary = "ErrorOccurrenceCrossingBoundary"
    case errorOccurrenceTimeSpanTooBig = "ErrorOccurrenceTimeSpanTooBig"
    case errorRecurrenceHasNoOccurrence = "ErrorRecurrenceHasNoOccurrence"
    case errorUnsupportedPathForQuery = "ErrorUnsupportedPathForQuery"
  }
}

extension Mailbox.Code {
  /// The text Exchange sends beside the code.
  package var sentence: String {
    switch self {
    case .errorAccessDenied: "Access is denied. Check credentials and try again."
    case .errorCalendarCannotMoveOrCopyOccurrence:
      "An occurrence of a series cannot be moved or copied."
    case .errorCalendarCannotUseIdForOccurrenceId: "The id is not the id of an occurrence."
    case .errorCalendarCannotUseIdForRecurringMasterId:
      "The id is not the id of a recurring master."
    case .errorCalendarDurationIsTooLong: "The duration of the calendar item is too long."
    case .errorCalendarEndDateIsEarlierThanStartDate: "End date is earlier than start date."
    case .errorCalendarFolderIsInvalidForCalendarView:
      "A calendar view can be used with a calendar folder only."
    case .errorCalendarInvalidRecurrence: "The recurrence is invalid."
    case .errorCalendarInvalidTimeZone: "The time zone is not valid."
    case .errorCalendarOccurrenceIndexIsOutOfRecurrenceRange:
      "Occurrence index is out of recurrence range."
    case .errorCalendarOccurrenceIsDeletedFromRecurrence:
      "The occurrence was deleted from the recurrence."
    case .errorCalendarOutOfRange: "The date is out of the range that the calendar allows."
    case .errorCalendarViewRangeTooBig: "The specified view range exceeds the maximum range."
    case .errorCannotCreateCalendarItemInNonCalendarFolder:
      "Cannot create a calendar item in a folder that is no calendar folder."
    case .errorCannotCreateContactInNonContactFolder:
      "Cannot create a contact in a folder that is no contacts folder."
    case .errorCannotUseItemIdForFolderId: "ItemId cannot be used where a FolderId is expected."
    case .errorChangeKeyRequiredForWriteOperations:
      "The change key is required for this operation."
    case .errorCreateItemAccessDenied: "The item cannot be created: access is denied."
    case .errorDeleteDistinguishedFolder: "Distinguished folders cannot be deleted."
    case .errorFolderExists: "A folder with the specified name already exists."
    case .errorFolderNotFound: "The specified folder could not be found in the store."
    case .errorInvalidChangeKey: "The change key is invalid."
    case .errorInvalidExtendedPropertyValue:
      "The extended property value is not valid for its type."
    case .errorInvalidIdEmpty: "Id must be non-empty."
    case .errorInvalidIdMalformed: "Id is malformed."
    case .errorInvalidPropertySet: "Set action is invalid for property."
    case .errorInvalidSyncStateData:
      "Synchronization state data is corrupt or otherwise invalid."
    case .errorIrresolvableConflict:
      "The send or update operation could not be performed because the change key passed in the "
        + "request does not match the current change key for the item."
    case .errorItemNotFound: "The specified object was not found in the store."
    case .errorItemSavePropertyError:
      "The item save operation failed because of a property that is not valid."
    case .errorOccurrenceCrossingBoundary:
      "An occurrence cannot be moved past the one before or after it."
    case .errorOccurrenceTimeSpanTooBig: "The occurrence would overlap another one of its series."
    case .errorRecurrenceHasNoOccurrence: "The recurrence has no occurrence."
    case .errorUnsupportedPathForQuery:
      "The property can not be used with this type of restriction."
    }
  }
}
