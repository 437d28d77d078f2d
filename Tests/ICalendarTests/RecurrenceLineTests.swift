import ICalendar
import Recurrence
import SyncModel
import Testing
import ZoneData

/// Patterns as RRULE and back, by way of the file that `export` writes and libical's parser.
@Suite struct RecurrenceLineTests {
  private typealias Rhythm = RecurrencePattern.Rhythm
  private typealias Weekday = RecurrencePattern.Weekday

  private static let zones = ZoneDatabase()

  /// Every pattern that Exchange can hold, but for the intervals, of which there are a few.
  private static var rhythms: [Rhythm] {
    let intervals = [1, 2, 12, 99]
    let weeks: [RecurrencePattern.WeekOfMonth] = [.first, .second, .third, .fourth, .last]
    let sets: [[Weekday]] =
      Weekday.allCases.map { [$0] } + [
        Weekday.allCases, [.monday, .tuesday, .wednesday, .thursday, .friday],
        [.sunday, .saturday],
      ]
    var rhythms: [Rhythm] = [.daily(interval: 999)]
    for interval in intervals {
      rhythms.append(.daily(interval: interval))
      for set in 1...127 {
        let days = Weekday.allCases.filter { set >> $0.rawValue & 1 == 1 }
        let first = Weekday.allCases[set % 7]
        rhythms.append(.weekly(interval: interval, days: days, firstDayOfWeek: first))
      }
      for first in Weekday.allCases {
        rhythms.append(
          .weekly(interval: interval, days: [.sunday, .tuesday], firstDayOfWeek: first)
        )
      }
      for day in 1...31 { rhythms.append(.monthly(interval: interval, dayOfMonth: day)) }
      for week in weeks {
        for days in sets {
          rhythms.append(.monthlyByWeek(interval: interval, week: week, days: days))
        }
      }
    }
    for month in 1...12 {
      for day in 1...31 { rhythms.append(.yearly(month: month, dayOfMonth: day)) }
      for week in weeks {
        for days in sets {
          rhythms.append(.yearlyByWeek(month: month, week: week, days: days))
        }
      }
    }
    return rhythms
  }

  @Test func `every pattern survives the way to RRULE and back`() throws {
    let lastDay = LocalDate(year: 2031, month: 10, day: 26)
    let ends: [RecurrencePattern.End] = [.never, .on(lastDay), .after(occurrences: 999)]
    let rhythms = Self.rhythms
    #expect(rhythms.count > 1_500)
    for (place, rhythm) in rhythms.enumerated() {
      let pattern = RecurrencePattern(
        rhythm: rhythm,
        firstDay: LocalDate(year: 2026, month: 3, day: 2),
        end: ends[place % ends.count]
      )
      let isAllDay = place % 5 == 0
      let zoneName = ["Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles"][place % 3]
      let zone = try Self.zones.zone(zoneName)
      let line = try #require(pattern.line(isAllDay: isAllDay, zone: zone))
      let written = try CalendarComponent(.event, lines: [CalendarLine("RRULE", .token(line))])
        .bytes()
      guard case .token(let read)? = try CalendarComponent.read(written)["RRULE"] else {
        Issue.record("\(line) is no rule")
        continue
      }
      let again = RecurrencePattern(
        line: read,
        start: LocalDateTime(date: pattern.firstDay, secondOfDay: isAllDay ? 0 : 32_400),
        zone: zone
      )
      #expect(again == pattern, "\(line)")
    }
  }

  @Test(arguments: [
    (Rhythm.daily(interval: 3), "FREQ=DAILY;INTERVAL=3"),
    (
      .weekly(interval: 2, days: [.friday, .monday, .friday], firstDayOfWeek: .sunday),
      "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=SU"
    ), (.monthly(interval: 1, dayOfMonth: 28), "FREQ=MONTHLY;BYMONTHDAY=28"),
    (.monthly(interval: 1, dayOfMonth: 29), "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1"),
    (.monthly(interval: 1, dayOfMonth: 30), "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
    (.monthly(interval: 1, dayOfMonth: 31), "FREQ=MONTHLY;BYMONTHDAY=-1"),
    (.monthlyByWeek(interval: 1, week: .second, days: [.tuesday]), "FREQ=MONTHLY;BYDAY=2TU"),
    (
      .monthlyByWeek(interval: 1, week: .last, days: [.sunday, .saturday]),
      "FREQ=MONTHLY;BYDAY=SU,SA;BYSETPOS=-1"
    ),
    (.yearly(month: 2, dayOfMonth: 29), "FREQ=YEARLY;BYMONTHDAY=28,29;BYMONTH=2;BYSETPOS=-1"),
    (.yearly(month: 4, dayOfMonth: 30), "FREQ=YEARLY;BYMONTHDAY=30;BYMONTH=4"),
    (
      .yearlyByWeek(month: 11, week: .fourth, days: [.thursday]),
      "FREQ=YEARLY;BYDAY=4TH;BYMONTH=11"
    ),
  ])
  func `patterns are written as other programs know them`(
    rhythm: RecurrencePattern.Rhythm,
    line: String
  ) {
    let pattern = RecurrencePattern(
      rhythm: rhythm,
      firstDay: LocalDate(year: 2026, month: 3, day: 2),
      end: .never
    )
    #expect(pattern.line(isAllDay: false, zone: nil) == line)
  }

  /// 30 September in Berlin ends at 21:59:59 UTC.
  @Test func `the last day is written as its last second, or as a date`() throws {
    let pattern = RecurrencePattern(
      rhythm: .daily(interval: 1),
      firstDay: LocalDate(year: 2026, month: 3, day: 2),
      end: .on(LocalDate(year: 2026, month: 9, day: 30))
    )
    let berlin = try Self.zones.zone("Europe/Berlin")
    #expect(
      pattern.line(isAllDay: false, zone: berlin) == "FREQ=DAILY;UNTIL=20260930T215959Z"
    )
    #expect(pattern.line(isAllDay: true, zone: berlin) == "FREQ=DAILY;UNTIL=20260930")
    #expect(pattern.line(isAllDay: false, zone: nil) == "FREQ=DAILY;UNTIL=20260930T235959Z")
  }

