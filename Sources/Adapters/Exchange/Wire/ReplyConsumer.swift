internal import HTTP
internal import SyncModel
internal import XML

/// Takes one HTTP answer as it arrives: SOAP goes into the reader, anything else is only named.
///
/// `@unchecked`: the client calls from one transfer, one call after another, and the session reads
/// the outcome after the transfer has ended.
final class ReplyConsumer<Content: WireContent>: BodyConsumer, @unchecked Sendable {
  private var head: ResponseHead?
  private var reader: ReplyReader<Content>
  private let credential: Credential
  private var parser: XMLPushParser?
  private var received = 0

  /// Without what of the credential the server may repeat.
  init(hiding credential: Credential = .none) {
    self.credential = credential
    reader = ReplyReader(hiding: credential)
  }

  func begin(_ head: ResponseHead) throws {
    self.head = head
    reader = ReplyReader(hiding: credential)
    parser = nil
    received = 0
    if Self.isSOAP(head) { parser = try XMLPushParser(handler: reader) }
  }

  func receive(_ bytes: UnsafeRawBufferPointer) throws {
    received += bytes.count
    try parser?.push(bytes)
  }

  func end() throws {
    if received > 0 { try parser?.finish() }
  }

  struct Outcome {
    let messages: [ResponseMessage<Content>]
    let fault: Fault?
    let version: ServerVersion?
    /// The pause that the header asks for, beside what the envelope says.
    let retryAfter: Duration?

    /// Whether the mailbox is elsewhere, by the whole answer or a part of it (`ews.md` 6.13).
    var saysMoved: Bool {
      fault?.code.cause == .moved || messages.contains { $0.code.cause == .moved }
    }
  }

  /// The response messages, or why there are none.
  func outcome() throws(EWSError) -> Outcome {
    guard let head else { throw .unreadableReply("it had no head") }
    guard head.status == 200 || head.status == 500 else {
      throw .status(head.status, retryAfter: head.retryAfter)
    }
    guard parser != nil, received > 0 else {
      if head.status == 500 { throw .status(500, retryAfter: head.retryAfter) }
      if received == 0 { throw .unreadableReply("it was empty") }
      let type = head.value(of: "Content-Type").map { credential.concealed(in: $0).asServersWords }
      throw .notExchange("a reply of type \(type ?? "unknown")")
    }
    return Outcome(
      messages: reader.messages,
      fault: reader.fault,
      version: reader.serverVersion,
      retryAfter: head.retryAfter
    )
  }

  /// An answer that may carry an envelope: Exchange sends faults with status 500 (`ews.md` 1.9).
  private static func isSOAP(_ head: ResponseHead) -> Bool {
    guard head.status == 200 || head.status == 500 else { return false }
    guard let type = head.value(of: "Content-Type")?.lowercased() else { return true }
    return type.hasPrefix("text/xml") || type.hasPrefix("application/xml")
      || type.hasPrefix("application/soap+xml")
  }
}
