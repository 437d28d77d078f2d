import SyncModel

/// What is known of one half of a link.
enum Sight<Fact> {
  case seen(Fact)
  /// Not there, proven: a complete coverage lacks it and a look-up finds nothing.
  case gone(Absence, LookUp)
  /// A complete coverage lacks it; the costlier look-ups were not made.
  case suspected
  /// A date that this series, read as it is now, does not yield any more.
  case unexpanded(Fact, DeleteProof)
  /// A date of this series outside what was expanded.
  case outside(Fact)
  /// It changed, but could not be read whole: good for masks and for nothing else.
  case unread(Fact)
  /// In another calendar folder, or with another resource; read there where that was possible.
  case away(Fact?)
  /// Nothing is known: incomplete reading, or not readable.
  case unknown
  /// The link has no such half.
  case never

  /// What was read of it, wherever it lies.
  var fact: Fact? {
    switch self {
    case .seen(let fact), .unread(let fact), .unexpanded(let fact, _), .outside(let fact): fact
    case .away(let fact): fact
    case .gone, .suspected, .unknown, .never: nil
    }
  }
}

/// Decides what follows for one link, by the two tables and the rules around them.
struct LinkPlanner {
  let input: PlanInput
  let isAmbiguous: Bool
  let isRestoreApproved: Bool
  let projection: Projection
  private let maker: FactMaker
  private let window: Window

  init(_ input: PlanInput, isAmbiguous: Bool = false, isRestoreApproved: Bool = false) {
    self.input = input
    self.isAmbiguous = isAmbiguous
    self.isRestoreApproved = isRestoreApproved
    projection = Projection(input.rules)
    maker = input.facts
    window = Window(input.rules, now: input.now)
  }

  func decision(
    for link: Link,
    exchange: Sight<ExchangeFact>,
    psa: Sight<PSAFact>
  ) -> Decision {
    if let reason = Admission.kindOff(link.kind, input.rules) { return parkedUnread(link, reason) }
    if input.mode.isRestored, isOlder(link, exchange.fact, psa.fact) {
      return heldAsOlder(link, exchange, psa)
    }
    if link.state == .held, let reason = link.reason, reason.isAfterRestore, !isRestoreApproved {
      return held(link, reason, exchange, psa)
    }
    if isAmbiguous { return held(link, .copies, exchange, psa) }
    switch link.state {
    case .held
    where link.reason == .reassertions
      && link.reassertions?.isFresh(at: input.now) ?? false:
      return held(link, .reassertions, exchange, psa)
    case .linked, .held, .away:
      return linked(link, exchange, psa)
    case .parked:
      return parked(link, exchange, psa)
    case .suppressed, .unmatched, .closed:
      return waiting(link, exchange, psa)
    }
  }

  // MARK: States

  /// Of a kind that is off neither side was looked at: nothing follows from what seems to be there.
  private func parkedUnread(_ link: Link, _ reason: LinkReason) -> Decision {
    var link = link
    switch link.state {
    case .linked, .held, .away, .parked: enter(.parked, reason, &link)
    case .suppressed, .closed, .unmatched: break
    }
    return keep(link)
  }

