import World
import XML

extension ItemWriting {
  /// What `t:CalendarItem` has beyond an item (`ews.md` 3).
  func writeCalendarPart(_ item: Mailbox.Item, into writer: inout XMLWriter) {
    let appointment = item.appointment
    if shape.wants("calendar:UID"), let uid = item.uid { writer.leaf("t:UID", uid) }
    if shape.wants("calendar:RecurrenceId"), let occurrence = item.occurrence {
      writer.leaf("t:RecurrenceId", Timestamp.text(occurrence.originalStart))
    }
    if shape.wants("calendar:DateTimeStamp") {
      writer.leaf("t:DateTimeStamp", Timestamp.text(item.lastModifiedTime))
    }
    if shape.wants("calendar:Start") {
      writer.leaf("t:Start", Timestamp.text(appointment.start))
    }
    if shape.wants("calendar:End") { writer.leaf("t:End", Timestamp.text(appointment.end)) }
    if shape.wants("calendar:OriginalStart"), let occurrence = item.occurrence {
      writer.leaf("t:OriginalStart", Timestamp.text(occurrence.originalStart))
    }
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
    writeSeries(item, into: &writer)
    let zoning = ZoneWriting(zones: zones)
    if shape.wants("calendar:StartTimeZone"), let zone = appointment.startZone {
      zoning.write("t:StartTimeZone", zone, appointment.startRules, into: &writer)
    }
    if shape.wants("calendar:EndTimeZone"), let zone = appointment.endZone {
      zoning.write("t:EndTimeZone", zone, appointment.endRules, into: &writer)
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
    if shape.wants("calendar:IsRecurring") {
      writer.leaf("t:IsRecurring", Self.isRecurring(item))
    }
    if shape.wants("calendar:MeetingRequestWasSent") {
      writer.leaf("t:MeetingRequestWasSent", !item.isOrganizer)
    }
    if shape.wants("calendar:IsResponseRequested") {
      writer.leaf("t:IsResponseRequested", appointment.isResponseRequested)
    }
    if shape.wants("calendar:CalendarItemType") {
      writer.leaf("t:CalendarItemType", item.type.rawValue)
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

  /// Documented bug: false on the organizer's own masters, true on attendees' (`ews.md` 3.1).
  private static func isRecurring(_ item: Mailbox.Item) -> Bool {
    switch item.type {
    case .single: false
    case .occurrence, .exception: true
    case .recurringMaster: !item.isOrganizer
    }
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
