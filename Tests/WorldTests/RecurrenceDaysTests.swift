import Testing
import World

@Suite struct RecurrenceDaysTests {
  typealias Pattern = Mailbox.RecurrencePattern
  typealias Range = Mailbox.RecurrenceRange

  /// The first dates of a pattern, as texts.
  private func dates(_ pattern: Pattern, _ range: Range, _ count: Int) throws -> [String] {
    let days = try #require(RecurrenceDays(Mailbox.Recurrence(pattern, range)))
    return (1...count).compactMap { days.day(at: $0) }.map { Timestamp.date($0) }
  }

  /// Written by hand from a calendar: days that a month has not are its last (`ews.md` 4.3).
  @Test(arguments: [
    (
      Pattern.absoluteMonthly(interval: 1, day: 31), "2026-01-31",
      ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"]
    ),
    (
      .absoluteMonthly(interval: 1, day: 30), "2027-12-30",
      ["2027-12-30", "2028-01-30", "2028-02-29", "2028-03-30", "2028-04-30"]
    ),
    (
      .absoluteMonthly(interval: 1, day: 29), "2026-12-29",
      ["2026-12-29", "2027-01-29", "2027-02-28", "2027-03-29"]
    ),
    (
      .absoluteMonthly(interval: 1, day: 29), "2028-01-29",
      ["2028-01-29", "2028-02-29", "2028-03-29"]
    ),
    (
      .absoluteMonthly(interval: 3, day: 31), "2025-11-30",
      ["2025-11-30", "2026-02-28", "2026-05-31", "2026-08-31", "2026-11-30"]
    ),
    (
      .absoluteYearly(day: 29, month: .february), "2024-02-29",
      ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]
    ),
    (
      .absoluteYearly(day: 29, month: .february), "2098-03-01",
      ["2099-02-28", "2100-02-28", "2101-02-28", "2102-02-28", "2103-02-28", "2104-02-29"]
    ),
    (
      .absoluteYearly(day: 31, month: .april), "2026-01-01", ["2026-04-30", "2027-04-30"]
    ),
    (.absoluteMonthly(interval: 1, day: 31), "2026-02-28", ["2026-02-28", "2026-03-31"]),
  ])
  func `days that a month has not are its last`(
    pattern: Pattern,
    start: String,
    expected: [String]
  ) throws {
    #expect(try dates(pattern, .noEnd(start: start), expected.count) == expected)
  }

  @Test(arguments: [
    // 2026-03-01 is a Sunday: the last day of a week from Monday, the first of one from Sunday.
    (Mailbox.Weekday.monday, ["2026-03-01", "2026-03-10", "2026-03-15", "2026-03-24"]),
    (.sunday, ["2026-03-01", "2026-03-03", "2026-03-15", "2026-03-17"]),
  ])
  func `every other week is counted from the first day of the week`(
    firstDay: Mailbox.Weekday,
    expected: [String]
  ) throws {
    let pattern = Pattern.weekly(interval: 2, days: [.tuesday, .sunday], firstDay: firstDay)
    #expect(try dates(pattern, .noEnd(start: "2026-03-01"), 4) == expected)
  }

  @Test(arguments: [
    (Pattern.relativeMonthly(interval: 1, days: .friday, index: .last), "2026-05-29"),
    (.relativeMonthly(interval: 1, days: .weekday, index: .first), "2026-05-01"),
    (.relativeMonthly(interval: 1, days: .weekendDay, index: .second), "2026-05-03"),
    (.relativeMonthly(interval: 1, days: .day, index: .last), "2026-05-31"),
    (.relativeMonthly(interval: 1, days: .weekday, index: .last), "2026-05-29"),
    (.relativeYearly(days: .sunday, index: .last, month: .october), "2026-10-25"),
    (.relativeYearly(days: .monday, index: .fourth, month: .may), "2026-05-25"),
    (.relativeYearly(days: .day, index: .first, month: .april), "2027-04-01"),
  ])
  func `a relative pattern names a day of its kind`(pattern: Pattern, first: String) throws {
    #expect(try dates(pattern, .noEnd(start: "2026-05-01"), 1) == [first])
  }

  @Test func `the three ranges end where they say`() throws {
    let pattern = Pattern.weekly(interval: 1, days: [.monday, .wednesday], firstDay: nil)
    let until = Range.endDate(start: "2026-03-03", end: "2026-03-11")
    #expect(try dates(pattern, until, 9) == ["2026-03-04", "2026-03-09", "2026-03-11"])
    let counted = Range.numbered(start: "2026-03-03", count: 2)
    #expect(try dates(pattern, counted, 9) == ["2026-03-04", "2026-03-09"])
    let endless = try #require(
      RecurrenceDays(Mailbox.Recurrence(pattern, .noEnd(start: "2026-03-03")))
    )
    #expect(endless.last == nil && endless.isEndless)
    #expect(endless.day(at: 1_000_000) == nil, "nothing lies beyond the year 4500")
  }

  @Test func `a range without a match has no dates`() throws {
    let recurrence = Mailbox.Recurrence(
      .weekly(interval: 1, days: [.monday], firstDay: nil),
      .endDate(start: "2026-03-03", end: "2026-03-08")
    )
    let days = try #require(RecurrenceDays(recurrence))
    #expect(days.first == nil && days.last == nil)
    #expect(days.days(from: -1_000_000, through: 1_000_000).isEmpty)
  }

  /// Places and windows are computed; walking from the beginning has to say the same.
  @Test func `places, windows and ends agree with a walk from the beginning`() throws {
    var dice = Dice(seed: 7)
    for _ in 0..<2_000 {
      let recurrence = Mailbox.Recurrence.random(&dice)
      let days = try #require(RecurrenceDays(recurrence))
      let walked = (1...60).compactMap { days.day(at: $0) }
      #expect(zip(walked, walked.dropFirst()).allSatisfy { $0 < $1 }, "\(recurrence)")
      let places = walked.compactMap { days.place(of: $0) }
      #expect(places == Array((1...60).prefix(walked.count)), "\(recurrence)")
      guard let first = walked.first, let last = walked.last else { continue }
      let from = Int64.random(in: first - 3...last + 3, using: &dice)
      let through = Int64.random(in: from...last + 9, using: &dice)
      let inside = days.days(from: from, through: min(through, last))
      #expect(inside == walked.filter { (from...through).contains($0) }, "\(recurrence)")
      let steps = zip(walked, walked.dropFirst()).map { $1 - $0 }
      #expect(steps.allSatisfy { $0 >= days.shortestStep }, "\(recurrence)")
      if walked.count < 60, !days.isEndless { #expect(days.last == last, "\(recurrence)") }
    }
  }

  @Test func `a window centuries after the start costs no more than itself`() throws {
    let recurrence = Mailbox.Recurrence(.daily(interval: 1), .noEnd(start: "1601-01-01"))
    let days = try #require(RecurrenceDays(recurrence))
    let day = Timestamp.daysSince1970(4499, 12, 31)
    #expect((0..<20_000).allSatisfy { _ in days.days(from: day, through: day) == [day] })
    #expect(days.place(of: day) == Int(day - Timestamp.daysSince1970(1601, 1, 1)) + 1)
  }
}

