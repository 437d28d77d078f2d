import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// `rules.md` 2, 4 and 8: PSA items that their listing lacks, and that a look-up by id finds.
@Suite(.threeRuns) struct LookUpTests {
  let start = Scene.monday + 5 * Scene.hour
  var end: Int64 { start + Scene.hour }
  let day: Int64 = 86_400

  /// Beyond the filter of the daily listing, which reads no changes.
  private func moveFarBack(_ id: String, _ scene: Scene) async throws -> Int64 {
    let past = start - 60 * day
    try await scene.psa(.move(id: id, start: past, end: past + Scene.hour))
    scene.clock.advance(2 * day)
    return past
  }

  private func assign(_ id: PSAID, to resource: Int64, _ scene: Scene) async throws {
    scene.clock.advance(60)
    try await scene.world.tenant { tenant, now in
      let entity = try #require(Schema.entity("Appointments"))
      let body: JSONValue = ["id": .int(id.rawValue), "resourceID": .int(resource)]
      _ = try tenant.update(body, in: entity, at: now)
    }
  }

  private func item(_ id: PSAID, _ scene: Scene) async throws -> PSAItem {
    try #require(try await scene.worldPSA.items([id], of: .appointment).first ?? nil)
  }

  @Test func `a PSA appointment moved far back between two listings is followed, then parked`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    let past = try await moveFarBack(id, scene)
    try await scene.settle()
    let when = try await scene.exchangeItems().only?.when
    let there = Instant(seconds: past)
    let moved = When.timed(start: there, end: there.advanced(bySeconds: Scene.hour), zone: nil)
    #expect(when?.isSameTime(as: moved) == true)
    #expect(try await scene.cache.links().only?.state == .parked)
  }

  @Test func `what the PSA moved far back is masked when it turns private, then and later`()
    async throws
  {
    let scene = try Scene()
    let first = try await scene.exchange(.create(title: "Canary A", start: start, end: end))
    let second = try await scene.exchange(.create(title: "Canary B", start: start, end: end))
    try await scene.settle()
    for item in try await scene.psaItems() {
      _ = try await moveFarBack(item.id.description, scene)
    }
    try await scene.change(first, [.sensitivity(.private)])
    try await scene.sync()
    #expect(try await scene.psaItems().map(\.title) == ["Appointment", "Canary B"])
    try await scene.settle()
    #expect(try await scene.cache.links().map(\.state) == [.parked, .parked])
    try await scene.change(second, [.sensitivity(.private)])
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["Appointment", "Appointment"])
  }

  @Test func `what the PSA assigns to another resource leaves Exchange, and comes back with it`()
    async throws
  {
    let scene = try Scene()
    let id = PSAID(Int64(try await scene.psa(.create(title: "B", start: start, end: end))) ?? 0)
    try await scene.settle()
    try await assign(id, to: Seeding.dispatcher, scene)
    let result = try await scene.settle()
    #expect(result.attempt.exchange.deleted == 1)
    #expect(try await scene.exchangeItems().isEmpty)
    let link = try #require(try await scene.cache.links().only)
    #expect(link.state == .closed && link.reason == .reassigned)
    let entry = try #require(try await scene.cache.entries(of: result.attempt.run).only)
    let version = try await item(id, scene).modified
    #expect(entry.intent.proof?.ground == .excluded)
    #expect(entry.intent.proof?.evidence.contains("resourceID is \(Seeding.dispatcher)") == true)
    #expect(entry.intent.proof?.evidence.contains("version \(version)") == true)
    try await assign(id, to: Seeding.technician, scene)
    try await scene.settle()
    #expect(try await scene.exchangeItems().map(\.title) == ["B"])
    #expect(try await scene.cache.links().only?.state == .linked)
  }

  /// Somebody else has it from now on, but what stands in it is still this person's.
  @Test func `an Exchange appointment whose copy goes to another resource stays, and masks it`()
    async throws
  {
    let scene = try Scene()
    let mine = try await scene.exchange(.create(title: "Canary", start: start, end: end))
    try await scene.settle()
    let id = try #require(try await scene.psaItems().only?.id)
    try await assign(id, to: Seeding.dispatcher, scene)
    try await scene.settle()
    #expect(try await scene.cache.links().only?.state == .suppressed)
    #expect(try await scene.cache.links().only?.reason == .reassigned)
    #expect(try await item(id, scene).title == "Canary")
    try await scene.change(mine, [.sensitivity(.private)])
    try await scene.settle()
    #expect(try await item(id, scene).title == "Appointment")
    #expect(try await scene.psaItems().isEmpty)
    try await scene.change(mine, [.sensitivity(.normal)])
    try await scene.settle()
    #expect(try await item(id, scene).title == "Appointment", "it is nobody's to be shown again")
    try await assign(id, to: Seeding.technician, scene)
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["Canary"])
    #expect(try await scene.exchangeItems().count == 1)
  }

  @Test func `a copy that turns private as it goes to another resource is masked in that run`()
    async throws
  {
    let scene = try Scene()
    let mine = try await scene.exchange(.create(title: "Canary", start: start, end: end))
    try await scene.settle()
    let id = try #require(try await scene.psaItems().only?.id)
    try await assign(id, to: Seeding.dispatcher, scene)
    try await scene.change(mine, [.sensitivity(.private)])
    #expect(try await scene.sync().attempt.psa.updated == 1)
    #expect(try await item(id, scene).title == "Appointment")
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.exchangeItems().count == 1)
  }

  @Test(.finds(.doubles, for: "nobody has deleted the double"))
  func `two PSA items with one reference are both masked, and then forget nothing`()
    async throws
  {
    let (scene, mine, made) = try await twoWithOneReference()
    try await scene.change(mine, [.sensitivity(.private)])
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["Appointment", "Appointment"])
    #expect(try await scene.cache.links().map { $0.psa?.id } == [made])
  }

  @Test(.finds(.doubles, for: "nobody has deleted the double"))
  func `a mask that the PSA refuses for one of them is held with its words, not repeated`()
    async throws
  {
    let (scene, mine, made) = try await twoWithOneReference()
    try await scene.change(mine, [.sensitivity(.private)])
    let troubled = TroubledPSA(scene.worldPSA)
    await troubled.set { $0.refuses = { $0.id != made } }
    let first = try await scene.cycle(psa: troubled).sync(SyncOptions())
    #expect(first.attempt.outcome == .successWithErrors && first.attempt.psa.updated == 1)
    let tried = await troubled.updates.count
    for _ in 0..<3 {
      let next = try await scene.cycle(psa: troubled).sync(SyncOptions())
      #expect(next.attempt.outcome == .success)
      #expect(next.holds.contains { $0.reason.contains("refused") })
    }
    #expect(await troubled.updates.count == tried)
    let double = try #require(try await scene.psaItems().first { $0.id != made })
    try await scene.psa(.retitle(id: double.id.description, title: "Somebody's words"))
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["Appointment", "Appointment"])
  }

  private func twoWithOneReference() async throws -> (scene: Scene, mine: String, made: PSAID) {
    let scene = try Scene()
    let mine = try await scene.exchange(.create(title: "Canary", start: start, end: end))
    try await scene.settle()
    let made = try #require(try await scene.psaItems().only)
    let double = PSADraft(
      kind: .appointment,
      resource: made.resource,
      title: made.title,
      text: made.text,
      span: made.span
    )
    _ = try await scene.worldPSA.create([double])
    try await scene.settle()
    return (scene, mine, made.id)
  }
}
