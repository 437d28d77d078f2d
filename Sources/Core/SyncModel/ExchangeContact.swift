/// A contact in Exchange as it was last read.
package struct ExchangeContact: Hashable, Sendable, Codable {
  package var id: ExchangeItemID
  package var changeKey: ChangeKey
  package var folder: FolderID
  package var modified: Instant
  /// The text of the stamp, whoever wrote it.
  package var stamp: String?
  package var card: ContactCard
  /// False where Exchange could not read the note out.
  package var isNoteWhole: Bool

  package init(
    id: ExchangeItemID,
    changeKey: ChangeKey,
    folder: FolderID,
    modified: Instant,
    stamp: String? = nil,
    card: ContactCard,
    isNoteWhole: Bool = true
  ) {
    self.id = id
    self.changeKey = changeKey
    self.folder = folder
    self.modified = modified
    self.stamp = stamp
    self.card = card
    self.isNoteWhole = isNoteWhole
  }
}

/// How contacts of the PSA are written into Exchange.
package struct ContactRules: Hashable, Sendable, Codable {
  /// A folder of their own below Contacts; nil for Contacts itself.
  package var folder: String?
  /// URL with `{id}` that opens a contact in the PSA; nil leaves the line out.
  package var link: String?

  package init(folder: String? = nil, link: String? = nil) {
    self.folder = folder
    self.link = link
  }

  package var canonicalText: String { "\(folder ?? "") \(link ?? "")" }
}

/// How far contacts were read: moves only after what it covers is in the cache.
package struct ContactPositions: Hashable, Sendable, Codable {
  package var folder: FolderID?
  /// The setting under which the folder was found.
  package var folderName: String?
  package var syncState: SyncState?
  /// True once the folder was enumerated to its end, with the counts equal.
  package var exchangeIsWhole = false
  /// Enumerations to the end still needed before absence counts (a refused sync state).
  package var enumerationsOwed = 0
  /// The PSA's own clock up to which changes were read; nil before the first listing.
  package var watermark: Instant?
  package var listedAt: Instant?
  /// The scope that the mirror was last read for.
  package var scope: ContactScope?
  /// When the reading began after which nothing was left to do; nil while something is.
  package var settledAt: Instant?

  package init() {}
}
