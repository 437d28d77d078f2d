package import SyncModel

/// One date of a series (`rules.md` 5).
package struct Occurrence: Hashable, Sendable {
  /// By the pattern, in the series' own zone: with the master's id this is the identity.
  package let originalDate: LocalDate
  /// When it really is: by the pattern or by its exception.
  package let when: When
  /// The changed occurrence's own id; nil where it is as the pattern says.
  package let exception: ExchangeItemID?

  package init(originalDate: LocalDate, when: When, exception: ExchangeItemID? = nil) {
    self.originalDate = originalDate
    self.when = when
    self.exception = exception
  }
}

/// What an expansion gives.
package enum SeriesExpansion: Hashable, Sendable {
  /// Ordered by original date; every exception whose actual time lies inside is there, whatever
  /// its original date; deleted ones are not.
  case dates([Occurrence])
  /// The zone is custom, unknown or missing: Exchange itself has to expand it (CalendarView).
  case zoneUnknown
}

/// Expands series: an engine's demand, met by `ICalendar`.
package protocol Occurrences: Sendable {
  /// The dates of a master that lie in the stretch: `end >= from`, `start <= until`.
  func expansion(of master: ExchangeItem, from: Instant, until: Instant) throws -> SeriesExpansion

  /// Every original date that the pattern yields from `from` to `until`, both included, deleted and
  /// changed ones too; nil where the zone is unknown.
  func patternDates(
    of master: ExchangeItem,
    from: LocalDate,
    until: LocalDate
  ) throws -> Set<LocalDate>?

  /// The 1-based place of an original date in the unmodified pattern, deleted ones counted, as
  /// `OccurrenceItemId` wants it; nil where the pattern does not yield it.
  func index(of originalDate: LocalDate, in master: ExchangeItem) throws -> Int?

  /// The original date that an original start stands for, in the series' zone.
  func originalDate(of start: Instant, in master: ExchangeItem) -> LocalDate?

  /// The zone in which the series' days are; nil where it is custom, unknown or missing.
  func zone(of master: ExchangeItem) -> ZoneName?
}
