import Recurrence
import SyncModel
import ZoneData

/// A master on local time: its days, its time of day, and what became of single dates.
struct Series {
  let dates: PatternDates
  /// Nil only for whole days, whose pattern needs none.
  let zone: Zone?
  let isAllDay: Bool
  /// Seconds after midnight at which each occurrence begins by the clock on the wall.
  let timeOfDay: Int
  /// Seconds by the clock on the wall from start to end: Exchange keeps both ends' wall time.
  let length: Int64
  /// The changed occurrences by original date.
  private(set) var changed: [LocalDate: SeriesException] = [:]
  private(set) var deleted: Set<LocalDate> = []

  /// Exchange refuses what takes longer than five years.
  private static let longest: Int64 = 1_827 * 86_400

  /// Nil where the pattern or the length is none that Exchange has, or the zone of a timed series
  /// is not known here.
  init?(_ master: ExchangeItem, _ zones: ZoneDatabase) {
    guard let dates = master.recurrence.flatMap({ PatternDates($0) }) else { return nil }
    let zone = Self.zone(of: master, zones)
    self.dates = dates
    self.zone = zone
    switch master.when {
    case .allDay(let first, let afterLast):
      isAllDay = true
      timeOfDay = 0
      length = max(afterLast.start - first.start, 86_400)
    case .timed(let start, let end, _):
      guard let zone else { return nil }
      let local = LocalDateTime(secondsSince1970: zone.localSeconds(at: start.seconds))
      isAllDay = false
      timeOfDay = local.secondOfDay
      length = max(zone.localSeconds(at: end.seconds) - local.secondsSince1970, 0)
    }
    guard length <= Self.longest else { return nil }
    for exception in master.exceptions {
      let date = originalDate(of: exception.originalStart)
      if changed[date] == nil { changed[date] = exception }
    }
    // One that was moved and then deleted is no longer listed as changed.
    deleted = Set(master.deletedOccurrences.map { originalDate(of: $0) }).subtracting(changed.keys)
  }

  /// The zone of the series' days; nil where it is custom, missing, or not in this tz database.
  static func zone(of master: ExchangeItem, _ zones: ZoneDatabase) -> Zone? {
    guard let name = master.windowsZone.flatMap({ WindowsZones.iana(forWindows: $0) }) else {
      return nil
    }
    do {
      return try zones.zone(name)
    } catch {
      return nil
    }
  }

  /// The changed occurrences, ordered by original date.
  var exceptions: [SeriesException] {
    changed.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The day of the pattern that an original start stands for.
  ///
  /// Exchange may be an hour off where clocks change, which may be another day: the day whose start
  /// is within the hour, else the day itself (`ews.md` 4.5).
  func originalDate(of start: Instant) -> LocalDate {
    guard let zone else { return Self.dateWithoutZone(beginningAt: start) }
    let day = LocalDateTime(secondsSince1970: zone.localSeconds(at: start.seconds)).date
    let near = [day, day.advanced(byDays: -1), day.advanced(byDays: 1)].first {
      abs(begin(on: $0, zone).seconds - start.seconds) <= 3_600
    }
    return near ?? day
  }

  /// When the occurrence of a day takes place by the pattern.
  func when(on date: LocalDate) -> When {
    guard !isAllDay, let zone else {
      return .allDay(first: date, afterLast: date.advanced(byDays: Int(length / 86_400)))
    }
    let begin = begin(on: date, zone)
    return .timed(start: begin, end: end(of: begin, on: date, zone), zone: ZoneName(zone.name))
  }

  /// When a changed occurrence takes place; whole days stay whole days where midnights bound them.
  func when(of exception: SeriesException) -> When {
    if isAllDay, let zone, let first = zone.date(beginningAt: exception.start),
      let afterLast = zone.date(beginningAt: exception.end), first < afterLast
    {
      return .allDay(first: first, afterLast: afterLast)
    }
    let name = zone.map { ZoneName($0.name) }
    return .timed(start: exception.start, end: exception.end, zone: name)
  }

  private func begin(on date: LocalDate, _ zone: Zone) -> Instant {
    Instant(seconds: zone.instant(localSeconds: date.start + Int64(timeOfDay)))
  }

  private func end(of begin: Instant, on date: LocalDate, _ zone: Zone) -> Instant {
    let local = date.start + Int64(timeOfDay)
    // A start that no clock shows has moved; its end would lie before it.
    guard zone.localSeconds(at: begin.seconds) == local else {
      return begin.advanced(bySeconds: length)
    }
    return Instant(seconds: zone.instant(localSeconds: local + length))
  }

  /// The day that begins at an instant in the item's own zone, known or not.
  static func date(
    beginningAt start: Instant,
    of item: ExchangeItem,
    _ zones: ZoneDatabase
  ) -> LocalDate {
    zone(of: item, zones).map {
      LocalDateTime(secondsSince1970: $0.localSeconds(at: start.seconds)).date
    } ?? dateWithoutZone(beginningAt: start)
  }

  /// The midnight is the nearest for all zones from UTC-10 to UTC+13.
  private static func dateWithoutZone(beginningAt start: Instant) -> LocalDate {
    LocalDateTime(secondsSince1970: start.seconds + 13 * 3_600).date
  }
}

extension Zone {
  /// The day that begins at an instant; nil where none does.
  fileprivate func date(beginningAt instant: Instant) -> LocalDate? {
    let date = LocalDateTime(secondsSince1970: localSeconds(at: instant.seconds)).date
    return self.instant(localSeconds: date.start) == instant.seconds ? date : nil
  }
}
