import Recurrence
import SyncModel

extension RecurrencePattern {
  /// The pattern that yields exactly what the rule yields; nil where Exchange has none.
  ///
  /// Days that a rule does not name are those of `firstDay`, as RFC 5545 has it. A plain 29, 30 or
  /// 31 leaves months out, which no pattern does, so it is none (`ews.md` 4.2).
  init?(_ rule: RecurrenceRule, firstDay: LocalDate, end: End) {
    guard let rhythm = Rhythm(rule, firstDay: firstDay) else { return nil }
    self.init(rhythm: rhythm, firstDay: firstDay, end: end)
  }
}

extension RecurrencePattern.Rhythm {
  fileprivate init?(_ rule: RecurrenceRule, firstDay: LocalDate) {
    let weekdays = rule.days.compactMap { $0.ordinal == nil ? $0.weekday.patternDay : nil }.inOrder
    let isOfDays = rule.monthDays.isEmpty && rule.months.isEmpty && rule.positions.isEmpty
    let hasWeekdaysOnly = isOfDays && weekdays.count == rule.days.count
    let start = firstDay.parts
    switch rule.frequency {
    case .daily where hasWeekdaysOnly && weekdays.isEmpty:
      self = .daily(interval: rule.interval)
    case .daily where hasWeekdaysOnly && rule.interval == 1,
      .monthly where hasWeekdaysOnly && rule.interval == 1 && !weekdays.isEmpty:
      self = .weekly(interval: 1, days: weekdays, firstDayOfWeek: rule.weekStart.patternDay)
    case .weekly where hasWeekdaysOnly:
      self = .weekly(
        interval: rule.interval,
        days: weekdays.isEmpty ? [firstDay.weekday] : weekdays,
        firstDayOfWeek: rule.weekStart.patternDay
      )
    case .monthly where rule.months.isEmpty:
      guard let place = PlaceInMonth(rule, default: start.day) else { return nil }
      self = place.monthly(interval: rule.interval)
    case .yearly where rule.months.count == 1 || rule.months.isEmpty && rule.days.isEmpty:
      // Without a month a day of the month would mean that day of each month.
      guard !rule.months.isEmpty || rule.monthDays.isEmpty else { return nil }
      let month = rule.months.first ?? start.month
      guard (1...12).contains(month),
        let place = PlaceInMonth(rule, default: start.day, month: month)
      else { return nil }
      if rule.interval == 1 {
        self = place.yearly(month: month)
      } else {
        // Exchange counts years as months, from the month of the first day.
        guard month == start.month, rule.interval <= 100 else { return nil }
        self = place.monthly(interval: rule.interval * 12)
      }
    case .daily, .weekly, .monthly, .yearly:
      return nil
    }
  }
}

/// Where in a month the one day lies that a rule gives it.
private enum PlaceInMonth {
  case day(Int)
  case week(RecurrencePattern.WeekOfMonth, [RecurrencePattern.Weekday])

  init?(_ rule: RecurrenceRule, default day: Int, month: Int? = nil) {
    switch (rule.days.isEmpty, rule.monthDays, rule.positions) {
    case (true, [], []):
      self = .day(day)
    case (true, [-1], []):
      self = .day(31)
    case (true, let days, []) where days.count == 1:
      self = .day(days[0])
    case (true, [28, 29], [-1]):
      self = .day(29)
    case (true, [28, 29, 30], [-1]):
      self = .day(30)
    case (true, [28, 29, 30, 31], [-1]):
      self = .day(31)
    case (false, [], let positions):
      guard let place = Self(rule.days, positions) else { return nil }
      self = place
    default:
      return nil
    }
    let isClamped = rule.monthDays == [-1] || !rule.positions.isEmpty
    if case .day(let day) = self, !isClamped {
      guard (1...LocalDate.shortestLength(of: month)).contains(day) else { return nil }
    }
  }

  private init?(_ days: [RecurrenceRule.Day], _ positions: [Int]) {
    let weekdays = days.map(\.weekday.patternDay).inOrder
    let ordinals = days.compactMap(\.ordinal)
    guard ordinals.count + positions.count == 1, ordinals.isEmpty || days.count == 1,
      let week = RecurrencePattern.WeekOfMonth(ordinal: ordinals.first ?? positions[0])
    else { return nil }
    self = .week(week, weekdays)
  }

  func monthly(interval: Int) -> RecurrencePattern.Rhythm {
    switch self {
    case .day(let day): .monthly(interval: interval, dayOfMonth: day)
    case .week(let week, let days): .monthlyByWeek(interval: interval, week: week, days: days)
    }
  }

  func yearly(month: Int) -> RecurrencePattern.Rhythm {
    switch self {
    case .day(let day): .yearly(month: month, dayOfMonth: day)
    case .week(let week, let days): .yearlyByWeek(month: month, week: week, days: days)
    }
  }
}

extension RecurrencePattern.WeekOfMonth {
  fileprivate init?(ordinal: Int) {
    let all: [Self] = [.first, .second, .third, .fourth, .last]
    guard let week = all.first(where: { $0.ordinal == ordinal }) else { return nil }
    self = week
  }
}

extension RecurrenceRule.Weekday {
  fileprivate var patternDay: RecurrencePattern.Weekday {
    RecurrencePattern.Weekday.allCases.first { $0.day == self } ?? .sunday
  }
}

extension LocalDate {
  /// 1 January 1970 was a Thursday.
  var weekday: RecurrencePattern.Weekday {
    let number = ((Int(daysSince1970) + 4) % 7 + 7) % 7
    return RecurrencePattern.Weekday(rawValue: number) ?? .sunday
  }
}
