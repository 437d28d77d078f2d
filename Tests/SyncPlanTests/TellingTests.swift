import SyncModel
import SyncPlan
import Testing

/// What a plan tells people: counted, numbered, held and approved.
@Suite struct TellingTests {
  static let hour = SmallWorld.hour

  /// An item of each side, each linked with its copy.
  private func linked() -> SmallWorld {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.inPSA("Theirs", at: 9 * Self.hour)
    world.settle()
    return world
  }

  @Test func `a plan with contacts tells of both together`() {
    var world = SmallWorld()
    world.inPSA("Theirs")
    let calendar = world.plan
    var contacts = ContactPlan()
    contacts.held = 2
    contacts.notes = ["of contacts"]
    contacts.holds = [
      Hold(digest: PlanDigest("hold"), reason: "", items: [], mend: "", needsApproval: true)
    ]
    contacts.alone = [LeftAlone(.orphaned, HeldItem(.wait, kind: .contact))]
    contacts.approvedDigests = [PlanDigest("approved")]
    contacts.forgotten = [LinkID(9)]
    let both = calendar.joined(by: contacts)
    #expect(both.operations == calendar.operations && both.links == calendar.links)
    #expect(both.held == [.exchange: 2] && both.notes == ["of contacts"])
    #expect(both.holds.map(\.digest) == [PlanDigest("hold")])
    #expect(both.alone == contacts.alone && both.contacts.forgotten == [LinkID(9)])
    #expect(both.approvedDigests == [PlanDigest("approved")])
  }

  static let cares: [@Sendable (inout PlanMode) -> Void] = [
    { $0.mayCreate = false }, { $0.mayDelete = false }, { $0.isRestored = true },
    { $0.adoptsOnly = true },
  ]

  @Test(arguments: cares.indices) func `each of four modes leaves something to another run`(
    _ index: Int
  ) {
    var mode = PlanMode()
    #expect(!mode.isCareful)
    Self.cares[index](&mode)
    #expect(mode.isCareful)
  }

