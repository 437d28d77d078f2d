/// How far each side was read: moves only after what it covers is in the cache.
package struct Positions: Hashable, Sendable, Codable {
  package var tenant: TenantID?
  package var resource: ResourceID?
  package var mailbox: MailboxID?
  package var folder: FolderID?
  package var syncState: SyncState?
  /// True once the calendar folder was enumerated to its end, with the counts equal.
  package var exchangeIsWhole = false
  /// Enumerations to the end still needed before absence in Exchange counts (a refused sync state).
  package var enumerationsOwed = 0
  /// The run number of the last folder mark that Exchange confirmed.
  package var confirmedMark: RunID?
  /// The run number of the last mark that was sent: committed before, for its answer may be lost.
  package var announcedMark: RunID?
  package var epoch = 0
  /// Another tool's items were found on both sides, and some of them still wait (`rules.md` 7).
  package var isBesideAnotherTool = false
  package var personalZone: ZoneName?
  package var zoneReadAt: Instant?
  /// How far each kind was read in the PSA.
  package var psa: [Kind: PSAPosition] = [:]
  /// SHA-256 of the settings that the mirror was last planned under.
  package var settings: String?

  package init() {}

  package subscript(kind: Kind) -> PSAPosition {
    get { psa[kind] ?? PSAPosition() }
    set { psa[kind] = newValue }
  }
}

/// How far one kind of the PSA's items was read.
package struct PSAPosition: Hashable, Sendable, Codable {
  /// The PSA's own clock up to which changes were read; nil before the first listing.
  ///
  /// An empty listing leaves a day before it began.
  package var watermark: Instant?
  /// The fixed filter of the mirror: items ending at this instant or later.
  package var endingFrom: Instant?
  package var listedAt: Instant?
  /// The highest id ever seen.
  package var highest: PSAID?

  package init() {}
}
