import SyncModel

/// The bases as they are once something is written, or once nothing has to be.
extension Comparison {
  /// The PSA time for Exchange: whole days again only where the link remembers them (`rules.md` 6).
  var whenForExchange: (when: When, zone: ZoneName?) {
    let span = other.span
    if let zone = link.base.allDay?.zone,
      let days = input.clock.wholeDays(of: span, in: zone)
    {
      return (.allDay(first: days.first, afterLast: days.afterLast), zone)
    }
    return (.timed(start: span.start, end: span.end, zone: nil), nil)
  }

  func allDay(_ time: (when: When, zone: ZoneName?)) -> AllDayBase? {
    guard case .allDay(let first, let afterLast) = time.when, let zone = time.zone else {
      return nil
    }
    return AllDayBase(first: first, afterLast: afterLast, zone: zone)
  }

  func moveBase(_ link: inout Link) {
    guard let projected else { return }
    link.base.span = onTheMinute(projected.span)
    link.base.allDay = projected.allDay
    link.repin { $0.time = nil }
  }

  func onTheMinute(_ span: Span) -> Span {
    Span(start: span.start.onTheMinute, end: span.end.onTheMinute)
  }

  func setContent(_ link: inout Link) {
    var source = link.origin == .exchange ? item.projected : other.source
    // A body that could not be read whole is no base: the next whole one is no change.
    if link.origin == .exchange, !item.isTextWhole, let known = link.base.source?.text {
      source.text = known
    }
    link.base.source = source
    link.base.sent = desired
    link.base.mask = mask
    link.repin { $0.source = nil }
  }

  /// The link as it stands if nothing is written: versions as seen, and bases that need no write.
  func kept(_ link: Link, _ time: MergeVerdict) -> Link {
    var link = settled(link)
    if time == .moveBase { moveBase(&link) }
    if fields.isEmpty, link.origin != .paired, !isContentPinned {
      // Detail that is hidden anyway, or a base that adoption left open.
      setContent(&link)
      if link.base.returned == nil || isSettledByPerson {
        link.base.returned = returned(beside: link.base.returned)
      }
    }
    return link
  }

  /// What the receiving side holds, with the text known before where it could not be read whole.
  private func returned(beside known: ContentPrints?) -> ContentPrints {
    guard link.origin != .exchange else { return other.own }
    var own = item.own
    if !item.isTextWhole, let text = known?.text { own.text = text }
    return own
  }

  func settled(_ link: Link) -> Link {
    var link = link
    link.changeKey = item.changeKey
    link.exchangeModified = max(item.modified, link.exchangeModified ?? item.modified)
    link.psaModified = max(other.modified, link.psaModified ?? other.modified)
    if let reassertions = link.reassertions, !reassertions.isFresh(at: input.now) {
      link.reassertions = nil
    }
    return link
  }
}
