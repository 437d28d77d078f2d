import Recurrence
package import SyncEngine
package import SyncModel
package import ZoneData

/// Expands series by libical's rules and the tz database's zones.
///
/// In a gap of the clocks the offset before it counts, in an overlap the first of the two; both ends
/// keep their wall time, but the end of an occurrence that begins in a gap keeps its distance. A
/// series whose pattern is not whole counts as one whose zone is unknown: Exchange expands it.
package struct SeriesCalendar: Occurrences {
  private let zones: ZoneDatabase

  package init(zones: ZoneDatabase) {
    self.zones = zones
  }

  package func expansion(
    of master: ExchangeItem,
    from: Instant,
    until: Instant
  ) throws -> SeriesExpansion {
    guard let series = Series(master, zones), let zone = series.zone else { return .zoneUnknown }
    let stretch = Stretch(from: from, until: until, zone)
    var found: [Occurrence] = []
    let dates = try expanding(master) { () throws(CalendarError) in
      try series.dates.dates(
        from: stretch.firstDay(forLength: series.length),
        through: stretch.lastDay
      )
    }
    for date in dates where series.changed[date] == nil && !series.deleted.contains(date) {
      let when = series.when(on: date)
      if stretch.contains(when) { found.append(Occurrence(originalDate: date, when: when)) }
    }
    for (date, exception) in series.changed {
      let when = series.when(of: exception)
      if stretch.contains(when) {
        found.append(Occurrence(originalDate: date, when: when, exception: exception.id))
      }
    }
    return .dates(found.sorted { $0.originalDate < $1.originalDate })
  }

  package func patternDates(
    of master: ExchangeItem,
    from: LocalDate,
    until: LocalDate
  ) throws -> Set<LocalDate>? {
    guard let series = Series(master, zones), series.zone != nil else { return nil }
    return try expanding(master) { () throws(CalendarError) in
      Set(try series.dates.dates(from: from, through: until))
    }
  }

  package func index(of originalDate: LocalDate, in master: ExchangeItem) throws -> Int? {
    guard let dates = master.recurrence.flatMap({ PatternDates($0) }) else { return nil }
    return try expanding(master) { () throws(CalendarError) in try dates.number(of: originalDate) }
  }

  package func originalDate(of start: Instant, in master: ExchangeItem) -> LocalDate? {
    guard let series = Series(master, zones), series.zone != nil else { return nil }
    return series.originalDate(of: start)
  }

  package func zone(of master: ExchangeItem) -> ZoneName? {
    Series.zone(of: master, zones).map { ZoneName($0.name) }
  }

  private func expanding<Result>(
    _ master: ExchangeItem,
    _ body: () throws(CalendarError) -> Result
  ) throws(SeriesFailure) -> Result {
    do {
      return try body()
    } catch {
      throw SeriesFailure(series: master.id, reason: "\(error)")
    }
  }
}

/// A series that could not be expanded.
package struct SeriesFailure: SyncFailure, Hashable {
  package let series: ExchangeItemID
  package let reason: String

  package var description: String {
    "The dates of the series \(series) could not be found: \(reason) "
      + "Open the series in Outlook and save its recurrence again."
  }
  package var remedy: Remedy { .skipItem }
}

/// What lies inside ends at or after `from` and begins at or before `until`.
private struct Stretch {
  let from: Instant
  let until: Instant
  let zone: Zone

  init(from: Instant, until: Instant, _ zone: Zone) {
    // Exchange knows no moment outside these years, 1601 to 4500.
    let first = Instant(seconds: -11_644_473_600)
    let last = Instant(seconds: 79_839_129_600)
    self.from = min(max(from, first), last)
    self.until = min(max(until, first), last)
    self.zone = zone
  }

  /// The earliest day on which something of that length may begin that lies inside.
  func firstDay(forLength length: Int64) -> LocalDate {
    day(from.advanced(bySeconds: -length)).advanced(byDays: -1)
  }

  var lastDay: LocalDate { day(until).advanced(byDays: 1) }

  func contains(_ when: When) -> Bool {
    switch when {
    case .timed(let start, let end, _):
      end >= from && start <= until
    case .allDay(let first, let afterLast):
      zone.instant(localSeconds: afterLast.start) >= from.seconds
        && zone.instant(localSeconds: first.start) <= until.seconds
    }
  }

  private func day(_ instant: Instant) -> LocalDate {
    LocalDateTime(secondsSince1970: zone.localSeconds(at: instant.seconds)).date
  }
}
