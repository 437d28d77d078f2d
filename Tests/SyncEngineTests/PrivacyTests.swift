import Cryptography
import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// `rules.md` 3: detail that became private leaves the PSA first, whatever else goes wrong.
@Suite(.threeRuns) struct PrivacyTests {
  let start = Scene.monday + 5 * Scene.hour
  var end: Int64 { start + Scene.hour }

  /// A public item with its detail in the PSA.
  private func published(
    _ scene: Scene,
    shape: @Sendable (inout Mailbox.Appointment) -> Void = { _ in }
  ) async throws -> String {
    let id = try await scene.exchangeItem("Canary", start: start, end: end) {
      $0.body = Mailbox.Body("Canary text")
      shape(&$0)
    }
    try await scene.settle()
    #expect(try await scene.psaItems().only?.title == "Canary")
    return id
  }

  private func expectMasked(
    _ scene: Scene,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let items = try await scene.psaItems()
    #expect(!items.isEmpty, sourceLocation: sourceLocation)
    for item in items {
      #expect(item.title == "Appointment", sourceLocation: sourceLocation)
      #expect(!item.text.contains("Canary"), sourceLocation: sourceLocation)
    }
  }

  // MARK: Refusals

  @Test func `a time that the PSA refuses keeps no mask from it`() async throws {
    let scene = try Scene()
    let id = try await published(scene)
    let psa = TroubledPSA(scene.worldPSA)
    await psa.set { $0.refuses = { $0.span != nil } }
    try await scene.change(id, [.sensitivity(.private), .start(end), .end(end + 600)])
    try await scene.sync(psa: psa)
    try await expectMasked(scene)
    #expect(try await scene.psaItems().only?.start.seconds == start)
    let tried = await psa.updates.count
    let second = try await scene.sync(psa: psa)
    #expect(second.holds.contains { $0.reason.contains("refused") })
    #expect(await psa.updates.count == tried, "what was refused is not tried again")
    try await scene.exchange(.move(id: id, start: end + 60, end: end + 600))
    try await scene.settle()
    #expect(try await scene.psaItems().only?.start.seconds == end + 60)
    try await expectMasked(scene)
    #expect(try await scene.cache.links().only?.base.mask == .masked)
  }

  @Test func `a mask that the PSA refuses keeps no time from it, and goes once it can`()
    async throws
  {
    let scene = try Scene()
    let id = try await published(scene)
    let psa = TroubledPSA(scene.worldPSA)
    await psa.set { $0.refuses = { $0.title != nil } }
    try await scene.change(id, [.sensitivity(.private), .start(end), .end(end + 600)])
    try await scene.sync(psa: psa)
    #expect(try await scene.psaItems().only?.start.seconds == end)
    #expect(try await scene.psaItems().only?.title == "Canary")
    try await scene.change(id, [.sensitivity(.confidential)])
    try await scene.sync(psa: psa)
    await psa.set { $0.refuses = { _ in false } }
    scene.rules.pastDays = 8
    try await scene.settle()
    try await expectMasked(scene)
  }

