import Exchange
import SyncEngine
import SyncModel
import Testing

/// Traps of `ews.md` section 4 as they stand on the wire: patterns, ranges, dates and exceptions.
@Suite struct SeriesTrapTests {
  private static let noEnd =
    "<t:NoEndRecurrence><t:StartDate>2026-03-02</t:StartDate></t:NoEndRecurrence>"

  private static func master(_ recurrence: String, fields: String = "") -> String {
    """
    <t:CalendarItem><t:ItemId Id="AAMkAD=" ChangeKey="CK"/><t:Subject>Weekly</t:Subject>\
    <t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>\(fields)\
    <t:CalendarItemType>RecurringMaster</t:CalendarItemType><t:Recurrence>\(recurrence)\
    </t:Recurrence><t:StartTimeZone Id="W. Europe Standard Time"/></t:CalendarItem>
    """
  }

  private func pattern(_ recurrence: String) async throws -> RecurrencePattern? {
    let desk = try Desk(.soap(Fixture.items(Self.master(recurrence))))
    let item = try #require(try await desk.read())
    #expect(item.role == .master)
    return item.recurrence
  }

  @Test(
    arguments: [
      (
        "<t:DailyRecurrence><t:Interval>999</t:Interval></t:DailyRecurrence>",
        .daily(interval: 999)
      ),
      (
        """
        <t:WeeklyRecurrence><t:Interval>2</t:Interval><t:DaysOfWeek>Sunday Tuesday</t:DaysOfWeek>\
        <t:FirstDayOfWeek>Monday</t:FirstDayOfWeek></t:WeeklyRecurrence>
        """, .weekly(interval: 2, days: [.sunday, .tuesday], firstDayOfWeek: .monday)
      ),
      // Exchange 2010 writes no first day of the week; it is Sunday, and RFC 5545's is Monday.
      (
        """
        <t:WeeklyRecurrence><t:Interval>2</t:Interval><t:DaysOfWeek>Sunday Tuesday</t:DaysOfWeek>\
        </t:WeeklyRecurrence>
        """, .weekly(interval: 2, days: [.sunday, .tuesday], firstDayOfWeek: .sunday)
      ),
      // The last day of each month, and every other year as Outlook stores it (4.2, 4.3).
      (
        """
        <t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval><t:DayOfMonth>31</t:DayOfMonth>\
        </t:AbsoluteMonthlyRecurrence>
        """, .monthly(interval: 1, dayOfMonth: 31)
      ),
      (
        """
        <t:AbsoluteMonthlyRecurrence><t:Interval>24</t:Interval><t:DayOfMonth>2</t:DayOfMonth>\
        </t:AbsoluteMonthlyRecurrence>
        """, .monthly(interval: 24, dayOfMonth: 2)
      ),
      (
        """
        <t:RelativeMonthlyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Weekday</t:DaysOfWeek>\
        <t:DayOfWeekIndex>Last</t:DayOfWeekIndex></t:RelativeMonthlyRecurrence>
        """,
        .monthlyByWeek(
          interval: 1,
          week: .last,
          days: [.monday, .tuesday, .wednesday, .thursday, .friday]
        )
      ),
      (
        """
        <t:AbsoluteYearlyRecurrence><t:DayOfMonth>29</t:DayOfMonth><t:Month>February</t:Month>\
        </t:AbsoluteYearlyRecurrence>
        """, .yearly(month: 2, dayOfMonth: 29)
      ),
      (
        """
        <t:RelativeYearlyRecurrence><t:DaysOfWeek>WeekendDay</t:DaysOfWeek><t:DayOfWeekIndex>Second\
        </t:DayOfWeekIndex><t:Month>November</t:Month></t:RelativeYearlyRecurrence>
        """, .yearlyByWeek(month: 11, week: .second, days: [.sunday, .saturday])
      ),
    ] as [(String, RecurrencePattern.Rhythm)]
  )
  func `each pattern is read as it is written (4.1 to 4.3)`(
    written: String,
    rhythm: RecurrencePattern.Rhythm
  ) async throws {
    #expect(try await pattern(written + Self.noEnd)?.rhythm == rhythm)
  }

