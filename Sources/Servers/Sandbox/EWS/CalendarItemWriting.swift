import World
import XML

extension ItemWriting {
  /// What `t:CalendarItem` has beyond an item (`ews.md` 3).
  func writeCalendarPart(_ item: Mailbox.Item, into writer: inout XMLWriter) {
    let appointment = item.appointment
    if shape.wants("calendar:UID"), let uid = item.uid { writer.leaf("t:UID", uid) }
    if shape.wants("calendar:DateTimeStamp") {
      writer.leaf("t:DateTimeStamp", Timestamp.text(item.lastModifiedTime))
    }
    if shape.wants("calendar:Start") {
      writer.leaf("t:Start", Timestamp.text(appointment.start))
    }
    if shape.wants("calendar:End") { writer.leaf("t:End", Timestamp.text(appointment.end)) }
    if shape.wants("calendar:IsAllDayEvent") {
      writer.leaf("t:IsAllDayEvent", appointment.isAllDay)
    }
    if shape.wants("calendar:LegacyFreeBusyStatus") {
      writer.leaf("t:LegacyFreeBusyStatus", appointment.showAs.rawValue)
    }
    if shape.wants("calendar:Location"), !appointment.location.isEmpty {
      writer.leaf("t:Location", shape.shown(appointment.location))
    }
    writeMeeting(item, into: &writer)
    if shape.wants("calendar:Duration") {
      writer.leaf("t:Duration", Self.duration(appointment.end - appointment.start))
    }
    if shape.wants("calendar:TimeZone"), let zone = appointment.startZone {
      writer.leaf("t:TimeZone", zones.displayName(zone))
    }
    if shape.wants("calendar:AppointmentSequenceNumber") {
      writer.leaf("t:AppointmentSequenceNumber", 0)
    }
    if shape.wants("calendar:AppointmentState") {
      let state =
        (appointment.isMeeting ? 1 : 0) + (item.isOrganizer ? 0 : 2)
        + (appointment.isCancelled ? 4 : 0)
      writer.leaf("t:AppointmentState", state)
    }
    writeSeries(appointment, into: &writer)
    if shape.wants("calendar:StartTimeZone"), let zone = appointment.startZone {
      writeZone("t:StartTimeZone", zone, into: &writer)
    }
    if shape.wants("calendar:EndTimeZone"), let zone = appointment.endZone {
      writeZone("t:EndTimeZone", zone, into: &writer)
    }
    if shape.wants("calendar:ConferenceType") { writer.leaf("t:ConferenceType", 0) }
    if shape.wants("calendar:AllowNewTimeProposal") {
      writer.leaf("t:AllowNewTimeProposal", appointment.allowsNewTimeProposal)
    }
    if shape.wants("calendar:IsOnlineMeeting") { writer.leaf("t:IsOnlineMeeting", false) }
    if shape.wants("calendar:StartTimeZoneId"), let zone = appointment.startZone {
      writer.leaf("t:StartTimeZoneId", zone)
    }
    if shape.wants("calendar:EndTimeZoneId"), let zone = appointment.endZone {
      writer.leaf("t:EndTimeZoneId", zone)
    }
    if shape.wants("calendar:IsOrganizer") { writer.leaf("t:IsOrganizer", item.isOrganizer) }
  }

