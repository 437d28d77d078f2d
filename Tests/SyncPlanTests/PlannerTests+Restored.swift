import SyncModel
import SyncPlan
import Testing

/// Parked and away links, the brake, restored sides (`rules.md` 4, 7 and 8).
extension PlannerTests {
  // MARK: Parked and away

  @Test func `a link that is not seen keeps its state`() throws {
    var (world, mine, _) = linked()
    world.rules.singleDays = 10
    world.change(mine) { $0.when = SmallWorld.when(20 * 24 * Self.hour) }
    world.settle()
    world.isExchangeWhole = false
    world.remove(mine)
    world.settle()
    #expect(world.links.contains { $0.state == .parked })
  }

  @Test func `an item in another calendar folder is away: masked, and nothing else`() throws {
    var (world, mine, _) = linked()
    let other = try counterpart(of: mine, world)
    let id = try link(of: mine, world).id
    var moved = try #require(world.exchange(mine))
    world.remove(mine)
    world.lookUps[ItemKey(side: .exchange, kind: .appointment, id: mine.rawValue)] = .away
    moved.title = "Renamed"
    world.away[id] = moved
    #expect(world.settle().map(\.count) == [0])
    #expect(try link(of: mine, world).state == .away)
    world.away[id]?.sensitivity = .private
    #expect(world.plan.operations.map(\.verb) == [.mask])
    world.settle()
    #expect(world.psa(other)?.title == "Appointment")
    world.away = [:]
    world.lookUps = [:]
    world.exchange.append(moved)
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(try link(of: mine, world).state == .linked)
  }

  @Test func `what the PSA assigns to another resource is removed, unless its user holds it`()
    throws
  {
    var (world, _, theirs) = linked()
    let copy = try counterpart(of: theirs, world)
    var held = world
    held.change(copy) { $0.attendees = [guest] }
    world.reassign(theirs)
    var careful = world
    careful.mode.mayDelete = false
    #expect(careful.plan.operations.isEmpty && careful.plan.links.isEmpty)
    careful.mode.isRestored = true
    #expect(careful.plan.operations.isEmpty && careful.plan.holds.count == 1)
    #expect(world.plan.lines == ["exchange delete \(copy)"])
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(world.links.contains { $0.state == .closed && $0.reason == .reassigned })
    held.reassign(theirs)
    #expect(held.plan.operations.isEmpty && held.plan.holds.count == 1)
  }

  @Test func `copies that go to another resource at once wait for a person, and are masked`()
    throws
  {
    var world = SmallWorld()
    let ids = (0..<8).map { world.inExchange("Item \($0)", at: Self.hour * Int64($0)) }
    world.settle()
    for id in ids.prefix(7) { world.reassign(try counterpart(of: id, world)) }
    world.change(ids[0]) { $0.sensitivity = .private }
    let masked = "psa mask \(try counterpart(of: ids[0], world))"
    #expect(world.plan.lines == [masked])
    #expect(world.plan.operations.first?.link.state == .linked)
    let hold = try #require(world.plan.holds.first)
    #expect(hold.items.count == 7 && hold.needsApproval)
    world.approved = [hold.digest]
    #expect(world.plan.lines == [masked])
    world.apply(world.plan)
    #expect(world.links.filter { $0.state == .suppressed && $0.reason == .reassigned }.count == 7)
  }

  @Test func `a linked item that its calendar does not list is told of`() throws {
    var (world, mine, _) = linked()
    world.lookUps[ItemKey(side: .exchange, kind: .appointment, id: mine.rawValue)] = .found
    world.remove(mine)
    #expect(world.plan.operations.isEmpty)
    #expect(world.plan.notes.contains { $0.hasPrefix("1 linked Exchange item(s) are there") })
  }

  // MARK: Brake and restored sides

