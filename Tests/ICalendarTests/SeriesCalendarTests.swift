import ICalendar
import SyncEngine
import SyncModel
import Testing
import ZoneData

@Suite struct SeriesCalendarTests {
  private let calendar = SeriesCalendar(zones: ZoneDatabase())

  /// Each day from 2 March 2026, 09:00 to 10:30 in Berlin.
  private func daily(
    _ end: RecurrencePattern.End = .never,
    change: (inout ExchangeItem) -> Void = { _ in }
  ) -> ExchangeItem {
    Sample.exchange { item in
      item.role = .master
      item.recurrence = RecurrencePattern(
        rhythm: .daily(interval: 1),
        firstDay: LocalDate(year: 2026, month: 3, day: 2),
        end: end
      )
      change(&item)
    }
  }

  private func exception(_ original: String, _ start: String, _ end: String) -> SeriesException {
    SeriesException(
      id: ExchangeItemID("moved from \(original)"),
      originalStart: Sample.instant(original),
      start: Sample.instant(start),
      end: Sample.instant(end)
    )
  }

  /// Such as `2026-03-02 2026-03-02T08:00:00Z/2026-03-02T09:30:00Z`.
  private func expansion(_ item: ExchangeItem, _ from: String, _ until: String) throws -> [String] {
    let expansion = try calendar.expansion(
      of: item,
      from: Sample.instant(from),
      until: Sample.instant(until)
    )
    guard case .dates(let found) = expansion else { return ["zone unknown"] }
    return found.map { occurrence in
      let mark = occurrence.exception == nil ? "" : " changed"
      switch occurrence.when {
      case .timed(let start, let end, _): return "\(occurrence.originalDate) \(start)/\(end)\(mark)"
      case .allDay(let first, let last): return "\(occurrence.originalDate) \(first)/\(last)\(mark)"
      }
    }
  }

  @Test func `an occurrence is inside when it ends at or after and begins at or before`() throws {
    let inside = try expansion(daily(), "2026-03-03T09:30:00Z", "2026-03-05T08:00:00Z")
    #expect(inside.map { $0.prefix(10) } == ["2026-03-03", "2026-03-04", "2026-03-05"])
    let less = try expansion(daily(), "2026-03-03T09:30:01Z", "2026-03-05T07:59:59Z")
    #expect(less.map { $0.prefix(10) } == ["2026-03-04"])
  }

