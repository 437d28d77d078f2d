package import SyncModel

/// What a person has removed.
package enum Purge: String, Hashable, Sendable, CaseIterable {
  /// What settings excluded after Lockstep had made it.
  case parked
  /// All that Lockstep made, on both sides.
  case mine
}

/// What a purge is going to do: printable, hashable.
package struct PurgePlan: Sendable {
  /// In the order of writing.
  package let operations: [Operation]
  /// The same of contacts.
  package let contacts: [ContactOperation]
  /// Links as they are kept before the first write: none of it is made again after a crash.
  package let links: [Link]
  package let skipped: [SkippedItem]
  /// Of the operations, without clock and titles.
  package let digest: PlanDigest
}

/// Removes what Lockstep made, where nobody changed it since (`rules.md` 4 and 8).
///
/// What another tool made on both sides is nobody's to remove.
///
/// - Parameters:
///   - contactLinks: those of contacts, which `input` has not.
///   - contacts: what the contacts folder held as last read; nil where contacts are switched off.
package func purgePlan(
  _ what: Purge,
  _ input: PlanInput,
  contactLinks: [Link] = [],
  contacts: [ExchangeContactFact]? = nil
) -> PurgePlan {
  PurgePlanner(what, input).plan(contactLinks, contacts)
}

private struct PurgePlanner {
  private let what: Purge
  private let input: PlanInput
  private let roster: Roster
  private var operations: [Operation] = []
  private var contactOperations: [ContactOperation] = []
  private var links: [Link] = []
  private var skipped: [SkippedItem] = []

  init(_ what: Purge, _ input: PlanInput) {
    self.what = what
    self.input = input
    roster = Roster(input)
  }

  func plan(_ contactLinks: [Link], _ contacts: [ExchangeContactFact]?) -> PurgePlan {
    var planner = self
    for link in roster.links where isMeant(link) { planner.remove(link) }
    if what == .mine {
      planner.skipOrphans()
      for link in contactLinks { planner.remove(contact: link, among: contacts) }
    }
    let operations = planner.operations.sorted { $0.precedes($1) }
    return PurgePlan(
      operations: operations,
      contacts: planner.contactOperations,
      links: planner.links,
      skipped: planner.skipped,
      digest: input.fingerprinter.planDigest(
        "purge \(what.rawValue)",
        operations.map(\.canonicalLine)
          + planner.contactOperations.map { "contact delete \($0.item)" }
      )
    )
  }

  private func isMeant(_ link: Link) -> Bool {
    guard link.kind != .contact, link.origin != .paired else { return false }
    switch what {
    case .mine: return true
    case .parked: return link.state == .parked && isExcludedBySettings(link)
    }
  }

  /// By the settings that parked it, as they are now: what they allow again is not theirs any more.
  private func isExcludedBySettings(_ link: Link) -> Bool {
    guard let reason = link.reason, reason.isOfSettings else { return false }
    return Admission.directionOff(link.origin, link.kind, input.rules) != nil
      || (reason == .freeTimeIsOff && !input.rules.sendsFreeTime)
  }

  private mutating func remove(_ link: Link) {
    let side: Side = link.origin == .psa ? .exchange : .psa
    guard let key = link.key(on: side) else { return }
    let target: AsWritten?
    let isThere: Bool
    switch side {
    case .exchange:
      let item = roster.exchange[link.id]
      (target, isThere) = (item.flatMap { AsWritten(link, $0) }, item != nil)
    case .psa:
      let other = roster.psa[link.id]
      (target, isThere) = (other.flatMap { AsWritten(link, $0) }, other != nil)
    }
    guard isThere else {
      // What one half lacks by itself is no news.
      if link.state != .suppressed, link.state != .closed, link.state != .unmatched {
        skipped.append(SkippedItem(key, "it was not found where it was made"))
      }
      return
    }
    guard let target else {
      skipped.append(SkippedItem(key, "it is not as Lockstep wrote it last"))
      return
    }
    // While its source waits for a run, what is removed would look like a move of the other half.
    guard !isSourceChanged(link) else {
      skipped.append(SkippedItem(key, AsWritten.waits))
      return
    }
    var after = remembering(link)
    after.enter(.suppressed, .purged, input.run)
    after.pin = nil
    links.append(after)
    let proof = DeleteProof.ordered(.purge, target)
    operations.append(
      Operation(
        link: after,
        side: side,
        action: .delete(DeleteOrder(proof: proof, expectedVersion: target.version)),
        reason: what == .parked
          ? "settings exclude it, and a person had such items removed" : PurgePlanner.all
      )
    )
  }

  private static let all = "a person had all removed that Lockstep made"

  private mutating func remove(contact link: Link, among contacts: [ExchangeContactFact]?) {
    guard let key = link.key(on: .exchange) else { return }
    guard let contacts else {
      skipped.append(SkippedItem(key, "contacts are switched off"))
      return
    }
    guard let contact = contacts.first(where: { $0.id.rawValue == key.id }),
      let target = AsWritten(link, contact)
    else {
      skipped.append(SkippedItem(key, "it is not as Lockstep wrote it last"))
      return
    }
    var after = link
    after.enter(.suppressed, .purged, input.run)
    links.append(after)
    let proof = DeleteProof.ordered(.purge, target)
    contactOperations.append(
      ContactOperation(
        link: after,
        action: .delete(proof, expected: contact.changeKey),
        reason: PurgePlanner.all
      )
    )
  }

  private func isSourceChanged(_ link: Link) -> Bool {
    let planner = LinkPlanner(input)
    if link.origin == .psa {
      return roster.psa[link.id].map { planner.isChanged(link, $0) } ?? false
    }
    return roster.exchange[link.id].map { planner.isChanged(link, $0) } ?? false
  }

  /// What is left looks like this now: it comes back only when it is changed.
  private func remembering(_ link: Link) -> Link {
    var link = link
    if link.origin == .psa, let other = roster.psa[link.id] {
      link.base.source = other.source
      link.base.span = other.span
    }
    if link.origin == .exchange, let item = roster.exchange[link.id] {
      link.base.source = item.projected
      link.base.span = item.when.span(in: input.zone, input.clock) ?? link.base.span
    }
    return link
  }

  /// Without a link nothing tells whether somebody changed it.
  private mutating func skipOrphans() {
    let orphans = LeftAlone.orphans(
      roster.links,
      exchange: input.exchange,
      psa: input.psa,
      held: roster.doubles,
      rules: input.rules
    )
    for one in orphans {
      let id = one.item.exchange?.rawValue ?? one.item.psa?.description ?? "-"
      let side: Side = one.item.exchange == nil ? .psa : .exchange
      skipped.append(
        SkippedItem(
          ItemKey(side: side, kind: one.item.kind, id: id),
          "Lockstep made it, and nothing tells any more how; remove it by hand"
        )
      )
    }
  }
}

extension LinkReason {
  /// True where settings, and not time that passes, keep an item from the other side.
  var isOfSettings: Bool {
    switch self {
    case .importIsOff, .exportIsOff, .freeTimeIsOff, .toDosAreOff, .serviceCallsAreOff: true
    case .attendees, .series, .copies, .reassertions, .noZone, .pairedDetail, .restored,
      .cacheRestored, .outsideWindow, .otherFolder, .deletedInExchange, .deletedInPSA, .excluded,
      .reassigned, .inactive, .outOfScope, .otherContactsFolder, .cancelled, .unassigned,
      .noProofInPSA, .noProofInExchange, .undone, .purged, .released:
      false
    }
  }
}
