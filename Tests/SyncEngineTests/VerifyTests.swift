import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// `verify`: what is not as the rules have it is found, and nothing else; nothing is written.
@Suite(.threeRuns) struct VerifyTests {
  let start = Scene.monday + 5 * Scene.hour
  var end: Int64 { start + Scene.hour }

  /// What is kept, as far as a look could change it.
  private struct Kept: Equatable {
    let positions: Positions
    let links: [Link]
    let holds: [Hold]
    let attempts: [Attempt]
    let exchange: [ExchangeFact]
    let psa: [PSAFact]
    let toCheck: [ToCheck]
    let unsettled: [JournalEntry]

    init(_ cache: SQLiteCache) async throws {
      positions = try await cache.positions()
      links = try await cache.links()
      holds = try await cache.holds()
      attempts = try await cache.attempts(limit: .max)
      exchange = try await cache.exchangeFacts()
      psa = try await cache.psaFacts()
      toCheck = try await cache.toCheck()
      unsettled = try await cache.unsettled()
    }
  }

  /// Looks, and sees to it that nothing was changed by it.
  private func verified(_ scene: Scene, _ cycle: Cycle? = nil) async throws -> AuditReport {
    let before = try await Kept(scene.cache)
    let report = try await (cycle ?? scene.cycle()).verify()
    #expect(try await Kept(scene.cache) == before)
    return report
  }

  private func checks(_ report: AuditReport) -> [AuditCheck] { report.audit.findings.map(\.check) }

  @Test func `two calendars in step show nothing, whatever is in them`() async throws {
    let scene = try Scene(items: 40)
    scene.rules.toDos = true
    scene.rules.serviceCalls = true
    scene.rules.contacts = ContactRules(folder: nil, link: nil)
    try await scene.settle()
    let report = try await verified(scene)
    #expect(report.isClean, "\(report.audit.findings)")
    #expect(report.repair.operations.isEmpty)
    #expect(report.audit.examined[.missing, default: 0] > 40)
    #expect(report.audit.states[.linked, default: 0] > 40)
  }

