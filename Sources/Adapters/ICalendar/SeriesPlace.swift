import Recurrence
import SyncModel
import ZoneData

/// Where an event stands in a series, as the lines that say so.
enum SeriesPlace {
  case single
  /// Start, end, rule and the days left out.
  case master([CalendarLine])
  /// A master whose days cannot be told without Exchange: only its first date is written.
  case unexpanded
  /// A changed date; the line names the date of the pattern that it takes the place of.
  case date(CalendarLine)

  var identity: CalendarLine? {
    switch self {
    case .date(let identity): identity
    case .single, .master, .unexpanded: nil
    }
  }
}

extension Series {
  /// The lines of a master; nil where its pattern yields no day.
  ///
  /// The start is the first day that the pattern yields, for RFC 5545 counts it in any case.
  func times(of master: ExchangeItem) throws(CalendarError) -> [CalendarLine]? {
    guard let first = try dates.first(),
      let rule = master.recurrence?.line(isAllDay: isAllDay, zone: zone)
    else { return nil }
    var lines = [line("DTSTART", first)]
    if length > 0 { lines.append(line("DTEND", first, later: length)) }
    lines.append(CalendarLine("RRULE", .token(rule)))
    for date in deleted.sorted() { lines.append(line("EXDATE", date)) }
    return lines
  }

  /// A day's start by the pattern, or that much later, in the series' own zone.
  ///
  /// Wall time even where no clock shows it: so a program that follows the rule arrives at it.
  func line(_ name: String, _ date: LocalDate, later: Int64 = 0) -> CalendarLine {
    let local = LocalDateTime(secondsSince1970: date.start + Int64(timeOfDay) + later)
    if isAllDay { return CalendarLine(name, .date(local.date)) }
    guard let zone, !zone.isUTC else {
      return CalendarLine(name, .clock(CalendarClock(local, isUTC: true)))
    }
    return CalendarLine(
      name,
      .clock(CalendarClock(local, isUTC: false)),
      [CalendarParameter("TZID", zone.name)]
    )
  }
}

extension Zone {
  /// UTC needs no description in iCalendar.
  var isUTC: Bool { ["UTC", "Etc/UTC", "GMT", "Etc/GMT"].contains(name) }
}
