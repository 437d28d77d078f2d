import SyncModel

/// What a run is going to do to contacts, decided from facts alone.
package func plan(_ input: ContactPlanInput) -> ContactPlan { ContactPlanner(input).plan() }

/// Binds what stamps prove, decides for each link, and asks the brake.
private struct ContactPlanner {
  private let input: ContactPlanInput
  private var output = ContactPlan()
  private var reasons: [LinkReason: [HeldItem]] = [:]
  private var refusals: [HeldItem] = []
  private var restored: Set<LinkReason> = []
  /// Stamped contacts that no link names, by the contact of the PSA on their stamp.
  private var free: [PSAID: [ExchangeContactFact]] = [:]
  private var exchange: [ExchangeItemID: ExchangeContactFact] = [:]
  private var psa: [PSAID: PSAContactFact] = [:]

  init(_ input: ContactPlanInput) {
    // Listings come in any order; the plan is the same.
    var input = input
    input.links.sort { $0.id < $1.id }
    input.exchange.sort { $0.id.rawValue < $1.id.rawValue }
    input.psa.sort { $0.id < $1.id }
    for fact in input.exchange { exchange[fact.id] = fact }
    for fact in input.psa { psa[fact.id] = fact }
    let listed = psa
    let older = input.links.count { link in
      link.psa.flatMap { listed[$0.id] }.map { ContactPlanner.isOlder($0, link) } ?? false
    }
    if older > 0, !input.mode.isRestored {
      input.mode.isRestored = true
      input.mode.mayDelete = false
      output.notes.append(
        "\(older) linked contact(s) in the PSA are older than this agent read them before: the PSA "
          + "was restored from a backup. No contact is deleted; what is missing or older is held."
      )
    }
    self.input = input
    let bound = Set(input.links.compactMap { $0.exchange?.item })
    for fact in input.exchange where !bound.contains(fact.id) {
      free[fact.stamp.id, default: []].append(fact)
    }
  }

  func plan() -> ContactPlan {
    var planner = self
    planner.run()
    return planner.output
  }

  private mutating func run() {
    var known: [LinkID: Link] = [:]
    for link in input.links { known[link.id] = link }
    let linked = Set(input.links.compactMap { $0.psa?.id })
    let approvesRestore = isComplete && input.approved.contains(restoreDigest)
    if approvesRestore { output.approvedDigests.insert(restoreDigest) }
    var decisions = input.links.map { decision(for: $0, approvesRestore: approvesRestore) }
    var next = input.nextLink
    for fact in input.psa where !linked.contains(fact.id) {
      guard let fresh = decision(forNew: fact, next) else { continue }
      decisions.append(fresh)
      next = LinkID(next.rawValue + 1)
      output.newLinks += 1
    }
    braked(&decisions, known)
    for decision in decisions { settle(decision, known) }
    output.operations.sort { $0.precedes($1) }
    output.forgotten.sort()
    listHolds()
  }

  // MARK: Links

  private mutating func decision(for link: Link, approvesRestore: Bool) -> ContactDecision {
    var link = link
    if let item = link.exchange?.item, exchange[item] == nil, input.unread.contains(item) {
      return waits(link)
    }
    let isLost = link.exchange.map(isGone) ?? true
    if isLost, let id = link.psa?.id, let candidates = free[id] {
      guard let only = candidates.first, candidates.count == 1 else {
        reasons[.copies, default: []] += candidates.map(choice)
        return held(link, .copies)
      }
      bind(&link, to: only)
    }
    if let fact = link.psa.flatMap({ psa[$0.id] }), input.mode.isRestored,
      ContactPlanner.isOlder(fact, link)
    {
      // The epoch ends with this run: from now on that is the version known.
      link.psaModified = fact.modified
      return held(link, input.mode.restoreReason)
    }
    if let fact = link.exchange.flatMap({ exchange[$0.item] }), input.mode.isRestored,
      let known = link.exchangeModified, fact.modified < known
    {
      link.exchangeModified = fact.modified
      return held(link, input.mode.restoreReason)
    }
    if link.state == .held, let reason = link.reason, reason.isAfterRestore {
      guard approvesRestore else { return held(link, reason) }
      var decision = ContactVerdict(input, link, sights(link)).decision
      decision.isApproved = true
      return decision
    }
    if link.state == .held, link.reason == .reassertions,
      link.reassertions?.isFresh(at: input.now) ?? false
    {
      return held(link, .reassertions)
    }
    return ContactVerdict(input, link, sights(link)).decision
  }

