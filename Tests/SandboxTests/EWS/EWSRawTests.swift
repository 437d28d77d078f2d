import Foundation
import Sandbox
import Testing
import World
import XML

@Suite struct EWSRawTests {
  private let minimal = """
    <t:Subject>Visit</t:Subject><t:Start>2026-03-02T09:00:00Z</t:Start>\
    <t:End>2026-03-02T10:00:00Z</t:End>
    """

  private let getCalendar = """
    <m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>\
    <m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder>
    """

  @Test func `the door: path in any case, POST only, Basic only`() async throws {
    let bench = try EWSBench()
    let body = EWSBench.envelope(getCalendar)
    #expect(await bench.answer(body, path: "/ews/exchange.ASMX").status == 200)
    #expect(await bench.answer(body, path: "/EWS/Other.asmx").status == 404)
    #expect(await bench.answer(body, method: "GET").status == 405)
    let anonymous = await bench.answer(body, authorization: nil)
    #expect(anonymous.status == 401)
    #expect(anonymous.headers.contains { $0 == ("WWW-Authenticate", "Basic realm=\"127.0.0.1\"") })
    #expect(await bench.answer(body, authorization: "Basic eDp5").status == 401)
  }

  @Test func `a folder shows its count, its rights and its probes`() async throws {
    let bench = try EWSBench(items: 3)
    let reply = try await bench.ask(
      """
      <m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape><t:AdditionalProperties>\
      <t:FieldURI FieldURI="folder:EffectiveRights"/>\
      <t:ExtendedFieldURI PropertyTag="0x670a" PropertyType="SystemTime"/>\
      </t:AdditionalProperties></m:FolderShape><m:FolderIds>\
      <t:DistinguishedFolderId Id="calendar"><t:Mailbox>\
      <t:EmailAddress>technician@example.com</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>\
      <t:DistinguishedFolderId Id="journal"/><t:FolderId Id="AAMk"/></m:FolderIds></m:GetFolder>
      """
    )
    #expect(reply.codes == ["NoError", "ErrorFolderNotFound", "ErrorInvalidIdMalformed"])
    let folder = try #require(reply.all("CalendarFolder").first)
    #expect(folder.child("TotalCount")?.text == "3")
    #expect(folder.child("UnreadCount") == nil)
    #expect(folder.descendant("EffectiveRights", "CreateContents")?.text == "true")
    #expect(folder.child("ExtendedProperty")?.child("Value")?.text.hasSuffix("Z") == true)
    // Error slots keep their place and an empty container.
    #expect(reply.all("Folders").count == 3)
  }

