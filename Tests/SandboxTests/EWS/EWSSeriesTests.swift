import Sandbox
import Testing
import World
import XML

/// Series as EWS shows and takes them.
@Suite struct EWSSeriesTests {
  private let identity = """
    <t:FieldURI FieldURI="calendar:Start"/><t:FieldURI FieldURI="calendar:End"/>\
    <t:FieldURI FieldURI="calendar:OriginalStart"/>\
    <t:FieldURI FieldURI="calendar:RecurrenceId"/>\
    <t:FieldURI FieldURI="calendar:CalendarItemType"/>\
    <t:FieldURI FieldURI="calendar:IsRecurring"/><t:FieldURI FieldURI="calendar:UID"/>\
    <t:FieldURI FieldURI="calendar:Recurrence"/>
    """

  private let dates = """
    <t:FieldURI FieldURI="calendar:Recurrence"/>\
    <t:FieldURI FieldURI="calendar:FirstOccurrence"/>\
    <t:FieldURI FieldURI="calendar:LastOccurrence"/>\
    <t:FieldURI FieldURI="calendar:ModifiedOccurrences"/>\
    <t:FieldURI FieldURI="calendar:DeletedOccurrences"/>\
    <t:FieldURI FieldURI="calendar:MeetingTimeZone"/>
    """

  /// Every Monday at 09:00 in Berlin, ten times.
  private func weekly(_ bench: EWSBench) async throws -> EWSKnown {
    try await bench.create(
      """
      <t:Subject>Review</t:Subject><t:Start>2026-03-02T09:00:00</t:Start>\
      <t:End>2026-03-02T10:00:00</t:End><t:Recurrence><t:WeeklyRecurrence>\
      <t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek>\
      <t:FirstDayOfWeek>Monday</t:FirstDayOfWeek></t:WeeklyRecurrence><t:NumberedRecurrence>\
      <t:StartDate>2026-03-02</t:StartDate><t:NumberOfOccurrences>10</t:NumberOfOccurrences>\
      </t:NumberedRecurrence></t:Recurrence><t:StartTimeZone Id="W. Europe Standard Time"/>
      """
    )
  }

  /// Reads by the element of an id of any kind.
  private func get(_ bench: EWSBench, _ id: String, _ paths: String) async throws -> XMLElement {
    try await bench.ask(
      """
      <m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>\
      <t:AdditionalProperties>\(paths)</t:AdditionalProperties></m:ItemShape>\
      <m:ItemIds>\(id)</m:ItemIds></m:GetItem>
      """
    )
  }

  private func occurrence(_ master: EWSKnown, _ place: Int) -> String {
    "<t:OccurrenceItemId RecurringMasterId=\"\(master.id)\" InstanceIndex=\"\(place)\"/>"
  }

  private func update(
    _ bench: EWSBench,
    _ id: String,
    _ updates: String,
    conflict: String = "AlwaysOverwrite"
  ) async throws -> XMLElement {
    try await bench.ask(
      """
      <m:UpdateItem ConflictResolution="\(conflict)" \
      SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges><t:ItemChange>\(id)\
      <t:Updates>\(updates)</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>
      """
    )
  }

  private func set(_ field: String, _ child: String) -> String {
    """
    <t:SetItemField><t:FieldURI FieldURI="\(field)"/><t:CalendarItem>\(child)</t:CalendarItem>\
    </t:SetItemField>
    """
  }

  private func delete(_ bench: EWSBench, _ id: String) async throws -> [String] {
    try await bench.ask(
      """
      <m:DeleteItem DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendToNone">\
      <m:ItemIds>\(id)</m:ItemIds></m:DeleteItem>
      """
    ).codes
  }

  private func view(
    _ bench: EWSBench,
    _ start: String,
    _ end: String,
    maximum: String = "",
    folder: String = "calendar"
  ) async throws -> XMLElement {
    try await bench.ask(
      """
      <m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>\
      <t:AdditionalProperties>\(identity)</t:AdditionalProperties></m:ItemShape>\
      <m:CalendarView \(maximum) StartDate="\(start)" EndDate="\(end)"/><m:ParentFolderIds>\
      <t:DistinguishedFolderId Id="\(folder)"/></m:ParentFolderIds></m:FindItem>
      """
    )
  }

