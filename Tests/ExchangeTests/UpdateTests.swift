import Exchange
import SyncEngine
import SyncModel
import Testing

/// UpdateItem: one field at a time, only at the expected version (`ews.md` 2.8).
@Suite struct UpdateTests {
  private func edit(
    when: When? = nil,
    zone: ZoneName? = nil,
    turnsAllDay: Bool = false,
    title: String? = nil,
    text: String? = nil,
    place: String? = nil
  ) -> ExchangeEdit {
    ExchangeEdit(
      id: ExchangeItemID("I1"),
      expected: ChangeKey("CK"),
      when: when,
      zone: zone,
      turnsAllDay: turnsAllDay,
      title: title,
      text: text,
      place: place
    )
  }

  private func updates(_ edit: ExchangeEdit) async throws -> String {
    let desk = try Desk(Wire.written("UpdateItem", ("I1", "CK2")))
    let results = try await desk.mailbox.update([edit])
    #expect(results == [.done(ExchangeItemID("I1"), ChangeKey("CK2"))])
    let text = Wire.body(desk.server.asked.first)
    let head = """
      <m:UpdateItem ConflictResolution="NeverOverwrite" \
      SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges><t:ItemChange>\
      <t:ItemId Id="I1" ChangeKey="CK"/><t:Updates>
      """
    let tail = "</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
    #expect(text.hasPrefix(head))
    #expect(text.hasSuffix(tail))
    return String(text.dropFirst(head.count).dropLast(tail.count))
  }

  private func field(_ path: String, _ element: String) -> String {
    "<t:SetItemField><t:FieldURI FieldURI=\"\(path)\"/><t:CalendarItem>\(element)</t:CalendarItem>"
      + "</t:SetItemField>"
  }

  @Test func `a new title moves no time`() async throws {
    #expect(
      try await updates(edit(title: "New")) == field("item:Subject", "<t:Subject>New</t:Subject>")
    )
  }

  @Test func `a new time names no zone`() async throws {
    let text = try await updates(edit(when: Fixture.morning, zone: ZoneName("Europe/Berlin")))
    #expect(
      text == field("calendar:Start", "<t:Start>2026-03-02T08:00:00Z</t:Start>")
        + field("calendar:End", "<t:End>2026-03-02T09:00:00Z</t:End>")
    )
  }

  @Test func `whole days are written at midnights of a zone that is written with them`()
    async throws
  {
    let text = try await updates(
      edit(when: Fixture.shortDay, zone: ZoneName("Europe/Berlin"), turnsAllDay: true)
    )
    let zone = "Id=\"W. Europe Standard Time\"/>"
    #expect(
      text == field("calendar:StartTimeZone", "<t:StartTimeZone \(zone)")
        + field("calendar:EndTimeZone", "<t:EndTimeZone \(zone)")
        + field("calendar:IsAllDayEvent", "<t:IsAllDayEvent>true</t:IsAllDayEvent>")
        + field("calendar:Start", "<t:Start>2026-03-29T00:00:00+01:00</t:Start>")
        + field("calendar:End", "<t:End>2026-03-30T00:00:00+02:00</t:End>")
    )
  }

  @Test func `whole days that become a time lose their mark`() async throws {
    let text = try await updates(edit(when: Fixture.morning, turnsAllDay: true))
    #expect(
      text.hasPrefix(field("calendar:IsAllDayEvent", "<t:IsAllDayEvent>false</t:IsAllDayEvent>"))
    )
    #expect(!text.contains("TimeZone"))
  }

  @Test func `an empty place is deleted, an empty text is set`() async throws {
    #expect(
      try await updates(edit(text: "", place: "")) == field(
        "item:Body",
        "<t:Body BodyType=\"Text\"/>"
      )
        + "<t:DeleteItemField><t:FieldURI FieldURI=\"calendar:Location\"/></t:DeleteItemField>"
    )
  }

  @Test(
    arguments: [
      ("ErrorIrresolvableConflict", ExchangeWriteResult.conflict), ("ErrorStaleObject", .conflict),
      ("ErrorInvalidChangeKey", .conflict), ("ErrorItemNotFound", .missing),
      ("ErrorInvalidIdMalformed", .missing),
      ("ErrorMailboxMoveInProgress", .notTried("ErrorMailboxMoveInProgress")),
      ("ErrorQuotaExceeded", .notTried("ErrorQuotaExceeded")),
      ("ErrorItemSavePropertyError", .refused("ErrorItemSavePropertyError")),
      ("ErrorAccessDenied", .refused("ErrorAccessDenied")),
      ("ErrorCalendarDurationIsTooLong", .refused("ErrorCalendarDurationIsTooLong")),
      ("ErrorSomethingNew", .refused("ErrorSomethingNew")),
    ]
  )
  func `a refusal is told from a conflict and from a loss (2A, 6.5)`(
    code: String,
    result: ExchangeWriteResult
  ) async throws {
    let desk = try Desk(Wire.failed("UpdateItem", code))
    #expect(try await desk.mailbox.update([edit(title: "x")]) == [result])
    #expect(desk.server.asked.count == 1)
  }
}
