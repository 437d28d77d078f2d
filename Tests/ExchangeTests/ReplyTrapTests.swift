import Exchange
import HTTP
import SyncEngine
import SyncModel
import Testing

/// Traps of `ews.md` sections 1 and 6 that stand around the items: status, type, envelope, faults.
@Suite struct ReplyTrapTests {
  private static let calendar = Fixture.response(
    "GetFolder",
    Fixture.message(
      "GetFolder",
      """
      <m:Folders><t:CalendarFolder><t:FolderId Id="FID" ChangeKey="AgAAABYAAAA="/>\
      <t:ParentFolderId Id="ROOT" ChangeKey="AQAAAA=="/><t:FolderClass>IPF.Appointment</t:FolderClass>\
      <t:DisplayName>Calendar</t:DisplayName><t:TotalCount>3</t:TotalCount>\
      <t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" \
      PropertyName="x-lockstep-folder" PropertyType="String"/><t:Value>lockstep1;42;7;agent;12;desk\
      </t:Value></t:ExtendedProperty><t:EffectiveRights><t:CreateAssociated>true</t:CreateAssociated>\
      <t:CreateContents>true</t:CreateContents><t:CreateHierarchy>true</t:CreateHierarchy>\
      <t:Delete>true</t:Delete><t:Modify>true</t:Modify><t:Read>true</t:Read></t:EffectiveRights>\
      </t:CalendarFolder></m:Folders>
      """
    )
  )

