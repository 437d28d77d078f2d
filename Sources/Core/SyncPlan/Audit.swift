import SyncModel

/// Compares what is kept with both sides as they are, by facts alone.
///
/// The expected is worked out here from the rules and the facts (`promises.md`: `expected(side,
/// item)`), beside the plan, so that a fault of the planner shows; what the plan would write and no
/// check of its own has found is a finding too.
package func audit(_ input: AuditInput) -> Audit {
  var auditor = Auditor(input)
  return auditor.audit()
}

private struct Auditor {
  private let input: AuditInput
  private let facts: PlanInput
  private let roster: Roster
  private let window: Window
  private let projection: Projection
  private let maker: FactMaker
  /// What waits for a person: not expected anywhere.
  private let heldLinks: Set<LinkID>
  private let heldItems: Set<ExchangeItemID>
  private let heldInPSA: Set<PSAKey>
  private var result = Audit()
  private var found: [AuditFinding] = []
  /// Links about which something was found, so that their writes are no second finding.
  private var told: Set<LinkID> = []
  /// Items without a link that were found missing on the other side.
  private var toldItems: Set<ItemKey> = []

  init(_ input: AuditInput) {
    self.input = input
    facts = input.plan
    roster = Roster(input.plan)
    window = Window(facts.rules, now: facts.now)
    projection = Projection(facts.rules)
    maker = facts.facts
    let held = input.outcome.holds.flatMap(\.items)
    heldLinks = Set(held.compactMap(\.link))
    heldItems = Set(held.filter { $0.link == nil }.compactMap(\.exchange))
    heldInPSA = Set(
      held.filter { $0.link == nil }.compactMap { item in
        item.psa.map { PSAKey(kind: item.kind, id: $0) }
      }
    )
  }

  mutating func audit() -> Audit {
    reading()
    mark()
    journal()
    presence()
    fresh()
    doubles()
    orphans()
    masks()
    times()
    contacts()
    pending()
    for link in facts.links + (input.contacts?.links ?? []) {
      result.states[link.state, default: 0] += 1
    }
    result.held = input.outcome.holds.reduce(0) { $0 + $1.items.count }
    result.findings = AuditCheck.allCases.flatMap { check in
      found.filter { $0.check == check }
        .sorted { ($0.item?.line ?? "", $0.words) < ($1.item?.line ?? "", $1.words) }
    }
    return result
  }

  private mutating func find(
    _ check: AuditCheck,
    _ item: HeldItem?,
    _ words: String,
    mend: String? = nil
  ) {
    if let link = item?.link { told.insert(link) }
    found.append(AuditFinding(check, item, words, mend: mend))
  }

  // MARK: Reading, mark, journal

  private mutating func reading() {
    result.examined[.whole] = facts.exchange.count + facts.psa.count
    if !input.isWhole {
      find(
        .whole,
        nil,
        "A side listed fewer items than it counts, also when it was read once more: what it lacks "
          + "says nothing.",
        mend: "Run it again; where it stays so, look at the account's rights."
      )
    }
    for kind in [Kind.toDo, .serviceCall]
    where facts.rules.exports(kind) && facts.psaCoverage[kind] == nil {
      find(
        .whole,
        nil,
        "The PSA does not show its \(kind.rawValue)s, which are to be kept in step.",
        mend: "Give the API user the right to see them, or switch them off."
      )
    }
    for (key, reason) in input.unread {
      find(
        .whole,
        HeldItem(.wait, side: .exchange, kind: key.kind, exchange: ExchangeItemID(key.id)),
        "It could not be read: \(reason)",
        mend: "Open it in Outlook and save it once more."
      )
    }
    if input.contacts?.isWhole == false {
      find(
        .whole,
        nil,
        "The contacts could not be read to their end on both sides.",
        mend: "Run it again; where it stays so, look at the account's rights."
      )
    }
  }

  private mutating func mark() {
    result.examined[.mark] = 1
    switch input.verdict {
    // The mark is made with the first write.
    case .asExpected, .firstRun: break
    case .cacheLost(let number):
      find(
        .mark,
        nil,
        "The calendar was kept in step until run \(number), and the cache knows nothing of it.",
        mend: "'lockstep adopt' links again what both sides prove."
      )
    case .cacheRestored(let number):
      find(
        .mark,
        nil,
        "The calendar bears the mark of run \(number), of which this cache knows nothing: the cache "
          + "is an older copy."
      )
    case .mailboxRestored:
      find(
        .mark,
        nil,
        "The calendar folder's mark is older than the last run: the mailbox is an older copy."
      )
    case .markMissing:
      find(
        .mark,
        nil,
        "The calendar folder has lost its mark: nothing is created or deleted.",
        mend: "'lockstep adopt' marks it again."
      )
    case .strangeFolder:
      find(
        .mark,
        nil,
        "The calendar folder is not the one that this agent knows, and it bears no mark.",
        mend: "If it is the right one, run 'lockstep adopt'."
      )
    case .stop(let sentence):
      find(.mark, nil, sentence)
    }
  }

