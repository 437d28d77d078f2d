import Recurrence
import Testing

@Suite struct RecurrenceRuleTests {
  private func day(_ text: String) throws -> CalendarDay {
    let parts = text.split(separator: "-").compactMap { Int($0) }
    try #require(parts.count == 3)
    return CalendarDay(year: parts[0], month: parts[1], day: parts[2])
  }

  private func days(_ rule: String, from start: String, _ stretch: String...) throws -> [String] {
    let rule = try #require(RecurrenceRule(rule))
    return try rule.days(from: day(start), in: day(stretch[0])...day(stretch[1])).map {
      "\($0.year)-\($0.month)-\($0.day)"
    }
  }

  @Test(arguments: [
    "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,WE,FR;WKST=SU",
    "FREQ=WEEKLY;INTERVAL=2;WKST=MO", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
    "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", "FREQ=YEARLY;BYDAY=2TU;BYMONTH=11",
    "FREQ=YEARLY;BYDAY=SU,SA;BYMONTH=2;BYSETPOS=4",
  ])
  func `a rule is written as it was read`(text: String) throws {
    #expect(try #require(RecurrenceRule(text)).description == text)
  }

  @Test(arguments: [
    "", "FREQ", "FREQ=", "FREQ=HOURLY", "INTERVAL=2", "FREQ=DAILY;FREQ=WEEKLY",
    "FREQ=DAILY;INTERVAL=two", "FREQ=WEEKLY;BYDAY=MO,XX", "FREQ=MONTHLY;BYDAY=0MO",
    "FREQ=MONTHLY;BYMONTHDAY=1,,2", "FREQ=DAILY;BYHOUR=9", "FREQ=DAILY;COUNT=3",
    "FREQ=DAILY;UNTIL=20260301", "FREQ=WEEKLY;WKST=1",
  ])
  func `what is no rule of days is not read`(text: String) {
    #expect(RecurrenceRule(text) == nil)
  }

  @Test func `days come in order, both ends of the stretch included`() throws {
    #expect(
      try days("FREQ=WEEKLY;BYDAY=TU,SA", from: "2020-1-4", "2026-3-3", "2026-3-14")
        == ["2026-3-3", "2026-3-7", "2026-3-10", "2026-3-14"]
    )
  }

  @Test func `nothing lies before the start, and the start only if it is on the rule`() throws {
    #expect(
      try days("FREQ=MONTHLY;BYMONTHDAY=10", from: "2026-3-11", "2025-1-1", "2026-5-1")
        == ["2026-4-10"]
    )
    #expect(try days("FREQ=DAILY;INTERVAL=2", from: "2026-3-5", "2026-3-1", "2026-3-4") == [])
  }

  /// The weeks of a rule are counted from that of the start; libical by itself would begin two
  /// weeks later here, on 22 March.
  @Test func `weeks are counted from the start's own week`() throws {
    #expect(
      try days("FREQ=WEEKLY;INTERVAL=3;BYDAY=SU;WKST=MO", from: "2026-3-4", "2026-3-1", "2026-4-1")
        == ["2026-3-8", "2026-3-29"]
    )
    #expect(
      try days("FREQ=WEEKLY;INTERVAL=3;BYDAY=SU;WKST=SU", from: "2026-3-4", "2026-3-1", "2026-4-1")
        == ["2026-3-22"]
    )
    #expect(
      try days(
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;WKST=FR",
        from: "2020-4-30",
        "2020-4-30",
        "2020-6-1"
      )
        == ["2020-5-13", "2020-5-27"]
    )
  }

  @Test func `an old start costs nothing and counts still`() throws {
    #expect(
      try days("FREQ=DAILY;INTERVAL=7", from: "1601-1-1", "2400-1-1", "2400-1-9") == ["2400-1-3"]
    )
  }

  @Test func `a rule that nothing follows is refused, and none goes on for ever`() throws {
    let impossible: [RecurrenceRule] = [
      RecurrenceRule(.daily, interval: 0), RecurrenceRule(.weekly, interval: -1),
      RecurrenceRule(.weekly, interval: 0, days: [.init(.monday)]),
      RecurrenceRule(.daily, interval: 40_000), RecurrenceRule(.monthly, monthDays: [45]),
      RecurrenceRule(.yearly, monthDays: [30], months: [2]),
      RecurrenceRule(.yearly, monthDays: [1], months: [13]),
      RecurrenceRule(.monthly, monthDays: [1], positions: [5]),
    ]
    for rule in impossible {
      #expect(throws: CalendarError.refusedRule(rule.description)) {
        try rule.days(from: day("2026-1-1"), in: day("2026-1-1")...day("9999-12-31"))
      }
    }
    let rare = RecurrenceRule(.yearly, interval: 500, monthDays: [1], months: [1])
    let days = try rare.days(from: day("2026-1-1"), in: day("2026-1-1")...day("9999-12-31"))
    #expect(try days == [day("2026-1-1"), day("2526-1-1")])
  }

  @Test func `after the last year of libical there is nothing`() throws {
    #expect(try days("FREQ=DAILY", from: "2026-1-1", "2583-1-1", "2583-1-9") == [])
    #expect(try days("FREQ=WEEKLY;BYDAY=MO", from: "2026-1-1", "2600-1-1", "2600-1-9") == [])
    #expect(try days("FREQ=DAILY", from: "2600-1-1", "2600-1-1", "2600-1-9") == [])
  }

  @Test func `many tasks may expand at the same time`() async throws {
    let rule = RecurrenceRule(.monthly, days: [.init(.friday, ordinal: -1)])
    let start = try day("2019-1-1")
    let stretch = try day("2026-1-1")...day("2027-1-1")
    let expected = try rule.days(from: start, in: stretch)
    #expect(expected.count == 12)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<200 {
        group.addTask { try rule.days(from: start, in: stretch) == expected }
      }
      for try await isSame in group { #expect(isSame) }
    }
  }
}
