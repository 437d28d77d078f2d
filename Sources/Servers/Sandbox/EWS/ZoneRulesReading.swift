import World
import XML

/// Reads the rules of a zone from a `TimeZoneDefinition`, or from the form of Exchange 2007
/// (`ews.md` 3.3).
enum ZoneRulesReading {
  /// Nil where there are none; rules that mean nothing are `ErrorCalendarInvalidTimeZone`.
  static func rules(_ element: XMLElement) throws(EWSRefusal) -> ZoneRules? {
    if element.child("BaseOffset") != nil { return try meetingRules(element) }
    guard let periods = element.child("Periods") else { return nil }
    var read: [ZoneRules.Period] = []
    for period in periods.children("Period") {
      let bias = try duration(period["Bias"])
      read.append(
        ZoneRules.Period(id: period["Id"] ?? "", name: period["Name"] ?? "", offset: -bias)
      )
    }
    var groups: [ZoneRules.Group] = []
    for group in element.child("TransitionsGroups")?.children ?? [] {
      groups.append(try self.group(group))
    }
    var steps: [ZoneRules.Step] = []
    for step in element.child("Transitions")?.children ?? [] {
      steps.append(try self.step(step))
    }
    guard
      let rules = ZoneRules(name: element["Name"], periods: read, groups: groups, steps: steps)
    else { throw invalid }
    return rules
  }

  private static func group(_ element: XMLElement) throws(EWSRefusal) -> ZoneRules.Group {
    var always: String?
    var turns: [ZoneRules.Turn] = []
    for child in element.children {
      let period = child.child("To")?.text.trimmed ?? ""
      switch child.name {
      case "Transition": always = period
      case "RecurringDayTransition":
        guard let weekday = Mailbox.Weekday(rawValue: text(child, "DayOfWeek")),
          let week = Int(text(child, "Occurrence")), week == -1 || (1...4).contains(week)
        else { throw invalidDay }
        turns.append(try turn(child, to: period, .weekday(weekday, week: week)))
      case "RecurringDateTransition":
        guard let day = Int(text(child, "Day")), (1...31).contains(day) else { throw invalidDay }
        turns.append(try turn(child, to: period, .date(day)))
      default: throw invalid
      }
    }
    return ZoneRules.Group(id: element["Id"] ?? "", always: always, turns: turns)
  }

  private static func turn(
    _ element: XMLElement,
    to period: String,
    _ day: ZoneRules.Turn.Day
  ) throws(EWSRefusal) -> ZoneRules.Turn {
    guard let month = Int(text(element, "Month")), (1...12).contains(month) else { throw invalid }
    let time = try duration(text(element, "TimeOffset"))
    return ZoneRules.Turn(period: period, month: month, day: day, time: time)
  }

  private static func step(_ element: XMLElement) throws(EWSRefusal) -> ZoneRules.Step {
    guard let target = element.child("To") else { throw invalid }
    var from: Int64?
    if let date = element.child("DateTime") {
      guard let reading = Timestamp.reading(date.text.trimmed) else { throw invalid }
      from = reading.wallClock - Int64(reading.offset ?? 0)
    }
    switch target["Kind"] {
    case "Group": return ZoneRules.Step(.group(target.text.trimmed), from: from)
    case "Period": return ZoneRules.Step(.period(target.text.trimmed), from: from)
    default: throw invalid
    }
  }

  /// `MeetingTimeZone`: one offset, or a standard and a daylight time with a turn to each.
  private static func meetingRules(_ element: XMLElement) throws(EWSRefusal) -> ZoneRules {
    let base = try duration(element.child("BaseOffset")?.text.trimmed)
    var periods: [ZoneRules.Period] = []
    var turns: [ZoneRules.Turn] = []
    for name in ["Standard", "Daylight"] {
      guard let change = element.child(name) else { continue }
      let bias = base + (try duration(text(change, "Offset")))
      periods.append(ZoneRules.Period(id: name, name: name, offset: -bias))
      guard let pattern = change.child("RelativeYearlyRecurrence"),
        let weekday = Mailbox.Weekday(rawValue: text(pattern, "DaysOfWeek")),
        let index = Mailbox.WeekOfMonth(rawValue: text(pattern, "DayOfWeekIndex")),
        let month = Mailbox.Month(rawValue: text(pattern, "Month"))
      else { throw invalidDay }
      let time = Timestamp.reading("1970-01-01T\(text(change, "Time"))")
      turns.append(
        ZoneRules.Turn(
          period: name,
          month: month.number,
          day: .weekday(weekday, week: index == .last ? -1 : week(index)),
          time: Int(time?.wallClock ?? 0)
        )
      )
    }
    if periods.isEmpty {
      periods = [ZoneRules.Period(id: "Standard", name: "Standard", offset: -base)]
    }
    let group = ZoneRules.Group(
      id: "0",
      always: turns.isEmpty ? periods[0].id : nil,
      turns: turns
    )
    guard
      let rules = ZoneRules(
        name: element["TimeZoneName"],
        periods: periods,
        groups: [group],
        steps: [ZoneRules.Step(.group("0"))]
      )
    else { throw invalid }
    return rules
  }

  private static func week(_ index: Mailbox.WeekOfMonth) -> Int {
    (Mailbox.WeekOfMonth.allCases.firstIndex(of: index) ?? 0) + 1
  }

  /// Seconds of an `xs:duration` of hours, minutes and seconds, such as `-PT1H30M`.
  private static func duration(_ text: String?) throws(EWSRefusal) -> Int {
    guard
      let match = text?.wholeMatch(
        of: /(-)?P(?:0D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?/
      )
    else { throw invalid }
    func number(_ digits: Substring?) -> Int { digits.flatMap { Int($0) } ?? 0 }
    let seconds = number(match.2) * 3_600 + number(match.3) * 60 + number(match.4)
    return match.1 == nil ? seconds : -seconds
  }

  private static func text(_ element: XMLElement, _ child: String) -> String {
    element.child(child)?.text.trimmed ?? ""
  }

  private static var invalid: EWSRefusal {
    EWSRefusal("ErrorCalendarInvalidTimeZone", "The time zone is not valid.")
  }

  private static var invalidDay: EWSRefusal {
    EWSRefusal(
      "ErrorCalendarInvalidDayForTimeChangePattern",
      "The day of a time change has to be one weekday or one date."
    )
  }
}
