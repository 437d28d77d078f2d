import Exchange
import SyncEngine
import SyncModel
import Testing

/// Traps of `ews.md` section 6 in which Exchange or a server before it rewrites what was written.
@Suite struct RewriteTrapTests {
  @Test func `a body is asked for as text, and a new title sends none back (6.10)`() async throws {
    let body = "<t:Body BodyType=\"Text\" IsTruncated=\"false\">Bring the plan \r\n\r\n</t:Body>"
    let desk = try Desk(
      .soap(Fixture.items(Fixture.appointment(fields: body))),
      Wire.written("UpdateItem", ("AAMkAD=", "CK2"))
    )
    let item = try #require(try await desk.read())
    #expect(item.isTextWhole)
    #expect(item.text.normalised == "Bring the plan")
    #expect(desk.server.asked[0].text.contains("<t:BodyType>Text</t:BodyType>"))
    let edit = ExchangeEdit(id: item.id, expected: item.changeKey, title: "New")
    _ = try await desk.mailbox.update([edit])
    #expect(!Wire.body(desk.server.asked[1]).contains("Body"))
  }

  /// What other clients stored before Exchange checked it.
  @Test func `a title and a place longer than Exchange takes are read whole (6.21)`() async throws {
    let title = String(repeating: "ä", count: 300)
    let place = String(repeating: "ö", count: 1_000)
    let text = Fixture.envelope(
      Fixture.items(
        Fixture.appointment(
          times: """
            <t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>\
            <t:Location>\(place)</t:Location>
            """
        )
      )
    )
    .replacing("<t:Subject>Weekly<", with: "<t:Subject>\(title)<")
    let desk = try Desk(.bytes(Array(text.utf8)))
    let item = try #require(try await desk.read())
    #expect(item.title == title)
    #expect(item.place == place)
  }

  @Test func `a later change time and change key are no other item (6.5, 6.27)`() async throws {
    let made = "<t:DateTimeCreated>2026-02-01T12:00:00Z</t:DateTimeCreated>"
    let before = Fixture.items(Fixture.appointment(fields: made))
    let after = Fixture.items(Fixture.appointment(key: "DwAAABYAAAB=", fields: made))
      .replacing("2026-03-01T12:00:00Z", with: "2026-03-01T12:00:01Z")
    let desk = try Desk(.soap(before), .soap(after))
    let first = try #require(try await desk.read())
    var second = try #require(try await desk.read())
    #expect(second != first)
    second.changeKey = first.changeKey
    second.modified = first.modified
    #expect(second == first)
  }

  @Test func `seconds that Exchange cuts from a time are no other time (6.29)`() async throws {
    let times = "<t:Start>2026-03-02T08:00:37Z</t:Start><t:End>2026-03-02T09:00:59Z</t:End>"
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(times: times))))
    let item = try #require(try await desk.read())
    #expect(item.when.isSameTime(as: Fixture.morning))
  }

  @Test func `a title that Exchange trimmed is the title that was written (6.29)`() async throws {
    let draft = Fixture.draft(Fixture.morning, title: " Weekly \r\n")
    let desk = try Desk(
      Wire.written("CreateItem", ("AAMkAD=", "CK1")),
      .soap(Fixture.items(Fixture.appointment(key: "CK1")))
    )
    _ = try await desk.mailbox.create([draft], in: Fixture.folder)
    let item = try #require(try await desk.read())
    #expect(item.title.normalised == draft.title.normalised)
  }

  /// A reply of a proxy or an older server: its own namespaces, under no prefix.
  @Test func `an envelope without prefixes is the same envelope (6.32)`() async throws {
    let text = """
      <?xml version="1.0" encoding="utf-8"?>\
      <Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>\
      <GetItemResponse xmlns="http://schemas.microsoft.com/exchange/services/2006/messages">\
      <ResponseMessages><GetItemResponseMessage ResponseClass="Success">\
      <ResponseCode>NoError</ResponseCode><Items>\
      <CalendarItem xmlns="http://schemas.microsoft.com/exchange/services/2006/types">\
      <ItemId Id="AAMkAD=" ChangeKey="CK"/><Subject>Weekly</Subject>\
      <Start>2026-03-02T08:00:00Z</Start><End>2026-03-02T09:00:00Z</End>\
      <CalendarItemType>Single</CalendarItemType></CalendarItem></Items>\
      </GetItemResponseMessage></ResponseMessages></GetItemResponse></Body></Envelope>
      """
    let desk = try Desk(.bytes(Array(text.utf8)))
    #expect(try await desk.read()?.title == "Weekly")
  }

  @Test func `a pause stands between blanks, too (6.31)`() async throws {
    let detail = """
      <t:MessageXml xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">\r\n  \
      <t:Value Name="BackOffMilliseconds">\r\n    61000\r\n  </t:Value>\r\n</t:MessageXml>
      """
    let desk = try Desk(.soap(Fixture.fault("ErrorServerBusy", detail: detail), status: 500))
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .retry(after: .seconds(61)))
  }

  /// Somebody else's meeting: who called it, what was answered, and that it was called off.
  @Test(
    arguments: [
      ("Organizer", MeetingResponse.organizer), ("Accept", .accepted), ("Decline", .declined),
      ("Tentative", .tentative), ("NoResponseReceived", .notReceived), ("Unknown", .unknown),
    ]
  )
  func `an attendee's copy is known as a meeting, with what was answered (6.16)`(
    word: String,
    response: MeetingResponse
  ) async throws {
    let times = """
      <t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>\
      <t:IsMeeting>true</t:IsMeeting><t:IsCancelled>true</t:IsCancelled>\
      <t:MyResponseType>\(word)</t:MyResponseType><t:Organizer><t:Mailbox><t:Name>A dispatcher\
      </t:Name><t:EmailAddress>dispatcher@example.com</t:EmailAddress><t:RoutingType>SMTP\
      </t:RoutingType></t:Mailbox></t:Organizer>
      """
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(times: times))))
    let item = try #require(try await desk.read())
    #expect(item.isMeeting && item.isCancelled)
    #expect(item.response == response)
    #expect(item.organizer == Person(name: "A dispatcher", address: "dispatcher@example.com"))
  }
}