  func linked(
    _ link: Link,
    _ exchange: Sight<ExchangeFact>,
    _ psa: Sight<PSAFact>
  ) -> Decision {
    let asKept = link
    var link = link
    if case .away = exchange { return away(link, exchange, psa) }
    if link.state != .linked { enter(.linked, nil, &link) }
    switch (exchange, psa) {
    case (.seen(let item), .seen(let other)):
      return both(link, item, other)
    case (.seen(let item), .never):
      return input.mode.mayCreate && link.origin == .exchange
        ? createInPSA(link, item, "not in the PSA yet") : waits(asKept)
    case (.never, .seen(let other)):
      return input.mode.mayCreate && link.origin == .psa
        ? createInExchange(link, other, "not in Exchange yet") : waits(asKept)
    case (.seen(let item), .away(let other?)):
      return reassigned(link, item, other)
    case (.never, .never), (.never, .gone), (.gone, .never), (.gone, .gone), (.never, .away),
      (.gone, .away):
      return input.mode.mayDelete ? Decision(link: link, forgets: true) : waits(asKept)
    case (.gone(let absence, let lookUp), .seen(let other)):
      return exchangeGone(link, absence, lookUp, other)
    case (.seen(let item), .gone(let absence, let lookUp)):
      return psaGone(link, item, absence, lookUp)
    case (.unexpanded(let master, let proof), .seen(let other)):
      return unexpanded(link, master, proof, other)
    case (.unexpanded, .never), (.unexpanded, .gone):
      return input.mode.mayDelete ? Decision(link: link, forgets: true) : waits(asKept)
    case (.outside(let master), .seen(let other)):
      var decision = maskOnly(link, master, other)
      park(&decision, .outsideWindow)
      return decision
    case (.unread, .seen), (.unread, .away):
      return maskOnly(asKept, exchange, psa)
    case (.suspected, _) where asKept.state == .away:
      // It was found elsewhere before, and not looked for this time.
      return waits(asKept)
    case (.suspected, .seen), (.seen, .suspected):
      return suspected(asKept, exchange, psa)
    case (.unknown, _), (_, .unknown), (.suspected, _), (_, .suspected), (_, .away), (.away, _),
      (.outside, _), (_, .outside), (.unexpanded, _), (_, .unexpanded), (.unread, _),
      (_, .unread):
      return waits(asKept)
    }
  }

  private func parked(
    _ link: Link,
    _ exchange: Sight<ExchangeFact>,
    _ psa: Sight<PSAFact>
  ) -> Decision {
    switch (exchange, psa) {
    case (.seen(let item), .seen(let other)):
      let spans = [item.when.span(in: input.zone, input.clock), other.span].compactMap { $0 }
      let isInside = spans.contains { window.contains($0, role: item.role) }
      if isInside, settingThatParks(link, item) == nil { return linked(link, exchange, psa) }
      return asSeen(maskOnly(link, item, other), item)
    case (.outside(let item), .seen):
      return asSeen(maskOnly(link, exchange, psa), item)
    case (.away, .seen), (.unread, .seen):
      return maskOnly(link, exchange, psa)
    case (.seen, .never), (.never, .seen), (.never, .never):
      return linked(link, exchange, psa)
    case (.gone, .gone):
      return linked(link, exchange, psa)
    case (.seen(let item), .gone), (.seen(let item), .suspected), (.seen(let item), .away):
      // What was archived there comes back with its own move into the window.
      let span = item.when.span(in: input.zone, input.clock)
      let isInside = span.map { window.contains($0, role: item.role) } ?? false
      return isInside || liesAhead(link)
        ? linked(link, exchange, psa) : maskOnly(link, exchange, psa)
    case (.gone, .seen(let other)), (.suspected, .seen(let other)):
      let isInside = window.contains(other.span, role: .single)
      return isInside || liesAhead(link)
        ? linked(link, exchange, psa) : maskOnly(link, exchange, psa)
    default:
      return liesAhead(link) ? linked(link, exchange, psa) : maskOnly(link, exchange, psa)
    }
  }

  /// Once no mask is owed, the series need not be looked at for its sake until it changes again.
  private func asSeen(_ decision: Decision, _ item: ExchangeFact) -> Decision {
    var decision = decision
    if decision.operations.isEmpty { decision.link.changeKey = item.changeKey }
    return decision
  }

  private func away(
    _ link: Link,
    _ exchange: Sight<ExchangeFact>,
    _ psa: Sight<PSAFact>
  ) -> Decision {
    var link = link
    if link.state != .away { enter(.away, .otherFolder, &link) }
    return maskOnly(link, exchange, psa)
  }

  // MARK: Both there

