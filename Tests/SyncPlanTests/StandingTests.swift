import SyncModel
import SyncPlan
import Testing

/// What people are told of linked items between two runs.
@Suite struct StandingTests {
  private func standings(_ world: SmallWorld) throws -> [Standing] {
    let input = world.input
    return try world.links.map { link in
      let item = try #require(input.exchange.first { $0.id == link.exchange?.item })
      let other = try #require(input.psa.first { $0.id == link.psa?.id })
      return Standing(of: link, item, other, in: input)
    }
  }

  private func linked() -> (world: SmallWorld, mine: ExchangeItemID, theirs: PSAID) {
    var world = SmallWorld()
    let mine = world.inExchange("Mine")
    let theirs = world.inPSA("Theirs", at: 9 * SmallWorld.hour)
    world.settle()
    return (world, mine, theirs)
  }

  @Test func `at rest everything is in step, masked items too`() throws {
    var (world, mine, _) = linked()
    #expect(try standings(world) == [.inStep, .inStep])
    world.change(mine) { $0.sensitivity = .private }
    #expect(try standings(world) == [.pending, .inStep])
    world.settle()
    world.change(mine) { $0.title = "Nobody else's business" }
    #expect(try standings(world) == [.inStep, .inStep])
  }

  @Test func `a change where it is decided waits for the next run`() throws {
    var (world, mine, theirs) = linked()
    world.change(mine) { $0.when = SmallWorld.when(12 * SmallWorld.hour) }
    world.change(theirs) { $0.title = "Renamed" }
    #expect(try standings(world) == [.pending, .pending])
    world.settle()
    #expect(try standings(world) == [.inStep, .inStep])
  }

  @Test func `a change where it is not decided is no step, and stays`() throws {
    var (world, mine, theirs) = linked()
    let copies = try (
      #require(world.links.first { $0.exchange?.item == mine }?.psa?.id),
      #require(world.links.first { $0.psa?.id == theirs }?.exchange?.item)
    )
    world.change(copies.0) { $0.title = "By the dispatcher" }
    world.change(copies.1) { $0.title = "By the technician" }
    #expect(try standings(world) == [.differs, .differs])
    #expect(world.settle().map(\.count) == [0])
    #expect(try standings(world) == [.differs, .differs])
    world.change(mine) { $0.title = "Renamed" }
    world.settle()
    #expect(try standings(world) == [.inStep, .differs])
  }
}
