import World
import XML

extension EWSDesk {
  func getItem(_ mailbox: Mailbox) throws(EWSFault) -> [UInt8] {
    let shape = try ItemShape(operation.child("ItemShape"), isListing: false)
    let writing = ItemWriting(shape: shape, mailbox: mailbox, zones: zones)
    var reply = EWSReply("GetItem", from: build)
    for element in try itemElements() {
      do throws(EWSRefusal) {
        let item = try item(element, in: mailbox)
        if item.contact != nil, let uri = shape.strangeToContacts {
          throw EWSRefusal.property("ErrorInvalidPropertyRequest", uri)
        }
        reply.success { writer in
          writer.start("m:Items")
          writing.write(item, into: &writer)
          writer.end()
        }
      } catch {
        reply.error(error) { $0.element("m:Items") }
      }
    }
    return reply.finished()
  }
}
