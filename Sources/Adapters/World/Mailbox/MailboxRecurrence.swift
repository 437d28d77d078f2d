extension Mailbox {
  /// How a series repeats: one pattern and one range, the whole model of `ews.md` 4.1.
  package struct Recurrence: Hashable, Codable, Sendable {
    package var pattern: RecurrencePattern
    package var range: RecurrenceRange

    package init(_ pattern: RecurrencePattern, _ range: RecurrenceRange) {
      self.pattern = pattern
      self.range = range
    }
  }

  package enum RecurrencePattern: Hashable, Codable, Sendable {
    case daily(interval: Int)
    /// Without a first day the week begins on Sunday.
    case weekly(interval: Int, days: [Weekday], firstDay: Weekday?)
    case absoluteMonthly(interval: Int, day: Int)
    case relativeMonthly(interval: Int, days: DayOfWeek, index: WeekOfMonth)
    case absoluteYearly(day: Int, month: Month)
    case relativeYearly(days: DayOfWeek, index: WeekOfMonth, month: Month)
  }

  /// Dates are local dates `yyyy-mm-dd` in the zone of the series.
  package enum RecurrenceRange: Hashable, Codable, Sendable {
    case noEnd(start: String)
    /// The end is the last day that may be an occurrence.
    case endDate(start: String, end: String)
    /// Changed and deleted occurrences count.
    case numbered(start: String, count: Int)

    package var start: String {
      switch self {
      case .noEnd(let start), .endDate(let start, _), .numbered(let start, _): start
      }
    }

    func beginning(_ start: String) -> RecurrenceRange {
      switch self {
      case .noEnd: .noEnd(start: start)
      case .endDate(_, let end): .endDate(start: start, end: end)
      case .numbered(_, let count): .numbered(start: start, count: count)
      }
    }
  }

  package enum Weekday: String, Codable, Sendable, CaseIterable {
    case sunday = "Sunday"
    case monday = "Monday"
    case tuesday = "Tuesday"
    case wednesday = "Wednesday"
    case thursday = "Thursday"
    case friday = "Friday"
    case saturday = "Saturday"

    /// The weekday of a day counted since 1970-01-01, a Thursday.
    package init(ofDay day: Int64) {
      self = Self.allCases[Int((day % 7 + 11) % 7)]
    }

    /// Sunday is 0.
    package var number: Int64 {
      switch self {
      case .sunday: 0
      case .monday: 1
      case .tuesday: 2
      case .wednesday: 3
      case .thursday: 4
      case .friday: 5
      case .saturday: 6
      }
    }
  }

  /// What a relative pattern may name: one weekday, or a kind of day.
  package enum DayOfWeek: String, Codable, Sendable, CaseIterable {
    case sunday = "Sunday"
    case monday = "Monday"
    case tuesday = "Tuesday"
    case wednesday = "Wednesday"
    case thursday = "Thursday"
    case friday = "Friday"
    case saturday = "Saturday"
    case day = "Day"
    case weekday = "Weekday"
    case weekendDay = "WeekendDay"

    package func holds(_ weekday: Weekday) -> Bool {
      switch self {
      case .day: true
      case .weekday: weekday != .saturday && weekday != .sunday
      case .weekendDay: weekday == .saturday || weekday == .sunday
      case .sunday, .monday, .tuesday, .wednesday, .thursday, .friday, .saturday:
        rawValue == weekday.rawValue
      }
    }
  }

  /// `DayOfWeekIndex`.
  package enum WeekOfMonth: String, Codable, Sendable, CaseIterable {
    case first = "First"
    case second = "Second"
    case third = "Third"
    case fourth = "Fourth"
    case last = "Last"
  }

  package enum Month: String, Codable, Sendable, CaseIterable {
    case january = "January"
    case february = "February"
    case march = "March"
    case april = "April"
    case may = "May"
    case june = "June"
    case july = "July"
    case august = "August"
    case september = "September"
    case october = "October"
    case november = "November"
    case december = "December"

    /// January is 1.
    package var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
  }
}
