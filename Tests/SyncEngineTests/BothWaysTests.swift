import Store
import SyncEngine
import SyncModel
import Testing
import World

/// `rules.md` 1 and 2: what is made, moved, retitled and deleted on one side reaches the other.
@Suite(.threeRuns) struct BothWaysTests {
  let start = Scene.monday + 5 * Scene.hour
  var end: Int64 { start + Scene.hour }

  @Test func `an Exchange appointment is made in the PSA with title, text and times`() async throws
  {
    let scene = try Scene()
    try await scene.exchangeItem("Planning", start: start, end: end) {
      $0.location = "Room 2"
      $0.body = Mailbox.Body("Bring the plan")
    }
    try await scene.settle()
    let item = try #require(try await scene.psaItems().only)
    #expect(item.title == "Planning")
    #expect(item.start.seconds == start)
    #expect(item.end.seconds == end)
    #expect(item.text.hasPrefix("Location: Room 2\n\nBring the plan\n\nRef: "))
  }

  @Test func `a PSA appointment is made in Exchange as an appointment without attendees`()
    async throws
  {
    let scene = try Scene()
    try await scene.psa(.create(title: "On site", start: start, end: end))
    try await scene.settle()
    let item = try #require(try await scene.exchangeItems().only)
    #expect(item.title == "On site")
    #expect(
      item.when.isSameTime(
        as: .timed(start: Instant(seconds: start), end: Instant(seconds: end), zone: nil)
      )
    )
    #expect(item.attendees.isEmpty)
    #expect(item.stamp?.hasPrefix("lockstep1;appointment;") == true)
    #expect(await scene.world.mailbox { mailbox, _ in mailbox.mailsSent } == 0)
  }

  @Test(arguments: [Edit.Side.exchange, .psa], [Edit.Side.exchange, .psa])
  func `a new time travels from either side, whoever made the item`(
    maker: Edit.Side,
    mover: Edit.Side
  ) async throws {
    let scene = try Scene()
    let title = "Visit"
    let made = Edit.Verb.create(title: title, start: start, end: end)
    if maker == .exchange { try await scene.exchange(made) } else { try await scene.psa(made) }
    try await scene.settle()
    let later = start + 3 * Scene.hour
    let exchange = try #require(try await scene.exchangeItems().only)
    let psa = try #require(try await scene.psaItems().only)
    switch mover {
    case .exchange:
      try await scene.exchange(.move(id: exchange.id.rawValue, start: later, end: later + 1_800))
    case .psa:
      try await scene.psa(.move(id: psa.id.description, start: later, end: later + 1_800))
    }
    try await scene.settle()
    let moved = Span(start: Instant(seconds: later), end: Instant(seconds: later + 1_800))
    #expect(try await scene.psaItems().only?.span == moved)
    let when = try #require(try await scene.exchangeItems().only?.when)
    #expect(when.isSameTime(as: .timed(start: moved.start, end: moved.end, zone: nil)))
    #expect(try await scene.psaItems().only?.title == title)
  }

  @Test func `a title travels from where the item was made, and only from there`() async throws {
    let scene = try Scene()
    try await scene.exchange(.create(title: "Made in Exchange", start: start, end: end))
    try await scene.psa(.create(title: "Made in the PSA", start: end, end: end + Scene.hour))
    try await scene.settle()
    for item in try await scene.exchangeItems() {
      try await scene.exchange(.retitle(id: item.id.rawValue, title: item.title + ", Exchange"))
    }
    try await scene.settle()
    #expect(
      try await scene.psaItems().map(\.title) == ["Made in Exchange, Exchange", "Made in the PSA"]
    )
    for item in try await scene.psaItems() {
      try await scene.psa(.retitle(id: item.id.description, title: item.title + ", PSA"))
    }
    try await scene.settle()
    #expect(
      try await scene.exchangeItems().map(\.title) == [
        "Made in Exchange, Exchange", "Made in the PSA, PSA",
      ]
    )
  }

  @Test func `a deletion travels from where the item was made`() async throws {
    let scene = try Scene()
    let exchange = try await scene.exchange(.create(title: "A", start: start, end: end))
    let psa = try await scene.psa(.create(title: "B", start: end, end: end + 60))
    try await scene.settle()
    try await scene.exchange(.delete(id: exchange))
    try await scene.psa(.delete(id: psa))
    let result = try await scene.sync()
    #expect(result.attempt.exchange.deleted == 1)
    #expect(result.attempt.psa.deleted == 1)
    #expect(try await scene.exchangeItems().isEmpty)
    #expect(try await scene.psaItems().isEmpty)
    try await scene.settle()
    #expect(try await scene.cache.links().isEmpty)
  }

  @Test func `a PSA appointment that its user deletes in Exchange stays in the PSA and stays away`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    let item = try #require(try await scene.exchangeItems().only)
    try await scene.exchange(.delete(id: item.id.rawValue))
    try await scene.settle()
    #expect(try await scene.exchangeItems().isEmpty)
    #expect(try await scene.psaItems().count == 1)
    try await scene.psa(.move(id: id, start: end, end: end + 600))
    try await scene.settle()
    #expect(try await scene.exchangeItems().count == 1)
  }

  @Test func `an Exchange appointment that somebody deletes in the PSA stays in Exchange`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let item = try #require(try await scene.psaItems().only)
    try await scene.psa(.delete(id: item.id.description))
    try await scene.settle()
    #expect(try await scene.psaItems().isEmpty)
    #expect(try await scene.exchangeItems().count == 1)
    try await scene.exchange(.retitle(id: id, title: "A, changed"))
    try await scene.settle()
    #expect(try await scene.psaItems().only?.title == "A, changed")
  }

  @Test func `where both sides moved it the PSA wins, or Exchange by setting`() async throws {
    for winner in [SyncRules.Winner.psa, .exchange] {
      let scene = try Scene()
      scene.rules.conflict = winner
      let id = try await scene.exchange(.create(title: "A", start: start, end: end))
      try await scene.settle()
      let item = try #require(try await scene.psaItems().only)
      try await scene.exchange(.move(id: id, start: start + 3_600, end: end + 3_600))
      try await scene.psa(.move(id: item.id.description, start: start + 7_200, end: end + 7_200))
      try await scene.settle()
      let expected = start + (winner == .psa ? 7_200 : 3_600)
      #expect(try await scene.psaItems().only?.start.seconds == expected)
    }
  }
}

extension Collection {
  /// The element of a collection of one.
  var only: Element? { count == 1 ? first : nil }
}
