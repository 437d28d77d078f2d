import SyncModel
import SyncPlan

extension Operation {
  /// The Exchange item whose text goes out: of a series the changed date's own, else the master.
  var source: ExchangeItemID? { seen ?? link.exchange?.item }
}

/// Writes the time of single dates of series: each becomes an exception (`rules.md` 5).
extension Cycle {
  /// A date that was read once more before it is written.
  private enum Target {
    case found(ExchangeItem)
    /// Nothing is sent; the reason goes into the journal.
    case skipped(String)
    /// As skipped, and a later run may find no more: a person is told.
    case lost(String)
  }

  /// Reads the date by its place once more, and writes it if it is still the planned one.
  ///
  /// One at a time, for each write gives the whole series a new version.
  func writeDate(_ operation: Operation, _ run: inout Run) async throws {
    guard case .update(let order) = operation.action, let when = order.when,
      let known = try await cache.links([operation.link.id]).first
    else { return }
    let target = try await target(of: operation, order, run)
    let item: ExchangeItem? = if case .found(let item) = target { item } else { nil }
    if item != nil { run.hasWritten = true }
    run.sequence += 1
    let sequence = run.sequence
    let intent = Intent(
      run: run.number,
      sequence: sequence,
      link: operation.link.id,
      kind: operation.link.kind,
      side: .exchange,
      verb: operation.verb,
      groups: operation.groups,
      target: item?.id.rawValue ?? operation.item,
      expectedVersion: item?.changeKey.rawValue,
      wanted: ItemValues(when: when, zone: order.zone),
      idempotencyKey: nil,
      highestBefore: nil,
      before: item.map { ItemValues(when: $0.when) },
      beforeMask: .none,
      proof: nil,
      reason: operation.reason
    )
    try await cache.intend([intent], links: [known])
    switch target {
    case .found(let item):
      try await send(operation, order, when, to: item, known, sequence, &run)
    case .skipped(let why):
      try await cache.settle([dropped(sequence, why, run)])
    case .lost(let why):
      run.attempt.failedItems += 1
      run.attempt.notes.append(
        "\(operation.key) was moved in the PSA, and could not be moved in Exchange: \(why). Move it "
          + "there by hand, or back in the PSA."
      )
      try await cache.settle([dropped(sequence, why, run)])
    }
  }

  private func send(
    _ operation: Operation,
    _ order: UpdateOrder,
    _ when: When,
    to item: ExchangeItem,
    _ known: Link,
    _ sequence: Int,
    _ run: inout Run
  ) async throws {
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
      settlement = dropped(sequence, Cycle.changedMeanwhile, run)
    case .notTried(let words):
      settlement = dropped(sequence, words, run)
    case .refused(let words):
      settlement = refused(operation, known, words, sequence, &run)
    }
    try await cache.settle([settlement])
  }

  private static let changedMeanwhile =
    "the series changed meanwhile; planned again by the next run"

  /// The date as it is now, addressed only after its original start was compared.
  private func target(
    of operation: Operation,
    _ order: UpdateOrder,
    _ run: Run
  ) async throws -> Target {
    guard let half = operation.link.exchange, let date = half.originalDate else {
      return .skipped("it is no date of a series any more")
    }
    let expected = run.rewrittenSeries[half.item] ?? ChangeKey(order.expectedVersion)
    // The series as it is now, if nobody but this run has changed it since the plan.
    guard case .found(let master)? = try await mailbox.items([half.item], in: run.folder.id).first,
      master.changeKey == expected
    else { return .skipped(Cycle.changedMeanwhile) }
    let series = surroundings.series
    guard try series.patternDates(of: master, from: date, until: date) != nil else {
      return try await targetByView(on: date, of: master, operation.link, run)
    }
    guard let index = try series.index(of: date, in: master) else {
      return .lost("its series has no place for the date \(date)")
    }
    let place = OccurrencePlace(master: master.id, index: index)
    guard case .found(let item)? = try await mailbox.occurrences([place], in: run.folder.id).first,
      let start = item.originalStart, series.originalDate(of: start, in: master) == date
    else { return .lost("Exchange gives no item for the date \(date) of its series") }
    return .found(item)
  }

  /// Where only Exchange knows the zone, its own expansion of the days around is searched: around
  /// the date, and around where it was last.
  private func targetByView(
    on date: LocalDate,
    of master: ExchangeItem,
    _ link: Link,
    _ run: Run
  ) async throws -> Target {
    let day = Instant(seconds: Int64(date.daysSince1970) * 86_400)
    var found: [ExchangeItemID: ExchangeItem] = [:]
    for middle in [day, link.base.span?.start ?? day] {
      let around = Span(start: middle.advanced(byDays: -32), end: middle.advanced(byDays: 32))
      for item in try await mailbox.expanded(around, in: run.folder.id).dates
      where item.cleanUID == master.cleanUID
        && item.originalStart.map(master.label) == date
      {
        found[item.id] = item
      }
      if !found.isEmpty { break }
    }
    guard let item = found.values.first, found.count == 1 else {
      return .lost(
        found.isEmpty
          ? "Exchange shows no item for the date \(date) of its series"
          : "several items bear its calendar UID on \(date), and nothing tells whose it is"
      )
    }
    return .found(item)
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
