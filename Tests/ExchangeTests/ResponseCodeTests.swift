import SyncModel
import Testing

@testable import Exchange

@Suite struct ResponseCodeTests {
  /// All codes that `ews.md` 2A lists for what is built, each with its cause.
  @Test func `each code has one cause`() {
    var seen: Set<String> = []
    for cause in ResponseCause.allCases {
      for code in cause.codes {
        #expect(seen.insert(code).inserted, "\(code) is listed twice")
        #expect(ResponseCode(rawValue: code).cause == cause)
      }
    }
    #expect(seen.count > 100)
    #expect(ResponseCode(rawValue: "ErrorOfTomorrow").cause == .unknown)
  }

  @Test func `each cause has a remedy with a sentence`() {
    for cause in ResponseCause.allCases {
      for code in cause.codes {
        let error = EWSError(
          code: ResponseCode(rawValue: code),
          text: "In Exchange's words.",
          details: ErrorDetails()
        )
        #expect(error.description.hasSuffix("."))
        #expect(!error.description.contains("error("))
      }
    }
  }
}

@Suite struct RecurrenceMappingTests {
  @Test(
    arguments: [
      (.dailyRecurrence, "daily(interval: 2)"),
      (.absoluteMonthlyRecurrence, "monthly(interval: 2, dayOfMonth: 31)"),
      (.absoluteYearlyRecurrence, "yearly(month: 2, dayOfMonth: 31)"),
    ] as [(Word, String)]
  )
  func `patterns by day are read`(pattern: Word, expected: String) {
    var wire = WireRecurrence()
    wire.pattern = pattern
    wire.range = .noEndRecurrence
    wire.interval = 2
    wire.dayOfMonth = 31
    wire.month = "February"
    wire.startDate = "2026-03-02Z"
    #expect(RecurrencePattern(wire).map { "\($0.rhythm)" } == expected)
    #expect(RecurrencePattern(wire)?.end == .never)
  }

  @Test(
    arguments: [
      ("Tuesday", [.tuesday]), ("Day", RecurrencePattern.Weekday.allCases),
      ("Weekday", [.monday, .tuesday, .wednesday, .thursday, .friday]),
      ("WeekendDay", [.sunday, .saturday]), ("Saturday Monday", [.monday, .saturday]),
    ] as [(String, [RecurrencePattern.Weekday])]
  )
  func `patterns by weekday are read`(words: String, days: [RecurrencePattern.Weekday]) {
    var wire = WireRecurrence()
    wire.pattern = .relativeYearlyRecurrence
    wire.range = .endDateRecurrence
    wire.daysOfWeek = words
    wire.dayOfWeekIndex = "Last"
    wire.month = "October"
    wire.startDate = "2026-03-02-07:00"
    wire.endDate = "2027-12-31+01:00"
    let read = RecurrencePattern(wire)
    #expect(read?.rhythm == .yearlyByWeek(month: 10, week: .last, days: days))
    #expect(read?.end == .on(LocalDate(year: 2027, month: 12, day: 31)))
    wire.pattern = .relativeMonthlyRecurrence
    #expect(RecurrencePattern(wire)?.rhythm == .monthlyByWeek(interval: 1, week: .last, days: days))
    wire.pattern = .weeklyRecurrence
    #expect(
      RecurrencePattern(wire)?.rhythm == .weekly(interval: 1, days: days, firstDayOfWeek: .sunday)
    )
  }

  @Test func `what is not whole or not known is no pattern`() {
    var wire = WireRecurrence()
    #expect(RecurrencePattern(wire) == nil)
    wire.pattern = .weeklyRecurrence
    wire.range = .noEndRecurrence
    wire.startDate = "2026-03-02"
    #expect(RecurrencePattern(wire) == nil)
    wire.daysOfWeek = "Someday"
    #expect(RecurrencePattern(wire) == nil)
    wire.daysOfWeek = "Monday"
    wire.range = .numberedRecurrence
    #expect(RecurrencePattern(wire) == nil)
    wire.numberOfOccurrences = 5
    #expect(RecurrencePattern(wire)?.end == .after(occurrences: 5))
  }
}
