import World
import XML

/// Reads what clients write into a `t:CalendarItem`, as changes to the mailbox's item.
struct CalendarItemReading {
  let contextZone: String?
  let zones: ZoneCatalog

  /// What a create asks for: the UID apart from the rest.
  func appointment(_ element: XMLElement) throws(EWSRefusal) -> Mailbox.Appointment {
    let startZone = try zone(element.child("StartTimeZone"))
    let endZone = try zone(element.child("EndTimeZone"))
    let start = try instant(element.child("Start"), zone: startZone)
    let end = try instant(element.child("End"), zone: endZone ?? startZone)
    let first = start ?? 0
    var appointment = Mailbox.Appointment("", start: first, end: end ?? first + 1_800)
    appointment.startZone = startZone ?? contextZone ?? "UTC"
    appointment.endZone = endZone ?? appointment.startZone
    appointment.uid = element.child("UID")?.text
    guard start != nil else {
      throw EWSRefusal("ErrorCalendarInvalidPropertyValue", "Start and End have to be given.")
    }
    for child in element.children
    where !["Start", "End", "StartTimeZone", "EndTimeZone", "UID", "ItemClass"].contains(child.name)
    {
      let uri = ItemField.uri(ofChild: child.name) ?? child.name
      for change in try changes(child, uri: uri) {
        apply(change, to: &appointment)
      }
    }
    return appointment
  }

  /// The change that writing this child makes.
  ///
  /// Read-only properties are `ErrorInvalidPropertySet`; `startZone` is the zone in which times without designator are read.
  func changes(
    _ child: XMLElement,
    uri: String,
    startZone: String? = nil
  ) throws(EWSRefusal) -> [Mailbox.Change] {
    switch uri {
    case "item:Subject": return [.subject(child.text)]
    case "item:Body": return [.body(try body(child))]
    case "item:Sensitivity": return [.sensitivity(try value(child, uri))]
    case "item:Importance": return [.importance(try value(child, uri))]
    case "item:Categories": return [.categories(child.children("String").map(\.text))]
    case "item:ReminderIsSet": return [.reminderIsSet(try flag(child, uri))]
    case "item:ReminderMinutesBeforeStart":
      guard let minutes = Int(child.text.trimmed), (0...2_629_800).contains(minutes) else {
        throw invalid(uri)
      }
      return [.reminderMinutes(minutes)]
    // Written by clients, kept by nobody here.
    case "item:ReminderDueBy", "item:Culture", "item:Flag": return []
    case "item:ExtendedProperty": return [.set(try extended(child))]
    case "calendar:Start":
      guard let start = try instant(child, zone: startZone) else { throw invalid(uri) }
      return [.start(start)]
    case "calendar:End":
      guard let end = try instant(child, zone: startZone) else { throw invalid(uri) }
      return [.end(end)]
    case "calendar:IsAllDayEvent": return [.isAllDay(try flag(child, uri))]
    case "calendar:LegacyFreeBusyStatus": return [.showAs(try value(child, uri))]
    case "calendar:Location": return [.location(child.text)]
    case "calendar:IsResponseRequested": return [.isResponseRequested(try flag(child, uri))]
    case "calendar:AllowNewTimeProposal": return [.allowsNewTimeProposal(try flag(child, uri))]
    case "calendar:RequiredAttendees": return [.required(attendees(child))]
    case "calendar:OptionalAttendees": return [.optional(attendees(child))]
    case "calendar:Resources": return [.resources(attendees(child))]
    case "calendar:Recurrence": return [.recurrence(try RecurrenceReading.recurrence(child))]
    case "calendar:StartTimeZone": return [.startZone(try zone(child))]
    case "calendar:EndTimeZone": return [.endZone(try zone(child))]
    case "calendar:ConferenceType", "calendar:MeetingWorkspaceUrl", "calendar:NetShowUrl": return []
    default: throw .property("ErrorInvalidPropertySet", uri)
    }
  }

  /// What deleting a field leaves (`ews.md` 2.8).
  func removal(_ path: Mailbox.PropertyPath) throws(EWSRefusal) -> Mailbox.Change {
    switch path {
    case .extended(let path): return .remove(path)
    case .indexed(let uri, _): throw .property("ErrorInvalidPropertyDelete", uri)
    case .field(let uri):
      switch uri {
      case "item:Subject": return .subject("")
      case "item:Body": return .body(Mailbox.Body(""))
      case "item:Categories": return .categories([])
      case "item:ReminderIsSet": return .reminderIsSet(false)
      case "item:ReminderMinutesBeforeStart": return .reminderMinutes(0)
      case "calendar:Location": return .location("")
      case "calendar:Recurrence": return .recurrence(nil)
      case "calendar:RequiredAttendees": return .required([])
      case "calendar:OptionalAttendees": return .optional([])
      case "calendar:Resources": return .resources([])
      default: throw .property("ErrorInvalidPropertyDelete", uri)
      }
    }
  }

