import Foundation
import SyncModel
import SyncPlan
import TestGround
import Testing

/// One seed, one world.
struct Dice: RandomNumberGenerator {
  private var numbers: SplitMix
  init(_ seed: UInt64) { numbers = SplitMix(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1) }

  mutating func next() -> UInt64 { numbers.next() }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  /// True once in `times`.
  mutating func once(in times: Int) -> Bool { below(times) == 0 }
  mutating func pick<T>(_ all: [T]) -> T { all[below(all.count)] }
}

/// Random (base, Exchange, PSA) triples, and what must hold of every plan for them.
///
/// `LOCKSTEP_TRIPLES` says how many worlds (20,000 in the long form), `LOCKSTEP_SEED` plays one again.
@Suite struct PropertyTests {
  private static let canary = "Canary"

  @Test func `no plan for any triple breaks a promise`() {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["LOCKSTEP_TRIPLES"].flatMap { UInt64($0) } ?? 2_000
    let only = environment["LOCKSTEP_SEED"].flatMap { UInt64($0) }
    var failures = 0
    for seed in only.map({ $0..<$0 + 1 }) ?? 0..<count {
      let broken = judge(seed)
      guard !broken.isEmpty else { continue }
      failures += 1
      if failures <= 12 {
        Issue.record("LOCKSTEP_SEED=\(seed): \(broken.prefix(3).joined(separator: "; "))")
      }
    }
    #expect(failures == 0, "\(failures) of \(count) worlds")
  }

  private func judge(_ seed: UInt64) -> [String] {
    var dice = Dice(seed)
    var world = settledWorld(&dice)
    disturb(&world, &dice)
    let input = world.input
    let plan = SyncPlan.plan(input)
    var broken = judged(plan, input, world)
    broken += orderMatters(plan, world, &dice)
    var last = plan
    for _ in 0..<2 {
      world.apply(last)
      last = world.plan
      broken += judged(last, world.input, world)
    }
    if !last.operations.isEmpty {
      broken.append("the third plan still writes \(last.lines)")
    }
    broken += detailLeft(world)
    return broken
  }

  // MARK: Worlds

  /// Links as they come about: made from fresh items by the planner itself.
  private func settledWorld(_ dice: inout Dice) -> SmallWorld {
    var world = SmallWorld()
    let titles = ["Canary A", "Canary B", ""]
    for _ in 0...dice.below(3) {
      let title = dice.pick(titles)
      let start = randomStart(&dice)
      let isPrivate = dice.once(in: 4)
      let isMeeting = dice.once(in: 4)
      let isAllDay = dice.once(in: 5)
      if dice.once(in: 2) {
        world.inExchange(title, at: start) {
          $0.text = "Canary text"
          if isPrivate { $0.sensitivity = .private }
          if isMeeting { $0.attendees = [PropertyTests.attendee] }
          if isAllDay { $0.when = PropertyTests.day(start) }
        }
      } else {
        world.inPSA(title, at: start)
      }
    }
    world.settle(rounds: 2)
    if dice.once(in: 4) {
      for index in world.links.indices { world.links[index].origin = .paired }
    }
    return world
  }

  private static let attendee = Attendee(
    person: Person(name: "Canary Person", address: "canary@example.com"),
    role: .required,
    response: .unknown
  )

  private static func day(_ start: Int64) -> When {
    let date = LocalDateTime(secondsSince1970: SmallWorld.monday.seconds + start).date
    return .allDay(first: date, afterLast: date.advanced(byDays: 1))
  }

  private func randomStart(_ dice: inout Dice) -> Int64 {
    dice.pick([1, 5, 30, 240, -144, -480, 9_600] as [Int64]) * SmallWorld.hour
  }