  /// A range is in local dates, whatever zone a server appends.
  @Test(
    arguments: [
      (noEnd, .never),
      (
        """
        <t:EndDateRecurrence><t:StartDate>2026-03-02Z</t:StartDate><t:EndDate>2026-09-30-07:00\
        </t:EndDate></t:EndDateRecurrence>
        """, .on(LocalDate(year: 2026, month: 9, day: 30))
      ),
      (
        """
        <t:NumberedRecurrence><t:StartDate>2026-03-02+13:00</t:StartDate><t:NumberOfOccurrences>10\
        </t:NumberOfOccurrences></t:NumberedRecurrence>
        """, .after(occurrences: 10)
      ),
    ] as [(String, RecurrencePattern.End)]
  )
  func `a range is in local dates, and its last day counts (4.1, 6.11)`(
    range: String,
    end: RecurrencePattern.End
  ) async throws {
    let daily = "<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>"
    let read = try await pattern(daily + range)
    #expect(read?.firstDay == LocalDate(year: 2026, month: 3, day: 2))
    #expect(read?.end == end)
  }

  @Test(
    arguments: [
      "<t:DailyRegeneration><t:Interval>3</t:Interval></t:DailyRegeneration>",
      "<t:HourlyRecurrence><t:Interval>3</t:Interval></t:HourlyRecurrence>",
      "<t:DailyRecurrence><t:Interval>0</t:Interval></t:DailyRecurrence>", "",
    ]
  )
  func `a pattern that no calendar has is left to Exchange, not guessed (4.1)`(
    written: String
  ) async throws {
    #expect(try await pattern(written + Self.noEnd) == nil)
  }

  @Test(arguments: ["", "<t:IsRecurring>false</t:IsRecurring>"])
  func `a master is known by its type, whatever IsRecurring says (6.8)`(
    isRecurring: String
  ) async throws {
    let daily = "<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>"
    let desk = try Desk(
      .soap(Fixture.items(Self.master(daily + Self.noEnd, fields: isRecurring)))
    )
    #expect(try await desk.read()?.role == .master)
    let text = try #require(desk.server.asked.last?.text)
    for field in ["CalendarItemType", "Recurrence", "ModifiedOccurrences", "DeletedOccurrences"] {
      #expect(text.contains("<t:FieldURI FieldURI=\"calendar:\(field)\"/>"))
    }
  }

