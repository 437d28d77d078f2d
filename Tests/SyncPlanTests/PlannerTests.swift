import SyncModel
import SyncPlan
import Testing

/// `rules.md` 2 to 8, one scenario for each sentence, on plain values.
@Suite struct PlannerTests {
  static let hour = SmallWorld.hour

  /// An Exchange item and a PSA item, both linked and at rest.
  private func linked(
    _ shape: (inout ExchangeItem) -> Void = { _ in }
  ) -> (world: SmallWorld, mine: ExchangeItemID, theirs: PSAID) {
    var world = SmallWorld()
    let mine = world.inExchange("Mine", shape)
    let theirs = world.inPSA("Theirs", at: 9 * Self.hour)
    world.settle()
    return (world, mine, theirs)
  }

  private let guest = Attendee(
    person: Person(name: "Guest", address: ""),
    role: .required,
    response: .unknown
  )

  private func counterpart(of id: ExchangeItemID, _ world: SmallWorld) throws -> PSAID {
    try #require(world.links.first { $0.exchange?.item == id }?.psa?.id)
  }

  private func counterpart(of id: PSAID, _ world: SmallWorld) throws -> ExchangeItemID {
    try #require(world.links.first { $0.psa?.id == id }?.exchange?.item)
  }

  private func link(of id: ExchangeItemID, _ world: SmallWorld) throws -> Link {
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

  // MARK: Existence

  @Test func `a copy that keeps vanishing is made again three times in a day, then held`() throws {
    var (world, _, theirs) = linked()
    for number in 0..<4 {
      world.remove(try counterpart(of: theirs, world))
      // Once it was suppressed before it changed, else both are seen at once.
      if number == 1 { world.settle() }
      world.change(theirs) { $0.title = "Theirs \(number)" }
      #expect(world.plan.operations.count == (number < 3 ? 1 : 0))
      world.apply(world.plan)
    }
    #expect(world.plan.holds.map(\.items.count) == [1])
    world.now = world.now.advanced(byDays: 1)
    #expect(world.settle().map(\.count) == [1, 0])
  }

  @Test func `what is accepted and declined all day is no second tool`() throws {
    var (world, mine, _) = linked()
    for _ in 0..<5 {
      world.change(mine) { $0.response = .declined }
      #expect(world.settle().map(\.count) == [1, 0])
      world.change(mine) { $0.response = .accepted }
      #expect(world.settle().map(\.count) == [1, 0])
    }
  }

  @Test func `an edit on the deciding side recreates what the other side deleted`() throws {
    var (world, mine, theirs) = linked()
    world.remove(try counterpart(of: mine, world))
    world.remove(try counterpart(of: theirs, world))
    world.change(mine) { $0.title = "Edited" }
    world.change(theirs) { $0.title = "Edited" }
    world.mode.mayCreate = false
    #expect(world.plan.operations.isEmpty)
    world.mode.mayCreate = true
    #expect(world.settle().map(\.count) == [2, 0])
  }

  @Test func `an excluded item that also becomes private is masked while the brake holds`() throws {
    var world = SmallWorld()
    let ids = (0..<8).map { world.inExchange("Canary \($0)", at: Self.hour * Int64($0)) }
    world.settle()
    for id in ids {
      world.change(id) {
        $0.response = .declined
        $0.sensitivity = .private
      }
    }
    #expect(Set(world.plan.operations.map(\.verb)) == [.mask])
    #expect(world.plan.operations.count == 8)
  }

  @Test func `an excluded item whose delete was refused is masked when it becomes private`() throws
  {
    var (world, mine, _) = linked()
    world.change(mine) { $0.response = .declined }
    let operation = try #require(world.plan.operations.first)
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    world.links[index] = operation.refused(
      on: world.links[index],
      words: "no",
      settings: world.settings,
      quick
    )
    #expect(world.plan.operations.isEmpty)
    world.change(mine) { $0.sensitivity = .private }
    #expect(world.plan.operations.map(\.verb) == [.mask])
  }

  @Test func `what an incomplete reading lacks is not gone`() throws {
    var (world, mine, _) = linked()
    world.remove(mine)
    for whole in [nil, false] as [Bool?] {
      world.isExchangeWhole = whole
      #expect(world.plan.operations.isEmpty && world.plan.forgotten.isEmpty)
    }
    world.isExchangeWhole = true
    #expect(world.plan.operations.map(\.verb) == [.delete])
    world.isLookedUp = false
    #expect(world.plan.operations.isEmpty)
  }

  // MARK: Time and content

  @Test func `a meeting moved in the PSA is put back three times in a day, then held`() throws {
    var (world, mine, _) = linked { $0.attendees = [guest] }
    let other = try counterpart(of: mine, world)
    for _ in 0..<3 {
      world.change(other) { $0.end = $0.end.advanced(bySeconds: 600) }
      #expect(world.plan.lines == ["psa update \(other)"])
      world.settle()
    }
    world.change(other) { $0.end = $0.end.advanced(bySeconds: 600) }
    #expect(world.plan.operations.isEmpty)
    #expect(world.plan.holds.count == 1)
    world.apply(world.plan)
    world.change(mine) { $0.sensitivity = .private }
    #expect(world.plan.operations.map(\.verb) == [.mask], "a held item is masked too")
    world.settle()
    #expect(world.psa(other)?.title == "Appointment")
    world.now = world.now.advanced(byDays: 1)
    #expect(world.plan.lines == ["psa update \(other)"])
    world.rules.meetingTimes = .both
    #expect(world.plan.lines == ["exchange update \(mine)"])
  }

  @Test func `a mask travels alone and first, and each settles its own group`() throws {
    var (world, mine, _) = linked()
    let other = try counterpart(of: mine, world)
    let before = try link(of: mine, world)
    world.change(mine) {
      $0.sensitivity = .private
      $0.when = SmallWorld.when(6 * Self.hour)
    }
    let plan = world.plan
    #expect(plan.lines == ["psa mask \(other)", "psa update \(other)"])
    #expect(plan.operations.map(\.groups) == [[.content], [.time]])
    let mask = try #require(plan.operations.first)
    let masked = mask.settled(on: before)
    #expect(masked.base.span == before.base.span, "a mask moves no time")
    #expect(masked.base.mask == .masked)
    let time = try #require(plan.operations.last)
    let both = time.settled(on: masked)
    #expect(both.base.sent == masked.base.sent && both.base.mask == .masked)
    #expect(both.base.span?.start == SmallWorld.monday.advanced(bySeconds: 6 * Self.hour))
    // Where the mask was refused, the time's link knows nothing of it but the refusal.
    let refused = mask.refused(on: before, words: "no", settings: world.settings, quick)
    let timeOnly = time.settled(on: refused)
    #expect(timeOnly.base.sent == before.base.sent && timeOnly.base.mask == Mask.none)
    #expect(timeOnly.refusals.map(\.group) == [.content])
    #expect(world.settle().map(\.count) == [2, 0])
    #expect(world.psa(other)?.title == "Appointment")
  }

  @Test func `a refused time and a refused mask hold up neither the other nor themselves twice`()
    throws
  {
    var (world, mine, _) = linked()
    let other = try counterpart(of: mine, world)
    world.change(mine) {
      $0.sensitivity = .private
      $0.when = SmallWorld.when(6 * Self.hour)
    }
    let operations = world.plan.operations
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    for operation in operations {
      world.links[index] = operation.refused(
        on: world.links[index],
        words: "no",
        settings: world.settings,
        quick
      )
    }
    #expect(world.links[index].refusals.count == 2)
    #expect(world.plan.operations.isEmpty)
    #expect(world.plan.holds.map(\.items.count) == [2])
    world.change(mine) { $0.when = SmallWorld.when(7 * Self.hour) }
    #expect(world.plan.operations.map(\.groups) == [[.time]])
    world.apply(world.plan)
    #expect(world.links[index].refusals.map(\.group) == [.content])
    #expect(world.psa(other)?.title == "Mine")
  }

  @Test func `what one side refused together is written apart`() throws {
    var (world, mine, _) = linked()
    world.change(mine) {
      $0.title = "Renamed"
      $0.when = SmallWorld.when(6 * Self.hour)
    }
    let operation = try #require(world.plan.operations.first)
    #expect(operation.groups == [.time, .content])
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    world.links[index] = operation.refused(
      on: world.links[index],
      words: "no",
      settings: world.settings,
      quick
    )
    #expect(world.plan.operations.map(\.groups) == [[.content], [.time]])
    #expect(world.settle().map(\.count) == [2, 0])
    #expect(world.links[index].refusals.isEmpty)
  }

  @Test func `what could not be read is neither written nor believed to be gone`() throws {
    var (world, mine, theirs) = linked()
    let copy = try counterpart(of: theirs, world)
    let fresh = world.inExchange("Fresh", at: 20 * Self.hour)
    world.change(mine) { $0.title = "Old words" }
    world.change(theirs) { $0.title = "New" }
    world.unread = [mine, copy, fresh]
    #expect(world.plan.operations.isEmpty && world.plan.forgotten.isEmpty)
    world.unread = []
    #expect(world.plan.operations.count == 3)
  }

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
    case 3: world.links[index].isPinned = true
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

  @Test func `a pinned link rests until a person changes it, but is masked`() throws {
    var (world, mine, _) = linked()
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    world.links[index].isPinned = true
    #expect(world.plan.operations.isEmpty)
    world.change(mine) { $0.response = .declined }
    #expect(world.plan.operations.isEmpty)
    world.change(mine) { $0.response = .accepted }
    world.change(mine) { $0.title = "Renamed" }
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(try link(of: mine, world).isPinned == false)
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

  @Test(arguments: [(5, 0), (-5, 2)])
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
