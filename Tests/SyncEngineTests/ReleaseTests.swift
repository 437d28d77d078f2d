import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// Holds that a person ends, item by item.
@Suite(.threeRuns) struct ReleaseTests {
  let start = Scene.monday + 5 * Scene.hour
  var end: Int64 { start + Scene.hour }

  private func held(_ scene: Scene) async throws -> LinkID {
    try #require(try await scene.cache.links().first { $0.state == .held }).id
  }

  private func refusal(_ scene: Scene, _ link: LinkID, _ keeping: Keeping?) async -> String {
    do {
      _ = try await scene.cycle().release(link, keeping: keeping)
      return ""
    } catch {
      return "\(error)"
    }
  }

  private func invited(_ scene: Scene) async throws -> (psa: String, item: String) {
    let id = try await scene.psa(.create(title: "On site", start: start, end: end))
    try await scene.settle()
    let item = try #require(try await scene.exchangeItems().only).id.rawValue
    try await scene.change(
      item,
      [.required([Mailbox.Attendee(Mailbox.Person(name: "B", address: "b@example.com"))])]
    )
    try await scene.psa(.move(id: id, start: start + 3_600, end: end + 3_600))
    try await scene.sync()
    return (id, item)
  }

  @Test func `an item with attendees that both sides keep is held no more, and never moved`()
    async throws
  {
    let scene = try Scene()
    let (id, item) = try await invited(scene)
    let link = try await held(scene)
    #expect(await refusal(scene, link, nil).contains("Say what is to be kept"))
    #expect(await refusal(scene, link, .psa).contains("moves nothing that others were invited to"))
    _ = try await scene.cycle().release(link, keeping: .both)
    #expect(try await scene.cache.holds().isEmpty)
    let after = try await scene.settle()
    #expect(after.attempt.writes == 0 && after.holds.isEmpty)
    #expect(try await scene.exchangeStart() == start)
    // Its user's own move goes to the PSA, the PSA's is held again.
    try await scene.exchange(.move(id: item, start: end + 600, end: end + 1_200))
    try await scene.settle()
    #expect(try await scene.psaItems().only?.start.seconds == end + 600)
    try await scene.psa(.move(id: id, start: start, end: end))
    #expect(try await scene.settle().holds.contains { $0.reason.contains("attendees") })
    #expect(try await scene.exchangeStart() == end + 600)
  }

  @Test func `the time of an item with attendees goes to the PSA where Exchange is kept`()
    async throws
  {
    let scene = try Scene()
    _ = try await invited(scene)
    _ = try await scene.cycle().release(try await held(scene), keeping: .exchange)
    let after = try await scene.settle()
    #expect(after.holds.isEmpty)
    #expect(try await scene.psaItems().only?.start.seconds == start)
    #expect(try await scene.exchangeStart() == start)
  }

  @Test func `what did not last is tried again at once`() async throws {
    let scene = try Scene()
    try await scene.exchangeItem("Board", start: start, end: end) {
      $0.required = [Mailbox.Attendee(Mailbox.Person(name: "B", address: "b@example.com"))]
    }
    try await scene.settle()
    let id = try #require(try await scene.psaItems().only?.id.description)
    for _ in 0..<4 {
      try await scene.psa(.move(id: id, start: end, end: end + 600))
      try await scene.sync()
    }
    let link = try await held(scene)
    let preview = try await scene.cycle().releasePlan(link, keeping: nil)
    #expect(preview.consequence.contains("tries again"))
    #expect(try await scene.cache.links().only?.state == .held)
    _ = try await scene.cycle().release(link, keeping: nil)
    #expect(try await scene.sync().attempt.psa.updated == 1)
    #expect(try await scene.psaItems().only?.start.seconds == start)
  }

  @Test func `what did not last may also be left as the other tool wants it`() async throws {
    let scene = try Scene()
    try await scene.exchangeItem("Board", start: start, end: end) {
      $0.required = [Mailbox.Attendee(Mailbox.Person(name: "B", address: "b@example.com"))]
    }
    try await scene.settle()
    let id = try #require(try await scene.psaItems().only?.id.description)
    for _ in 0..<4 {
      try await scene.psa(.move(id: id, start: end, end: end + 600))
      try await scene.sync()
    }
    _ = try await scene.cycle().release(try await held(scene), keeping: .both)
    let after = try await scene.settle()
    #expect(after.attempt.writes == 0 && after.holds.isEmpty)
    #expect(try await scene.psaItems().only?.start.seconds == end)
    let item = try #require(try await scene.exchangeItems().only?.id.rawValue)
    try await scene.exchange(.move(id: item, start: end + 600, end: end + 1_200))
    try await scene.settle()
    #expect(try await scene.psaItems().only?.start.seconds == end + 600)
  }

