import SyncModel

/// What is known of both halves of a contact.
///
/// Away in the PSA means there, but not the resource's.
struct ContactSights {
  let exchange: Sight<ExchangeContactFact>
  let psa: Sight<PSAContactFact>
}

/// Decides what follows for one contact, by the table of existence and the rules around it.
struct ContactVerdict {
  private let input: ContactPlanInput
  private let link: Link
  private let sights: ContactSights

  init(_ input: ContactPlanInput, _ link: Link, _ sights: ContactSights) {
    self.input = input
    self.link = link
    self.sights = sights
  }

  var decision: ContactDecision {
    switch link.state {
    case .closed, .unmatched, .suppressed: waiting
    case .linked, .held, .away, .parked: linked(entered(.linked, nil))
    }
  }

  /// A closed link opens when the contact is the resource's again, an unmatched one and one that a
  /// person had removed when it changes.
  private var waiting: ContactDecision {
    switch (sights.exchange, sights.psa) {
    case (.seen, .seen): return linked(entered(.linked, nil))
    case (_, .seen(let contact)):
      let isChanged = link.base.cardSent.map { !contact.prints.changed(from: $0).isEmpty }
      let isDue =
        switch link.state {
        case .unmatched: input.mode.createsMissing || isChanged ?? true
        case .suppressed: input.mode.liftsSuppression || isChanged ?? false
        case .linked, .parked, .away, .closed, .held: true
        }
      return isDue ? linked(entered(.linked, nil)) : ContactDecision(link)
    case (_, .gone):
      return input.mode.mayDelete ? forgotten : ContactDecision(link)
    case (.seen, .away(let contact?)) where link.state == .unmatched:
      return excluded(link, sights.exchange, contact)
    case (_, _): return ContactDecision(link)
    }
  }

  private func linked(_ open: Link) -> ContactDecision {
    switch (sights.exchange, sights.psa) {
    case (.away, _):
      return ContactDecision(entered(.away, .otherContactsFolder))
    case (.seen(let item), .seen(let contact)):
      return both(open, item, contact)
    case (.never, .seen(let contact)):
      let isAsked = link.state == .unmatched && input.mode.createsMissing
      let reason = isAsked ? PlanMode.askedFor : "not in Exchange yet"
      return mayCreate ? creation(open, contact, reason) : waits
    case (.gone, .seen(let contact)):
      guard verdict(exchange: .gone, psa: .present) == .recreate(.exchange) else { return waits }
      return recreation(open, contact)
    case (.suspected, .seen):
      guard mayCreate else { return waits }
      var decision = waits
      decision.vanishing = vanishing(.recreate, from: .exchange, isProven: false)
      return decision
    case (.seen(let item), .gone(let absence, let lookUp)):
      guard verdict(exchange: .present, psa: .gone) == .remove(.exchange),
        let proof = DeleteProof.gone(absence, lookUp: lookUp)
      else { return waits }
      return deletion(open, item, proof, closing: nil)
    case (_, .away(let contact?)):
      return excluded(open, sights.exchange, contact)
    case (.never, .gone), (.gone, .gone):
      return input.mode.mayDelete ? forgotten : waits
    case (_, _):
      return waits
    }
  }

  private func verdict(exchange: Presence, psa: Presence) -> ExistenceVerdict {
    let authority = Authority(
      origin: link.origin,
      kind: .contact,
      hasAttendees: false,
      meetingTimes: .exchange
    )
    return existence(exchange: exchange, psa: psa, authority: authority.existence)
  }

  // MARK: Both there

  /// The PSA decides every field; what somebody changed in Exchange is put back.
  private func both(
    _ open: Link,
    _ item: ExchangeContactFact,
    _ contact: PSAContactFact
  ) -> ContactDecision {
    var fields = contact.prints.fields(toWriteOver: item.prints, base: open.base)
    // A note that could not be read says nothing.
    if !item.isNoteWhole { fields.remove(.note) }
    var after = open
    after.changeKey = item.changeKey
    after.exchangeModified = item.modified
    after.psaModified = contact.modified
    let ours = open.base.cardSent.map { contact.prints.changed(from: $0) }
    after.base.cardSent = contact.prints
    guard !fields.isEmpty else {
      after.base.cardReturned = item.prints
      if !(after.reassertions?.isFresh(at: input.now) ?? true) { after.reassertions = nil }
      return ContactDecision(after)
    }
    after.base.cardReturned = nil
    var reason = "it changed in the PSA"
    if let ours, !fields.isSubset(of: ours) {
      if open.reassertions?.isSpent(at: input.now) ?? false { return held(.reassertions) }
      after.reassertions = Reassertions.next(after: open.reassertions, at: input.now)
      reason = "it was changed in Exchange, and the PSA decides"
    } else if ours == nil {
      reason = "it differs from the PSA, which decides"
    }
    var decision = ContactDecision(open)
    decision.operation = ContactOperation(
      link: after,
      action: .update(fields, expected: item.changeKey),
      reason: reason
    )
    return decision
  }

