import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// `rules.md` 2, 4 and 6: the rows that only a whole run shows.
@Suite(.threeRuns) struct RunRows {
  private let start = Scene.monday + 5 * Scene.hour
  private var end: Int64 { start + Scene.hour }
  private static let day: Int64 = 86_400

  // MARK: Between a write and its reading back

  @Test func `an edit in Exchange between our write and our read-back is put back, not swallowed`()
    async throws
  {
    let scene = try Scene()
    scene.rules.serviceCalls = true
    try await scene.settle()
    let copy = try #require(try await scene.exchangeItems().only)
    try await scene.office(.serviceCall, .retitle(id: "4021", title: "Bring cables"))
    let mailbox = TroubledMailbox(scene.worldMailbox)
    await mailbox.set { trouble in
      trouble.afterUpdate = {
        try await scene.exchange(.retitle(id: copy.id.rawValue, title: "Mine"))
      }
    }
    #expect(try await scene.sync(mailbox: mailbox).attempt.exchange.updated == 1)
    #expect(try await scene.exchangeItems().map(\.title) == ["Mine"])
    #expect(try await scene.sync().attempt.exchange.updated == 1)
    let after = try #require(try await scene.exchangeItems().only)
    #expect(after.title == copy.title && after.text.hasSuffix("Bring cables"))
    try await scene.settle()
  }

  @Test(arguments: [Edit.Side.exchange, .psa])
  func `a time moved between our write and our read-back travels, and is not swallowed`(
    writer: Edit.Side
  ) async throws {
    let scene = try Scene()
    let made = Edit.Verb.create(title: "Visit", start: start, end: end)
    _ = try await writer == .exchange ? scene.psa(made) : scene.exchange(made)
    try await scene.settle()
    let item = try #require(try await scene.exchangeItems().only)
    let other = try #require(try await scene.psaItems().only)
    let later = start + 3 * Scene.hour
    let mailbox = TroubledMailbox(scene.worldMailbox)
    let psa = TroubledPSA(scene.worldPSA)
    switch writer {
    case .exchange:
      try await scene.psa(.retitle(id: other.id.description, title: "Board"))
      await mailbox.set { trouble in
        trouble.afterUpdate = {
          try await scene.exchange(
            .move(id: item.id.rawValue, start: later, end: later + Scene.hour)
          )
        }
      }
    case .psa:
      try await scene.exchange(.retitle(id: item.id.rawValue, title: "Board"))
      await psa.set { trouble in
        trouble.afterUpdate = {
          try await scene.psa(
            .move(id: other.id.description, start: later, end: later + Scene.hour)
          )
        }
      }
    }
    let first = try await scene.sync(mailbox: mailbox, psa: psa).attempt
    #expect(first.writes == 1)
    #expect(try await scene.sync().attempt.writes == 1)
    let moved = Span(start: Instant(seconds: later), end: Instant(seconds: later + Scene.hour))
    #expect(try await scene.psaItems().only?.span == moved)
    let when = try #require(try await scene.exchangeItems().only?.when)
    #expect(when.isSameTime(as: .timed(start: moved.start, end: moved.end, zone: nil)))
    #expect(try await scene.psaItems().map(\.title) == ["Board"])
    try await scene.settle()
  }

  @Test func `a view of the PSA that lacks what we just made writes nothing, and is forgotten`()
    async throws
  {
    let scene = try Scene()
    try await scene.exchange(.create(title: "Visit", start: start, end: end))
    try await scene.settle()
    let made = try #require(try await scene.psaItems().only)
    let older = TroubledPSA(scene.worldPSA)
    await older.set { $0.hidden = [made.id] }
    #expect(try await scene.sync(psa: older).attempt.writes == 0)
    try await scene.settle()
    #expect(try await scene.psaItems() == [made])
    #expect(try await scene.cache.links().map(\.state) == [.linked])
  }

  // MARK: What is kept of the loser

