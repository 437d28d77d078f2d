package import SyncModel

/// What a person keeps of an item that is held.
package enum Keeping: String, Hashable, Sendable, CaseIterable {
  /// What stands in Exchange: the PSA is brought in line, as far as Exchange decides.
  case exchange
  /// What stands in the PSA: Exchange is brought in line, as far as the PSA decides.
  case psa
  /// Both as they are, until somebody changes the item on a side that decides.
  case both
}

/// What became of an order to end a hold.
package enum ReleaseVerdict: Hashable, Sendable {
  /// The link as it is kept from now on, and what follows, as a sentence.
  case released(Link, String)
  /// Why not, and what ends the hold instead.
  case refused(String)
}

/// A held link with both halves as they were last read; nil for one that is not there.
package struct ReleaseInput: Sendable {
  package var link: Link
  package var exchange: ExchangeFact?
  package var psa: PSAFact?
  /// The hold that lists it; nil where none does.
  package var hold: Hold?
  package var now: PlanInput

  package init(
    link: Link,
    exchange: ExchangeFact?,
    psa: PSAFact?,
    hold: Hold?,
    now: PlanInput
  ) {
    self.link = link
    self.exchange = exchange
    self.psa = psa
    self.hold = hold
    self.now = now
  }
}

/// Ends the hold on one item, and writes nothing: the next run does what follows (`rules.md` 2).
///
/// No hold ends in a delete that a run could not prove.
package func release(_ input: ReleaseInput, keeping: Keeping?) -> ReleaseVerdict {
  Releasing(input).verdict(keeping)
}

private struct Releasing {
  private let input: ReleaseInput
  private let link: Link

  init(_ input: ReleaseInput) {
    self.input = input
    link = input.link
  }

  func verdict(_ keeping: Keeping?) -> ReleaseVerdict {
    if link.kind == .contact { return contact(keeping) }
    guard link.state == .held, let reason = link.reason else {
      if !link.refusals.isEmpty { return refused(keeping) }
      return input.hold == nil
        ? .refused("It is not held: there is nothing to release.") : vanished(keeping)
    }
    switch reason {
    case .attendees: return invited(keeping)
    case .series, .pairedDetail, .noZone: return leftAlone(reason, keeping)
    case .reassertions:
      guard let keeping else {
        return .released(opened(link), "Its count of writes begins anew: the next run tries again.")
      }
      return kept(keeping)
    case .restored, .cacheRestored:
      guard let keeping else { return mustSay }
      return kept(keeping)
    case .copies, .outsideWindow, .importIsOff, .exportIsOff, .freeTimeIsOff, .toDosAreOff,
      .serviceCallsAreOff, .otherFolder, .deletedInExchange, .deletedInPSA, .excluded, .reassigned,
      .inactive, .outOfScope, .otherContactsFolder, .cancelled, .unassigned, .noProofInPSA,
      .noProofInExchange, .undone, .purged, .released:
      return .refused(mend(reason))
    }
  }

  private func mend(_ reason: LinkReason) -> String {
    "This hold is not ended so. " + (reason.mend ?? "")
  }

  private var mustSay: ReleaseVerdict {
    .refused("Say what is to be kept: --keep exchange, --keep psa or --keep both.")
  }

  // MARK: One hold after another

  private func refused(_ keeping: Keeping?) -> ReleaseVerdict {
    var open = link
    open.refusals = []
    guard let keeping else {
      return .released(open, "What was refused is forgotten: the next run tries it again.")
    }
    return Releasing(with(open)).kept(keeping)
  }

  /// Moving what others were invited to is a person's own work.
  private func invited(_ keeping: Keeping?) -> ReleaseVerdict {
    let repeats = input.exchange?.role == .master
    switch (keeping, input.exchange, input.psa) {
    case (nil, _, _): return mustSay
    case (.psa?, _, _):
      return .refused(
        "Lockstep moves nothing that others were invited to, or that repeats. Move it in Exchange "
          + "yourself, or keep exchange or both."
      )
    case (.exchange?, let item?, let other?) where !repeats:
      var after = opened(link)
      (after.base.span, after.base.allDay) = (other.span, nil)
      pinContent(&after, item, other)
      after.repin { $0.released = .attendees }
      return .released(
        after,
        "Its time in Exchange goes to the PSA with the next run; in Exchange it stays as it is."
      )
    case (.exchange?, _, _):
      return .refused(
        "It repeats in Exchange, and is one item in the PSA: --keep both leaves both."
      )
    case (.both?, _, _): return leftAlone(.attendees, keeping)
    }
  }

  private func leftAlone(_ reason: LinkReason, _ keeping: Keeping?) -> ReleaseVerdict {
    guard keeping == .both else {
      let mend = reason.mend ?? ""
      return .refused("Only --keep both ends this hold: neither side can be written. " + mend)
    }
    var after = opened(link)
    if let item = input.exchange, let other = input.psa, item.role != .master {
      pinTime(&after, item, other)
      pinContent(&after, item, other)
    }
    after.repin { $0.released = reason }
    return .released(after, Releasing.stays)
  }

  private static let stays =
    "Both sides stay as they are, until the item is changed on a side that decides."

  /// One of many that vanished at once: what stays can be said item by item.
  private func vanished(_ keeping: Keeping?) -> ReleaseVerdict {
    let isThere: Keeping? =
      switch (input.exchange, input.psa) {
      case (.some, nil): .exchange
      case (nil, .some): .psa
      case (.some, .some), (nil, nil): nil
      }
    guard let isThere, keeping == isThere || keeping == .both else {
      let digest = input.hold.map { " " + $0.digest.rawValue } ?? " DIGEST"
      return .refused(
        "It is held together with others: 'lockstep sync --approve\(digest)' does what stands before "
          + "each of them, and --keep both leaves this one as it is."
      )
    }
    return suppressed()
  }