  @Test func `many vanished items wait under one digest, which works only for the same set`() throws
  {
    var world = SmallWorld()
    let ids = (0..<9).map { world.inExchange("Item \($0)", at: Self.hour * Int64($0)) }
    world.settle()
    for id in ids.prefix(7) { world.remove(id) }
    world.change(ids[8]) { $0.title = "Goes on" }
    let plan = world.plan
    #expect(plan.operations.map(\.verb) == [.update])
    let hold = try #require(plan.holds.first)
    #expect(hold.items.count == 7 && hold.needsApproval)
    #expect(hold.items.allSatisfy { $0.verb == .delete && $0.side == .psa && $0.psa != nil })
    #expect(!hold.items.contains { $0.line.contains("Item") })
    world.now = world.now.advanced(bySeconds: 3_600)
    world.run = RunID(50)
    #expect(world.plan.holds.first?.digest == hold.digest)
    world.approved = [hold.digest]
    #expect(world.plan.operations.filter { $0.verb == .delete }.count == 7)
    world.remove(ids[7])
    #expect(world.plan.operations.filter { $0.verb == .delete }.isEmpty)
    #expect(world.plan.holds.first?.digest != hold.digest)
  }

  @Test func `suspected and proven items have the same digest, also those that changed`() throws {
    var world = SmallWorld()
    let ids = (0..<8).map { world.inPSA("Item \($0)", at: Self.hour * Int64($0)) }
    world.settle()
    for id in ids { world.remove(try counterpart(of: id, world)) }
    world.change(ids[0]) { $0.title = "Edited" }
    let proven = world.plan
    #expect(proven.operations.isEmpty, "recreations count too")
    for link in world.links {
      let id = link.exchange?.item.rawValue ?? ""
      world.lookUps[ItemKey(side: .exchange, kind: .appointment, id: id)] = .nothingByID
    }
    #expect(world.plan.holds.map(\.digest) == proven.holds.map(\.digest))
    #expect(proven.holds.count == 1)
    #expect(proven.held == [.exchange: 1, .psa: 7] && world.plan.held == proven.held)
  }

  @Test func `what was approved after a restore meets no brake, and waits until all of it can go`()
    throws
  {
    var world = SmallWorld()
    let ids = (0..<9).map { world.inExchange("Item \($0)", at: Self.hour * Int64($0)) }
    world.settle()
    world.mode.isRestored = true
    world.mode.mayDelete = false
    for id in ids.prefix(8) { world.remove(id) }
    world.apply(world.plan)
    world.mode = PlanMode()
    let hold = try #require(world.plan.holds.first)
    world.approved = [hold.digest]
    world.mode.mayDelete = false
    #expect(world.plan.operations.isEmpty)
    #expect(world.plan.holds.map(\.digest) == [hold.digest])
    #expect(!world.plan.approvedDigests.contains(hold.digest))
    world.mode.mayDelete = true
    #expect(world.plan.operations.filter { $0.verb == .delete }.count == 8)
    #expect(world.plan.holds.isEmpty)
    // Others that vanish meanwhile are counted for themselves.
    world.remove(ids[8])
    #expect(world.plan.operations.filter { $0.verb == .delete }.count == 9)
  }

  @Test func `a folder that was moved to another id is the one that its links know`() throws {
    var (world, mine, _) = linked()
    let other = try counterpart(of: mine, world)
    for index in world.links.indices { world.links[index].exchange?.folder = FolderID("old") }
    for index in world.links.indices { world.links[index].mailbox = MailboxID("old@example.com") }
    var deleted = world
    deleted.remove(mine)
    #expect(deleted.plan.operations.isEmpty, "no listing of this folder says anything of another")
    world.mode.isRestored = true
    world.mode.mayDelete = false
    world.settle()
    #expect(world.links.allSatisfy { $0.exchange?.folder == SmallWorld.folder })
    world.mode = PlanMode()
    world.remove(mine)
    #expect(world.plan.lines == ["psa delete \(other)"])
  }

