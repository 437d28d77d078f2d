import SyncModel
import SyncPlan

extension Cycle {
  /// How many writes are journaled, sent and settled together.
  private static let batchSize = 25
  /// Before-images are kept so long, and so long a run can be taken back (`rules.md` 8).
  static let daysKept = 30

  /// Carries out the plan in its order; a stop leaves the rest to the next plan.
  func apply(_ plan: Plan, _ run: inout Run) async throws {
    run.attempt.notes += plan.notes
    run.alone = plan.alone
    // One write would put this run's number on the folder, and the next run would take what was not
    // listed for gone.
    if run.endsEpoch, !run.listsAreWhole {
      throw StopFailure(
        "A side listed fewer items than it counts, while one of them is an older copy of itself. "
          + "Nothing was written; the next run reads both whole.",
        remedy: .retry(after: .seconds(60))
      )
    }
    for (side, count) in plan.held {
      if side == .exchange {
        run.attempt.exchange.held = count
      } else {
        run.attempt.psa.held = count
      }
    }
    if run.listsAreWhole { run.positions.isBesideAnotherTool = plan.isBesideAnotherTool }
    if plan.newLinks > 0 { _ = try await cache.reserveLinkIDs(plan.newLinks) }
    try await cache.keep(try await withUIDs(plan.links), forget: plan.forgotten)
    try await cache.keep(plan.holds)
    if run.endsEpoch || run.attempt.purpose == .adopt || !plan.operations.isEmpty {
      try await confirmMark(&run)
    }
    try await write(plan.operations, contacts: plan.contacts.operations, &run)
    if run.failure == nil {
      let contacts = try await cleared(plan.contacts, after: plan.operations, &run)
      if run.failure == nil { try await apply(contacts, &run) }
    }
    // Only what was planned under these settings has dealt with them.
    if run.listsAreWhole { run.positions.settings = installation.settingsDigest }
    try await commit(&run)
  }

  /// Writes in this order, batch by batch, until something stops it; what is to be done to contacts
  /// afterwards is known, so that what both need is read back once.
  func write(
    _ operations: [Operation],
    contacts: [ContactOperation] = [],
    _ run: inout Run
  ) async throws {
    var batch: [Operation] = []
    var done = 0
    for operation in operations {
      if operation.verb == .delete, try await !mayDelete(operations, contacts, &run) { break }
      let isOther = batch.contains {
        $0.side != operation.side || $0.verb != operation.verb
          || $0.link.kind != operation.link.kind || $0.link.id == operation.link.id
      }
      if isOther || batch.count == Cycle.batchSize {
        try await send(batch, &run)
        done += batch.count
        surroundings.progress(.counted("writes", done: done, of: operations.count))
        batch = []
        if run.failure != nil { break }
      }
      batch.append(operation)
    }
    if run.failure == nil, !batch.isEmpty {
      try await send(batch, &run)
      surroundings.progress(.counted("writes", done: operations.count, of: operations.count))
    }
  }

  func commit(_ run: inout Run) async throws {
    let unread = try await cache.toCheck().filter { !$0.reason.hasPrefix(ToCheck.foreign) }
    for one in unread { run.attempt.notes.append("\(one.key) could not be read: \(one.reason)") }
    run.attempt.failedItems += unread.count
    try await keep(run.positions)
    try await cache.forgetBefore(surroundings.now().advanced(byDays: -Cycle.daysKept))
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

  private func send(_ batch: [Operation], _ run: inout Run) async throws {
    guard let first = batch.first else { return }
    try Task.checkCancellation()
    do {
      try await requireOwnMark(run)
      let kind = first.link.kind
      switch first.side {
      case .exchange:
        for operation in batch where operation.link.exchange?.originalDate != nil {
          try await writeDate(operation, &run)
        }
        let items = batch.filter { $0.link.exchange?.originalDate == nil }
        if items.isEmpty { break }
        try await write(items, to: ExchangeSide(cycle: self, run: run, kind: kind), &run)
      case .psa:
        try await write(batch, to: PSASide(cycle: self, run: run, kind: kind), &run)
      }
    } catch let failure as any SyncFailure {
      run.failure = failure
    }
  }
}
