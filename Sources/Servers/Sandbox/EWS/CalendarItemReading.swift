import World
import XML

/// Reads what clients write into a `t:CalendarItem`, as changes to the mailbox's item.
struct CalendarItemReading {
  let contextZone: String?
  let zones: ZoneCatalog

  /// What a create asks for: the UID apart from the rest.
  func appointment(_ element: XMLElement) throws(EWSRefusal) -> Mailbox.Appointment {
    let named = element.child("StartTimeZone") ?? element.child("MeetingTimeZone")
    let startZone = try zone(named) ?? ItemZone(contextZone ?? "UTC")
    let endZone = try zone(element.child("EndTimeZone")) ?? startZone
    guard let start = try instant(element.child("Start"), zone: startZone) else {
      throw EWSRefusal("ErrorCalendarInvalidPropertyValue", "Start and End have to be given.")
    }
    let end = try instant(element.child("End"), zone: endZone)
    var appointment = Mailbox.Appointment("", start: start, end: end ?? start + 1_800)
    (appointment.startZone, appointment.startRules) = (startZone.id, startZone.rules)
    (appointment.endZone, appointment.endRules) = (endZone.id, endZone.rules)
    appointment.uid = element.child("UID")?.text
    for child in element.children where !Self.readApart.contains(child.name) {
      let uri = ItemField.uri(ofChild: child.name) ?? child.name
      for change in try changes(child, uri: uri) {
        ItemReading.apply(change, to: &appointment)
      }
    }
    return appointment
  }

  private static let readApart: Set<String> = [
    "Start", "End", "StartTimeZone", "EndTimeZone", "MeetingTimeZone", "UID", "ItemClass",
  ]

  /// The change that writing this child makes.
  ///
  /// Read-only properties are `ErrorInvalidPropertySet`; `zone` is the one in which times without
  /// designator are read.
  func changes(
    _ child: XMLElement,
    uri: String,
    zone: ItemZone? = nil
  ) throws(EWSRefusal) -> [Mailbox.Change] {
    if let changes = try ItemReading.changes(child, uri: uri) { return changes }
    switch uri {
    case "calendar:Start":
      guard let start = try instant(child, zone: zone) else { throw ItemReading.invalid(uri) }
      return [.start(start)]
    case "calendar:End":
      guard let end = try instant(child, zone: zone) else { throw ItemReading.invalid(uri) }
      return [.end(end)]
    case "calendar:IsAllDayEvent": return [.isAllDay(try ItemReading.flag(child, uri))]
    case "calendar:LegacyFreeBusyStatus": return [.showAs(try ItemReading.value(child, uri))]
    case "calendar:Location": return [.location(child.text)]
    case "calendar:IsResponseRequested":
      return [.isResponseRequested(try ItemReading.flag(child, uri))]
    case "calendar:AllowNewTimeProposal":
      return [.allowsNewTimeProposal(try ItemReading.flag(child, uri))]
    case "calendar:RequiredAttendees": return [.required(attendees(child))]
    case "calendar:OptionalAttendees": return [.optional(attendees(child))]
    case "calendar:Resources": return [.resources(attendees(child))]
    case "calendar:Recurrence": return [.recurrence(try RecurrenceReading.recurrence(child))]
    case "calendar:StartTimeZone":
      let zone = try self.zone(child)
      return [.startZone(zone?.id), .startRules(zone?.rules)]
    case "calendar:EndTimeZone":
      let zone = try self.zone(child)
      return [.endZone(zone?.id), .endRules(zone?.rules)]
    // The form of Exchange 2007, for both ends.
    case "calendar:MeetingTimeZone":
      let zone = try self.zone(child)
      return [
        .startZone(zone?.id), .startRules(zone?.rules), .endZone(zone?.id), .endRules(zone?.rules),
      ]
    case "calendar:ConferenceType", "calendar:MeetingWorkspaceUrl", "calendar:NetShowUrl": return []
    default: throw .property("ErrorInvalidPropertySet", uri)
    }
  }

  /// What deleting a field leaves (`ews.md` 2.8).
  func removal(_ path: Mailbox.PropertyPath) throws(EWSRefusal) -> Mailbox.Change {
    if let change = ItemReading.removal(path) { return change }
    switch path {
    case .field("calendar:Location"): return .location("")
    case .field("calendar:Recurrence"): return .recurrence(nil)
    case .field("calendar:RequiredAttendees"): return .required([])
    case .field("calendar:OptionalAttendees"): return .optional([])
    case .field("calendar:Resources"): return .resources([])
    case .field(let uri), .indexed(let uri, _):
      throw .property("ErrorInvalidPropertyDelete", uri)
    case .extended(let path): return .remove(path)
    }
  }

  /// A Windows id that the server knows; one it does not know needs its rules beside it.
  func zone(_ element: XMLElement?) throws(EWSRefusal) -> ItemZone? {
    guard let element else { return nil }
    let id = element["Id"] ?? element["TimeZoneName"] ?? ""
    if zones.offsets.knows(id) { return ItemZone(id) }
    guard let rules = try ZoneRulesReading.rules(element) else {
      throw EWSRefusal("ErrorCalendarInvalidTimeZone", "The time zone is not valid.")
    }
    return ItemZone(id.isEmpty ? "Customized Time Zone" : id, rules)
  }

  /// Without designator: in `zone`, else in the request's zone, else in UTC (`ews.md` 3.2).
  func instant(_ element: XMLElement?, zone: ItemZone?) throws(EWSRefusal) -> Int64? {
    guard let element else { return nil }
    guard let reading = Timestamp.reading(element.text.trimmed) else {
      throw ItemReading.invalid("calendar:\(element.name)")
    }
    if let offset = reading.offset { return reading.wallClock - Int64(offset) }
    return zones.offsets.knowing(zone?.id, zone?.rules)
      .instant(wallClock: reading.wallClock, in: zone?.id ?? contextZone ?? "UTC")
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
}

/// A zone as an item names it, with rules of its own where the server does not know it.
struct ItemZone: Hashable {
  let id: String
  let rules: ZoneRules?

  init(_ id: String, _ rules: ZoneRules? = nil) {
    self.id = id
    self.rules = rules
  }
}
