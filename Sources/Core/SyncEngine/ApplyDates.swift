import SyncModel
import SyncPlan

extension Operation {
  /// The Exchange item whose text goes out: of a series the changed date's own, else the master.
  var source: ExchangeItemID? { seen ?? link.exchange?.item }
}

/// Writes the time of single dates of series: each becomes an exception (`rules.md` 5).
extension Cycle {
  /// Reads the date by its place once more, and writes it if it is still the planned one.
  ///
  /// One at a time, for each write gives the whole series a new version.
  func writeDate(_ operation: Operation, _ run: inout Run) async throws {
    guard case .update(let order) = operation.action, let when = order.when,
      let half = operation.link.exchange, let date = half.originalDate,
      let known = try await cache.links([operation.link.id]).first,
      let master = try await unchanged(half.item, planned: order.expectedVersion, run),
      let item = try await occurrence(on: date, of: master, run)
    else { return }
    let sequence = nextSequence(&run)
    let intent = Intent(
      run: run.number,
      sequence: sequence,
      link: operation.link.id,
      kind: operation.link.kind,
      side: .exchange,
      verb: operation.verb,
      groups: operation.groups,
      target: item.id.rawValue,
      expectedVersion: item.changeKey.rawValue,
      wanted: ItemValues(when: when, zone: order.zone),
      idempotencyKey: nil,
      highestBefore: nil,
      before: ItemValues(when: item.when),
      beforeMask: .none,
      proof: nil,
      reason: operation.reason
    )
    try await cache.intend([intent], links: [known])
    try await cache.markSent(run.number, [sequence])
    let edit = ExchangeEdit(
      id: item.id,
      expected: item.changeKey,
      when: when,
      zone: order.zone,
      turnsAllDay: when.isAllDay != item.when.isAllDay
    )
    guard let result = try await mailbox.update([edit]).first else { return }
    let settlement: Settlement
    switch result {
    case .done(let id, let changeKey):
      count(operation, &run)
      settlement = Settlement(
        run: run.number,
        sequence: sequence,
        status: .done,
        resultID: id.rawValue,
        resultVersion: changeKey.rawValue,
        link: try await afterDate(operation.settled(on: known), &run)
      )
    case .missing, .conflict:
      settlement = dropped(
        sequence,
        "the date changed meanwhile; planned again by the next run",
        run
      )
    case .notTried(let words):
      settlement = dropped(sequence, words, run)
    case .refused(let words):
      settlement = refused(operation, known, words, sequence, &run)
    }
    try await cache.settle([settlement])
  }

  /// The series as it is now, if nobody but this run has changed it since the plan.
  private func unchanged(
    _ id: ExchangeItemID,
    planned version: String,
    _ run: Run
  ) async throws -> ExchangeItem? {
    let expected = run.rewrittenSeries[id] ?? ChangeKey(version)
    guard case .found(let master)? = try await mailbox.items([id], in: run.folder.id).first,
      master.changeKey == expected
    else { return nil }
    return master
  }

  /// Addressed only after its original start was compared.
  private func occurrence(
    on date: LocalDate,
    of master: ExchangeItem,
    _ run: Run
  ) async throws -> ExchangeItem? {
    let series = surroundings.series
    guard series.zone(of: master) != nil else {
      return try await occurrenceByView(on: date, of: master, run)
    }
    guard let index = try series.index(of: date, in: master) else { return nil }
    let place = OccurrencePlace(master: master.id, index: index)
    guard case .found(let item)? = try await mailbox.occurrences([place], in: run.folder.id).first,
      let start = item.originalStart, series.originalDate(of: start, in: master) == date
    else { return nil }
    return item
  }

  /// Where only Exchange knows the zone, its own expansion of the days around is searched.
  private func occurrenceByView(
    on date: LocalDate,
    of master: ExchangeItem,
    _ run: Run
  ) async throws -> ExchangeItem? {
    let zone = run.zone ?? .utc
    guard let day = surroundings.zones.midnight(of: date, in: zone) else { return nil }
    let around = Span(start: day.advanced(byDays: -32), end: day.advanced(byDays: 32))
    return try await mailbox.expanded(around, in: run.folder.id).first { item in
      item.cleanUID == master.cleanUID
        && item.originalStart.flatMap { surroundings.zones.local($0, zone)?.date } == date
    }
  }

  /// The link with the version that the series got by our write; the mirror follows it.
  private func afterDate(_ settled: Link, _ run: inout Run) async throws -> Link {
    var link = settled
    link.refusals.removeAll { $0.side == .exchange }
    guard let id = link.exchange?.item else { return link }
    var harvest = Harvest()
    try await read([id], &harvest, run)
    if let master = harvest.exchange.first(where: { $0.item.id == id })?.item {
      run.rewrittenSeries[id] = master.changeKey
      link.changeKey = master.changeKey
      link.exchangeModified = master.modified
    }
    try await cache.keep(harvest)
    return link
  }
}
