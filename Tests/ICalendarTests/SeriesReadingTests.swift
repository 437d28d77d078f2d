import Foundation
import ICalendar
import Recurrence
import SyncEngine
import SyncModel
import TestGround
import Testing
import ZoneData

/// What `export` writes of series, read back by `recurring_ical_events` and by libical.
@Suite struct SeriesReadingTests {
  private let zones = ZoneDatabase()

  /// Prints series, start and end of each occurrence that begins inside the window of its series.
  private static let script = """
    import sys
    from datetime import datetime, timedelta, timezone
    from icalendar import Calendar
    import recurring_ical_events
    calendar = Calendar.from_ical(sys.stdin.buffer.read())
    for event in calendar.walk("VEVENT"):
        assert not event.errors, event.errors
    query = recurring_ical_events.of(calendar)
    windows = [[int(part) for part in word.split(":")] for word in sys.argv[1:]]
    found = []
    def seconds(wall):
        return int((wall.replace(tzinfo=timezone.utc) - datetime(1970, 1, 1, tzinfo=timezone.utc))
            .total_seconds())
    first = datetime.fromtimestamp(min(w[0] for w in windows), timezone.utc) - timedelta(days=3)
    last = datetime.fromtimestamp(max(w[1] for w in windows), timezone.utc) + timedelta(days=3)
    for event in query.between(first, last):
        number = int(event["UID"].split("-")[1])
        start = event["DTSTART"].dt
        end = event["DTEND"].dt if "DTEND" in event else start
        if isinstance(start, datetime):
            begin = int(start.timestamp())
            back = datetime.fromtimestamp(begin, timezone.utc).astimezone(start.tzinfo)
            exists = back.replace(tzinfo=None) == start.replace(tzinfo=None)
            length = end.replace(tzinfo=None) - start.replace(tzinfo=None)
            # What begins in a gap keeps its length; RFC 5545 says nothing of it.
            finish = int(end.timestamp() if exists else begin + length.total_seconds())
        else:
            begin, finish = [seconds(datetime(d.year, d.month, d.day)) for d in (start, end)]
        low, high = windows[number]
        if low <= begin < high: found.append((number, begin, finish))
    for line in sorted(found): print(*line)
    """

  @Test func `all readers find the same occurrences`() async throws {
    let calendar = SeriesCalendar(zones: zones)
    var items: [ExportedItem] = []
    var wanted: [Line] = []
    var windows: [Range<Int64>] = []
    for seed in 1...300 {
      let number = windows.count
      let series = RandomSeries(seed: UInt64(seed))
      var master = try series.master(zones)
      let from = series.from.seconds - 20 * 86_400
      let window = from..<(from + 120 * 86_400)
      guard
        case .dates(let dates) = try calendar.expansion(
          of: master,
          from: Instant(seconds: window.lowerBound - 40 * 86_400),
          until: Instant(seconds: window.upperBound + 40 * 86_400)
        ),
        // A pattern without a day is no series.
        dates.contains(where: { $0.exception == nil })
      else { continue }
      windows.append(window)
      master.id = ExchangeItemID("M\(number)")
      master.uid = "uid-\(number)"
      master.exceptions = master.exceptions.map {
        SeriesException(
          id: ExchangeItemID("M\(number) \($0.id)"),
          originalStart: $0.originalStart,
          start: $0.start,
          end: $0.end
        )
      }
      let changed: [ExportedItem] = dates.filter { $0.exception != nil }.map { date in
        let item = Sample.exchange("M\(number) \(date.exception?.rawValue ?? "")", date.when) {
          $0.uid = "uid-\(number)"
          $0.role = .exception
          $0.windowsZone = series.windowsZone
          $0.originalStart =
            master.exceptions.first {
              $0.id.rawValue == "M\(number) \(date.exception?.rawValue ?? "")"
            }?.originalStart
        }
        return .exchange(item, link: nil)
      }
      // Of some the changed dates come first, of some last, of some never.
      if seed % 3 == 0 { items += changed }
      items.append(.exchange(master, link: nil))
      if seed % 3 == 1 { items += changed }
      wanted += dates.map { Line(number, $0.when) }.filter { window.contains($0.start) }
    }
    #expect(windows.count > 150)
    wanted.sort()
    let document = try CalendarExport.document(of: items, zones: zones)
    let read = try FileReading(document, zones: zones).occurrences(windows).sorted()
    expectEqual(read, wanted, by: "libical")
    guard
      let answer = try await PythonJudge.answer(
        to: Self.script,
        windows.map { "\($0.lowerBound):\($0.upperBound)" },
        input: document,
        importing: "icalendar, recurring_ical_events"
      )
    else { return }
    expectEqual(answer.split(separator: "\n").compactMap { Line($0) }, wanted, by: "Python")
  }