extension Mailbox.Recurrence {
  /// Any pattern and range that Exchange takes, from around 2026.
  static func random(_ dice: inout Dice) -> Mailbox.Recurrence {
    let start = Timestamp.date(Int64.random(in: 20_000...21_500, using: &dice))
    let interval = Int.random(in: 1...5, using: &dice)
    let day = Int.random(in: 1...31, using: &dice)
    let month = Mailbox.Month.allCases[Int.random(in: 0..<12, using: &dice)]
    let kind = Mailbox.DayOfWeek.allCases[Int.random(in: 0..<10, using: &dice)]
    let index = Mailbox.WeekOfMonth.allCases[Int.random(in: 0..<5, using: &dice)]
    let some = Mailbox.Weekday.allCases.filter { _ in Bool.random(using: &dice) }
    let first = Mailbox.Weekday.allCases[Int.random(in: 0..<7, using: &dice)]
    let pattern: Mailbox.RecurrencePattern =
      switch Int.random(in: 0..<6, using: &dice) {
      case 0: .daily(interval: interval)
      case 1: .weekly(interval: interval, days: some.isEmpty ? [first] : some, firstDay: first)
      case 2: .absoluteMonthly(interval: interval, day: day)
      case 3: .relativeMonthly(interval: interval, days: kind, index: index)
      case 4: .absoluteYearly(day: day, month: month)
      default: .relativeYearly(days: kind, index: index, month: month)
      }
    let end = Timestamp.date(Int64.random(in: 21_500...23_000, using: &dice))
    let range: Mailbox.RecurrenceRange =
      switch Int.random(in: 0..<3, using: &dice) {
      case 0: .noEnd(start: start)
      case 1: .endDate(start: start, end: end)
      default: .numbered(start: start, count: Int.random(in: 1...80, using: &dice))
      }
    return Mailbox.Recurrence(pattern, range)
  }
}
