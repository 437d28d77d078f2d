import Store
import SyncEngine
import SyncModel
import TestGround
import Testing
import World

/// `rules.md` 8: a PSA that came back from a backup.
@Suite(.threeRuns) struct RestoredPSATests {
  let start = Scene.monday + 5 * Scene.hour
  var end: Int64 { start + Scene.hour }

  @Test(arguments: [false, true])
  func `a PSA restored from a backup deletes nothing, and holds what is missing or older`(
    isListedDaily: Bool
  ) async throws {
    let scene = try Scene()
    let old = try await scene.psa(.create(title: "Old", start: start, end: end))
    try await scene.settle()
    let saved = await scene.world.tenant { tenant, _ in tenant }
    try await scene.psa(.retitle(id: old, title: "Newer"))
    try await scene.psa(.create(title: "Later", start: end, end: end + 600))
    try await scene.settle()
    _ = await scene.world.tenant { tenant, _ in tenant = saved }
    if isListedDaily { scene.clock.advance(2 * 86_400) }
    let result = try await scene.sync()
    #expect(result.attempt.writes == 0)
    #expect(result.attempt.notes.contains { $0.contains("restored from a backup") })
    let hold = try #require(result.holds.first { $0.needsApproval })
    #expect(hold.reason.contains("restored") && hold.items.count == 2)
    let after = try await scene.settle()
    #expect(!after.attempt.notes.contains { $0.contains("backup") }, "the epoch ends with its run")
    #expect(after.holds.map(\.digest) == [hold.digest])
    #expect(try await scene.exchangeItems().map(\.title) == ["Later", "Newer"])
    try await scene.sync(SyncOptions(approve: hold.digest))
    try await scene.settle()
    #expect(try await scene.exchangeItems().map(\.title) == ["Old"])
  }

  /// What changed last before the backup was changed again, so that no change is missing.
  @Test func `a restored PSA in which people went on working is noticed before anything goes`()
    async throws
  {
    let scene = try Scene()
    let old = try await scene.psa(.create(title: "Old", start: start, end: end))
    let busy = try await scene.psa(.create(title: "Busy", start: start, end: end))
    try await scene.settle()
    let saved = await scene.world.tenant { tenant, _ in tenant }
    try await scene.psa(.retitle(id: old, title: "Newer"))
    try await scene.psa(.create(title: "Later", start: end, end: end + 600))
    try await scene.settle()
    scene.clock.advance(3_600)
    try await scene.psa(.retitle(id: busy, title: "Busier"))
    try await scene.settle()
    _ = await scene.world.tenant { tenant, _ in tenant = saved }
    try await scene.psa(.retitle(id: busy, title: "Busiest"))
    let result = try await scene.sync()
    #expect(result.attempt.exchange.deleted == 0)
    #expect(try #require(result.holds.first { $0.needsApproval }).items.count == 2)
    try await scene.settle()
    #expect(try await scene.exchangeItems().map(\.title) == ["Busiest", "Later", "Newer"])
  }

  @Test func `a mask that a restored backup undid is made again in that run, or by a later one`()
    async throws
  {
    for refuses in [false, true] {
      let scene = try Scene()
      let id = try await scene.exchange(.create(title: "Canary", start: start, end: end))
      try await scene.settle()
      let saved = await scene.world.tenant { tenant, _ in tenant }
      try await scene.change(id, [.sensitivity(.private)])
      try await scene.settle()
      _ = await scene.world.tenant { tenant, _ in tenant = saved }
      #expect(try await scene.psaItems().only?.title == "Canary")
      let troubled = TroubledPSA(scene.worldPSA)
      await troubled.set { $0.breaksOn = { _ in refuses } }
      let result = try await scene.cycle(psa: troubled).sync(SyncOptions())
      #expect(result.holds.contains { $0.needsApproval })
      #expect(try await scene.psaItems().only?.title == (refuses ? "Canary" : "Appointment"))
      if refuses { try await scene.sync() }
      #expect(try await scene.psaItems().only?.title == "Appointment")
      #expect(try await scene.settle().attempt.writes == 0)
    }
  }

  @Test func `an older look at the PSA that passes is no restored backup`() async throws {
    let scene = try Scene()
    let id = try await scene.psa(.create(title: "Old", start: start, end: end))
    try await scene.settle()
    let older = try #require(try await scene.psaItems().only)
    try await scene.psa(.retitle(id: id, title: "Newer"))
    try await scene.settle()
    let troubled = TroubledPSA(scene.worldPSA)
    let looks = Locked(0)
    await troubled.set { trouble in
      trouble.shows = { item in
        let look = looks.withLock { looks -> Int in
          looks += 1
          return looks
        }
        return look == 1 ? older : item
      }
    }
    let result = try await scene.sync(psa: troubled)
    #expect(looks.withLock { $0 } > 1)
    #expect(result.attempt.writes == 0 && result.holds.isEmpty)
    #expect(!result.attempt.notes.contains { $0.contains("backup") })
    #expect(try await scene.exchangeItems().map(\.title) == ["Newer"])
  }
}
