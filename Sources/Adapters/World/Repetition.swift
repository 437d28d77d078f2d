/// How a person says that something repeats, such as `weekly MO,WE until 2026-12-31`.
///
/// A rhythm comes first: `daily`, `weekly DAYS`, `monthly NUMBER`, `monthly WEEK DAY`,
/// `yearly NUMBER MONTH` or `yearly WEEK DAY MONTH`. Then, in any order: `every NUMBER`,
/// `from DAY` (the first day of the week), and `until DATE` or `times NUMBER`.
package struct Repetition: Hashable, Sendable {
  private let pattern: Mailbox.RecurrencePattern
  private let end: End

  private enum End: Hashable {
    case never
    case date(String)
    case times(Int)
  }

  /// Throws `EditProblem` with the sentence for a person.
  package init(_ text: String) throws {
    var words = Words(text)
    let rhythm = words.next() ?? ""
    var day: DayOfMonth?
    var days: [Mailbox.Weekday] = []
    var month: Mailbox.Month?
    switch rhythm {
    case "daily": break
    case "weekly": days = try words.weekdays()
    case "monthly": day = try words.dayOfMonth()
    case "yearly":
      day = try words.dayOfMonth()
      month = try words.month()
    default: throw words.problem("begins with daily, weekly, monthly or yearly")
    }
    var interval = 1
    var firstDay = Mailbox.Weekday.monday
    var end = End.never
    while let word = words.next() {
      switch word {
      case "every": interval = try words.number(1...(rhythm == "daily" ? 999 : 99))
      case "from":
        guard let day = try words.weekdays().first else { throw words.problem("names no day") }
        firstDay = day
      case "until": end = .date(try words.date())
      case "times": end = .times(try words.number(1...999))
      default: throw words.problem("says “\(word)”, which means nothing here")
      }
    }
    self.end = end
    switch (day, month) {
    case (nil, _):
      pattern =
        days.isEmpty
        ? .daily(interval: interval)
        : .weekly(interval: interval, days: days, firstDay: firstDay)
    case (.number(let number)?, nil):
      pattern = .absoluteMonthly(interval: interval, day: number)
    case (.relative(let index, let kind)?, nil):
      pattern = .relativeMonthly(interval: interval, days: kind, index: index)
    case (.number(let number)?, let month?):
      guard interval == 1 else { throw words.problem("is yearly, which knows no “every”") }
      pattern = .absoluteYearly(day: number, month: month)
    case (.relative(let index, let kind)?, let month?):
      guard interval == 1 else { throw words.problem("is yearly, which knows no “every”") }
      pattern = .relativeYearly(days: kind, index: index, month: month)
    }
  }

  /// The recurrence of a series that begins on or after a local date.
  package func recurrence(from date: String) -> Mailbox.Recurrence {
    switch end {
    case .never: Mailbox.Recurrence(pattern, .noEnd(start: date))
    case .date(let last): Mailbox.Recurrence(pattern, .endDate(start: date, end: last))
    case .times(let count): Mailbox.Recurrence(pattern, .numbered(start: date, count: count))
    }
  }
}

private enum DayOfMonth {
  case number(Int)
  case relative(Mailbox.WeekOfMonth, Mailbox.DayOfWeek)
}

/// The words of a repetition, taken one after the other.
private struct Words {
  private let text: String
  private var rest: ArraySlice<String>

  init(_ text: String) {
    self.text = text
    rest = text.lowercased().split(separator: " ").map(String.init)[...]
  }

  mutating func next() -> String? { rest.popFirst() }

  func problem(_ fault: String) -> EditProblem {
    EditProblem("The repetition “\(text)” \(fault). See lockstep-sandbox(1).")
  }

  mutating func number(_ allowed: ClosedRange<Int>) throws -> Int {
    guard let number = next().flatMap({ Int($0) }), allowed.contains(number) else {
      throw problem("wants a number from \(allowed.lowerBound) to \(allowed.upperBound)")
    }
    return number
  }

  mutating func date() throws -> String {
    guard let date = next(), Timestamp.day(date) != nil else {
      throw problem("wants a date such as 2026-12-31")
    }
    return date
  }

  /// Such as `mo,we`.
  mutating func weekdays() throws -> [Mailbox.Weekday] {
    let days = (next() ?? "").split(separator: ",").map { name in
      Mailbox.Weekday.allCases.first { Self.short($0.rawValue, 2) == name }
    }
    guard !days.isEmpty, !days.contains(nil) else { throw problem("wants days such as MO,WE") }
    return days.compactMap(\.self)
  }

  mutating func month() throws -> Mailbox.Month {
    let name = next() ?? ""
    let month = Mailbox.Month.allCases.first { Self.short($0.rawValue, 3) == name.prefix(3) }
    guard let month, month.rawValue.lowercased().hasPrefix(name) else {
      throw problem("wants a month such as feb")
    }
    return month
  }

  /// Such as `31`, `last fr` or `first weekday`.
  mutating func dayOfMonth() throws -> DayOfMonth {
    let word = next() ?? ""
    if let number = Int(word), (1...31).contains(number) { return .number(number) }
    let index = Mailbox.WeekOfMonth.allCases.first { $0.rawValue.lowercased() == word }
    guard let index else { throw problem("wants a day of the month such as 31 or last FR") }
    let name = next() ?? ""
    let kind: Mailbox.DayOfWeek? =
      switch name {
      case "day": .day
      case "weekday": .weekday
      case "weekend": .weekendDay
      default: Mailbox.DayOfWeek.allCases.prefix(7).first { Self.short($0.rawValue, 2) == name }
      }
    guard let kind else { throw problem("wants a day such as FR, day, weekday or weekend") }
    return .relative(index, kind)
  }

  private static func short(_ name: String, _ letters: Int) -> String {
    String(name.lowercased().prefix(letters))
  }
}
