import SyncModel

/// What a person had taken back or kept, and what ends that (`rules.md` 8).
extension LinkPlanner {
  /// What the user made of the item that Lockstep can neither move nor tell apart.
  func shapeThatHolds(_ link: Link, _ item: ExchangeFact) -> LinkReason? {
    if item.role == .master { return link.origin == .psa ? .attendees : .series }
    return link.origin == .psa && item.hasAttendees ? .attendees : nil
  }

  /// A person ended the hold: nothing is written to Exchange, and what would be holds it again.
  func released(
    _ link: Link,
    _ item: ExchangeFact,
    _ other: PSAFact,
    from reason: LinkReason
  ) -> Decision? {
    guard link.pin?.released == reason else { return nil }
    if item.role == .master { return maskOnly(link, item, other) }
    let decision = Comparison(input, link: link, item: item, other: other).decision
    return decision.operations.contains { $0.side == .exchange } ? nil : decision
  }

  func isExcluded(_ link: Link, _ item: ExchangeFact, _ other: PSAFact) -> Bool {
    switch link.origin {
    case .psa: other.isCancelled
    case .exchange: Exclusion(item, rules: input.rules) != nil
    case .paired: false
    }
  }

  /// Without the pins whose causes are over: nothing excludes it, and its shape holds it no more.
  func unpinned(_ link: Link, _ item: ExchangeFact) -> Link {
    var link = link
    link.repin { pin in
      pin.staysExcluded = false
      if pin.released == .attendees || pin.released == .series { pin.released = nil }
      if pin.released == .pairedDetail, item.sensitivity == .normal { pin.released = nil }
      if pin.released == .noZone, !item.when.isAllDay || input.zone != nil { pin.released = nil }
    }
    return link
  }
}
