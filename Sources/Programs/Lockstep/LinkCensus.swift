import Store
import SyncModel
import SyncPlan

/// How all links of a cache stand, each counted once, and what has none.
struct LinkCensus {
  enum Place: String, CaseIterable {
    case inStep, pending, differs, oneSided, held, parked, away, suppressed, unmatched, closed
    /// Without a link: Lockstep made it, and what it was made from is not there.
    case orphaned
    /// Without a link: it bears the reference of another one.
    case double
  }

  private(set) var counts: [Place: Int] = [:]
  /// What is on one side only, because its copy was deleted by hand or the cache was lost.
  private(set) var alone: [(place: Place, item: HeldItem)] = []
  /// How many of those in step are contacts.
  private(set) var contacts = 0
  /// Items that are read but belong to no link.
  private(set) var unlinkedInExchange = 0
  private(set) var unlinkedInPSA = 0
  /// Private by now, while the PSA still shows detail.
  private(set) var unmasked = 0

  init() {}

  init(of cache: SQLiteCache, holds: [Hold], _ input: PlanInput) async throws {
    let held = Set(holds.flatMap(\.items).compactMap(\.link))
    var exchange: [ExchangeItemID: ExchangeFact] = [:]
    for fact in try await cache.exchangeFacts() { exchange[fact.id] = fact }
    var psa: [ItemKey: PSAFact] = [:]
    for fact in try await cache.psaFacts() { psa[fact.key] = fact }
    var linkedInExchange: Set<ExchangeItemID> = []
    var linkedInPSA: Set<ItemKey> = []
    let links = try await cache.links()
    let projection = Projection(input.rules)
    for link in links {
      let item = link.exchange.flatMap { half in
        half.originalDate == nil
          ? exchange[half.item]
          : input.series[half.item]?.dates.first { $0.originalDate == half.originalDate }
      }
      let other = link.psa.flatMap {
        psa[ItemKey(side: .psa, kind: link.kind, id: $0.id.description)]
      }
      if let half = link.exchange, exchange[half.item] != nil { linkedInExchange.insert(half.item) }
      if let other { linkedInPSA.insert(other.key) }
      if let item, other != nil, link.origin == .exchange, link.base.mask == .none,
        projection.mask(of: item.sensitivity) == .masked
      {
        unmasked += 1
      }
      if link.kind == .contact {
        let place =
          held.contains(link.id)
          ? .held : LinkCensus.place(ofContact: link, isOn: input.rules.contacts != nil)
        if place == .inStep { contacts += 1 }
        count(link, in: place)
        continue
      }
      // Dates that only Exchange can tell stay as they were last kept.
      let isUnknown =
        link.exchange.map {
          $0.originalDate != nil && exchange[$0.item] != nil && input.series[$0.item] == nil
        } ?? false
      let place =
        held.contains(link.id)
        ? .held
        : isUnknown && link.state == .linked
          ? .inStep : LinkCensus.place(of: link, item, other, input)
      count(link, in: place)
    }
    let orphans = LeftAlone.orphans(
      links,
      exchange: Array(exchange.values),
      psa: Array(psa.values),
      held: holds.flatMap(\.items),
      rules: input.rules
    )
    for one in orphans.sorted(by: { $0.item.line < $1.item.line }) {
      let place: Place = one.cause == .double ? .double : .orphaned
      counts[place, default: 0] += 1
      alone.append((place, one.item))
    }
    unlinkedInExchange =
      exchange.count - linkedInExchange.count - orphans.count { $0.item.side == .exchange }
    unlinkedInPSA = psa.count - linkedInPSA.count - orphans.count { $0.item.side == .psa }
  }

  private mutating func count(_ link: Link, in place: Place) {
    counts[place, default: 0] += 1
    if place == .suppressed || place == .unmatched {
      alone.append((place, HeldItem(.wait, of: link)))
    }
  }

  /// A contact is compared by each run that reads contacts; what it left is what it found in step.
  private static func place(ofContact link: Link, isOn: Bool) -> Place {
    switch link.state {
    case .linked:
      if !isOn { return .parked }
      if link.exchange == nil { return .oneSided }
      return link.base.cardReturned == nil ? .pending : .inStep
    case .parked: return .parked
    case .away: return .away
    case .suppressed: return .suppressed
    case .closed: return .closed
    case .unmatched: return .unmatched
    case .held: return .held
    }
  }

  private static func place(
    of link: Link,
    _ item: ExchangeFact?,
    _ other: PSAFact?,
    _ input: PlanInput
  ) -> Place {
    switch link.state {
    case .linked:
      guard let item, let other else { return .oneSided }
      return switch Standing(of: link, item, other, in: input) {
      case .inStep: .inStep
      case .pending: .pending
      case .differs: .differs
      }
    case .parked: return .parked
    case .away: return .away
    case .suppressed: return .suppressed
    case .closed: return .closed
    case .unmatched: return .unmatched
    case .held: return .held
    }
  }
}