  private func expectEqual(_ read: [Line], _ wanted: [Line], by reader: String) {
    let extra = Set(read).subtracting(wanted).sorted()
    let missing = Set(wanted).subtracting(read).sorted()
    #expect(
      read == wanted,
      "\(reader) finds \(read.count) of \(wanted.count); more: \(extra.prefix(5)), less: \(missing.prefix(5))"
    )
  }
}

/// An occurrence of the series of that number; whole days count as if UTC.
struct Line: Hashable, Comparable {
  let series: Int
  let start: Int64
  let end: Int64

  init(_ series: Int, _ when: When) {
    self.series = series
    switch when {
    case .timed(let start, let end, _): (self.start, self.end) = (start.seconds, end.seconds)
    case .allDay(let first, let afterLast): (start, end) = (first.start, afterLast.start)
    }
  }

  init?(_ text: Substring) {
    let words = text.split(separator: " ").compactMap { Int64($0) }
    guard words.count == 3 else { return nil }
    (series, start, end) = (Int(words[0]), words[1], words[2])
  }

  static func < (left: Line, right: Line) -> Bool {
    (left.series, left.start, left.end) < (right.series, right.start, right.end)
  }
}

/// A file as libical parses it, followed as RFC 5545 says: rule, minus left out, plus changed.
struct FileReading {
  private let masters: [CalendarComponent]
  private let changed: [CalendarComponent]
  private let zones: ZoneDatabase

  init(_ document: [UInt8], zones: ZoneDatabase) throws {
    let events = try CalendarComponent.read(document).parts.filter { $0.kind == .event }
    masters = events.filter { $0["RECURRENCE-ID"] == nil }
    changed = events.filter { $0["RECURRENCE-ID"] != nil }
    self.zones = zones
  }

  func occurrences(_ windows: [Range<Int64>]) throws -> [Line] {
    var found: [Line] = []
    func add(_ event: CalendarComponent, _ start: Moment, _ end: Moment) throws {
      let number = try Self.number(event)
      let line = Line(
        number,
        start.isDate
          ? .allDay(first: start.wall.date, afterLast: end.wall.date)
          : .timed(
            start: Instant(seconds: start.instant),
            end: Instant(seconds: end.instant(after: start)),
            zone: nil
          )
      )
      if windows[number].contains(line.start) { found.append(line) }
    }
    for event in changed { try add(event, try moment(event, "DTSTART"), try end(of: event)) }
    for master in masters {
      let start = try moment(master, "DTSTART")
      let length = try end(of: master).local - start.local
      let replaced = changed.filter { $0["UID"] == master["UID"] }
      let away =
        try replaced.map { try moment($0, "RECURRENCE-ID").local }
        + master.lines.filter { $0.name == "EXDATE" }.map { try moment($0).local }
      for day in try days(of: master, start, windows[Self.number(master)])
      where !away.contains(day) {
        try add(master, start.moved(to: day), start.moved(to: day + length))
      }
    }
    return found
  }

