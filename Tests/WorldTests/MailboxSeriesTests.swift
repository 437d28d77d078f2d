import Foundation
import Testing
import World

@Suite struct MailboxSeriesTests {
  private static let hour: Int64 = 3_600

  /// Monday to Friday, 09:00 to 09:15 in Berlin, from Monday, 2 March 2026 on.
  private func standUp() -> Mailbox.Appointment {
    var series = MailboxSample.appointment("Stand-up", hour: 0)
    series.end = series.start + 900
    series.recurrence = Mailbox.Recurrence(
      .weekly(
        interval: 1,
        days: [.monday, .tuesday, .wednesday, .thursday, .friday],
        firstDay: .monday
      ),
      .noEnd(start: "2026-03-02")
    )
    return series
  }

  private func weekly(_ subject: String = "Review", times: Int = 10) -> Mailbox.Appointment {
    var series = MailboxSample.appointment(subject, hour: 0)
    series.recurrence = Mailbox.Recurrence(
      .weekly(interval: 1, days: [.monday], firstDay: .monday),
      .numbered(start: "2026-03-02", count: times)
    )
    return series
  }

  @Test func `occurrences keep the wall time when the clocks change`() throws {
    var sample = MailboxSample()
    let master = try sample.add(standUp())
    let starts = try sample.view("2026-03-26", "2026-03-31").map { Timestamp.text($0.start) }
    #expect(
      starts == [
        "2026-03-26T08:00:00Z", "2026-03-27T08:00:00Z", "2026-03-30T07:00:00Z",
      ]
    )
    #expect(master.type == .recurringMaster)
    #expect(sample.mailbox.items(in: sample.calendar).map(\.id) == [master.id])
  }

  @Test func `in a gap the offset before it counts, in an overlap the first of the two`() throws {
    var sample = MailboxSample()
    var night = MailboxSample.appointment("Backup")
    // 02:30 to 03:00 in Berlin, every day.
    night.start = try #require(Timestamp.reading("2026-03-02T01:30:00")).wallClock
    night.end = night.start + 1_800
    night.recurrence = Mailbox.Recurrence(.daily(interval: 1), .noEnd(start: "2026-03-02"))
    try sample.add(night)
    func spans(_ from: String, _ to: String) throws -> [String] {
      try sample.view(from, to).map { "\(Timestamp.text($0.start)) \($0.end - $0.start)" }
    }
    #expect(
      try spans("2026-03-28", "2026-03-30T12:00:00") == [
        "2026-03-28T01:30:00Z 1800", "2026-03-29T01:30:00Z 1800", "2026-03-30T00:30:00Z 1800",
      ]
    )
    // From 02:30 the first time to 03:00, an hour and a half later.
    #expect(try spans("2026-10-25", "2026-10-25T12:00:00") == ["2026-10-25T00:30:00Z 5400"])
  }

  @Test func `a series that begins in a gap keeps its wall time after it`() throws {
    var sample = MailboxSample()
    var night = MailboxSample.appointment("Backup")
    night.start = try #require(Timestamp.reading("2026-03-01T01:30:00")).wallClock
    night.end = night.start + 1_800
    // The first Sunday after the start's own date is the one whose 02:30 does not exist.
    night.recurrence = Mailbox.Recurrence(
      .weekly(interval: 1, days: [.sunday], firstDay: .monday),
      .noEnd(start: "2026-03-23")
    )
    let master = try sample.add(night)
    #expect(Timestamp.text(master.appointment.start) == "2026-03-29T01:30:00Z")
    let next = try sample.series(master).occurrence(at: 2)
    #expect(Timestamp.text(next.appointment.start) == "2026-04-05T00:30:00Z")
  }

  @Test func `all-day dates are midnights of the zone, also where a day has 23 hours`() throws {
    var sample = MailboxSample()
    var fair = MailboxSample.appointment("On call")
    fair.isAllDay = true
    fair.recurrence = Mailbox.Recurrence(
      .weekly(interval: 1, days: [.sunday], firstDay: nil),
      .noEnd(start: "2026-03-22")
    )
    try sample.add(fair)
    let days = try sample.view("2026-03-22", "2026-03-30").map {
      "\(Timestamp.text($0.start)) \(($0.end - $0.start) / Self.hour)"
    }
    #expect(days == ["2026-03-21T23:00:00Z 24", "2026-03-28T23:00:00Z 23"])
  }

  @Test func `the master begins at the first match, its seconds are cut`() throws {
    var sample = MailboxSample()
    var series = weekly()
    series.start += 17
    series.end += 42
    series.recurrence?.pattern = .weekly(interval: 1, days: [.wednesday], firstDay: nil)
    let master = try sample.add(series)
    #expect(Timestamp.text(master.appointment.start) == "2026-03-04T08:00:00Z")
    #expect(Timestamp.text(master.appointment.end) == "2026-03-04T09:00:00Z")
    #expect(master.appointment.recurrence == series.recurrence)
  }

  @Test func `a changed date is an exception, and the master alone is told of`() throws {
    var sample = MailboxSample()
    let master = try sample.add(weekly())
    let state = sample.mailbox.syncState(of: sample.calendar)
    let third = try sample.series(master).occurrence(at: 3)
    #expect(third.type == .occurrence)
    let moved = try sample.change(
      third,
      [.start(third.start + Self.hour), .end(third.end + Self.hour), .subject("Review, later")]
    )
    #expect(moved.id == third.id)
    #expect(moved.type == .exception)
    #expect(moved.occurrence?.originalStart == third.start)
    #expect(try sample.mailbox.item(third.id, MailboxSample.zones) == moved)
    let after = try sample.mailbox.item(master.id)
    #expect(sample.mailbox.changeKey(of: after) != sample.mailbox.changeKey(of: master))
    #expect(sample.mailbox.changeKey(of: after) == sample.mailbox.changeKey(of: moved))
    let page = try sample.mailbox.sync(sample.calendar, since: state, maximum: 9)
    guard case .update(let told)? = page.changes.first, page.changes.count == 1 else {
      Issue.record("\(page.changes)")
      return
    }
    #expect(told.id == master.id)
    #expect(try sample.series(after).exceptions.map(\.id) == [third.id])
    #expect(try sample.series(after).exceptions.first?.appointment.subject == "Review, later")
    // The key of the time before is old for every date of the series.
    #expect(throws: Mailbox.Refusal(.errorIrresolvableConflict)) {
      try sample.change(third, [.location("Room 2")])
    }
  }

  @Test func `an exception has what was changed of its own, and the rest of the master's`() throws {
    var sample = MailboxSample()
    var master = try sample.add(weekly())
    let second = try sample.series(master).occurrence(at: 2)
    _ = try sample.change(second, [.location("Workshop")])
    master = try sample.mailbox.item(master.id)
    _ = try sample.change(master, [.subject("Retrospective"), .location("Room 1")])
    let after = try sample.mailbox.item(second.id, MailboxSample.zones)
    #expect(after.appointment.subject == "Retrospective")
    #expect(after.appointment.location == "Workshop")
  }

  @Test func `an exception is shown by its actual time, whatever its original date`() throws {
    var sample = MailboxSample()
    let master = try sample.add(weekly())
    let second = try sample.series(master).occurrence(at: 2)
    let friday = second.start + 4 * 86_400
    _ = try sample.change(second, [.start(friday), .end(friday + Self.hour)])
    #expect(try sample.view("2026-03-09", "2026-03-10").isEmpty)
    #expect(try sample.view("2026-03-13", "2026-03-14").map(\.id) == [second.id])
  }

  @Test func `a deleted date is gone, its neighbours keep their places`() throws {
    var sample = MailboxSample()
    let master = try sample.add(weekly())
    let second = try sample.series(master).occurrence(at: 2)
    #expect(try sample.mailbox.delete(second.id, .moveToDeletedItems, at: 0) == nil)
    let series = try sample.series(master)
    #expect(series.deletedStarts == [second.start])
    #expect(throws: Mailbox.Refusal(.errorCalendarOccurrenceIsDeletedFromRecurrence)) {
      try series.occurrence(at: 2)
    }
    #expect(throws: Mailbox.Refusal(.errorItemNotFound)) {
      try sample.mailbox.item(second.id, MailboxSample.zones)
    }
    #expect(try series.occurrence(at: 3).start == second.start + 7 * 86_400)
    #expect(sample.mailbox.items(in: sample.mailbox.folderID(.deleteditems)).isEmpty)
    #expect(try sample.view("2026-03-09", "2026-03-10").isEmpty)
  }

  @Test func `an exception can be deleted, and the last date takes the series with it`() throws {
    var sample = MailboxSample()
    let master = try sample.add(weekly(times: 2))
    let first = try sample.series(master).occurrence(at: 1)
    let changed = try sample.change(first, [.subject("Other")])
    try sample.mailbox.delete(changed.id, .moveToDeletedItems, at: 0)
    #expect(try sample.series(master).exceptions.isEmpty)
    #expect(try sample.series(master).first?.start == first.start + 7 * 86_400)
    let second = try sample.series(master).occurrence(at: 2)
    try sample.mailbox.delete(second.id, .moveToDeletedItems, at: 0)
    #expect(sample.mailbox.items(in: sample.calendar).isEmpty)
    #expect(sample.mailbox.items(in: sample.mailbox.folderID(.deleteditems)).count == 1)
  }

  @Test func `a date may not pass its neighbours nor share their day`() throws {
    var sample = MailboxSample()
    let master = try sample.add(weekly())
    func move(_ place: Int, byDays days: Int64, hours: Int64 = 0) throws {
      let item = try sample.series(master).occurrence(at: place)
      let distance = days * 86_400 + hours * Self.hour
      _ = try sample.change(item, [.start(item.start + distance), .end(item.end + distance)])
    }
    #expect(throws: Mailbox.Refusal(.errorOccurrenceCrossingBoundary)) {
      try move(2, byDays: 8)
    }
    #expect(throws: Mailbox.Refusal(.errorOccurrenceCrossingBoundary)) {
      try move(2, byDays: -8)
    }
    #expect(throws: Mailbox.Refusal(.errorOccurrenceTimeSpanTooBig)) {
      try move(2, byDays: 7, hours: -2)
    }
    try move(2, byDays: 6)
    // The neighbour is where it was moved to.
    #expect(throws: Mailbox.Refusal(.errorOccurrenceTimeSpanTooBig)) {
      try move(3, byDays: -1)
    }
    let third = try sample.series(master).occurrence(at: 3)
    try sample.mailbox.delete(third.id, .moveToDeletedItems, at: 0)
    // A deleted neighbour is in nobody's way.
    try move(2, byDays: 2)
    #expect(try sample.series(master).exceptions.count == 1)
  }

  @Test func `a date that lasts into the next one is refused`() throws {
    var sample = MailboxSample()
    let master = try sample.add(standUp())
    let first = try sample.series(master).occurrence(at: 1)
    #expect(throws: Mailbox.Refusal(.errorOccurrenceTimeSpanTooBig)) {
      try sample.change(first, [.end(first.start + 25 * Self.hour)])
    }
    var long = standUp()
    long.end = long.start + 25 * Self.hour
    #expect(throws: Mailbox.Refusal(.errorOccurrenceTimeSpanTooBig)) { try sample.add(long) }
  }

  @Test func `a pattern without a date is refused`() throws {
    var sample = MailboxSample()
    var series = weekly()
    series.recurrence?.range = .endDate(start: "2026-03-03", end: "2026-03-08")
    #expect(throws: Mailbox.Refusal(.errorRecurrenceHasNoOccurrence)) { try sample.add(series) }
    let single = try sample.add(MailboxSample.appointment("Visit"))
    #expect(throws: Mailbox.Refusal(.errorRecurrenceHasNoOccurrence)) {
      try sample.change(single, [.recurrence(series.recurrence)])
    }
    #expect(try sample.mailbox.item(single.id) == single)
  }

  @Test func `places outside the range are refused`() throws {
    var sample = MailboxSample()
    let master = try sample.add(weekly(times: 3))
    let series = try sample.series(master)
    for place in [-1, 0, 4] {
      #expect(throws: Mailbox.Refusal(.errorCalendarOccurrenceIndexIsOutOfRecurrenceRange)) {
        try series.occurrence(at: place)
      }
    }
    #expect(series.last?.start == series.master.start + 14 * 86_400)
  }

  @Test func `a new pattern or time lays the series out anew`() throws {
    var sample = MailboxSample()
    var master = try sample.add(weekly())
    _ = try sample.change(try sample.series(master).occurrence(at: 2), [.subject("Other")])
    try sample.mailbox.delete(
      try sample.series(master).occurrence(at: 3).id,
      .moveToDeletedItems,
      at: 0
    )
    master = try sample.mailbox.item(master.id)
    // Content, and a time that is the same, leave the dates alone.
    master = try sample.change(
      master,
      [.location("Room 1"), .start(master.start), .end(master.end)]
    )
    #expect(try sample.series(master).exceptions.count == 1)
    #expect(try sample.series(master).deletedStarts.count == 1)
    master = try sample.change(
      master,
      [.start(master.start + Self.hour), .end(master.end + Self.hour)]
    )
    #expect(try sample.series(master).exceptions.isEmpty)
    #expect(try sample.series(master).deletedStarts.isEmpty)
    #expect(
      try sample.series(master).occurrence(at: 2).start == master.start + 7 * 86_400
    )
    let daily = Mailbox.Recurrence(.daily(interval: 2), .noEnd(start: "2026-03-05"))
    master = try sample.change(master, [.recurrence(daily)])
    #expect(Timestamp.text(master.start) == "2026-03-05T09:00:00Z")
    #expect(
      try sample.series(master).occurrence(at: 2).start == master.start + 2 * 86_400
    )
  }

  @Test func `a master that is moved to another day begins its range there`() throws {
    var sample = MailboxSample()
    let master = try sample.add(weekly())
    let after = try sample.change(
      master,
      [.start(master.start + 7 * 86_400), .end(master.end + 7 * 86_400)]
    )
    #expect(after.appointment.recurrence?.range == .numbered(start: "2026-03-09", count: 10))
  }

  @Test func `a single becomes a series and a series a single, under one id`() throws {
    var sample = MailboxSample()
    let single = try sample.add(MailboxSample.appointment("Visit", hour: 0))
    let master = try sample.change(single, [.recurrence(weekly().recurrence)])
    #expect(master.id == single.id && master.type == .recurringMaster)
    #expect(master.start == single.start)
    let second = try sample.series(master).occurrence(at: 2)
    let back = try sample.change(master, [.recurrence(nil)])
    #expect(back.type == .single && back.start == single.start)
    #expect(throws: Mailbox.Refusal(.errorItemNotFound)) {
      try sample.mailbox.item(second.id, MailboxSample.zones)
    }
  }

  @Test func `a date is neither moved to a folder nor copied, and has no pattern of its own`()
    throws
  {
    var sample = MailboxSample()
    let master = try sample.add(weekly())
    let second = try sample.series(master).occurrence(at: 2)
    let refusal = Mailbox.Refusal(.errorCalendarCannotMoveOrCopyOccurrence)
    #expect(throws: refusal) {
      try sample.mailbox.move(second.id, to: sample.mailbox.folderID(.deleteditems), at: 0)
    }
    #expect(throws: refusal) {
      try sample.mailbox.copy(second.id, to: sample.calendar, at: 0)
    }
    #expect(throws: Mailbox.Refusal(.errorInvalidPropertySet)) {
      try sample.change(second, [.recurrence(weekly().recurrence)])
    }
  }

  @Test func `a series that is moved takes its dates along, under new ids`() throws {
    var sample = MailboxSample()
    let master = try sample.add(weekly())
    let second = try sample.change(
      try sample.series(master).occurrence(at: 2),
      [.subject("Other")]
    )
    let moved = try sample.mailbox.move(
      master.id,
      to: sample.mailbox.folderID(.deleteditems),
      at: 0
    )
    let exception = try #require(try sample.series(moved).exceptions.first)
    #expect(exception.appointment.subject == "Other")
    #expect(exception.id != second.id)
  }

  @Test func `an occurrence's id names its day, and its UID is the series'`() throws {
    var sample = MailboxSample()
    let master = try sample.add(weekly())
    let second = try sample.series(master).occurrence(at: 2)
    let text = sample.mailbox.text(of: second.id)
    #expect(text.count == 168)
    #expect(try sample.mailbox.itemID(text) == second.id)
    #expect(second.id.master == master.id)
    #expect(second.uid == master.uid)
    #expect(
      second.extended(.cleanGlobalObjectID) == master.extended(.cleanGlobalObjectID)
    )
    let dated = try #require(second.extended(.globalObjectID)?.first.flatMap { Base64.bytes($0) })
    #expect(Array(dated[16..<20]) == [0x07, 0xEA, 3, 9])
  }

  @Test func `a series whose rules stand in the item follows them`() throws {
    var sample = MailboxSample()
    var series = weekly()
    series.startZone = "Customized Time Zone"
    series.endZone = series.startZone
    // Three hours east until the second Wednesday of March, 01:00 local, then four.
    series.startRules = ZoneRules(
      name: "Nowhere",
      periods: [
        ZoneRules.Period(id: "s", name: "Standard", offset: 3 * 3_600),
        ZoneRules.Period(id: "d", name: "Daylight", offset: 4 * 3_600),
      ],
      groups: [
        ZoneRules.Group(
          id: "0",
          turns: [
            ZoneRules.Turn(period: "d", month: 3, day: .weekday(.wednesday, week: 2), time: 3_600),
            ZoneRules.Turn(period: "s", month: 10, day: .date(31), time: 7_200),
          ]
        )
      ],
      steps: [ZoneRules.Step(.group("0"))]
    )
    series.endRules = series.startRules
    let master = try sample.add(series)
    let starts = try (1...3).map { try sample.series(master).occurrence(at: $0).start }
    #expect(
      starts.map { Timestamp.text($0) } == [
        "2026-03-02T08:00:00Z", "2026-03-09T08:00:00Z", "2026-03-16T07:00:00Z",
      ]
    )
  }

  @Test func `series and contacts come back whole from storage`() throws {
    var sample = MailboxSample()
    let master = try sample.add(weekly())
    _ = try sample.change(try sample.series(master).occurrence(at: 2), [.subject("Other")])
    let third = try sample.series(master).occurrence(at: 3)
    try sample.mailbox.delete(third.id, .moveToDeletedItems, at: 0)
    var contact = Mailbox.Contact([.surname: "Doe"])
    contact.emails = [.first: Mailbox.Contact.Email("a@example.com")]
    contact.addresses = [.home: [.city: "Bonn"]]
    let contacts = sample.mailbox.folderID(.contacts)
    let doe = try sample.mailbox.create(contact, in: contacts, MailboxSample.around())
    sample.mailbox.mayWritePublicFolders = false
    let stored = try PropertyListEncoder().encode(sample.mailbox)
    var back = sample
    back.mailbox = try PropertyListDecoder().decode(Mailbox.self, from: stored)
    #expect(try back.series(master).exceptions == sample.series(master).exceptions)
    #expect(try back.series(master).deletedStarts == [third.start])
    #expect(try back.mailbox.item(doe.id) == doe)
    #expect(!back.mailbox.mayWritePublicFolders)
  }

  @Test func `a series without a zone keeps its hour in UTC`() throws {
    var sample = MailboxSample()
    var series = weekly()
    (series.startZone, series.endZone) = (nil, nil)
    let master = try sample.add(series)
    let fifth = try sample.series(master).occurrence(at: 5)
    #expect(Timestamp.text(fifth.start) == "2026-03-30T08:00:00Z")
  }
}

extension Mailbox.Item {
  fileprivate var start: Int64 { appointment.start }
  fileprivate var end: Int64 { appointment.end }
}

extension MailboxSample {
  fileprivate func series(_ master: Mailbox.Item) throws -> Mailbox.Series {
    try mailbox.series(master.id, Self.zones)
  }

  /// What the calendar shows between two local times of Berlin.
  fileprivate func view(_ from: String, _ to: String) throws -> [Mailbox.Item] {
    func instant(_ text: String) throws -> Int64 {
      let wall = try #require(Timestamp.reading(text)).wallClock
      return Self.zones.instant(wallClock: wall, in: Self.berlin)
    }
    return try mailbox.calendarView(
      of: calendar,
      from: instant(from),
      to: instant(to),
      Self.zones
    ).items
  }
}