  private func disturb(_ world: inout SmallWorld, _ dice: inout Dice) {
    for _ in 0..<dice.below(5) { editExchange(&world, &dice) }
    for _ in 0..<dice.below(4) { editPSA(&world, &dice) }
    for index in world.links.indices where dice.once(in: 3) {
      disturb(&world.links[index], &dice)
    }
    if dice.once(in: 3) { disturbRules(&world, &dice) }
    if dice.once(in: 3) { disturbMode(&world, &dice) }
    if dice.once(in: 4) { world.isExchangeWhole = dice.pick([nil, false]) }
    if dice.once(in: 4) { world.isPSAWhole = dice.pick([nil, false]) }
    if dice.once(in: 5) { world.isLookedUp = false }
    if dice.once(in: 5), !world.exchange.isEmpty {
      world.unread = [world.exchange[dice.below(world.exchange.count)].id]
    }
    for link in world.links where dice.once(in: 3) {
      guard let id = link.exchange?.item else { continue }
      let key = ItemKey(side: .exchange, kind: .appointment, id: id.rawValue)
      if world.exchange(id) == nil {
        world.lookUps[key] = dice.pick([.nothing, .nothingByID, .found, .away])
      } else if dice.once(in: 3), let item = world.exchange(id) {
        world.lookUps[key] = .away
        if dice.once(in: 2) { world.away[link.id] = item }
        world.remove(id)
      }
    }
    if dice.once(in: 6) { world.zone = nil }
    world.now = world.now.advanced(bySeconds: Int64(dice.below(3)) * 60)
  }

  private func editExchange(_ world: inout SmallWorld, _ dice: inout Dice) {
    guard !world.exchange.isEmpty else { return }
    let id = world.exchange[dice.below(world.exchange.count)].id
    let start = randomStart(&dice)
    switch dice.below(15) {
    case 0: world.change(id) { $0.title = "Canary C" }
    case 1: world.change(id) { $0.text = "Canary other" }
    case 2: world.change(id) { $0.when = SmallWorld.when(start) }
    case 3: world.change(id) { $0.sensitivity = $0.sensitivity == .normal ? .private : .normal }
    case 4: world.change(id) { $0.showAs = $0.showAs == .free ? .busy : .free }
    case 5: world.change(id) { $0.response = .declined }
    case 6: world.change(id) { $0.isCancelled = true }
    case 7: world.change(id) { $0.attendees = $0.attendees.isEmpty ? [PropertyTests.attendee] : [] }
    case 8: world.change(id) { $0.when = PropertyTests.day(start) }
    case 9: world.change(id) { $0.role = .master }
    case 10: world.change(id) { $0.place = "Canary place" }
    case 11: copy(id, &world, &dice)
    case 12: world.change(id) { $0.isTextWhole = false }
    default: world.remove(id)
    }
  }

  private func copy(_ id: ExchangeItemID, _ world: inout SmallWorld, _ dice: inout Dice) {
    guard let original = world.exchange(id) else { return }
    let hasNewUID = dice.once(in: 2)
    let copy = world.inExchange(original.title) {
      let fresh = $0
      $0 = original
      $0.id = fresh.id
      if hasNewUID { ($0.uid, $0.cleanUID) = (fresh.uid, fresh.cleanUID) }
    }
    if dice.once(in: 3) { world.remove(id) }
    if dice.once(in: 3) { world.change(copy) { $0.title = "Canary copy" } }
  }

  private func editPSA(_ world: inout SmallWorld, _ dice: inout Dice) {
    guard !world.psa.isEmpty else { return }
    let id = world.psa[dice.below(world.psa.count)].id
    let start = randomStart(&dice)
    switch dice.below(9) {
    case 0: world.change(id) { $0.title = "Canary D" }
    case 1:
      world.change(id) {
        $0.start = SmallWorld.monday.advanced(bySeconds: start)
        $0.end = $0.start.advanced(bySeconds: SmallWorld.hour)
      }
    case 2: world.change(id) { $0.end = $0.start.advanced(bySeconds: -60) }
    case 3: world.change(id) { $0.place = "Site" }
    case 4:
      guard let original = world.psa(id) else { return }
      world.inPSA(original.title) { $0.text = original.text }
    case 5: world.change(id) { $0.end = $0.end.advanced(bySeconds: 30) }
    case 6: world.reassign(id)
    default: world.remove(id)
    }
  }

