import Exchange
import SyncEngine
import SyncModel
import Testing

/// Pauses that stand in a header, alone and beside those of the envelope (`ews.md` 1.5, 1.10).
@Suite struct RetryAfterTests {
  private static let calendar = Fixture.response(
    "GetFolder",
    Fixture.message(
      "GetFolder",
      #"<m:Folders><t:CalendarFolder><t:FolderId Id="FID" ChangeKey="A"/></t:CalendarFolder></m:Folders>"#
    )
  )
  private static let page = "<html><head><title>Service Unavailable</title></head></html>"

  private func page(_ status: Int, _ headers: (String, String)...) -> Reply {
    var reply = Reply.html(Self.page, status: status)
    reply.headers += headers
    return reply
  }

  private func fault(_ code: String, backOff: String? = nil, retryAfter: String) -> Reply {
    let detail = backOff.map {
      """
      <t:MessageXml xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">\
      <t:Value Name="BackOffMilliseconds">\($0)</t:Value></t:MessageXml>
      """
    }
    var reply = Reply.soap(Fixture.fault(code, detail: detail ?? ""), status: 500)
    reply.headers.append(("Retry-After", retryAfter))
    return reply
  }

  @Test(arguments: [429, 500, 502, 503, 504, 507])
  func `a pause in seconds is kept, and nobody knocks meanwhile`(status: Int) async throws {
    let desk = try Desk(page(status, ("Retry-After", "120")), .soap(Self.calendar))
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .retry(after: .seconds(120)))
    #expect(desk.server.asked.count == 1)
    guard status != 507 else { return }
    let early = await failure { try await desk.mailbox.open() }
    #expect(early?.remedy == .retry(after: .seconds(120)))
    #expect(desk.server.asked.count == 1)
    desk.time.pass(.seconds(120))
    #expect(try await desk.mailbox.open().id == FolderID("FID"))
    #expect(desk.time.slept.isEmpty)
  }

  @Test(
    arguments: [
      ("Mon, 23 Nov 2026 16:01:20 GMT", 120), ("Monday, 23-Nov-26 16:01:20 GMT", 120),
      // A clock that is years off would stop the agent for good.
      ("Tue, 23 Nov 2027 16:01:20 GMT", 3_600), ("86400", 3_600),
    ]
  )
  func `a date counts by the server's clock, and nothing counts beyond an hour`(
    value: String,
    seconds: Int
  ) async throws {
    let reply = page(503, ("Date", "Mon, 23 Nov 2026 15:59:20 GMT"), ("Retry-After", value))
    let error = await failure { try await Desk(reply).mailbox.open() }
    #expect(error?.remedy == .retry(after: .seconds(seconds)))
  }

  @Test(arguments: ["Mon, 23 Nov 2026 15:00:00 GMT", "-30", "0"])
  func `a pause that is over is no reason to hammer`(value: String) async throws {
    let reply = page(503, ("Date", "Mon, 23 Nov 2026 15:59:20 GMT"), ("Retry-After", value))
    let desk = try Desk(reply)
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .retry(after: .seconds(60)))
    #expect(desk.server.asked.count == 4)
    #expect(desk.time.slept == [.seconds(1), .seconds(2), .seconds(4)])
  }

  @Test(arguments: [429, 503])
  func `a short pause is waited for, and what was turned away is written then`(
    status: Int
  ) async throws {
    let desk = try Desk(page(status, ("Retry-After", "3")), Wire.written("MoveItem", ("N", "C")))
    let result = try await desk.mailbox.move([ExchangeItemID("O")], to: Fixture.folder)
    #expect(result == [.done(ExchangeItemID("N"), ChangeKey("C"))])
    #expect(desk.time.slept == [.seconds(3)])
  }

  @Test(arguments: [500, 502, 504])
  func `a write that may have been done is not sent again, whatever the header says`(
    status: Int
  ) async throws {
    let desk = try Desk(page(status, ("Retry-After", "3")), Wire.written("MoveItem", ("N", "C")))
    let error = await failure {
      try await desk.mailbox.move([ExchangeItemID("O")], to: Fixture.folder)
    }
    #expect(error?.remedy == .retry(after: .seconds(60)))
    #expect(desk.server.asked.count == 1)
  }

  @Test(arguments: [(401, Remedy.signIn), (403, .stop), (404, .stop), (456, .signIn)])
  func `where a person has to act no header makes it a pause`(
    status: Int,
    remedy: Remedy
  ) async throws {
    let desk = try Desk(page(status, ("Retry-After", "30")))
    #expect(await failure { try await desk.mailbox.open() }?.remedy == remedy)
    #expect(desk.server.asked.count == 1)
  }

  @Test(
    arguments: [
      ("297749", "10", 297_749), ("\r\n  8765\r\n", "1", 8_765),
      ("1000", "120", 120_000), (nil, "90", 90_000),
    ]
      as [(String?, String, Int)]
  )
  func `of the envelope's pause and the header's the longer one counts`(
    backOff: String?,
    header: String,
    milliseconds: Int
  ) async throws {
    let desk = try Desk(fault("ErrorServerBusy", backOff: backOff, retryAfter: header))
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .retry(after: .milliseconds(milliseconds)))
    #expect(desk.server.asked.count == 1)
  }

  @Test(arguments: [("99999999999999", 3_600), ("-5", 0)])
  func `a pause that no server means does not stop the agent for good`(
    backOff: String,
    seconds: Int
  ) async throws {
    let detail = """
      <t:MessageXml xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">\
      <t:Value Name="BackOffMilliseconds">\(backOff)</t:Value></t:MessageXml>
      """
    let desk = try Desk(.soap(Fixture.fault("ErrorServerBusy", detail: detail), status: 500))
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .retry(after: .seconds(seconds)))
    #expect(desk.server.asked.count <= 4)
  }

  @Test(
    arguments: [
      ("ErrorMailboxStoreUnavailable", Remedy.retry(after: .seconds(120))),
      ("ErrorADUnavailable", .retry(after: .seconds(120))), ("ErrorAccountDisabled", .signIn),
      ("ErrorSchemaValidation", .stop),
      ("ErrorMailboxMoveInProgress", .retry(after: .seconds(300))),
    ]
  )
  func `a header counts for a fault that a pause can cure`(
    code: String,
    remedy: Remedy
  ) async throws {
    let desk = try Desk(fault(code, retryAfter: "120"))
    #expect(await failure { try await desk.mailbox.open() }?.remedy == remedy)
    #expect(desk.server.asked.count == 1)
  }

  @Test func `a header beside a busy part of a 200 counts too`() async throws {
    var busy = Reply.soap(
      Fixture.response(
        "GetFolder",
        Fixture.message("GetFolder", "<m:Folders/>", code: "ErrorServerBusy")
      )
    )
    busy.headers.append(("Retry-After", "90"))
    let error = await failure { try await Desk(busy).mailbox.open() }
    #expect(error?.remedy == .retry(after: .seconds(90)))
  }
}