  private func writeMeeting(_ item: Mailbox.Item, into writer: inout XMLWriter) {
    let appointment = item.appointment
    if shape.wants("calendar:IsMeeting") { writer.leaf("t:IsMeeting", appointment.isMeeting) }
    if shape.wants("calendar:IsCancelled") {
      writer.leaf("t:IsCancelled", appointment.isCancelled)
    }
    // Documented bug: false on the organizer's own masters, true on attendees' (`ews.md` 3.1).
    if shape.wants("calendar:IsRecurring") {
      writer.leaf("t:IsRecurring", appointment.recurrence != nil && !item.isOrganizer)
    }
    if shape.wants("calendar:MeetingRequestWasSent") {
      writer.leaf("t:MeetingRequestWasSent", !item.isOrganizer)
    }
    if shape.wants("calendar:IsResponseRequested") {
      writer.leaf("t:IsResponseRequested", appointment.isResponseRequested)
    }
    if shape.wants("calendar:CalendarItemType") {
      writer.leaf("t:CalendarItemType", appointment.type.rawValue)
    }
    if shape.wants("calendar:MyResponseType") {
      writer.leaf("t:MyResponseType", item.myResponse.rawValue)
    }
    if shape.wants("calendar:Organizer") {
      writer.start("t:Organizer")
      writeMailbox(appointment.organizer ?? mailbox.owner, into: &writer)
      writer.end()
    }
    let lists = [
      ("RequiredAttendees", appointment.required), ("OptionalAttendees", appointment.optional),
      ("Resources", appointment.resources),
    ]
    for (name, attendees) in lists where shape.wants("calendar:\(name)") && !attendees.isEmpty {
      writer.start("t:\(name)")
      for attendee in attendees {
        writer.start("t:Attendee")
        writeMailbox(attendee.person, into: &writer)
        writer.leaf("t:ResponseType", (attendee.response ?? .unknown).rawValue)
        writer.end()
      }
      writer.end()
    }
  }

  /// Listings give people by name only (`ews.md` 2.6).
  private func writeMailbox(_ person: Mailbox.Person, into writer: inout XMLWriter) {
    writer.start("t:Mailbox")
    writer.leaf("t:Name", person.name)
    if !shape.isListing {
      writer.leaf("t:EmailAddress", person.address)
      writer.leaf("t:RoutingType", person.address.hasPrefix("/") ? "EX" : "SMTP")
    }
    writer.end()
  }

  private func writeZone(_ name: String, _ zone: String, into writer: inout XMLWriter) {
    writer.start(name, [("Id", zone), ("Name", zones.displayName(zone))])
    writer.end()
  }

  private func writeSeries(_ appointment: Mailbox.Appointment, into writer: inout XMLWriter) {
    guard let recurrence = appointment.recurrence else { return }
    if shape.wants("calendar:Recurrence") {
      writer.start("t:Recurrence")
      writePattern(recurrence.pattern, into: &writer)
      // The zone suffix is a habit of the server's and means nothing (`ews.md` 3.2).
      let suffix = zones.suffix(appointment.startZone, at: appointment.start)
      writeRange(recurrence.range, suffix: suffix, into: &writer)
      writer.end()
    }
    if shape.wants("calendar:DeletedOccurrences"), !appointment.deletedOccurrences.isEmpty {
      writer.start("t:DeletedOccurrences")
      for start in appointment.deletedOccurrences {
        writer.start("t:DeletedOccurrence")
        writer.leaf("t:Start", Timestamp.text(start))
        writer.end()
      }
      writer.end()
    }
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
      writer.leaf("t:DaysOfWeek", days.joined(separator: " "))
      writer.leaf("t:FirstDayOfWeek", firstDay ?? "Sunday")
    case .absoluteMonthly(let interval, let day):
      writer.start("t:AbsoluteMonthlyRecurrence")
      writer.leaf("t:Interval", interval)
      writer.leaf("t:DayOfMonth", day)
    case .relativeMonthly(let interval, let days, let index):
      writer.start("t:RelativeMonthlyRecurrence")
      writer.leaf("t:Interval", interval)
      writer.leaf("t:DaysOfWeek", days)
      writer.leaf("t:DayOfWeekIndex", index)
    case .absoluteYearly(let day, let month):
      writer.start("t:AbsoluteYearlyRecurrence")
      writer.leaf("t:DayOfMonth", day)
      writer.leaf("t:Month", month)
    case .relativeYearly(let days, let index, let month):
      writer.start("t:RelativeYearlyRecurrence")
      writer.leaf("t:DaysOfWeek", days)
      writer.leaf("t:DayOfWeekIndex", index)
      writer.leaf("t:Month", month)
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

  private static func duration(_ seconds: Int64) -> String {
    guard seconds > 0 else { return "PT0S" }
    let (days, hours, minutes, rest) =
      (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60)
    var text = "P"
    if days > 0 { text += "\(days)D" }
    if hours + minutes + rest > 0 { text += "T" }
    if hours > 0 { text += "\(hours)H" }
    if minutes > 0 { text += "\(minutes)M" }
    if rest > 0 { text += "\(rest)S" }
    return text
  }
}
