import SyncModel
import SyncPlan
import Testing

/// Items under other ids, copies, and pairs with another tool's (`rules.md` 7).
extension PlannerTests {
  // MARK: Rebinding and copies

  @Test func `an item that comes back under another id binds its link again, by UID or stamp`()
    throws
  {
    var (world, mine, theirs) = linked()
    for id in [mine, try counterpart(of: theirs, world)] {
      let old = try #require(world.exchange(id))
      world.remove(id)
      world.exchange.append(
        ExchangeItem(
          id: ExchangeItemID(id.rawValue + "-restored"),
          changeKey: ChangeKey("k9"),
          folder: old.folder,
          uid: old.uid,
          cleanUID: old.cleanUID,
          when: old.when,
          title: old.title,
          text: old.text,
          created: old.created,
          modified: old.modified,
          stamp: old.stamp
        )
      )
      world.lookUps[ItemKey(side: .exchange, kind: .appointment, id: id.rawValue)] =
        .found
    }
    #expect(world.settle().map(\.count) == [0])
    #expect(world.links.allSatisfy { $0.exchange?.item.rawValue.hasSuffix("-restored") == true })
  }

  @Test func `several items with one identity and no original are all held`() throws {
    var (world, mine, _) = linked()
    let old = try #require(world.exchange(mine))
    world.remove(mine)
    for name in ["a", "b"] {
      var copy = old
      copy.id = ExchangeItemID(name)
      world.exchange.append(copy)
    }
    let plan = world.plan
    #expect(plan.operations.isEmpty)
    #expect(plan.holds.count == 1)
    var privately = world
    privately.change(ExchangeItemID("b")) { $0.sensitivity = .private }
    #expect(privately.plan.operations.map(\.verb) == [.mask], "the strictest decides")
    #expect(privately.plan.holds == plan.holds)
    world.remove(ExchangeItemID("a"))
    world.apply(plan)
    #expect(world.settle().map(\.count) == [0])
    #expect(try link(of: ExchangeItemID("b"), world).state == .linked)
  }

  @Test(arguments: [true, false])
  func `a person's copy is a new item and never touches the original`(_ hasNewUID: Bool) throws {
    var (world, mine, _) = linked()
    let original = try counterpart(of: mine, world)
    var copy = try #require(world.exchange(mine))
    copy.id = ExchangeItemID("copy")
    if hasNewUID { (copy.uid, copy.cleanUID) = ("new", CleanUID("NEW")) }
    world.exchange.append(copy)
    #expect(world.settle().map(\.count) == [1, 0])
    let second = try counterpart(of: ExchangeItemID("copy"), world)
    #expect(second != original)
    world.remove(ExchangeItemID("copy"))
    world.settle()
    #expect(world.psa(original) != nil && world.psa(second) == nil)
  }

  @Test func `a copy whose original was moved to another calendar never takes over its link`()
    throws
  {
    var (world, mine, _) = linked()
    let original = try counterpart(of: mine, world)
    var copy = try #require(world.exchange(mine))
    copy.id = ExchangeItemID("copy")
    copy.title = "Copy"
    world.exchange.append(copy)
    world.lookUps[ItemKey(side: .exchange, kind: .appointment, id: mine.rawValue)] = .away
    world.remove(mine)
    world.settle()
    #expect(world.psa(original)?.title == "Mine")
    #expect(try link(of: mine, world).state == .away)
  }

  @Test(arguments: [true, false])
  func `a stamp of another kind or tenant binds nothing`(_ isOtherKind: Bool) {
    var (world, _, theirs) = linked()
    let stamp = Stamp(
      kind: isOtherKind ? .toDo : .appointment,
      id: theirs,
      tenant: isOtherKind ? SmallWorld.tenant : TenantID(99),
      resource: SmallWorld.resource,
      uid: "foreign",
      quick
    )
    world.inExchange("Foreign", at: 20 * Self.hour) {
      $0.uid = "foreign"
      $0.stamp = stamp.description
    }
    let links = world.links
    world.remove(ExchangeItemID("x2"))
    world.apply(world.plan)
    for link in links {
      #expect(world.links.first { $0.id == link.id }?.exchange?.item != ExchangeItemID("x3"))
    }
  }

  // MARK: Pairs

