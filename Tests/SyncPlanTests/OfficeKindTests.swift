import SyncModel
import SyncPlan
import Testing

/// `rules.md` 1, 2, 8 and 10 for to-dos and service calls.
@Suite struct OfficeKindTests {
  private func office() -> SmallWorld {
    var world = SmallWorld()
    world.rules.toDos = true
    world.rules.serviceCalls = true
    return world
  }

  @discardableResult
  private func add(_ kind: Kind, to world: inout SmallWorld) -> PSAID {
    world.inPSA("") {
      $0.kind = kind
      $0.parent = kind == .toDo ? PSAID(174) : nil
      $0.text = "Bring disks"
      $0.about = TextRows.about
    }
  }

  // MARK: Times and content

  @Test func `a to-do moved in Exchange is moved in the PSA, under its company`() throws {
    var world = office()
    let id = add(.toDo, to: &world)
    world.settle()
    let item = try #require(world.exchange.first?.id)
    world.change(item) { $0.when = SmallWorld.when(30 * SmallWorld.hour) }
    world.change(id) { $0.parent = PSAID(190) }
    let plan = world.plan
    #expect(plan.lines == ["psa update \(id)"])
    #expect(plan.operations.first?.link.psa?.parent == PSAID(190))
    #expect(plan.operations.first?.groups == [.time])
    #expect(world.settle().last?.isEmpty == true)
    #expect(world.psa.first?.start == SmallWorld.monday.advanced(bySeconds: 30 * SmallWorld.hour))
  }

  @Test(arguments: [0, 1, 2, 3])
  func `what a person changes in a service call is put back`(change: Int) throws {
    var world = office()
    add(.serviceCall, to: &world)
    world.settle()
    let before = try #require(world.exchange.first)
    world.change(before.id) {
      switch change {
      case 0: $0.when = SmallWorld.when(30 * SmallWorld.hour)
      case 1: $0.title = "Mine"
      case 2: $0.text = "Mine"
      default: $0.place = "Mine"
      }
    }
    let plan = world.plan
    #expect(plan.lines == ["exchange update \(before.id)"])
    #expect(plan.operations.first?.reason.hasSuffix("changed in Exchange, put back") == true)
    #expect(world.settle().last?.isEmpty == true)
    let after = try #require(world.exchange.first)
    #expect(after.title == before.title && after.text == before.text && after.place == before.place)
    #expect(after.when.isSameTime(as: before.when))
  }

  @Test func `a service call's change in the PSA is written, and is no putting back`() throws {
    var world = office()
    let id = add(.serviceCall, to: &world)
    world.settle()
    world.change(id) {
      $0.start = $0.start.advanced(bySeconds: 3_600)
      $0.end = $0.end.advanced(bySeconds: 3_600)
      $0.about?.status = "Complete"
      $0.isComplete = true
    }
    let plan = world.plan
    #expect(plan.operations.first?.groups == [.time, .content])
    #expect(plan.operations.first?.reason == "time, text changed in the PSA")
    #expect(world.settle().last?.isEmpty == true)
    #expect(world.links.first?.reassertions == nil && world.links.first?.state == .linked)
  }

  // MARK: Existence

  @Test func `a cancelled call leaves Exchange by its field, and comes back uncancelled`() throws {
    var world = office()
    let id = add(.serviceCall, to: &world)
    world.settle()
    world.change(id) { $0.isCancelled = true }
    let plan = world.plan
    guard case .delete(let order)? = plan.operations.first?.action else {
      Issue.record("\(plan.lines)")
      return
    }
    #expect(order.proof.record.ground == .excluded)
    #expect(order.proof.record.evidence.contains("canceledDateTime is set"))
    #expect(world.settle().last?.isEmpty == true)
    #expect(world.exchange.isEmpty)
    #expect(world.links.map(\.state) == [.closed] && world.links.map(\.reason) == [.cancelled])
    world.change(id) { $0.isCancelled = false }
    world.settle()
    #expect(world.exchange.count == 1 && world.links.map(\.state) == [.linked])
  }

  @Test func `a cancelled call that was not looked up stays`() {
    var world = office()
    let id = add(.serviceCall, to: &world)
    world.settle()
    world.change(id) { $0.isCancelled = true }
    world.isLookedUp = false
    #expect(world.plan.operations.isEmpty)
  }

