import SyncModel
import SyncPlan

/// Makes facts of the dates of series (`design.md` 3): the plan sees occurrences as values.
extension Cycle {
  /// Every series of the calendar with its dates in the window, and those that links know.
  func expanded(
    _ facts: [ExchangeFact],
    _ links: [Link],
    _ run: inout Run
  ) async throws -> [ExchangeItemID: SeriesFacts] {
    let masters = facts.filter { $0.role == .master && !$0.isStampOwn }
    guard !masters.isEmpty else { return [:] }
    surroundings.progress(.step("Expanding \(masters.count) series"))
    var linksOf: [ExchangeItemID: [Link]] = [:]
    for link in links where link.exchange?.originalDate != nil {
      if let half = link.exchange { linksOf[half.item, default: []].append(link) }
    }
    var series: [ExchangeItemID: SeriesFacts] = [:]
    var byExchange: [ExchangeItem] = []
    var start = masters.startIndex
    while start < masters.endIndex {
      let part = masters[start..<min(start + 200, masters.endIndex)]
      let items = try await cache.exchangeItems(part.map(\.id))
      for fact in part {
        try Task.checkCancellation()
        guard let master = items[fact.id] else { continue }
        let stretch = stretch(of: linksOf[fact.id] ?? [], fact)
        do {
          if let facts = try await expansion(of: master, fact, stretch, run) {
            series[fact.id] = facts
          } else {
            byExchange.append(master)
          }
        } catch let failure as any SyncFailure {
          // One series that cannot be read does not stop the others; nothing follows for its dates.
          run.attempt.failedItems += 1
          run.attempt.notes.append("The series \(fact.id) could not be expanded: \(failure)")
        }
      }
      start = part.endIndex
    }
    for facts in try await expandedByExchange(byExchange, run) { series[facts.master.id] = facts }
    return series
  }

  /// The window with two days to spare; all that links know of a series that has changed.
  ///
  /// A changed series may have turned private, and what lies in the past is masked too.
  private func stretch(of links: [Link], _ master: ExchangeFact) -> Span {
    let now = surroundings.now()
    var from = now.advanced(byDays: -installation.rules.pastDays - 2)
    var until = now.advanced(byDays: installation.rules.recurringDays + 2)
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
    _ stretch: Span,
    _ run: Run
  ) async throws -> SeriesFacts? {
    let engine = surroundings.series
    guard let zone = engine.zone(of: master),
      let first = surroundings.zones.local(stretch.start, zone)?.date.advanced(byDays: 1),
      let last = surroundings.zones.local(stretch.end, zone)?.date.advanced(byDays: -1),
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
      run.maker.fact(
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
      dates.append(run.maker.fact(of: item, on: date, when: item.when, in: master))
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

  // MARK: Zones that only Exchange knows

  /// One CalendarView over the window for all series whose zone is custom or unknown.
  private func expandedByExchange(
    _ masters: [ExchangeItem],
    _ run: Run
  ) async throws -> [SeriesFacts] {
    guard !masters.isEmpty else { return [] }
    let now = surroundings.now()
    let span = Span(
      start: now.advanced(byDays: -installation.rules.pastDays - 2),
      end: now.advanced(byDays: installation.rules.recurringDays + 2)
    )
    // The label of a date only has to be the same from run to run.
    let zone = run.zone ?? .utc
    guard let first = surroundings.zones.local(span.start, zone)?.date.advanced(byDays: 1),
      let last = surroundings.zones.local(span.end, zone)?.date.advanced(byDays: -1), first <= last
    else { return [] }
    var seen: [CleanUID: [ExchangeItem]] = [:]
    for item in try await mailbox.expanded(span, in: run.folder.id) {
      if let uid = item.cleanUID { seen[uid, default: []].append(item) }
    }
    var series: [SeriesFacts] = []
    for master in masters {
      guard let uid = master.cleanUID else { continue }
      var changed: [Instant: ExchangeItem] = [:]
      for item in try await cache.changedDates(of: master.id) {
        if let start = item.originalStart { changed[start] = item }
      }
      var dates: [ExchangeFact] = []
      for item in (seen[uid] ?? []) + changed.values.sorted(by: { $0.id.rawValue < $1.id.rawValue })
      {
        guard let start = item.originalStart ?? item.when.start,
          let date = surroundings.zones.local(start, zone)?.date,
          !dates.contains(where: { $0.originalDate == date })
        else { continue }
        let item = changed[start] ?? item
        let source = changed[start] == nil ? master : item
        dates.append(run.maker.fact(of: source, on: date, when: item.when, in: master))
      }
      dates.sort { ($0.originalDate ?? first) < ($1.originalDate ?? first) }
      let deleted = master.deletedOccurrences.compactMap {
        surroundings.zones.local($0, zone)?.date
      }
      series.append(
        SeriesFacts(
          master: run.maker.fact(of: master),
          zone: nil,
          dates: dates,
          pattern: Set(dates.compactMap(\.originalDate)).union(deleted),
          covers: first...last
        )
      )
    }
    return series
  }
}

extension When {
  /// The start of a stretch; nil for whole days.
  fileprivate var start: Instant? {
    if case .timed(let start, _, _) = self { start } else { nil }
  }
}
