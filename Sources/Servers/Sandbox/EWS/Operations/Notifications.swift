import World
import XML

extension EWSDesk {
  /// Subscriptions are refused with the codes that Exchange has for it.
  func notifications() -> [UInt8] {
    var reply = EWSReply(request.name, from: build)
    switch request.name {
    case "Subscribe":
      reply.error(
        EWSRefusal("ErrorInvalidSubscriptionRequest", "This server takes no subscriptions.")
      )
    case "GetStreamingEvents":
      reply.error(
        EWSRefusal("ErrorSubscriptionNotFound", "The specified subscription was not found.")
      ) { writer in
        writer.start("m:ErrorSubscriptionIds")
        for id in operation.all("SubscriptionId") { writer.leaf("m:SubscriptionId", id.text) }
        writer.end()
        writer.leaf("m:ConnectionStatus", "Closed")
      }
    default:
      reply.error(
        EWSRefusal("ErrorSubscriptionNotFound", "The specified subscription was not found.")
      )
    }
    return reply.finished()
  }
}
