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
    let home = operation.child("SavedItemFolderId")?.children.first
    let shape = try ItemShape(EWSDesk.idOnly("ItemShape"), isListing: false)
    let reading = CalendarItemReading(contextZone: request.contextZone, zones: zones)
    var reply = EWSReply("CreateItem", from: build)
    for element in items {
      do throws(EWSRefusal) {
        guard element.name == "CalendarItem" else {
          throw EWSRefusal(
            "ErrorInvalidOperation",
            "This server creates calendar items only, not '\(element.name)'."
          )
        }
        guard let invitations else {
          throw EWSRefusal(
            "ErrorSendMeetingInvitationsRequired",
            "The SendMeetingInvitations attribute is required for calendar items."
          )
        }
        let folder = try home.map { home throws(EWSRefusal) in try folderID(home, in: mailbox) }
        let appointment = try reading.appointment(element)
        let item = try asked { () throws(Mailbox.Refusal) in
          try mailbox.create(
            appointment,
            in: folder ?? mailbox.folderID(.calendar),
            itemClass: element.child("ItemClass")?.text ?? "IPM.Appointment",
            invitations: invitations,
            surroundings(now)
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