  /// Not in the folder and, by id and stamp, nowhere else: only then does another one take its place.
  private func isGone(_ half: ExchangeIdentity) -> Bool {
    guard exchange[half.item] == nil else { return false }
    let key = ItemKey(side: .exchange, kind: .contact, id: half.item.rawValue)
    return half.folder != input.terms.folder || input.lookUps[key] == .nothing
  }

  private func sights(_ link: Link) -> ContactSights {
    ContactSights(exchange: exchangeSight(link), psa: psaSight(link))
  }

  private func exchangeSight(_ link: Link) -> Sight<ExchangeContactFact> {
    guard let half = link.exchange else { return .never }
    if let fact = exchange[half.item] { return .seen(fact) }
    let key = ItemKey(side: .exchange, kind: .contact, id: half.item.rawValue)
    guard let lookUp = input.lookUps[key] else {
      return link.state == .away ? .away(nil) : .unknown
    }
    if lookUp == .away { return .away(nil) }
    // Of another folder than today's nothing is left to be told apart from never.
    if lookUp == .nothing, half.folder != input.terms.folder { return .never }
    return absent(.exchange, link, lookUp, input.exchangeCoverage)
  }

  private func psaSight(_ link: Link) -> Sight<PSAContactFact> {
    guard let half = link.psa else { return .never }
    if let fact = psa[half.id] { return .seen(fact) }
    if let stranger = input.strangers[half.id] { return .away(stranger) }
    let key = ItemKey(side: .psa, kind: .contact, id: half.id.description)
    guard let lookUp = input.lookUps[key] else { return .unknown }
    return absent(.psa, link, lookUp, input.psaCoverage)
  }

  private func absent<Fact>(
    _ side: Side,
    _ link: Link,
    _ lookUp: LookUp,
    _ coverage: Coverage?
  ) -> Sight<Fact> {
    let absence = coverage.flatMap { Absence(of: side, of: link, from: $0, under: input.terms) }
    guard let absence else { return .unknown }
    return switch lookUp {
    case .nothing: .gone(absence, lookUp)
    case .nothingByID: .suspected
    case .found, .away, .reassigned, .unassigned: .unknown
    }
  }

  private static func isOlder(_ fact: PSAContactFact, _ link: Link) -> Bool {
    link.psaModified.map { fact.modified < $0 } ?? false
  }

  private func bind(_ link: inout Link, to fact: ExchangeContactFact) {
    link.exchange = ExchangeIdentity(folder: fact.folder, item: fact.id, cleanUID: nil)
    link.stamp = fact.stamp
    link.changeKey = fact.changeKey
    link.exchangeModified = fact.modified
  }

  // MARK: New contacts

  private mutating func decision(
    forNew fact: PSAContactFact,
    _ number: LinkID
  ) -> ContactDecision? {
    var link = Link(
      id: number,
      kind: .contact,
      tenant: input.tenant,
      resource: input.resource,
      mailbox: input.terms.mailbox,
      origin: .psa,
      stateRun: input.terms.run,
      psa: PSAIdentity(id: fact.id)
    )
    if let candidates = free[fact.id] {
      guard let only = candidates.first, candidates.count == 1 else {
        reasons[.copies, default: []] += candidates.map(choice)
        return nil
      }
      bind(&link, to: only)
    } else if input.mode.cacheWasLost, !input.mode.createsMissing {
      link.state = .unmatched
      link.reason = .noProofInExchange
      link.base.cardSent = fact.prints
      return ContactDecision(link)
    }
    let decision = ContactVerdict(input, link, sights(link)).decision
    // Without its counterpart it is nothing yet.
    return decision.link.exchange == nil && decision.operation == nil ? nil : decision
  }

  private func choice(_ fact: ExchangeContactFact) -> HeldItem {
    HeldItem(.choose, side: .exchange, kind: .contact, exchange: fact.id, psa: fact.stamp.id)
  }

  // MARK: Brake and results

  /// Takes back what the brake holds (`rules.md` 8).
  private mutating func braked(_ decisions: inout [ContactDecision], _ known: [LinkID: Link]) {
    let linked = known.values.count { $0.exchange != nil && $0.psa != nil }
    for side in Side.allCases {
      let indices = decisions.indices.filter { index in
        guard let vanishing = decisions[index].vanishing, vanishing.side == side else {
          return false
        }
        return !(decisions[index].isApproved && vanishing.isProven)
      }
      let vanished = indices.compactMap { decisions[$0].vanishing }
      guard SafetyBrake.standard.holds(vanished.count, ofLinked: linked) else { continue }
      let items = vanished.map(\.item).sorted { $0.line < $1.line }
      let digest = digest("\(side.rawValue) contact vanished", items)
      if input.approved.contains(digest), vanished.allSatisfy(\.isProven) {
        output.approvedDigests.insert(digest)
        continue
      }
      for index in indices {
        decisions[index] = ContactDecision(known[decisions[index].link.id] ?? decisions[index].link)
      }
      output.held += vanished.count
      output.holds.append(
        Hold(
          digest: digest,
          reason:
            "\(items.count) contacts vanished from \(side == .exchange ? "Exchange" : "the PSA") "
            + "at once, of \(linked) that are linked",
          items: items,
          mend: SafetyBrake.mend(digest, vanishedFrom: side),
          needsApproval: true
        )
      )
    }
  }

