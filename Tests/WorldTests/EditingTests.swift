import Testing
import World

/// What people do to series, single dates, privacy, free time and answers.
@Suite struct EditingTests {
  /// 2026-03-02T08:00:00Z, a Monday.
  private static let now: Int64 = 1_772_438_400
  private let world: World

  init() throws {
    let sides = try Seeding(items: 0, zones: MailboxSample.zones, now: Self.now).sides()
    world = World(mailbox: sides.mailbox, tenant: sides.tenant, clock: { Self.now })
  }

  private func make(_ verb: CalendarEdit.Verb, on date: String? = nil) async throws -> String {
    try await world.make(
      Edit(.exchange, .calendar(CalendarEdit(verb, occurrence: date))),
      zones: MailboxSample.zones
    )
  }

  /// Every Monday at 09:00 in Berlin.
  private func series(_ repetition: String = "weekly MO times 10") async throws -> String {
    try await make(
      .create(
        title: "Review",
        start: Self.now,
        end: Self.now + 3_600,
        isAllDay: false,
        repetition: repetition
      )
    )
  }

  private func dates() async -> [ListedItem] {
    await world.occurrenceListing(zones: MailboxSample.zones)
  }

  @Test(arguments: [
    ("daily", Mailbox.RecurrencePattern.daily(interval: 1)),
    ("daily every 3", .daily(interval: 3)),
    (
      "weekly MO,WE every 2 from SU",
      .weekly(interval: 2, days: [.monday, .wednesday], firstDay: .sunday)
    ),
    ("Weekly fr", .weekly(interval: 1, days: [.friday], firstDay: .monday)),
    ("monthly 31", .absoluteMonthly(interval: 1, day: 31)),
    ("monthly last FR every 3", .relativeMonthly(interval: 3, days: .friday, index: .last)),
    ("monthly first weekday", .relativeMonthly(interval: 1, days: .weekday, index: .first)),
    ("yearly 29 feb", .absoluteYearly(day: 29, month: .february)),
    ("yearly last SU october", .relativeYearly(days: .sunday, index: .last, month: .october)),
  ])
  func `a repetition is said in words`(
    words: String,
    pattern: Mailbox.RecurrencePattern
  ) throws {
    let recurrence = try Repetition(words).recurrence(from: "2026-03-02")
    #expect(recurrence == Mailbox.Recurrence(pattern, .noEnd(start: "2026-03-02")))
  }

  @Test func `a repetition ends on a date or after so many times`() throws {
    let until = try Repetition("daily until 2026-12-31").recurrence(from: "2026-03-02")
    #expect(until.range == .endDate(start: "2026-03-02", end: "2026-12-31"))
    let times = try Repetition("weekly MO times 5").recurrence(from: "2026-03-02")
    #expect(times.range == .numbered(start: "2026-03-02", count: 5))
  }

  @Test(arguments: [
    "", "hourly", "weekly", "weekly MO,XX", "monthly 32", "monthly last", "monthly sometimes FR",
    "yearly 29", "yearly 29 febtober", "daily every 0", "daily until tomorrow", "daily times x",
    "weekly MO sometimes", "yearly 1 may every 2",
  ])
  func `words that mean nothing get a sentence`(words: String) {
    #expect(throws: EditProblem.self) { try Repetition(words) }
  }

