import World
import XML

/// What the updates of one item mean, by the item's kind.
struct ItemUpdates {
  private let item: Mailbox.Item
  private let reading: CalendarItemReading
  /// Times without designator are read in the zone that the same request sets, wherever it stands.
  private let startZone: ItemZone?
  private let endZone: ItemZone?

  init(
    _ updates: XMLElement,
    of item: Mailbox.Item,
    _ contextZone: String?,
    _ zones: ZoneCatalog
  ) throws(EWSRefusal) {
    self.item = item
    reading = CalendarItemReading(contextZone: contextZone, zones: zones)
    let appointment = item.appointment
    var start = appointment.startZone.map { ItemZone($0, appointment.startRules) }
    var end = appointment.endZone.map { ItemZone($0, appointment.endRules) } ?? start
    for zone in updates.all("MeetingTimeZone") {
      start = try reading.zone(zone)
      end = start
    }
    for zone in updates.all("StartTimeZone") { start = try reading.zone(zone) }
    for zone in updates.all("EndTimeZone") { end = try reading.zone(zone) }
    startZone = start
    endZone = end
  }

  /// The element that an update of this item has to bring.
  var element: String { item.contact == nil ? "CalendarItem" : "Contact" }

  func removal(_ path: Mailbox.PropertyPath) throws(EWSRefusal) -> Mailbox.Change {
    item.contact == nil ? try reading.removal(path) : try ContactReading.removal(path)
  }

  func changes(
    _ child: XMLElement,
    at path: Mailbox.PropertyPath
  ) throws(EWSRefusal) -> [Mailbox.Change] {
    let uri: String
    switch path {
    case .extended: uri = "item:ExtendedProperty"
    case .field(let name): uri = name
    case .indexed(let name, let index):
      guard item.contact != nil, let dictionary = ContactField.Dictionary(uri: name) else {
        throw .property("ErrorInvalidPropertySet", name)
      }
      return try ContactReading.changes(child, dictionary, index)
    }
    guard item.contact == nil else { return try ContactReading.changes(child, uri: uri) }
    return try reading.changes(child, uri: uri, zone: uri == "calendar:End" ? endZone : startZone)
  }

  func addition(
    _ child: XMLElement,
    at path: Mailbox.PropertyPath
  ) throws(EWSRefusal) -> Mailbox.Change {
    let appointment = item.appointment
    switch path {
    case .field("item:Body"): return .appendedBody(try ItemReading.body(child))
    case .field("calendar:RequiredAttendees"):
      return .required(appointment.required + reading.attendees(child))
    case .field("calendar:OptionalAttendees"):
      return .optional(appointment.optional + reading.attendees(child))
    case .field("calendar:Resources"):
      return .resources(appointment.resources + reading.attendees(child))
    case .field(let uri), .indexed(let uri, _):
      throw .property("ErrorInvalidPropertyAppend", uri)
    case .extended: throw EWSRefusal("ErrorInvalidPropertyAppend", "Append is not possible.")
    }
  }
}
