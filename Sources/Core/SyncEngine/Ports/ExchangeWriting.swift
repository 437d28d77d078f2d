package import SyncModel

/// An appointment to be created in Exchange: never a meeting, never with a mail (`rules.md` 1).
package struct ExchangeDraft: Hashable, Sendable, Codable {
  package let stamp: Stamp
  /// The `calendar:UID` that Lockstep chose.
  package let uid: String
  package let when: When
  /// Where an all-day item's midnights are, and the item's zone; never the machine's.
  package let zone: ZoneName?
  package let title: String
  package let text: String
  package let place: String

  package init(
    stamp: Stamp,
    uid: String,
    when: When,
    zone: ZoneName?,
    title: String,
    text: String,
    place: String
  ) {
    self.stamp = stamp
    self.uid = uid
    self.when = when
    self.zone = zone
    self.title = title
    self.text = text
    self.place = place
  }
}

/// A change to an Exchange item: only the fields that are not nil are written.
package struct ExchangeEdit: Hashable, Sendable, Codable {
  package let id: ExchangeItemID
  /// The version that the plan saw; another one makes the write a conflict.
  package let expected: ChangeKey
  package let when: When?
  /// The zone of an all-day `when`; a timed one sends instants and never the item's zone.
  package let zone: ZoneName?
  /// True when the item is all-day now and `when` is timed, or the other way round.
  package let turnsAllDay: Bool
  package let title: String?
  package let text: String?
  package let place: String?

  package init(
    id: ExchangeItemID,
    expected: ChangeKey,
    when: When? = nil,
    zone: ZoneName? = nil,
    turnsAllDay: Bool = false,
    title: String? = nil,
    text: String? = nil,
    place: String? = nil
  ) {
    self.id = id
    self.expected = expected
    self.when = when
    self.zone = zone
    self.turnsAllDay = turnsAllDay
    self.title = title
    self.text = text
    self.place = place
  }
}

/// An Exchange item in the version that was planned with.
package struct ExchangeTarget: Hashable, Sendable, Codable {
  package let id: ExchangeItemID
  package let expected: ChangeKey

  package init(id: ExchangeItemID, expected: ChangeKey) {
    self.id = id
    self.expected = expected
  }
}

/// What became of one write to Exchange.
package enum ExchangeWriteResult: Hashable, Sendable {
  /// The item as it is now; of a deleted item the id that it had.
  case done(ExchangeItemID, ChangeKey)
  /// The item is no longer at the expected version: nothing was written.
  case conflict
  /// The item is not there any more.
  case missing
  /// The server refuses this value for good; its own words.
  case refused(String)
  /// The server did not get to it; nothing was written.
  case notTried(String)
}

/// One person's calendar, as the engine writes it: every write sends no mail (`promises.md` I8).
///
/// Results are in the order of the request. An error thrown leaves what was under way unknown.
package protocol ExchangeWriting: Sendable {
  func create(_ drafts: [ExchangeDraft], in folder: FolderID) async throws -> [ExchangeWriteResult]

  /// Refused by the server where an item is not at its expected version (NeverOverwrite).
  func update(_ edits: [ExchangeEdit]) async throws -> [ExchangeWriteResult]

  /// Moves to Deleted Items; reads each item once more and leaves one that changed.
  func delete(_ targets: [ExchangeTarget]) async throws -> [ExchangeWriteResult]

  /// Moves items back into a folder; each gets a new id.
  func move(_ items: [ExchangeItemID], to folder: FolderID) async throws -> [ExchangeWriteResult]

  /// Writes the folder mark (UpdateFolder).
  func write(_ mark: FolderMark, on folder: FolderID) async throws
}