  @Test func `what a client wrote comes back, with the server's own`() async throws {
    let bench = try EWSBench()
    let item = try await bench.create(
      """
      <t:Subject> Weekly &amp; more </t:Subject><t:Sensitivity>Private</t:Sensitivity>\
      <t:Body BodyType="HTML">&lt;p&gt;one&lt;/p&gt;&lt;p&gt;two&amp;nbsp;&amp;amp; three&lt;/p&gt;</t:Body>\
      <t:Categories><t:String>Blue</t:String><t:String>Red</t:String></t:Categories>\
      <t:ReminderIsSet>1</t:ReminderIsSet>\
      <t:ReminderMinutesBeforeStart>15</t:ReminderMinutesBeforeStart><t:ExtendedProperty>\
      <t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="x-stamp" \
      PropertyType="String"/><t:Value>abc</t:Value></t:ExtendedProperty><t:UID>my-own-uid-1</t:UID>\
      <t:Start>2026-07-01T09:00:00</t:Start><t:End>2026-07-01T10:00:00+02:00</t:End>\
      <t:IsAllDayEvent>0</t:IsAllDayEvent><t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>\
      <t:Location>Room 1</t:Location><t:StartTimeZone Id="W. Europe Standard Time"/>\
      <t:EndTimeZone Id="W. Europe Standard Time"/>
      """
    )
    let read = try await bench.get(
      item,
      """
      <t:FieldURI FieldURI="item:Subject"/><t:FieldURI FieldURI="item:Sensitivity"/>\
      <t:FieldURI FieldURI="item:Body"/><t:FieldURI FieldURI="item:Categories"/>\
      <t:FieldURI FieldURI="item:ReminderIsSet"/><t:FieldURI FieldURI="calendar:UID"/>\
      <t:FieldURI FieldURI="calendar:Start"/><t:FieldURI FieldURI="calendar:End"/>\
      <t:FieldURI FieldURI="calendar:LegacyFreeBusyStatus"/>\
      <t:FieldURI FieldURI="calendar:StartTimeZone"/><t:FieldURI FieldURI="calendar:Organizer"/>\
      <t:FieldURI FieldURI="calendar:MyResponseType"/>\
      <t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="x-stamp" \
      PropertyType="String"/><t:ExtendedFieldURI DistinguishedPropertySetId="Meeting" \
      PropertyId="35" PropertyType="Binary"/>\
      <t:ExtendedFieldURI PropertyTag="0x1035" PropertyType="String"/>
      """
    )
    #expect(read.name == "CalendarItem")
    #expect(read.child("Subject")?.text == "Weekly & more")
    #expect(read.child("Sensitivity")?.text == "Private")
    #expect(read.child("Body")?.text == "one\r\ntwo & three\r\n")
    #expect(read.child("Categories")?.children.map(\.text) == ["Blue", "Red"])
    #expect(read.child("ReminderIsSet")?.text == "true")
    #expect(read.child("UID")?.text == "my-own-uid-1")
    // Without designator it is read in the item's own zone.
    #expect(read.child("Start")?.text == "2026-07-01T07:00:00Z")
    #expect(read.child("End")?.text == "2026-07-01T08:00:00Z")
    #expect(read.child("LegacyFreeBusyStatus")?.text == "OOF")
    #expect(read.child("StartTimeZone")?["Id"] == EWSBench.berlin)
    #expect(read.descendant("Organizer", "Mailbox", "EmailAddress")?.text == EWSBench.user)
    #expect(read.child("MyResponseType")?.text == "Unknown")
    let properties = read.children("ExtendedProperty")
    #expect(properties.count == 2, "a property that is not there is left out")
    #expect(properties.first?.child("Value")?.text == "abc")
    let blob = Data(base64Encoded: properties.last?.child("Value")?.text ?? "") ?? Data()
    #expect(blob.contains(Data("vCal-Uid".utf8)))
    let html = try await bench.get(item, "<t:FieldURI FieldURI=\"item:Body\"/>", body: "Best")
    #expect(html.child("Body")?["BodyType"] == "HTML")
  }

  @Test func `an all-day item is snapped in its zone and read as instants`() async throws {
    let bench = try EWSBench()
    let item = try await bench.create(
      """
      <t:Subject>Training</t:Subject><t:Start>2026-03-28T00:00:00+01:00</t:Start>\
      <t:End>2026-03-30T00:00:00+02:00</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>\
      <t:StartTimeZone Id="W. Europe Standard Time"/>
      """
    )
    let read = try await bench.get(
      item,
      "<t:FieldURI FieldURI=\"calendar:Start\"/><t:FieldURI FieldURI=\"calendar:End\"/>"
    )
    #expect(read.child("Start")?.text == "2026-03-27T23:00:00Z")
    #expect(read.child("End")?.text == "2026-03-29T22:00:00Z")
    let other = try await bench.create(
      """
      <t:Subject>Training</t:Subject><t:Start>2026-07-01T12:00:00</t:Start>\
      <t:End>2026-07-01T13:00:00</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>
      """,
      zone: "Eastern Standard Time"
    )
    let start = try await bench.get(other, "<t:FieldURI FieldURI=\"calendar:Start\"/>")
    #expect(start.child("Start")?.text == "2026-07-01T04:00:00Z")
  }

