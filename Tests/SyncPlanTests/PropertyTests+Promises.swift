import SyncModel
import SyncPlan

/// What no plan may do, whatever the world looks like (`promises.md`, the invariants).
extension PropertyTests {
  func judged(_ plan: Plan, _ input: PlanInput, _ world: SmallWorld) -> [String] {
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
      if case .update(let order) = operation.action, order.when == nil, order.turnsAllDay {
        broken.append("it turns whole days into a time, or back, and writes none: \(line)")
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
    case .create, .delete, .restore:
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
      case .delete, .restore: true
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
      case .restore(let order): order.expectedVersion
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

  func orderMatters(
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
  func detailInDoubles(_ world: SmallWorld) -> [String] {
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
  func detailLeft(_ world: SmallWorld) -> [String] {
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