  private mutating func journal() {
    result.examined[.journal] = input.unsettled.count
    for entry in input.unsettled {
      let intent = entry.intent
      find(
        .journal,
        item(of: intent, .init(intent.verb)),
        "Run \(intent.run) began to \(intent.verb.rawValue) it and does not know what came of it; the "
          + "next run looks it up."
      )
    }
    result.examined[.proofs] = input.deletes.count
    for entry in input.deletes where entry.intent.proof?.evidence.isEmpty ?? true {
      find(
        .proofs,
        item(of: entry.intent, .delete),
        "Run \(entry.intent.run) deleted it, and the journal names no proof.",
        mend: "'lockstep history \(entry.intent.run)' shows the run. Please report this."
      )
    }
  }

  private func item(of intent: Intent, _ verb: HeldItem.Verb) -> HeldItem {
    let isInExchange = intent.side == .exchange
    return HeldItem(
      verb,
      side: intent.side,
      kind: intent.kind,
      link: intent.link,
      exchange: isInExchange ? intent.target.map { ExchangeItemID($0) } : nil,
      psa: isInExchange ? nil : intent.target.flatMap { Int64($0) }.map { PSAID($0) }
    )
  }

  // MARK: I1

  /// In state linked, nothing refused, nothing waiting for a person.
  private func isExpected(_ link: Link) -> Bool {
    link.state == .linked && link.refusals.isEmpty && !link.isPinned
      && !heldLinks.contains(link.id) && !roster.ambiguous.contains(link.id)
      && Admission.directionOff(link.origin, link.kind, facts.rules) == nil
  }

  private mutating func presence() {
    let known = Set(facts.links.map(\.id))
    let unread = Set(input.unread.map(\.key.id))
    for link in roster.links where known.contains(link.id) && isExpected(link) {
      result.examined[.missing, default: 0] += 1
      switch (roster.exchange[link.id], roster.psa[link.id]) {
      case (let item?, nil):
        guard link.origin != .psa, isWantedInPSA(item, link), isLost(link, on: .psa) else { break }
        find(
          .missing,
          HeldItem(.create, side: .psa, of: link),
          "It is in Exchange, not in the PSA."
        )
      case (nil, let other?):
        guard link.origin != .exchange, isWantedInExchange(other),
          isLost(link, on: .exchange),
          !unread.contains(link.exchange?.item.rawValue ?? "")
        else { break }
        find(
          .missing,
          HeldItem(.create, side: .exchange, of: link),
          "It is in the PSA, not in Exchange."
        )
      case (_?, _?), (nil, nil): break
      }
    }
  }

  /// Not found by a look-up either, nor with somebody else or in another folder.
  private func isLost(_ link: Link, on side: Side) -> Bool {
    guard let key = link.key(on: side) else { return true }
    let plain = ItemKey(side: side, kind: key.kind, id: key.id)
    switch facts.lookUps[plain] {
    case .nothing, .nothingByID, nil: return true
    case .found, .away, .reassigned, .unassigned: return false
    }
  }

  private func isWantedInPSA(_ item: ExchangeFact, _ link: Link) -> Bool {
    guard item.role != .master, Admission(link, item, rules: facts.rules) == .admitted,
      let span = item.when.span(in: link.base.allDay?.zone ?? facts.zone, facts.clock)
    else { return false }
    return span.start <= span.end && window.contains(span, role: item.role)
  }

  private func isWantedInExchange(_ other: PSAFact) -> Bool {
    facts.rules.exports(other.kind) && !other.isCancelled && other.span.start <= other.span.end
      && window.contains(other.span, role: .single)
  }

