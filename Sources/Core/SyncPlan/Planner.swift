import SyncModel

/// What a run is going to do, decided from facts alone: no clock, no dice, no text, no writes.
package func plan(_ input: PlanInput) -> Plan { Planner(input).plan() }

struct Planner {
  let input: PlanInput
  let roster: Roster
  let pairing: Pairing?
  private var operations: [Operation] = []
  private var links: [Link] = []
  private var forgotten: [LinkID] = []
  var holds: [Hold] = []
  private var held: [Side: Int] = [:]
  var notes: [String]
  var reasons: [LinkReason: [HeldItem]] = [:]
  var refusals: [HeldItem] = []
  /// What came back from a backup, by what is held since.
  var restored: Set<LinkReason> = []
  private var alone: [LeftAlone] = []
  /// What this run leaves alone from now on.
  var newlyAlone: [LinkReason: [Link]] = [:]
  private var used: Set<PlanDigest> = []

  init(_ input: PlanInput) {
    // Listings come in any order; the plan is the same.
    var input = input
    input.links.sort { $0.id < $1.id }
    input.exchange.sort { $0.id.rawValue < $1.id.rawValue }
    input.psa.sort { ($0.id, $0.kind.rawValue) < ($1.id, $1.kind.rawValue) }
    self.input = input
    roster = Roster(input)
    pairing =
      input.mode.looksForPairs
      ? Pairing(exchange: roster.freshExchange + roster.rivals, psa: roster.freshPSA, input) : nil
    notes = roster.notes
  }

  func plan() -> Plan {
    var planner = self
    var known: [LinkID: Link] = [:]
    for link in input.links { known[link.id] = link }
    var decisions = planner.linkDecisions()
    let fresh = FreshItems(input, roster, pairing)
    decisions += fresh.decisions
    var next = fresh.firstFree
    planner.pair(&decisions, &next)
    let doubles = DoubleMasks(input, roster, nextLink: &next)
    for index in decisions.indices {
      let masks = doubles.operations[decisions[index].link.id] ?? []
      decisions[index].operations += masks
      decisions[index].masksMeanwhile += masks
    }
    decisions += doubles.decisions
    planner.apply(planner.braked(decisions, known), known)
    planner.listHolds()
    planner.noteNewlyAlone()
    planner.alone += LeftAlone.orphans(
      roster.links,
      exchange: input.exchange,
      psa: input.psa,
      held: roster.doubles,
      rules: input.rules
    )
    let newLinks = Int(next.rawValue - input.nextLink.rawValue)
    return Plan(
      operations: planner.operations.sorted { $0.precedes($1) },
      links: planner.links,
      forgotten: planner.forgotten.sorted(),
      holds: planner.holds,
      held: planner.held,
      notes: planner.notes,
      alone: planner.alone,
      newLinks: newLinks,
      isBesideAnotherTool: pairing.map { !$0.pairs.isEmpty || !$0.unclear.isEmpty } ?? false,
      approvedDigests: planner.used
    )
  }

  // MARK: Links

  private mutating func linkDecisions() -> [Decision] {
    let approvesRestore = isComplete && input.approved.contains(restoreDigest)
    if approvesRestore { used.insert(restoreDigest) }
    noteUnlisted()
    return roster.links.map { link in
      var decision = LinkPlanner(
        input,
        isAmbiguous: roster.ambiguous.contains(link.id),
        isRestoreApproved: approvesRestore
      ).decision(for: link, exchange: exchangeSight(link), psa: psaSight(link))
      decision.isApproved = approvesRestore && isHeldAsRestored(link)
      return decision
    }
  }

  /// What is there under its id, and in no listing of this run, keeps its link waiting.
  private mutating func noteUnlisted() {
    let count = roster.links.filter { link in
      let key = link.exchange.map {
        ItemKey(side: .exchange, kind: link.kind, id: $0.item.rawValue)
      }
      return roster.exchange[link.id] == nil && key.map { input.lookUps[$0] == .found } ?? false
    }.count
    guard count > 0 else { return }
    notes.append(
      "\(count) linked Exchange item(s) are there, but the calendar's listing lacks them: they wait "
        + "until it lists them."
    )
  }

  /// A plan that could carry out only a part of what was approved leaves all of it held.
  private var isComplete: Bool {
    input.mode.mayCreate && input.mode.mayDelete && !input.mode.isRestored
      && input.exchangeCoverage?.isComplete == true
      && input.psaCoverage[.appointment] != nil && input.psaCoverage.values.allSatisfy(\.isComplete)
  }

  private func isHeldAsRestored(_ link: Link) -> Bool {
    link.state == .held && link.reason?.isAfterRestore ?? false
  }

  private var restoreDigest: PlanDigest {
    let waiting = roster.links.filter(isHeldAsRestored)
    return digest(LinkReason.restored.rawValue, waiting.map { afterRestore($0).line })
  }

