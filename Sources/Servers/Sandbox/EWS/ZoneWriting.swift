import World
import XML

/// Writes zones as items and the server's list carry them (`ews.md` 3.3).
struct ZoneWriting {
  let zones: ZoneCatalog

  /// Rules stand beside a name only where the item brought them.
  func write(
    _ element: String,
    _ id: String,
    _ rules: ZoneRules?,
    into writer: inout XMLWriter
  ) {
    writer.start(element, [("Id", id), ("Name", rules?.name ?? zones.displayName(id))])
    Self.write(rules, into: &writer)
    writer.end()
  }

  /// The form of Exchange 2007, which newer servers fill with the name alone.
  func writeMeeting(_ id: String, into writer: inout XMLWriter) {
    writer.start("t:MeetingTimeZone", [("TimeZoneName", id)])
    writer.end()
  }

  static func write(_ rules: ZoneRules?, into writer: inout XMLWriter) {
    guard let rules else { return }
    writer.start("t:Periods")
    for period in rules.periods {
      // Biases are positive in the west (`ews.md` 2.12).
      writer.start(
        "t:Period",
        [("Bias", duration(-period.offset)), ("Name", period.name), ("Id", period.id)]
      )
      writer.end()
    }
    writer.end()
    if !rules.groups.isEmpty {
      writer.start("t:TransitionsGroups")
      for group in rules.groups { write(group, into: &writer) }
      writer.end()
    }
    if !rules.steps.isEmpty {
      writer.start("t:Transitions")
      for step in rules.steps { write(step, into: &writer) }
      writer.end()
    }
  }

  private static func write(_ group: ZoneRules.Group, into writer: inout XMLWriter) {
    writer.start("t:TransitionsGroup", [("Id", group.id)])
    if let period = group.always {
      writer.start("t:Transition")
      writer.element("t:To", period, ("Kind", "Period"))
      writer.end()
    }
    for turn in group.turns { write(turn, into: &writer) }
    writer.end()
  }

  private static func write(_ turn: ZoneRules.Turn, into writer: inout XMLWriter) {
    switch turn.day {
    case .weekday: writer.start("t:RecurringDayTransition")
    case .date: writer.start("t:RecurringDateTransition")
    }
    writer.element("t:To", turn.period, ("Kind", "Period"))
    writer.leaf("t:TimeOffset", duration(turn.time))
    writer.leaf("t:Month", turn.month)
    switch turn.day {
    case .weekday(let weekday, let week):
      writer.leaf("t:DayOfWeek", weekday.rawValue)
      writer.leaf("t:Occurrence", week)
    case .date(let day): writer.leaf("t:Day", day)
    }
    writer.end()
  }

  private static func write(_ step: ZoneRules.Step, into writer: inout XMLWriter) {
    writer.start(step.from == nil ? "t:Transition" : "t:AbsoluteDateTransition")
    switch step.target {
    case .group(let id): writer.element("t:To", id, ("Kind", "Group"))
    case .period(let id): writer.element("t:To", id, ("Kind", "Period"))
    }
    if let from = step.from { writer.leaf("t:DateTime", Timestamp.text(from)) }
    writer.end()
  }

  private static func duration(_ seconds: Int) -> String {
    let minutes = abs(seconds) / 60
    var text = seconds < 0 ? "-PT" : "PT"
    if minutes / 60 > 0 || minutes == 0 { text += "\(minutes / 60)H" }
    if minutes % 60 > 0 { text += "\(minutes % 60)M" }
    return text
  }
}