  // MARK: Creates

  private var mayCreate: Bool {
    // A listing that was cut short may hide the contact that would be made a second time.
    input.mode.mayCreate && !input.mode.isRestored && input.exchangeCoverage?.isComplete == true
  }

  private func creation(
    _ open: Link,
    _ contact: PSAContactFact,
    _ reason: String
  ) -> ContactDecision {
    var after = open
    after.exchange = nil
    after.psaModified = contact.modified
    after.base = Base(cardSent: contact.prints)
    var waiting = open
    (waiting.exchange, waiting.stamp, waiting.changeKey) = (nil, nil, nil)
    waiting.base = Base()
    var decision = ContactDecision(waiting)
    decision.operation = ContactOperation(link: after, action: .create, reason: reason)
    return decision
  }

  /// What was removed is made again, but not for ever: something else may keep removing it.
  private func recreation(_ open: Link, _ contact: PSAContactFact) -> ContactDecision {
    guard mayCreate else { return input.mode.isRestored ? held(input.mode.restoreReason) : waits }
    if open.reassertions?.isSpent(at: input.now) ?? false { return held(.reassertions) }
    var counted = open
    counted.reassertions = Reassertions.next(after: open.reassertions, at: input.now)
    var decision = creation(counted, contact, "it was removed in Exchange")
    // Until it is made, the link goes on knowing what was removed.
    decision.link = open
    decision.vanishing = vanishing(.recreate, from: .exchange, isProven: true)
    return decision
  }

  // MARK: Deletes

  private func excluded(
    _ open: Link,
    _ exchange: Sight<ExchangeContactFact>,
    _ contact: PSAContactFact
  ) -> ContactDecision {
    guard let reason = input.scope.exclusion(of: contact) else { return waits }
    switch exchange {
    case .seen(let item):
      guard let proof = DeleteProof.excluded(contact, by: input.scope) else { return waits }
      return deletion(open, item, proof, closing: reason)
    case .never, .gone:
      guard input.mode.mayDelete else { return waits }
      var decision = ContactDecision(entered(.closed, reason))
      decision.link.exchange = nil
      return decision
    case .suspected, .unexpanded, .outside, .unread, .away, .unknown:
      return waits
    }
  }

  private func deletion(
    _ open: Link,
    _ item: ExchangeContactFact,
    _ proof: DeleteProof,
    closing: LinkReason?
  ) -> ContactDecision {
    guard input.mode.mayDelete else {
      return input.mode.isRestored ? held(input.mode.restoreReason) : waits
    }
    var after = open
    if let closing { after.enter(.closed, closing, input.terms.run) }
    var decision = ContactDecision(open)
    decision.operation = ContactOperation(
      link: after,
      action: .delete(proof, expected: item.changeKey),
      reason: closing?.sentence ?? "it was deleted in the PSA"
    )
    decision.vanishing = vanishing(.delete, from: .psa, isProven: true)
    return decision
  }

  private func vanishing(_ verb: HeldItem.Verb, from side: Side, isProven: Bool) -> Vanishing {
    Vanishing(
      side: side,
      kind: .contact,
      item: HeldItem(verb, side: .exchange, of: link),
      writesTo: .exchange,
      isProven: isProven,
      unit: Vanishing.unit(of: link)
    )
  }

  // MARK: Small things

  /// As it was: what is not seen changes no state, and a hold stays listed.
  private var waits: ContactDecision {
    var decision = ContactDecision(link)
    if link.state == .held { decision.hold = link.reason }
    return decision
  }

  private var forgotten: ContactDecision {
    var decision = ContactDecision(link)
    decision.forgets = true
    return decision
  }

  private func held(_ reason: LinkReason) -> ContactDecision {
    var decision = ContactDecision(entered(.held, reason))
    decision.hold = reason
    return decision
  }

  private func entered(_ state: LinkState, _ reason: LinkReason?) -> Link {
    var link = link
    link.enter(state, reason, input.terms.run)
    return link
  }
}
