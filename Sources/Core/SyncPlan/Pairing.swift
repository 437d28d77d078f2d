import SyncModel

/// Items that another tool filled into both calendars, found on a first run (`rules.md` 7).
struct Pairing {
  struct Pair {
    let exchange: ExchangeFact
    let psa: PSAFact

    var held: HeldItem {
      HeldItem(
        .pair,
        kind: psa.kind,
        exchange: exchange.identity,
        originalDate: exchange.originalDate,
        psa: psa.id
      )
    }

    private var psaLine: String {
      psa.kind == .appointment ? "psa \(psa.id)" : "psa \(psa.kind.rawValue) \(psa.id)"
    }

    /// What the digest is made of: short, for there may be ten thousand.
    func canonicalLine(_ fingerprinter: Fingerprinter) -> String {
      "pair \(fingerprinter.print(of: Array(exchange.key.description.utf8))) \(psaLine)"
    }
  }

  private(set) var pairs: [Pair] = []
  /// Listed and held: one-to-many, or equal times with other titles once any pair was found.
  private(set) var unclear: [HeldItem] = []
  /// How many times those lie at.
  private(set) var unclearTimes = 0
  /// Items that are not created on the other side meanwhile.
  private(set) var exchange: Set<ItemKey> = []
  private(set) var psa: Set<ItemKey> = []

  init(exchange: [ExchangeFact], psa: [PSAFact], _ input: PlanInput) {
    var exchangeAt: [Span: [ExchangeFact]] = [:]
    for fact in exchange where fact.role != .master && fact.stamp == nil {
      guard let span = fact.when.span(in: input.zone, input.clock) else { continue }
      exchangeAt[Pairing.minutes(span), default: []].append(fact)
    }
    var psaAt: [Span: [PSAFact]] = [:]
    for fact in psa where !fact.isCancelled {
      psaAt[Pairing.minutes(fact.span), default: []].append(fact)
    }
    let maker = input.facts
    let projection = Projection(input.rules)
    /// The title on one side is what Lockstep would write there from the other.
    func fits(_ item: ExchangeFact, _ fact: PSAFact) -> Bool {
      let sent =
        projection.mask(of: item.sensitivity) == .masked
        ? maker.masked(item).title : item.projected.title
      return fact.own.title == sent || fact.projected.title == item.own.title
    }
    var leftovers: [(exchange: [ExchangeFact], psa: [PSAFact])] = []
    for (span, items) in exchangeAt.sorted(by: { Pairing.precedes($0.key, $1.key) }) {
      guard let others = psaAt[span] else { continue }
      var restExchange = items
      var restPSA = others
      for item in items {
        let same = others.filter { fits(item, $0) }
        let rivals = items.filter { rival in
          rival.key != item.key && same.contains { fits(rival, $0) }
        }
        guard same.count == 1, rivals.isEmpty, let other = same.first else { continue }
        pairs.append(Pair(exchange: item, psa: other))
        restExchange.removeAll { $0.key == item.key }
        restPSA.removeAll { $0.key == other.key }
      }
      if !restExchange.isEmpty, !restPSA.isEmpty { leftovers.append((restExchange, restPSA)) }
    }
    for pair in pairs {
      self.exchange.insert(pair.exchange.key)
      self.psa.insert(pair.psa.key)
    }
    // Before any pair is found, equal times are no sign of another tool.
    guard !pairs.isEmpty || input.mode.isBesideAnotherTool else { return }
    for rest in leftovers {
      self.exchange.formUnion(rest.exchange.map(\.key))
      self.psa.formUnion(rest.psa.map(\.key))
      unclearTimes += 1
      unclear += rest.exchange.map {
        HeldItem(
          .choose,
          side: .exchange,
          kind: .appointment,
          exchange: $0.identity,
          originalDate: $0.originalDate
        )
      }
      unclear += rest.psa.map { HeldItem(.choose, side: .psa, kind: $0.kind, psa: $0.id) }
    }
  }

  private static func minutes(_ span: Span) -> Span {
    Span(start: span.start.onTheMinute, end: span.end.onTheMinute)
  }

  private static func precedes(_ left: Span, _ right: Span) -> Bool {
    (left.start, left.end) < (right.start, right.end)
  }
}