  /// Half past midnight on the 9th in Berlin is the 8th in UTC: instants stay instants here, and
  /// only who knows the series' zone makes dates of them.
  @Test func `a date left out is told by its instant, on whatever day that is in UTC (4.5)`()
    async throws
  {
    let weekly = """
      <t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek>\
      <t:FirstDayOfWeek>Monday</t:FirstDayOfWeek></t:WeeklyRecurrence>
      """
    let gone = """
      <t:DeletedOccurrences><t:DeletedOccurrence><t:Start>2026-03-08T23:30:00Z</t:Start>\
      </t:DeletedOccurrence><t:DeletedOccurrence><t:Start>2026-03-29T22:30:00Z</t:Start>\
      </t:DeletedOccurrence></t:DeletedOccurrences>
      """
    let desk = try Desk(.soap(Fixture.items(Self.master(weekly + Self.noEnd, fields: gone))))
    let item = try #require(try await desk.read())
    #expect(
      item.recurrence?.rhythm == .weekly(interval: 1, days: [.monday], firstDayOfWeek: .monday)
    )
    #expect(
      item.deletedOccurrences
        == ["2026-03-08T23:30:00Z", "2026-03-29T22:30:00Z"].map { Instant(iso8601: $0) }
    )
  }

  @Test func `a changed date may have a title, a place, privacy and days of its own (4.4)`()
    async throws
  {
    let date = """
      <t:CalendarItem><t:ItemId Id="AAMkAD=" ChangeKey="1"/><t:Subject>Other</t:Subject>\
      <t:Sensitivity>Private</t:Sensitivity><t:Start>2026-03-03T23:00:00Z</t:Start>\
      <t:End>2026-03-04T23:00:00Z</t:End><t:OriginalStart>2026-03-04T08:00:00Z</t:OriginalStart>\
      <t:IsAllDayEvent>true</t:IsAllDayEvent><t:LegacyFreeBusyStatus>Free</t:LegacyFreeBusyStatus>\
      <t:Location>Room 9</t:Location><t:CalendarItemType>Exception</t:CalendarItemType>\
      <t:StartTimeZone Id="W. Europe Standard Time"/></t:CalendarItem>
      """
    let item = try #require(try await Desk(.soap(Fixture.items(date))).read())
    #expect(item.title == "Other" && item.place == "Room 9")
    #expect(item.sensitivity == .private && item.showAs == .free)
    #expect(
      item.when
        == .allDay(
          first: LocalDate(year: 2026, month: 3, day: 4),
          afterLast: LocalDate(year: 2026, month: 3, day: 5)
        )
    )
    #expect(item.originalStart == Instant(iso8601: "2026-03-04T08:00:00Z"))
  }

  /// Who is invited to one date only has it without its master.
  @Test func `a date without its master is read for itself (4.4, 6.7)`() async throws {
    let dates = ["A", "B"].map { id in
      """
      <t:CalendarItem><t:ItemId Id="\(id)" ChangeKey="1"/><t:Subject>One date</t:Subject>\
      <t:UID>040000008200E00074C5B7101A82E008</t:UID><t:RecurrenceId>2026-03-04T08:00:00Z\
      </t:RecurrenceId><t:Start>2026-03-04T10:00:00Z</t:Start><t:End>2026-03-04T11:00:00Z</t:End>\
      <t:OriginalStart>2026-03-04T08:00:00Z</t:OriginalStart>\
      <t:CalendarItemType>Exception</t:CalendarItemType></t:CalendarItem>
      """
    }
    let desk = try Desk(.soap(Fixture.items(dates[0], dates[1])))
    let readings = try await desk.mailbox.items(
      [ExchangeItemID("A"), ExchangeItemID("B")],
      in: Fixture.folder
    )
    for reading in readings {
      guard case .found(let item) = reading else {
        Issue.record("\(reading)")
        return
      }
      #expect(item.role == .exception)
      #expect(item.recurrence == nil)
      #expect(item.originalStart == Instant(iso8601: "2026-03-04T08:00:00Z"))
      #expect(item.cleanUID != nil)
    }
  }

  @Test func `a master that is told of once for each of its dates is listed once (6.6)`()
    async throws
  {
    let master = #"<t:CalendarItem><t:ItemId Id="M" ChangeKey="1"/></t:CalendarItem>"#
    let desk = try Desk(
      .soap(
        Fixture.response(
          "SyncFolderItems",
          Fixture.message(
            "SyncFolderItems",
            "<m:SyncState>H4sIAAB=</m:SyncState>"
              + "<m:IncludesLastItemInRange>true</m:IncludesLastItemInRange>"
              + "<m:Changes>\(String(repeating: "<t:Update>\(master)</t:Update>", count: 9))"
              + "</m:Changes>"
          )
        )
      )
    )
    guard
      case .page(let page) = try await desk.mailbox.changes(since: nil, in: Fixture.folder)
    else {
      Issue.record("no page")
      return
    }
    #expect(page.present.map(\.id.rawValue) == ["M"])
    #expect(page.gone.isEmpty)
  }
}

/// Dates that are addressed by their place, or shown by Exchange (`ews.md` 2.6, 4.4, 4.5).
@Suite struct DateTrapTests {
  private let places = (2...4).map { OccurrencePlace(master: ExchangeItemID("M"), index: $0) }

