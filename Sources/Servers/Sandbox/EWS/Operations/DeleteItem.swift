import World
import XML

extension EWSDesk {
  func deleteItem(_ mailbox: inout Mailbox, at now: Int64) throws(EWSFault) -> [UInt8] {
    guard let type = Mailbox.DeleteType(rawValue: operation["DeleteType"] ?? "") else {
      throw .schema("The 'DeleteType' attribute is invalid.")
    }
    let cancellations = try invitations(
      "SendMeetingCancellations",
      ["SendToNone", "SendOnlyToAll", "SendToAllAndSaveCopy"]
    )
    var reply = EWSReply("DeleteItem", from: build)
    for element in try itemElements() {
      do throws(EWSRefusal) {
        let item = try item(element, in: mailbox)
        guard cancellations != nil || !item.isAppointment else {
          throw EWSRefusal(
            "ErrorSendMeetingCancellationsRequired",
            "The SendMeetingCancellations attribute is required for calendar items."
          )
        }
        try asked { () throws(Mailbox.Refusal) in
          _ = try mailbox.delete(item.id, type, cancellations: cancellations ?? .toNone, at: now)
        }
        reply.success()
      } catch {
        reply.error(error)
      }
    }
    return reply.finished()
  }
}