  private mutating func settle(_ decision: ContactDecision, _ known: [LinkID: Link]) {
    let link = decision.link
    if let hold = decision.hold {
      let item = hold.isAfterRestore ? afterRestore(link) : HeldItem(.wait, of: link)
      if hold.isAfterRestore { restored.insert(hold) }
      reasons[hold.isAfterRestore ? .restored : hold, default: []].append(item)
      output.held += 1
    }
    if decision.forgets {
      output.forgotten.append(link.id)
      return
    }
    if let one = LeftAlone(link) { output.alone.append(one) }
    var operation = decision.operation
    if input.mode.adoptsOnly, operation?.verb != .create { operation = nil }
    if let planned = operation, isRefused(planned) { operation = nil }
    if let operation { output.operations.append(operation) }
    if operation == nil, decision.operation != nil, known[link.id] == nil, link.exchange == nil {
      return
    }
    if known[link.id] != link { output.links.append(link) }
  }

  private mutating func isRefused(_ operation: ContactOperation) -> Bool {
    let wanted = operation.wanted(input.fingerprinter)
    let refusal = operation.link.refusals.first {
      $0.wanted == wanted && $0.settings == input.terms.settings
    }
    guard let refusal else { return false }
    let verb = HeldItem.Verb(operation.verb)
    refusals.append(HeldItem(verb, side: .exchange, of: operation.link, words: refusal.text))
    output.held += 1
    return true
  }

  // MARK: Holds

  /// A plan that could carry out only a part of what was approved leaves all of it held.
  private var isComplete: Bool {
    input.mode.mayCreate && input.mode.mayDelete && !input.mode.isRestored
      && input.exchangeCoverage?.isComplete == true && input.psaCoverage?.isComplete == true
  }

  private var restoreDigest: PlanDigest {
    let waiting = input.links.filter { $0.state == .held && $0.reason?.isAfterRestore ?? false }
    return digest(LinkReason.restored.rawValue, waiting.map(afterRestore))
  }

  /// What approval would do with a link that is held since the PSA was restored.
  private func afterRestore(_ link: Link) -> HeldItem {
    var input = input
    input.mode = PlanMode()
    let decision = ContactVerdict(input, link, sights(link)).decision
    if let vanishing = decision.vanishing { return vanishing.item }
    guard let operation = decision.operation else { return HeldItem(.wait, of: link) }
    return HeldItem(HeldItem.Verb(operation.verb), side: .exchange, of: link)
  }

  private mutating func listHolds() {
    for reason in LinkReason.allCases {
      guard let items = reasons[reason], let mend = reason.mend else { continue }
      let digest = digest(reason.rawValue, items)
      output.holds.append(
        Hold(
          digest: digest,
          reason: reason == .restored ? restored.sentence : reason.sentence,
          items: items,
          mend: reason == .restored
            ? "'lockstep sync --approve \(digest)' does what stands before each contact; until then "
              + "they stay as they are." : mend,
          needsApproval: reason == .restored
        )
      )
    }
    guard !refusals.isEmpty else { return }
    output.holds.append(
      Hold(
        digest: digest("refused contacts", refusals),
        reason:
          "Exchange refused these contacts; they are tried again when contact or settings change",
        items: refusals,
        mend: "Read the reason beside each contact, and change it in the PSA or the settings.",
        needsApproval: false
      )
    )
  }

  private func digest(_ title: String, _ items: [HeldItem]) -> PlanDigest {
    input.fingerprinter.planDigest(title, items.map(\.line))
  }

  private func waits(_ link: Link) -> ContactDecision {
    var decision = ContactDecision(link)
    if link.state == .held { decision.hold = link.reason }
    return decision
  }

  private func held(_ link: Link, _ reason: LinkReason) -> ContactDecision {
    var decision = ContactDecision(link)
    decision.link.enter(.held, reason, input.terms.run)
    decision.hold = reason
    return decision
  }
}
