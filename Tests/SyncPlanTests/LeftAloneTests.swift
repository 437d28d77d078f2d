import SyncModel
import SyncPlan
import Testing

/// What stays on one side only, why, and what it is told to be when it comes back.
@Suite struct LeftAloneTests {
  static let hour = SmallWorld.hour

  /// An item of each side, each linked with its copy.
  private func linked() -> (world: SmallWorld, mine: ExchangeItemID, theirs: PSAID) {
    var world = SmallWorld()
    let mine = world.inExchange("Mine")
    let theirs = world.inPSA("Theirs", at: 9 * Self.hour)
    world.settle()
    return (world, mine, theirs)
  }

  @Test func `what a person deletes is counted by whose wish it was, and noted in that run alone`()
    throws
  {
    var (world, mine, theirs) = linked()
    #expect(world.plan.alone.isEmpty)
    let copies = (
      try #require(world.links.first { $0.psa?.id == theirs }?.exchange?.item),
      try #require(world.links.first { $0.exchange?.item == mine }?.psa?.id)
    )
    world.remove(copies.0)
    world.psa.removeAll { $0.id == copies.1 }
    let plan = world.plan
    #expect(plan.operations.isEmpty)
    #expect(Set(plan.alone.map(\.cause)) == [.deletedInExchange, .deletedInPSA])
    #expect(plan.notes.count == 2)
    #expect(
      plan.notes.contains { $0.contains("in the PSA") && $0.contains("psa:appointment:\(theirs)") }
    )
    #expect(plan.notes.contains { $0.contains("exchange:appointment:\(mine)") })
    world.apply(plan)
    #expect(world.plan.notes.isEmpty && world.plan.alone.count == 2)

    world.mode.liftsSuppression = true
    #expect(world.plan.operations.count == 2 && world.plan.alone.isEmpty)
    #expect(world.plan.operations.allSatisfy { $0.reason.contains("--full") })
    world.change(mine) { $0.title = "Mine, changed" }
    #expect(world.plan.operations.contains { $0.reason == "it changed since it was left alone" })
  }

  @Test func `what a person releases after a lost cache is told to be that`() {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.inPSA("Theirs", at: 9 * Self.hour)
    world.loseCache()
    var asked = world
    asked.mode.createsMissing = true
    let reason = "nothing proves to be its counterpart since the links were lost, "
    #expect(asked.plan.operations.map { $0.reason.hasPrefix(reason) } == [true, true])
    world.settle()
    #expect(world.plan.alone.map(\.cause) == [.unproven, .unproven])
    world.mode = PlanMode()
    world.mode.createsMissing = true
    #expect(world.plan.operations.map { $0.reason.hasPrefix(reason) } == [true, true])
    #expect(world.plan.alone.isEmpty)
  }

  @Test func `what Lockstep made of an item that is gone is listed, and no note of each run`() {
    var world = SmallWorld()
    world.inPSA("Ours") { $0.text = "Ref: wyolabvtys56a5fh" }
    let plan = world.plan
    #expect(plan.notes.isEmpty && plan.operations.isEmpty)
    #expect(plan.alone.map(\.cause) == [.orphaned])
    #expect(plan.alone.map(\.item.psa) == world.psa.map(\.id))
  }

  @Test func `a second item with the reference of a linked one is listed as that`() throws {
    var (world, mine, _) = linked()
    let copy = try #require(world.links.first { $0.exchange?.item == mine }?.psa?.id)
    let text = try #require(world.psa(copy)).text
    world.inPSA("Copy", at: 40 * Self.hour) { $0.text = text }
    let plan = world.plan
    #expect(plan.notes.isEmpty)
    #expect(plan.alone.map(\.cause) == [.double])
  }

  @Test func `after a backup of the cache the hold speaks of the cache, not of a side`() throws {
    var (world, mine, _) = linked()
    world.remove(mine)
    (world.mode.isRestored, world.mode.cacheWasLost, world.mode.mayDelete) = (true, true, false)
    world.mode.cacheWasRestored = true
    let plan = world.plan
    let hold = try #require(plan.holds.first)
    #expect(hold.reason.contains("backup of Lockstep's cache") && !hold.reason.contains("side"))
    world.apply(plan)
    world.mode = PlanMode()
    // It stays so in later runs, and one digest approves it.
    let again = try #require(world.plan.holds.first)
    #expect(again.digest == hold.digest && again.reason == hold.reason && again.needsApproval)
    world.approved = [hold.digest]
    #expect(world.plan.operations.map(\.verb) == [.delete])
  }

  @Test func `the brake says what approval does, and what happens without it`() throws {
    var world = SmallWorld()
    let items = (0..<8).map { world.inExchange("Item \($0)", at: Int64($0 + 2) * Self.hour) }
    world.settle()
    for item in items { world.remove(item) }
    let hold = try #require(world.plan.holds.first)
    #expect(hold.mend.contains("'lockstep sync --approve \(hold.digest)' does what stands before"))
    #expect(hold.mend.contains("Without that they stay as they are"))
    #expect(hold.mend.contains("from Deleted Items back"))
  }
}
