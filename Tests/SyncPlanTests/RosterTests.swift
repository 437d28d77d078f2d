import SyncModel
import SyncPlan
import Testing

/// `rules.md` 7: which item is whose where several bear one identity, and after a lost cache.
@Suite struct RosterTests {
  static let hour = SmallWorld.hour

  /// An Exchange item and a person's copy of it that bears its UID; nothing is linked.
  private func twins() throws -> (world: SmallWorld, original: ExchangeItemID, copy: ExchangeItemID)
  {
    var world = SmallWorld()
    let original = world.inExchange("Mine")
    let copy = try addCopy(of: original, to: &world)
    return (world, original, copy)
  }

  /// Its id comes first in every listing.
  func addCopy(
    of id: ExchangeItemID,
    named name: String = "a-copy",
    to world: inout SmallWorld
  ) throws -> ExchangeItemID {
    var copy = try #require(world.exchange(id))
    copy.id = ExchangeItemID(name)
    world.exchange.append(copy)
    return copy.id
  }

  /// Both were seen one after the other, so that each has its own PSA appointment.
  func linkedTwins() throws -> (
    world: SmallWorld, original: ExchangeItemID, copy: ExchangeItemID
  ) {
    var world = SmallWorld()
    let original = world.inExchange("Mine")
    world.settle()
    let copy = try addCopy(of: original, to: &world)
    world.settle()
    #expect(world.psa.count == 2)
    return (world, original, copy)
  }

  func pairs(_ world: SmallWorld) -> [ExchangeItemID: PSAID] {
    var pairs: [ExchangeItemID: PSAID] = [:]
    for link in world.links { if let item = link.exchange?.item { pairs[item] = link.psa?.id } }
    return pairs
  }

  /// As the cache demands it.
  private func expectOneLinkForEachNumber(_ world: SmallWorld) {
    let claims = world.links.filter { $0.state != .held }.compactMap { link in
      link.exchange.flatMap { half in half.cleanUID.map { "\($0) \(half.copy)" } }
    }
    #expect(Set(claims).count == claims.count, "\(claims)")
  }

  @Test func `a copy seen together with its original: neither is guessed, both are listed`() throws
  {
    var (world, original, copy) = try twins()
    let plan = world.plan
    #expect(plan.operations.isEmpty && plan.links.isEmpty)
    let hold = try #require(plan.holds.first)
    #expect(plan.holds.count == 1 && !hold.needsApproval)
    #expect(Set(hold.items.compactMap(\.exchange)) == [original, copy])
    #expect(plan.notes.contains { $0.contains("one calendar UID") && $0.contains("Delete") })
    world.apply(plan)
    world.remove(copy)
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(world.plan.holds.isEmpty)
    #expect(world.links.first?.exchange?.copy == 0)
  }

  @Test func `copies that nobody would see in the PSA are not listed`() throws {
    var (world, original, copy) = try twins()
    for id in [original, copy] {
      world.change(id) { $0.when = SmallWorld.when(-90 * 24 * Self.hour) }
    }
    #expect(world.plan.holds.isEmpty && world.plan.notes.isEmpty)
    world.change(copy) { $0.when = SmallWorld.when(Self.hour) }
    #expect(world.plan.operations.isEmpty)
    #expect(world.plan.holds.count == 1)
  }

  @Test func `after a lost cache the references tell the original from its copy`() throws {
    var (world, _, _) = try linkedTwins()
    let before = pairs(world)
    world.loseCache()
    #expect(world.settle().map(\.count) == [0])
    #expect(pairs(world) == before)
    expectOneLinkForEachNumber(world)
  }

  @Test func `after a lost cache a copy whose original is gone does not stand in for it`() throws {
    var (world, original, copy) = try linkedTwins()
    let before = pairs(world)
    world.loseCache()
    world.remove(original)
    #expect(world.settle().map(\.count) == [0])
    #expect(pairs(world) == [copy: before[copy]].compactMapValues { $0 })
  }

  @Test func `two items that claim one reference are held, and the last one is linked`() throws {
    var world = SmallWorld()
    let original = world.inExchange("Mine")
    world.settle()
    let psa = try #require(world.psa.first)
    let copy = try addCopy(of: original, to: &world)
    world.change(copy) { $0.title = "Mine, copied" }
    world.loseCache()
    #expect(world.settle().map(\.count) == [0])
    #expect(world.psa == [psa])
    world.mode = PlanMode()
    let plan = world.plan
    #expect(plan.operations.isEmpty)
    #expect(
      Set(plan.holds.flatMap(\.items).compactMap(\.exchange)) == [original, copy]
    )
    #expect(plan.holds.flatMap(\.items).contains { $0.psa == psa.id })
    var privately = world
    privately.change(copy) { $0.sensitivity = .private }
    #expect(privately.plan.operations.map(\.verb) == [.mask], "the strictest decides")
    world.remove(original)
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(pairs(world) == [copy: psa.id])
    #expect(world.psa.map(\.title) == ["Mine, copied"])
  }

  @Test func `a copy of what the PSA made is told from it by its own reference`() throws {
    var world = SmallWorld()
    world.inPSA("Theirs")
    world.settle()
    let made = try #require(world.exchange.first?.id)
    _ = try addCopy(of: made, to: &world)
    world.settle()
    let before = pairs(world)
    #expect(before.count == 2)
    world.loseCache()
    #expect(world.settle().map(\.count) == [0])
    #expect(pairs(world) == before)
  }

  @Test func `copies without counterparts are unmatched after a lost cache, each for itself`()
    throws
  {
    var (world, original, copy) = try twins()
    world.loseCache()
    world.settle()
    #expect(world.links.map(\.state) == [.unmatched, .unmatched])
    expectOneLinkForEachNumber(world)
    world.mode = PlanMode()
    world.change(copy) { $0.title = "Mine, copied" }
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(world.psa.map(\.title) == ["Mine, copied"])
    world.change(original) { $0.title = "Mine, changed" }
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(Set(world.psa.map(\.text)).count == 2, "each has a reference of its own")
  }

  @Test func `items of one UID that another tool filled in are paired one by one`() throws {
    var (world, _, copy) = try twins()
    world.change(copy) { $0.when = SmallWorld.when(9 * Self.hour) }
    world.inPSA("Mine")
    world.inPSA("Mine", at: 9 * Self.hour)
    world.mode.looksForPairs = true
    let proposed = world.plan
    #expect(proposed.operations.isEmpty)
    let hold = try #require(proposed.holds.first)
    #expect(proposed.holds.count == 1 && hold.items.count == 2)
    world.approved = [hold.digest]
    world.settle()
    #expect(world.links.map(\.origin) == [.paired, .paired])
    expectOneLinkForEachNumber(world)
    #expect(world.exchange.count == 2 && world.psa.count == 2)
  }
}
