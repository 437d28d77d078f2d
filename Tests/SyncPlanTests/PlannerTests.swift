import SyncModel
import SyncPlan
import Testing

/// `rules.md` 2 to 8, one scenario for each sentence, on plain values.
@Suite struct PlannerTests {
  static let hour = SmallWorld.hour

  /// An Exchange item and a PSA item, both linked and at rest.
  func linked(
    _ shape: (inout ExchangeItem) -> Void = { _ in }
  ) -> (world: SmallWorld, mine: ExchangeItemID, theirs: PSAID) {
    var world = SmallWorld()
    let mine = world.inExchange("Mine", shape)
    let theirs = world.inPSA("Theirs", at: 9 * Self.hour)
    world.settle()
    return (world, mine, theirs)
  }

  let guest = Attendee(
    person: Person(name: "Guest", address: ""),
    role: .required,
    response: .unknown
  )

  func counterpart(of id: ExchangeItemID, _ world: SmallWorld) throws -> PSAID {
    try #require(world.links.first { $0.exchange?.item == id }?.psa?.id)
  }

  func counterpart(of id: PSAID, _ world: SmallWorld) throws -> ExchangeItemID {
    try #require(world.links.first { $0.psa?.id == id }?.exchange?.item)
  }

  func link(of id: ExchangeItemID, _ world: SmallWorld) throws -> Link {
    try #require(world.links.first { $0.exchange?.item == id })
  }

  // MARK: First run and adoption

  @Test func `a first run creates what exists on one side only, and the next writes nothing`() {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.inPSA("Theirs", at: 9 * Self.hour)
    #expect(world.settle().map(\.count) == [2, 0])
    #expect(world.exchange.count == 2 && world.psa.count == 2)
    #expect(world.links.allSatisfy { $0.state == .linked })
  }