  @Test func `what no run has seen yet is found on its side, with what mends it`() async throws {
    let scene = try Scene()
    let moved = try await scene.exchange(.create(title: "Moved", start: start, end: end))
    let deleted = try await scene.exchange(.create(title: "Deleted", start: start, end: end))
    try await scene.settle()
    try await scene.exchange(.create(title: "New", start: start, end: end))
    try await scene.exchange(.move(id: moved, start: start + 7_200, end: end + 7_200))
    try await scene.exchange(.delete(id: deleted))
    let report = try await verified(scene)
    #expect(checks(report) == [.missing, .differing, .surplus])
    #expect(
      report.audit.findings.map { $0.item.flatMap { report.names[$0] }?.title }
        == ["New", "Moved", "Deleted"]
    )
    #expect(report.repair.operations.map(\.verb) == [.update, .create, .delete])
    try await scene.settle()
    #expect(try await verified(scene).isClean)
  }

  @Test func `an item that vanished from the PSA behind everybody's back is missed there`()
    async throws
  {
    let scene = try Scene()
    try await scene.psa(.create(title: "P", start: start, end: end))
    try await scene.settle()
    let copy = try #require(try await scene.exchangeItems().only)
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.unlisted = [copy.id] }
    // There by its id, and in no listing: it waits, and is no loss.
    let waits = try await verified(scene, scene.cycle(mailbox: troubled))
    #expect(!checks(waits).contains(.missing))
    try await scene.exchange(.delete(id: copy.id.rawValue))
    let report = try await verified(scene)
    #expect(checks(report) == [.missing])
    #expect(report.repair.notes.contains { $0.contains("Left alone in the PSA") })
    try await scene.settle()
    // What a person deleted is expected nowhere.
    let left = try await verified(scene)
    #expect(left.isClean && left.audit.states[.suppressed] == 1)
  }

  @Test func `a private item that shows detail in the PSA is found, also a double of it`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "Canary", start: start, end: end))
    try await scene.change(id, [.sensitivity(.private)])
    try await scene.settle()
    let masked = try #require(try await scene.psaItems().only)
    #expect(try await verified(scene).isClean)
    let double = try await scene.psa(.create(title: "Canary", start: start, end: end))
    try await write(scene, double, text: masked.text)
    let report = try await verified(scene)
    #expect(Set(checks(report)) == [.doubles, .masks])
    // Somebody wrote the title back behind the engine: the next runs cannot tell.
    try await scene.settle()
    try await scene.psa(.retitle(id: masked.id.description, title: "Canary"))
    let shown = try await verified(scene)
    #expect(checks(shown).contains(.masks))
    try await scene.psa(.retitle(id: masked.id.description, title: "Appointment"))
    try await scene.psa(.delete(id: double))
  }

  @Test func `two items made from one, and one made from nothing, are found`() async throws {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "E", start: start, end: end))
    try await scene.settle()
    let made = try #require(try await scene.psaItems().only)
    let double = try await scene.psa(.create(title: "E", start: start, end: end))
    try await write(scene, double, text: made.text)
    let orphan = try await scene.psa(.create(title: "O", start: start, end: end))
    try await write(scene, orphan, text: "Ref: aaaabbbbccccdddd")
    let report = try await verified(scene)
    #expect(checks(report) == [.doubles, .orphans])
    #expect(
      report.audit.findings.map { $0.item?.psa?.description } == [double, orphan]
    )
    try await scene.psa(.delete(id: double))
    try await scene.psa(.delete(id: orphan))
    #expect(try await verified(scene).isClean)
    try await scene.exchange(.delete(id: id))
  }

  @Test(.finds(.proofs, for: "the journal has a delete that nobody proved"))
  func `a write without a result and a delete without a proof are found`() async throws {
    let scene = try Scene()
    try await scene.exchange(.create(title: "A", start: start, end: end))
    let troubled = TroubledPSA(scene.worldPSA)
    await troubled.set { $0.losesCreates = true }
    _ = try await scene.cycle(psa: troubled).sync(SyncOptions())
    let open = try await verified(scene)
    #expect(checks(open) == [.journal])
    try await scene.settle()
    let link = try #require(try await scene.cache.links().only)
    let run = try #require(try await scene.cache.attempts(limit: 1).first).run
    try await scene.cache.intend(
      [
        Intent(
          run: run,
          sequence: 900,
          link: link.id,
          kind: .appointment,
          side: .psa,
          verb: .delete,
          groups: [.existence],
          target: "4711",
          expectedVersion: nil,
          wanted: ItemValues(),
          idempotencyKey: nil,
          highestBefore: nil,
          before: nil,
          beforeMask: .none,
          proof: nil,
          reason: "nobody knows"
        )
      ],
      links: []
    )
    try await scene.cache.settle([Settlement(run: run, sequence: 900, status: .done)])
    #expect(checks(try await verified(scene)) == [.proofs])
  }

  @Test func `a listing cut short and a lost mark are found, and what they hide is not`()
    async throws
  {
    let scene = try Scene(items: 10)
    try await scene.settle()
    let troubled = TroubledPSA(scene.worldPSA)
    await troubled.set { $0.cutsListings = true }
    let cut = try await verified(scene, scene.cycle(psa: troubled))
    #expect(checks(cut).contains(.whole) && !checks(cut).contains(.surplus))
    let unmarked = TroubledMailbox(scene.worldMailbox)
    await unmarked.set { $0.hidesMark = true }
    let report = try await verified(scene, scene.cycle(mailbox: unmarked))
    #expect(checks(report) == [.mark])
  }

  @Test func `an item that waits for a person is counted and no finding`() async throws {
    let scene = try Scene()
    var ids: [String] = []
    for number in 0..<8 {
      let at = start + Int64(number) * 7_200
      ids.append(try await scene.psa(.create(title: "P\(number)", start: at, end: at + 60)))
    }
    try await scene.settle()
    for item in try await scene.exchangeItems() {
      try await scene.exchange(.delete(id: item.id.rawValue))
    }
    try await scene.settle()
    let report = try await verified(scene)
    #expect(report.isClean, "\(report.audit.findings)")
    #expect(report.audit.held == 8 && report.repair.holds.count == 1)
  }

  @Test func `another agent's calendar is not audited`() async throws {
    let scene = try Scene(items: 4)
    try await scene.settle()
    let other = try Scene(sharing: scene)
    other.agent = AgentID("agent-two")
    let failure = await #expect(throws: StopFailure.self) { _ = try await other.cycle().verify() }
    #expect(failure?.description.contains("desk") == true)
    // It never comes to write.
    other.agent = scene.agent
  }

  /// Somebody writes a description in the PSA, reference line and all.
  private func write(_ scene: Scene, _ id: String, text: String) async throws {
    scene.clock.advance(60)
    try await scene.world.tenant { tenant, now in
      let schema = try #require(Schema.entity("Appointments"))
      _ = try tenant.update(
        ["id": .int(try #require(Int64(id))), "description": .string(text)],
        in: schema,
        at: now
      )
    }
  }
}