  @Test func `a cancelled call is never made in Exchange`() {
    var world = office()
    let id = add(.serviceCall, to: &world)
    world.change(id) { $0.isCancelled = true }
    #expect(world.settle() == [[]])
    #expect(world.links.isEmpty)
  }

  @Test(arguments: [true, false])
  func `a call without a row of ours goes only by rows that this run read`(isRead: Bool) throws {
    var world = office()
    let id = add(.serviceCall, to: &world)
    world.settle()
    let item = try #require(world.psa(id))
    world.remove(id)
    world.lookUps[item.key] = .unassigned(world.maker.fact(of: item))
    let run = isRead ? world.run : RunID(world.run.rawValue - 1)
    world.assignments = AssignmentReading(run: run, resource: SmallWorld.resource, rows: [])
    let plan = world.plan
    #expect(plan.operations.map(\.verb) == (isRead ? [.delete] : []))
    world.apply(plan)
    #expect(world.links.map(\.state) == [isRead ? .closed : .linked])
    guard isRead else { return }
    #expect(world.links.map(\.reason) == [.unassigned] && world.exchange.isEmpty)
    world.psa.append(item)
    world.lookUps = [:]
    world.settle()
    #expect(world.exchange.count == 1 && world.links.map(\.state) == [.linked])
  }

  @Test func `rows that name the call prove nothing against it`() {
    let world = office()
    let item = PSAItem(
      kind: .serviceCall,
      id: PSAID(5),
      resource: SmallWorld.resource,
      title: "",
      text: "",
      start: world.now,
      end: world.now,
      created: world.now,
      modified: world.now
    )
    let rows = [Assignment(table: .tasks, row: PSAID(1), call: PSAID(5))]
    let reading = AssignmentReading(run: world.run, resource: SmallWorld.resource, rows: rows)
    let lookUp = LookUp.unassigned(world.maker.fact(of: item))
    #expect(DeleteProof.excluded(lookUp, by: reading, in: world.run) == nil)
    #expect(DeleteProof.excluded(.found, by: reading, in: world.run) == nil)
  }

  // MARK: Identity and switches

  @Test func `kinds share numbers, and none takes another's link`() {
    var world = office()
    world.inPSA("Same number")
    for kind in [Kind.toDo, .serviceCall] {
      world.nextPSA = 1_000
      _ = add(kind, to: &world)
    }
    #expect(world.settle().last?.isEmpty == true)
    #expect(Set(world.links.map(\.kind)) == [.appointment, .toDo, .serviceCall])
    #expect(world.exchange.count == 3 && world.psa.count == 3)
  }

  @Test(arguments: [Kind.toDo, .serviceCall])
  func `a stamp brings the link back when the cache is lost`(kind: Kind) {
    var world = office()
    _ = add(kind, to: &world)
    world.settle()
    world.loseCache()
    #expect(world.plan.operations.isEmpty)
    world.settle()
    #expect(world.links.map(\.kind) == [kind] && world.links.map(\.state) == [.linked])
  }

  @Test(arguments: [Kind.toDo, .serviceCall])
  func `what was made of a kind that is off is parked, whatever happens to it`(kind: Kind) throws {
    var world = office()
    _ = add(kind, to: &world)
    world.settle()
    (world.rules.toDos, world.rules.serviceCalls) = (false, false)
    world.psa = []
    #expect(world.settle() == [[]])
    #expect(world.links.map(\.state) == [.parked])
    world.remove(try #require(world.exchange.first?.id))
    #expect(world.settle() == [[]])
    #expect(world.links.map(\.state) == [.parked])
  }

  @Test(arguments: [Kind.toDo, .serviceCall])
  func `an item made of a kind that is off is never taken for a person's`(kind: Kind) {
    var world = office()
    _ = add(kind, to: &world)
    world.settle()
    world.links = []
    world.psa = []
    (world.rules.toDos, world.rules.serviceCalls) = (false, false)
    let plan = world.plan
    #expect(plan.operations.isEmpty && plan.notes.isEmpty)
  }

  @Test func `the brake counts each kind by itself`() {
    var world = office()
    for _ in 1...6 { _ = add(.toDo, to: &world) }
    for _ in 1...5 { _ = add(.serviceCall, to: &world) }
    world.settle()
    world.psa = []
    let plan = world.plan
    #expect(plan.operations.map(\.link.kind) == Array(repeating: .serviceCall, count: 5))
    #expect(plan.holds.count == 1 && plan.holds.first?.items.count == 6)
  }
}
