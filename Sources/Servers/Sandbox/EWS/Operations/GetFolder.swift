import World
import XML

extension EWSDesk {
  func getFolder(_ mailbox: Mailbox) throws(EWSFault) -> [UInt8] {
    let shape = try FolderShape(operation.child("FolderShape"))
    let writing = FolderWriting(shape: shape, mailbox: mailbox)
    var reply = EWSReply("GetFolder", from: build)
    for wanted in try folderIDs("FolderIds", in: mailbox) {
      do throws(EWSRefusal) {
        let id = try wanted.get()
        let folder = try asked { () throws(Mailbox.Refusal) in try mailbox.folder(id) }
        reply.success { writer in
          writer.start("m:Folders")
          writing.write(folder, into: &writer)
          writer.end()
        }
      } catch {
        reply.error(error) { $0.element("m:Folders") }
      }
    }
    return reply.finished()
  }
}
