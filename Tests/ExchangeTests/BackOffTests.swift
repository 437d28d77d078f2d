import Exchange
import SyncEngine
import SyncModel
import Testing

/// Pauses that Exchange asks for (`ews.md` 1.10, 6.31).
@Suite struct BackOffTests {
  private static let calendar = Fixture.response(
    "GetFolder",
    Fixture.message(
      "GetFolder",
      #"<m:Folders><t:CalendarFolder><t:FolderId Id="FID" ChangeKey="A"/></t:CalendarFolder></m:Folders>"#
    )
  )

  private func busyFault(_ milliseconds: Int) -> Reply {
    .soap(
      Fixture.fault(
        "ErrorServerBusy",
        detail: """
          <t:MessageXml xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">\
          <t:Value Name="BackOffMilliseconds">\(milliseconds)</t:Value></t:MessageXml>
          """
      ),
      status: 500
    )
  }

  @Test func `a long pause is handed on to the millisecond and kept`() async throws {
    let server = try ScriptedExchange { _, number in
      number == 0 ? self.busyFault(297_749) : .soap(Self.calendar)
    }
    let desk = Desk(server)
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .retry(after: .milliseconds(297_749)))
    // Nobody knocks before its end.
    desk.time.pass(.milliseconds(290_000))
    let early = await failure { try await desk.mailbox.open() }
    #expect(early?.remedy == .retry(after: .milliseconds(7_749)))
    #expect(server.asked.count == 1)
    desk.time.pass(.milliseconds(7_749))
    _ = try await desk.mailbox.open()
    #expect(server.asked.count == 2)
    #expect(desk.time.slept.isEmpty)
  }

  @Test func `a short pause is waited for, exactly`() async throws {
    let server = try ScriptedExchange { _, number in
      number == 0 ? self.busyFault(4_321) : .soap(Self.calendar)
    }
    let desk = Desk(server)
    _ = try await desk.mailbox.open()
    #expect(desk.time.slept == [.milliseconds(4_321)])
  }

  @Test func `a pause within a 200 counts too, and its parts are not concatenated (6.31)`()
    async throws
  {
    let message = Fixture.message(
      "GetFolder",
      "<m:Folders/>",
      code: "ErrorServerBusy",
      text: "The server cannot service this request right now.",
      xml: """
        <m:MessageXml><t:Value Name="PolicyName">EwsCpu</t:Value>\
        <t:Value Name="BackOffMilliseconds">178510</t:Value></m:MessageXml>
        """
    )
    let desk = try Desk(.soap(Fixture.response("GetFolder", message)))
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .retry(after: .milliseconds(178_510)))
  }

  @Test func `a busy server behind an internal error is a busy server`() async throws {
    let message = Fixture.message(
      "GetFolder",
      "<m:Folders/>",
      code: "ErrorInternalServerError",
      xml: """
        <m:MessageXml><t:Value Name="InnerErrorMessageText">busy</t:Value>\
        <t:Value Name="InnerErrorResponseCode">ErrorServerBusy</t:Value></m:MessageXml>
        """
    )
    let server = try ScriptedExchange { _, number in
      .soap(number == 0 ? Fixture.response("GetFolder", message) : Self.calendar)
    }
    let desk = Desk(server)
    _ = try await desk.mailbox.open()
    #expect(desk.time.slept == [.seconds(2)])
  }

  @Test func `503 with Retry-After is a pause`() async throws {
    var busy = Reply.html("busy", status: 503)
    busy.headers.append(("Retry-After", "120"))
    let desk = try Desk(busy)
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .retry(after: .seconds(120)))
    #expect(desk.server.asked.count == 1)
    #expect(await failure { try await desk.mailbox.open() }?.remedy == .retry(after: .seconds(120)))
    #expect(desk.server.asked.count == 1)
  }

  @Test func `503 without one is tried a few times and then left`() async throws {
    let desk = try Desk(.html("busy", status: 503))
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .retry(after: .seconds(60)))
    #expect(desk.server.asked.count == 4)
  }

  @Test func `a busy server is not written to twice at once, but the write is not lost`()
    async throws
  {
    let server = try ScriptedExchange { _, number in
      number == 0
        ? self.busyFault(1_500)
        : .soap(
          Fixture.response(
            "MoveItem",
            Fixture.message(
              "MoveItem",
              #"<m:Items><t:CalendarItem><t:ItemId Id="N" ChangeKey="C"/></t:CalendarItem></m:Items>"#
            )
          )
        )
    }
    let desk = Desk(server)
    let result = try await desk.mailbox.move([ExchangeItemID("O")], to: Fixture.folder)
    #expect(result == [.done(ExchangeItemID("N"), ChangeKey("C"))])
    #expect(desk.time.slept == [.milliseconds(1_500)])
  }

  @Test func `transient trouble is tried again for a read, a few times only`() async throws {
    let desk = try Desk(.soap(Fixture.fault("ErrorMailboxStoreUnavailable"), status: 500))
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .retry(after: .seconds(60)))
    #expect(desk.server.asked.count == 4)
  }
}