  // MARK: What is kept

  private func kept(_ keeping: Keeping) -> ReleaseVerdict {
    switch (input.exchange, input.psa) {
    case (let item?, let other?): return .released(kept(keeping, item, other), sentence(keeping))
    case (nil, nil): return .released(opened(link), "It is gone from both sides.")
    case (.some, nil): return keptOneSided(keeping, on: .exchange)
    case (nil, .some): return keptOneSided(keeping, on: .psa)
    }
  }

  private func sentence(_ keeping: Keeping) -> String {
    switch keeping {
    case .exchange:
      "The next run brings the PSA in line with Exchange, in what Exchange decides; the rest stays."
    case .psa:
      "The next run brings Exchange in line with the PSA, in what the PSA decides; the rest stays."
    case .both: Releasing.stays
    }
  }

  private func kept(_ keeping: Keeping, _ item: ExchangeFact, _ other: PSAFact) -> Link {
    var after = opened(link)
    let authority = Authority(
      origin: link.origin,
      kind: link.kind,
      hasAttendees: item.hasAttendees,
      meetingTimes: input.now.rules.meetingTimes
    )
    switch (keeping, authority.time) {
    case (.exchange, .both), (.exchange, .exchangeReasserted):
      (after.base.span, after.base.allDay) = (other.span, nil)
    case (.psa, .both), (.psa, .psaReasserted):
      setBase(&after, toTimeOf: item)
    case (.both, _), (.exchange, .psaReasserted), (.psa, .exchangeReasserted):
      pinTime(&after, item, other)
    }
    pinContent(&after, item, other)
    switch (keeping, authority.content) {
    case (.exchange, .exchange), (.psa, .psa), (.psa, .psaReasserted):
      after.repin { $0.source = nil }
    case (.both, _), (.exchange, _), (.psa, _): break
    }
    return after
  }

  /// One half is missing: made again, or left alone, or removed by the next run that proves it gone.
  private func keptOneSided(_ keeping: Keeping, on side: Side) -> ReleaseVerdict {
    let decides = link.origin == (side == .exchange ? .exchange : .psa)
    let keepsIt = keeping == .both || keeping == (side == .exchange ? .exchange : .psa)
    switch (decides, keepsIt) {
    case (true, true) where keeping != .both:
      var after = opened(link)
      if side == .exchange { after.psa = nil } else { (after.exchange, after.stamp) = (nil, nil) }
      return .released(after, "The next run makes it again where it is missing.")
    case (false, false) where link.origin != .paired:
      return .released(
        opened(link),
        "The next run removes what is left of it, if it proves that the other half is gone."
      )
    case (_, _): return suppressed()
    }
  }

  private func suppressed() -> ReleaseVerdict {
    var after = opened(link)
    after.enter(.suppressed, .released, input.now.run)
    if let item = input.exchange {
      after.base.source = item.projected
      after.base.span = item.when.span(in: input.now.zone, input.now.clock) ?? after.base.span
    } else if let other = input.psa {
      (after.base.source, after.base.span) = (other.source, other.span)
    }
    return .released(after, "It stays where it is, and only there, until it is changed.")
  }

  // MARK: Contacts

  private func contact(_ keeping: Keeping?) -> ReleaseVerdict {
    let isHeld = link.state == .held || !link.refusals.isEmpty
    guard isHeld else { return .refused("It is not held: there is nothing to release.") }
    guard keeping == nil || keeping == .psa else {
      return .refused("The PSA decides what a contact holds: --keep psa, or change it there.")
    }
    if link.reason?.isAfterRestore ?? false, keeping == nil { return mustSay }
    return .released(opened(link), "The next run writes it again as the PSA has it.")
  }

  // MARK: Bases and pins

  private func with(_ link: Link) -> ReleaseInput {
    var input = input
    input.link = link
    return input
  }

  /// Linked, with what was counted and refused forgotten, and in the versions that are there.
  private func opened(_ link: Link) -> Link {
    var after = link
    after.enter(.linked, nil, input.now.run)
    after.refusals = []
    after.reassertions = nil
    after.exchangeModified = input.exchange?.modified ?? after.exchangeModified
    after.psaModified = input.psa?.modified ?? after.psaModified
    return after
  }

  private func setBase(_ link: inout Link, toTimeOf item: ExchangeFact) {
    let zone = link.base.allDay?.zone ?? input.now.zone
    guard let span = item.when.span(in: zone, input.now.clock) else { return }
    link.base.span = Span(start: span.start.onTheMinute, end: span.end.onTheMinute)
    link.base.allDay = nil
    if case .allDay(let first, let afterLast) = item.when, let zone {
      link.base.allDay = AllDayBase(first: first, afterLast: afterLast, zone: zone)
    }
  }

  private func pinTime(_ link: inout Link, _ item: ExchangeFact, _ other: PSAFact) {
    setBase(&link, toTimeOf: item)
    link.repin { $0.time = Pin.Time(exchange: item.when, psa: other.span) }
  }

  /// What stands on the side that receives is the base; nothing is written over it while the source
  /// stays as it is.
  private func pinContent(_ link: inout Link, _ item: ExchangeFact, _ other: PSAFact) {
    guard link.origin != .paired else { return }
    let receiver = link.origin == .exchange ? other.own : item.own
    link.base.source = link.origin == .exchange ? item.projected : other.source
    (link.base.sent, link.base.returned) = (receiver, receiver)
    let source = link.origin == .exchange ? item.projected : other.projected
    link.repin { $0.source = source }
  }
}
