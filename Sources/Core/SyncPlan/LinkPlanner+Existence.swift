import SyncModel

/// What follows when one half of a link is not there any more (`rules.md` 2 and 8).
extension LinkPlanner {
  func exchangeGone(
    _ link: Link,
    _ absence: Absence,
    _ lookUp: LookUp,
    _ other: PSAFact
  ) -> Decision {
    if followsNoDeletion(link) { return keep(link) }
    if other.isCancelled { return closedWithout(link) }
    let authority = authority(link, hasAttendees: false)
    switch existence(exchange: .gone, psa: .present, authority: authority.existence) {
    case .remove(.psa):
      guard let proof = DeleteProof.gone(absence, lookUp: lookUp) else { return keep(link) }
      return delete(link, .psa, version: other.modified.description, proof, vanished: .exchange)
    case .recreate(.exchange):
      guard input.mode.mayCreate, !input.mode.isRestored else { return restoredOrKept(link) }
      return vanished(reasserted(link, other), link, .exchange)
    case .suppress, .recreate(.psa), .remove(.exchange), .keep, .forget:
      if let creation = recreation(of: link, other) {
        guard input.mode.mayCreate, !input.mode.isRestored else { return restoredOrKept(link) }
        return vanished(creation, link, .exchange)
      }
      return suppress(remembering(link, other), .deletedInExchange, vanished: .exchange)
    }
  }

  /// Its series goes on without this date; what the series hides by now is masked before anything.
  func unexpanded(
    _ link: Link,
    _ master: ExchangeFact,
    _ proof: DeleteProof,
    _ other: PSAFact
  ) -> Decision {
    let masking = maskOnly(link, master, other)
    if followsNoDeletion(link) { return masking }
    let authority = authority(link, hasAttendees: false)
    switch existence(exchange: .gone, psa: .present, authority: authority.existence) {
    case .remove(.psa):
      if input.mode.isRestored {
        return held(link, input.mode.restoreReason, .outside(master), .seen(other))
      }
      guard input.mode.mayDelete else { return masking }
      var decision = delete(
        link,
        .psa,
        version: other.modified.description,
        proof,
        vanished: .exchange,
        reason: "its series in Exchange has no such date any more"
      )
      decision.operations = masking.operations + decision.operations
      decision.masksMeanwhile = masking.operations
      return decision
    case .suppress, .recreate, .remove(.exchange), .keep, .forget:
      return masking
    }
  }

  func psaGone(
    _ link: Link,
    _ item: ExchangeFact,
    _ absence: Absence,
    _ lookUp: LookUp
  ) -> Decision {
    if followsNoDeletion(link) { return keep(link) }
    let authority = authority(link, hasAttendees: item.hasAttendees)
    switch existence(exchange: .present, psa: .gone, authority: authority.existence) {
    case .remove(.exchange):
      if item.hasAttendees || item.role == .master { return held(link, .attendees) }
      guard let proof = DeleteProof.gone(absence, lookUp: lookUp) else { return keep(link) }
      return delete(link, .exchange, version: item.changeKey.rawValue, proof, vanished: .psa)
    case .suppress, .recreate, .remove(.psa), .keep, .forget:
      if let creation = recreation(of: link, item) {
        guard input.mode.mayCreate, !input.mode.isRestored else { return restoredOrKept(link) }
        return vanished(creation, link, .psa)
      }
      return suppress(remembering(link, item), .deletedInPSA, vanished: .psa)
    }
  }

  /// The PSA gave it to another resource: what it made here goes, what was made of an Exchange item
  /// is that resource's from now on (`rules.md` 2).
  func reassigned(_ link: Link, _ item: ExchangeFact, _ other: PSAFact) -> Decision {
    // As with every other exclusion, a direction that is off leaves both sides as they are.
    if isOff(link) || link.pin?.staysExcluded ?? false { return maskOnly(link, item, other) }
    let authority = authority(link, hasAttendees: item.hasAttendees)
    switch existence(exchange: .present, psa: .gone, authority: authority.existence) {
    case .remove(.exchange):
      if item.hasAttendees || item.role == .master { return held(link, .attendees) }
      let proof = input.lookUps[other.key].flatMap { lookUp in
        DeleteProof.excluded(lookUp, from: input.resource)
          ?? input.assignments.flatMap { DeleteProof.excluded(lookUp, by: $0, in: input.run) }
      }
      guard let proof else { return keep(link) }
      let version = item.changeKey.rawValue
      let reason: LinkReason = link.kind == .serviceCall ? .unassigned : .reassigned
      return delete(link, .exchange, version: version, proof, vanished: .psa, closing: reason)
    case .suppress, .recreate, .remove(.psa), .keep, .forget:
      var decision = suppress(remembering(link, item), .reassigned, vanished: .psa)
      decision.operations = maskOnly(decision.link, item, other).operations
      decision.masksMeanwhile = maskOnly(link, item, other).operations
      return decision
    }
  }

