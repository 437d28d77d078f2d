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
      run.attempt.notes.append("The series \(key(of: id)) could not be expanded: \(failure)")
    }
    for facts in try await expandedByExchange(outcome.byExchange, &run) {
      outcome.series[facts.master.id] = facts
    }
    return outcome.series
  }

  private func key(of series: ExchangeItemID) -> ItemKey {
    ItemKey(side: .exchange, kind: .appointment, id: series.rawValue)
  }

  // MARK: Zones that only Exchange knows

  /// One CalendarView over the window for all series whose zone is custom or unknown.
  private func expandedByExchange(
    _ masters: [ExchangeItem],
    _ run: inout Run
  ) async throws -> [SeriesFacts] {
    guard !masters.isEmpty else { return [] }
    let now = surroundings.now()
    let span = Span(
      start: now.advanced(byDays: -installation.rules.pastDays - 3),
      end: now.advanced(byDays: installation.rules.recurringDays + 3)
    )
    // A label may be a day and some hours beside its date's start.
    let first = LocalDateTime(secondsSince1970: span.start.seconds).date.advanced(byDays: 2)
    let last = LocalDateTime(secondsSince1970: span.end.seconds).date.advanced(byDays: -2)
    let view = try await mailbox.expanded(span, in: run.folder.id)
    guard view.isWhole, view.dates.allSatisfy({ $0.cleanUID != nil }) else {
      run.attempt.failedItems += 1
      run.attempt.notes.append(
        "Exchange could not read out every date of its series in zones of their own: these series "
          + "stay as they are, and the next run asks again."
      )
      return []
    }
    var seen: [CleanUID: [ExchangeItem]] = [:]
    for item in view.dates { if let uid = item.cleanUID { seen[uid, default: []].append(item) } }
    var series: [SeriesFacts] = []
    for master in try await unchanged(masters, &run) {
      guard let uid = master.cleanUID else { continue }
      var changed: [Instant: ExchangeItem] = [:]
      for item in try await cache.changedDates(of: master.id) {
        if let start = item.originalStart { changed[start] = item }
      }
      var dates: [ExchangeFact] = []
      for item in (seen[uid] ?? []) + changed.values.sorted(by: { $0.id.rawValue < $1.id.rawValue })
      {
        guard let start = item.originalStart ?? item.when.start else { continue }
        let date = master.label(of: start)
        if dates.contains(where: { $0.originalDate == date }) { continue }
        let item = changed[start] ?? item
        let source = changed[start] == nil ? master : item
        dates.append(run.maker.fact(of: source, on: date, when: item.when, in: master))
      }
      dates.sort { ($0.originalDate ?? first) < ($1.originalDate ?? first) }
      let deleted = master.deletedOccurrences.map { master.label(of: $0) }
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

  /// Those that are still what the mirror holds, for the view shows them as they are now; of several
  /// with one UID none, for nothing tells whose a date is.
  private func unchanged(
    _ masters: [ExchangeItem],
    _ run: inout Run
  ) async throws -> [ExchangeItem] {
    let readings = try await mailbox.items(masters.map(\.id), in: run.folder.id)
    let current = zip(masters, readings).compactMap { master, reading -> ExchangeItem? in
      guard case .found(let item) = reading, item.changeKey == master.changeKey,
        item.folder == master.folder
      else { return nil }
      return master
    }
    let byUID = Dictionary(grouping: current, by: \.cleanUID)
    let doubles = byUID.values.filter { $0.count > 1 }
      .flatMap { $0.map { key(of: $0.id).description } }.sorted()
    if !doubles.isEmpty {
      run.attempt.notes.append(
        "The series \(doubles.joined(separator: ", ")) bear one calendar UID in a zone that only "
          + "Exchange knows, so that nothing tells whose a date is: they stay as they are. Delete "
          + "the copy that is not wanted."
      )
    }
    return current.filter { byUID[$0.cleanUID]?.count == 1 }
  }
}

extension ExchangeItem {
  /// The day that stands for a date of this series where only Exchange knows its zone: days of 24
  /// hours are counted from the series' own start, so that neither clocks that change nor another
  /// zone of the person's give a date another name.
  func label(of originalStart: Instant) -> LocalDate {
    let (first, begin, slack): (LocalDate, Int64, Int64) =
      switch when {
      case .timed(let start, _, _):
        (LocalDateTime(secondsSince1970: start.seconds).date, start.seconds, 12 * 3_600)
      // Midnights lie up to 13 hours before that of UTC, and up to 10 hours after it.
      case .allDay(let first, _):
        (first, Int64(first.daysSince1970) * 86_400, 13 * 3_600)
      }
    let passed = originalStart.seconds - begin + slack
    let days = passed >= 0 ? passed / 86_400 : (passed - 86_399) / 86_400
    return first.advanced(byDays: Int(days))
  }
}

extension When {
  /// The start of a stretch; nil for whole days.
  fileprivate var start: Instant? {
    if case .timed(let start, _, _) = self { start } else { nil }
  }
}
