package import SyncModel
package import SyncPlan

/// The dates of the series that the cache holds, as far as they can be known without a server.
package struct SeriesReader: Sendable {
  package struct Outcome: Sendable {
    package var series: [ExchangeItemID: SeriesFacts] = [:]
    /// Series whose zone only Exchange knows.
    package var byExchange: [ExchangeItem] = []
    package var failures: [(id: ExchangeItemID, why: any SyncFailure)] = []
  }

  private let cache: any SyncCache
  private let engine: any Occurrences
  private let clock: ZoneClock
  private let rules: SyncRules
  private let now: Instant
  private let maker: FactMaker

  package init(
    cache: any SyncCache,
    engine: any Occurrences,
    clock: ZoneClock,
    rules: SyncRules,
    now: Instant,
    maker: FactMaker
  ) {
    self.cache = cache
    self.engine = engine
    self.clock = clock
    self.rules = rules
    self.now = now
    self.maker = maker
  }

  /// The dates of these masters in the window, and those that links know.
  package func series(of masters: [ExchangeFact], _ links: [Link]) async throws -> Outcome {
    var linksOf: [ExchangeItemID: [Link]] = [:]
    for link in links where link.exchange?.originalDate != nil {
      if let half = link.exchange { linksOf[half.item, default: []].append(link) }
    }
    var outcome = Outcome()
    var start = masters.startIndex
    while start < masters.endIndex {
      let part = masters[start..<min(start + 200, masters.endIndex)]
      let items = try await cache.exchangeItems(part.map(\.id))
      for fact in part {
        try Task.checkCancellation()
        guard let master = items[fact.id] else { continue }
        do {
          let stretch = stretch(of: linksOf[fact.id] ?? [], fact)
          if let facts = try await expansion(of: master, fact, stretch) {
            outcome.series[fact.id] = facts
          } else {
            outcome.byExchange.append(master)
          }
        } catch let failure as any SyncFailure {
          outcome.failures.append((fact.id, failure))
        }
      }
      start = part.endIndex
    }
    return outcome
  }

  /// The window with two days to spare; all that links know of a series that has changed.
  ///
  /// A changed series may have turned private, and what lies in the past is masked too.
  private func stretch(of links: [Link], _ master: ExchangeFact) -> Span {
    var from = now.advanced(byDays: -rules.pastDays - 2)
    var until = now.advanced(byDays: rules.recurringDays + 2)
    let isChanged = links.contains { $0.changeKey != master.changeKey }
    for link in links where isChanged || link.state == .linked {
      guard let span = link.base.span else { continue }
      from = min(from, span.start.advanced(byDays: -2))
      until = max(until, span.end.advanced(byDays: 2))
    }
    return Span(start: from, end: until)
  }

  /// Nil where only Exchange can expand it.
  private func expansion(
    of master: ExchangeItem,
    _ fact: ExchangeFact,
    _ stretch: Span
  ) async throws -> SeriesFacts? {
    guard let zone = engine.zone(of: master),
      let first = clock.local(stretch.start, zone)?.date.advanced(byDays: 1),
      let last = clock.local(stretch.end, zone)?.date.advanced(byDays: -1),
      first <= last,
      case .dates(let occurrences) = try engine.expansion(
        of: master,
        from: stretch.start,
        until: stretch.end
      ),
      let pattern = try engine.patternDates(of: master, from: first, until: last)
    else { return nil }
    var changed: [ExchangeItemID: ExchangeItem] = [:]
    if !master.exceptions.isEmpty {
      for item in try await cache.changedDates(of: master.id) { changed[item.id] = item }
    }
    var dates = occurrences.map { occurrence in
      maker.fact(
        of: occurrence.exception.flatMap { changed[$0] } ?? master,
        on: occurrence.originalDate,
        when: occurrence.when,
        in: master
      )
    }
    // A date that was moved out of the stretch still takes place.
    for item in changed.values {
      guard let date = item.originalStart.flatMap({ engine.originalDate(of: $0, in: master) }),
        !dates.contains(where: { $0.originalDate == date })
      else { continue }
      dates.append(maker.fact(of: item, on: date, when: item.when, in: master))
    }
    dates.sort { ($0.originalDate ?? first) < ($1.originalDate ?? first) }
    return SeriesFacts(
      master: fact,
      zone: zone,
      dates: dates,
      pattern: pattern,
      covers: first...last
    )
  }
}
