import Store
import SyncEngine
import SyncModel
import Testing
import World

/// `rules.md` 5 over whole runs: series reach the PSA date by date, and single dates come back.
@Suite(.threeRuns) struct SeriesTests {
  private static let hour = Scene.hour

  /// A stand-up on weekdays at 09:00 in Berlin, from this world's Monday on.
  private func standUp(
    _ scene: Scene,
    _ shape: @escaping @Sendable (inout Mailbox.Appointment) -> Void = { _ in }
  ) async throws -> String {
    try await scene.exchangeItem(
      "Stand-up",
      start: Scene.monday,
      end: Scene.monday + 900
    ) { item in
      item.recurrence = Mailbox.Recurrence(
        .weekly(
          interval: 1,
          days: [.monday, .tuesday, .wednesday, .thursday, .friday],
          firstDay: .monday
        ),
        .noEnd(start: "2026-11-23")
      )
      shape(&item)
    }
  }

  /// The dates as Exchange expands them, by start.
  private func dates(_ scene: Scene) async throws -> [ExchangeItem] {
    let mailbox = scene.worldMailbox
    let folder = try await mailbox.open().id
    let span = Span(
      start: Instant(seconds: Scene.monday - 86_400),
      end: Instant(seconds: Scene.monday + 30 * 86_400)
    )
    return try await mailbox.expanded(span, in: folder).dates
      .sorted { ($0.originalStart?.seconds ?? 0) < ($1.originalStart?.seconds ?? 0) }
  }

  private func starts(_ scene: Scene) async throws -> [Int64] {
    try await scene.psaItems().map(\.start.seconds).sorted()
  }

  @Test func `each date in the window is one PSA appointment, and the wall time is kept`()
    async throws
  {
    let scene = try Scene()
    _ = try await standUp(scene)
    try await scene.settle()
    let expected = try await dates(scene).compactMap { item -> Int64? in
      guard case .timed(let start, _, _) = item.when else { return nil }
      return start.seconds
    }
    #expect(expected.count > 20)
    #expect(try await starts(scene).prefix(expected.count).elementsEqual(expected))
    let titles = Set(try await scene.psaItems().map(\.title))
    #expect(titles == ["Stand-up"])
  }

  @Test func `a date that a person moves, retitles or deletes in Exchange follows in the PSA`()
    async throws
  {
    let scene = try Scene()
    _ = try await standUp(scene)
    try await scene.settle()
    let count = try await scene.psaItems().count
    let days = try await dates(scene)
    let later = Scene.monday + 86_400 + 3 * Self.hour
    try await scene.change(days[1].id.rawValue, [.start(later), .end(later + 900)])
    try await scene.change(days[2].id.rawValue, [.subject("Stand-up, in the garden")])
    try await scene.exchange(.delete(id: days[3].id.rawValue))
    let result = try await scene.settle()
    #expect(result.attempt.psa.updated == 2)
    #expect(result.attempt.psa.deleted == 1)
    #expect(try await scene.psaItems().count == count - 1)
    #expect(try await starts(scene).contains(later))
    #expect(try await scene.psaItems().filter { $0.title.hasSuffix("garden") }.count == 1)
  }

  @Test func `a date moved in the PSA becomes an exception, and the others stay`() async throws {
    let scene = try Scene()
    _ = try await standUp(scene)
    try await scene.settle()
    let item = try await scene.psaItems().sorted { $0.start < $1.start }[2]
    let start = item.start.seconds + 2 * Self.hour
    try await scene.psa(.move(id: item.id.description, start: start, end: start + 900))
    let result = try await scene.settle()
    #expect(result.attempt.exchange.updated == 1)
    let days = try await dates(scene)
    #expect(days.filter { $0.role == .exception }.count == 1)
    #expect(days[2].when.isSameTime(as: moved(start)))
    #expect(await scene.world.mailbox { mailbox, _ in mailbox.mailsSent } == 0)
  }

  @Test func `two dates of one series moved in the PSA settle in two runs`() async throws {
    let scene = try Scene()
    _ = try await standUp(scene)
    try await scene.settle()
    for item in try await scene.psaItems().sorted(by: { $0.start < $1.start })[3...4] {
      let start = item.start.seconds + Self.hour
      try await scene.psa(.move(id: item.id.description, start: start, end: start + 900))
    }
    try await scene.settle()
    #expect(try await dates(scene).filter { $0.role == .exception }.count == 2)
  }

