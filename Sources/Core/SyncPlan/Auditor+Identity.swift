import SyncModel

/// What is there twice, what has no link, and what shows more than it may (`promises.md` I2 and I7).
extension Auditor {
  // MARK: I2 and what has no link

  mutating func doubles() {
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

  mutating func orphans() {
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
  mutating func masks() {
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
}
