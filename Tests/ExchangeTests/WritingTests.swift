import Exchange
import SyncEngine
import SyncModel
import Testing

/// What is written, to the byte, and what becomes of it (`ews.md` 2.7 to 2.9, `promises.md` I8).
@Suite struct WritingTests {
  // MARK: Create

  @Test func `a timed appointment is created with instants, a stamp, a UID and no mail`()
    async throws
  {
    let desk = try Desk(Wire.written("CreateItem", ("I1", "C1")))
    let results = try await desk.mailbox.create(
      [Fixture.draft(Fixture.morning)],
      in: Fixture.folder
    )
    #expect(results == [.done(ExchangeItemID("I1"), ChangeKey("C1"))])
    #expect(
      Wire.body(desk.server.asked.first) == """
        <m:CreateItem SendMeetingInvitations="SendToNone"><m:SavedItemFolderId>\
        <t:FolderId Id="AAMkFolder="/></m:SavedItemFolderId><m:Items><t:CalendarItem>\
        <t:Subject>Visit &lt;A &amp; B&gt;</t:Subject><t:Body BodyType="Text">line&#xD;
        next</t:Body><t:ReminderIsSet>false</t:ReminderIsSet><t:ExtendedProperty>\
        <t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" \
        PropertyName="x-lockstep-stamp" PropertyType="String"/>\
        <t:Value>\(Fixture.stamp)</t:Value></t:ExtendedProperty><t:UID>uid-1</t:UID>\
        <t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>\
        <t:IsAllDayEvent>false</t:IsAllDayEvent><t:LegacyFreeBusyStatus>Busy</t:LegacyFreeBusyStatus>\
        <t:Location>Room 1</t:Location><t:StartTimeZone Id="W. Europe Standard Time"/>\
        <t:EndTimeZone Id="W. Europe Standard Time"/></t:CalendarItem></m:Items></m:CreateItem>
        """
    )
  }

  @Test func `whole days are created at their zone's midnights, each with its own offset`()
    async throws
  {
    let desk = try Desk(Wire.written("CreateItem", ("I1", "C1")))
    _ = try await desk.mailbox.create([Fixture.draft(Fixture.shortDay)], in: Fixture.folder)
    let text = Wire.body(desk.server.asked.first)
    #expect(
      text.contains(
        "<t:Start>2026-03-29T00:00:00+01:00</t:Start><t:End>2026-03-30T00:00:00+02:00</t:End>"
          + "<t:IsAllDayEvent>true</t:IsAllDayEvent>"
      )
    )
    #expect(text.contains(#"<t:StartTimeZone Id="W. Europe Standard Time"/>"#))
  }

  @Test func `whole days without a zone are refused before anything is sent`() async throws {
    let desk = try Desk(Wire.written("CreateItem", ("I1", "C1")))
    let results = try await desk.mailbox.create(
      [Fixture.draft(Fixture.shortDay, zone: nil), Fixture.draft(Fixture.morning, zone: nil)],
      in: Fixture.folder
    )
    guard case .refused = results[0], case .done = results[1] else {
      Issue.record("\(results)")
      return
    }
    #expect(Wire.body(desk.server.asked.first).contains(#"<t:StartTimeZone Id="UTC"/>"#))
  }

  @Test func `what XML cannot carry is not sent (6.1)`() async throws {
    let desk = try Desk(Wire.written("CreateItem", ("I1", "C1")))
    _ = try await desk.mailbox.create(
      [Fixture.draft(Fixture.morning, title: "a\u{0}b\u{1F}c", text: "\u{FFFE}")],
      in: Fixture.folder
    )
    let text = Wire.body(desk.server.asked.first)
    #expect(text.contains("<t:Subject>abc</t:Subject><t:Body BodyType=\"Text\"></t:Body>"))
  }

  @Test func `each answer of a batch stands by its own draft`() async throws {
    let desk = try Desk(
      .soap(
        Fixture.response(
          "CreateItem",
          Fixture.message(
            "CreateItem",
            #"<m:Items><t:CalendarItem><t:ItemId Id="I1" ChangeKey="C1"/></t:CalendarItem></m:Items>"#
          ),
          Fixture.message(
            "CreateItem",
            "<m:Items/>",
            code: "ErrorCalendarEndDateIsEarlierThanStartDate",
            text: "End date is earlier than start date."
          ),
          Fixture.message("CreateItem", "<m:Items/>", code: "ErrorInternalServerTransientError")
        )
      )
    )
    let results = try await desk.mailbox.create(
      Array(repeating: Fixture.draft(Fixture.morning), count: 3),
      in: Fixture.folder
    )
    #expect(
      results == [
        .done(ExchangeItemID("I1"), ChangeKey("C1")),
        .refused(
          "ErrorCalendarEndDateIsEarlierThanStartDate: End date is earlier than start date."
        ),
        .notTried("ErrorInternalServerTransientError"),
      ]
    )
  }

  @Test func `what a stopped batch left out is sent once more, and only that`() async throws {
    let server = try ScriptedExchange { _, number in
      number == 0
        ? .soap(
          Fixture.response(
            "CreateItem",
            Fixture.message(
              "CreateItem",
              #"<m:Items><t:CalendarItem><t:ItemId Id="I1" ChangeKey="C"/></t:CalendarItem></m:Items>"#
            ),
            Fixture.message(
              "CreateItem",
              "<m:Items/>",
              code: "ErrorBatchProcessingStopped",
              responseClass: "Warning"
            )
          )
        ) : Wire.written("CreateItem", ("I2", "C"))
    }
    let results = try await Desk(server).mailbox.create(
      [
        Fixture.draft(Fixture.morning, title: "first"),
        Fixture.draft(Fixture.morning, title: "second"),
      ],
      in: Fixture.folder
    )
    #expect(
      results == [
        .done(ExchangeItemID("I1"), ChangeKey("C")), .done(ExchangeItemID("I2"), ChangeKey("C")),
      ]
    )
    #expect(!Wire.body(server.asked[1]).contains("first"))
  }

  @Test(arguments: [0, 1, 2])
  func `a create whose answer was lost is never sent again (2.7)`(kind: Int) async throws {
    var cut = Wire.written("CreateItem", ("I1", "C1"))
    cut.cutAfter = 400
    let truncated = Reply.bytes(Array(Wire.written("CreateItem", ("I1", "C1")).body.prefix(500)))
    let desk = try Desk([cut, Reply(isDropped: true), truncated][kind])
    let error = await failure {
      try await desk.mailbox.create([Fixture.draft(Fixture.morning)], in: Fixture.folder)
    }
    #expect(error?.remedy == .retry(after: .seconds(60)))
    #expect(desk.server.asked.count == 1)
  }

  @Test func `what was written before a pause is kept, the rest was not tried`() async throws {
    let server = try ScriptedExchange { asked, number in
      if number == 0 {
        return .soap(
          Fixture.response(
            "CreateItem",
            (0..<50).map {
              Fixture.message(
                "CreateItem",
                "<m:Items><t:CalendarItem><t:ItemId Id=\"I\($0)\" ChangeKey=\"C\"/>"
                  + "</t:CalendarItem></m:Items>"
              )
            }.joined()
          )
        )
      }
      return .soap(
        Fixture.fault(
          "ErrorServerBusy",
          detail:
            #"<t:MessageXml><t:Value Name="BackOffMilliseconds">60000</t:Value></t:MessageXml>"#
        ),
        status: 500
      )
    }
    let results = try await Desk(server).mailbox.create(
      Array(repeating: Fixture.draft(Fixture.morning), count: 60),
      in: Fixture.folder
    )
    #expect(results.count == 60)
    #expect(results[49] == .done(ExchangeItemID("I49"), ChangeKey("C")))
    for result in results[50...] {
      guard case .notTried = result else {
        Issue.record("\(result)")
        return
      }
    }
  }

  // MARK: Delete, move, mark

  @Test func `a delete reads once more and leaves what changed`() async throws {
    let server = try ScriptedExchange { asked, _ in
      asked.operation == "GetItem"
        ? .soap(
          Fixture.response(
            "GetItem",
            Fixture.message(
              "GetItem",
              #"<m:Items><t:CalendarItem><t:ItemId Id="A" ChangeKey="1"/></t:CalendarItem></m:Items>"#
            ),
            Fixture.message(
              "GetItem",
              #"<m:Items><t:CalendarItem><t:ItemId Id="B" ChangeKey="9"/></t:CalendarItem></m:Items>"#
            ),
            Fixture.message("GetItem", "<m:Items/>", code: "ErrorItemNotFound")
          )
        ) : .soap(Fixture.response("DeleteItem", Fixture.message("DeleteItem")))
    }
    let results = try await Desk(server).mailbox.delete(
      ["A", "B", "C"].map {
        ExchangeTarget(id: ExchangeItemID($0), expected: ChangeKey("1"))
      }
    )
    #expect(results == [.done(ExchangeItemID("A"), ChangeKey("1")), .conflict, .missing])
    #expect(
      Wire.body(server.asked.last) == """
        <m:DeleteItem DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendToNone">\
        <m:ItemIds><t:ItemId Id="A" ChangeKey="1"/></m:ItemIds></m:DeleteItem>
        """
    )
  }

  @Test func `nothing that is as planned, nothing is deleted`() async throws {
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(id: "A", key: "2"))))
    let target = ExchangeTarget(id: ExchangeItemID("A"), expected: ChangeKey("1"))
    #expect(try await desk.mailbox.delete([target]) == [.conflict])
    #expect(desk.server.asked.map(\.operation) == ["GetItem"])
  }

  @Test func `a moved item has a new id`() async throws {
    let desk = try Desk(Wire.written("MoveItem", ("NEW", "C")))
    let results = try await desk.mailbox.move([ExchangeItemID("OLD")], to: Fixture.folder)
    #expect(results == [.done(ExchangeItemID("NEW"), ChangeKey("C"))])
  }

  @Test func `the folder mark is one property of the folder`() async throws {
    let mark = FolderMark(
      tenant: TenantID(42),
      resource: ResourceID(7),
      agent: AgentID("agent"),
      machine: "desk",
      run: RunID(12)
    )
    let desk = try Desk(
      .soap(
        Fixture.response(
          "UpdateFolder",
          Fixture.message(
            "UpdateFolder",
            #"<m:Folders><t:CalendarFolder><t:FolderId Id="F" ChangeKey="2"/></t:CalendarFolder></m:Folders>"#
          )
        )
      )
    )
    try await desk.mailbox.write(mark, on: Fixture.folder)
    let path = """
      <t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" \
      PropertyName="x-lockstep-folder" PropertyType="String"/>
      """
    #expect(
      Wire.body(desk.server.asked.first) == """
        <m:UpdateFolder><m:FolderChanges><t:FolderChange><t:FolderId Id="AAMkFolder="/><t:Updates>\
        <t:SetFolderField>\(path)<t:CalendarFolder><t:ExtendedProperty>\(path)\
        <t:Value>lockstep1;42;7;agent;12;desk</t:Value></t:ExtendedProperty></t:CalendarFolder>\
        </t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>
        """
    )
  }

  @Test func `a mark that was not written is an error`() async throws {
    let mark = FolderMark(
      tenant: TenantID(1),
      resource: ResourceID(1),
      agent: AgentID("a"),
      machine: "m",
      run: RunID(1)
    )
    let desk = try Desk(
      .soap(
        Fixture.response(
          "UpdateFolder",
          Fixture.message("UpdateFolder", "<m:Folders/>", code: "ErrorAccessDenied")
        )
      )
    )
    #expect(
      await failure { try await desk.mailbox.write(mark, on: Fixture.folder) }?.remedy == .stop
    )
  }
}
