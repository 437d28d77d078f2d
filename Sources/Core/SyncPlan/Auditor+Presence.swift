import SyncModel

/// What ought to be on a side, by the rules and the facts alone (`promises.md` I1 and I5).
extension Auditor {
  // MARK: I1

  /// In state linked, nothing refused, nothing waiting for a person.
  private func isExpected(_ link: Link) -> Bool {
    link.state == .linked && link.refusals.isEmpty && !link.isPinned
      && !heldLinks.contains(link.id) && !roster.ambiguous.contains(link.id)
      && Admission.directionOff(link.origin, link.kind, facts.rules) == nil
  }

  mutating func presence() {
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
  mutating func fresh() {
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

  // MARK: I5

  /// Halves whose times differ although nothing would be written.
  mutating func times() {
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

  mutating func contacts() {
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

  mutating func pending() {
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
