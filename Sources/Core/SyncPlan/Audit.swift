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

struct Auditor {
  let input: AuditInput
  let facts: PlanInput
  let roster: Roster
  let window: Window
  let projection: Projection
  let maker: FactMaker
  /// What waits for a person: not expected anywhere.
  let heldLinks: Set<LinkID>
  let heldItems: Set<ExchangeItemID>
  let heldInPSA: Set<PSAKey>
  var result = Audit()
  private var found: [AuditFinding] = []
  /// Links about which something was found, so that their writes are no second finding.
  var told: Set<LinkID> = []
  /// Items without a link that were found missing on the other side.
  var toldItems: Set<ItemKey> = []

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

  mutating func find(
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
        MarkVerdict.strangeFolderWords,
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
}
