import World
import XML

extension EWSDesk {
  func updateItem(_ mailbox: inout Mailbox, at now: Int64) throws(EWSFault) -> [UInt8] {
    let changes = operation.child("ItemChanges")?.children("ItemChange") ?? []
    guard !changes.isEmpty else { throw .schema("The element 'ItemChanges' is missing or empty.") }
    guard
      let conflict = Mailbox.ConflictResolution(rawValue: operation["ConflictResolution"] ?? "")
    else { throw .schema("The 'ConflictResolution' attribute is invalid.") }
    let invitations = try invitations(
      "SendMeetingInvitationsOrCancellations",
      [
        "SendToNone", "SendOnlyToAll", "SendOnlyToChanged", "SendToAllAndSaveCopy",
        "SendToChangedAndSaveCopy",
      ]
    )
    let shape = try ItemShape(EWSDesk.idOnly("ItemShape"), isListing: false)
    var reply = EWSReply("UpdateItem", from: build)
    for change in changes {
      guard let target = change.children.first, let updates = change.child("Updates") else {
        throw .schema("The element 'ItemChange' has incomplete content.")
      }
      do throws(EWSRefusal) {
        let before = try item(target, in: mailbox)
        guard let invitations else {
          throw EWSRefusal(
            "ErrorSendMeetingInvitationsOrCancellationsRequired",
            "The SendMeetingInvitationsOrCancellations attribute is required for calendar items."
          )
        }
        let wanted = try itemChanges(updates, of: before)
        let after = try asked { () throws(Mailbox.Refusal) in
          try mailbox.update(
            before.id,
            wanted,
            changeKey: target["ChangeKey"].flatMap { $0.isEmpty ? nil : $0 },
            conflict: conflict,
            invitations: invitations,
            surroundings(now)
          )
        }
        let writing = ItemWriting(shape: shape, mailbox: mailbox, zones: zones)
        reply.success { writer in
          writer.start("m:Items")
          writing.writeID(after, into: &writer)
          writer.end()
          writer.start("m:ConflictResults")
          writer.leaf("t:Count", 0)
          writer.end()
        }
      } catch {
        reply.error(error) { $0.element("m:Items") }
      }
    }
    return reply.finished()
  }

  private func itemChanges(
    _ updates: XMLElement,
    of item: Mailbox.Item
  ) throws(EWSRefusal) -> [Mailbox.Change] {
    let reading = CalendarItemReading(contextZone: request.contextZone, zones: zones)
    // Times without designator are read in the zone that the same request sets, wherever it stands.
    var startZone = item.appointment.startZone
    var endZone = item.appointment.endZone ?? startZone
    for zone in updates.all("StartTimeZone") { startZone = try reading.zone(zone) }
    for zone in updates.all("EndTimeZone") { endZone = try reading.zone(zone) }
    var changes: [Mailbox.Change] = []
    for update in updates.children {
      let path = try path(of: update)
      switch update.name {
      case "DeleteItemField": changes.append(try reading.removal(path))
      case "SetItemField":
        let (child, uri) = try property(of: update, at: path)
        let zone = uri == "calendar:End" ? endZone : startZone
        changes += try reading.changes(child, uri: uri, startZone: zone)
      case "AppendToItemField":
        let (child, uri) = try property(of: update, at: path)
        changes.append(try addition(child, uri, to: item, reading))
      default:
        throw EWSRefusal("ErrorInvalidRequest", "'\(update.name)' is no update.")
      }
    }
    return changes
  }

  private func path(of update: XMLElement) throws(EWSRefusal) -> Mailbox.PropertyPath {
    do throws(EWSFault) {
      guard let first = update.children.first else { throw EWSFault.schema("An update is empty.") }
      return try PropertyPathReading.path(first)
    } catch {
      throw EWSRefusal(error.code, error.message)
    }
  }

  /// The one property inside an update, which has to be the one its path names.
  private func property(
    of update: XMLElement,
    at path: Mailbox.PropertyPath
  ) throws(EWSRefusal) -> (XMLElement, String) {
    guard update.children.count == 2, update.children[1].name == "CalendarItem" else {
      throw Self.mismatch
    }
    switch path {
    case .indexed(let uri, _): throw .property("ErrorInvalidPropertySet", uri)
    case .field(let uri):
      guard let colon = uri.firstIndex(of: ":") else { throw Self.mismatch }
      let name = String(uri[uri.index(after: colon)...])
      let child = try onlyChild(of: update, named: name)
      if uri == "calendar:UID" { throw .property("ErrorInvalidPropertySet", uri) }
      return (child, uri)
    case .extended(let path):
      let child = try onlyChild(of: update, named: "ExtendedProperty")
      let property = try CalendarItemReading(contextZone: nil, zones: zones).extended(child)
      guard property.path == path else { throw Self.mismatch }
      return (child, "item:ExtendedProperty")
    }
  }

  private func addition(
    _ child: XMLElement,
    _ uri: String,
    to item: Mailbox.Item,
    _ reading: CalendarItemReading
  ) throws(EWSRefusal) -> Mailbox.Change {
    let appointment = item.appointment
    switch uri {
    case "item:Body": return .appendedBody(try reading.body(child))
    case "calendar:RequiredAttendees":
      return .required(appointment.required + reading.attendees(child))
    case "calendar:OptionalAttendees":
      return .optional(appointment.optional + reading.attendees(child))
    case "calendar:Resources": return .resources(appointment.resources + reading.attendees(child))
    default: throw .property("ErrorInvalidPropertyAppend", uri)
    }
  }
}