  private func disturb(_ link: inout Link, _ dice: inout Dice) {
    switch dice.below(9) {
    case 0: link.state = dice.pick([.linked, .parked, .away, .suppressed, .closed, .unmatched])
    case 1: link.base = Base()
    case 2: link.isPinned = true
    case 3: link.reassertions = Reassertions(count: 3, since: SmallWorld.monday)
    case 4:
      link.state = .held
      link.reason = dice.pick(LinkReason.allCases.filter { $0.mend != nil })
      link.reassertions = Reassertions(count: 3, since: SmallWorld.monday)
    case 5:
      link.state = .parked
      link.reason = .outsideWindow
    case 6: link.psa = nil
    case 7:
      link.refusals = Side.allCases.map {
        Refusal(
          side: $0,
          group: dice.pick(FieldGroup.allCases),
          wanted: quick.print(of: "something else"),
          settings: "settings",
          text: "no"
        )
      }
    default: link.exchange = nil
    }
  }

  private func disturbRules(_ world: inout SmallWorld, _ dice: inout Dice) {
    switch dice.below(7) {
    case 0: world.rules.importDetail = .none
    case 1: world.rules.importDetail = .off
    case 2: world.rules.sendsFreeTime = false
    case 3: world.rules.conflict = .exchange
    case 4: world.rules.meetingTimes = .both
    case 5: world.rules.appointmentsToExchange = false
    default: world.rules.pastDays = 1
    }
  }

  private func disturbMode(_ world: inout SmallWorld, _ dice: inout Dice) {
    switch dice.below(7) {
    case 0: world.mode.mayCreate = false
    case 1: world.mode.mayDelete = false
    case 2: (world.mode.mayCreate, world.mode.mayDelete) = (false, false)
    case 3: (world.mode.isRestored, world.mode.mayDelete) = (true, false)
    case 4: (world.mode.cacheWasLost, world.mode.mayDelete) = (true, false)
    case 5:
      (world.mode.adoptsOnly, world.mode.mayDelete) = (true, false)
      world.mode.createsMissing = dice.once(in: 2)
      world.mode.mayCreate = world.mode.createsMissing
    default: world.mode.liftsSuppression = true
    }
  }

  // MARK: Promises

  private func judged(_ plan: Plan, _ input: PlanInput, _ world: SmallWorld) -> [String] {
    var broken: [String] = []
    var targets: Set<String> = []
    var lastRank = 0
    for operation in plan.operations {
      let line = "\(operation.canonicalLine) (\(operation.reason))"
      let rank: Int =
        switch operation.verb {
        case .mask: 0
        case .update: 1
        case .create, .restore: 2
        case .delete: 3
        }
      if rank < lastRank { broken.append("out of order: \(line)") }
      lastRank = rank
      for group in operation.groups {
        if !targets.insert("\(operation.side) \(operation.item) \(group)").inserted {
          broken.append("twice for one item, side and group: \(line)")
        }
      }
      if operation.verb == .mask, operation.groups != [.content] {
        broken.append("a mask that does not travel alone: \(line)")
      }
      // A mask takes detail away, whatever else the item says.
      if let id = operation.link.exchange?.item, input.unread.contains(id), operation.verb != .mask,
        input.exchange.contains(where: { $0.id == id })
      {
        broken.append("a write from or to what could not be read: \(line)")
      }
      if let why = unallowed(operation, input) { broken.append("\(why): \(line)") }
      if let why = unentitled(operation, input) { broken.append("\(why): \(line)") }
      if let why = unmasked(operation, input, world) { broken.append("\(why): \(line)") }
      if case .delete = operation.action, let why = unproven(operation, input) {
        broken.append("\(why): \(line)")
      }
      if let why = misaimed(operation, input) { broken.append("\(why): \(line)") }
    }
    return broken
  }

  private func unallowed(_ operation: SyncPlan.Operation, _ input: PlanInput) -> String? {
    switch operation.verb {
    case .delete where !input.mode.mayDelete: return "a delete where none is allowed"
    case .create where !input.mode.mayCreate: return "a create where none is allowed"
    case .update where input.mode.adoptsOnly, .mask where input.mode.adoptsOnly,
      .delete where input.mode.adoptsOnly:
      return "a write by an adoption"
    default: return nil
    }
  }

