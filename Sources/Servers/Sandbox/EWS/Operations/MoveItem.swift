import World
import XML

extension EWSDesk {
  /// MoveItem and CopyItem, which differ in nothing but what is left behind.
  func moveItem(_ mailbox: inout Mailbox, at now: Int64) throws(EWSFault) -> [UInt8] {
    guard let target = operation.child("ToFolderId")?.children.first else {
      throw .schema("The element 'ToFolderId' is missing.")
    }
    let returnsIDs = !["false", "0"].contains(operation.child("ReturnNewItemIds")?.text.trimmed)
    let shape = try ItemShape(EWSDesk.idOnly("ItemShape"), isListing: false)
    var reply = EWSReply(request.name, from: build)
    for element in try itemElements() {
      do throws(EWSRefusal) {
        let folder = try folderID(target, in: mailbox)
        let item = try item(element, in: mailbox)
        let moved = try asked { () throws(Mailbox.Refusal) in
          request.name == "MoveItem"
            ? try mailbox.move(item.id, to: folder, at: now)
            : try mailbox.copy(item.id, to: folder, at: now)
        }
        let writing = ItemWriting(shape: shape, mailbox: mailbox, zones: zones)
        reply.success { writer in
          writer.start("m:Items")
          if returnsIDs { writing.writeID(moved, into: &writer) }
          writer.end()
        }
      } catch {
        reply.error(error) { $0.element("m:Items") }
      }
    }
    return reply.finished()
  }
}