  @Test func `the time that lost is kept in history`() async throws {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "Visit", start: start, end: end))
    try await scene.settle()
    let other = try #require(try await scene.psaItems().only)
    let (mine, theirs) = (start + 2 * Scene.hour, start + 4 * Scene.hour)
    try await scene.exchange(.move(id: id, start: mine, end: mine + 60))
    try await scene.psa(.move(id: other.id.description, start: theirs, end: theirs + 60))
    let entries = try await scene.cache.entries(of: try await scene.sync().attempt.run)
    let lost = try #require(entries.only?.intent.before?.when)
    #expect(
      lost.isSameTime(
        as: .timed(start: Instant(seconds: mine), end: Instant(seconds: mine + 60), zone: nil)
      )
    )
  }

  @Test func `the edit that a deletion overtook is kept in history`() async throws {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "Visit", start: start, end: end))
    try await scene.settle()
    let other = try #require(try await scene.psaItems().only)
    try await scene.psa(.retitle(id: other.id.description, title: "Theirs"))
    try await scene.exchange(.delete(id: id))
    let entries = try await scene.cache.entries(of: try await scene.sync().attempt.run)
    #expect(entries.map(\.intent.verb) == [.delete])
    #expect(entries.map(\.intent.before?.title) == ["Theirs"])
  }

  // MARK: New settings

  @Test func `the first run under new settings reads everything and deletes nothing`() async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "Visit", start: start, end: end))
    try await scene.exchange(.create(title: "Board", start: start, end: end))
    try await scene.settle()
    try await scene.exchange(.delete(id: id))
    scene.rules.pastDays = 8
    let mailbox = TroubledMailbox(scene.worldMailbox)
    #expect(try await scene.sync(mailbox: mailbox).attempt.writes == 0)
    #expect(await mailbox.beginnings == 1)
    #expect(try await scene.psaItems().count == 2)
    let next = TroubledMailbox(scene.worldMailbox)
    #expect(try await scene.sync(mailbox: next).attempt.psa.deleted == 1)
    #expect(await next.beginnings == 0)
  }

  // MARK: The zone of whole days

  struct Zone: Sendable, CustomTestStringConvertible {
    let name: String
    /// In the person's options, and in the settings.
    let own: String?
    let settings: ZoneName?
    /// Seconds east of UTC; nil where whole days are held.
    let offset: Int64?
    var testDescription: String { name }
  }

  static let zones = [
    Zone(
      name: "the person's own setting in Exchange",
      own: "Tokyo Standard Time",
      settings: nil,
      offset: 9 * Scene.hour
    ),
    Zone(
      name: "the person's own setting before that of the settings",
      own: "Tokyo Standard Time",
      settings: ZoneName("Europe/Berlin"),
      offset: 9 * Scene.hour
    ),
    Zone(
      name: "else zone in the settings",
      own: nil,
      settings: ZoneName("Asia/Kolkata"),
      offset: 19_800
    ),
    Zone(name: "without both, whole days are held", own: nil, settings: nil, offset: nil),
  ]

  @Test(arguments: zones) func `whole days have the mailbox's zone`(row: Zone) async throws {
    let scene = try Scene()
    scene.rules.zone = row.settings
    try await choose(row.own, scene)
    try await addFair(scene)
    let result = try await scene.settle()
    let midnight = row.offset.map { Scene.monday - 8 * Scene.hour + 3 * Self.day - $0 }
    #expect(try await scene.psaItems().map(\.start.seconds) == [midnight].compactMap { $0 })
    #expect(result.holds.map(\.reason) == (midnight == nil ? [LinkReason.noZone.sentence] : []))
  }

  @Test(arguments: [false, true])
  func `the zone is read on the first run, with --full and once a day`(isFull: Bool) async throws {
    let scene = try Scene()
    scene.rules.zone = nil
    try await choose("Tokyo Standard Time", scene)
    try await scene.settle()
    try await choose("UTC", scene)
    try await addFair(scene)
    try await scene.settle()
    let fair = Scene.monday - 8 * Scene.hour + 3 * Self.day
    #expect(try await scene.psaItems().map(\.start.seconds) == [fair - 9 * Scene.hour])
    // What is there keeps the zone of its projection; what comes has the new one.
    if isFull {
      try await scene.sync(SyncOptions(full: true))
    } else {
      scene.clock.advance(Self.day)
    }
    try await addFair(scene)
    try await scene.settle()
    #expect(
      Set(try await scene.psaItems().map(\.start.seconds)) == [fair - 9 * Scene.hour, fair]
    )
  }

  @Test func `whole days over a change of the clocks go from midnight to midnight, and back`()
    async throws
  {
    let scene = try Scene()
    // Berlin's day of 23 hours, and that of 25.
    let spring = Self.midnight(of: LocalDate(year: 2027, month: 3, day: 28)) - Scene.hour
    let autumn = Self.midnight(of: LocalDate(year: 2027, month: 10, day: 31)) - 2 * Scene.hour
    try await scene.exchangeItem("Fair", start: spring, end: spring + 23 * Scene.hour) {
      $0.isAllDay = true
    }
    try await scene.settle()
    let item = try #require(try await scene.psaItems().only)
    #expect([item.start.seconds, item.end.seconds] == [spring, spring + 23 * Scene.hour])
    try await scene.psa(
      .move(id: item.id.description, start: autumn, end: autumn + 25 * Scene.hour)
    )
    try await scene.settle()
    let day = LocalDate(year: 2027, month: 10, day: 31)
    #expect(
      try await scene.exchangeItems().map(\.when)
        == [.allDay(first: day, afterLast: day.advanced(byDays: 1))]
    )
  }

  /// In seconds, in UTC.
  private static func midnight(of date: LocalDate) -> Int64 {
    Int64(date.daysSince1970) * Self.day
  }

  private func choose(_ zone: String?, _ scene: Scene) async throws {
    try await scene.inMailbox { mailbox, _ in mailbox.timeZone = zone }
  }

  /// The whole of Thursday, by Berlin's midnights.
  private func addFair(_ scene: Scene) async throws {
    let midnight = Scene.monday - 9 * Scene.hour + 3 * Self.day
    try await scene.exchangeItem("Fair", start: midnight, end: midnight + Self.day) {
      $0.isAllDay = true
    }
  }
}