  @Test(arguments: [(5, nil), (6, " and 1 more")] as [(Int, String?)])
  func `of what is left alone from now on five are named and the others counted`(
    _ count: Int,
    _ rest: String?
  ) throws {
    var world = SmallWorld()
    for number in Int64(0)..<60 { world.inPSA("Theirs", at: (number + 1) * Self.hour) }
    world.settle()
    for item in world.exchange.prefix(count) { world.remove(item.id) }
    let note = try #require(world.plan.notes.first)
    #expect(note.contains("more") == (rest != nil))
    if let rest { #expect(note.contains("\(rest). ")) }
  }

  @Test func `what is new is numbered without gaps`() {
    var world = linked()
    for number in Int64(0)..<3 { world.inExchange("New", at: (20 + number) * Self.hour) }
    let next = world.nextLink.rawValue
    let plan = world.plan
    #expect(plan.newLinks == 3)
    #expect(plan.operations.map(\.link.id.rawValue) == [next, next + 1, next + 2])
    #expect(plan.operations.allSatisfy { $0.link.state == .linked })
  }

  @Test func `pairs that are proposed count on both sides, and their approval is used up`() throws {
    var world = SmallWorld()
    world.mode.looksForPairs = true
    world.inExchange("Visit")
    world.inPSA("Visit")
    let proposed = world.plan
    #expect(proposed.held == [.exchange: 1, .psa: 1] && proposed.isBesideAnotherTool)
    world.approved = Set(proposed.holds.map(\.digest))
    let plan = world.plan
    #expect(plan.approvedDigests == world.approved && plan.newLinks == 1 && plan.held.isEmpty)
  }

  @Test func `what a person has to choose between is listed with its kind`() throws {
    var world = SmallWorld()
    world.mode.looksForPairs = true
    world.inExchange("Visit")
    world.inPSA("Visit")
    world.inExchange("Other title", at: 10 * Self.hour)
    world.inPSA("Unlike", at: 10 * Self.hour)
    let hold = try #require(world.plan.holds.first { !$0.needsApproval })
    #expect(hold.items.map(\.verb) == [.choose, .choose])
    #expect(hold.items.map(\.kind) == [.appointment, .appointment])
  }

  @Test func `equal times alone are no sign of another tool, nor is a call that is cancelled`() {
    var world = SmallWorld()
    world.mode.looksForPairs = true
    world.inExchange("Other title")
    world.inPSA("Unlike")
    #expect(world.plan.operations.map(\.verb) == [.create, .create] && world.plan.holds.isEmpty)
    world = SmallWorld()
    world.mode.looksForPairs = true
    world.inExchange("Service call: Harbour")
    world.inOffice(.serviceCall) { $0.isCancelled = true }
    #expect(world.plan.holds.isEmpty)
    #expect(world.plan.operations.map(\.words) == ["psa create"])
  }

  @Test func `a refused write counts once, on the side that refused it`() {
    var world = linked()
    world.userMoves(to: 7 * Self.hour)
    world.refuse()
    #expect(world.plan.held == [.psa: 1])
    #expect(world.plan.holds.first?.items.map(\.verb) == [.update])
  }

  @Test func `a hold of one reason says how it ends, and its items wait`() throws {
    var world = SmallWorld()
    world.inPSA("Theirs")
    world.settle()
    world.user { $0.attendees = [SmallWorld.guest] }
    let plan = world.plan
    let hold = try #require(plan.holds.first)
    #expect(hold.reason == LinkReason.attendees.sentence && hold.mend == LinkReason.attendees.mend)
    #expect(hold.items.map(\.verb) == [.wait] && plan.held == [.exchange: 1])
  }

  @Test func `two PSA items with one reference are both named`() throws {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.settle()
    let first = world.psa[0]
    let second = world.inPSA(first.title) { $0.text = first.text }
    world.loseCache()
    let hold = try #require(world.plan.holds.first)
    #expect(hold.items.compactMap(\.psa) == [first.id, second])
    #expect(hold.reason == LinkReason.copies.sentence && hold.mend == LinkReason.copies.mend)
  }

  /// What else was held got into the digest, so that no approval ever fitted it.
  @Test func `what came back from a backup is approved whatever else is held`() throws {
    var world = linked()
    for index in world.links.indices where world.links[index].origin == .exchange {
      (world.links[index].state, world.links[index].reason) = (.held, .restored)
    }
    world.change(world.exchange[1].id) { $0.attendees = [SmallWorld.guest] }
    world.apply(world.plan)
    world.user { $0.title = "Renamed" }
    let holds = world.plan.holds
    let restored = try #require(holds.first { $0.needsApproval })
    #expect(restored.mend.contains("'lockstep sync --approve \(restored.digest)'"))
    #expect(restored.items.map(\.verb) == [.update])
    world.approved = [restored.digest]
    #expect(world.plan.operations.map(\.words) == ["psa update title"])
    #expect(world.plan.holds.map(\.reason) == [LinkReason.attendees.sentence])
  }

  // MARK: Links

  @Test func `a base knows of no mask unless it is told`() {
    #expect(Base().mask == .none)
  }

  @Test func `a link keeps the run in which it came to be as it is`() {
    var link = linked().links[0]
    #expect(link.state == .linked && link.stateRun != RunID(90))
    link.enter(.held, .copies, RunID(90))
    link.enter(.held, .copies, RunID(91))
    #expect(link.stateRun == RunID(90))
    link.enter(.held, .series, RunID(92))
    #expect(link.stateRun == RunID(92))
    link.enter(.parked, .series, RunID(93))
    #expect(link.stateRun == RunID(93))
  }

  @Test func `a hold ends with its reason, though its item was put back not long ago`() {
    var world = SmallWorld()
    world.inPSA("Theirs")
    world.settle()
    world.user { $0.attendees = [SmallWorld.guest] }
    world.settle()
    world.links[0].reassertions = Reassertions(count: 1, since: world.now)
    world.user { $0.attendees = [] }
    world.settle()
    #expect(world.links.map(\.state) == [.linked])
  }

  @Test func `an item that could not be read whole is masked all the same`() {
    var world = SmallWorld()
    let mine = world.inExchange("Mine")
    world.settle()
    world.user { $0.sensitivity = .private }
    world.unread = [mine]
    #expect(world.plan.operations.map(\.verb) == [.mask])
  }

  @Test func `a link that waits for its half in the PSA waits while its item is excluded`() {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.settle()
    world.psa = []
    world.links[0].psa = nil
    world.user { $0.response = .declined }
    #expect(world.plan.operations.isEmpty)
    world.user { $0.response = .accepted }
    #expect(world.plan.operations.map(\.words) == ["psa create"])
    #expect(world.plan.operations.map(\.link.state) == [.linked])
  }

  @Test func `a closed link stays closed while both are there and its item is excluded`() {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.settle()
    (world.links[0].state, world.links[0].reason) = (.closed, .excluded)
    world.user { $0.response = .declined }
    #expect(world.plan.operations.isEmpty)
    world.user { $0.response = .accepted }
    world.settle()
    #expect(world.links.map(\.state) == [.linked])
  }

  @Test func `a link that waits ends with both items, where the run may delete`() {
    var world = SmallWorld()
    world.inPSA("Theirs")
    world.settle()
    world.userDeletes()
    world.settle()
    #expect(world.links.map(\.state) == [.suppressed])
    world.officeDeletes()
    world.lookUps[ItemKey(side: .exchange, kind: .appointment, id: "x1")] = .nothing
    world.mode.mayDelete = false
    #expect(world.plan.forgotten.isEmpty)
    world.mode.mayDelete = true
    #expect(world.plan.forgotten == [world.links[0].id])
  }

  @Test func `a suppressed item that comes back is linked by the write that makes it`() {
    var world = SmallWorld()
    world.inPSA("Theirs")
    world.settle()
    world.userDeletes()
    world.settle()
    world.office { $0.title = "Renamed" }
    #expect(world.plan.operations.map(\.words) == ["exchange create"])
    #expect(world.plan.operations.map(\.link.state) == [.linked])
  }

  @Test func `a cancelled call whose copy is gone is closed where the run may delete`() {
    var world = SmallWorld()
    world.inOffice(.serviceCall)
    world.settle()
    world.userDeletes()
    world.office { $0.isCancelled = true }
    world.mode.mayDelete = false
    world.settle()
    #expect(world.links.map(\.state) == [.linked])
    world.mode.mayDelete = true
    world.settle()
    #expect(world.links.map(\.state) == [.closed])
  }

  /// One digest approves what is not looked for everywhere yet and what is proven.
  @Test(arguments: [true, false]) func `many that vanish are held with what would follow`(
    _ isProven: Bool
  ) throws {
    func hold(_ world: SmallWorld) throws -> Hold {
      var world = world
      if !isProven {
        for link in world.links {
          guard let id = link.exchange?.item else { continue }
          world.lookUps[ItemKey(side: .exchange, kind: link.kind, id: id.rawValue)] = .nothingByID
        }
      }
      world.exchange = []
      return try #require(world.plan.holds.first)
    }
    var world = SmallWorld()
    for number in Int64(1)...6 { world.inExchange("Mine", at: number * Self.hour) }
    world.settle()
    #expect(try hold(world).items.map(\.verb) == Array(repeating: .delete, count: 6))
    world = SmallWorld()
    for number in Int64(1)...6 { world.inPSA("Theirs", at: number * Self.hour) }
    world.settle()
    let suppressed = try hold(world)
    #expect(suppressed.items.map(\.verb) == Array(repeating: .suppress, count: 6))
    #expect(suppressed.items.allSatisfy { $0.side == .psa })
    for item in world.psa { world.change(item.id) { $0.title = "Renamed" } }
    let recreated = try hold(world)
    #expect(recreated.items.map(\.verb) == Array(repeating: .recreate, count: 6))
    #expect(recreated.items.allSatisfy { $0.side == .exchange })
    #expect(recreated.reason.hasPrefix("6 items vanished from Exchange at once, of 6 that"))
  }

  @Test func `many calls that are cancelled at once are held as vanished from the PSA`() throws {
    var world = SmallWorld()
    for number in Int64(1)...6 {
      world.inOffice(.serviceCall) {
        $0.start = SmallWorld.monday.advanced(bySeconds: number * Self.hour)
        $0.end = $0.start.advanced(bySeconds: Self.hour)
      }
    }
    world.settle()
    for item in world.psa { world.change(item.id) { $0.isCancelled = true } }
    let hold = try #require(world.plan.holds.first)
    #expect(hold.reason.hasPrefix("6 items vanished from the PSA at once, of 6 that"))
  }
}
