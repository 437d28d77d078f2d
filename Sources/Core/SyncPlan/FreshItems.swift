import SyncModel

/// Items that no link knows: created on the other side, or only remembered where that is not sure.
struct FreshItems {
  private let input: PlanInput
  private let pairing: Pairing?
  private var nextLink: LinkID
  private(set) var decisions: [Decision] = []

  init(_ input: PlanInput, _ roster: Roster, _ pairing: Pairing?) {
    self.input = input
    self.pairing = pairing
    nextLink = roster.nextLink
    for item in roster.freshExchange {
      add(item, copy: roster.copies[item.identity] ?? 0)
    }
    for other in roster.freshPSA { add(other) }
  }

  /// The first number that is free once these items have their links.
  var firstFree: LinkID { nextLink }

  private mutating func add(_ item: ExchangeFact, copy: Int) {
    guard pairing?.exchange.contains(item.key) != true else { return }
    if input.leavesUnmatched {
      // Also what window or settings keep out: it may come in later, and is no new item then.
      guard item.role != .master, !isExcludedByPerson(item), let span = input.span(of: item),
        span.end >= earliestReturn
      else { return }
      var link = newLink(of: item, copy: copy)
      link.base.source = item.projected
      link.base.span = span
      keepUnmatched(link, .noProofInPSA)
    } else if input.mode.mayCreate, input.isWantedInPSA(item) {
      var link = newLink(of: item, copy: copy)
      guard item.when.span(in: input.zone, input.clock) != nil,
        let decision = CreatePlanner(input).inPSA(link, item, reason("it is new in Exchange"))
      else {
        link.state = .held
        link.reason = .noZone
        keep(Decision(link: link, hold: .noZone))
        return
      }
      keep(decision)
    }
  }

  private func newLink(of item: ExchangeFact, copy: Int) -> Link {
    var link = input.newLink(nextLink, kind: .appointment, origin: .exchange)
    link.exchange = input.identity(of: item, copy: copy)
    link.reference = input.facts.reference(of: item, copy: copy)
    return link
  }

  private mutating func add(_ other: PSAFact) {
    // What was cancelled is new once it is not any more.
    guard pairing?.psa.contains(other.key) != true, !other.isCancelled else { return }
    var link = input.newLink(nextLink, kind: other.kind, origin: .psa)
    link.psa = PSAIdentity(id: other.id, parent: other.parent)
    if input.leavesUnmatched {
      guard other.span.end >= earliestReturn else { return }
      link.base.source = other.source
      link.base.span = other.span
      keepUnmatched(link, .noProofInExchange)
    } else if input.mode.mayCreate, input.rules.exports(other.kind),
      Window(input.rules, now: input.now).contains(other.span, role: .single)
    {
      keep(CreatePlanner(input).inExchange(link, other, reason("it is new in the PSA")))
    }
  }

  /// Where the links were lost nobody knows what is new.
  private func reason(_ usual: String) -> String {
    input.mode.cacheWasLost ? PlanMode.askedFor : usual
  }

  /// What ended before the widest window comes back only when a person moves it.
  private var earliestReturn: Instant { input.now.advanced(byDays: -31) }

  /// Cancelled or declined: only a person brings it back, and then it is new.
  private func isExcludedByPerson(_ item: ExchangeFact) -> Bool {
    var rules = input.rules
    rules.sendsFreeTime = true
    return Exclusion(item, rules: rules) != nil
  }

  private mutating func keepUnmatched(_ link: Link, _ reason: LinkReason) {
    var link = link
    link.state = .unmatched
    link.reason = reason
    keep(Decision(link: link))
  }

  private mutating func keep(_ decision: Decision) {
    decisions.append(decision)
    nextLink = LinkID(nextLink.rawValue + 1)
  }
}

extension PlanInput {
  /// The base rows are lost: what nothing proves to be linked waits for a person.
  var leavesUnmatched: Bool { mode.cacheWasLost && !mode.createsMissing }

  /// True for an item that this run would make in the PSA, if it is new.
  func isWantedInPSA(_ item: ExchangeFact) -> Bool {
    guard item.role != .master, rules.importDetail != .off, Exclusion(item, rules: rules) == nil,
      let span = span(of: item)
    else { return false }
    return Window(rules, now: now).contains(span, role: item.role)
  }

  /// Whole days without a zone: judged by days in UTC, to be listed rather than lost.
  fileprivate func span(of item: ExchangeFact) -> Span? {
    item.when.span(in: zone ?? .utc, clock)
  }
}
