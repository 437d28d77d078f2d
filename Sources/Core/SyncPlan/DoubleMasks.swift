import SyncModel

/// Masks for PSA items that bear the reference of an Exchange item and are no half of its link.
///
/// None of them is guessed to be its counterpart (`rules.md` 7), but Lockstep made them all, and no
/// hold keeps detail where it must not be (`rules.md` 3).
struct DoubleMasks {
  private struct Carrier {
    var link: Link
    var fact: ExchangeFact
  }

  /// For links that are decided on by themselves.
  private(set) var operations: [LinkID: [Operation]] = [:]
  /// Links for items that have none, so that their masks can be journaled.
  private(set) var decisions: [Decision] = []

  private let input: PlanInput
  private let projection: Projection

  init(_ input: PlanInput, _ roster: Roster, nextLink: inout LinkID) {
    self.input = input
    projection = Projection(input.rules)
    let bound = Set(roster.psa.values.filter { $0.kind == .appointment }.map(\.id))
    var doubles: [Reference: [PSAFact]] = [:]
    for fact in input.psa where fact.kind == .appointment && !bound.contains(fact.id) {
      if let reference = fact.reference { doubles[reference, default: []].append(fact) }
    }
    guard !doubles.isEmpty else { return }
    let linked = linkedCarriers(roster)
    let unlinked = unlinkedCarriers(roster, of: Set(doubles.keys).subtracting(linked.keys))
    let ordered = doubles.sorted { $0.key.description < $1.key.description }
    for (reference, facts) in ordered {
      if let carrier = linked[reference] {
        let masks = facts.compactMap { mask($0, carrier) }
        if !masks.isEmpty { operations[carrier.link.id, default: []] += masks }
      } else if let (fact, copy) = unlinked[reference] {
        var link = input.newLink(nextLink, kind: .appointment, origin: .exchange)
        link.state = .held
        link.reason = .copies
        link.reference = reference
        link.exchange = input.identity(of: fact, copy: copy)
        let carrier = Carrier(link: link, fact: fact)
        let masks = facts.compactMap { mask($0, carrier) }
        guard !masks.isEmpty else { continue }
        nextLink = LinkID(nextLink.rawValue + 1)
        decisions.append(Decision(link: link, operations: masks, hold: .copies))
      }
    }
  }

  /// Of several Exchange items with one reference the one that is masked decides.
  private func linkedCarriers(_ roster: Roster) -> [Reference: Carrier] {
    var carriers: [Reference: Carrier] = [:]
    for link in roster.links where link.origin != .psa {
      let fact =
        roster.exchange[link.id] ?? roster.strictest[link.id] ?? input.awayFacts[link.id]
      guard let reference = link.reference, let fact, !input.unread.contains(fact.id),
        carriers[reference].map({ !isMasked($0.fact) }) ?? true
      else { continue }
      carriers[reference] = Carrier(link: link, fact: fact)
    }
    return carriers
  }

  private func unlinkedCarriers(
    _ roster: Roster,
    of references: Set<Reference>
  ) -> [Reference: (fact: ExchangeFact, copy: Int)] {
    guard !references.isEmpty else { return [:] }
    let bound = Set(roster.links.compactMap { $0.exchange?.item })
    var carriers: [Reference: (fact: ExchangeFact, copy: Int)] = [:]
    let free = input.exchange.filter {
      !bound.contains($0.id) && !input.unread.contains($0.id)
    }
    for fact in free.flatMap(input.dates) where fact.role != .master && isMasked(fact) {
      let copy = roster.copies[fact.identity] ?? 0
      let reference = input.facts.reference(of: fact, copy: copy)
      if references.contains(reference), carriers[reference] == nil {
        carriers[reference] = (fact, copy)
      }
    }
    return carriers
  }

  private func isMasked(_ fact: ExchangeFact) -> Bool {
    projection.mask(of: fact.sensitivity) == .masked
  }

  private func mask(_ double: PSAFact, _ carrier: Carrier) -> Operation? {
    let masked = input.facts.masked(carrier.fact)
    // An appointment of the PSA has no place that could be written.
    let fields = masked.changed(from: double.own).intersection([.title, .text])
    guard isMasked(carrier.fact), !fields.isEmpty else { return nil }
    var target = carrier.link
    target.origin = .exchange
    target.psa = PSAIdentity(id: double.id, parent: double.parent)
    target.reference = double.reference
    target.base.sent = masked
    target.base.mask = .masked
    return Operation(
      link: target,
      side: .psa,
      action: .update(
        UpdateOrder(
          when: nil,
          zone: nil,
          turnsAllDay: false,
          fields: fields,
          mask: .masked,
          isMasking: true,
          expectedVersion: double.modified.description,
          expectedSpan: double.span,
          sourceVersion: carrier.fact.changeKey.rawValue,
          isOfDouble: true
        )
      ),
      reason: "it bears the reference of an item of which the PSA may have no detail"
    )
  }
}