  /// A PSA from a backup: one item is older there, another is missing.
  private func restored(_ scene: Scene) async throws {
    let old = try await scene.psa(.create(title: "Old", start: start, end: end))
    try await scene.settle()
    let saved = await scene.world.tenant { tenant, _ in tenant }
    try await scene.psa(.retitle(id: old, title: "Newer"))
    try await scene.psa(.move(id: old, start: end, end: end + 600))
    try await scene.psa(.create(title: "Later", start: end, end: end + 600))
    try await scene.settle()
    _ = await scene.world.tenant { tenant, _ in tenant = saved }
    try await scene.sync()
    try await scene.sync()
  }

  @Test(arguments: Keeping.allCases)
  func `an item older since a restore is kept as either side has it, or as both do`(
    _ keeping: Keeping
  ) async throws {
    let scene = try Scene()
    try await restored(scene)
    let links = try await scene.cache.links()
    let known = try await scene.exchangeItems()
    let newer = try #require(known.first { $0.title == "Newer" }?.id)
    let link = try #require(links.first { $0.exchange?.item == newer })
    #expect(await refusal(scene, link.id, nil).contains("Say what is to be kept"))
    _ = try await scene.cycle().release(link.id, keeping: keeping)
    try await scene.settle()
    let item = try #require(try await scene.exchangeItems().first { $0.id == newer })
    let other = try #require(try await scene.psaItems().only)
    switch keeping {
    case .psa:
      #expect(item.title == "Old" && item.when.isSameTime(as: at(start, end)))
      #expect(other.start.seconds == start)
    case .exchange:
      #expect(item.title == "Newer" && item.when.isSameTime(as: at(end, end + 600)))
      #expect(other.title == "Old" && other.start.seconds == end)
    case .both:
      #expect(item.title == "Newer" && item.when.isSameTime(as: at(end, end + 600)))
      #expect(other.title == "Old" && other.start.seconds == start)
    }
    #expect(try await scene.cache.links().first { $0.id == link.id }?.state == .linked)
  }

  @Test(arguments: Keeping.allCases)
  func `an item missing since a restore goes with its proof, or stays where it is`(
    _ keeping: Keeping
  ) async throws {
    let scene = try Scene()
    try await restored(scene)
    let later = try #require(try await scene.exchangeItems().first { $0.title == "Later" }?.id)
    let link = try #require(
      try await scene.cache.links().first { $0.exchange?.item == later }
    )
    _ = try await scene.cycle().release(link.id, keeping: keeping)
    try await scene.settle()
    let isThere = try await scene.exchangeItems().contains { $0.id == later }
    #expect(isThere == (keeping != .psa))
    #expect(try await scene.psaItems().count == 1)
  }

  private func at(_ start: Int64, _ end: Int64) -> When {
    .timed(start: Instant(seconds: start), end: Instant(seconds: end), zone: nil)
  }

  @Test func `what a side refused is tried again, and only that once`() async throws {
    let scene = try Scene()
    try await scene.exchange(.create(title: "A", start: start, end: end))
    let psa = TroubledPSA(scene.worldPSA)
    await psa.set { $0.refusesCreates = true }
    for _ in 0..<2 { try await scene.sync(psa: psa) }
    #expect(await psa.creates == 1)
    let link = try #require(try await scene.cache.links().only?.id)
    _ = try await scene.cycle().release(link, keeping: nil)
    for _ in 0..<2 { try await scene.sync(psa: psa) }
    #expect(await psa.creates == 2)
  }

  @Test func `what is not held is not released`() async throws {
    let scene = try Scene()
    try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let link = try #require(try await scene.cache.links().only?.id)
    #expect(await refusal(scene, link, .both).contains("It is not held"))
    #expect(await refusal(scene, LinkID(99), .both).contains("There is no link 99"))
  }
}
