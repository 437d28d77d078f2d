import World
import XML

extension EWSDesk {
  func syncFolderItems(_ mailbox: Mailbox) throws(EWSFault) -> [UInt8] {
    let shape = try ItemShape(operation.child("ItemShape"), isListing: true)
    guard let maximum = operation.child("MaxChangesReturned").flatMap({ Int($0.text.trimmed) }),
      (1...512).contains(maximum)
    else {
      throw .schema(
        "The 'MaxChangesReturned' element is invalid according to its datatype "
          + "'MaxSyncChangesReturnedType'."
      )
    }
    guard let target = operation.child("SyncFolderId")?.children.first else {
      throw .schema("The element 'SyncFolderId' is missing.")
    }
    let writing = ItemWriting(shape: shape, mailbox: mailbox, zones: zones)
    var reply = EWSReply("SyncFolderItems", from: build)
    do throws(EWSRefusal) {
      let page = try page(of: folderID(target, in: mailbox), maximum: maximum, in: mailbox)
      reply.success { writer in
        writer.leaf("m:SyncState", page.state)
        writer.leaf("m:IncludesLastItemInRange", page.includesLast)
        writer.start("m:Changes")
        for change in page.changes {
          switch change {
          case .create(let item):
            writer.start("t:Create")
            writing.write(item, into: &writer)
          case .update(let item):
            writer.start("t:Update")
            writing.write(item, into: &writer)
          case .delete(let id, let changeKey):
            writer.start("t:Delete")
            writer.id("t:ItemId", mailbox.text(of: id), changeKey)
          }
          writer.end()
        }
        writer.end()
      }
    } catch {
      // Clients read both even from an error (`ews.md` 2.4).
      reply.error(error) { writer in
        writer.element("m:SyncState")
        writer.leaf("m:IncludesLastItemInRange", true)
      }
    }
    return reply.finished()
  }

  static var unfollowed: EWSRefusal {
    EWSRefusal("ErrorInvalidOperation", "Public folders can not be synchronized.")
  }

  private func page(
    of folder: Mailbox.FolderID,
    maximum: Int,
    in mailbox: Mailbox
  ) throws(EWSRefusal) -> Mailbox.SyncPage {
    if mailbox.isPublic(folder) { throw Self.unfollowed }
    let state = operation.child("SyncState")?.text.trimmed ?? ""
    if fault == .expiredState, !state.isEmpty {
      throw EWSRefusal(Mailbox.Refusal(.errorInvalidSyncStateData))
    }
    var ignored: Set<Mailbox.ItemID> = []
    for element in operation.child("Ignore")?.children("ItemId") ?? [] {
      ignored.insert(
        try asked { () throws(Mailbox.Refusal) in try mailbox.itemID(element["Id"] ?? "") }
      )
    }
    var page = try asked { () throws(Mailbox.Refusal) in
      try mailbox.sync(
        folder,
        since: state.isEmpty ? nil : state,
        maximum: maximum,
        ignoring: ignored
      )
    }
    if fault == .truncatedListing {
      page.changes.removeLast(page.changes.count - page.changes.count / 2)
      page.state = mailbox.syncState(of: folder)
      page.includesLast = true
    }
    return page
  }
}
