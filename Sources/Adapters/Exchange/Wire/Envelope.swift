internal import HTTP
internal import XML

/// One operation of the protocol: how it is asked, and what a message of its answer carries.
protocol EWSOperation: Sendable {
  associatedtype Content: WireContent
  /// Writes the one element of the body.
  func write(to writer: inout XMLWriter)
  /// How many response messages belong to it.
  var messageCount: Int { get }
  /// Whether asking twice is the same as asking once.
  var isRead: Bool { get }
}

/// What is around an operation: SOAP headers and HTTP headers (`ews.md` 1.4).
struct Envelope {
  let account: EWSAccount
  let version: RequestServerVersion
  /// A GUID by which the server's logs find the request.
  let clientRequestID: String

  func body(_ operation: some EWSOperation) -> [UInt8] {
    var writer = XMLWriter()
    writer.start(
      "s:Envelope",
      [
        ("xmlns:s", "http://schemas.xmlsoap.org/soap/envelope/"),
        ("xmlns:m", "http://schemas.microsoft.com/exchange/services/2006/messages"),
        ("xmlns:t", "http://schemas.microsoft.com/exchange/services/2006/types"),
      ]
    )
    writer.start("s:Header")
    writer.element("t:RequestServerVersion", "", ("Version", version.rawValue))
    if account.impersonates {
      writer.start("t:ExchangeImpersonation")
      writer.start("t:ConnectingSID")
      writer.element("t:PrimarySmtpAddress", account.mailbox)
      writer.end()
      writer.end()
    }
    writer.start("t:TimeZoneContext")
    writer.element("t:TimeZoneDefinition", "", ("Id", "UTC"))
    writer.end()
    writer.end()
    writer.start("s:Body")
    operation.write(to: &writer)
    writer.end()
    writer.end()
    return writer.bytes
  }

  func request(_ operation: some EWSOperation, timeout: Duration) -> HTTPRequest {
    HTTPRequest(
      method: "POST",
      url: account.url,
      headers: [
        HTTPHeader("Content-Type", "text/xml; charset=utf-8"),
        HTTPHeader("Accept", "text/xml"),
        HTTPHeader("X-AnchorMailbox", account.mailbox),
        HTTPHeader("client-request-id", clientRequestID),
        HTTPHeader("return-client-request-id", "true"),
      ],
      body: body(operation),
      credential: account.credential,
      timeout: timeout
    )
  }
}