  /// What approval would do with a link that is held since a side was restored.
  private func afterRestore(_ link: Link) -> HeldItem {
    var input = input
    input.mode = PlanMode()
    let decision = LinkPlanner(input, isRestoreApproved: true)
      .decision(for: link, exchange: exchangeSight(link), psa: psaSight(link))
    if let vanishing = decision.vanishing { return vanishing.item }
    // Masks are written meanwhile, whatever is held.
    let writes = decision.operations.filter { $0.verb != .mask }
    guard let first = writes.first else { return HeldItem(.wait, of: link) }
    let isOneSided = writes.allSatisfy { $0.side == first.side }
    return HeldItem(HeldItem.Verb(first.verb), side: isOneSided ? first.side : nil, of: link)
  }

  private func exchangeSight(_ link: Link) -> Sight<ExchangeFact> {
    // Of several that may be the original, the strictest decides what may be seen.
    if let fact = roster.exchange[link.id] ?? roster.strictest[link.id] {
      return input.unread.contains(fact.id) ? .unread(fact) : .seen(fact)
    }
    guard let half = link.exchange else { return .never }
    if let series = roster.series[link.id] {
      let proof = half.originalDate.flatMap { DeleteProof.unexpanded(series, date: $0) }
      return proof.map { .unexpanded(series.master, $0) } ?? .outside(series.master)
    }
    let key = ItemKey(side: .exchange, kind: link.kind, id: half.item.rawValue)
    if input.lookUps[key] == .away { return .away(input.awayFacts[link.id]) }
    return absent(.exchange, link, key, input.exchangeCoverage)
  }

  private func psaSight(_ link: Link) -> Sight<PSAFact> {
    if let fact = roster.psa[link.id] { return .seen(fact) }
    guard let half = link.psa else { return .never }
    let key = ItemKey(side: .psa, kind: link.kind, id: half.id.description)
    switch input.lookUps[key] {
    case .reassigned(let fact, _), .unassigned(let fact): return .away(fact)
    case .nothing, .nothingByID, .found, .away, nil:
      return absent(.psa, link, key, input.psaCoverage[link.kind])
    }
  }

  private func absent<Fact>(
    _ side: Side,
    _ link: Link,
    _ key: ItemKey,
    _ coverage: Coverage?
  ) -> Sight<Fact> {
    let absence = coverage.flatMap { Absence(of: side, of: link, from: $0, under: input.terms) }
    guard let absence, let lookUp = input.lookUps[key] else { return .unknown }
    return switch lookUp {
    case .nothing: .gone(absence, lookUp)
    case .nothingByID: .suspected
    case .found, .away, .reassigned, .unassigned: .unknown
    }
  }

  // MARK: Pairs

  private mutating func pair(_ decisions: inout [Decision], _ next: inout LinkID) {
    guard let pairing else { return }
    if !pairing.pairs.isEmpty { propose(pairing, &decisions, &next) }
    guard !pairing.unclear.isEmpty else { return }
    holds.append(
      Hold(
        digest: self.digest("unclear", pairing.unclear.map(\.line)),
        reason: "\(pairing.unclearTimes) times hold items on both sides that may be the same",
        items: pairing.unclear,
        mend: "Make their titles equal, or delete the one that is not wanted.",
        needsApproval: false
      )
    )
  }

  private mutating func propose(
    _ pairing: Pairing,
    _ decisions: inout [Decision],
    _ next: inout LinkID
  ) {
    let items = pairing.pairs.map(\.held)
    let reason = "pairs with items of another tool"
    let digest = digest(reason, pairing.pairs.map { $0.canonicalLine(input.fingerprinter) })
    if input.approved.contains(digest) {
      used.insert(digest)
      for pair in pairing.pairs {
        let copy = roster.copies[pair.exchange.identity] ?? 0
        var link = input.newLink(next, kind: pair.psa.kind, origin: .paired)
        next = LinkID(next.rawValue + 1)
        link.exchange = input.identity(of: pair.exchange, copy: copy)
        link.psa = PSAIdentity(id: pair.psa.id, parent: pair.psa.parent)
        link.reference = input.facts.reference(of: pair.exchange, copy: copy)
        decisions.append(
          LinkPlanner(input).decision(
            for: link,
            exchange: .seen(pair.exchange),
            psa: .seen(pair.psa)
          )
        )
      }
    } else {
      holds.append(
        Hold(
          digest: digest,
          reason: "\(items.count) \(reason) are proposed: equal times and titles on both sides",
          items: items,
          mend: "Link them with 'lockstep sync --approve \(digest)'.",
          needsApproval: true
        )
      )
      held[.exchange, default: 0] += items.count
      held[.psa, default: 0] += items.count
    }
  }

  // MARK: Brake