  /// The wall clocks at which occurrences begin by the rule, counted as if UTC.
  private func days(
    of master: CalendarComponent,
    _ start: Moment,
    _ window: Range<Int64>
  ) throws -> [Int64] {
    guard case .token(let text)? = master["RRULE"] else { return [] }
    var parts = text.split(separator: ";")
    let until = parts.firstIndex { $0.hasPrefix("UNTIL=") }.map {
      parts.remove(at: $0).dropFirst(6)
    }
    let count = parts.firstIndex { $0.hasPrefix("COUNT=") }.map {
      parts.remove(at: $0).dropFirst(6)
    }
    let rule = try #require(RecurrenceRule(parts.joined(separator: ";")))
    let last = LocalDateTime(secondsSince1970: window.upperBound + 2 * 86_400).date
    guard start.wall.date <= last else { return [] }
    var days = try rule.days(from: start.wall.date.day, in: start.wall.date.day...last.day)
      .map {
        LocalDate(year: $0.year, month: $0.month, day: $0.day).start + Int64(start.wall.secondOfDay)
      }
    if let count { days = Array(days.prefix(try #require(Int(count)))) }
    if let until {
      let digits = until.filter(\.isNumber)
      let date =
        "\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.dropFirst(6).prefix(2))"
      let time = digits.dropFirst(8)
      let end =
        time.isEmpty
        ? date
        : "\(date)T\(time.prefix(2)):\(time.dropFirst(2).prefix(2)):\(time.dropFirst(4))Z"
      let limit =
        try time.isEmpty
        ? #require(LocalDate(iso8601: end)).start : #require(Instant(iso8601: end)).seconds
      days = days.filter { start.moved(to: $0).instant <= limit }
    }
    return days
  }

  private static func number(_ event: CalendarComponent) throws -> Int {
    guard case .text(let uid)? = event["UID"] else { return -1 }
    return try #require(Int(uid.dropFirst(4)))
  }

  private func end(of event: CalendarComponent) throws -> Moment {
    try moment(event, event["DTEND"] == nil ? "DTSTART" : "DTEND")
  }

  private func moment(_ event: CalendarComponent, _ name: String) throws -> Moment {
    try moment(try #require(event.lines.first { $0.name == name }))
  }

  private func moment(_ line: CalendarLine) throws -> Moment {
    switch line.value {
    case .date(let year, let month, let day):
      return Moment(
        wall: LocalDateTime(date: LocalDate(year: year, month: month, day: day), secondOfDay: 0),
        isDate: true,
        zone: nil
      )
    case .clock(let clock):
      let zone = try line.parameters.first { $0.name == "TZID" }.map { try zones.zone($0.value) }
      #expect((zone == nil) == clock.isUTC)
      return Moment(
        wall: LocalDateTime(
          date: LocalDate(year: clock.year, month: clock.month, day: clock.day),
          secondOfDay: clock.hour * 3_600 + clock.minute * 60 + clock.second
        ),
        isDate: false,
        zone: zone
      )
    case .text, .entry, .address, .token, .offset:
      throw CalendarError.unreadable
    }
  }

  struct Moment {
    let wall: LocalDateTime
    let isDate: Bool
    let zone: Zone?

    var local: Int64 { wall.secondsSince1970 }
    var instant: Int64 { zone?.instant(localSeconds: local) ?? local }

    func moved(to local: Int64) -> Moment {
      Moment(wall: LocalDateTime(secondsSince1970: local), isDate: isDate, zone: zone)
    }

    /// What begins in a gap keeps its length.
    func instant(after start: Moment) -> Int64 {
      let exists = start.zone.map { $0.localSeconds(at: start.instant) == start.local } ?? true
      return exists ? instant : start.instant + local - start.local
    }
  }
}

extension LocalDate {
  fileprivate var day: CalendarDay {
    let (year, month, day) = parts
    return CalendarDay(year: year, month: month, day: day)
  }
}