  @Test func `a view shows occurrences, exceptions and singles in order, and no master`()
    async throws
  {
    let bench = try EWSBench()
    let master = try await weekly(bench)
    _ = try await bench.create(
      """
      <t:Subject>Visit</t:Subject><t:Start>2026-03-10T09:00:00Z</t:Start>\
      <t:End>2026-03-10T10:00:00Z</t:End>
      """
    )
    let moved = try await update(
      bench,
      occurrence(master, 3),
      set("calendar:Start", "<t:Start>2026-03-12T09:00:00Z</t:Start>")
        + set("calendar:End", "<t:End>2026-03-12T10:00:00Z</t:End>")
    )
    #expect(moved.codes == ["NoError"])
    let found = try await view(bench, "2026-03-01T00:00:00Z", "2026-03-20T00:00:00Z")
    let items = found.all("CalendarItem")
    #expect(
      items.map { $0.child("CalendarItemType")?.text } == [
        "Occurrence", "Occurrence", "Single", "Exception",
      ]
    )
    #expect(
      items.map { $0.child("Start")?.text } == [
        "2026-03-02T08:00:00Z", "2026-03-09T08:00:00Z", "2026-03-10T09:00:00Z",
        "2026-03-12T09:00:00Z",
      ]
    )
    #expect(items.last?.child("OriginalStart")?.text == "2026-03-16T08:00:00Z")
    #expect(items[2].child("OriginalStart") == nil)
    #expect(!found.all("ItemId").compactMap { $0["Id"] }.contains(master.id))
    let cut = try await view(
      bench,
      "2026-03-01T00:00:00Z",
      "2026-03-20T00:00:00Z",
      maximum: "MaxEntriesReturned=\"2\""
    )
    #expect(cut.all("CalendarItem").count == 2)
    #expect(cut.all("RootFolder").first?["IncludesLastItemInRange"] == "false")
    #expect(
      try await view(bench, "2026-03-01T00:00:00Z", "2028-04-20T00:00:00Z").codes
        == ["ErrorCalendarViewRangeTooBig"]
    )
    #expect(
      try await view(bench, "2026-03-01T00:00:00Z", "2026-04-20T00:00:00Z", folder: "inbox").codes
        == ["ErrorCalendarFolderIsInvalidForCalendarView"]
    )
  }

  @Test func `an occurrence is read by its place and by its own id, its master by it`()
    async throws
  {
    let bench = try EWSBench()
    let master = try await weekly(bench)
    let byPlace = try await get(bench, occurrence(master, 5), identity)
    let item = try #require(byPlace.all("CalendarItem").first)
    let own = try EWSKnown(byPlace)
    #expect(own.id != master.id)
    #expect(item.child("CalendarItemType")?.text == "Occurrence")
    #expect(item.child("IsRecurring")?.text == "true")
    // Wall time is kept: the clocks changed on the day before.
    #expect(item.child("Start")?.text == "2026-03-30T07:00:00Z")
    #expect(item.child("OriginalStart")?.text == "2026-03-30T07:00:00Z")
    #expect(item.child("RecurrenceId")?.text == "2026-03-30T07:00:00Z")
    #expect(item.child("Recurrence") == nil)
    let byID = try await get(bench, "<t:ItemId Id=\"\(own.id)\"/>", identity)
    #expect(try EWSKnown(byID).id == own.id)
    let back = try await get(bench, "<t:RecurringMasterItemId OccurrenceId=\"\(own.id)\"/>", "")
    #expect(try EWSKnown(back).id == master.id)
    let whole = try await get(bench, "<t:ItemId Id=\"\(master.id)\"/>", identity)
    let read = try #require(whole.all("CalendarItem").first)
    #expect(read.child("CalendarItemType")?.text == "RecurringMaster")
    #expect(read.child("IsRecurring")?.text == "false")
    #expect(read.child("UID")?.text == item.child("UID")?.text)
  }

  @Test func `ids that do not fit are refused with their codes`() async throws {
    let bench = try EWSBench()
    let master = try await weekly(bench)
    let single = try await bench.create(
      """
      <t:Subject>Visit</t:Subject><t:Start>2026-03-10T09:00:00Z</t:Start>\
      <t:End>2026-03-10T10:00:00Z</t:End>
      """
    )
    #expect(try await delete(bench, occurrence(master, 2)) == ["NoError"])
    let cases = [
      (occurrence(master, 0), "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"),
      (occurrence(master, 11), "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"),
      (occurrence(master, 2), "ErrorCalendarOccurrenceIsDeletedFromRecurrence"),
      (occurrence(single, 1), "ErrorCalendarCannotUseIdForRecurringMasterId"),
      (
        "<t:RecurringMasterItemId OccurrenceId=\"\(single.id)\"/>",
        "ErrorCalendarCannotUseIdForOccurrenceId"
      ),
      (
        "<t:RecurringMasterItemId OccurrenceId=\"\(master.id)\"/>",
        "ErrorCalendarCannotUseIdForOccurrenceId"
      ),
    ]
    for (id, code) in cases { #expect(try await get(bench, id, "").codes == [code]) }
    let third = try EWSKnown(try await get(bench, occurrence(master, 3), ""))
    let moved = try await bench.ask(
      """
      <m:MoveItem><m:ToFolderId><t:DistinguishedFolderId Id="deleteditems"/></m:ToFolderId>\
      <m:ItemIds><t:ItemId Id="\(third.id)"/></m:ItemIds></m:MoveItem>
      """
    )
    #expect(moved.codes == ["ErrorCalendarCannotMoveOrCopyOccurrence"])
  }

  @Test func `the master tells its dates, and a change of one is an update of it alone`()
    async throws
  {
    let bench = try EWSBench()
    let master = try await weekly(bench)
    let state = try #require(try await bench.sync(nil).all("SyncState").first?.text)
    let changed = try await update(
      bench,
      occurrence(master, 3),
      set("item:Subject", "<t:Subject>Review, with guests</t:Subject>")
    )
    let third = try EWSKnown(changed)
    #expect(try await delete(bench, occurrence(master, 4)) == ["NoError"])
    let page = try await bench.sync(state)
    #expect(page.all("Update").count == 1 && page.all("Create").isEmpty)
    #expect(page.all("Delete").isEmpty)
    #expect(try EWSKnown(page).id == master.id)
    #expect(try EWSKnown(page).changeKey != master.changeKey)
    let read = try await bench.get(master, dates)
    let first = try #require(read.child("FirstOccurrence"))
    #expect(first.child("Start")?.text == "2026-03-02T08:00:00Z")
    #expect(read.descendant("LastOccurrence", "Start")?.text == "2026-05-04T07:00:00Z")
    let exceptions = try #require(read.child("ModifiedOccurrences")).children
    #expect(exceptions.map { $0.child("ItemId")?["Id"] } == [third.id])
    #expect(exceptions.first?.child("OriginalStart")?.text == "2026-03-16T08:00:00Z")
    let deleted = try #require(read.child("DeletedOccurrences")).children
    #expect(deleted.map { $0.child("Start")?.text } == ["2026-03-23T08:00:00Z"])
    #expect(read.child("MeetingTimeZone")?["TimeZoneName"] == EWSBench.berlin)
    #expect(read.descendant("Recurrence", "NumberedRecurrence") != nil)
    let exception = try await bench.get(third, identity)
    #expect(exception.child("CalendarItemType")?.text == "Exception")
    // The deleted one left nothing behind.
    let trash = try await bench.ask(
      """
      <m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>\
      <m:ParentFolderIds><t:DistinguishedFolderId Id="deleteditems"/></m:ParentFolderIds>\
      </m:FindItem>
      """
    )
    #expect(trash.all("ItemId").isEmpty)
  }

  @Test func `a date's change key is its master's, and an old one is refused`() async throws {
    let bench = try EWSBench()
    let master = try await weekly(bench)
    let second = try EWSKnown(try await get(bench, occurrence(master, 2), ""))
    let third = try EWSKnown(try await get(bench, occurrence(master, 3), ""))
    #expect(second.changeKey == master.changeKey)
    let subject = set("item:Subject", "<t:Subject>Other</t:Subject>")
    let first = try await bench.update(second, subject)
    #expect(first.codes == ["NoError"])
    #expect(try await bench.update(third, subject).codes == ["ErrorIrresolvableConflict"])
    let fresh = try EWSKnown(try await get(bench, occurrence(master, 3), ""))
    #expect(fresh.changeKey == (try EWSKnown(first)).changeKey)
    #expect(try await bench.update(fresh, subject).codes == ["NoError"])
  }

  @Test(arguments: [
    ("2026-03-26T09:00:00Z", "2026-03-26T10:00:00Z", "ErrorOccurrenceCrossingBoundary"),
    ("2026-03-16T12:00:00Z", "2026-03-16T13:00:00Z", "ErrorOccurrenceTimeSpanTooBig"),
    ("2026-03-12T09:00:00Z", "2026-03-17T10:00:00Z", "ErrorOccurrenceTimeSpanTooBig"),
    ("2026-03-12T09:00:00Z", "2026-03-11T09:00:00Z", "ErrorCalendarEndDateIsEarlierThanStartDate"),
    ("2026-03-13T09:00:00Z", "2026-03-13T10:00:00Z", "NoError"),
  ])
  func `a date moves between its neighbours only`(
    start: String,
    end: String,
    code: String
  ) async throws {
    let bench = try EWSBench()
    let master = try await weekly(bench)
    let reply = try await update(
      bench,
      occurrence(master, 2),
      set("calendar:Start", "<t:Start>\(start)</t:Start>")
        + set("calendar:End", "<t:End>\(end)</t:End>")
    )
    #expect(reply.codes == [code])
  }

  @Test(arguments: [
    (
      "<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Weekday</t:DaysOfWeek></t:WeeklyRecurrence>",
      "ErrorCalendarInvalidDayForWeeklyRecurrence"
    ),
    (
      "<t:WeeklyRecurrence><t:Interval>100</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>",
      "ErrorCalendarInvalidRecurrence"
    ),
    (
      "<t:RelativeMonthlyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday Tuesday</t:DaysOfWeek><t:DayOfWeekIndex>Last</t:DayOfWeekIndex></t:RelativeMonthlyRecurrence>",
      "ErrorCalendarInvalidRecurrence"
    ),
    (
      "<t:RelativeYearlyRecurrence><t:DaysOfWeek>Friday</t:DaysOfWeek><t:DayOfWeekIndex>First</t:DayOfWeekIndex><t:Month>June</t:Month></t:RelativeYearlyRecurrence>",
      "ErrorRecurrenceHasNoOccurrence"
    ),
    (
      "<t:DailyRegeneration><t:Interval>3</t:Interval></t:DailyRegeneration>",
      "ErrorCalendarInvalidRecurrence"
    ),
    (
      "<t:DailyRecurrence><t:Interval>3</t:Interval></t:DailyRecurrence>", "NoError"
    ),
  ])
  func `a pattern that Exchange does not take is refused`(
    pattern: String,
    code: String
  ) async throws {
    let bench = try EWSBench()
    let reply = try await bench.ask(
      """
      <m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem>\
      <t:Subject>Series</t:Subject><t:Start>2026-03-02T09:00:00Z</t:Start>\
      <t:End>2026-03-02T10:00:00Z</t:End><t:Recurrence>\(pattern)<t:EndDateRecurrence>\
      <t:StartDate>2026-03-02+01:00</t:StartDate><t:EndDate>2026-04-30Z</t:EndDate>\
      </t:EndDateRecurrence></t:Recurrence></t:CalendarItem></m:Items></m:CreateItem>
      """
    )
    #expect(reply.codes == [code])
  }

  @Test func `an end beyond the calendar is refused`() async throws {
    let bench = try EWSBench()
    let master = try await weekly(bench)
    let recurrence = """
      <t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>\
      <t:EndDateRecurrence><t:StartDate>2026-03-02</t:StartDate><t:EndDate>4500-09-02</t:EndDate>\
      </t:EndDateRecurrence></t:Recurrence>
      """
    let reply = try await bench.update(master, set("calendar:Recurrence", recurrence))
    #expect(reply.codes == ["ErrorRecurrenceEndDateTooBig"])
  }

  @Test func `a single becomes a series and back, by an update`() async throws {
    let bench = try EWSBench()
    let single = try await bench.create(
      """
      <t:Subject>Visit</t:Subject><t:Start>2026-03-02T09:00:00Z</t:Start>\
      <t:End>2026-03-02T10:00:00Z</t:End>
      """
    )
    let recurrence = """
      <t:Recurrence><t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval>\
      <t:DayOfMonth>31</t:DayOfMonth></t:AbsoluteMonthlyRecurrence><t:NoEndRecurrence>\
      <t:StartDate>2026-03-02</t:StartDate></t:NoEndRecurrence></t:Recurrence>
      """
    let master = try EWSKnown(
      try await bench.update(single, set("calendar:Recurrence", recurrence))
    )
    #expect(master.id == single.id)
    let read = try await bench.get(master, identity + dates)
    #expect(read.child("CalendarItemType")?.text == "RecurringMaster")
    #expect(read.child("Start")?.text == "2026-03-31T09:00:00Z")
    #expect(read.child("LastOccurrence") == nil)
    let second = try await get(bench, occurrence(master, 2), identity)
    #expect(second.all("Start").first?.text == "2026-04-30T09:00:00Z")
    let back = try await bench.update(
      master,
      "<t:DeleteItemField><t:FieldURI FieldURI=\"calendar:Recurrence\"/></t:DeleteItemField>"
    )
    #expect(back.codes == ["NoError"])
    let single2 = try await bench.get(try EWSKnown(back), identity)
    #expect(single2.child("CalendarItemType")?.text == "Single")
  }

  @Test func `a zone with its own rules is kept, used and shown with them`() async throws {
    let bench = try EWSBench()
    let rules = """
      <t:Periods><t:Period Bias="-PT3H" Name="Standard" Id="s"/>\
      <t:Period Bias="-PT4H" Name="Daylight" Id="d"/></t:Periods><t:TransitionsGroups>\
      <t:TransitionsGroup Id="0"><t:RecurringDayTransition><t:To Kind="Period">d</t:To>\
      <t:TimeOffset>PT1H</t:TimeOffset><t:Month>3</t:Month><t:DayOfWeek>Wednesday</t:DayOfWeek>\
      <t:Occurrence>2</t:Occurrence></t:RecurringDayTransition><t:RecurringDateTransition>\
      <t:To Kind="Period">s</t:To><t:TimeOffset>PT2H</t:TimeOffset><t:Month>10</t:Month>\
      <t:Day>31</t:Day></t:RecurringDateTransition></t:TransitionsGroup></t:TransitionsGroups>\
      <t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions>
      """
    let master = try await bench.create(
      """
      <t:Subject>Far away</t:Subject><t:Start>2026-03-09T11:00:00</t:Start>\
      <t:End>2026-03-09T12:00:00</t:End><t:Recurrence><t:WeeklyRecurrence>\
      <t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>\
      <t:NoEndRecurrence><t:StartDate>2026-03-09</t:StartDate></t:NoEndRecurrence></t:Recurrence>\
      <t:StartTimeZone Id="Customized Time Zone" Name="Nowhere">\(rules)</t:StartTimeZone>
      """
    )
    let read = try await bench.get(
      master,
      "<t:FieldURI FieldURI=\"calendar:Start\"/><t:FieldURI FieldURI=\"calendar:StartTimeZone\"/>"
    )
    #expect(read.child("Start")?.text == "2026-03-09T08:00:00Z")
    let zone = try #require(read.child("StartTimeZone"))
    #expect(zone["Id"] == "Customized Time Zone" && zone["Name"] == "Nowhere")
    #expect(zone.all("Period").map { $0["Bias"] } == ["-PT3H", "-PT4H"])
    #expect(zone.all("RecurringDateTransition").first?.child("Day")?.text == "31")
    let second = try await get(bench, occurrence(master, 2), identity)
    #expect(second.all("Start").first?.text == "2026-03-16T07:00:00Z")
  }

  @Test(arguments: [
    (
      """
      <t:MeetingTimeZone TimeZoneName="Nowhere"><t:BaseOffset>-PT180M</t:BaseOffset><t:Standard>\
      <t:Offset>PT0M</t:Offset><t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek>\
      <t:DayOfWeekIndex>Last</t:DayOfWeekIndex><t:Month>October</t:Month>\
      </t:RelativeYearlyRecurrence><t:Time>03:00:00</t:Time></t:Standard><t:Daylight>\
      <t:Offset>-PT60M</t:Offset><t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek>\
      <t:DayOfWeekIndex>Last</t:DayOfWeekIndex><t:Month>March</t:Month>\
      </t:RelativeYearlyRecurrence><t:Time>02:00:00</t:Time></t:Daylight></t:MeetingTimeZone>
      """, "2026-07-01T08:00:00Z"
    ),
    (
      "<t:MeetingTimeZone TimeZoneName=\"x\"><t:BaseOffset>PT2H</t:BaseOffset></t:MeetingTimeZone>",
      "2026-07-01T14:00:00Z"
    ),
    ("<t:MeetingTimeZone TimeZoneName=\"W. Europe Standard Time\"/>", "2026-07-01T10:00:00Z"),
  ])
  func `the zones of Exchange 2007 are read`(zone: String, start: String) async throws {
    let bench = try EWSBench()
    let item = try await bench.create(
      """
      <t:Subject>Old</t:Subject><t:Start>2026-07-01T12:00:00</t:Start>\
      <t:End>2026-07-01T13:00:00</t:End>\(zone)
      """
    )
    let read = try await bench.get(item, "<t:FieldURI FieldURI=\"calendar:Start\"/>")
    #expect(read.child("Start")?.text == start)
  }

  @Test(arguments: [
    ("<t:StartTimeZone Id=\"Nowhere\"/>", "ErrorCalendarInvalidTimeZone"),
    (
      """
      <t:StartTimeZone Id="x"><t:Periods><t:Period Bias="PT1H" Name="a" Id="a"/></t:Periods>\
      <t:TransitionsGroups><t:TransitionsGroup Id="0"><t:Transition><t:To Kind="Period">b</t:To>\
      </t:Transition></t:TransitionsGroup></t:TransitionsGroups></t:StartTimeZone>
      """, "ErrorCalendarInvalidTimeZone"
    ),
    (
      """
      <t:StartTimeZone Id="x"><t:Periods><t:Period Bias="PT1H" Name="a" Id="a"/></t:Periods>\
      <t:TransitionsGroups><t:TransitionsGroup Id="0"><t:RecurringDayTransition>\
      <t:To Kind="Period">a</t:To><t:TimeOffset>PT1H</t:TimeOffset><t:Month>3</t:Month>\
      <t:DayOfWeek>Weekday</t:DayOfWeek><t:Occurrence>2</t:Occurrence></t:RecurringDayTransition>\
      </t:TransitionsGroup></t:TransitionsGroups></t:StartTimeZone>
      """, "ErrorCalendarInvalidDayForTimeChangePattern"
    ),
  ])
  func `a zone that means nothing is refused`(zone: String, code: String) async throws {
    let bench = try EWSBench()
    let reply = try await bench.ask(
      """
      <m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem>\
      <t:Start>2026-03-02T09:00:00Z</t:Start>\(zone)</t:CalendarItem></m:Items></m:CreateItem>
      """
    )
    #expect(reply.codes == [code])
  }
}