  @Test func `a refused change of text keeps no later mask from the PSA`() async throws {
    let scene = try Scene()
    let id = try await published(scene)
    let psa = TroubledPSA(scene.worldPSA)
    await psa.set { $0.refuses = { $0.title?.contains("Canary") == true } }
    try await scene.change(id, [.subject("Canary again"), .start(end), .end(end + 600)])
    try await scene.sync(psa: psa)
    try await scene.sync(psa: psa)
    #expect(try await scene.psaItems().only?.title == "Canary")
    #expect(
      try await scene.psaItems().only?.start.seconds == end,
      "what the PSA refused together goes apart"
    )
    try await scene.change(id, [.sensitivity(.private)])
    try await scene.sync(psa: psa)
    try await expectMasked(scene)
  }

  @Test func `an excluded item whose delete the PSA refuses is masked`() async throws {
    let scene = try Scene()
    let id = try await published(scene)
    let psa = TroubledPSA(scene.worldPSA)
    await psa.set { $0.refusesDeletes = true }
    try await scene.change(id, [.myResponse(.decline)])
    try await scene.sync(psa: psa)
    try await scene.change(id, [.sensitivity(.private)])
    try await scene.sync(psa: psa)
    try await scene.sync(psa: psa)
    try await expectMasked(scene)
  }

  // MARK: Between the plan and the write

  /// A run that reads the item once more after it planned, with this sensitivity.
  private func sync(
    _ scene: Scene,
    rereading id: String,
    as sensitivity: Sensitivity
  ) async throws -> SyncResult {
    let mailbox = TroubledMailbox(scene.worldMailbox)
    await mailbox.set {
      $0.afterMark = {
        let known = try await scene.cache.exchangeItems([ExchangeItemID(id)])
        var item = try #require(known[ExchangeItemID(id)])
        item.sensitivity = sensitivity
        let maker = FactMaker(
          tenant: TenantID(Tenant.sampleNumber),
          resource: ResourceID(Seeding.technician),
          rules: scene.rules,
          fingerprinter: Fingerprinter(digest: SHA256.digest)
        )
        var harvest = Harvest()
        harvest.exchange = [MirroredExchange(item: item, fact: maker.fact(of: item))]
        try await scene.cache.keep(harvest)
      }
    }
    return try await scene.sync(mailbox: mailbox)
  }

  @Test(.finds(.differing, for: "the mirror was changed by hand, and Exchange was not"))
  func `an item that turns private between plan and write is created masked`() async throws {
    let scene = try Scene()
    let id = try await scene.exchangeItem("Canary", start: start, end: end) {
      $0.body = Mailbox.Body("Canary text")
    }
    #expect(try await sync(scene, rereading: id, as: .private).attempt.psa.created == 1)
    try await expectMasked(scene)
  }

  @Test(.finds(.masks, for: "the mirror was changed by hand, and Exchange was not"))
  func `what was planned masked is created masked, though the item then looks public`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchangeItem("Canary", start: start, end: end) {
      $0.body = Mailbox.Body("Canary text")
      $0.sensitivity = .private
    }
    #expect(try await sync(scene, rereading: id, as: .normal).attempt.psa.created == 1)
    try await expectMasked(scene)
  }

  // MARK: Runs that end early

  @Test func `a run that ends between a mask and a time is settled by the next`() async throws {
    let scene = try Scene()
    let id = try await published(scene)
    let psa = TroubledPSA(scene.worldPSA)
    await psa.set { $0.breaksOn = { $0.span != nil } }
    try await scene.change(id, [.sensitivity(.private), .start(end), .end(end + 600)])
    let broken = try await scene.cycle(psa: psa).sync(SyncOptions())
    #expect(broken.failure != nil)
    try await expectMasked(scene)
    let next = try await scene.sync()
    #expect(next.attempt.psa.updated == 1)
    #expect(try await scene.psaItems().only?.start.seconds == end)
    try await scene.settle()
    try await expectMasked(scene)
  }

  @Test func `an unmasking whose answer was lost is undone when the item is private again`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchangeItem("Canary", start: start, end: end) {
      $0.sensitivity = .private
    }
    try await scene.settle()
    let psa = TroubledPSA(scene.worldPSA)
    await psa.set { $0.losesUpdates = true }
    try await scene.change(id, [.sensitivity(.normal)])
    try await scene.sync(psa: psa)
    #expect(try await scene.psaItems().only?.title == "Canary")
    try await scene.change(id, [.sensitivity(.private)])
    try await scene.sync()
    try await expectMasked(scene)
    try await scene.settle()
  }

  @Test func `a time whose answer was lost is no change of the PSA's`() async throws {
    let scene = try Scene()
    let id = try await published(scene)
    let psa = TroubledPSA(scene.worldPSA)
    await psa.set { $0.losesUpdates = true }
    try await scene.exchange(.move(id: id, start: end, end: end + 600))
    try await scene.sync(psa: psa)
    try await scene.exchange(.move(id: id, start: end + 1_200, end: end + 1_800))
    try await scene.settle()
    #expect(try await scene.psaItems().only?.start.seconds == end + 1_200)
  }

  // MARK: Links that wait

  @Test func `an item that is away is masked`() async throws {
    let scene = try Scene()
    let id = try await published(scene)
    let moved = try await scene.inMailbox { mailbox, now in
      let other = try mailbox.createFolder(
        "Archive",
        folderClass: "IPF.Appointment",
        in: mailbox.folderID(.calendar),
        at: now
      )
      let item = try mailbox.move(mailbox.itemID(id), to: other, at: now)
      return mailbox.text(of: item.id)
    }
    try await scene.settle()
    #expect(try await scene.cache.links().only?.state == .away)
    try await scene.change(moved, [.sensitivity(.private), .subject("Canary moved")])
    try await scene.settle()
    try await expectMasked(scene)
    #expect(try await scene.cache.links().only?.state == .away)
  }

  @Test func `while several may be the original, one that is private masks`() async throws {
    let scene = try Scene()
    let id = try await published(scene)
    try await scene.inMailbox { mailbox, now in
      for _ in 0..<2 {
        _ = try mailbox.copy(
          mailbox.itemID(id),
          to: mailbox.folderID(.calendar),
          keepingUID: true,
          at: now
        )
      }
      try mailbox.delete(mailbox.itemID(id), .hardDelete, at: now)
    }
    let held = try await scene.sync()
    #expect(held.attempt.writes == 0 && held.holds.count == 1)
    let copy = try #require(try await scene.exchangeItems().first?.id.rawValue)
    try await scene.change(copy, [.sensitivity(.private)])
    try await scene.settle()
    try await expectMasked(scene)
  }

  @Test func `a parked item is masked, and so is one that lies beyond the window`() async throws {
    let scene = try Scene()
    let id = try await published(scene)
    scene.clock.advance(40 * 86_400)
    try await scene.settle()
    #expect(try await scene.cache.links().only?.state == .parked)
    try await scene.change(id, [.sensitivity(.private)])
    try await scene.settle()
    try await expectMasked(scene)
  }

  @Test func `a suppressed item that became private comes back without its detail`() async throws {
    let scene = try Scene()
    let id = try await published(scene)
    let item = try #require(try await scene.psaItems().only)
    try await scene.psa(.delete(id: item.id.description))
    try await scene.settle()
    try await scene.change(id, [.sensitivity(.private)])
    try await scene.settle()
    #expect(try await scene.psaItems().isEmpty, "what only hides detail brings nothing back")
    try await scene.exchange(.move(id: id, start: end, end: end + 600))
    try await scene.settle()
    try await expectMasked(scene)
  }

  @Test func `a closed item that became private reopens without its detail`() async throws {
    let scene = try Scene()
    let id = try await published(scene)
    try await scene.change(id, [.myResponse(.decline)])
    try await scene.settle()
    try await scene.change(id, [.sensitivity(.private), .myResponse(.accept)])
    try await scene.settle()
    try await expectMasked(scene)
  }

  @Test func `text that was public is not written once the item can no longer be read`()
    async throws
  {
    let scene = try Scene()
    let id = try await published(scene)
    let psa = TroubledPSA(scene.worldPSA)
    await psa.set { $0.breaksOn = { _ in true } }
    try await scene.change(id, [.subject("Canary two")])
    _ = try await scene.cycle(psa: psa).sync(SyncOptions())
    try await scene.change(id, [.sensitivity(.private)])
    let mailbox = TroubledMailbox(scene.worldMailbox)
    await mailbox.set { $0.unreadable = [ExchangeItemID(id)] }
    let result = try await scene.sync(mailbox: mailbox)
    #expect(result.attempt.writes == 0)
    #expect(try await scene.psaItems().only?.title == "Canary")
    try await scene.settle()
    try await expectMasked(scene)
  }

  @Test func `an adoption writes no detail, and the run after it takes detail away`() async throws {
    let scene = try Scene()
    let id = try await published(scene)
    try scene.loseCache()
    try await scene.change(id, [.sensitivity(.private)])
    let adoption = try await scene.cycle().adopt(createMissing: true)
    #expect(adoption.attempt.writes == 0)
    try await scene.settle()
    try await expectMasked(scene)
  }

  @Test func `the journal wants no detail of a private item, and knows what a mask replaced`()
    async throws
  {
    let scene = try Scene()
    let id = try await published(scene)
    try await scene.change(id, [.sensitivity(.private), .start(end), .end(end + 600)])
    let run = try await scene.sync().attempt.run
    let entries = try await scene.cache.entries(of: run)
    #expect(entries.map(\.intent.verb) == [.mask, .update])
    #expect(entries.map(\.intent.groups) == [[.content], [.time]])
    #expect(entries.map(\.intent.wanted.title) == ["Appointment", nil])
    #expect(entries.first?.intent.wanted.text?.contains("Canary") == false)
    #expect(entries.first?.intent.before?.title == "Canary")
    #expect(entries.first?.intent.beforeMask == Mask.none)
    #expect(entries.last?.intent.before?.title == nil)
  }
}