  /// The event begins at 09:00 in Berlin.
  @Test(arguments: [
    ("20260930T070000Z", "2026-09-30"), ("20260930T065959Z", "2026-09-29"),
    ("20260930T220000Z", "2026-09-30"), ("20260930", "2026-09-30"),
    ("20260930T090000", "2026-09-30"), ("20260930T085959", "2026-09-29"),
  ])
  func `an end in UTC is a last day in the zone`(until: String, day: String) throws {
    let pattern = try RecurrencePattern(
      line: "FREQ=DAILY;UNTIL=\(until)",
      start: LocalDateTime(date: LocalDate(year: 2026, month: 3, day: 2), secondOfDay: 32_400),
      zone: Self.zones.zone("Europe/Berlin")
    )
    #expect(pattern?.end == LocalDate(iso8601: day).map { .on($0) })
  }

  /// `ews.md` 4.2; the event begins on Monday, 2 March 2026.
  @Test(arguments: [
    (
      "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
      Rhythm.weekly(
        interval: 1,
        days: [.monday, .tuesday, .wednesday, .thursday, .friday],
        firstDayOfWeek: .monday
      )
    ), ("FREQ=WEEKLY", .weekly(interval: 1, days: [.monday], firstDayOfWeek: .monday)),
    ("FREQ=MONTHLY", .monthly(interval: 1, dayOfMonth: 2)),
    ("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", .monthly(interval: 1, dayOfMonth: 31)),
    (
      "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2",
      .monthlyByWeek(interval: 1, week: .second, days: [.tuesday])
    ),
    ("FREQ=MONTHLY;BYDAY=WE", .weekly(interval: 1, days: [.wednesday], firstDayOfWeek: .monday)),
    ("FREQ=YEARLY", .yearly(month: 3, dayOfMonth: 2)),
    ("FREQ=YEARLY;BYMONTH=5", .yearly(month: 5, dayOfMonth: 2)),
    ("FREQ=YEARLY;INTERVAL=2", .monthly(interval: 24, dayOfMonth: 2)),
    (
      "FREQ=YEARLY;INTERVAL=3;BYMONTH=3;BYDAY=1MO",
      .monthlyByWeek(interval: 36, week: .first, days: [.monday])
    ), ("freq=daily;interval=2", .daily(interval: 2)),
  ])
  func `rules of other programs are read where Exchange has the same`(
    line: String,
    rhythm: RecurrencePattern.Rhythm
  ) {
    #expect(pattern(line)?.rhythm == rhythm)
  }

  @Test(arguments: [
    "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=MONTHLY;BYDAY=5MO",
    "FREQ=MONTHLY;BYDAY=-2FR", "FREQ=MONTHLY;BYDAY=1MO,3MO", "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO",
    "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", "FREQ=MONTHLY;BYMONTH=1,7;BYMONTHDAY=1",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYMONTHDAY=13",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=5;BYMONTHDAY=1", "FREQ=YEARLY;BYDAY=20MO",
    "FREQ=YEARLY;BYWEEKNO=20", "FREQ=DAILY;INTERVAL=2;BYDAY=MO", "FREQ=DAILY;BYMONTH=1",
    "FREQ=HOURLY", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=2;UNTIL=20260401",
    "FREQ=DAILY;UNTIL=soon", "FREQ=WEEKLY;BYDAY=2MO", "RSCALE=HEBREW;FREQ=YEARLY",
  ])
  func `a rule that Exchange cannot hold is refused`(line: String) {
    #expect(pattern(line) == nil)
  }

  private func pattern(_ line: String) -> RecurrencePattern? {
    RecurrencePattern(
      line: line,
      start: LocalDateTime(date: LocalDate(year: 2026, month: 3, day: 2), secondOfDay: 32_400),
      zone: nil
    )
  }
}
