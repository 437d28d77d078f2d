import Store
import SyncEngine
import SyncModel
import SyncPlan
import World

/// One history: a person's world, an agent, and everything that happens to both.
final class History: @unchecked Sendable {
  // Touched on the history's one thread only.
  let ground: Ground
  let script: Script
  let bug: Bug?
  let world: World
  let clock: HistoryClock
  let watch: Watch
  let registry = TestedRegistry()
  let loop = HistoryLoop()
  let agent: Agent
  private var rival: Agent?
  private let empty: SQLiteCache
  private let people: People
  private var dice: Dice
  /// The agent's machine is so many seconds ahead of the servers.
  private(set) var skew: Int64 = 0
  private(set) var rules: SyncRules
  private(set) var trace: [String] = []
  let isTraced: Bool
  var tally = Tally()
  /// What has happened that explains more than one run's work.
  var past = Past()
  /// How many effects the last run had, and the last one that was to be killed.
  var lastEffects = 0
  private(set) var killedEffects = 0
  private var mailboxBackup: (Mailbox, Ledger)?
  private var psaBackup: (Tenant, Ledger)?
  private(set) var said = ""
  private(set) var step = 0

  var zones: WorldZones { ground.zones }

  init(
    _ script: Script,
    on ground: Ground,
    empty: SQLiteCache,
    bug: Bug? = nil,
    isTraced: Bool = false
  ) throws {
    self.ground = ground
    self.script = script
    self.empty = empty
    self.bug = bug
    self.isTraced = isTraced
    var dice = Dice(seed: script.seed ^ 0x5EED)
    let clock = HistoryClock(Ground.beginning(&dice))
    self.clock = clock
    var seeding = Seeding(
      seed: dice.next(),
      items: dice.number(0...3),
      zones: ground.zones.offsets,
      now: clock.now
    )
    seeding.othersItems = 2
    let (mailbox, tenant) = try seeding.sides()
    world = World(mailbox: mailbox, tenant: tenant, clock: { clock.now })
    rules = History.rules(&dice)
    watch = Watch(world: world, zones: ground.zones, dice: Dice(seed: dice.next()), bug: bug)
    people = People(world: world, zones: ground.zones, watch: watch)
    agent = try Agent(name: "desk", empty, bug: bug)
    self.dice = dice
    watch.note = { [unowned self] in note($0) }
  }

  private static func rules(_ dice: inout Dice) -> SyncRules {
    SyncRules(
      appointmentsToExchange: !dice.once(in: 10),
      importDetail: dice.weighted([(.all, 8), (.none, 1), (.off, 1)]),
      sendsFreeTime: !dice.once(in: 4),
      pastDays: dice.number(1...30),
      recurringDays: dice.number(5...30),
      conflict: dice.once(in: 3) ? .exchange : .psa,
      meetingTimes: dice.once(in: 3) ? .both : .exchange,
      toDos: !dice.once(in: 3),
      serviceCalls: !dice.once(in: 3),
      contacts: dice.once(in: 2) ? ContactRules() : nil
    )
  }

  /// All machines tell the same time again.
  func settleClock() { skew = 0 }

  func rivalAgent() throws -> Agent {
    if let rival { return rival }
    let made = try Agent(name: "laptop", empty, bug: bug)
    rival = made
    return made
  }

  /// The agent whose mark the calendar bears: where two collided, one of them had to stop.
  func ownerOfMark() throws -> Agent {
    let mark = try mark()
    return rival.flatMap { $0.id == mark?.agent ? $0 : nil } ?? agent
  }

  /// The folder has no mark, and the agent knows that it had one.
  func hasLostMark(_ owner: Agent) throws -> Bool {
    let known = try loop.complete { try await owner.cache.positions().confirmedMark }
    return try known != nil && mark() == nil
  }

  func hasMark() throws -> Bool { try mark() != nil }

  private func mark() throws -> FolderMark? {
    try loop.complete { [world, zones] in
      try await WorldMailbox(world, zones: zones).open().mark
    }
  }

  /// Somebody acts in the middle of a run.
  func actMeanwhile(_ one: Step) async {
    let told = await people.act(one, number: step)
    note("meanwhile \(one.deed.rawValue): \(told ?? "nothing to do it to")")
    watch.rememberGone()
    watch.learnShown()
  }

  func nextSeed() -> UInt64 { dice.next() }

  func note(_ words: String) { trace.append("\(step) \(words)") }

  /// What a run says while it works.
  func hear(_ words: String) { said += words + "\n" }

  // MARK: The course

  /// Runs the script to its end, then the quiet at its end.
  func run() throws -> HistoryResult {
    layOut()
    try loop.complete { [self] in _ = await watch.take(by: .person(0)) }
    for (index, one) in script.steps.enumerated() {
      step = index + 1
      try take(one)
      if watch.isBroken { break }
    }
    step = script.steps.count + 1
    if !watch.isBroken { try judgeInQuiet() }
    tally.days = Double(clock.now - clock.beginning) / 86_400
    tally.writes = watch.writes
    tally.deletes = watch.deletes
    return HistoryResult(
      script: script,
      isBroken: watch.isBroken,
      violations: watch.violations,
      tally: tally,
      trace: trace,
      killedEffects: killedEffects
    )
  }

  /// Series are looked at in the time that any window may reach.
  private func layOut() {
    watch.stretch = (clock.now - 40 * 86_400, clock.now + 40 * 86_400)
  }