  func extended(_ element: XMLElement) throws(EWSRefusal) -> Mailbox.ExtendedProperty {
    guard let path = element.child("ExtendedFieldURI") else {
      throw invalid("item:ExtendedProperty")
    }
    let field: ExtendedField
    do throws(EWSFault) { field = try PropertyPathReading.extended(path) } catch {
      throw EWSRefusal("ErrorInvalidExtendedProperty", error.message)
    }
    return try field.property(element)
  }

  /// A Windows id that the server knows; one it does not know needs its definition beside it.
  func zone(_ element: XMLElement?) throws(EWSRefusal) -> String? {
    guard let element else { return nil }
    let id = element["Id"] ?? ""
    if zones.offsets.knows(id) { return id }
    guard element.child("Periods") != nil else {
      throw EWSRefusal("ErrorCalendarInvalidTimeZone", "The time zone is not valid.")
    }
    return id.isEmpty ? "Customized Time Zone" : id
  }

  /// Without designator: in `zone`, else in the request's zone, else in UTC (`ews.md` 3.2).
  func instant(_ element: XMLElement?, zone: String?) throws(EWSRefusal) -> Int64? {
    guard let element else { return nil }
    guard let reading = Timestamp.reading(element.text.trimmed) else {
      throw invalid("calendar:\(element.name)")
    }
    if let offset = reading.offset { return reading.wallClock - Int64(offset) }
    return zones.offsets.instant(wallClock: reading.wallClock, in: zone ?? contextZone ?? "UTC")
  }
}

extension CalendarItemReading {
  func body(_ element: XMLElement) throws(EWSRefusal) -> Mailbox.Body {
    guard let format = Mailbox.Body.Format(rawValue: element["BodyType"] ?? "") else {
      throw invalid("item:Body")
    }
    return Mailbox.Body(element.text, as: format)
  }

  func attendees(_ element: XMLElement) -> [Mailbox.Attendee] {
    element.children("Attendee").map { attendee in
      let mailbox = attendee.child("Mailbox")
      let address = mailbox?.child("EmailAddress")?.text ?? ""
      return Mailbox.Attendee(
        Mailbox.Person(name: mailbox?.child("Name")?.text ?? address, address: address),
        response: attendee.child("ResponseType").flatMap { Mailbox.Response(rawValue: $0.text) }
      )
    }
  }

  private func value<T: RawRepresentable<String>>(
    _ element: XMLElement,
    _ uri: String
  ) throws(EWSRefusal) -> T {
    guard let value = T(rawValue: element.text.trimmed) else { throw invalid(uri) }
    return value
  }

  private func flag(_ element: XMLElement, _ uri: String) throws(EWSRefusal) -> Bool {
    switch element.text.trimmed {
    case "true", "1": return true
    case "false", "0": return false
    default: throw invalid(uri)
    }
  }

  private func invalid(_ uri: String) -> EWSRefusal {
    .property("ErrorInvalidValueForProperty", uri)
  }

  private func apply(_ change: Mailbox.Change, to appointment: inout Mailbox.Appointment) {
    switch change {
    case .subject(let subject): appointment.subject = subject
    case .body(let body): appointment.body = body
    case .sensitivity(let sensitivity): appointment.sensitivity = sensitivity
    case .importance(let importance): appointment.importance = importance
    case .categories(let categories): appointment.categories = categories
    case .reminderIsSet(let isSet): appointment.reminderIsSet = isSet
    case .reminderMinutes(let minutes): appointment.reminderMinutes = minutes
    case .set(let property): appointment.extended.append(property)
    case .isAllDay(let isAllDay): appointment.isAllDay = isAllDay
    case .showAs(let showAs): appointment.showAs = showAs
    case .location(let location): appointment.location = location
    case .required(let attendees): appointment.required = attendees
    case .optional(let attendees): appointment.optional = attendees
    case .resources(let attendees): appointment.resources = attendees
    case .isResponseRequested(let isRequested): appointment.isResponseRequested = isRequested
    case .allowsNewTimeProposal(let allows): appointment.allowsNewTimeProposal = allows
    case .recurrence(let recurrence): appointment.recurrence = recurrence
    // Read apart, before the rest.
    case .start, .end, .startZone, .endZone: break
    // No child of a written item says these.
    case .appendedBody, .remove, .isCancelled, .myResponse, .organizer: break
    }
  }
}

extension String {
  /// Without blanks at both ends.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