  @Test func `where bases were lost the reason claims no change, only who decides`() throws {
    var (world, mine, theirs) = linked()
    let copy = try counterpart(of: theirs, world)
    world.links = []
    world.mode.cacheWasLost = true
    world.mode.mayDelete = false
    world.change(mine) { $0.title = "Renamed" }
    world.change(copy) { $0.when = SmallWorld.when(11 * Self.hour) }
    let lost = "differs, and what was last in step is not known any more"
    #expect(
      Set(world.plan.operations.map(\.reason)) == [
        "title \(lost): Exchange decides", "time \(lost): the PSA decides",
      ]
    )
    world.rules.conflict = .exchange
    #expect(world.plan.operations.contains { $0.reason == "time \(lost): Exchange decides" })
  }

  @Test func `an adoption links what stamps and references prove, and later moves both ways`()
    throws
  {
    var (world, mine, theirs) = linked()
    world.links = []
    world.mode.cacheWasLost = true
    world.mode.mayDelete = false
    let adoption = world.plan
    #expect(adoption.operations.isEmpty)
    world.apply(adoption)
    #expect(world.links.count == 2)
    world.mode = PlanMode()
    let copy = try counterpart(of: theirs, world)
    world.change(copy) { $0.when = SmallWorld.when(11 * Self.hour) }
    world.change(mine) { $0.when = SmallWorld.when(12 * Self.hour) }
    #expect(Set(world.plan.operations.map(\.side)) == [.psa], "the user's moves go to the PSA")
    world.settle()
    #expect(world.psa(theirs)?.start == SmallWorld.monday.advanced(bySeconds: 11 * Self.hour))
  }

  @Test func `items without proof are unmatched after a loss, and released by their next change`() {
    var world = SmallWorld()
    let mine = world.inExchange("Mine")
    world.inPSA("Theirs", at: 9 * Self.hour)
    world.mode.cacheWasLost = true
    world.mode.mayDelete = false
    world.settle()
    #expect(world.links.map(\.state) == [.unmatched, .unmatched])
    world.mode = PlanMode()
    #expect(world.plan.operations.isEmpty)
    world.change(mine) { $0.title = "Mine, changed" }
    #expect(world.settle().map(\.count) == [1, 0])
    world.mode.createsMissing = true
    #expect(world.settle().map(\.count) == [1, 0])
  }

  @Test func `an unlinked PSA item with a reference is never taken as made by a person`() {
    var world = SmallWorld()
    world.inPSA("Ours") { $0.text = "Ref: wyolabvtys56a5fh" }
    let plan = world.plan
    #expect(plan.operations.isEmpty && plan.links.isEmpty)
  }

  @Test func `two PSA items with one reference are held, and no third one is made`() throws {
    var (world, mine, _) = linked()
    let first = try #require(world.psa(counterpart(of: mine, world)))
    world.inPSA(first.title) { $0.text = first.text }
    world.links = []
    #expect(world.plan.operations.allSatisfy { $0.side != .psa })
    #expect(world.plan.holds.contains { !$0.needsApproval } || !world.plan.notes.isEmpty)
    world.settle()
    #expect(world.psa.count == 3)
  }

  /// The age of the item that is gone was taken for that of its copy: a backup was announced.
  @Test func `a copy that takes the place of a deleted PSA item is as old as it is`() throws {
    var (world, mine, _) = linked()
    let first = try #require(world.psa(counterpart(of: mine, world)))
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    world.links[index].psaModified = SmallWorld.monday.advanced(bySeconds: 99)
    let copy = world.inPSA(first.title) {
      $0.text = first.text
      $0.start = first.start
      $0.end = first.end
    }
    world.remove(first.id)
    let modified = try #require(world.psa(copy)?.modified)
    #expect(modified < SmallWorld.monday.advanced(bySeconds: 99))
    world.settle()
    #expect(world.links[index].psa?.id == copy)
    #expect(world.links[index].psaModified == world.psa(copy)?.modified)
  }

  @Test func `a lost create whose item shows up twice is held, and no third one is made`() throws {
    var (world, mine, _) = linked()
    let first = try #require(world.psa(counterpart(of: mine, world)))
    world.inPSA(first.title) { $0.text = first.text }
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    world.links[index].psa = nil
    #expect(world.plan.operations.isEmpty)
    #expect(!world.plan.holds.isEmpty)
  }

  /// With a link to one of them, with a link that lost its half, and with no link at all.
  @Test(arguments: [0, 1, 2])
  func `of two PSA items with one reference each is masked when the Exchange item turns private`(
    _ way: Int
  ) throws {
    var (world, mine, _) = linked { $0.text = "Canary" }
    let first = try counterpart(of: mine, world)
    let original = try #require(world.psa(first))
    let second = world.inPSA(original.title) { $0.text = original.text }
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    if way == 1 { world.links[index].psa = nil }
    if way == 2 { world.links.remove(at: index) }
    #expect(world.plan.operations.isEmpty)
    world.change(mine) { $0.sensitivity = .private }
    #expect(world.plan.lines == ["psa mask \(first)", "psa mask \(second)"])
    #expect(world.settle().map(\.count) == [2, 0])
    for id in [first, second] {
      let item = try #require(world.psa(id))
      #expect(item.title == "Appointment")
      #expect(item.text.hasPrefix("Ref: ") && Reference.split(item.text).reference != nil)
    }
    #expect(try link(of: mine, world).psa?.id == (way == 0 ? first : nil))
    world.remove(second)
    // A base that knows of no mask has it written once more.
    #expect(world.settle().map(\.count) == (way == 1 ? [1, 0] : [0]))
    #expect(try link(of: mine, world).psa?.id == first)
    #expect(try link(of: mine, world).state == .linked)
  }

  @Test func `links without their Exchange half are bound again by stamp and reference`() {
    var (world, mine, _) = linked()
    for index in world.links.indices { world.links[index].exchange = nil }
    world.mode.cacheWasLost = true
    #expect(world.settle().map(\.count) == [0])
    #expect(world.links.count == 2 && world.links.allSatisfy { $0.exchange != nil })
    for index in world.links.indices { world.links[index].exchange = nil }
    world.remove(mine)
    world.mode = PlanMode()
    #expect(world.settle().map(\.count) == [0], "what a person made in Exchange is not made there")
  }

  @Test func `what turns private and is excluded at once is masked before it is removed`() {
    var (world, mine, _) = linked()
    world.change(mine) {
      $0.sensitivity = .private
      $0.isCancelled = true
    }
    #expect(world.plan.operations.map(\.verb) == [.mask, .delete])
    #expect(world.settle().map(\.count) == [2, 0])
  }
}
