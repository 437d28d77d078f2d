import World
import XML

extension EWSDesk {
  func createItem(_ mailbox: inout Mailbox, at now: Int64) throws(EWSFault) -> [UInt8] {
    guard let items = operation.child("Items")?.children, !items.isEmpty else {
      throw .schema("The element 'Items' is missing or empty.")
    }
    let invitations = try invitations(
      "SendMeetingInvitations",
      ["SendToNone", "SendOnlyToAll", "SendToAllAndSaveCopy"]
    )
    let shape = try ItemShape(EWSDesk.idOnly("ItemShape"), isListing: false)
    var reply = EWSReply("CreateItem", from: build)
    for element in items {
      do throws(EWSRefusal) {
        let item: Mailbox.Item
        switch element.name {
        case "CalendarItem":
          item = try newAppointment(element, invitations, &mailbox, at: now)
        case "Contact": item = try newContact(element, &mailbox, at: now)
        default:
          throw EWSRefusal(
            "ErrorInvalidOperation",
            "This server creates calendar items and contacts only, not '\(element.name)'."
          )
        }
        let writing = ItemWriting(shape: shape, mailbox: mailbox, zones: zones)
        reply.success { writer in
          writer.start("m:Items")
          writing.writeID(item, into: &writer)
          writer.end()
        }
      } catch {
        reply.error(error) { $0.element("m:Items") }
      }
    }
    return reply.finished()
  }

  private func newAppointment(
    _ element: XMLElement,
    _ invitations: Mailbox.Invitations?,
    _ mailbox: inout Mailbox,
    at now: Int64
  ) throws(EWSRefusal) -> Mailbox.Item {
    guard let invitations else {
      throw EWSRefusal(
        "ErrorSendMeetingInvitationsRequired",
        "The SendMeetingInvitations attribute is required for calendar items."
      )
    }
    let folder = try home(or: .calendar, in: mailbox)
    let appointment = try CalendarItemReading(contextZone: request.contextZone, zones: zones)
      .appointment(element)
    return try asked { () throws(Mailbox.Refusal) in
      try mailbox.create(
        appointment,
        in: folder,
        itemClass: element.child("ItemClass")?.text ?? "IPM.Appointment",
        invitations: invitations,
        surroundings(now)
      )
    }
  }

  private func newContact(
    _ element: XMLElement,
    _ mailbox: inout Mailbox,
    at now: Int64
  ) throws(EWSRefusal) -> Mailbox.Item {
    let folder = try home(or: .contacts, in: mailbox)
    let (contact, head) = try ContactReading.contact(element)
    return try asked { () throws(Mailbox.Refusal) in
      try mailbox.create(
        contact,
        head,
        in: folder,
        itemClass: element.child("ItemClass")?.text ?? "IPM.Contact",
        surroundings(now)
      )
    }
  }

  private func home(
    or place: Mailbox.Place,
    in mailbox: Mailbox
  ) throws(EWSRefusal) -> Mailbox.FolderID {
    guard let home = operation.child("SavedItemFolderId")?.children.first else {
      return mailbox.folderID(place)
    }
    return try folderID(home, in: mailbox)
  }

  /// Whether an attribute lets the server mail attendees; nil without the attribute.
  func invitations(
    _ attribute: String,
    _ allowed: [String]
  ) throws(EWSFault) -> Mailbox.Invitations? {
    guard let value = operation[attribute] else { return nil }
    guard allowed.contains(value) else { throw .schema("The '\(attribute)' attribute is invalid.") }
    return value == "SendToNone" ? .toNone : .toSome
  }
}
