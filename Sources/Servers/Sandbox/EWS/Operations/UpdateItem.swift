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
        guard invitations != nil || !before.isAppointment else {
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
            invitations: invitations ?? .toNone,
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
    let writer = try ItemUpdates(updates, of: item, request.contextZone, zones)
    var changes: [Mailbox.Change] = []
    for update in updates.children {
      let path = try path(of: update)
      switch update.name {
      case "DeleteItemField": changes.append(try writer.removal(path))
      case "SetItemField":
        let child = try property(of: update, at: path, element: writer.element)
        changes += try writer.changes(child, at: path)
      case "AppendToItemField":
        let child = try property(of: update, at: path, element: writer.element)
        changes.append(try writer.addition(child, at: path))
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
    at path: Mailbox.PropertyPath,
    element: String
  ) throws(EWSRefusal) -> XMLElement {
    guard update.children.count == 2, update.children[1].name == element else {
      throw Self.mismatch
    }
    switch path {
    case .indexed(let uri, _):
      guard let dictionary = ContactField.Dictionary(uri: uri) else {
        throw .property("ErrorInvalidPropertySet", uri)
      }
      return try onlyChild(of: update, named: dictionary.element)
    case .field(let uri):
      guard let colon = uri.firstIndex(of: ":") else { throw Self.mismatch }
      return try onlyChild(of: update, named: String(uri[uri.index(after: colon)...]))
    case .extended(let path):
      let child = try onlyChild(of: update, named: "ExtendedProperty")
      guard try ItemReading.extended(child).path == path else { throw Self.mismatch }
      return child
    }
  }
}