  @Test func `a write against an old change key is refused and changes nothing`() async throws {
    let bench = try EWSBench()
    let item = try await bench.create(minimal)
    let subject = """
      <t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:CalendarItem>\
      <t:Subject>Other</t:Subject></t:CalendarItem></t:SetItemField>
      """
    let first = try await bench.update(item, subject)
    #expect(first.codes == ["NoError"])
    #expect(try EWSKnown(first).id == item.id)
    #expect(try EWSKnown(first).changeKey != item.changeKey)
    #expect(try await bench.update(item, subject).codes == ["ErrorIrresolvableConflict"])
    #expect(
      try await bench.update(item, subject, conflict: "AutoResolve").codes
        == ["ErrorIrresolvableConflict"]
    )
    #expect(
      try await bench.update(item, subject, conflict: "AlwaysOverwrite").codes == ["NoError"]
    )
  }

  @Test(arguments: [
    (
      """
      <t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:CalendarItem>\
      <t:Subject>a</t:Subject><t:Body BodyType="Text">b</t:Body></t:CalendarItem></t:SetItemField>
      """, "ErrorIncorrectUpdatePropertyCount"
    ),
    (
      """
      <t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:CalendarItem>\
      <t:Location>a</t:Location></t:CalendarItem></t:SetItemField>
      """, "ErrorUpdatePropertyMismatch"
    ),
    (
      """
      <t:SetItemField><t:FieldURI FieldURI="calendar:UID"/><t:CalendarItem>\
      <t:UID>a</t:UID></t:CalendarItem></t:SetItemField>
      """, "ErrorInvalidPropertySet"
    ),
    (
      "<t:DeleteItemField><t:FieldURI FieldURI=\"calendar:Start\"/></t:DeleteItemField>",
      "ErrorInvalidPropertyDelete"
    ),
    (
      """
      <t:AppendToItemField><t:FieldURI FieldURI="item:Subject"/><t:CalendarItem>\
      <t:Subject>a</t:Subject></t:CalendarItem></t:AppendToItemField>
      """, "ErrorInvalidPropertyAppend"
    ),
    (
      """
      <t:SetItemField><t:FieldURI FieldURI="calendar:End"/><t:CalendarItem>\
      <t:End>2026-03-01T00:00:00Z</t:End></t:CalendarItem></t:SetItemField>
      """, "ErrorCalendarEndDateIsEarlierThanStartDate"
    ),
    (
      """
      <t:SetItemField><t:FieldURI FieldURI="calendar:StartTimeZone"/><t:CalendarItem>\
      <t:StartTimeZone Id="Nowhere Standard Time"/></t:CalendarItem></t:SetItemField>
      """, "ErrorCalendarInvalidTimeZone"
    ),
  ])
  func `a wrong update is refused with its code`(updates: String, code: String) async throws {
    let bench = try EWSBench()
    let item = try await bench.create(minimal)
    #expect(try await bench.update(item, updates).codes == [code])
  }

  @Test(arguments: [
    (
      "<m:CreateItem><m:Items><t:CalendarItem><t:Start>2026-03-02T09:00:00Z</t:Start></t:CalendarItem></m:Items></m:CreateItem>",
      "ErrorSendMeetingInvitationsRequired"
    ),
    ("<m:UpdateItem><m:ItemChanges/></m:UpdateItem>", "ErrorSchemaValidation"),
    ("<m:Nonsense/>", "ErrorInvalidRequest"),
    (
      """
      <m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem>\
      <t:Start>2026-03-02T09:00:00Z</t:Start><t:Subject>late</t:Subject></t:CalendarItem></m:Items>\
      </m:CreateItem>
      """, "ErrorSchemaValidation"
    ),
    (
      """
      <m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>\
      <m:SyncFolderId><t:DistinguishedFolderId Id="calendar"/></m:SyncFolderId>\
      <m:MaxChangesReturned>513</m:MaxChangesReturned></m:SyncFolderItems>
      """, "ErrorSchemaValidation"
    ),
    (
      """
      <m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>\
      <t:FieldURI FieldURI="item:Nonsense"/></t:AdditionalProperties></m:ItemShape>\
      <m:ItemIds><t:ItemId Id="AAMk"/></m:ItemIds></m:GetItem>
      """, "ErrorSchemaValidation"
    ),
  ])
  func `a wrong request is refused with its code`(operation: String, code: String) async throws {
    let bench = try EWSBench()
    #expect(try await bench.ask(operation).codes == [code])
  }

  @Test func `a fault has the shape that clients read, under status 500`() async throws {
    let bench = try EWSBench()
    await bench.faults.arrange(.busy)
    let answer = await bench.answer(EWSBench.envelope(getCalendar))
    #expect(answer.status == 500)
    let fault = try #require(try XMLElement.parse(answer.body).descendant("Body", "Fault"))
    #expect(fault.child("faultcode")?.text == "a:ErrorServerBusy")
    let value = try #require(fault.descendant("detail", "MessageXml", "Value"))
    #expect(value["Name"] == "BackOffMilliseconds")
    #expect(value.text == "50")
    #expect(value.namespace.hasSuffix("/types"))
  }

  @Test func `an older server refuses a newer version and a newer one takes it`() async throws {
    let old = try EWSBench(build: .exchange2013)
    let codes = try await old.ask(getCalendar, version: "Exchange2016").codes
    #expect(codes == ["ErrorInvalidServerVersion"])
    #expect(try await old.ask(getCalendar, version: "Exchange2013_SP1").codes == ["NoError"])
    let new = try EWSBench()
    #expect(try await new.ask(getCalendar, version: "Exchange2016").codes == ["NoError"])
  }

  @Test func `deleting moves to Deleted Items, and needs to know about mails`() async throws {
    let bench = try EWSBench()
    let item = try await bench.create(minimal)
    let silent = """
      <m:DeleteItem DeleteType="MoveToDeletedItems"><m:ItemIds><t:ItemId Id="\(item.id)"/>\
      </m:ItemIds></m:DeleteItem>
      """
    #expect(try await bench.ask(silent).codes == ["ErrorSendMeetingCancellationsRequired"])
    let delete = """
      <m:DeleteItem DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendToNone">\
      <m:ItemIds><t:ItemId Id="\(item.id)"/></m:ItemIds></m:DeleteItem>
      """
    #expect(try await bench.ask(delete).codes == ["NoError"])
    #expect(try await bench.ask(delete).codes == ["ErrorItemNotFound"])
    let found = try await bench.ask(
      """
      <m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>\
      <m:ParentFolderIds><t:DistinguishedFolderId Id="deleteditems"/></m:ParentFolderIds>\
      </m:FindItem>
      """
    )
    let deleted = try EWSKnown(found)
    #expect(deleted.id != item.id)
    let moved = try await bench.ask(
      """
      <m:MoveItem><m:ToFolderId><t:DistinguishedFolderId Id="calendar"/></m:ToFolderId>\
      <m:ItemIds><t:ItemId Id="\(deleted.id)"/></m:ItemIds>\
      <m:ReturnNewItemIds>true</m:ReturnNewItemIds></m:MoveItem>
      """
    )
    #expect(moved.codes == ["NoError"])
    #expect(try EWSKnown(moved).id != deleted.id)
  }

  @Test func `listings cut strings at 255 and keep bodies back`() async throws {
    let bench = try EWSBench()
    let text = String(repeating: "x", count: 300)
    _ = try await bench.create(
      """
      <t:Subject>Visit</t:Subject><t:Body BodyType="Text">b</t:Body><t:ExtendedProperty>\
      <t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="x-long" \
      PropertyType="String"/><t:Value>\(text)</t:Value></t:ExtendedProperty>\
      <t:Start>2026-03-02T09:00:00Z</t:Start><t:End>2026-03-02T10:00:00Z</t:End>
      """
    )
    let found = try await bench.ask(
      """
      <m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>\
      <t:AdditionalProperties><t:FieldURI FieldURI="item:Body"/>\
      <t:FieldURI FieldURI="calendar:Organizer"/>\
      <t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="x-long" \
      PropertyType="String"/></t:AdditionalProperties></m:ItemShape><m:ParentFolderIds>\
      <t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>
      """
    )
    let item = try #require(found.all("CalendarItem").first)
    #expect(item.child("Body") == nil)
    #expect(item.descendant("ExtendedProperty", "Value")?.text.count == 255)
    #expect(item.descendant("Organizer", "Mailbox", "Name") != nil)
    #expect(item.descendant("Organizer", "Mailbox", "EmailAddress") == nil)
  }

  @Test func `an item is found by stamp and by CleanGlobalObjectId, UID is no search path`()
    async throws
  {
    let bench = try EWSBench(items: 20)
    let item = try await bench.create(
      """
      <t:Subject>Visit</t:Subject><t:ExtendedProperty>\
      <t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="x-stamp" \
      PropertyType="String"/><t:Value>abc</t:Value></t:ExtendedProperty><t:UID>own-1</t:UID>\
      <t:Start>2026-03-02T09:00:00Z</t:Start><t:End>2026-03-02T10:00:00Z</t:End>
      """
    )
    func find(_ path: String, _ value: String) async throws -> XMLElement {
      try await bench.ask(
        """
        <m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>\
        </m:ItemShape><m:Restriction><t:IsEqualTo>\(path)<t:FieldURIOrConstant>\
        <t:Constant Value="\(value)"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>\
        <m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/>\
        <t:DistinguishedFolderId Id="deleteditems"/></m:ParentFolderIds></m:FindItem>
        """
      )
    }
    let stamp = """
      <t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="x-stamp" \
      PropertyType="String"/>
      """
    let byStamp = try await find(stamp, "abc")
    #expect(byStamp.codes == ["NoError", "NoError"])
    #expect(byStamp.all("ItemId").map { $0["Id"] } == [item.id])
    let blob = Base64.text(Mailbox.GlobalObjectID(uid: "own-1").bytes)
    let clean = """
      <t:ExtendedFieldURI DistinguishedPropertySetId="Meeting" PropertyId="35" \
      PropertyType="Binary"/>
      """
    #expect(try await find(clean, blob).all("ItemId").map { $0["Id"] } == [item.id])
    #expect(
      try await find("<t:FieldURI FieldURI=\"calendar:UID\"/>", "own-1").codes
        == ["ErrorUnsupportedPathForQuery", "ErrorUnsupportedPathForQuery"]
    )
  }

  @Test func `states of other folders and nonsense are refused with what clients read`()
    async throws
  {
    let bench = try EWSBench(items: 5)
    let page = try await bench.sync(nil, maximum: 2)
    #expect(page.all("Create").count == 2)
    #expect(page.all("IncludesLastItemInRange").first?.text == "false")
    let refused = try await bench.sync("H4sIAAA=")
    #expect(refused.codes == ["ErrorInvalidSyncStateData"])
    #expect(refused.all("SyncState").first?.text == "")
    #expect(refused.all("IncludesLastItemInRange").first?.text == "true")
  }

  @Test func `each fault of a listing happens as described`() async throws {
    let bench = try EWSBench(items: 20)
    await bench.faults.arrange(.truncatedListing)
    let short = try await bench.sync(nil)
    #expect(short.all("Create").count == 10)
    #expect(short.all("IncludesLastItemInRange").first?.text == "true")
    let state = try #require(short.all("SyncState").first?.text)
    #expect(try await bench.sync(state).all("Changes").first?.children.isEmpty == true)
    await bench.faults.arrange(.expiredState)
    #expect(try await bench.sync(state).codes == ["ErrorInvalidSyncStateData"])
    #expect(try await bench.sync(state).codes == ["NoError"])
  }

  @Test func `a lost answer is a write that happened`() async throws {
    let bench = try EWSBench()
    await bench.faults.arrange(.lostAnswer)
    let create = """
      <m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem>\(minimal)\
      </t:CalendarItem></m:Items></m:CreateItem>
      """
    let lost = await bench.answer(EWSBench.envelope(create))
    guard case .dropped = lost.ending else {
      Issue.record("the answer arrives")
      return
    }
    #expect(try await bench.sync(nil).all("Create").count == 1)
    await bench.faults.arrange(.cutBody)
    let cut = await bench.answer(EWSBench.envelope(create))
    guard case .cut = cut.ending else {
      Issue.record("the answer is whole")
      return
    }
  }

  @Test func `the person's zone and the server's zones are there`() async throws {
    let bench = try EWSBench()
    let options = try await bench.ask(
      """
      <m:GetUserConfiguration><m:UserConfigurationName Name="OWA.UserOptions">\
      <t:DistinguishedFolderId Id="root"/></m:UserConfigurationName>\
      <m:UserConfigurationProperties>Dictionary</m:UserConfigurationProperties>\
      </m:GetUserConfiguration>
      """
    )
    let entry = try #require(options.all("DictionaryEntry").first)
    #expect(entry.descendant("DictionaryKey", "Value")?.text == "timezone")
    #expect(entry.descendant("DictionaryValue", "Value")?.text == EWSBench.berlin)
    let zones = try await bench.ask(
      """
      <m:GetServerTimeZones ReturnFullTimeZoneData="true"><m:Ids>\
      <t:Id>W. Europe Standard Time</t:Id></m:Ids></m:GetServerTimeZones>
      """
    )
    #expect(zones.all("Period").map { $0["Bias"] } == ["-PT1H", "-PT2H"])
    let turns = zones.all("RecurringDayTransition")
    #expect(turns.map { $0.child("Month")?.text } == ["3", "10"])
    #expect(turns.map { $0.child("TimeOffset")?.text } == ["PT2H", "PT3H"])
    #expect(turns.map { $0.child("Occurrence")?.text } == ["-1", "-1"])
    let all = try await bench.ask("<m:GetServerTimeZones ReturnFullTimeZoneData=\"false\"/>")
    #expect(all.all("TimeZoneDefinition").count > 100)
  }

  @Test func `only a meeting with mails wanted sends them`() async throws {
    let bench = try EWSBench()
    let meeting = """
      <t:Subject>Meeting</t:Subject><t:Start>2026-03-02T09:00:00Z</t:Start>\
      <t:End>2026-03-02T10:00:00Z</t:End><t:RequiredAttendees><t:Attendee><t:Mailbox>\
      <t:EmailAddress>dispatcher@example.com</t:EmailAddress></t:Mailbox></t:Attendee>\
      </t:RequiredAttendees>
      """
    _ = try await bench.create(meeting)
    #expect(await bench.world.mailbox { mailbox, _ in mailbox.mailsSent } == 0)
    #expect(await bench.world.mailbox { mailbox, _ in mailbox.loudWrites } == 0)
    let sent = try await bench.ask(
      """
      <m:CreateItem SendMeetingInvitations="SendToAllAndSaveCopy"><m:Items><t:CalendarItem>\
      \(meeting)</t:CalendarItem></m:Items></m:CreateItem>
      """
    )
    #expect(sent.codes == ["NoError"])
    #expect(await bench.world.mailbox { mailbox, _ in mailbox.mailsSent } == 1)
    #expect(await bench.world.mailbox { mailbox, _ in mailbox.loudWrites } == 1)
  }
}
