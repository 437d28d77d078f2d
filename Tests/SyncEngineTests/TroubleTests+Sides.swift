import Foundation
import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// Sides that are not what they were: another tool's, marked by another agent, restored.
extension TroubleTests {
  @Test func `a first run beside another tool creates nothing while a listing is short`()
    async throws
  {
    let scene = try Scene(items: 12, fillsLikeVendor: true)
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.cutsListings = true }
    let first = try await scene.cycle(mailbox: troubled).sync(SyncOptions())
    #expect(first.attempt.writes == 0)
    let second = try await scene.sync()
    #expect(second.attempt.writes == 0)
    #expect(second.holds.contains { $0.reason.contains("pairs") })
  }

  @Test func `a plan on a lost cache leaves the next run as careful as it was`() async throws {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    for item in try await scene.exchangeItems() {
      try await scene.exchange(.delete(id: item.id.rawValue))
    }
    try await scene.settle()
    try scene.loseCache()
    #expect(try await scene.cycle().plan().operations.isEmpty)
    try await scene.settle()
    #expect(try await scene.exchangeItems().isEmpty)
  }

  @Test func `a mailbox restored from a backup deletes nothing and holds what is missing or older`()
    async throws
  {
    let scene = try Scene()
    let old = try await scene.exchange(.create(title: "Old", start: start, end: end))
    try await scene.settle()
    let saved = await scene.world.mailbox { mailbox, _ in mailbox }
    try await scene.exchange(.retitle(id: old, title: "Newer"))
    try await scene.exchange(.create(title: "Later", start: end, end: end + 600))
    try await scene.settle()
    _ = try await scene.inMailbox { mailbox, _ in
      mailbox = saved
      mailbox.expireSyncStates()
    }
    let result = try await scene.sync()
    #expect(result.attempt.writes == 0)
    #expect(result.holds.contains { $0.reason.contains("restored") && $0.items.count == 2 })
    #expect(try await scene.psaItems().map(\.title) == ["Later", "Newer"])
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["Later", "Newer"])
    let hold = try #require(result.holds.first { $0.needsApproval })
    try await scene.sync(SyncOptions(approve: hold.digest))
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["Old"])
  }

  @Test func `what a person approved after a restore is carried out at once, however much it is`()
    async throws
  {
    let scene = try Scene()
    try await scene.exchange(.create(title: "Old", start: start, end: end))
    try await scene.settle()
    let saved = await scene.world.mailbox { mailbox, _ in mailbox }
    for number in 0..<9 {
      let at = start + Int64(number) * 7_200
      try await scene.exchange(.create(title: "Later \(number)", start: at, end: at + 60))
    }
    try await scene.settle()
    _ = try await scene.inMailbox { mailbox, _ in
      mailbox = saved
      mailbox.expireSyncStates()
    }
    let held = try await scene.sync()
    let hold = try #require(held.holds.first { $0.needsApproval })
    #expect(hold.items.count == 9)
    let approved = try await scene.sync(SyncOptions(approve: hold.digest))
    #expect(approved.attempt.psa.deleted == 9)
    #expect(approved.holds.isEmpty)
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["Old"])
  }

  @Test func `an approval waits with its items while nothing may be deleted`() async throws {
    let scene = try Scene()
    try await scene.exchange(.create(title: "Old", start: start, end: end))
    try await scene.settle()
    let saved = await scene.world.mailbox { mailbox, _ in mailbox }
    try await scene.exchange(.create(title: "Later", start: end, end: end + 600))
    try await scene.settle()
    _ = try await scene.inMailbox { mailbox, _ in
      mailbox = saved
      mailbox.expireSyncStates()
    }
    let hold = try #require(try await scene.sync().holds.first { $0.needsApproval })
    // A run under new settings deletes nothing.
    scene.rules.pastDays = 8
    let careful = try await scene.sync(SyncOptions(approve: hold.digest))
    #expect(careful.attempt.psa.deleted == 0)
    #expect(careful.holds.map(\.digest) == [hold.digest])
    #expect(try await scene.sync().attempt.psa.deleted == 1)
  }

  @Test func `a calendar that was moved to another id is restored, and goes on under that id`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    let gone = try await scene.exchange(.create(title: "B", start: end, end: end + 600))
    try await scene.settle()
    let mailbox = TroubledMailbox(scene.worldMailbox)
    await mailbox.set { $0.folder = FolderID("moved") }
    try await scene.exchange(.delete(id: gone))
    // A look at the plan leaves the next run as careful as it was.
    _ = try await scene.cycle(mailbox: mailbox).plan()
    let held = try await scene.sync(mailbox: mailbox)
    #expect(held.attempt.writes == 0)
    let hold = try #require(held.holds.first { $0.needsApproval })
    #expect(hold.items.count == 1)
    let approved = try await scene.sync(SyncOptions(approve: hold.digest), mailbox: mailbox)
    #expect(approved.attempt.psa.deleted == 1)
    try await scene.exchange(.delete(id: id))
    #expect(try await scene.sync(mailbox: mailbox).attempt.psa.deleted == 1)
  }
}