  @Test func `a date is asked for by its place, and says what it was (4.4)`() async throws {
    let date = """
      <t:CalendarItem><t:ItemId Id="D2" ChangeKey="1"/><t:Start>2026-03-04T10:00:00Z</t:Start>\
      <t:End>2026-03-04T11:00:00Z</t:End><t:OriginalStart>2026-03-04T08:00:00Z</t:OriginalStart>\
      <t:CalendarItemType>Occurrence</t:CalendarItemType></t:CalendarItem>
      """
    let desk = try Desk(
      .soap(
        Fixture.response(
          "GetItem",
          Fixture.message("GetItem", "<m:Items>\(date)</m:Items>"),
          Fixture.message(
            "GetItem",
            "<m:Items/>",
            code: "ErrorCalendarOccurrenceIsDeletedFromRecurrence"
          ),
          Fixture.message(
            "GetItem",
            "<m:Items/>",
            code: "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"
          )
        )
      )
    )
    let readings = try await desk.mailbox.occurrences(places, in: Fixture.folder)
    guard case .found(let item) = readings[0], readings[1...] == [.missing, .missing] else {
      Issue.record("\(readings)")
      return
    }
    #expect(item.id == ExchangeItemID("D2"))
    #expect(item.originalStart == Instant(iso8601: "2026-03-04T08:00:00Z"))
    let text = Wire.body(desk.server.asked.last)
    #expect(
      text.contains(
        (2...4).map { "<t:OccurrenceItemId RecurringMasterId=\"M\" InstanceIndex=\"\($0)\"/>" }
          .joined()
      )
    )
  }

  @Test func `a date that does not come for the moment is not taken for deleted (4.4)`()
    async throws
  {
    let desk = try Desk(Wire.failed("GetItem", "ErrorMailboxStoreUnavailable"))
    let error = await failure {
      try await desk.mailbox.occurrences(Array(places.prefix(1)), in: Fixture.folder)
    }
    #expect(error != nil)
    let broken = try Desk(Wire.failed("GetItem", "ErrorItemCorrupt", text: "Broken."))
    let readings = try await broken.mailbox.occurrences(
      Array(places.prefix(1)),
      in: Fixture.folder
    )
    #expect(readings == [.unreadable("ErrorItemCorrupt: Broken.")])
  }

  @Test(arguments: ["ErrorOccurrenceCrossingBoundary", "ErrorOccurrenceTimeSpanTooBig"])
  func `a date that would pass its neighbour or meet it is refused (4.4)`(
    code: String
  ) async throws {
    let desk = try Desk(Wire.failed("UpdateItem", code))
    let edit = ExchangeEdit(
      id: ExchangeItemID("D2"),
      expected: ChangeKey("1"),
      when: Fixture.morning,
      zone: ZoneName("Europe/Berlin")
    )
    #expect(try await desk.mailbox.update([edit]) == [.refused(code)])
    let text = Wire.body(desk.server.asked.last)
    for field in ["Recurrence", "UID", "TimeZone"] { #expect(!text.contains(field)) }
  }

  private static func view(_ ids: [String], isLast: Bool) -> Reply {
    let items = ids.map {
      "<t:CalendarItem><t:ItemId Id=\"\($0)\" ChangeKey=\"1\"/>"
        + "<t:CalendarItemType>Occurrence</t:CalendarItemType></t:CalendarItem>"
    }.joined()
    return .soap(
      Fixture.response(
        "FindItem",
        Fixture.message(
          "FindItem",
          """
          <m:RootFolder TotalItemsInView="\(ids.count)" IncludesLastItemInRange="\(isLast)">\
          <t:Items>\(items)<t:CalendarItem><t:ItemId Id="S" ChangeKey="1"/>\
          <t:CalendarItemType>Single</t:CalendarItemType></t:CalendarItem></t:Items></m:RootFolder>
          """
        )
      )
    )
  }

  /// What only Exchange can expand is read from its own view; a full one is asked for in halves.
  @Test func `a view that is full is taken apart, and a date on the seam comes once (4.5)`()
    async throws
  {
    let server = try ScriptedExchange { asked, _ in
      guard asked.operation == "FindItem" else {
        return .soap(
          Fixture.response(
            "GetItem",
            asked.itemIDs.map {
              Fixture.message("GetItem", "<m:Items>\(Fixture.appointment(id: $0))</m:Items>")
            }.joined()
          )
        )
      }
      if asked.text.contains(#"StartDate="2026-03-02T00:00:00Z" EndDate="2026-03-04T00:00:00Z""#) {
        return Self.view(["A", "B"], isLast: false)
      }
      return asked.text.contains(#"EndDate="2026-03-03T00:00:00Z""#)
        ? Self.view(["A", "B"], isLast: true) : Self.view(["B", "C"], isLast: true)
    }
    let span = Span(
      start: try #require(Instant(iso8601: "2026-03-02T00:00:00Z")),
      end: try #require(Instant(iso8601: "2026-03-04T00:00:00Z"))
    )
    let expanded = try await Desk(server).mailbox.expanded(span, in: Fixture.folder)
    #expect(expanded.dates.map(\.id.rawValue) == ["A", "B", "C"])
    #expect(expanded.isWhole)
  }
}
