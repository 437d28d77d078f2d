import SyncModel
import SyncPlan
import Testing

/// Which of several items with one UID is the original, and what number each copy keeps.
extension RosterTests {
  private func numbers(_ world: SmallWorld) -> [ExchangeItemID: Int] {
    var numbers: [ExchangeItemID: Int] = [:]
    for link in world.links { if let half = link.exchange { numbers[half.item] = half.copy } }
    return numbers
  }

  /// What the PSA made in Exchange, and a person's copy of it without the stamp; no link is known.
  private func made() throws -> (world: SmallWorld, made: ExchangeItemID, copy: ExchangeItemID) {
    var world = SmallWorld()
    world.inPSA("Theirs")
    world.settle()
    let made = try #require(world.exchange.first?.id)
    let copy = try addCopy(of: made, to: &world)
    world.change(copy) { $0.stamp = nil }
    world.links = []
    return (world, made, copy)
  }

  private func chosen(_ plan: Plan) -> Set<ExchangeItemID> {
    Set(plan.holds.flatMap(\.items).filter { $0.verb == .choose }.compactMap(\.exchange))
  }

  // MARK: The original

  @Test func `of one UID the one that bears the stamp is the original`() throws {
    var (world, made, copy) = try made()
    #expect(world.plan.lines == ["psa create \(copy)"] && world.plan.holds.isEmpty)
    world.settle()
    #expect(numbers(world) == [made: 0, copy: 1])
  }

  @Test func `the stamp tells the original though its copy goes by the UID`() throws {
    var (world, made, copy) = try made()
    world.settle()
    let before = pairs(world)
    world.links.removeAll { $0.exchange?.item == made }
    world.links[0].exchange?.copy = 0
    #expect(world.settle().map(\.count) == [0])
    #expect(pairs(world) == before && Set(numbers(world).values) == [0, 1])
    #expect(numbers(world)[copy] == 0)
  }

  @Test func `one item whose twin was made from what is gone has no rival`() throws {
    var (world, _, copy) = try made()
    world.officeDeletes()
    #expect(world.plan.lines == ["psa create \(copy)"] && world.plan.holds.isEmpty)
  }

  @Test func `rivals are counted with those that bear the stamp`() throws {
    var (world, made, copy) = try made()
    let other = try addCopy(of: made, named: "b-copy", to: &world)
    let plan = world.plan
    #expect(plan.operations.isEmpty && chosen(plan) == [made, copy, other])
    #expect(plan.notes.contains { $0.hasPrefix("3 Exchange appointments bear one calendar UID") })
  }

  @Test func `dates of a series that was not sent whole are told apart by their starts`() {
    var world = SmallWorld()
    for (name, start) in [("a-date", 29), ("b-date", 5)] {
      world.inExchange("Stand-up", at: Int64(start) * Self.hour) {
        $0.id = ExchangeItemID(name)
        $0.cleanUID = CleanUID("SERIES")
        $0.role = .exception
        $0.originalStart = SmallWorld.monday.advanced(bySeconds: Int64(start) * Self.hour)
      }
    }
    var alike = world
    alike.exchange[0].originalStart = alike.exchange[1].originalStart
    #expect(alike.plan.operations.isEmpty)
    #expect(chosen(alike.plan) == [ExchangeItemID("a-date"), ExchangeItemID("b-date")])
    #expect(world.settle().map(\.count) == [2, 0])
    #expect(
      numbers(world) == [ExchangeItemID("b-date"): 0, ExchangeItemID("a-date"): 1],
      "the UID is the first one's"
    )
  }

  @Test func `a series and its copy are rivals as long as one date has its counterpart`() throws {
    var world = SmallWorld()
    let series = world.series("Stand-up", on: [0, 1, 2])
    world.settle()
    let copy = try addCopy(of: series, to: &world)
    world.pattern[copy] = world.pattern[series]
    world.officeDeletes()
    world.loseCache()
    let plan = world.plan
    #expect(plan.operations.isEmpty && chosen(plan) == [series, copy])
    #expect(plan.links.map(\.state) == [.held, .held])
  }

  @Test func `the first plan after a lost cache masks what one of two rivals hides`() throws {
    var world = SmallWorld()
    let original = world.inExchange("Mine")
    world.settle()
    let copy = try addCopy(of: original, to: &world)
    world.change(copy) { $0.sensitivity = .private }
    world.loseCache()
    #expect(world.plan.operations.map(\.verb) == [.mask], "the strictest decides")
  }

  // MARK: Numbers

  @Test func `a copy without a UID is the first of its kind`() throws {
    var world = SmallWorld()
    world.inPSA("Theirs")
    world.settle()
    let made = try #require(world.exchange.first?.id)
    let copy = try addCopy(of: made, to: &world)
    world.change(copy) { $0.cleanUID = nil }
    world.settle()
    #expect(numbers(world) == [made: 0, copy: 1])
  }

  @Test func `a copy that comes back under another id keeps its number and its counterpart`() throws
  {
    var (world, original, copy) = try linkedTwins()
    let before = pairs(world)
    var back = try #require(world.exchange(copy))
    world.remove(copy)
    back.id = ExchangeItemID("back")
    world.exchange.append(back)
    #expect(world.settle().map(\.count) == [0])
    #expect(numbers(world) == [original: 0, back.id: 1])
    #expect(pairs(world)[back.id] == before[copy])
  }

  @Test func `links that lost their Exchange halves find the original and its copy again`() throws {
    var (world, original, copy) = try linkedTwins()
    let before = pairs(world)
    for index in world.links.indices { world.links[index].exchange = nil }
    #expect(world.settle().map(\.count) == [0])
    #expect(pairs(world) == before && numbers(world) == [original: 0, copy: 1])
  }

  @Test func `a number that another copy has is not given twice`() throws {
    var (world, original, copy) = try linkedTwins()
    let other = try addCopy(of: original, named: "b-copy", to: &world)
    world.settle()
    let before = numbers(world)
    #expect(before == [original: 0, copy: 1, other: 2])
    for index in world.links.indices where world.links[index].exchange?.item == other {
      world.links[index].exchange = nil
    }
    #expect(world.settle().map(\.count) == [0])
    #expect(numbers(world) == before)
  }

  @Test func `dates that lost their Exchange halves find their own series again`() throws {
    var world = SmallWorld()
    let series = world.series("Stand-up", on: [0, 1, 2])
    world.settle()
    var alone = world
    for index in alone.links.indices { alone.links[index].exchange = nil }
    #expect(alone.settle().map(\.count) == [0])
    #expect(alone.links.map(\.exchange?.copy) == [0, 0, 0])
    for index in alone.links.indices { alone.links[index].exchange = nil }
    alone.pattern[series]?.append(SmallWorld.day(3))
    #expect(alone.settle().map(\.count) == [1, 0], "a date that no link knows is new")
    let copy = try addCopy(of: series, to: &world)
    world.pattern[copy] = world.pattern[series]
    world.settle()
    let before = world.links.map(\.exchange)
    #expect(before.map { $0?.copy } == [0, 0, 0, 1, 1, 1])
    for index in world.links.indices { world.links[index].exchange = nil }
    #expect(world.settle().map(\.count) == [0])
    #expect(world.links.map(\.exchange) == before)
  }
}