  /// `rules.md` 2, written down once more.
  private func unentitled(_ operation: SyncPlan.Operation, _ input: PlanInput) -> String? {
    let item = input.exchange.first { $0.id == operation.link.exchange?.item }
    switch operation.action {
    case .create, .delete:
      if operation.link.origin == .paired { return "existence of a pair" }
      if operation.link.origin == (operation.side == .psa ? .psa : .exchange) {
        return "existence decided by the other side"
      }
      if isOff(operation, input), !isAheadAndGone(operation, input) {
        return "a direction that is off"
      }
    case .update(let order):
      if !order.fields.isEmpty {
        if operation.link.origin == .paired { return "content of a pair" }
        if operation.link.origin == (operation.side == .psa ? .psa : .exchange) {
          return "content decided by the other side"
        }
      }
      if order.when != nil {
        if operation.side == .exchange, operation.link.origin == .exchange,
          item?.hasAttendees == true, input.rules.meetingTimes == .exchange
        {
          return "the time of a meeting"
        }
        if operation.link.origin == .psa, item?.hasAttendees == true {
          return "a time that its user's attendees hold"
        }
        if operation.link.origin == .exchange, input.rules.importDetail == .off {
          return "an import that is off"
        }
      }
      if operation.link.origin == .psa, !input.rules.appointmentsToExchange {
        return "an export that is off"
      }
      if case .timed(let start, let end, _)? = order.when, end < start {
        return "an end before its start"
      }
    }
    return nil
  }

  private func isOff(_ operation: SyncPlan.Operation, _ input: PlanInput) -> Bool {
    switch operation.side {
    case .exchange: !input.rules.appointmentsToExchange
    case .psa: input.rules.importDetail == .off
    }
  }

  /// What follows, though its direction is off.
  private func isAheadAndGone(_ operation: SyncPlan.Operation, _ input: PlanInput) -> Bool {
    guard case .delete(let order) = operation.action else { return false }
    let end = operation.link.base.span?.end ?? input.now
    return order.proof.record.ground == .gone && end >= input.now
  }

  private func unmasked(
    _ operation: SyncPlan.Operation,
    _ input: PlanInput,
    _ world: SmallWorld
  ) -> String? {
    guard operation.side == .psa, operation.verb != .delete, operation.link.origin == .exchange
    else { return nil }
    let item =
      input.exchange.first { $0.id == operation.link.exchange?.item }
      ?? input.awayFacts[operation.link.id]
    guard let item, item.sensitivity != .normal || input.rules.importDetail != .all else {
      return nil
    }
    let isMarked =
      switch operation.action {
      case .create(let order): order.mask == .masked
      case .update(let order): order.mask == .masked
      case .delete: true
      }
    if !isMarked { return "detail of a masked item" }
    if case .update(let order) = operation.action, order.fields.isEmpty { return nil }
    return operation.link.base.sent?.title == quick.print(of: "Appointment")
      && operation.link.base.sent?.text == quick.print(of: "")
      ? nil : "detail of a masked item in its base"
  }

  private func unproven(_ operation: SyncPlan.Operation, _ input: PlanInput) -> String? {
    guard case .delete(let order) = operation.action else { return nil }
    let record = order.proof.record
    let link = operation.link
    switch record.ground {
    case .gone:
      let isPSA = operation.side == .exchange
      let coverage = isPSA ? input.psaCoverage[link.kind] : input.exchangeCoverage
      guard let coverage, coverage.isComplete, coverage.run == input.run,
        coverage.settings == input.settings, coverage.mailbox == input.mailbox,
        coverage.side == (isPSA ? .psa : .exchange), coverage.kind == link.kind
      else { return "gone without a coverage of this run" }
      let id = isPSA ? link.psa?.id.description : link.exchange?.item.rawValue
      let key = ItemKey(side: isPSA ? .psa : .exchange, kind: link.kind, id: id ?? "")
      guard input.lookUps[key] == .nothing else { return "gone without a look-up" }
      let isThere =
        isPSA
        ? input.psa.contains { $0.id.description == id }
        : input.exchange.contains { $0.id.rawValue == id }
      return isThere ? "gone, though it is there" : nil
    case .excluded where operation.side == .exchange:
      let id = link.psa?.id.description ?? ""
      let key = ItemKey(side: .psa, kind: link.kind, id: id)
      guard case .reassigned? = input.lookUps[key] else { return "excluded, though it is ours" }
      return input.psa.contains { $0.id == link.psa?.id } ? "excluded, though it is listed" : nil
    case .excluded:
      guard let item = input.exchange.first(where: { $0.id == link.exchange?.item }) else {
        return "excluded, though nobody sees it"
      }
      let isExcluded =
        item.isCancelled || item.response == .declined
        || (item.showAs == .free && !input.rules.sendsFreeTime)
      return isExcluded ? nil : "excluded by nothing"
    case .unexpanded, .ordered:
      return "an odd ground: \(record.ground)"
    }
  }

