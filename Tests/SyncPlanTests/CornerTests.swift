import SyncModel
import SyncPlan
import Testing

/// Corners of the plan that a deliberately broken one slipped through.
@Suite struct CornerTests {
  static let hour = SmallWorld.hour

  private func linked() -> SmallWorld {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.inPSA("Theirs", at: 9 * Self.hour)
    world.settle()
    return world
  }

  // MARK: Writes

  @Test func `a write names the item that it is about`() {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.inPSA("Theirs", at: 9 * Self.hour)
    let creates = world.plan.operations
    #expect(
      creates.map(\.key.description).sorted() == [
        "exchange:appointment:x1", "psa:appointment:1000",
      ]
    )
    #expect(creates.allSatisfy { $0.writesContent && $0.groups == [.existence] })
    world.settle()
    world.userMoves(to: 7 * Self.hour)
    world.change(world.psa[0].id) { $0.title = "Renamed" }
    let updates = world.plan.operations
    #expect(updates.map { $0.key.side } == updates.map(\.side))
    #expect(updates.map { $0.key.id } == updates.map(\.item))
  }

  @Test func `what was refused with a time is remembered as that of the time`() throws {
    var world = linked()
    world.user {
      $0.title = "Renamed"
      $0.when = SmallWorld.when(7 * Self.hour)
    }
    let update = try #require(world.plan.operations.first)
    #expect(update.words == "psa update time title")
    let refused = update.refused(on: world.links[0], words: "no", settings: "settings", quick)
    #expect(refused.refusals.map(\.group) == [.time])
  }

  @Test func `a settled write keeps the later version and the UID from the mirror`() throws {
    var world = linked()
    world.userMoves(to: 7 * Self.hour)
    let update = try #require(world.plan.operations.first)
    let seen = try #require(update.link.psaModified)
    var kept = world.links[0]
    #expect(kept.exchange?.cleanUID != nil)
    kept.psaModified = seen.advanced(bySeconds: 60)
    #expect(update.settled(on: kept).psaModified == kept.psaModified)
    kept.psaModified = seen.advanced(bySeconds: -60)
    #expect(update.settled(on: kept).psaModified == seen)
    var adopted = update.link
    adopted.exchange?.cleanUID = nil
    let write = Operation(link: adopted, side: .psa, action: update.action, reason: "")
    #expect(write.settled(on: kept).exchange?.cleanUID == kept.exchange?.cleanUID)
    kept.exchange?.item = ExchangeItemID("another")
    #expect(write.settled(on: kept).exchange?.cleanUID == nil)
  }

  @Test func `the line of a write names its fields in one order, whatever order they come in`()
    throws
  {
    let link = linked().links[0]
    let lines = (0..<8).map { power in
      // How a set is ordered depends on its size.
      var fields = Set<ContentField>(minimumCapacity: 1 << power)
      fields.formUnion([.title, .text, .place])
      let order = UpdateOrder(
        when: nil,
        zone: nil,
        turnsAllDay: false,
        fields: fields,
        mask: .none,
        isMasking: false,
        expectedVersion: "k1",
        expectedSpan: nil,
        sourceVersion: "k1"
      )
      return Operation(link: link, side: .exchange, action: .update(order), reason: "")
        .canonicalLine
    }
    #expect(Set(lines) == ["exchange appointment update x1 at k1 fields=place,text,title"])
  }

  @Test func `a refusal is forgotten once what it is about is not due any more`() throws {
    var world = linked()
    world.user { $0.title = "Renamed" }
    world.refuse()
    #expect(world.links[0].refusals.map(\.group) == [.content])
    world.user {
      $0.title = "Mine"
      $0.when = SmallWorld.when(7 * Self.hour)
    }
    let plan = world.plan
    #expect(plan.operations.map(\.words) == ["psa update time"])
    #expect(plan.links.map(\.refusals) == [[]])
  }

  @Test func `whole days that the office gives hours turn timed, and others do not turn`() throws {
    var world = SmallWorld()
    world.inExchange("Mine") {
      $0.when = .allDay(first: SmallWorld.day(1), afterLast: SmallWorld.day(2))
    }
    world.settle()
    for (seconds, turns) in [(Int64(24), false), (20, true)] {
      var moved = world
      moved.office {
        $0.start = $0.start.advanced(bySeconds: seconds * Self.hour)
        $0.end = $0.end.advanced(bySeconds: seconds * Self.hour)
      }
      let update = try #require(moved.plan.operations.first)
      guard case .update(let order) = update.action else {
        Issue.record("no update")
        continue
      }
      #expect(order.turnsAllDay == turns && order.when?.isAllDay == !turns)
    }
  }

  @Test(arguments: [true, false]) func `what cannot be sent yet keeps the half that it has`(
    _ isMine: Bool
  ) {
    var world = SmallWorld()
    if isMine {
      world.inExchange("Mine") { $0.when = SmallWorld.when(5 * Self.hour, length: -60) }
    } else {
      world.inPSA("Theirs") { $0.end = $0.start.advanced(bySeconds: -60) }
    }
    world.settle()
    #expect(world.links.map { ($0.exchange != nil) == isMine } == [true])
    #expect(world.links.map { ($0.psa != nil) == isMine } == [false])
  }

  @Test func `an item that ends as it starts is made on the other side`() {
    var world = SmallWorld()
    world.inPSA("Theirs") { $0.end = $0.start }
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(world.view == "Theirs 13:00–13:00 | Theirs 13:00–13:00 | linked")
  }

  @Test func `an item made again names no half that is gone`() {
    var world = linked()
    world.officeDeletes()
    world.remove(world.psa[0].id)
    world.userMoves(to: 7 * Self.hour)
    for operation in world.plan.operations where operation.verb == .create {
      #expect(operation.side == .psa && operation.link.psa == nil)
    }
  }

  // MARK: What was lost

  @Test func `what was unmatched comes back when it is moved, and is asked for with its verb`() {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.loseCache()
    let plan = world.plan
    #expect(plan.alone.map(\.item.verb) == [.wait])
    world.apply(plan)
    world.mode = PlanMode()
    world.userMoves(to: 9 * Self.hour)
    #expect(world.plan.operations.map(\.words) == ["psa create"])
  }

  @Test func `what ended 31 days ago may still come back, what ended before is nobody's`() {
    for (seconds, count) in [(Int64(0), 1), (-1, 0)] {
      var world = SmallWorld()
      let end = -31 * 24 * Self.hour + seconds
      world.inExchange("Mine") { $0.when = SmallWorld.when(end - Self.hour) }
      world.loseCache()
      world.settle()
      #expect(world.links.count == count)
    }
  }

  @Test func `whole days that no zone is known for are held as that from the first`() {
    var world = SmallWorld()
    world.zone = nil
    world.inExchange("Mine") {
      $0.when = .allDay(first: SmallWorld.day(1), afterLast: SmallWorld.day(2))
    }
    let plan = world.plan
    #expect(plan.links.map(\.reason) == [.noZone] && plan.links.map(\.state) == [.held])
    #expect(plan.holds.map(\.reason) == [LinkReason.noZone.sentence])
  }

  // MARK: Contacts that wait

  @Test func `an unmatched contact waits for its own change or a person's word`() throws {
    let tests = ContactPlannerTests()
    let unmatched = tests.link(.unmatched, hasExchange: false)
    #expect(tests.outcome(try tests.input(unmatched, .never, .same)) == "-")
    #expect(tests.outcome(try tests.input(unmatched, .never, .changed)) == "create")
    var asked = try tests.input(unmatched, .never, .same)
    asked.mode.createsMissing = true
    let create = try #require(plan(asked).operations.first)
    #expect(create.verb == .create && create.reason.hasPrefix("nothing proves to be its"))
    let closed = tests.link(.closed, hasExchange: false)
    #expect(tests.outcome(try tests.input(closed, .never, .same)) == "create")
  }

  @Test func `a contact of nobody's is deleted while unmatched, and left once it is closed`() throws
  {
    let tests = ContactPlannerTests()
    for (state, outcome) in [(LinkState.unmatched, "delete"), (.closed, "-")] {
      let input = try tests.input(tests.link(state), .same, .outOfScope)
      #expect(tests.outcome(input) == outcome)
    }
  }

  // MARK: Facts and words

  @Test func `a changed date is as new as the later of itself and its series`() {
    var world = SmallWorld()
    let master = world.inExchange("Stand-up") { $0.role = .master }
    let series = world.exchange[0]
    var date = series
    date.id = ExchangeItemID("date")
    for seconds in [Int64(-60), 60] {
      date.modified = series.modified.advanced(bySeconds: seconds)
      let fact = world.maker.fact(of: date, on: SmallWorld.day(0), when: date.when, in: series)
      #expect(fact.modified == max(date.modified, series.modified) && fact.master == master)
    }
  }

  @Test func `an appointment of the PSA brings no lines of what it is about`() {
    var world = SmallWorld()
    world.inPSA("Theirs") { $0.about = PSAContext(company: "Harbour") }
    #expect(Projection(world.rules).exchangeContent(of: world.psa[0]).text == "")
  }

  @Test func `contacts are written where there are rules for them`() {
    #expect(!SyncRules().exports(.contact))
    #expect(SyncRules(contacts: ContactRules()).exports(.contact))
  }

  @Test func `what a person sees of an item far ahead, of a title that fits, and of no meeting`() {
    var world = SmallWorld()
    world.inPSA("Theirs", at: 100 * 24 * Self.hour)
    let far = Disclosure(of: world.psa[0], rules: world.rules, now: world.now)
    #expect(far.barrier == nil)
    world.inExchange(String(repeating: "a", count: 256)) {
      $0.organizer = Person(name: "Jane", address: "jane@example.com")
    }
    func shown(_ item: ExchangeItem) -> Disclosure {
      Disclosure(
        of: item,
        world.maker.fact(of: item),
        span: nil,
        reference: nil,
        rules: world.rules,
        now: world.now
      )
    }
    #expect(!shown(world.exchange[0]).withheld.contains(.endOfTitle))
    world.user { $0.sensitivity = .private }
    #expect(!shown(world.exchange[0]).withheld.contains(.organizer))
  }

  @Test func `rivals for one identity are listed with their kind, to be chosen`() throws {
    var world = SmallWorld()
    let id = world.inExchange("Mine")
    var copy = try #require(world.exchange(id))
    copy.id = ExchangeItemID("a-copy")
    world.exchange.append(copy)
    let fresh = try #require(world.plan.holds.first)
    #expect(fresh.items.map(\.verb) == [.choose, .choose])
    #expect(fresh.items.map(\.kind) == [.appointment, .appointment])
    world.exchange.removeLast()
    world.settle()
    world.exchange[0].id = ExchangeItemID("b-copy")
    world.exchange.append(copy)
    let hold = try #require(world.plan.holds.first)
    let choices = hold.items.filter { $0.verb == .choose }
    #expect(choices.count == 2 && choices.allSatisfy { $0.kind == .appointment })
  }

  // MARK: Numbers

  @Test func `doubles of items without links are masked under links of their own`() {
    var world = SmallWorld()
    world.inExchange("One")
    world.inExchange("Other", at: 9 * Self.hour)
    world.settle()
    for item in world.psa { world.inPSA(item.title) { $0.text = item.text } }
    world.links = []
    for item in world.exchange { world.change(item.id) { $0.sensitivity = .private } }
    let plan = world.plan
    let next = world.nextLink.rawValue
    #expect(plan.operations.map(\.verb) == [.mask, .mask, .mask, .mask] && plan.newLinks == 2)
    #expect(plan.operations.map(\.link.id.rawValue) == [next, next, next + 1, next + 1])
    let references = plan.operations.map { $0.link.reference?.description ?? "" }
    #expect(references == references.sorted())
    #expect(plan.operations.allSatisfy { $0.link.state == .held && $0.link.reason == .copies })
    #expect(plan.holds.map(\.reason) == [LinkReason.copies.sentence])
  }

  @Test func `adopted by their stamps, links are numbered by the items of the PSA`() {
    var world = SmallWorld()
    for number in Int64(1)...6 { world.inPSA("Theirs", at: number * Self.hour) }
    world.settle()
    world.loseCache()
    world.settle()
    let links = world.links.sorted { $0.id < $1.id }
    #expect(links.compactMap(\.psa?.id.rawValue) == Array(1_000...1_005))
  }

  @Test func `each copy that a person makes has a number of its own`() throws {
    var world = SmallWorld()
    let id = world.inExchange("Mine")
    world.settle()
    for name in ["c-copy", "b-copy", "a-copy"] {
      var copy = try #require(world.exchange(id))
      copy.id = ExchangeItemID(name)
      world.exchange.append(copy)
      world.settle()
    }
    #expect(world.links.compactMap(\.exchange?.copy).sorted() == [0, 1, 2, 3])
    #expect(Set(world.psa.map(\.text)).count == 4)
  }

  @Test func `an adoption keeps no half of a link that it may not make whole`() {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.mode.adoptsOnly = true
    let plan = world.plan
    #expect(plan.operations.isEmpty && plan.links.isEmpty)
    world.mode.createsMissing = true
    #expect(world.plan.operations.map(\.words) == ["psa create"])
  }
}
