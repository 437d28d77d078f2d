import World
import XML

extension EWSDesk {
  /// Knows the mailbox's owner and nobody else.
  func resolveNames(_ mailbox: Mailbox) throws(EWSFault) -> [UInt8] {
    guard operation["ReturnFullContactData"] != nil,
      let entry = operation.child("UnresolvedEntry")?.text.trimmed
    else { throw .schema("The required attribute 'ReturnFullContactData' is missing.") }
    var wanted = entry.lowercased()
    if wanted.hasPrefix("smtp:") { wanted.removeFirst(5) }
    let owner = mailbox.owner
    var reply = EWSReply("ResolveNames", from: build)
    guard !wanted.isEmpty,
      owner.address.lowercased().hasPrefix(wanted) || owner.name.lowercased().hasPrefix(wanted)
    else {
      reply.error(EWSRefusal("ErrorNameResolutionNoResults", "No results were found."))
      return reply.finished()
    }
    reply.success { writer in
      writer.start(
        "m:ResolutionSet",
        [("TotalItemsInView", "1"), ("IncludesLastItemInRange", "true")]
      )
      writer.start("t:Resolution")
      writer.start("t:Mailbox")
      writer.leaf("t:Name", owner.name)
      writer.leaf("t:EmailAddress", owner.address)
      writer.leaf("t:RoutingType", "SMTP")
      writer.leaf("t:MailboxType", "Mailbox")
      for _ in 0..<3 { writer.end() }
    }
    return reply.finished()
  }
}
