import SyncModel
import SyncPlan
import Testing

/// `rules.md` 7: what was kept out when the cache was lost comes in as unmatched, not as new.
@Suite struct LostCacheTests {
  static let hour = SmallWorld.hour

  /// Unmatched, though it lay outside when the cache was lost.
  private func isLeftAlone(
    _ world: SmallWorld,
    sourceLocation: SourceLocation = #_sourceLocation,
    enters: (inout SmallWorld) -> Void
  ) {
    var world = world
    world.loseCache()
    world.settle()
    #expect(
      world.links.allSatisfy { $0.state == .unmatched } && world.links.count == 1,
      sourceLocation: sourceLocation
    )
    world.mode = PlanMode()
    enters(&world)
    #expect(world.plan.operations.isEmpty, sourceLocation: sourceLocation)
    world.mode.createsMissing = true
    #expect(world.plan.operations.map(\.verb) == [.create], sourceLocation: sourceLocation)
  }

  @Test func `what lay outside the window when the cache was lost is not new when it enters`() {
    let far = 380 * 24 * Self.hour
    var world = SmallWorld()
    world.inExchange("Mine", at: far)
    isLeftAlone(world) { $0.now = $0.now.advanced(byDays: 20) }
    world = SmallWorld()
    world.inPSA("Theirs", at: far)
    isLeftAlone(world) { $0.now = $0.now.advanced(byDays: 20) }
    world = SmallWorld()
    world.inExchange("Past", at: -20 * 24 * Self.hour)
    isLeftAlone(world) { $0.rules.pastDays = 30 }
  }

  @Test func `what a setting kept out when the cache was lost is not new when it lets it in`() {
    var world = SmallWorld()
    world.rules.importDetail = .off
    world.inExchange("Mine")
    isLeftAlone(world) { $0.rules.importDetail = .all }
    world = SmallWorld()
    world.rules.sendsFreeTime = false
    world.inExchange("Mine") { $0.showAs = .free }
    isLeftAlone(world) { $0.rules.sendsFreeTime = true }
    world = SmallWorld()
    world.rules.appointmentsToExchange = false
    world.inPSA("Theirs")
    isLeftAlone(world) { $0.rules.appointmentsToExchange = true }
  }

  @Test func `unmatched free time that its owner makes busy comes back`() {
    var world = SmallWorld()
    world.rules.sendsFreeTime = false
    let mine = world.inExchange("Mine") { $0.showAs = .free }
    world.loseCache()
    world.settle()
    world.mode = PlanMode()
    world.change(mine) { $0.showAs = .busy }
    #expect(world.settle().map(\.count) == [1, 0])
  }
}
