import World
import XML

/// Reads `t:Recurrence` (`ews.md` 4.1).
enum RecurrenceReading {
  static func recurrence(_ element: XMLElement) throws(EWSRefusal) -> Mailbox.Recurrence {
    guard element.children.count == 2 else { throw invalid }
    return Mailbox.Recurrence(try pattern(element.children[0]), try range(element.children[1]))
  }

  private static func pattern(_ element: XMLElement) throws(EWSRefusal) -> Mailbox.RecurrencePattern
  {
    switch element.name {
    case "DailyRecurrence":
      return .daily(interval: try number(element, "Interval", 1...999))
    case "WeeklyRecurrence":
      let names = text(element, "DaysOfWeek").split(whereSeparator: \.isWhitespace)
      let days = names.compactMap { Mailbox.Weekday(rawValue: String($0)) }
      guard !days.isEmpty, days.count == names.count else {
        throw EWSRefusal(
          "ErrorCalendarInvalidDayForWeeklyRecurrence",
          "Day, Weekday and WeekendDay are not valid in a weekly recurrence."
        )
      }
      return .weekly(
        interval: try number(element, "Interval", 1...99),
        days: days,
        firstDay: try element.child("FirstDayOfWeek").map { _ throws(EWSRefusal) in
          try name(element, "FirstDayOfWeek")
        }
      )
    case "AbsoluteMonthlyRecurrence":
      return .absoluteMonthly(
        interval: try number(element, "Interval", 1...99),
        day: try number(element, "DayOfMonth", 1...31)
      )
    case "RelativeMonthlyRecurrence":
      return .relativeMonthly(
        interval: try number(element, "Interval", 1...99),
        days: try name(element, "DaysOfWeek"),
        index: try name(element, "DayOfWeekIndex")
      )
    case "AbsoluteYearlyRecurrence":
      return .absoluteYearly(
        day: try number(element, "DayOfMonth", 1...31),
        month: try name(element, "Month")
      )
    case "RelativeYearlyRecurrence":
      return .relativeYearly(
        days: try name(element, "DaysOfWeek"),
        index: try name(element, "DayOfWeekIndex"),
        month: try name(element, "Month")
      )
    default: throw invalid
    }
  }

  private static func range(_ element: XMLElement) throws(EWSRefusal) -> Mailbox.RecurrenceRange {
    let start = String(text(element, "StartDate").prefix(10))
    guard Timestamp.reading(start) != nil else { throw invalid }
    switch element.name {
    case "NoEndRecurrence": return .noEnd(start: start)
    case "EndDateRecurrence":
      let end = String(text(element, "EndDate").prefix(10))
      guard Timestamp.reading(end) != nil, end >= start else { throw invalid }
      guard end <= "4500-09-01" else {
        throw EWSRefusal("ErrorRecurrenceEndDateTooBig", "The end of the recurrence is too late.")
      }
      return .endDate(start: start, end: end)
    case "NumberedRecurrence":
      return .numbered(start: start, count: try number(element, "NumberOfOccurrences", 1...999))
    default: throw invalid
    }
  }

  private static func name<T: RawRepresentable<String>>(
    _ element: XMLElement,
    _ child: String
  ) throws(EWSRefusal) -> T {
    guard let name = T(rawValue: text(element, child)) else { throw invalid }
    return name
  }

  private static func text(_ element: XMLElement, _ child: String) -> String {
    element.child(child)?.text.trimmed ?? ""
  }

  private static func number(
    _ element: XMLElement,
    _ child: String,
    _ allowed: ClosedRange<Int>
  ) throws(EWSRefusal) -> Int {
    guard let number = Int(text(element, child)), allowed.contains(number) else { throw invalid }
    return number
  }

  private static var invalid: EWSRefusal {
    EWSRefusal("ErrorCalendarInvalidRecurrence", "The recurrence is invalid.")
  }
}