  /// The decisions with those taken back that the brake holds (`rules.md` 8).
  private mutating func braked(_ decisions: [Decision], _ known: [LinkID: Link]) -> [Decision] {
    struct Lane: Hashable {
      let side: Side
      let kind: Kind
    }
    var lanes: [Lane: [Int]] = [:]
    for (index, decision) in decisions.enumerated() {
      // What a person approved under another digest is not held a second time.
      guard let vanishing = decision.vanishing, !(decision.isApproved && vanishing.isProven) else {
        continue
      }
      lanes[Lane(side: vanishing.side, kind: vanishing.kind), default: []].append(index)
    }
    var decisions = decisions
    for side in Side.allCases {
      for kind in Kind.allCases {
        guard let indices = lanes[Lane(side: side, kind: kind)] else { continue }
        let linked = known.values.filter { $0.kind == kind && $0.exchange != nil && $0.psa != nil }
        let vanished = indices.compactMap { decisions[$0].vanishing }
        // One series counts as one item, on both sides of the comparison.
        let holds = SafetyBrake.standard.holds(
          Set(vanished.map(\.unit)).count,
          ofLinked: Set(linked.map(Vanishing.unit)).count
        )
        let items = vanished.map(\.item).sorted { $0.line < $1.line }
        let digest = digest("\(side.rawValue) \(kind.rawValue) vanished", items.map(\.line))
        let isProven = vanished.allSatisfy(\.isProven)
        if !holds { continue }
        if input.approved.contains(digest), isProven {
          used.insert(digest)
          continue
        }
        for index in indices {
          let id = decisions[index].link.id
          decisions[index] = Decision(
            link: known[id] ?? decisions[index].link,
            operations: decisions[index].masksMeanwhile
          )
        }
        for one in vanished { held[one.writesTo, default: 0] += 1 }
        self.holds.append(
          Hold(
            digest: digest,
            reason: "\(items.count) items vanished from \(name(side)) at once, of "
              + "\(linked.count) that are linked",
            items: items,
            mend: SafetyBrake.mend(digest, vanishedFrom: side),
            needsApproval: true
          )
        )
      }
    }
    return decisions
  }

  // MARK: Results

  private mutating func apply(_ decisions: [Decision], _ known: [LinkID: Link]) {
    for var decision in decisions {
      // What is held again as before has been held since that run.
      if let old = known[decision.link.id], old.state == decision.link.state,
        old.reason == decision.link.reason
      {
        decision.link.stateRun = old.stateRun
      }
      if let note = decision.note { notes.append(note) }
      if let hold = decision.hold {
        let side: Side = decision.link.origin == .psa ? .exchange : .psa
        let item =
          hold.isAfterRestore ? afterRestore(decision.link) : HeldItem(.wait, of: decision.link)
        if hold.isAfterRestore { restored.insert(hold) }
        // All of them are approved as one.
        reasons[hold.isAfterRestore ? .restored : hold, default: []].append(item)
        held[side, default: 0] += 1
      }
      if decision.forgets {
        forgotten.append(decision.link.id)
        continue
      }
      var allowed = decision.operations.filter { !isRefused($0) }
      if allowed.isEmpty { allowed = decision.masksMeanwhile.filter { !isRefused($0) } }
      if input.mode.adoptsOnly {
        allowed = allowed.filter { $0.verb == .create && input.mode.createsMissing }
        // A base that adoption left open stays open, so that the next run compares and writes.
        if !decision.operations.isEmpty, allowed.isEmpty, known[decision.link.id] == nil,
          decision.link.exchange == nil || decision.link.psa == nil
        {
          continue
        }
      }
      if let one = LeftAlone(decision.link) {
        alone.append(one)
        if decision.link.state == .suppressed, known[decision.link.id]?.state != .suppressed,
          let reason = decision.link.reason
        {
          newlyAlone[reason, default: []].append(decision.link)
        }
      }
      operations += allowed
      if known[decision.link.id] != decision.link { links.append(decision.link) }
    }
  }

  private mutating func isRefused(_ operation: Operation) -> Bool {
    let wanted = operation.wanted(input.fingerprinter)
    let refusal = operation.link.refusals.first {
      $0.side == operation.side && $0.wanted == wanted && $0.settings == input.settings
    }
    guard let refusal else { return false }
    refusals.append(
      HeldItem(
        HeldItem.Verb(operation.verb),
        side: operation.side,
        of: operation.link,
        words: refusal.text
      )
    )
    held[operation.side, default: 0] += 1
    return true
  }

  func name(_ side: Side) -> String { side == .exchange ? "Exchange" : "the PSA" }

  func digest(_ title: String, _ lines: [String]) -> PlanDigest {
    input.fingerprinter.planDigest(title, lines)
  }
}

extension Fingerprinter {
  /// What a person approves: the same for the same lines, whenever they are looked at.
  func planDigest(_ title: String, _ lines: [String]) -> PlanDigest {
    let print = print(of: Array(([title] + lines).joined(separator: "\n").utf8))
    return PlanDigest(String(print.description.prefix(16)))
  }
}
