import World
import XML

extension EWSDesk {
  func deleteFolder(_ mailbox: inout Mailbox, at now: Int64) throws(EWSFault) -> [UInt8] {
    guard let type = Mailbox.DeleteType(rawValue: operation["DeleteType"] ?? "") else {
      throw .schema("The 'DeleteType' attribute is invalid.")
    }
    var reply = EWSReply("DeleteFolder", from: build)
    for wanted in try folderIDs("FolderIds", in: mailbox) {
      do throws(EWSRefusal) {
        let id = try wanted.get()
        try asked { () throws(Mailbox.Refusal) in
          try mailbox.deleteFolder(id, type, at: now)
        }
        reply.success()
      } catch {
        reply.error(error)
      }
    }
    return reply.finished()
  }
}
