import SyncModel

/// What changed in an item since its link was last in step, or was left alone.
extension LinkPlanner {
  /// True when the item's own projected time or content differs from that of the base.
  ///
  /// A date that is as its series says has nothing of its own.
  func isChanged(_ link: Link, _ item: ExchangeFact) -> Bool {
    guard let source = link.base.source, item.role != .occurrence else { return false }
    switch (link.base.mask, projection.mask(of: item.sensitivity)) {
    case (_, .masked):
      // The other side would get nothing of its content, whatever changed in it.
      break
    case (.masked, .none), (.none, .none):
      // With the item itself as it was, masked or not: a setting that shows more changes nothing.
      let series = item.role == .exception ? masterContent(of: item) : nil
      let own = item.projected
      if own.privacy != source.privacy, own.privacy != series?.privacy { return true }
      var changed = own.changed(from: source)
      // What it has from its series is no change of its own.
      if let series { changed.formIntersection(own.changed(from: series)) }
      if !item.isTextWhole { changed.formIntersection([.title]) }
      if !changed.isEmpty { return true }
    }
    guard let base = link.base.span else { return false }
    if let days = link.base.allDay {
      return !item.when.isSameTime(as: .allDay(first: days.first, afterLast: days.afterLast))
    }
    return item.when.span(in: input.zone, input.clock).map { !$0.isSame(as: base) } ?? false
  }

  private func masterContent(of item: ExchangeFact) -> ContentPrints? {
    item.master.flatMap { input.series[$0]?.master.projected }
  }

  func isChanged(_ link: Link, _ other: PSAFact) -> Bool {
    guard let source = link.base.source else { return false }
    if !other.source.changed(from: source).isEmpty { return true }
    return link.base.span.map { !$0.isSame(as: other.span) } ?? false
  }

  /// What an item looked like when it was left alone, where the link does not know it yet.
  func remembering(_ link: Link, _ item: ExchangeFact) -> Link {
    var link = link
    // What the series changes in one of its dates is no change of that date's own later on.
    let follows = item.role == .occurrence
    if follows || link.base.source == nil { link.base.source = item.projected }
    if follows || link.base.span == nil {
      link.base.span = item.when.span(in: input.zone, input.clock)
    }
    return link
  }

  func remembering(_ link: Link, _ other: PSAFact) -> Link {
    var link = link
    if link.base.source == nil { link.base.source = other.source }
    if link.base.span == nil { link.base.span = other.span }
    return link
  }
}
