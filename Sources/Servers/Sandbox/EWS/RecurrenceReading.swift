import World
import XML

/// Reads `t:Recurrence` (`ews.md` 4.1).
enum RecurrenceReading {
  private static let weekdays: Set<String> = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

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
      let days = text(element, "DaysOfWeek").split(separator: " ").map(String.init)
      guard !days.isEmpty, days.allSatisfy({ weekdays.contains($0) }) else {
        throw EWSRefusal(
          "ErrorCalendarInvalidDayForWeeklyRecurrence",
          "Day, Weekday and WeekendDay are not valid in a weekly recurrence."
        )
      }
      return .weekly(
        interval: try number(element, "Interval", 1...99),
        days: days,
        firstDay: element.child("FirstDayOfWeek")?.text
      )
    case "AbsoluteMonthlyRecurrence":
      return .absoluteMonthly(
        interval: try number(element, "Interval", 1...99),
        day: try number(element, "DayOfMonth", 1...31)
      )
    case "RelativeMonthlyRecurrence":
      return .relativeMonthly(
        interval: try number(element, "Interval", 1...99),
        days: text(element, "DaysOfWeek"),
        index: text(element, "DayOfWeekIndex")
      )
    case "AbsoluteYearlyRecurrence":
      return .absoluteYearly(
        day: try number(element, "DayOfMonth", 1...31),
        month: text(element, "Month")
      )
    case "RelativeYearlyRecurrence":
      return .relativeYearly(
        days: text(element, "DaysOfWeek"),
        index: text(element, "DayOfWeekIndex"),
        month: text(element, "Month")
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
      return .endDate(start: start, end: end)
    case "NumberedRecurrence":
      return .numbered(start: start, count: try number(element, "NumberOfOccurrences", 1...999))
    default: throw invalid
    }
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
