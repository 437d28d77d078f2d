import World
import XML

extension ItemWriting {
  /// What only a master has: its pattern, its range, and which dates differ from them.
  func writeSeries(_ item: Mailbox.Item, into writer: inout XMLWriter) {
    guard let recurrence = item.appointment.recurrence,
      let series = Mailbox.Series(item, zones.offsets)
    else { return }
    if shape.wants("calendar:Recurrence") {
      writer.start("t:Recurrence")
      writePattern(recurrence.pattern, into: &writer)
      // The zone suffix is a habit of the server's and means nothing (`ews.md` 3.2).
      let suffix = ZoneCatalog.suffix(
        zones.offsets.knowing(item.appointment),
        item.appointment.startZone,
        at: item.appointment.start
      )
      writeRange(recurrence.range, suffix: suffix, into: &writer)
      writer.end()
    }
    if shape.wants("calendar:FirstOccurrence"), let first = series.first {
      writeOccurrence("t:FirstOccurrence", first, into: &writer)
    }
    if shape.wants("calendar:LastOccurrence"), let last = series.last {
      writeOccurrence("t:LastOccurrence", last, into: &writer)
    }
    if shape.wants("calendar:ModifiedOccurrences"), !series.exceptions.isEmpty {
      writer.start("t:ModifiedOccurrences")
      for exception in series.exceptions {
        writeOccurrence("t:Occurrence", exception, into: &writer)
      }
      writer.end()
    }
    if shape.wants("calendar:DeletedOccurrences"), !series.deletedStarts.isEmpty {
      writer.start("t:DeletedOccurrences")
      for start in series.deletedStarts {
        writer.start("t:DeletedOccurrence")
        writer.leaf("t:Start", Timestamp.text(start))
        writer.end()
      }
      writer.end()
    }
    if shape.wants("calendar:MeetingTimeZone"), let zone = item.appointment.startZone {
      ZoneWriting(zones: zones).writeMeeting(zone, into: &writer)
    }
  }

  private func writeOccurrence(
    _ name: String,
    _ item: Mailbox.Item,
    into writer: inout XMLWriter
  ) {
    writer.start(name)
    writer.id("t:ItemId", mailbox.text(of: item.id), mailbox.changeKey(of: item))
    writer.leaf("t:Start", Timestamp.text(item.appointment.start))
    writer.leaf("t:End", Timestamp.text(item.appointment.end))
    let original = item.occurrence?.originalStart ?? item.appointment.start
    writer.leaf("t:OriginalStart", Timestamp.text(original))
    writer.end()
  }

  private func writePattern(
    _ pattern: Mailbox.RecurrencePattern,
    into writer: inout XMLWriter
  ) {
    switch pattern {
    case .daily(let interval):
      writer.start("t:DailyRecurrence")
      writer.leaf("t:Interval", interval)
    case .weekly(let interval, let days, let firstDay):
      writer.start("t:WeeklyRecurrence")
      writer.leaf("t:Interval", interval)
      writer.leaf("t:DaysOfWeek", days.map(\.rawValue).joined(separator: " "))
      writer.leaf("t:FirstDayOfWeek", (firstDay ?? .sunday).rawValue)
    case .absoluteMonthly(let interval, let day):
      writer.start("t:AbsoluteMonthlyRecurrence")
      writer.leaf("t:Interval", interval)
      writer.leaf("t:DayOfMonth", day)
    case .relativeMonthly(let interval, let days, let index):
      writer.start("t:RelativeMonthlyRecurrence")
      writer.leaf("t:Interval", interval)
      writer.leaf("t:DaysOfWeek", days.rawValue)
      writer.leaf("t:DayOfWeekIndex", index.rawValue)
    case .absoluteYearly(let day, let month):
      writer.start("t:AbsoluteYearlyRecurrence")
      writer.leaf("t:DayOfMonth", day)
      writer.leaf("t:Month", month.rawValue)
    case .relativeYearly(let days, let index, let month):
      writer.start("t:RelativeYearlyRecurrence")
      writer.leaf("t:DaysOfWeek", days.rawValue)
      writer.leaf("t:DayOfWeekIndex", index.rawValue)
      writer.leaf("t:Month", month.rawValue)
    }
    writer.end()
  }

  private func writeRange(
    _ range: Mailbox.RecurrenceRange,
    suffix: String,
    into writer: inout XMLWriter
  ) {
    switch range {
    case .noEnd(let start):
      writer.start("t:NoEndRecurrence")
      writer.leaf("t:StartDate", start + suffix)
    case .endDate(let start, let end):
      writer.start("t:EndDateRecurrence")
      writer.leaf("t:StartDate", start + suffix)
      writer.leaf("t:EndDate", end + suffix)
    case .numbered(let start, let count):
      writer.start("t:NumberedRecurrence")
      writer.leaf("t:StartDate", start + suffix)
      writer.leaf("t:NumberOfOccurrences", count)
    }
    writer.end()
  }
}
