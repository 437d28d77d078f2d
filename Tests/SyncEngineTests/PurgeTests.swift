import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// `rules.md` 4: what settings exclude, or all that Lockstep made, is removed when a person asks.
@Suite(.threeRuns) struct PurgeTests {
  let start = Scene.monday + 5 * Scene.hour
  var end: Int64 { start + Scene.hour }

  private func purge(_ what: Purge, _ scene: Scene) async throws -> SyncResult {
    scene.clock.advance(60)
    let result = try await scene.cycle().purge(what)
    #expect(result.failure == nil)
    return result
  }

  @Test func `what a setting switched off is removed, and what is kept in step stays`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    scene.rules.importDetail = .off
    try await scene.settle()
    scene.clock.advance(60)
    let preview = try await scene.cycle().purgePlan(.parked)
    #expect(preview.operations.map(\.verb) == [.delete])
    #expect(try await scene.psaItems().count == 2)
    let result = try await purge(.parked, scene)
    #expect(result.attempt.purpose == .purge && result.attempt.psa.deleted == 1)
    #expect(try await scene.psaItems().map(\.title) == ["B"])
    let entry = try #require(try await scene.cache.entries(of: result.attempt.run).only)
    #expect(entry.intent.proof?.ground == .ordered)
    #expect(entry.intent.proof?.evidence.contains("by purge") == true)
    #expect(try await scene.settle().attempt.writes == 0)
    // Switched on again it stays away, until it is changed.
    scene.rules.importDetail = .all
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["B"])
    try await scene.exchange(.retitle(id: id, title: "A2"))
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["A2", "B"])
  }

  @Test func `all that Lockstep made goes from both sides, and nothing that people made`()
    async throws
  {
    let scene = try Scene()
    try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    let result = try await purge(.mine, scene)
    #expect(result.attempt.psa.deleted == 1 && result.attempt.exchange.deleted == 1)
    #expect(try await scene.exchangeItems().map(\.title) == ["A"])
    #expect(try await scene.psaItems().map(\.title) == ["B"])
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.cache.links().allSatisfy { $0.reason == .purged })
  }

  @Test func `what people changed since is left as it is, and named`() async throws {
    let scene = try Scene()
    try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    let copy = try #require(try await scene.psaItems().first { $0.title == "A" })
    try await scene.psa(.retitle(id: copy.id.description, title: "Mine"))
    let item = try #require(try await scene.exchangeItems().first { $0.title == "B" })
    try await scene.change(item.id.rawValue, [.location("Room 3")])
    // Also once a run has seen it.
    try await scene.settle()
    let result = try await purge(.mine, scene)
    #expect(result.attempt.writes == 0)
    #expect(result.attempt.notes.count { $0.contains("not as Lockstep wrote it") } == 2)
  }

  @Test func `a purge can be taken back`() async throws {
    let scene = try Scene()
    try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    let result = try await purge(.mine, scene)
    try await scene.undo(result.attempt.run)
    #expect(try await scene.exchangeItems().map(\.title) == ["A", "B"])
    #expect(try await scene.psaItems().map(\.title) == ["A", "B"])
    #expect(try await scene.settle().attempt.writes == 0)
  }

  @Test func `what another tool made on both sides is nobody's to remove`() async throws {
    let scene = try Scene(items: 12, fillsLikeVendor: true)
    let first = try await scene.sync()
    let hold = try #require(first.holds.first { $0.needsApproval })
    try await scene.sync(SyncOptions(approve: hold.digest))
    try await scene.settle()
    let pairs = try await scene.cache.links().count { $0.origin == .paired }
    #expect(pairs > 0)
    let result = try await purge(.mine, scene)
    let links = try await scene.cache.links()
    #expect(links.count { $0.origin == .paired && $0.state == .linked } == pairs)
    #expect(result.failure == nil)
  }

  @Test func `contacts that Lockstep made go too, and come back only when they change`()
    async throws
  {
    let office = try ContactScene()
    try await office.settle()
    #expect(try await office.contacts().count == 2)
    let result = try await purge(.mine, office.scene)
    #expect(result.attempt.exchange.deleted == 2)
    #expect(try await office.contacts().isEmpty)
    #expect(try await office.settle().attempt.writes == 0)
    try await office.change(ContactScene.baker, "lastName", to: "Miller")
    #expect(try await office.settle().attempt.exchange.created == 1)
    try await office.sync(SyncOptions(full: true))
    #expect(try await office.contacts().count == 2)
  }

  @Test func `a purge that was cut off makes nothing again`() async throws {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.losesDeletes = true }
    scene.clock.advance(60)
    #expect(try await scene.cycle(mailbox: troubled).purge(.mine).failure != nil)
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.exchangeItems().isEmpty)
  }
}