  @Test func `pairs of another tool are proposed, and linked by their digest and no other`() throws
  {
    var world = SmallWorld()
    world.mode.looksForPairs = true
    world.inExchange("Visit")
    world.inPSA("Visit")
    world.inExchange("Secret", at: 8 * Self.hour) { $0.sensitivity = .private }
    world.inPSA("Appointment", at: 8 * Self.hour)
    world.inExchange("Other title", at: 10 * Self.hour)
    world.inPSA("Unlike", at: 10 * Self.hour)
    world.inExchange("Alone", at: 20 * Self.hour)
    let plan = world.plan
    #expect(plan.lines == ["psa create x4"])
    let hold = try #require(plan.holds.first { $0.needsApproval })
    #expect(hold.items.count == 2)
    #expect(hold.items.allSatisfy { $0.verb == .pair && $0.exchange != nil && $0.psa != nil })
    let unclear = try #require(plan.holds.first { !$0.needsApproval })
    #expect(unclear.items.map(\.side) == [.exchange, .psa] && unclear.reason.hasPrefix("1 times"))
    world.approved = [PlanDigest("0000000000000000")]
    #expect(!world.plan.links.contains { $0.origin == .paired })
    world.approved = [hold.digest]
    world.apply(world.plan)
    #expect(world.links.filter { $0.origin == .paired }.count == 2)
  }

  @Test func `a pair is not written in a direction that is off, and rests where both are`() {
    var world = SmallWorld()
    world.mode.looksForPairs = true
    world.inExchange("Visit")
    world.inPSA("Visit")
    world.approved = Set(world.plan.holds.map(\.digest))
    world.apply(world.plan)
    #expect(world.links.map(\.origin) == [.paired])
    world.mode = PlanMode()
    world.admin { $0.importDetail = .off }
    world.userMoves(to: 9 * Self.hour)
    #expect(world.plan.operations.isEmpty, "nothing goes to the PSA")
    world.officeMoves(to: 11 * Self.hour)
    #expect(world.plan.lines == ["exchange update x1"])
    world.settle()
    world.admin { rules in
      rules.importDetail = .all
      rules.appointmentsToExchange = false
    }
    world.officeMoves(to: 13 * Self.hour)
    #expect(world.plan.operations.isEmpty, "nothing goes to Exchange")
    world.admin { $0.importDetail = .off }
    world.settle()
    #expect(world.links.map(\.state) == [.parked])
    world.admin { rules in
      rules.importDetail = .all
      rules.appointmentsToExchange = true
    }
    #expect(world.plan.lines == ["exchange update x1"], "what waited is written")
  }

  @Test func `one item that fits several is listed and held, never guessed`() {
    var world = SmallWorld()
    world.mode.looksForPairs = true
    world.inExchange("Visit")
    world.inPSA("Visit")
    world.inPSA("Visit")
    world.inExchange("Sure", at: 20 * Self.hour)
    world.inPSA("Sure", at: 20 * Self.hour)
    let plan = world.plan
    #expect(plan.operations.isEmpty)
    #expect(plan.holds.map(\.needsApproval).sorted { $0 && !$1 } == [true, false])
  }

  @Test func `a pair follows times both ways and nothing else`() throws {
    var world = SmallWorld()
    world.mode.looksForPairs = true
    let mine = world.inExchange("Visit")
    let theirs = world.inPSA("Visit")
    world.approved = Set(world.plan.holds.map(\.digest))
    world.settle()
    world.mode = PlanMode()
    world.change(mine) { $0.when = SmallWorld.when(7 * Self.hour) }
    #expect(world.plan.lines == ["psa update \(theirs)"])
    world.settle()
    world.change(theirs) { $0.end = $0.end.advanced(bySeconds: 600) }
    #expect(world.plan.lines == ["exchange update \(mine)"])
    world.settle()
    world.change(mine) { $0.title = "Mine" }
    world.change(theirs) { $0.title = "Theirs" }
    #expect(world.plan.operations.isEmpty)
    world.remove(mine)
    #expect(world.settle().map(\.count) == [0])
    #expect(world.links.map(\.state) == [.suppressed])
  }

  @Test func `a pair that turns private is shown until its detail is gone from the PSA`() throws {
    var world = SmallWorld()
    world.mode.looksForPairs = true
    let mine = world.inExchange("Visit")
    let theirs = world.inPSA("Visit")
    world.approved = Set(world.plan.holds.map(\.digest))
    world.settle()
    world.mode = PlanMode()
    #expect(world.plan.holds.isEmpty)
    world.change(mine) { $0.sensitivity = .private }
    let hold = try #require(world.plan.holds.first)
    #expect(hold.reason == LinkReason.pairedDetail.sentence && !hold.needsApproval)
    world.change(mine) { $0.when = SmallWorld.when(7 * Self.hour) }
    #expect(world.plan.lines == ["psa update \(theirs)"], "its time is kept in step all the same")
    world.settle()
    world.change(theirs) { $0.title = "Appointment" }
    #expect(world.plan.holds.isEmpty && world.plan.operations.isEmpty)
  }
}