  @Test func `the calendar is found with its count, rights, mark and server`() async throws {
    let desk = try Desk(.soap(Self.calendar))
    let folder = try await desk.mailbox.open()
    #expect(
      folder
        == CalendarFolder(
          mailbox: MailboxID("technician@example.com"),
          id: FolderID("FID"),
          itemCount: 3,
          canWrite: true,
          mark: FolderMark(
            tenant: TenantID(42),
            resource: ResourceID(7),
            agent: AgentID("agent"),
            machine: "desk",
            run: RunID(12)
          ),
          server: "Exchange 2019 (15.2.1118.40)"
        )
    )
    #expect(await desk.mailbox.requests == 1)
    let headers = try #require(desk.server.asked.first?.headers)
    #expect(headers["x-anchormailbox"] == "Technician@Example.com")
    #expect(headers["content-type"] == "text/xml; charset=utf-8")
    #expect(headers["client-request-id"]?.count == 36)
    #expect(headers["return-client-request-id"] == "true")
    #expect(headers["expect"] == nil)
    #expect(headers["transfer-encoding"] == nil)
    #expect(headers["user-agent"]?.isEmpty == false)
    #expect(desk.server.asked[0].text.contains(#"<t:TimeZoneDefinition Id="UTC"/>"#))
    #expect(desk.server.asked[0].text.contains(#"Version="Exchange2013_SP1"/>"#))
  }

  @Test func `a folder without a mark or rights says so, whatever its element`() async throws {
    let text = """
      <m:Folders><t:Folder><t:FolderId Id="FID" ChangeKey="A"/><t:FolderClass>IPF.Appointment\
      </t:FolderClass><t:EffectiveRights><t:CreateContents>false</t:CreateContents>\
      <t:Modify>false</t:Modify></t:EffectiveRights></t:Folder></m:Folders>
      """
    let desk = try Desk(
      .soap(Fixture.response("GetFolder", Fixture.message("GetFolder", text)))
    )
    let folder = try await desk.mailbox.open()
    #expect(!folder.canWrite)
    #expect(folder.mark == nil)
  }

  @Test(
    arguments: [
      (401, Remedy.signIn), (403, .stop), (404, .stop), (405, .stop), (407, .stop), (411, .stop),
      (413, .stop),
      (440, .signIn), (449, .signIn), (456, .signIn), (457, .signIn), (400, .stop), (302, .stop),
      (502, .retry(after: .seconds(60))), (504, .retry(after: .seconds(60))),
      (507, .retry(after: .seconds(3_600))),
    ]
  )
  func `each status has its remedy (1.5)`(status: Int, remedy: Remedy) async throws {
    let desk = try Desk(.html("<html>no</html>", status: status))
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == remedy)
    #expect(error.map { "\($0)".isEmpty } == false)
  }

  @Test func `a web page where EWS should be is no Exchange (6.2)`() async throws {
    let desk = try Desk(.html("<!DOCTYPE html><html><body>Sign in</body></html>"))
    let error = await failure { try await desk.mailbox.open() }
    guard case .notExchange = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.remedy == .stop)
  }

  @Test func `the same page after EWS had answered is an outage (1.5, 6.22)`() async throws {
    let desk = try Desk(.soap(Self.calendar), .html("<html>genericerrorpage</html>"))
    _ = try await desk.mailbox.open()
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .retry(after: .seconds(300)))
  }

  /// Exchange's own error page comes by a redirect; asked again, the server mostly answers.
  @Test func `a redirect to the error page after EWS had answered is an outage (1.5, 6.22)`()
    async throws
  {
    let server = try ScriptedExchange { _, number in
      guard number > 0 else { return .soap(Self.calendar) }
      guard number == 1 else { return .html("<html>Sorry</html>") }
      var moved = Reply.html("", status: 302)
      moved.headers.append(
        ("Location", "/EWS/genericerrorpage.htm?aspxerrorpath=/EWS/Exchange.asmx")
      )
      return moved
    }
    let desk = Desk(server)
    _ = try await desk.mailbox.open()
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .retry(after: .seconds(300)))
  }

  @Test func `XML of another kind is no Exchange`() async throws {
    let desk = try Desk(.bytes(Array("<rss version=\"2.0\"/>".utf8)))
    let error = await failure { try await desk.mailbox.open() }
    guard case .notExchange = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `an application error page is tried again (1.5)`() async throws {
    let desk = try Desk(
      .html("<html>Server Error in '/EWS' Application.</html>", status: 500),
      .soap(Self.calendar)
    )
    #expect(try await desk.mailbox.open().id == FolderID("FID"))
    #expect(desk.time.slept == [.milliseconds(1000)])
  }

  @Test func `an empty 200 is tried again, and is never an empty calendar`() async throws {
    let once = try Desk(.bytes([]), .soap(Self.calendar))
    #expect(try await once.mailbox.open().id == FolderID("FID"))
    let always = try Desk(.bytes([]))
    let error = await failure { try await always.mailbox.open() }
    #expect(error?.remedy == .retry(after: .seconds(60)))
    #expect(always.server.asked.count == 4)
  }

  @Test func `a reply that is cut anywhere is never taken for a whole one (6.1, 6.22)`()
    async throws
  {
    let whole = Array(Fixture.envelope(Self.calendar).utf8)
    for length in stride(from: 1, to: whole.count, by: 97) {
      let honest = try Desk(.bytes(Array(whole[..<length])), .soap(Self.calendar))
      #expect(try await honest.mailbox.open().id == FolderID("FID"))
      #expect(honest.server.asked.count == 2)
    }
    var cut = Reply.soap(Self.calendar)
    cut.cutAfter = 300
    let torn = try Desk(cut, .soap(Self.calendar))
    #expect(try await torn.mailbox.open().id == FolderID("FID"))
  }

  @Test func `a connection that is dropped is tried again for a read`() async throws {
    let desk = try Desk(Reply(isDropped: true), .soap(Self.calendar))
    #expect(try await desk.mailbox.open().id == FolderID("FID"))
  }

  @Test func `a DOCTYPE and its entities are refused`() async throws {
    let text = """
      <?xml version="1.0"?><!DOCTYPE s:Envelope [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>\
      <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>&b;</s:Body></s:Envelope>
      """
    let desk = try Desk(.bytes(Array(text.utf8)))
    let error = await failure { try await desk.mailbox.open() }
    guard case .unreadableReply(let why) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(why.contains("DOCTYPE"))
  }

  @Test func `deep nesting is refused`() async throws {
    let text = String(repeating: "<a>", count: 5_000) + String(repeating: "</a>", count: 5_000)
    let desk = try Desk(.soap(text))
    guard case .unreadableReply = await failure({ try await desk.mailbox.open() }) else {
      Issue.record("deep nesting was read")
      return
    }
  }

  @Test func `an answer to fewer ids than were asked for is no answer`() async throws {
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(id: "A"))))
    let readings = try await desk.mailbox.items(
      [ExchangeItemID("A"), ExchangeItemID("B")],
      in: Fixture.folder
    )
    // Taken apart, each is asked for alone, and the server then answers each.
    #expect(readings.count == 2)
    #expect(desk.server.asked.last?.itemIDs.count == 1)
  }

  @Test func `a sign-in that was refused is not tried again`() async throws {
    let desk = try Desk(Reply(status: 401, headers: [("WWW-Authenticate", "Basic realm=\"x\"")]))
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .signIn)
    #expect(await desk.mailbox.requests == 1)
  }

  @Test func `a 401 after a sign-in that worked gets one more try (6.22)`() async throws {
    let refusal = Reply(status: 401, headers: [("WWW-Authenticate", "Basic realm=\"x\"")])
    let server = try ScriptedExchange { _, number in
      number == 1 ? refusal : .soap(Self.calendar)
    }
    let desk = Desk(server)
    _ = try await desk.mailbox.open()
    _ = try await desk.mailbox.open()
    #expect(desk.time.slept == [.seconds(1)])
    let locked = try ScriptedExchange { _, number in
      number == 0 ? .soap(Self.calendar) : refusal
    }
    let other = Desk(locked)
    _ = try await other.mailbox.open()
    #expect(await failure { try await other.mailbox.open() }?.remedy == .signIn)
    #expect(await other.mailbox.requests == 3)
  }

  @Test func `a log-in of a page that ran out is left behind with its cookie (1.5)`() async throws {
    var expired = Reply.html("", status: 440)
    expired.headers.append(("Set-Cookie", "cadata=old; path=/"))
    let desk = try Desk(expired, .soap(Self.calendar))
    #expect(try await desk.mailbox.open().id == FolderID("FID"))
    #expect(desk.server.asked.map { $0.headers["cookie"] } == [nil, nil])
    let always = try Desk(expired)
    #expect(await failure { try await always.mailbox.open() }?.remedy == .signIn)
    #expect(always.server.asked.count == 2)
  }

  /// The cookie leads to the server that the mailbox has left.
  @Test(arguments: [true, false])
  func `a mailbox that moved is looked for without the old cookies (6.13)`(
    isFault: Bool
  ) async throws {
    let code = "ErrorMailboxMoveInProgress"
    let moved: Reply =
      isFault
      ? .soap(Fixture.fault(code), status: 500)
      : .soap(
        Fixture.response("GetFolder", Fixture.message("GetFolder", "<m:Folders/>", code: code))
      )
    var first = Reply.soap(Self.calendar)
    first.headers.append(("Set-Cookie", "X-BackEndCookie=S-1-5-21~old; path=/EWS"))
    let desk = try Desk(first, .soap(Self.calendar), moved, .soap(Self.calendar))
    _ = try await desk.mailbox.open()
    _ = try await desk.mailbox.open()
    let error = await failure { try await desk.mailbox.open() }
    #expect(error?.remedy == .retry(after: .seconds(300)))
    _ = try await desk.mailbox.open()
    let old = "X-BackEndCookie=S-1-5-21~old"
    #expect(desk.server.asked.map { $0.headers["cookie"] } == [nil, old, old, nil])
  }

  /// Names that are hidden from the address list do not resolve, and sign in all the same.
  @Test func `the sign-in is tried with the calendar itself (6.34)`() async throws {
    let desk = try Desk(.soap(Self.calendar))
    _ = try await desk.mailbox.open()
    #expect(desk.server.asked.map(\.operation) == ["GetFolder"])
    #expect(
      desk.server.asked.first?.text.contains(#"<t:DistinguishedFolderId Id="calendar">"#) == true
    )
  }

  @Test(
    arguments: [
      ("ErrorAccountDisabled", Remedy.signIn), ("ErrorPasswordExpired", .signIn),
      ("ErrorImpersonateUserDenied", .stop), ("ErrorNonExistentMailbox", .stop),
      ("ErrorMissingEmailAddress", .stop), ("ErrorAccessDenied", .stop),
      ("ErrorMailboxMoveInProgress", .retry(after: .seconds(300))),
      ("ErrorFolderNotFound", .retry(after: .seconds(60))), ("ErrorSchemaValidation", .stop),
      ("ErrorSomethingNew", .stop),
    ]
  )
  func `a fault has its remedy (1.9, 6.13)`(code: String, remedy: Remedy) async throws {
    let desk = try Desk(.soap(Fixture.fault(code), status: 500))
    #expect(await failure { try await desk.mailbox.open() }?.remedy == remedy)
    let item = try Desk(
      .soap(Fixture.response("GetFolder", Fixture.message("GetFolder", "<m:Folders/>", code: code)))
    )
    #expect(await failure { try await item.mailbox.open() }?.remedy == remedy)
  }

  @Test func `a fault is read by its detail, with blanks, or by its faultcode`() async throws {
    let blanks = Fixture.fault("\r\n ErrorPasswordExpired \r\n", faultCode: "s:Client")
    let desk = try Desk(.soap(blanks, status: 500))
    #expect(await failure { try await desk.mailbox.open() }?.remedy == .signIn)
    let bare = """
      <s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">\
      a:ErrorAccountDisabled</faultcode><faultstring>no</faultstring></s:Fault>
      """
    let other = try Desk(.soap(bare, status: 500))
    #expect(await failure { try await other.mailbox.open() }?.remedy == .signIn)
  }

  @Test func `our mistake names the line that Exchange objects to (1.9)`() async throws {
    let fault = Fixture.fault(
      "ErrorSchemaValidation",
      detail: """
        <t:MessageXml><t:LineNumber>1</t:LineNumber><t:LinePosition>500</t:LinePosition>\
        <t:Violation>The element is invalid.</t:Violation></t:MessageXml>
        """
    )
    let desk = try Desk(.soap(fault, status: 500))
    let error = await failure { try await desk.mailbox.open() }
    #expect(error.map { "\($0)".contains("The element is invalid.") } == true)
  }

  @Test func `an older server is asked in its own version (1.6, 6.30)`() async throws {
    let server = try ScriptedExchange { asked, _ in
      asked.text.contains(#"Version="Exchange2013""#)
        ? .soap(Self.calendar)
        : .soap(Fixture.fault("ErrorInvalidServerVersion"), status: 500)
    }
    let desk = Desk(server)
    _ = try await desk.mailbox.open()
    _ = try await desk.mailbox.open()
    #expect(server.asked.count == 3)
    let ancient = try Desk(.soap(Fixture.fault("ErrorInvalidServerVersion"), status: 500))
    #expect(await failure { try await ancient.mailbox.open() }?.remedy == .stop)
    #expect(ancient.server.asked.count == 3)
  }

  @Test(
    arguments: [
      (0, 700, "Exchange 2013 (15.0.700.1)"), (0, 1497, "Exchange 2013 SP1 (15.0.1497.1)"),
      (1, 2507, "Exchange 2016 (15.1.2507.1)"), (2, 1748, "Exchange 2019 (15.2.1748.1)"),
      (2, 2562, "Exchange Server SE (15.2.2562.1)"),
    ]
  )
  func `the product is known by its numbers, not by its Version (1.6)`(
    minor: Int,
    build: Int,
    name: String
  ) async throws {
    let text = Fixture.envelope(Self.calendar)
      .replacing("MinorVersion=\"2\"", with: "MinorVersion=\"\(minor)\"")
      .replacing("MajorBuildNumber=\"1118\"", with: "MajorBuildNumber=\"\(build)\"")
      .replacing("MinorBuildNumber=\"40\"", with: "MinorBuildNumber=\"1\"")
    let desk = try Desk(.bytes(Array(text.utf8)))
    #expect(try await desk.mailbox.open().server == name)
  }
}