  /// What no link knows and the other side ought to have.
  private mutating func fresh() {
    for item in roster.freshExchange
    where facts.isWantedInPSA(item) && !heldItems.contains(item.identity) {
      if let span = item.when.span(in: facts.zone, facts.clock), span.end < span.start { continue }
      result.examined[.missing, default: 0] += 1
      toldItems.insert(item.key)
      find(
        .missing,
        HeldItem(
          .create,
          side: .exchange,
          kind: .appointment,
          exchange: item.identity,
          originalDate: item.originalDate
        ),
        "It is in Exchange, not in the PSA, and no link knows it."
      )
    }
    for other in roster.freshPSA
    where isWantedInExchange(other)
      && !heldInPSA.contains(PSAKey(kind: other.kind, id: other.id))
    {
      result.examined[.missing, default: 0] += 1
      toldItems.insert(other.key)
      find(
        .missing,
        HeldItem(.create, side: .psa, kind: other.kind, psa: other.id),
        "It is in the PSA, not in Exchange, and no link knows it."
      )
    }
  }

  // MARK: I2 and what has no link

  private mutating func doubles() {
    result.examined[.doubles] = facts.links.count
    var byPSA: [PSAKey: LinkID] = [:]
    var byExchange: [String: LinkID] = [:]
    for link in facts.links + (input.contacts?.links ?? []) {
      if let id = link.psa?.id {
        let other = byPSA.updateValue(link.id, forKey: PSAKey(kind: link.kind, id: id))
        if let other { claimed(link, other) }
      }
      if let key = link.key(on: .exchange)?.description {
        let other = byExchange.updateValue(link.id, forKey: key)
        if let other { claimed(link, other) }
      }
    }
    // Of Exchange people make copies of their own, which wait for a choice where they are alike.
    for item in roster.doubles where item.side == .psa {
      find(
        .doubles,
        item,
        "Several items of the PSA bear one reference, and none is linked.",
        mend: "Delete those in the PSA that are not wanted; the last one is linked again."
      )
    }
    for one in input.outcome.alone where one.cause == .double {
      find(
        .doubles,
        one.item,
        "It bears the reference of an item that is linked with another one.",
        mend: "Delete it in the PSA if nobody wants it."
      )
    }
    let linked = Set(roster.links.compactMap { $0.exchange?.item })
    let origins = Set(
      roster.links.filter { $0.origin != .exchange && $0.exchange != nil }.compactMap { link in
        link.psa.map { PSAKey(kind: link.kind, id: $0.id) }
      }
    )
    for fact in facts.exchange {
      guard let key = fact.ownStamp, !linked.contains(fact.identity), origins.contains(key),
        roster.copies[fact.identity] == nil, !heldItems.contains(fact.identity)
      else { continue }
      find(
        .doubles,
        HeldItem(.wait, side: .exchange, kind: key.kind, exchange: fact.identity),
        "It was made from \(key.item), which is linked with another item.",
        mend: "Delete it in Exchange if nobody wants it."
      )
    }
  }

  private mutating func claimed(_ link: Link, _ other: LinkID) {
    find(
      .doubles,
      HeldItem(.wait, of: link),
      "The links \(other) and \(link.id) claim one item.",
      mend: "Remove the cache and run 'lockstep adopt', which rebuilds it from both calendars."
    )
  }

  private mutating func orphans() {
    let known = Set(facts.links.map(\.id))
    result.examined[.orphans] =
      facts.exchange.count { $0.ownStamp != nil } + facts.psa.count { $0.reference != nil }
    for link in roster.links where !known.contains(link.id) && !roster.ambiguous.contains(link.id) {
      // Its link was lost, and the next run makes it again.
      var item = HeldItem(.wait, of: link)
      item = HeldItem(.wait, kind: item.kind, exchange: item.exchange, psa: item.psa)
      find(.orphans, item, "Lockstep made one half from the other, and no link joins them.")
    }
    for one in input.outcome.alone where one.cause == .orphaned {
      guard one.item.exchange.map({ roster.copies[$0] == nil }) ?? true else { continue }
      find(
        .orphans,
        one.item,
        "Lockstep made it, and what it was made from is not there.",
        mend: "Delete it where it stands if nobody wants it."
      )
    }
  }

  // MARK: I7