  @Test func `a restored epoch holds what is missing or older under one digest`() throws {
    var (world, mine, theirs) = linked()
    world.mode.isRestored = true
    world.mode.mayDelete = false
    let other = try counterpart(of: mine, world)
    world.remove(mine)
    world.change(theirs) { $0.title = "Older" }
    let index = try #require(world.psa.firstIndex { $0.id == theirs })
    world.psa[index].modified = SmallWorld.monday.advanced(bySeconds: -99)
    let plan = world.plan
    #expect(plan.operations.isEmpty && plan.holds.count == 1)
    let items = try #require(plan.holds.first?.items)
    #expect(
      items.map { "\($0.verb) in \($0.side?.rawValue ?? "?")" } == [
        "delete in psa", "update in exchange",
      ]
    )
    world.apply(plan)
    world.mode = PlanMode()
    #expect(world.plan.operations.isEmpty)
    let hold = try #require(world.plan.holds.first)
    #expect(hold.digest == plan.holds.first?.digest)
    world.approved = [hold.digest]
    let copy = try counterpart(of: theirs, world)
    #expect(world.plan.lines == ["exchange update \(copy)", "psa delete \(other)"])
    world.settle()
    #expect(world.psa(other) == nil)
  }

  /// Linked, parked, suppressed, pinned, and one of several with its identity.
  @Test(arguments: 0..<5)
  func `whatever its state, an older item is held, and known as it is once both sides were read`(
    _ way: Int
  ) throws {
    var (world, _, theirs) = linked()
    let copy = try counterpart(of: theirs, world)
    let index = try #require(world.links.firstIndex { $0.psa?.id == theirs })
    switch way {
    case 1: world.rules.appointmentsToExchange = false
    case 2: world.remove(copy)
    case 3: world.links[index].pin = Pin(staysExcluded: true)
    case 4: world.change(copy) { $0.attendees = [guest] }
    default: break
    }
    world.settle()
    world.change(theirs) { $0.title = "Older" }
    let place = try #require(world.psa.firstIndex { $0.id == theirs })
    let backup = SmallWorld.monday.advanced(bySeconds: -99)
    world.psa[place].modified = backup
    world.mode.isRestored = true
    world.mode.mayDelete = false
    world.isExchangeWhole = false
    world.settle()
    #expect(world.links[index].psaModified != backup, "a short listing does not end the epoch")
    world.isExchangeWhole = true
    #expect(world.settle().map(\.count) == [0])
    #expect(world.links[index].state == .held && world.links[index].reason == .restored)
    #expect(world.links[index].psaModified == backup)
    world.mode = PlanMode()
    #expect(world.settle().map(\.count) == [0])
    #expect(world.plan.holds.first?.needsApproval == true)
  }

  @Test func `a mask that a backup undid is made again, and what people wrote there stays`() throws
  {
    var (world, mine, _) = linked { $0.sensitivity = .private }
    let other = try counterpart(of: mine, world)
    world.change(other) { $0.title = "A person's words" }
    #expect(world.settle().map(\.count) == [0])
    let place = try #require(world.psa.firstIndex { $0.id == other })
    world.psa[place].title = "Canary"
    world.psa[place].modified = SmallWorld.monday.advanced(bySeconds: -99)
    world.mode.isRestored = true
    world.mode.mayDelete = false
    #expect(world.plan.lines == ["psa mask \(other)"])
    // Dropped in that run, it is due in the next.
    let plan = world.plan
    for link in plan.links { world.links.removeAll { $0.id == link.id } }
    world.links += plan.links
    world.mode = PlanMode()
    #expect(world.plan.lines == ["psa mask \(other)"])
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(world.psa(other)?.title == "Appointment")
  }

  @Test func `what approval would do after a restore is part of its digest`() throws {
    var (world, mine, theirs) = linked()
    let other = try counterpart(of: mine, world)
    world.mode.isRestored = true
    world.mode.mayDelete = false
    world.remove(try counterpart(of: theirs, world))
    world.remove(other)
    let plan = world.plan
    #expect(plan.holds.first?.items.map(\.verb) == [.suppress, .suppress])
    #expect(plan.holds.first?.items.map(\.side) == [.exchange, .psa])
    world.apply(plan)
    world.mode = PlanMode()
    // A person changes it meanwhile: it would be made again.
    world.change(mine) { $0.title = "Renamed" }
    let hold = try #require(world.plan.holds.first)
    #expect(hold.digest != plan.holds.first?.digest)
    #expect(hold.items.map(\.verb) == [.recreate, .suppress])
    world.approved = try [#require(plan.holds.first?.digest)]
    #expect(world.plan.operations.isEmpty, "what was approved is not what would be done")
    world.approved = [hold.digest]
    #expect(world.plan.operations.map(\.verb) == [.create])
  }

  @Test func `what is held after a restore can be approved though one of it has copies by now`()
    throws
  {
    var (world, mine, theirs) = linked()
    let uid = try #require(world.exchange(mine)?.cleanUID)
    world.mode.isRestored = true
    world.mode.mayDelete = false
    world.remove(mine)
    world.remove(try counterpart(of: theirs, world))
    world.apply(world.plan)
    world.mode = PlanMode()
    for title in ["One", "Another"] { world.inExchange(title) { $0.cleanUID = uid } }
    let hold = try #require(world.plan.holds.first { $0.reason == LinkReason.restored.sentence })
    world.approved = [hold.digest]
    #expect(world.plan.approvedDigests.contains(hold.digest))
    #expect(world.settle().last?.isEmpty == true)
  }

  @Test func `in a restored epoch an edit recreates nothing, and privacy still masks`() throws {
    var (world, mine, theirs) = linked()
    world.mode.isRestored = true
    world.mode.mayDelete = false
    world.remove(try counterpart(of: theirs, world))
    world.change(theirs) { $0.title = "Edited" }
    world.change(mine) { $0.sensitivity = .private }
    let index = try #require(world.exchange.firstIndex { $0.id == mine })
    world.exchange[index].modified = SmallWorld.monday.advanced(bySeconds: -99)
    #expect(world.plan.operations.map(\.verb) == [.mask])
    #expect(world.plan.holds.first?.items.count == 2)
  }

  @Test func `masks come first, then updates, creates and deletes`() throws {
    var (world, mine, theirs) = linked()
    let gone = world.inExchange("Gone", at: 20 * Self.hour)
    world.settle()
    world.remove(gone)
    world.inExchange("New", at: 30 * Self.hour)
    world.change(theirs) { $0.title = "Renamed" }
    world.change(mine) { $0.sensitivity = .private }
    #expect(world.plan.operations.map(\.verb) == [.mask, .update, .create, .delete])
  }

  @Test func `whole days without a zone are held, and still masked`() throws {
    var (world, mine, _) = linked {
      $0.when = .allDay(
        first: LocalDate(year: 2026, month: 11, day: 24),
        afterLast: LocalDate(year: 2026, month: 11, day: 25)
      )
    }
    world.zone = nil
    world.change(mine) {
      $0.when = .allDay(
        first: LocalDate(year: 2026, month: 11, day: 25),
        afterLast: LocalDate(year: 2026, month: 11, day: 26)
      )
      $0.sensitivity = .private
    }
    #expect(world.plan.operations.map(\.verb) == [.mask])
    #expect(world.plan.holds.count == 1)
  }

  @Test(arguments: [(5, 0), (-1, 0), (-5, 2)])
  func `a setting that parks follows the deletion of what lies ahead, not of what is past`(
    _ hours: Int64,
    _ left: Int
  ) throws {
    for isParked in [true, false] {
      var world = SmallWorld()
      let mine = world.inExchange("Mine", at: hours * Self.hour)
      let theirs = world.inPSA("Theirs", at: hours * Self.hour)
      world.settle()
      world.rules.importDetail = .off
      world.rules.appointmentsToExchange = false
      if isParked { world.settle() }
      world.remove(mine)
      world.remove(theirs)
      world.settle()
      #expect(world.exchange.count + world.psa.count == left)
      #expect(world.links.count == left)
    }
  }

  @Test func `parked free time follows its deletion`() throws {
    var (world, mine, _) = linked { $0.showAs = .free }
    world.rules.sendsFreeTime = false
    world.settle()
    #expect(try link(of: mine, world).reason == .freeTimeIsOff)
    world.remove(mine)
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(world.psa.count == 1)
  }
}