  private func both(_ link: Link, _ item: ExchangeFact, _ other: PSAFact) -> Decision {
    if let reason = shapeThatHolds(link, item) {
      return released(link, item, other, from: reason)
        ?? held(link, reason, .seen(item), .seen(other))
    }
    if let reason = settingThatParks(link, item) {
      var decision = maskOnly(link, item, other)
      park(&decision, reason)
      return decision
    }
    if link.pin?.staysExcluded ?? false, isExcluded(link, item, other) {
      return maskOnly(link, item, other)
    }
    if link.origin == .psa, other.isCancelled { return cancelled(link, item, other) }
    let link = unpinned(link, item)
    let comparison = Comparison(input, link: link, item: item, other: other)
    if link.origin == .exchange, let proof = DeleteProof.excluded(item, rules: input.rules) {
      guard input.mode.mayDelete else { return comparison.maskOnly }
      let version = other.modified.description
      var decision = delete(
        link,
        .psa,
        version: version,
        proof,
        vanished: .exchange,
        closing: .excluded
      )
      let masks = comparison.maskOnly.operations
      decision.operations = masks + decision.operations
      decision.masksMeanwhile = masks
      return decision
    }
    var decision = parkedOutside(comparison.decision, comparison, role: item.role)
    if decision.hold == nil, link.pin?.released != .pairedDetail, showsDetail(link, item, other) {
      decision.hold = .pairedDetail
    }
    return decision
  }

  /// The content of a pair is nobody's to write, so that a person has to hide it.
  private func showsDetail(_ link: Link, _ item: ExchangeFact, _ other: PSAFact) -> Bool {
    guard link.origin == .paired, item.sensitivity != .normal else { return false }
    let masked = maker.masked(item)
    return other.own.title != masked.title || other.own.text != masked.text
  }

  private func parkedOutside(
    _ decision: Decision,
    _ comparison: Comparison,
    role: SeriesRole
  ) -> Decision {
    var decision = decision
    guard decision.hold == nil else { return decision }
    // A refused move that is taken back leaves the item where it is in Exchange.
    let putBack = decision.operations.compactMap(\.spanForPSA).first
    if let span = putBack ?? comparison.resultingSpan, !window.contains(span, role: role) {
      park(&decision, .outsideWindow)
    }
    return decision
  }

  func maskOnly(_ link: Link, _ item: ExchangeFact, _ other: PSAFact) -> Decision {
    Comparison(input, link: link, item: item, other: other).maskOnly
  }

  /// Kept, and masked where both halves can be read.
  func maskOnly(
    _ link: Link,
    _ exchange: Sight<ExchangeFact>,
    _ psa: Sight<PSAFact>
  ) -> Decision {
    guard let item = exchange.fact, let other = psa.fact else { return keep(link) }
    return maskOnly(link, item, other)
  }

  /// Held, and masked where both halves can be read: no hold keeps detail where it must not be.
  func held(
    _ link: Link,
    _ reason: LinkReason,
    _ exchange: Sight<ExchangeFact>,
    _ psa: Sight<PSAFact>
  ) -> Decision {
    guard let item = exchange.fact, let other = psa.fact else { return held(link, reason) }
    return Comparison(input, link: link, item: item, other: other).held(reason)
  }

  /// Why a setting keeps this link from being written, masks apart.
  private func settingThatParks(_ link: Link, _ item: ExchangeFact) -> LinkReason? {
    guard case .parked(let reason) = Admission(link, item, rules: input.rules) else { return nil }
    return reason
  }

  /// What a direction that is off excludes is as good as parked: a deletion of it is followed only
  /// while the item lies ahead, for people archive past ones (`rules.md` 4).
  func followsNoDeletion(_ link: Link) -> Bool { isOff(link) && !liesAhead(link) }

  /// Nothing made on the side where it was made goes to the other.
  func isOff(_ link: Link) -> Bool {
    Admission.directionOff(link.origin, link.kind, input.rules) != nil
  }