  @Test func `a moved date whose answer was lost is found moved, and nothing is written again`()
    async throws
  {
    let scene = try Scene()
    _ = try await standUp(scene)
    try await scene.settle()
    let item = try await scene.psaItems().sorted { $0.start < $1.start }[2]
    let start = item.start.seconds + 2 * Self.hour
    try await scene.psa(.move(id: item.id.description, start: start, end: start + 900))
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.losesUpdates = true }
    let cut = try await scene.cycle(mailbox: troubled).sync(SyncOptions())
    #expect(cut.failure != nil)
    #expect(try await dates(scene)[2].when.isSameTime(as: moved(start)))
    #expect(try await scene.sync().attempt.writes == 0)
    #expect(try await scene.cache.unsettled().isEmpty)
    let later = start + Self.hour
    try await scene.exchange(.move(id: dates(scene)[2].id.rawValue, start: later, end: later + 900))
    try await scene.settle()
    #expect(try await scene.psaItems().first { $0.id == item.id }?.start.seconds == later)
  }

  @Test func `a move past the neighbour is put back in the PSA and reported`() async throws {
    let scene = try Scene()
    _ = try await standUp(scene)
    try await scene.settle()
    let item = try await scene.psaItems().sorted { $0.start < $1.start }[2]
    let start = item.start.seconds + 2 * 86_400
    try await scene.psa(.move(id: item.id.description, start: start, end: start + 900))
    try await scene.sync()
    let back = try await scene.sync()
    #expect(back.attempt.notes.contains { $0.contains("put back") })
    #expect(try await scene.psaItems().first { $0.id == item.id }?.start == item.start)
    let quiet = try await scene.sync()
    #expect(quiet.attempt.writes == 0)
  }

  @Test func `a series that is deleted takes its dates along, without the brake`() async throws {
    let scene = try Scene()
    let id = try await standUp(scene)
    try await scene.settle()
    try await scene.exchange(.delete(id: id))
    try await scene.settle()
    #expect(try await scene.psaItems().isEmpty)
  }

  @Test func `a private date is masked, and a series that turns private masks all of them`()
    async throws
  {
    let scene = try Scene()
    let id = try await standUp(scene)
    try await scene.settle()
    let day = try await dates(scene)[1]
    try await scene.change(day.id.rawValue, [.sensitivity(.private)])
    try await scene.settle()
    #expect(try await scene.psaItems().filter { $0.title == "Appointment" }.count == 1)
    try await scene.change(id, [.sensitivity(.private)])
    try await scene.settle()
    #expect(try await scene.psaItems().allSatisfy { $0.title == "Appointment" })
  }

  @Test func `a date that is public by itself is created as private as its series`() async throws {
    let scene = try Scene()
    _ = try await standUp(scene) { $0.sensitivity = .private }
    let day = try await dates(scene)[1]
    try await scene.change(day.id.rawValue, [.sensitivity(.normal), .subject("Canary")])
    try await scene.settle()
    #expect(try await scene.psaItems().allSatisfy { $0.title == "Appointment" })
    let isPublic = try await dates(scene).filter { $0.sensitivity == .normal }
    #expect(isPublic.map(\.title) == ["Canary"])
  }

  @Test func `without its cache the agent finds every date again and writes nothing`() async throws
  {
    let scene = try Scene()
    _ = try await standUp(scene)
    try await scene.settle()
    let day = try await dates(scene)[1]
    let later = Scene.monday + 86_400 + 3 * Self.hour
    try await scene.change(day.id.rawValue, [.start(later), .end(later + 900)])
    try await scene.settle()
    let count = try await scene.psaItems().count
    try scene.loseCache()
    let result = try await scene.settle()
    #expect(result.attempt.writes == 0)
    #expect(try await scene.psaItems().count == count)
  }

  @Test func `the window slides: new dates come, past ones stay`() async throws {
    let scene = try Scene()
    _ = try await standUp(scene)
    try await scene.settle()
    let before = try await scene.psaItems()
    scene.clock.advance(14 * 86_400)
    try await scene.settle()
    let after = try await scene.psaItems()
    #expect(Set(before.map(\.id)).isSubset(of: after.map(\.id)))
    #expect(after.count > before.count)
  }

  @Test func `after a new rhythm paired dates are moved and only what is left is made or deleted`()
    async throws
  {
    let scene = try Scene()
    let id = try await standUp(scene)
    try await scene.settle()
    let before = Set(try await scene.psaItems().map(\.id))
    try await scene.change(
      id,
      [
        .recurrence(
          Mailbox.Recurrence(
            .weekly(interval: 1, days: [.monday, .saturday], firstDay: .monday),
            .noEnd(start: "2026-11-23")
          )
        )
      ]
    )
    try await scene.settle()
    let after = Set(try await scene.psaItems().map(\.id))
    #expect(after.isSubset(of: before), "nothing is made that could be moved")
    let expected = try await dates(scene).count
    #expect(after.count >= expected)
  }

  @Test func `a series in a zone that only Exchange knows is expanded by Exchange`() async throws {
    let scene = try Scene()
    _ = try await standUp(scene) {
      $0.startZone = "Custom time of the north branch"
      $0.endZone = "Custom time of the north branch"
    }
    try await scene.settle()
    #expect(try await scene.psaItems().count > 20)
    let day = try await dates(scene)[3]
    try await scene.exchange(.delete(id: day.id.rawValue))
    let result = try await scene.settle()
    #expect(result.attempt.psa.deleted == 1)
  }

  @Test func `dates in a zone that only Exchange knows keep their names in another mailbox zone`()
    async throws
  {
    let scene = try Scene()
    _ = try await standUp(scene) {
      $0.startZone = "Custom time of the north branch"
      $0.endZone = "Custom time of the north branch"
    }
    try await scene.settle()
    let before = Set(try await scene.psaItems().map(\.id))
    try await scene.inMailbox { mailbox, _ in mailbox.timeZone = "Tonga Standard Time" }
    try await scene.sync(SyncOptions(full: true))
    #expect(Set(try await scene.psaItems().map(\.id)) == before)
    #expect(try await scene.settle().attempt.writes == 0)
  }

  @Test func `dates that Exchange cannot read out are not taken for gone`() async throws {
    let scene = try Scene()
    _ = try await standUp(scene) {
      $0.startZone = "Custom time of the north branch"
      $0.endZone = "Custom time of the north branch"
    }
    try await scene.settle()
    let before = try await scene.psaItems()
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.unreadDates = 3 }
    let result = try await scene.sync(mailbox: troubled)
    #expect(result.attempt.writes == 0)
    #expect(result.attempt.notes.contains { $0.contains("could not read out every date") })
    #expect(try await scene.psaItems() == before)
    try await scene.settle()
  }

  @Test func `of two series with one UID in a zone of their own neither is guessed at`()
    async throws
  {
    let scene = try Scene()
    let shape: @Sendable (inout Mailbox.Appointment) -> Void = {
      $0.startZone = "Custom time of the north branch"
      $0.endZone = "Custom time of the north branch"
      $0.uid = "the-same-for-both"
    }
    _ = try await standUp(scene, shape)
    try await scene.settle()
    let before = try await scene.psaItems()
    #expect(!before.isEmpty)
    _ = try await standUp(scene, shape)
    let result = try await scene.sync()
    #expect(result.attempt.writes == 0)
    #expect(result.attempt.notes.contains { $0.contains("bear one calendar UID") })
    #expect(try await scene.psaItems() == before)
  }

  @Test func `a series that turns private is masked though one of its dates cannot be read`()
    async throws
  {
    let scene = try Scene()
    let id = try await standUp(scene)
    let day = try await dates(scene)[1]
    try await scene.change(day.id.rawValue, [.subject("Stand-up, in the garden")])
    try await scene.settle()
    let changed = try #require(try await dates(scene).first { $0.role == .exception }).id
    try await scene.change(id, [.sensitivity(.private)])
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.unreadable = [changed] }
    try await scene.sync(mailbox: troubled)
    #expect(try await scene.psaItems().allSatisfy { $0.title == "Appointment" })
    try await scene.settle()
  }

  @Test func `a date that Exchange no longer gives is not moved there, and that is told`()
    async throws
  {
    let scene = try Scene()
    _ = try await standUp(scene)
    try await scene.settle()
    let item = try await scene.psaItems().sorted { $0.start < $1.start }[2]
    let start = item.start.seconds + 2 * Self.hour
    try await scene.psa(.move(id: item.id.description, start: start, end: start + 900))
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.givesNoDates = true }
    let result = try await scene.sync(mailbox: troubled)
    #expect(result.attempt.writes == 0 && result.attempt.outcome == .successWithErrors)
    #expect(result.attempt.notes.contains { $0.contains("could not be moved in Exchange") })
    let entry = try #require(try await scene.cache.entries(of: result.attempt.run).first)
    #expect(entry.status == .dropped && entry.note?.contains("no item for the date") == true)
    try await scene.settle()
    #expect(try await dates(scene)[2].when.isSameTime(as: moved(start)))
  }

  private func moved(_ start: Int64) -> When {
    .timed(start: Instant(seconds: start), end: Instant(seconds: start + 900), zone: nil)
  }
}
