import Exchange
import SyncEngine
import SyncModel
import Testing

/// Traps of `ews.md` section 6 that stand in the items themselves.
@Suite struct ItemTrapTests {
  @Test func `characters that XML cannot carry are left out of a text (6.1)`() async throws {
    let body = "<t:Body BodyType=\"Text\">a&#x0;b&#x1F;c&#x1A;d&#xD83D;e\u{1}\u{0}f</t:Body>"
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(fields: body))))
    #expect(try await desk.read()?.text == "abcdef")
  }

  @Test func `a mark before the document and blanks in a code are read over (6.2)`() async throws {
    let text = Fixture.envelope(Fixture.items(Fixture.appointment()))
      .replacing("<m:ResponseCode>NoError<", with: "<m:ResponseCode>\r\n  NoError\r\n<")
    let desk = try Desk(.bytes([0xEF, 0xBB, 0xBF] + Array(text.utf8)))
    #expect(try await desk.read()?.title == "Weekly")
  }

  @Test func `an item that lies in another folder says so (6.3)`() async throws {
    let fields = #"<t:ParentFolderId Id="AAMkOther=" ChangeKey="AQAAAA=="/>"#
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(fields: fields))))
    #expect(try await desk.read()?.folder == FolderID("AAMkOther="))
  }

  @Test func `what is not found is missing, and its neighbours are read (6.4, 6.28)`() async throws
  {
    let desk = try Desk(
      .soap(
        Fixture.response(
          "GetItem",
          Fixture.message("GetItem", "<m:Items>\(Fixture.appointment(id: "A"))</m:Items>"),
          Fixture.message(
            "GetItem",
            "<m:Items/>",
            code: "ErrorItemNotFound",
            text: "The specified object was not found in the store."
          ),
          Fixture.message("GetItem", "<m:Items>\(Fixture.appointment(id: "C"))</m:Items>")
        )
      )
    )
    let readings = try await desk.mailbox.items(
      ["A", "B", "C"].map { ExchangeItemID($0) },
      in: Fixture.folder
    )
    guard case .found(let first) = readings[0], case .missing = readings[1],
      case .found(let third) = readings[2]
    else {
      Issue.record("\(readings)")
      return
    }
    #expect(first.id == ExchangeItemID("A"))
    #expect(third.id == ExchangeItemID("C"))
  }

  @Test(arguments: ["", "<t:UID/>", "<t:UID></t:UID>"])
  func `an item without a UID is read without one (6.7)`(uid: String) async throws {
    let times = "\(uid)<t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>"
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(times: times))))
    let item = try #require(try await desk.read())
    #expect(item.uid == nil)
    #expect(item.cleanUID == nil)
  }

  @Test func `a UID of another program stands for the blob that Exchange makes of it`() async throws
  {
    let times = """
      <t:UID>my-own-uid-1</t:UID><t:Start>2026-03-02T08:00:00Z</t:Start>\
      <t:End>2026-03-02T09:00:00Z</t:End>
      """
    let fields = """
      <t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="Meeting" PropertyId="35" \
      PropertyType="Binary"/><t:Value>BAAAAIIA4AB0xbcQGoLgCAAAAAAAAAAAAAAAAAAAAAAAAAAAGQAAAHZDYWwt\
      VWlkAQAAAG15LW93bi11aWQtMQA=</t:Value></t:ExtendedProperty>
      """
    let with = try Desk(.soap(Fixture.items(Fixture.appointment(fields: fields, times: times))))
    let without = try Desk(.soap(Fixture.items(Fixture.appointment(times: times))))
    let expected =
      "040000008200E00074C5B7101A82E008" + String(repeating: "0", count: 40) + "19000000"
      + "7643616C2D55696401000000" + "6D792D6F776E2D7569642D31" + "00"
    #expect(try await with.read()?.cleanUID?.rawValue == expected)
    #expect(try await without.read()?.cleanUID?.rawValue == expected)
    #expect(try await with.read()?.uid == "my-own-uid-1")
  }

  @Test func `the UID of an occurrence loses its date`() async throws {
    let uid =
      "040000008200E00074C5B7101A82E008" + "07EA0302" + String(repeating: "0", count: 32)
      + "10000000" + String(repeating: "AB", count: 16)
    let times = """
      <t:UID>\(uid)</t:UID><t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>
      """
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(times: times))))
    #expect(
      try await desk.read()?.cleanUID?.rawValue == uid.replacing("07EA0302", with: "00000000")
    )
  }

  @Test func `two items may carry one UID (6.7)`() async throws {
    let times = """
      <t:UID>040000008200E00074C5B7101A82E008</t:UID><t:Start>2026-03-02T08:00:00Z</t:Start>\
      <t:End>2026-03-02T09:00:00Z</t:End>
      """
    let desk = try Desk(
      .soap(
        Fixture.items(
          Fixture.appointment(id: "A", times: times),
          Fixture.appointment(id: "B", times: times)
        )
      )
    )
    let readings = try await desk.mailbox.items(
      [ExchangeItemID("A"), ExchangeItemID("B")],
      in: Fixture.folder
    )
    let uids = readings.map { reading -> CleanUID? in
      guard case .found(let item) = reading else { return nil }
      return item.cleanUID
    }
    #expect(uids[0] != nil)
    #expect(uids[0] == uids[1])
  }

  @Test func `a body that the server cut is not whole (6.10)`() async throws {
    let body = #"<t:Body BodyType="Text" IsTruncated="true">begin</t:Body>"#
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(fields: body))))
    let item = try #require(try await desk.read())
    #expect(item.text == "begin")
    #expect(!item.isTextWhole)
  }

  @Test func `fields that are left out are empty, and an empty body is whole`() async throws {
    let desk = try Desk(
      .soap(Fixture.items(Fixture.appointment(fields: #"<t:Body BodyType="Text"/>"#)))
    )
    let item = try #require(try await desk.read())
    #expect(item.text.isEmpty)
    #expect(item.isTextWhole)
    #expect(item.place.isEmpty)
    #expect(item.categories.isEmpty)
    #expect(item.sensitivity == .normal)
    #expect(item.attendees.isEmpty)
    #expect(item.reminderMinutes == nil)
    #expect(item.stamp == nil)
  }

  @Test(
    arguments: [
      "ErrorItemCorrupt", "ErrorCorruptData", "ErrorContentConversionFailed",
      "ErrorMimeContentConversionFailed", "ErrorMessageSizeExceeded", "ErrorInternalServerError",
    ]
  )
  func `an item whose body does not convert is read again without it (6.10, 6.24)`(
    code: String
  ) async throws {
    let server = try ScriptedExchange { asked, _ in
      if asked.text.contains("item:Body") {
        return .soap(
          Fixture.response("GetItem", Fixture.message("GetItem", "<m:Items/>", code: code))
        )
      }
      return .soap(Fixture.items(Fixture.appointment()))
    }
    let desk = Desk(server)
    let item = try #require(try await desk.read())
    #expect(item.title == "Weekly")
    #expect(!item.isTextWhole)
    #expect(server.asked.count == 2)
    #expect(!server.asked[1].text.contains("BodyType"))
  }

  @Test func `an item that cannot be read at all does not hold up the others`() async throws {
    let server = try ScriptedExchange { asked, _ in
      .soap(
        Fixture.response(
          "GetItem",
          asked.itemIDs.map { id in
            id == "B"
              ? Fixture.message("GetItem", "<m:Items/>", code: "ErrorItemCorrupt", text: "Broken.")
              : Fixture.message("GetItem", "<m:Items>\(Fixture.appointment(id: id))</m:Items>")
          }.joined()
        )
      )
    }
    let readings = try await Desk(server).mailbox.items(
      ["A", "B", "C"].map { ExchangeItemID($0) },
      in: Fixture.folder
    )
    #expect(readings[1] == .unreadable("ErrorItemCorrupt: Broken."))
    guard case .found = readings[0], case .found = readings[2] else {
      Issue.record("the neighbours were lost")
      return
    }
  }

  @Test func `other classes in the folder are foreign (2.4, 2.5)`() async throws {
    let server = try ScriptedExchange { asked, _ in
      if asked.text.contains("calendar:Start") {
        return .soap(
          Fixture.response(
            "GetItem",
            Fixture.message(
              "GetItem",
              "<m:Items/>",
              code: "ErrorInvalidPropertyRequest",
              text: "Property is not valid for this object type.",
              xml: "<m:MessageXml><t:FieldURI FieldURI=\"calendar:Start\"/></m:MessageXml>"
            )
          )
        )
      }
      return .soap(
        Fixture.items(
          #"<t:Message><t:ItemId Id="M" ChangeKey="CQ"/><t:ItemClass>IPM.Note</t:ItemClass></t:Message>"#
        )
      )
    }
    #expect(try await Desk(server).reading("M") == .foreign(itemClass: "IPM.Note"))
    let direct = try Desk(
      .soap(
        Fixture.items(
          #"<t:DistributionList><t:ItemId Id="M" ChangeKey="CQ"/></t:DistributionList>"#
        )
      )
    )
    #expect(try await direct.reading("M") == .foreign(itemClass: "DistributionList"))
  }

  @Test func `a subclass of the appointment is an appointment`() async throws {
    let text = Fixture.envelope(Fixture.items(Fixture.appointment()))
      .replacing("IPM.Appointment<", with: "IPM.Appointment.Project<")
    let desk = try Desk(.bytes(Array(text.utf8)))
    #expect(try await desk.read()?.itemClass == "IPM.Appointment.Project")
  }

  @Test func `only our own properties are taken for ours (6.26)`() async throws {
    let fields = """
      <t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" \
      PropertyName="X-Lockstep-Stamp" PropertyType="String"/><t:Value>other case</t:Value>\
      </t:ExtendedProperty><t:ExtendedProperty><t:ExtendedFieldURI \
      DistinguishedPropertySetId="PublicStrings" PropertyName="x-lockstep-stamp" \
      PropertyType="String"/><t:Value>lockstep1;appointment;7;42;00</t:Value></t:ExtendedProperty>\
      <t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="Common" PropertyId="35" \
      PropertyType="StringArray"/><t:Values><t:Value>x</t:Value></t:Values></t:ExtendedProperty>
      """
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(fields: fields))))
    let item = try #require(try await desk.read())
    #expect(item.stamp == "lockstep1;appointment;7;42;00")
    #expect(item.cleanUID == nil)
  }

  @Test(
    arguments: [
      ("Normal", Sensitivity.normal), ("Personal", .personal), ("Private", .private),
      ("Confidential", .confidential), ("Secret", .private),
    ]
  )
  func `privacy is read strictly`(word: String, sensitivity: Sensitivity) async throws {
    let fields = "<t:Sensitivity>\(word)</t:Sensitivity>"
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(fields: fields))))
    #expect(try await desk.read()?.sensitivity == sensitivity)
  }

  @Test(
    arguments: [
      ("Free", ShowAs.free), ("Tentative", .tentative), ("Busy", .busy), ("OOF", .away),
      ("WorkingElsewhere", .workingElsewhere), ("NoData", .noData), ("Later", .busy),
    ]
  )
  func `show-as is read`(word: String, showAs: ShowAs) async throws {
    let times = """
      <t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>\
      <t:LegacyFreeBusyStatus>\(word)</t:LegacyFreeBusyStatus>
      """
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(times: times))))
    #expect(try await desk.read()?.showAs == showAs)
  }

  @Test(
    arguments: [
      ("true", "15", 15), ("1", "0", 0), ("true", "1525252321", nil), ("false", "15", nil),
    ]
      as [(String, String, Int?)]
  )
  func `a reminder counts when it is set and within reason (6.21)`(
    isSet: String,
    minutes: String,
    expected: Int?
  ) async throws {
    let fields = """
      <t:ReminderIsSet>\(isSet)</t:ReminderIsSet>\
      <t:ReminderMinutesBeforeStart>\(minutes)</t:ReminderMinutesBeforeStart>
      """
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(fields: fields))))
    #expect(try await desk.read()?.reminderMinutes == expected)
  }

  @Test func `categories with commas, fractions of seconds and times with offsets are read`()
    async throws
  {
    let fields =
      "<t:Categories><t:String>Red, hot</t:String><t:String>B;C</t:String></t:Categories>"
    let times = """
      <t:Start>2026-03-02T09:00:00.1234567+01:00</t:Start><t:End>2026-03-02T03:00:00-06:00</t:End>
      """
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(fields: fields, times: times))))
    let item = try #require(try await desk.read())
    #expect(item.categories == ["Red, hot", "B;C"])
    #expect(
      item.when
        == .timed(
          start: Instant(seconds: 1_772_438_400),
          end: Instant(seconds: 1_772_442_000),
          zone: ZoneName("Europe/Berlin")
        )
    )
  }

  @Test func `a master brings its pattern, its exceptions and its gaps (6.11, 2.5)`() async throws {
    let item = """
      <t:CalendarItem><t:ItemId Id="I1" ChangeKey="CK"/><t:Subject>Weekly</t:Subject>\
      <t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>\
      <t:CalendarItemType>RecurringMaster</t:CalendarItemType>\
      <t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday Wednesday\
      </t:DaysOfWeek><t:FirstDayOfWeek>Monday</t:FirstDayOfWeek></t:WeeklyRecurrence>\
      <t:NumberedRecurrence><t:StartDate>2026-03-02+01:00</t:StartDate>\
      <t:NumberOfOccurrences>10</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>\
      <t:ModifiedOccurrences><t:Occurrence><t:ItemId Id="OCC" ChangeKey="CK9"/>\
      <t:Start>2026-03-04T10:00:00Z</t:Start><t:End>2026-03-04T11:00:00Z</t:End>\
      <t:OriginalStart>2026-03-04T08:00:00Z</t:OriginalStart></t:Occurrence></t:ModifiedOccurrences>\
      <t:DeletedOccurrences><t:DeletedOccurrence><t:Start>2026-03-09T08:00:00Z</t:Start>\
      </t:DeletedOccurrence></t:DeletedOccurrences>\
      <t:StartTimeZone Id="W. Europe Standard Time" Name="(UTC+01:00) Amsterdam, Berlin"/></t:CalendarItem>
      """
    let desk = try Desk(.soap(Fixture.items(item)))
    let master = try #require(try await desk.read("I1"))
    #expect(master.id == ExchangeItemID("I1"))
    #expect(master.changeKey == ChangeKey("CK"))
    #expect(master.role == .master)
    #expect(
      master.recurrence
        == RecurrencePattern(
          rhythm: .weekly(interval: 1, days: [.monday, .wednesday], firstDayOfWeek: .monday),
          firstDay: LocalDate(year: 2026, month: 3, day: 2),
          end: .after(occurrences: 10)
        )
    )
    #expect(master.exceptions.map(\.id) == [ExchangeItemID("OCC")])
    #expect(master.exceptions.first?.originalStart == Instant(iso8601: "2026-03-04T08:00:00Z"))
    #expect(master.deletedOccurrences == [Instant(iso8601: "2026-03-09T08:00:00Z")])
    #expect(
      master.when
        == .timed(
          start: Instant(seconds: 1_772_438_400),
          end: Instant(seconds: 1_772_442_000),
          zone: ZoneName("Europe/Berlin")
        )
    )
  }
}
