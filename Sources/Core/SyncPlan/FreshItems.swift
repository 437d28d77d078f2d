import SyncModel

/// Items that no link knows: created on the other side, or only remembered where that is not sure.
struct FreshItems {
  private let input: PlanInput
  private let pairing: Pairing?
  private let window: Window
  private var nextLink: LinkID
  private(set) var decisions: [Decision] = []

  init(_ input: PlanInput, _ roster: Roster, _ pairing: Pairing?) {
    self.input = input
    self.pairing = pairing
    window = Window(input.rules, now: input.now)
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
    guard item.role != .master, input.rules.importDetail != .off,
      Exclusion(item, rules: input.rules) == nil
    else { return }
    // Whole days without a zone: judged by days in UTC, to be listed rather than lost.
    let span = item.when.span(in: input.zone ?? .utc, input.clock)
    guard let span, window.contains(span, role: item.role) else { return }
    var link = input.newLink(nextLink, kind: .appointment, origin: .exchange)
    link.exchange = input.identity(of: item, copy: copy)
    link.reference = copy > 0 ? input.facts.referenceOfCopy(item) : item.reference
    if input.mode.cacheWasLost, !input.mode.createsMissing {
      link.base.source = item.projected
      link.base.span = span
      keepUnmatched(link, .noProofInPSA)
    } else if input.mode.mayCreate {
      guard item.when.span(in: input.zone, input.clock) != nil,
        let decision = CreatePlanner(input).inPSA(link, item, "it is new in Exchange")
      else {
        link.state = .held
        link.reason = .noZone
        keep(Decision(link: link, hold: .noZone))
        return
      }
      keep(decision)
    }
  }

  private mutating func add(_ other: PSAFact) {
    guard pairing?.psa.contains(other.id) != true, input.rules.appointmentsToExchange,
      window.contains(other.span, role: .single)
    else { return }
    var link = input.newLink(nextLink, kind: other.kind, origin: .psa)
    link.psa = PSAIdentity(id: other.id, parent: other.parent)
    if input.mode.cacheWasLost, !input.mode.createsMissing {
      link.base.source = other.projected
      link.base.span = other.span
      keepUnmatched(link, .noProofInExchange)
    } else if input.mode.mayCreate {
      keep(CreatePlanner(input).inExchange(link, other, "it is new in the PSA"))
    }
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
