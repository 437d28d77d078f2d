import World
import XML

extension EWSDesk {
  func syncFolderHierarchy(_ mailbox: Mailbox) throws(EWSFault) -> [UInt8] {
    let shape = try FolderShape(operation.child("FolderShape"))
    let writing = FolderWriting(shape: shape, mailbox: mailbox)
    var reply = EWSReply("SyncFolderHierarchy", from: build)
    do throws(EWSRefusal) {
      let root = try operation.child("SyncFolderId")?.children.first
        .map { element throws(EWSRefusal) in try folderID(element, in: mailbox) }
      if let root, mailbox.isPublic(root) { throw Self.unfollowed }
      let state = operation.child("SyncState")?.text.trimmed ?? ""
      let page = try asked { () throws(Mailbox.Refusal) in
        try mailbox.syncHierarchy(
          root ?? mailbox.folderID(.msgfolderroot),
          since: state.isEmpty ? nil : state
        )
      }
      reply.success { writer in
        writer.leaf("m:SyncState", page.state)
        writer.leaf("m:IncludesLastFolderInRange", true)
        writer.start("m:Changes")
        for change in page.changes {
          switch change {
          case .create(let folder):
            writer.start("t:Create")
            writing.write(folder, into: &writer)
          case .update(let folder):
            writer.start("t:Update")
            writing.write(folder, into: &writer)
          case .delete(let id):
            writer.start("t:Delete")
            writer.start("t:FolderId", [("Id", mailbox.text(of: id))])
            writer.end()
          }
          writer.end()
        }
        writer.end()
      }
    } catch {
      reply.error(error) { writer in
        writer.element("m:SyncState")
        writer.leaf("m:IncludesLastFolderInRange", true)
      }
    }
    return reply.finished()
  }
}
