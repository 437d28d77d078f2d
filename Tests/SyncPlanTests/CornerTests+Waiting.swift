import SyncModel
import SyncPlan
import Testing

/// Links that wait, and doubles that only their masks concern.
extension CornerTests {
  // MARK: What was left alone

  @Test func `what was removed before its base was known comes back by its own move`() {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.settle()
    world.links[0].base = Base()
    world.officeDeletes()
    world.settle()
    #expect(world.links.map(\.state) == [.suppressed] && world.psa.isEmpty)
    #expect(world.settle().map(\.count) == [0])
    world.userMoves(to: 7 * Self.hour)
    world.isPSAWhole = nil
    #expect(world.plan.operations.isEmpty, "of a side that was not read nothing is known")
    world.isPSAWhole = true
    #expect(world.settle().map(\.count) == [1, 0])
  }

  @Test func `what was removed in the PSA stays so while it is a series that cannot be read`() {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.settle()
    world.officeDeletes()
    world.settle()
    world.user {
      $0.role = .master
      $0.title = "Every week"
    }
    #expect(world.settle().map(\.count) == [0])
    #expect(world.links.map(\.state) == [.suppressed])
  }

  @Test func `what the office moves far ahead after its copy was removed is made when it is near`()
  {
    var world = SmallWorld()
    world.inPSA("Theirs")
    world.settle()
    world.userDeletes()
    world.settle()
    #expect(world.links.map(\.state) == [.suppressed])
    world.officeMoves(to: 400 * 24 * Self.hour)
    #expect(world.settle().map(\.count) == [0])
    world.pass(days: 100)
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(world.links.map(\.state) == [.linked] && world.exchange.count == 1)
  }

  @Test func `an adoption keeps what a link that is known comes back to`() {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.settle()
    world.officeDeletes()
    world.settle()
    world.user { $0.title = "Renamed" }
    world.mode.adoptsOnly = true
    let plan = world.plan
    #expect(plan.operations.isEmpty && plan.links.map(\.state) == [.linked])
    world.apply(plan)
    world.mode = PlanMode()
    #expect(world.settle().map(\.count) == [1, 0])
  }

  @Test func `what the PSA archived comes back once its item is moved ahead`() {
    for isSuspected in [false, true] {
      var world = SmallWorld()
      let ids = (0..<7).map { world.inExchange("Mine \($0)", at: Int64($0) * Self.hour) }
      world.settle()
      world.pass(days: 40)
      world.settle()
      #expect(world.links.map(\.state) == Array(repeating: .parked, count: 7))
      if isSuspected {
        for item in world.psa { world.lookUps[item.key] = .nothingByID }
      }
      world.psa = []
      #expect(world.plan.operations.isEmpty && world.plan.holds.isEmpty)
      for id in ids { world.change(id) { $0.when = SmallWorld.when(41 * 24 * Self.hour) } }
      #expect(world.plan.operations.isEmpty && world.plan.holds.map(\.items.count) == [7])
    }
  }

  @Test func `what leaves the window is parked by whatever is written of it`() {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.settle()
    world.user {
      $0.sensitivity = .private
      $0.when = SmallWorld.when(-20 * 24 * Self.hour)
    }
    let plan = world.plan
    #expect(plan.operations.map(\.verb) == [.mask, .update])
    #expect(plan.operations.map(\.link.state) == [.parked, .parked])
  }

  @Test func `what is excluded after a restore is not held for it`() {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.settle()
    world.user { $0.response = .declined }
    (world.mode.isRestored, world.mode.mayDelete) = (true, false)
    #expect(world.plan.operations.isEmpty && world.plan.holds.isEmpty)
  }

