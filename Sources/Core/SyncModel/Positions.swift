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
  /// The PSA's own clock up to which changes were read; nil before the first listing.
  package var watermark: Instant?
  /// The fixed filter of the PSA mirror: items ending at this instant or later.
  package var psaEndingFrom: Instant?
  package var psaListedAt: Instant?
  /// The highest id of an appointment ever seen in the PSA.
  package var highestPSA: PSAID?
  /// SHA-256 of the settings that the mirror was last planned under.
  package var settings: String?

  package init() {}
}