  /// True unless it is known to have ended.
  private func liesAhead(_ link: Link) -> Bool {
    link.base.span.map { $0.end >= input.now } ?? true
  }

  func isAdmitted(_ link: Link, _ item: ExchangeFact) -> Bool {
    Admission(link, item, rules: input.rules) == .admitted
  }

  // MARK: Creates

  func createInPSA(_ link: Link, _ item: ExchangeFact, _ reason: String) -> Decision {
    guard let span = item.when.span(in: input.zone, input.clock),
      let decision = CreatePlanner(input).inPSA(link, item, reason)
    else { return held(link, .noZone) }
    guard item.role != .master, window.contains(span, role: item.role),
      isAdmitted(link, item)
    else { return keep(link) }
    return decision
  }

  func createInExchange(_ link: Link, _ other: PSAFact, _ reason: String) -> Decision {
    guard input.rules.exports(other.kind), !other.isCancelled,
      window.contains(other.span, role: .single)
    else { return keep(link) }
    return CreatePlanner(input).inExchange(link, other, reason)
  }

  // MARK: Small things

  func authority(_ link: Link, hasAttendees: Bool) -> Authority {
    Authority(
      origin: link.origin,
      kind: link.kind,
      hasAttendees: hasAttendees,
      meetingTimes: input.rules.meetingTimes
    )
  }

  private func isOlder(_ link: Link, _ item: ExchangeFact?, _ other: PSAFact?) -> Bool {
    isEarlier(item?.modified, than: link.exchangeModified)
      || isEarlier(other?.modified, than: link.psaModified)
  }

  private func isEarlier(_ seen: Instant?, than known: Instant?) -> Bool {
    guard let seen, let known else { return false }
    return seen < known
  }

  /// Held until a person approves the older value.
  private func heldAsOlder(
    _ link: Link,
    _ exchange: Sight<ExchangeFact>,
    _ psa: Sight<PSAFact>
  ) -> Decision {
    var link = link
    // A mask that was sent may be undone: from now on what stands there is what counts.
    if link.origin == .exchange, isEarlier(psa.fact?.modified, than: link.psaModified) {
      (link.base.sent, link.base.returned) = (nil, nil)
    }
    // The epoch ends with the run that read both sides whole: this is the version known from now on.
    if isWhole(input.exchangeCoverage), isWhole(input.psaCoverage[link.kind]) {
      link.exchangeModified = exchange.fact?.modified ?? link.exchangeModified
      link.psaModified = psa.fact?.modified ?? link.psaModified
    }
    return held(link, input.mode.restoreReason, exchange, psa)
  }

  func restoredOrKept(_ link: Link) -> Decision {
    input.mode.isRestored ? held(link, input.mode.restoreReason) : keep(link)
  }

  func held(_ link: Link, _ reason: LinkReason) -> Decision {
    var link = link
    enter(.held, reason, &link)
    return Decision(link: link, hold: reason)
  }

  func keep(_ link: Link) -> Decision { Decision(link: link) }

  /// As it was: what is not seen changes no state, and a hold stays listed.
  func waits(_ link: Link) -> Decision {
    var decision = Decision(link: link)
    if link.state == .held { decision.hold = link.reason }
    return decision
  }

  func isWhole(_ coverage: Coverage?) -> Bool { coverage?.isComplete ?? false }

  private func park(_ decision: inout Decision, _ reason: LinkReason) {
    enter(.parked, reason, &decision.link)
    decision.operations = decision.operations.map { operation in
      var link = operation.link
      enter(.parked, reason, &link)
      return Operation(
        link: link,
        side: operation.side,
        action: operation.action,
        reason: operation.reason,
        seen: operation.seen
      )
    }
  }

  func enter(_ state: LinkState, _ reason: LinkReason?, _ link: inout Link) {
    link.enter(state, reason, input.run)
  }
}