  private func take(_ one: Step) throws {
    var dice = Dice(seed: one.seed)
    if one.deed.isEdit {
      clock.advance(Int64(dice.number(60...900)))
      try act(one)
      return
    }
    clock.advance(60)
    switch one.deed {
    case .wait: clock.advance(Int64(dice.number(1...36)) * 3_600)
    case .sleep: clock.advance(Int64(dice.number(2...9)) * 86_400)
    case .clockJump: skew = Int64(dice.number(-7_200...86_400))
    case .changePolicy: changePolicy(&dice)
    case .sync: try run(.sync(SyncOptions()))
    case .fullSync:
      past.full.insert(step)
      try run(.sync(SyncOptions(full: true)))
    case .planOnly: try run(.plan)
    case .adopt: try run(.adopt(createMissing: false), strikes(&dice))
    case .adoptMissing:
      past.hasCreatedMissing = true
      try run(.adopt(createMissing: true), strikes(&dice))
    case .troubledSync: try run(.sync(SyncOptions()), troubles(&dice))
    case .killedSync:
      var troubles = RunTroubles()
      let drawn = RunTroubles.Crash(effect: dice.number(1...70), isAfter: dice.once(in: 2))
      troubles.crash = script.crash ?? drawn
      try run(.sync(SyncOptions()), troubles)
      killedEffects = lastEffects
    case .lyingSync:
      var troubles = RunTroubles()
      troubles.lie = dice.pick(Lie.allCases)
      past.hasLied = true
      try run(.sync(SyncOptions()), troubles)
    case .approve: try approve(&dice)
    case .collide: try collide(&dice)
    case .takeBack: try takeBack()
    case .undo: try undo(&dice)
    case .purgeParked: try run(.purge(.parked), strikes(&dice))
    case .purgeMine: try run(.purge(.mine), strikes(&dice))
    case .release: try release(&dice)
    case .verify: _ = try verify(by: agent)
    default: try serve(one.deed)
    }
    layOut()
    try loop.complete { [self] in _ = await watch.take(by: .lockstep) }
  }

  private func act(_ one: Step) throws {
    let number = step
    layOut()
    let told = try loop.complete { [people] in await people.act(one, number: number) }
    tally.edits += told == nil ? 0 : 1
    note("\(one.deed.rawValue): \(told ?? "nothing to do it to")")
  }

  /// What happens to servers and caches.
  private func serve(_ deed: Step.Deed) throws {
    note(deed.rawValue)
    switch deed {
    case .backUp: try agent.backUp()
    case .restoreCache:
      if try agent.restoreBackup() { past.hasLostLinks = true }
    case .loseCache:
      try agent.lose(empty)
      past.hasLostLinks = true
    case .expireStates:
      past.hasExpired = true
      try loop.complete { [world] in
        await world.mailbox { mailbox, _ in mailbox.expireSyncStates() }
      }
    case .backUpMailbox:
      let mailbox = try loop.complete { [world] in await world.mailbox { mailbox, _ in mailbox } }
      mailboxBackup = (mailbox, watch.ledger)
    case .restoreMailbox:
      guard let (old, ledger) = mailboxBackup else { return }
      try loop.complete { [world] in
        await world.mailbox { mailbox, _ in mailbox.restore(old) }
      }
      watch.ledger.restoreExchange(from: ledger)
      past.hasRestoredSide = true
    case .backUpPSA:
      let tenant = try loop.complete { [world] in await world.tenant { tenant, _ in tenant } }
      psaBackup = (tenant, watch.ledger)
    case .restorePSA:
      guard let (old, ledger) = psaBackup else { return }
      try loop.complete { [world] in await world.tenant { tenant, _ in tenant.restore(old) } }
      watch.ledger.restorePSA(from: ledger)
      past.hasRestoredSide = true
    case .registryAway: registry.isAway = true
    case .registryBack: registry.isAway = false
    default: break
    }
  }

  private func changePolicy(_ dice: inout Dice) {
    past.hasNewSettings = true
    switch dice.below(8) {
    case 0: rules.importDetail = dice.pick([.all, .none, .off]) ?? .all
    case 1: rules.sendsFreeTime.toggle()
    case 2: rules.pastDays = dice.number(1...30)
    case 3: rules.recurringDays = dice.number(5...30)
    case 4: rules.toDos.toggle()
    case 5: rules.serviceCalls.toggle()
    case 6: rules.appointmentsToExchange.toggle()
    default: rules.contacts = rules.contacts == nil ? ContactRules() : nil
    }
    note(
      "the settings are now \(rules.canonicalText.split(separator: "\n").joined(separator: " "))"
    )
  }

  /// Of two orders one is struck: killed, or troubled.
  func strikes(_ dice: inout Dice) -> RunTroubles {
    switch dice.below(4) {
    case 0:
      var troubles = RunTroubles()
      troubles.crash = RunTroubles.Crash(effect: dice.number(1...70), isAfter: dice.once(in: 2))
      return troubles
    case 1: return troubles(&dice)
    default: return RunTroubles()
    }
  }

  private func troubles(_ dice: inout Dice) -> RunTroubles {
    var troubles = RunTroubles()
    for _ in 0..<dice.number(1...3) {
      let effect = dice.number(1...60)
      troubles.at[effect] = dice.weighted([
        (.lostRequest, 2), (.lostAnswer, 4), (.throttled, 1), (.interrupted, 1),
        (.person(Step(deed: dice.weighted(Step.Deed.people), seed: dice.next())), 4),
      ])
    }
    return troubles
  }

  private func approve(_ dice: inout Dice) throws {
    let holds = try loop.complete { [agent] in try await agent.cache.holds() }
    guard let hold = dice.pick(holds.filter(\.needsApproval)) else { return }
    past.hasApproved = true
    note("approves what is held: \(hold.reason)")
    try run(.sync(SyncOptions(approve: hold.digest)))
  }
}
