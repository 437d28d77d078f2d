package import SyncModel

/// The calendar folder as a run finds it.
package struct CalendarFolder: Hashable, Sendable {
  package let mailbox: MailboxID
  package let id: FolderID
  /// How many items the folder says it holds.
  package let itemCount: Int
  package let canWrite: Bool
  package let mark: FolderMark?
  /// The server's product and build, for people.
  package let server: String

  package init(
    mailbox: MailboxID,
    id: FolderID,
    itemCount: Int,
    canWrite: Bool,
    mark: FolderMark?,
    server: String
  ) {
    self.mailbox = mailbox
    self.id = id
    self.itemCount = itemCount
    self.canWrite = canWrite
    self.mark = mark
    self.server = server
  }
}

/// One page of what moved in the calendar folder (`ews.md` 2.4).
package struct ExchangeChanges: Hashable, Sendable {
  package struct Moved: Hashable, Sendable {
    package let id: ExchangeItemID
    package let changeKey: ChangeKey

    package init(id: ExchangeItemID, changeKey: ChangeKey) {
      self.id = id
      self.changeKey = changeKey
    }
  }

  /// Created or updated: the two are not told apart, an item may come again.
  package let present: [Moved]
  package let gone: [ExchangeItemID]
  package let next: SyncState
  package let isLast: Bool

  package init(present: [Moved], gone: [ExchangeItemID], next: SyncState, isLast: Bool) {
    self.present = present
    self.gone = gone
    self.next = next
    self.isLast = isLast
  }
}

/// What the mailbox answered to one page request.
package enum ExchangeChangesAnswer: Hashable, Sendable {
  case page(ExchangeChanges)
  /// The server does not accept the sync state: everything has to be enumerated again.
  case stateRefused
}

/// What came back for one id.
package enum ItemReading: Hashable, Sendable {
  case found(ExchangeItem)
  /// Not there, or not visible to this account: Exchange does not tell the two apart.
  case missing
  /// Another class of item that is not kept in step (a message, a distribution list).
  case foreign(itemClass: String)
  /// There, but the server could not read it out; the text says why.
  case unreadable(String)
}

/// Where a look-up found an item.
package enum ItemPlace: String, Hashable, Sendable, Codable {
  case calendar, otherCalendar = "other-calendar", deleted
}

/// An item that a look-up found.
package struct ItemTrace: Hashable, Sendable {
  package let id: ExchangeItemID
  package let changeKey: ChangeKey
  package let place: ItemPlace

  package init(id: ExchangeItemID, changeKey: ChangeKey, place: ItemPlace) {
    self.id = id
    self.changeKey = changeKey
    self.place = place
  }
}

/// What to look an item up by.
package enum ItemMark: Hashable, Sendable {
  case stamp(Stamp)
  case uid(CleanUID)
  /// Any stamp that names this item of the PSA, whatever UID it was made for.
  case madeFrom(kind: Kind, id: PSAID, tenant: TenantID)
}

/// The dates of series in one stretch.
package struct ExpandedView: Hashable, Sendable {
  package let dates: [ExchangeItem]
  /// False where some of them could not be read: then none is proven to be missing.
  package let isWhole: Bool

  package init(dates: [ExchangeItem], isWhole: Bool) {
    self.dates = dates
    self.isWhole = isWhole
  }
}

/// One date of a series by its place in the pattern (`ews.md` 4.4).
package struct OccurrencePlace: Hashable, Sendable {
  package let master: ExchangeItemID
  /// From 1, deleted dates counted.
  package let index: Int

  package init(master: ExchangeItemID, index: Int) {
    self.master = master
    self.index = index
  }
}

/// One person's calendar, as the engine reads it.
///
/// Errors meet `SyncFailure`. Nothing here changes the mailbox.
package protocol ExchangeMailbox: Sendable {
  /// Finds the calendar folder and reads its identity, count, rights and mark in one request.
  func open() async throws -> CalendarFolder

  /// The person's own zone setting; nil for people who never used Outlook on the web.
  func personalZone() async throws -> ZoneName?

  /// The next page of what moved since `state`, at most 512 items; nil asks for the whole folder.
  func changes(since state: SyncState?, in folder: FolderID) async throws -> ExchangeChangesAnswer

  /// The items with these ids, in the order asked; any number, batched by the adapter.
  func items(_ ids: [ExchangeItemID], in folder: FolderID) async throws -> [ItemReading]

  /// The dates of series at these places, in the order asked; a deleted one is missing.
  ///
  /// Each has an id of its own by which it can be updated, and its original start.
  func occurrences(_ places: [OccurrencePlace], in folder: FolderID) async throws -> [ItemReading]

  /// What Exchange itself makes of the calendar's series in this stretch: occurrences and changed
  /// ones with their original start, without bodies; singles are left out (CalendarView).
  func expanded(_ span: Span, in folder: FolderID) async throws -> ExpandedView

  /// Every item with this mark in the calendar folder, the other calendar folders and Deleted Items.
  func traces(of mark: ItemMark, calendar: FolderID) async throws -> [ItemTrace]

  /// Requests sent so far, legs of authentication not counted.
  var requests: Int { get async }
}
