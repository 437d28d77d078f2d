import Recurrence
import SyncModel

/// Between Exchange's patterns and the rules of iCalendar (`ews.md` 4.1–4.3).
extension RecurrencePattern {
  /// The same days as a rule; nil for numbers that no pattern has.
  var rule: RecurrenceRule? {
    switch rhythm {
    case .daily(let interval):
      guard Self.intervals.contains(interval) else { return nil }
      return RecurrenceRule(.daily, interval: interval)
    case .weekly(let interval, let days, let firstDayOfWeek):
      guard Self.intervals.contains(interval), !days.isEmpty else { return nil }
      return RecurrenceRule(
        .weekly,
        interval: interval,
        weekStart: firstDayOfWeek.day,
        days: days.inOrder.map { RecurrenceRule.Day($0.day) }
      )
    case .monthly(let interval, let dayOfMonth):
      guard Self.intervals.contains(interval) else { return nil }
      return RecurrenceRule(.monthly, interval: interval).on(dayOfMonth, in: nil)
    case .monthlyByWeek(let interval, let week, let days):
      guard Self.intervals.contains(interval) else { return nil }
      return RecurrenceRule(.monthly, interval: interval).on(week, days)
    case .yearly(let month, let dayOfMonth):
      guard (1...12).contains(month) else { return nil }
      return RecurrenceRule(.yearly, months: [month]).on(dayOfMonth, in: month)
    case .yearlyByWeek(let month, let week, let days):
      guard (1...12).contains(month) else { return nil }
      return RecurrenceRule(.yearly, months: [month]).on(week, days)
    }
  }

  /// Exchange's own limit is 999; a hundred years of months are 1,200.
  private static let intervals = 1...1_200
}

extension RecurrenceRule {
  /// On a day of the month; where the month is shorter, on its last day, as Exchange does.
  fileprivate func on(_ dayOfMonth: Int, in month: Int?) -> RecurrenceRule? {
    guard (1...31).contains(dayOfMonth) else { return nil }
    var rule = self
    if dayOfMonth <= LocalDate.shortestLength(of: month) {
      rule.monthDays = [dayOfMonth]
    } else if dayOfMonth == 31 {
      rule.monthDays = [-1]
    } else {
      rule.monthDays = Array(28...dayOfMonth)
      rule.positions = [-1]
    }
    return rule
  }

  fileprivate func on(
    _ week: RecurrencePattern.WeekOfMonth,
    _ days: [RecurrencePattern.Weekday]
  ) -> RecurrenceRule? {
    var rule = self
    if days.count == 1 {
      rule.days = days.map { Day($0.day, ordinal: week.ordinal) }
    } else {
      rule.days = days.inOrder.map { Day($0.day) }
      rule.positions = [week.ordinal]
    }
    return days.isEmpty ? nil : rule
  }
}

extension LocalDate {
  /// How many days the month has at least; nil stands for any month.
  static func shortestLength(of month: Int?) -> Int {
    switch month {
    case nil, 2: 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension RecurrencePattern.WeekOfMonth {
  /// -1 is the last.
  var ordinal: Int {
    switch self {
    case .first: 1
    case .second: 2
    case .third: 3
    case .fourth: 4
    case .last: -1
    }
  }
}

extension RecurrencePattern.Weekday {
  var day: RecurrenceRule.Weekday {
    switch self {
    case .sunday: .sunday
    case .monday: .monday
    case .tuesday: .tuesday
    case .wednesday: .wednesday
    case .thursday: .thursday
    case .friday: .friday
    case .saturday: .saturday
    }
  }
}

extension [RecurrencePattern.Weekday] {
  /// Each day once, in the order in which Exchange writes them.
  var inOrder: Self { RecurrencePattern.Weekday.allCases.filter(contains) }
}
