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
    let reader = SeriesReader(
      cache: cache,
      engine: surroundings.series,
      clock: surroundings.zones,
      rules: installation.rules,
      now: surroundings.now(),
      maker: run.maker
    )
    var outcome = try await reader.series(of: masters, links)
    for (id, failure) in outcome.failures {
      // One series that cannot be read does not stop the others; nothing follows for its dates.
      run.attempt.failedItems += 1
      run.attempt.notes.append("The series \(id) could not be expanded: \(failure)")
    }
    for facts in try await expandedByExchange(outcome.byExchange, run) {
      outcome.series[facts.master.id] = facts
    }
    return outcome.series
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
