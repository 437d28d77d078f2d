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