  @Test func `a person's copy of a call that is cancelled is left alone, and taken once it is not`()
    throws
  {
    var world = SmallWorld()
    world.inOffice(.serviceCall)
    world.settle()
    var copy = try #require(world.exchange.first)
    copy.id = ExchangeItemID("copy")
    world.office { $0.isCancelled = true }
    world.settle()
    #expect(world.links.map(\.state) == [.closed] && world.exchange.isEmpty)
    world.exchange.append(copy)
    #expect(world.settle().map(\.count) == [0])
    #expect(world.links.map(\.exchange) == [nil] && world.exchange.map(\.id) == [copy.id])
    world.office { $0.isCancelled = false }
    world.settle()
    #expect(world.links.map(\.exchange?.item) == [copy.id] && world.exchange.count == 1)
  }

  @Test(arguments: [
    (LinkReason.deletedInPSA, LeftAlone.Cause.deletedInPSA), (.reassigned, .reassigned),
    (.undone, .undone), (.purged, .purged), (.released, .released),
    (.deletedInExchange, .deletedInExchange),
  ]) func `what is left alone says whose wish it was`(
    _ reason: LinkReason,
    _ cause: LeftAlone.Cause
  ) {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.settle()
    world.links[0].enter(.suppressed, reason, world.run)
    #expect(LeftAlone(world.links[0])?.cause == cause)
  }

  // MARK: Listings

  @Test func `in whatever order listings come, the plan is the same`() {
    var world = SmallWorld()
    let mine = world.inExchange("Mine")
    world.settle()
    let text = world.psa[0].text
    for hour in Int64(1)...3 { world.inPSA("Copy", at: hour * Self.hour) { $0.text = text } }
    for hour in Int64(6)...9 { world.inPSA("Theirs \(hour)", at: hour * Self.hour) }
    world.remove(mine)
    world.links = []
    let ordered = world.plan
    world.psa.reverse()
    let reversed = world.plan
    #expect(reversed.operations == ordered.operations && reversed.links == ordered.links)
    #expect(reversed.notes == ordered.notes && reversed.alone == ordered.alone)
    #expect(reversed.holds.flatMap(\.items) == ordered.holds.flatMap(\.items))
  }

  @Test func `pairs are proposed in the order of their times`() {
    var world = SmallWorld()
    let hours: [Int64] = [9, 2, 14, 5, 11, 3, 7]
    for hour in hours { world.inExchange("Visit \(hour)", at: hour * Self.hour) }
    let ids = hours.map { (hour: $0, id: world.inPSA("Visit \($0)", at: $0 * Self.hour)) }
    world.mode.looksForPairs = true
    let items = world.plan.holds.flatMap(\.items)
    #expect(items.compactMap(\.psa) == ids.sorted { $0.hour < $1.hour }.map(\.id))
  }

  // MARK: Doubles

  @Test func `of several links with one reference the one that hides masks its doubles`() throws {
    var world = SmallWorld()
    world.inExchange("One")
    world.inExchange("Other", at: 9 * Self.hour)
    world.settle()
    let one = try #require(world.links.first { $0.exchange?.item == world.exchange[0].id })
    let counterpart = try #require(world.psa.first { $0.id == one.psa?.id })
    world.inPSA("One") { $0.text = counterpart.text }
    world.links[1].reference = one.reference
    world.user { $0.sensitivity = .private }
    let masks = world.plan.operations.filter(\.leavesLink)
    #expect(masks.map(\.verb) == [.mask] && masks.map(\.link.id) == [one.id])
    #expect(masks.map(\.link.origin) == [.exchange])
  }

  @Test func `a copy that hides masks nothing that bears the reference of its original`() throws {
    var world = SmallWorld()
    let original = world.inExchange("Mine")
    world.settle()
    var copy = try #require(world.exchange(original))
    copy.id = ExchangeItemID("copy")
    world.exchange.append(copy)
    world.settle()
    world.links.removeAll { $0.exchange?.item == original }
    world.remove(original)
    world.change(copy.id) { $0.sensitivity = .private }
    let own = try #require(world.links.first?.psa?.id)
    #expect(world.plan.lines == ["psa mask \(own)"])
  }
}
