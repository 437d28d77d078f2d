package import SyncModel

extension LeftAlone {
  /// What Lockstep made once and no link knows: nothing is made of it, and nobody else's is it either.
  ///
  /// Those apart between which a person has to choose, which are `held`.
  package static func orphans(
    _ links: [Link],
    exchange: [ExchangeFact],
    psa: [PSAFact],
    held: [HeldItem],
    rules: SyncRules
  ) -> [LeftAlone] {
    let listed = Set(psa.map { PSAKey(kind: $0.kind, id: $0.id) })
    let linkedItems = Set(links.compactMap { $0.exchange?.item })
      .union(held.compactMap(\.exchange))
    let linked = Set(
      links.compactMap { link in
        link.psa.map { PSAKey(kind: link.kind, id: $0.id) }
      }
    )
    .union(held.compactMap { item in item.psa.map { PSAKey(kind: item.kind, id: $0) } })
    let references = Set(links.compactMap(\.reference))
    let inExchange = exchange.compactMap { fact -> LeftAlone? in
      guard let key = fact.ownStamp, !linkedItems.contains(fact.identity), !listed.contains(key),
        // Of a kind that is not read nobody knows what is there.
        key.kind == .appointment || rules.exports(key.kind)
      else { return nil }
      return LeftAlone(
        .orphaned,
        HeldItem(.wait, side: .exchange, kind: key.kind, exchange: fact.identity)
      )
    }
    let inPSA = psa.compactMap { fact -> LeftAlone? in
      guard let reference = fact.reference,
        !linked.contains(PSAKey(kind: fact.kind, id: fact.id))
      else { return nil }
      return LeftAlone(
        references.contains(reference) ? .double : .orphaned,
        HeldItem(.wait, side: .psa, kind: fact.kind, psa: fact.id)
      )
    }
    return inExchange + inPSA
  }
}