  /// Everything in the PSA that was made of an item of which it may have nothing but the time.
  private mutating func masks() {
    var hidden: [Reference: ExchangeFact] = [:]
    var bound: [PSAKey: ExchangeFact] = [:]
    for link in roster.links where link.origin == .exchange {
      let fact =
        roster.exchange[link.id] ?? roster.strictest[link.id] ?? facts.awayFacts[link.id]
        ?? roster.series[link.id]?.master
      guard let fact, projection.mask(of: fact.sensitivity) == .masked else { continue }
      if let reference = link.reference { hidden[reference] = fact }
      if let id = link.psa?.id { bound[PSAKey(kind: link.kind, id: id)] = fact }
    }
    for fact in facts.exchange.flatMap(facts.dates)
    where projection.mask(of: fact.sensitivity) == .masked && !fact.isStampOwn {
      let copy = roster.copies[fact.identity] ?? 0
      hidden[maker.reference(of: fact, copy: copy)] = fact
    }
    for other in facts.psa where other.kind == .appointment {
      let key = PSAKey(kind: other.kind, id: other.id)
      guard let fact = bound[key] ?? other.reference.flatMap({ hidden[$0] }) else { continue }
      result.examined[.masks, default: 0] += 1
      let masked = maker.masked(fact)
      guard masked.title != other.own.title || masked.text != other.own.text else { continue }
      let link = roster.links.first { $0.kind == other.kind && $0.psa?.id == other.id }
      find(
        .masks,
        link.map { HeldItem(.mask, side: .psa, of: $0) }
          ?? HeldItem(.mask, side: .psa, kind: other.kind, psa: other.id),
        "The PSA may have nothing of it but its time, and has more."
      )
    }
  }

  // MARK: I5

  /// Halves whose times differ although nothing would be written.
  private mutating func times() {
    let written = Set(input.outcome.operations.map(\.link.id))
    for link in roster.links {
      guard let item = roster.exchange[link.id], let other = roster.psa[link.id],
        isExpected(link), item.role != .master
      else { continue }
      result.examined[.differing, default: 0] += 1
      let comparison = Comparison(facts, link: link, item: item, other: other)
      if case .differs = Standing(of: link, item, other, in: facts) {
        result.allowedDifferences += 1
      }
      guard let span = comparison.projected?.span, span.start <= span.end,
        other.span.start <= other.span.end, !span.isSame(as: other.span),
        !written.contains(link.id), link.origin != .paired, !told.contains(link.id)
      else { continue }
      find(
        .differing,
        HeldItem(.update, of: link),
        "Its times differ on both sides, and no run would change them.",
        mend: "Move it on the side that decides, and the next run writes it."
      )
    }
  }

  private mutating func contacts() {
    guard let contacts = input.contacts, contacts.isWhole else { return }
    for link in contacts.links
    where link.state == .linked && link.refusals.isEmpty && !heldLinks.contains(link.id) {
      guard let id = link.psa?.id, contacts.psa.contains(id) else { continue }
      result.examined[.missing, default: 0] += 1
      guard link.exchange.map({ !contacts.listed.contains($0.item) }) ?? true else { continue }
      find(
        .missing,
        HeldItem(.create, side: .exchange, of: link),
        "The contact is in the PSA, not in Exchange."
      )
    }
  }

  // MARK: What a run would write

  private mutating func pending() {
    for operation in input.outcome.operations {
      guard !told.contains(operation.link.id), !toldItems.contains(operation.key) else { continue }
      let isKnown = facts.links.contains { $0.id == operation.link.id }
      let check = AuditCheck(operation.verb)
      let item = HeldItem(HeldItem.Verb(operation.verb), side: operation.side, of: operation.link)
      find(
        check,
        isKnown
          ? item
          : HeldItem(
            item.verb,
            side: item.side,
            kind: item.kind,
            exchange: item.exchange,
            originalDate: item.originalDate,
            psa: item.psa
          ),
        "\(check.due): \(operation.reason)."
      )
    }
    for operation in input.outcome.contacts.operations where !told.contains(operation.link.id) {
      let check = AuditCheck(operation.verb)
      find(
        check,
        HeldItem(HeldItem.Verb(operation.verb), side: .exchange, of: operation.link),
        "\(check.due): \(operation.reason)."
      )
    }
    result.examined[.surplus] =
      roster.links.count { roster.exchange[$0.id] != nil || roster.psa[$0.id] != nil }
  }
}

extension AuditCheck {
  /// The check that a write which is due falls under.
  fileprivate init(_ verb: Verb) {
    switch verb {
    case .create, .restore: self = .missing
    case .update: self = .differing
    case .mask: self = .masks
    case .delete: self = .surplus
    }
  }

  fileprivate var due: String {
    switch self {
    case .missing: "It is not there"
    case .masks: "The PSA has more of it than it may"
    case .surplus: "It is still there"
    default: "It is not the same on both sides"
    }
  }
}
