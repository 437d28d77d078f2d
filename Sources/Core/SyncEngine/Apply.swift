import SyncModel
import SyncPlan

extension Cycle {
  /// How many writes are journaled, sent and settled together.
  private static let batchSize = 25

  /// Carries out the plan in its order; a stop leaves the rest to the next plan.
  func apply(_ plan: Plan, _ run: inout Run) async throws {
    run.attempt.notes += plan.notes
    for (side, count) in plan.held {
      if side == .exchange {
        run.attempt.exchange.held = count
      } else {
        run.attempt.psa.held = count
      }
    }
    if plan.newLinks > 0 { _ = try await cache.reserveLinkIDs(plan.newLinks) }
    try await cache.keep(try await withUIDs(plan.links), forget: plan.forgotten)
    try await cache.keep(plan.holds)
    var batch: [Operation] = []
    var done = 0
    let endsEpoch = run.endsEpoch && run.listsAreWhole
    if endsEpoch || !plan.operations.isEmpty { try await confirmMark(&run) }
    for operation in plan.operations {
      let isOther = batch.contains {
        $0.side != operation.side || $0.verb != operation.verb
          || $0.link.kind != operation.link.kind || $0.link.id == operation.link.id
      }
      if isOther || batch.count == Cycle.batchSize {
        try await write(batch, &run)
        done += batch.count
        surroundings.progress(.counted("writes", done: done, of: plan.operations.count))
        batch = []
        if run.failure != nil { break }
      }
      batch.append(operation)
    }
    if run.failure == nil, !batch.isEmpty {
      try await write(batch, &run)
      surroundings.progress(
        .counted("writes", done: plan.operations.count, of: plan.operations.count)
      )
    }
    try await commit(&run)
  }

  private func commit(_ run: inout Run) async throws {
    let unread = try await cache.toCheck().filter { !$0.reason.hasPrefix(ToCheck.foreign) }
    for one in unread { run.attempt.notes.append("\(one.key) could not be read: \(one.reason)") }
    run.attempt.failedItems += unread.count
    if run.exchangeCoverage?.isComplete == true, run.psaCoverage?.isComplete == true {
      run.positions.settings = installation.settingsDigest
    }
    var harvest = Harvest()
    harvest.positions = run.positions
    try await cache.keep(harvest)
    try await cache.forgetBefore(surroundings.now().advanced(byDays: -30))
  }

  /// The links with their CleanGlobalObjectIds, which facts do not carry.
  private func withUIDs(_ links: [Link]) async throws -> [Link] {
    var links = links
    let open = links.indices.filter {
      links[$0].exchange?.cleanUID == nil && links[$0].exchange != nil
    }
    var start = 0
    while start < open.count {
      let part = open[start..<min(start + 200, open.count)]
      let items = try await cache.exchangeItems(part.compactMap { links[$0].exchange?.item })
      for index in part {
        guard let id = links[index].exchange?.item else { continue }
        links[index].exchange?.cleanUID = items[id]?.cleanUID
      }
      start += 200
    }
    return links
  }

  private func write(_ batch: [Operation], _ run: inout Run) async throws {
    guard let first = batch.first else { return }
    try Task.checkCancellation()
    do {
      switch first.side {
      case .exchange: try await writeExchange(batch, &run)
      case .psa: try await writePSA(batch, &run)
      }
    } catch let failure as any SyncFailure {
      run.failure = failure
    }
  }

  func nextSequence(_ run: inout Run) -> Int {
    run.sequence += 1
    run.hasWritten = true
    return run.sequence
  }

  func count(_ verb: Verb, _ side: Side, _ run: inout Run) {
    var counts = side == .exchange ? run.attempt.exchange : run.attempt.psa
    switch verb {
    case .create, .restore: counts.created += 1
    case .update, .mask: counts.updated += 1
    case .delete: counts.deleted += 1
    }
    if side == .exchange { run.attempt.exchange = counts } else { run.attempt.psa = counts }
  }

  /// A write that the side refuses for good: remembered in the link until item or settings change.
  func refused(
    _ operation: Operation,
    _ known: Link?,
    _ words: String,
    sequence: Int,
    _ run: inout Run
  ) -> Settlement {
    run.attempt.failedItems += 1
    run.attempt.notes.append(
      "\(operation.side == .exchange ? "Exchange" : "The PSA") refused to \(operation.verb.rawValue) "
        + "\(operation.item): \(words)"
    )
    return Settlement(
      run: run.number,
      sequence: sequence,
      status: .refused,
      note: words,
      link: known.map {
        operation.refused(
          on: $0,
          words: words,
          settings: installation.settingsDigest,
          surroundings.fingerprinter
        )
      }
    )
  }

  func dropped(_ sequence: Int, _ note: String, _ run: Run) -> Settlement {
    Settlement(run: run.number, sequence: sequence, status: .dropped, note: note)
  }

  func knownLinks(_ batch: [Operation]) async throws -> [LinkID: Link] {
    let wanted = Set(batch.map(\.link.id))
    var known: [LinkID: Link] = [:]
    for link in try await cache.links(wanted) { known[link.id] = link }
    return known
  }

  /// The link after a delete: ended when its own item is gone, closed when it was excluded.
  func afterDelete(_ operation: Operation) -> Link {
    var link = operation.link
    guard link.state == .closed else {
      (link.exchange, link.psa) = (nil, nil)
      return link
    }
    if operation.side == .psa { link.psa = nil } else { link.exchange = nil }
    link.psaModified = operation.side == .psa ? nil : link.psaModified
    return link
  }
}
