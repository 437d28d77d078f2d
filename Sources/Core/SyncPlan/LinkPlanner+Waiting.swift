import SyncModel

/// Links that are suppressed, closed or unmatched: what brings them back (`rules.md` 2 and 7).
extension LinkPlanner {
  func waiting(
    _ link: Link,
    _ exchange: Sight<ExchangeFact>,
    _ psa: Sight<PSAFact>
  ) -> Decision {
    switch (exchange, psa) {
    case (.seen, .seen) where link.state != .closed:
      return linked(link, exchange, psa)
    case (.seen(let item), .seen(let other)):
      return isAdmitted(link, item)
        ? linked(link, exchange, psa) : maskOnly(link, item, other)
    case (.away, .seen), (.seen, .away), (.away, .away), (.outside, .seen), (.unexpanded, .seen),
      (.unread, .seen):
      return maskOnly(link, exchange, psa)
    case (.seen(let item), .gone), (.seen(let item), .never), (.seen(let item), .unknown):
      return exchangeWaits(link, item)
    case (.gone, .seen(let other)), (.never, .seen(let other)), (.unknown, .seen(let other)):
      return psaWaits(link, other)
    case (.gone, .gone), (.gone, .never), (.never, .gone), (.never, .never),
      (.unexpanded, .gone), (.unexpanded, .never):
      return input.mode.mayDelete ? Decision(link: link, forgets: true) : keep(link)
    default:
      return keep(link)
    }
  }

  private func exchangeWaits(_ link: Link, _ item: ExchangeFact) -> Decision {
    guard link.origin == .exchange, item.role != .master else { return keep(link) }
    let comesBack =
      switch link.state {
      case .closed: isAdmitted(link, item)
      case .unmatched:
        input.mode.createsMissing || isChanged(link, item)
          || link.base.source.map { $0.showAs != item.projected.showAs } ?? false
      case .suppressed: input.mode.liftsSuppression || isChanged(link, item)
      case .linked, .parked, .away, .held: false
      }
    guard comesBack, input.mode.mayCreate, isWhole(input.psaCoverage[link.kind]),
      isAdmitted(link, item)
    else {
      return keep(remembering(link, item))
    }
    let reason = reasonToReturn(link, isChanged: isChanged(link, item))
    return returning(link) { link in
      var link = link
      link.psa = nil
      return createInPSA(link, item, reason)
    }
  }

  private func psaWaits(_ link: Link, _ other: PSAFact) -> Decision {
    guard link.origin == .psa else { return keep(link) }
    let comesBack =
      switch link.state {
      case .closed: !other.isCancelled
      case .unmatched: input.mode.createsMissing || isChanged(link, other)
      case .suppressed: input.mode.liftsSuppression || isChanged(link, other)
      case .linked, .parked, .away, .held: false
      }
    guard comesBack, input.mode.mayCreate, isWhole(input.exchangeCoverage) else {
      return keep(remembering(link, other))
    }
    let reason = reasonToReturn(link, isChanged: isChanged(link, other))
    return returning(link) { link in
      var link = link
      link.exchange = nil
      return createInExchange(link, other, reason)
    }
  }

  private func reasonToReturn(_ link: Link, isChanged: Bool) -> String {
    switch link.state {
    case .unmatched where input.mode.createsMissing && !isChanged: PlanMode.askedFor
    case .suppressed where input.mode.liftsSuppression && !isChanged:
      "a person asked for everything that was left alone, with --full"
    case .closed: "what excluded it is gone"
    case .linked, .parked, .away, .suppressed, .unmatched, .held:
      "it changed since it was left alone"
    }
  }

  /// Linked again; what a person had deleted counts as made again, unless they ask for it.
  private func returning(_ link: Link, _ creation: (Link) -> Decision) -> Decision {
    let counts = link.state == .suppressed && !input.mode.liftsSuppression
    var link = link
    enter(.linked, nil, &link)
    return counts ? madeAgain(link, creation) : creation(link)
  }
}