  func suspected(
    _ link: Link,
    _ exchange: Sight<ExchangeFact>,
    _ psa: Sight<PSAFact>
  ) -> Decision {
    let side: Side = if case .suspected = exchange { .exchange } else { .psa }
    guard input.mode.mayDelete else { return restoredOrKept(link) }
    if followsNoDeletion(link) { return waits(link) }
    let isCounterpart: Bool
    let creation: Decision?
    switch (exchange, psa) {
    case (.suspected, .seen(let other)) where link.origin != .exchange && other.isCancelled:
      return waits(link)
    case (.suspected, .seen(let other)) where isReasserted(link):
      let again = reasserted(link, other)
      if again.operations.isEmpty, again.hold == nil { return waits(link) }
      (isCounterpart, creation) = (true, again)
    case (.suspected, .seen(let other)) where link.origin != .exchange:
      (isCounterpart, creation) = (true, recreation(of: link, other))
    case (.seen(let item), .suspected) where link.origin != .psa:
      (isCounterpart, creation) = (true, recreation(of: link, item))
    case (.seen(let item), .suspected) where item.hasAttendees || item.role == .master:
      return held(link, .attendees)
    default:
      (isCounterpart, creation) = (false, nil)
    }
    if let creation, creation.hold != nil { return creation }
    // The same words as once it is proven, so that one digest approves both.
    let verb: HeldItem.Verb =
      isCounterpart ? (creation == nil ? .suppress : .recreate) : .delete
    var decision = waits(link)
    decision.vanishing = Vanishing(
      side: side,
      kind: link.kind,
      item: HeldItem(verb, side: verb == .recreate ? side : opposite(side), of: link),
      writesTo: verb == .recreate ? side : opposite(side),
      isProven: false,
      unit: Vanishing.unit(of: link)
    )
    return decision
  }

  func delete(
    _ link: Link,
    _ side: Side,
    version: String,
    _ proof: DeleteProof,
    vanished: Side,
    closing: LinkReason? = nil,
    reason: String? = nil
  ) -> Decision {
    guard input.mode.mayDelete else { return restoredOrKept(link) }
    var after = link
    if let closing {
      enter(.closed, closing, &after)
      if side == .psa { after.psa = nil } else { after.exchange = nil }
    } else {
      (after.exchange, after.psa) = (nil, nil)
    }
    // The half that is deleted stays in the operation's link until the write is done.
    var target = after
    (target.exchange, target.psa) = (link.exchange, link.psa)
    let operation = Operation(
      link: target,
      side: side,
      action: .delete(DeleteOrder(proof: proof, expectedVersion: version)),
      reason: reason ?? closing?.sentence ?? "it was deleted on the side where it was made"
    )
    var decision = Decision(link: link, operations: [operation])
    decision.vanishing = Vanishing(
      side: vanished,
      kind: link.kind,
      item: HeldItem(.delete, side: side, of: link),
      writesTo: side,
      isProven: true,
      unit: Vanishing.unit(of: link)
    )
    return decision
  }

  private func suppress(_ link: Link, _ reason: LinkReason, vanished side: Side) -> Decision {
    guard input.mode.mayDelete else { return restoredOrKept(link) }
    var link = link
    enter(.suppressed, reason, &link)
    let other = opposite(side)
    var decision = Decision(link: link)
    decision.vanishing = Vanishing(
      side: side,
      kind: link.kind,
      item: HeldItem(.suppress, side: other, of: link),
      writesTo: other,
      isProven: true,
      unit: Vanishing.unit(of: link)
    )
    return decision
  }

  /// The service call is cancelled: its counterpart goes, with the field as the proof.
  func cancelled(_ link: Link, _ item: ExchangeFact, _ other: PSAFact) -> Decision {
    let proof = DeleteProof.cancelled(other, lookUp: input.lookUps[other.key])
    guard let proof, input.mode.mayDelete else { return restoredOrKept(link) }
    let version = item.changeKey.rawValue
    return delete(link, .exchange, version: version, proof, vanished: .psa, closing: .cancelled)
  }

  /// Cancelled, and its counterpart is gone already.
  private func closedWithout(_ link: Link) -> Decision {
    guard input.mode.mayDelete else { return restoredOrKept(link) }
    var link = link
    enter(.closed, .cancelled, &link)
    link.exchange = nil
    return keep(link)
  }

  private func isReasserted(_ link: Link) -> Bool {
    authority(link, hasAttendees: false).existence == .psaReasserted
  }

  private func reasserted(_ link: Link, _ other: PSAFact) -> Decision {
    madeAgain(link) { createInExchange($0, other, "it was removed in Exchange") }
  }

  /// What its deciding side changed after the other side deleted it; nil where nothing comes of it.
  private func recreation(of link: Link, _ other: PSAFact) -> Decision? {
    guard authority(link, hasAttendees: false).existence == .psa, isChanged(link, other) else {
      return nil
    }
    let reason = "it changed in the PSA after it was deleted in Exchange"
    let creation = madeAgain(link) { createInExchange($0, other, reason) }
    return creation.operations.isEmpty && creation.hold == nil ? nil : creation
  }

  private func recreation(of link: Link, _ item: ExchangeFact) -> Decision? {
    guard authority(link, hasAttendees: item.hasAttendees).existence == .exchange,
      isChanged(link, item)
    else { return nil }
    let reason = "it changed in Exchange after it was deleted in the PSA"
    let creation = madeAgain(link) { createInPSA($0, item, reason) }
    return creation.operations.isEmpty && creation.hold == nil ? nil : creation
  }

  /// What was removed is made again, but not for ever: something else may keep removing it.
  func madeAgain(_ link: Link, _ creation: (Link) -> Decision) -> Decision {
    var counted = link
    counted.reassertions = Reassertions.next(after: link.reassertions, at: input.now)
    let decision = creation(counted)
    guard !decision.operations.isEmpty else { return creation(link) }
    let isSpent = link.reassertions?.isSpent(at: input.now) ?? false
    return isSpent ? held(link, .reassertions) : decision
  }

  private func opposite(_ side: Side) -> Side { side == .exchange ? .psa : .exchange }

  private func vanished(_ decision: Decision, _ link: Link, _ side: Side) -> Decision {
    guard !decision.operations.isEmpty else { return decision }
    var decision = decision
    decision.vanishing = Vanishing(
      side: side,
      kind: link.kind,
      item: HeldItem(.recreate, side: side, of: link),
      writesTo: side,
      isProven: true,
      unit: Vanishing.unit(of: link)
    )
    return decision
  }
}