  @Test func `wall time is kept when clocks change`() throws {
    #expect(
      try expansion(daily(), "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z") == [
        "2026-03-28 2026-03-28T08:00:00Z/2026-03-28T09:30:00Z",
        "2026-03-29 2026-03-29T07:00:00Z/2026-03-29T08:30:00Z",
      ]
    )
  }

  /// From 22:00 to 06:00; in the night to 29 March the hour from two to three is left out.
  @Test func `a night shift ends at its wall time when clocks change`() throws {
    let item = daily { item in
      item.when = .timed(
        start: Sample.instant("2026-03-02T21:00:00Z"),
        end: Sample.instant("2026-03-03T05:00:00Z"),
        zone: nil
      )
    }
    #expect(
      try expansion(item, "2026-03-28T12:00:00Z", "2026-03-28T22:00:00Z") == [
        "2026-03-28 2026-03-28T21:00:00Z/2026-03-29T04:00:00Z"
      ]
    )
  }

  @Test func `deleted dates are left out and count in the pattern`() throws {
    let item = daily { $0.deletedOccurrences = [Sample.instant("2026-03-03T08:00:00Z")] }
    let dates = try expansion(item, "2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z")
    #expect(dates.map { $0.prefix(10) } == ["2026-03-02", "2026-03-04"])
    let third = LocalDate(year: 2026, month: 3, day: 3)
    #expect(try calendar.patternDates(of: item, from: third, until: third) == [third])
    #expect(try calendar.index(of: third.advanced(byDays: 1), in: item) == 3)
  }

  @Test func `a changed date is where it was moved to, whatever its original date`() throws {
    let item = daily { item in
      item.exceptions = [
        exception("2026-03-03T08:00:00Z", "2026-05-20T10:00:00Z", "2026-05-20T11:00:00Z"),
        exception("2026-06-30T07:00:00Z", "2026-03-04T12:00:00Z", "2026-03-04T13:00:00Z"),
      ]
    }
    #expect(
      try expansion(item, "2026-03-03T00:00:00Z", "2026-03-05T00:00:00Z") == [
        "2026-03-04 2026-03-04T08:00:00Z/2026-03-04T09:30:00Z",
        "2026-06-30 2026-03-04T12:00:00Z/2026-03-04T13:00:00Z changed",
      ]
    )
  }

  @Test func `a changed date that the pattern no longer yields is there still`() throws {
    let item = daily(.after(occurrences: 2)) { item in
      item.exceptions = [
        exception("2026-03-20T08:00:00Z", "2026-03-20T12:00:00Z", "2026-03-20T13:00:00Z")
      ]
    }
    #expect(
      try expansion(item, "2026-03-10T00:00:00Z", "2026-03-25T00:00:00Z") == [
        "2026-03-20 2026-03-20T12:00:00Z/2026-03-20T13:00:00Z changed"
      ]
    )
    let date = LocalDate(year: 2026, month: 3, day: 20)
    #expect(try calendar.index(of: date, in: item) == nil)
    #expect(try calendar.patternDates(of: item, from: date, until: date) == [])
  }

  @Test func `a date that is listed as changed and as deleted takes place`() throws {
    let item = daily { item in
      item.exceptions = [
        exception("2026-03-03T08:00:00Z", "2026-03-03T12:00:00Z", "2026-03-03T13:00:00Z")
      ]
      item.deletedOccurrences = [Sample.instant("2026-03-03T08:00:00Z")]
    }
    let dates = try expansion(item, "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z")
    #expect(dates == ["2026-03-03 2026-03-03T12:00:00Z/2026-03-03T13:00:00Z changed"])
  }

  /// 23:30 UTC on 8 March is 00:30 on the 9th in Berlin; an hour off is still that date.
  @Test(arguments: ["2026-03-08T23:30:00Z", "2026-03-08T22:30:00Z", "2026-03-09T00:30:00Z"])
  func `an original start stands for a date in the series' zone`(start: String) {
    let item = daily { item in
      item.when = .timed(
        start: Sample.instant("2026-03-01T23:30:00Z"),
        end: Sample.instant("2026-03-02T00:00:00Z"),
        zone: nil
      )
    }
    let date = calendar.originalDate(of: Sample.instant(start), in: item)
    #expect(date == LocalDate(year: 2026, month: 3, day: 9))
  }

  @Test func `an original start at another time of day is of its own date`() {
    let date = calendar.originalDate(of: Sample.instant("2026-03-09T21:00:00Z"), in: daily())
    #expect(date == LocalDate(year: 2026, month: 3, day: 9))
  }

  @Test func `whole days are dates, over changes of clocks too`() throws {
    let item = daily { item in
      item.when = .allDay(
        first: LocalDate(year: 2026, month: 3, day: 2),
        afterLast: LocalDate(year: 2026, month: 3, day: 4)
      )
      item.deletedOccurrences = [Sample.instant("2026-03-29T22:00:00Z")]
      item.exceptions = [
        exception("2026-03-27T23:00:00Z", "2026-04-01T22:00:00Z", "2026-04-02T22:00:00Z"),
        exception("2026-03-30T22:00:00Z", "2026-03-31T08:00:00Z", "2026-03-31T09:00:00Z"),
      ]
    }
    // The 30th is deleted, the 28th is now 2 April, the 31st has become an hour.
    #expect(
      try expansion(item, "2026-03-30T22:00:00Z", "2026-04-01T22:00:00Z") == [
        "2026-03-28 2026-04-02/2026-04-03 changed", "2026-03-29 2026-03-29/2026-03-31",
        "2026-03-31 2026-03-31T08:00:00Z/2026-03-31T09:00:00Z changed",
        "2026-04-01 2026-04-01/2026-04-03", "2026-04-02 2026-04-02/2026-04-04",
      ]
    )
  }

  @Test(arguments: [
    nil, "", "Customized Time Zone", "tzone://Microsoft/Custom", "Europe/Atlantis",
  ])
  func `a series whose zone nobody knows is left to Exchange`(zone: String?) throws {
    let item = daily { $0.windowsZone = zone }
    let date = LocalDate(year: 2026, month: 3, day: 3)
    #expect(
      try expansion(item, "2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z") == ["zone unknown"]
    )
    #expect(try calendar.patternDates(of: item, from: date, until: date) == nil)
    #expect(calendar.originalDate(of: Sample.instant("2026-03-03T08:00:00Z"), in: item) == nil)
    #expect(calendar.zone(of: item) == nil)
    #expect(calendar.zone(of: daily()) == ZoneName("Europe/Berlin"))
  }

  @Test(
    arguments: [
      .daily(interval: 0), .daily(interval: Int.max), .daily(interval: -3),
      .weekly(interval: 1, days: [], firstDayOfWeek: .monday),
      .weekly(interval: Int.max, days: [.monday], firstDayOfWeek: .monday),
      .monthly(interval: 1, dayOfMonth: 0), .monthly(interval: 1, dayOfMonth: 32),
      .monthlyByWeek(interval: 1, week: .last, days: []), .yearly(month: 13, dayOfMonth: 1),
      .yearly(month: 0, dayOfMonth: 1), .yearlyByWeek(month: 5, week: .first, days: []),
    ] as [RecurrencePattern.Rhythm]
  )
  func `a pattern that is none is left to Exchange`(rhythm: RecurrencePattern.Rhythm) throws {
    let item = daily { item in
      item.recurrence = RecurrencePattern(
        rhythm: rhythm,
        firstDay: LocalDate(year: 2026, month: 3, day: 2),
        end: .never
      )
    }
    #expect(
      try expansion(item, "2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z") == ["zone unknown"]
    )
    #expect(try calendar.index(of: LocalDate(year: 2026, month: 3, day: 2), in: item) == nil)
  }

  @Test func `a master without its pattern is left to Exchange`() throws {
    for item in [daily { $0.recurrence = nil }, daily(.after(occurrences: Int.max))] {
      let found = try expansion(item, "2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z")
      #expect(found == ["zone unknown"])
    }
  }

  @Test(arguments: [RecurrencePattern.End.never, .after(occurrences: 999)])
  func `moments at the ends of time trap nothing`(end: RecurrencePattern.End) throws {
    let item = daily(end)
    let all = try calendar.expansion(
      of: item,
      from: Instant(seconds: .min),
      until: Sample.instant("2026-03-04T00:00:00Z")
    )
    guard case .dates(let dates) = all else {
      Issue.record("the zone is known")
      return
    }
    #expect(dates.count == 2)
    let none = try calendar.expansion(
      of: item,
      from: Instant(seconds: .max),
      until: Instant(seconds: .min)
    )
    #expect(none == .dates([]))
  }

  @Test func `a count is kept to the day, however it is asked`() throws {
    let item = Sample.exchange { item in
      item.role = .master
      item.recurrence = RecurrencePattern(
        rhythm: .weekly(interval: 2, days: [.monday, .thursday], firstDayOfWeek: .sunday),
        firstDay: LocalDate(year: 2026, month: 3, day: 4),
        end: .after(occurrences: 4)
      )
    }
    // Wednesday's own week has only its Thursday left.
    let dates = try calendar.patternDates(
      of: item,
      from: LocalDate(year: 2020, month: 1, day: 1),
      until: LocalDate(year: 2040, month: 1, day: 1)
    )
    let days = try #require(dates).sorted()
    #expect(days.map(\.description) == ["2026-03-05", "2026-03-16", "2026-03-19", "2026-03-30"])
    for (place, day) in days.enumerated() {
      #expect(try calendar.index(of: day, in: item) == place + 1)
      #expect(try calendar.patternDates(of: item, from: day, until: day) == [day])
    }
    #expect(try calendar.index(of: LocalDate(year: 2026, month: 4, day: 2), in: item) == nil)
  }
}