  @Test func `a series is listed once, and its dates after it`() async throws {
    let id = try await series()
    let listing = await world.exchangeListing()
    #expect(listing.map(\.kind) == ["series"])
    let dates = await dates()
    #expect(
      dates.map(\.originalDate) == [
        "2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30",
      ]
    )
    #expect(dates.allSatisfy { $0.kind == "occurrence" && $0.series == id })
    let dump = await world.dump(zones: MailboxSample.zones)
    let kinds = (dump["exchange"]?.elements ?? []).map { $0["kind"]?.text }
    #expect(kinds == ["series"] + Array(repeating: "occurrence", count: 5))
    #expect(dump["exchange"]?.elements?.last?["originalDate"] == "2026-03-30")
    #expect(dump["exchange"]?.elements?.first?["series"] == nil)
  }

  @Test func `one date is moved, renamed, marked and taken out`() async throws {
    let id = try await series()
    let week: Int64 = 7 * 86_400
    let start = Self.now + week + 86_400
    _ = try await make(
      .move(id: id, start: start, end: start + 1_800, repetition: nil),
      on: "2026-03-09"
    )
    _ = try await make(.retitle(id: id, title: "Other"), on: "2026-03-16")
    _ = try await make(.mark(id: id, .private), on: "2026-03-16")
    _ = try await make(.delete(id: id), on: "2026-03-23")
    let dates = await dates()
    #expect(
      dates.map(\.originalDate) == ["2026-03-02", "2026-03-09", "2026-03-16", "2026-03-30"]
    )
    #expect(dates[1].start == start && dates[1].end == start + 1_800)
    #expect(dates[2].title == "Other" && dates[2].sensitivity == "Private")
    #expect(dates[3].title == "Review" && dates[3].sensitivity == "Normal")
    await #expect(throws: EditProblem.self) {
      _ = try await make(.delete(id: id), on: "2026-03-10")
    }
    await #expect(throws: EditProblem.self) {
      _ = try await make(.delete(id: id), on: "2026-03-23")
    }
  }

  @Test func `a series gets another rhythm, becomes a single and a series again`() async throws {
    let id = try await series()
    func move(_ repetition: String) async throws {
      _ = try await make(
        .move(id: id, start: Self.now, end: Self.now + 3_600, repetition: repetition)
      )
    }
    try await move("daily times 3")
    #expect(await dates().map(\.originalDate) == ["2026-03-02", "2026-03-03", "2026-03-04"])
    try await move("never")
    #expect(await dates().isEmpty)
    #expect(await world.exchangeListing().map(\.kind) == ["appointment"])
    try await move("monthly 31")
    #expect(await dates().map(\.originalDate) == ["2026-03-31"])
  }

  @Test func `marks are set and taken back`() async throws {
    let id = try await world.make(
      Edit(.exchange, .create(title: "Visit", start: Self.now, end: Self.now + 60)),
      zones: MailboxSample.zones
    )
    func item(after mark: CalendarEdit.Mark) async throws -> ListedItem {
      _ = try await make(.mark(id: id, mark))
      return try #require(await world.exchangeListing().first)
    }
    #expect(try await item(after: .private).sensitivity == "Private")
    #expect(try await item(after: .public).sensitivity == "Normal")
    #expect(try await item(after: .free).showAs == "Free")
    #expect(try await item(after: .busy).showAs == "Busy")
    #expect(try await item(after: .decline).kind == "declined")
    #expect(try await item(after: .accept).kind == "appointment")
    let cancelled = try await item(after: .cancel)
    #expect(cancelled.kind == "cancelled" && cancelled.title == "Canceled: Visit")
    #expect(try await item(after: .accept).title == "Visit")
    #expect(await world.mailbox { mailbox, _ in mailbox.mailsSent } == 0)
  }

  @Test func `an all-day series is made of the person's days`() async throws {
    _ = try await make(
      .create(
        title: "On call",
        start: Self.now,
        end: Self.now + 3_600,
        isAllDay: true,
        repetition: "weekly MO times 2"
      )
    )
    let dates = await dates()
    #expect(dates.map { Timestamp.text($0.start) }.first == "2026-03-01T23:00:00Z")
    #expect(dates.allSatisfy { $0.isAllDay && $0.end - $0.start == 86_400 })
  }

  @Test func `a contact is listed with a name and renamed by it`() async throws {
    let id = try await world.mailbox { mailbox, now in
      let around = Mailbox.Surroundings(now: now, zones: MailboxSample.zones)
      let contact = Mailbox.Contact([.givenName: "Jane", .surname: "Doe"])
      let item = try mailbox.create(contact, in: mailbox.folderID(.contacts), around)
      return mailbox.text(of: item.id)
    }
    let edit = Edit(.exchange, .retitle(id: id, title: "Jane Roe"))
    _ = try await world.make(edit, zones: MailboxSample.zones)
    let listed = await world.contactListing()
    #expect(listed.map(\.kind) == ["contact"] && listed.map(\.title) == ["Jane Roe"])
    #expect(listed.first?.start == Self.now)
  }

  @Test func `edits of Exchange's own survive their own JSON`() throws {
    let edits = [
      CalendarEdit(
        .create(title: "A", start: 60, end: 120, isAllDay: true, repetition: "daily")
      ),
      CalendarEdit(
        .create(title: "A", start: 60, end: 120, isAllDay: false, repetition: "daily")
      ),
      CalendarEdit(.move(id: "x", start: 60, end: 120, repetition: "never")),
      CalendarEdit(
        .move(id: "x", start: 60, end: 120, repetition: nil),
        occurrence: "2026-03-02"
      ),
      CalendarEdit(.retitle(id: "x", title: "B"), occurrence: "2026-03-02"),
      CalendarEdit(.delete(id: "x"), occurrence: "2026-03-02"),
    ]
    let marks = CalendarEdit.Mark.allCases.map { CalendarEdit(.mark(id: "x", $0)) }
    for edit in edits + marks {
      let edit = Edit(.exchange, .calendar(edit))
      #expect(try Edit(json: edit.json) == edit)
    }
  }

  @Test func `the PSA knows nothing of it`() async throws {
    await #expect(throws: EditProblem.self) {
      _ = try await world.make(
        Edit(.psa, .calendar(CalendarEdit(.mark(id: "1", .private)))),
        zones: .utc
      )
    }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `random changes touch series and single dates too`(seed: UInt64) async throws {
    let sides = try Seeding(items: 40, zones: MailboxSample.zones, now: Self.now).sides()
    let world = World(mailbox: sides.mailbox, tenant: sides.tenant, clock: { Self.now })
    let edits = try await world.makeRandomEdits(240, seed: seed, zones: MailboxSample.zones)
    let own = edits.compactMap { edit in
      if case .calendar(let edit) = edit.verb { edit } else { nil }
    }
    #expect(own.contains { $0.occurrence != nil } && own.contains { $0.occurrence == nil })
    let keys = await world.exchangeListing().map { "\($0.title)|\($0.start)|\($0.end)" }
    #expect(Set(keys).count == keys.count)
  }
}