  /// Each write names the version that the plan saw.
  private func misaimed(_ operation: SyncPlan.Operation, _ input: PlanInput) -> String? {
    let version: String? =
      switch operation.action {
      case .create: nil
      case .update(let order): order.expectedVersion
      case .delete(let order): order.expectedVersion
      }
    guard let version else { return nil }
    let lookUp = operation.link.psa.flatMap {
      input.lookUps[ItemKey(side: .psa, kind: operation.link.kind, id: $0.id.description)]
    }
    if operation.side == .psa, case .reassigned(let fact, _)? = lookUp {
      let there = fact.modified.description
      return there == version ? nil : "it expects \(version), but \(there) is elsewhere"
    }
    let seen: String? =
      operation.side == .exchange
      ? input.exchange.first { $0.id == operation.link.exchange?.item }?.changeKey.rawValue
      : input.psa.first { $0.id == operation.link.psa?.id }?.modified.description
    return seen == version ? nil : "it expects \(version), but \(seen ?? "nothing") is there"
  }

  private func orderMatters(
    _ plan: Plan,
    _ world: SmallWorld,
    _ dice: inout Dice
  ) -> [String] {
    var shuffled = world.input
    shuffled.exchange.shuffle(using: &dice)
    shuffled.psa.shuffle(using: &dice)
    shuffled.links.shuffle(using: &dice)
    let other = SyncPlan.plan(shuffled)
    var broken: [String] = []
    if other.operations != plan.operations { broken.append("the order of listings matters") }
    if other.holds != plan.holds { broken.append("the order of listings changes the holds") }
    if other.links != plan.links { broken.append("the order of listings changes the links") }
    var later = world
    later.now = world.now.advanced(bySeconds: 1)
    later.run = RunID(world.run.rawValue + 1)
    if later.plan.holds.map(\.digest) != plan.holds.map(\.digest) {
      broken.append("a clock in a digest")
    }
    return broken
  }

  /// The same of everything in the PSA that bears the reference of an item without copies.
  private func detailInDoubles(_ world: SmallWorld) -> [String] {
    let facts = world.exchange.map(world.maker.fact(of:))
    return facts.flatMap { fact -> [String] in
      guard fact.role == .single, !world.unread.contains(fact.id),
        fact.sensitivity != .normal || world.rules.importDetail != .all,
        facts.filter({ $0.reference == fact.reference }).count == 1,
        !world.links.contains(where: {
          $0.reference == fact.reference && $0.exchange?.item != fact.id
        })
      else { return [] }
      // The halves of a pair are nobody's to write.
      let pairs = world.links.filter { $0.origin == .paired }.compactMap { $0.psa?.id }
      let showing = world.psa.filter { other in
        !pairs.contains(other.id) && Reference.split(other.text).reference == fact.reference
          && (other.title.hasPrefix("Canary") && other.title != "Canary D"
            || other.text.contains(PropertyTests.canary))
      }
      return showing.map { "detail of \(fact.id) is left in \($0.id)" }
    }
  }

  /// I7: after everything is written, no detail of a private item is left where a link sees both.
  private func detailLeft(_ world: SmallWorld) -> [String] {
    guard !world.mode.adoptsOnly else { return [] }
    return detailInDoubles(world)
      + world.links.compactMap { link in
        guard link.origin == .exchange,
          let item = link.exchange.flatMap({ world.exchange($0.item) }) ?? world.away[link.id],
          let other = (world.psa + world.reassigned).first(where: { $0.id == link.psa?.id }),
          item.sensitivity != .normal || world.rules.importDetail != .all,
          !world.unread.contains(item.id),
          other.title.hasPrefix("Canary") && other.title != "Canary D"
            || other.text.contains(PropertyTests.canary)
        else { return nil }
        return "detail of \(item.id) is left in the PSA: link \(link.id) \(link.state) "
          + "\(link.reason?.rawValue ?? "")"
      }
  }
}
