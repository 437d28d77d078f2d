package import SyncModel
package import SyncPlan

/// What `undo` would do, and what it would leave as it is.
package struct UndoReport: Sendable {
  package let run: RunID
  package let steps: [UndoStep]
  package let skipped: [SkippedItem]
  /// Of the operations: the same for the same ones.
  package let digest: PlanDigest
  package let notes: [String]
}

/// Takes a run back (`rules.md` 8): a run of its own, that can itself be taken back.
extension Cycle {
  /// What `undo` would do now; reads both sides into the cache and writes to neither.
  package func undoPlan(_ run: RunID) async throws -> UndoReport {
    let (current, plan) = try await looking { try await undoing(run, &$0) }
    return UndoReport(
      run: run,
      steps: plan.steps,
      skipped: plan.skipped,
      digest: plan.digest,
      notes: current.attempt.notes
    )
  }

  /// Writes what stood there before the run, as far as nobody changed since what it wrote.
  ///
  /// Throws only where not even the run's row could be written; all else is in the result.
  package func undo(_ run: RunID) async throws -> SyncResult {
    try await recorded(.undo) { current in
      try await recover(&current)
      try await gather(&current, full: false)
      let plan = try await undoing(run, &current)
      current.attempt.notes += plan.skipped.map { "Left as it is: \($0.key): \($0.why)." }
      for step in plan.steps { current.putBack[step.half] = step.values }
      try await carryOut(plan.steps.map(\.operation), plan.links, &current)
      try await tellUndone(plan, of: run, current)
      try await commit(&current)
    }
  }

  /// The plan, from the journal and both sides as they are.
  private func undoing(_ run: RunID, _ current: inout Run) async throws -> UndoPlan {
    let entries = try await entriesToUndo(of: run, before: current.number)
    let now = try await orderedInput(&current)
    let links = now.links
    var deleted: [Int: DeletedItem] = [:]
    for entry in entries where entry.isDeleteInExchange {
      deleted[entry.intent.sequence] = try await find(entry.intent, links, current)
    }
    return SyncPlan.undoPlan(UndoInput(now: now, run: run, entries: entries, deleted: deleted))
  }

  private func entriesToUndo(of run: RunID, before current: RunID) async throws -> [JournalEntry] {
    let attempt = try await cache.attempts(limit: .max).first { $0.run == run }
    guard let attempt, run < current else {
      throw StopFailure("There is no run \(run). 'lockstep history' lists them.")
    }
    let now = surroundings.now()
    guard attempt.started > now.advanced(byDays: -Cycle.daysKept) else {
      throw StopFailure(
        "Run \(run) began more than \(Cycle.daysKept) days ago, and what stood there before it is "
          + "not kept any more. Nothing was written."
      )
    }
    return try await cache.entries(of: run)
  }

  /// Looks among deleted items for what a run removed, by the stamp that it bore.
  private func find(_ intent: Intent, _ links: [Link], _ run: Run) async throws -> DeletedItem {
    let stamp =
      intent.idempotencyKey.flatMap { Stamp($0) }
      ?? links.first { $0.id == intent.link }?.stamp
    guard let stamp else { return .nothing }
    let traces = try await mailbox.traces(of: .stamp(stamp), calendar: run.folder.id)
    guard !traces.isEmpty else { return .nothing }
    let readings = try await mailbox.items(traces.map(\.id), in: run.folder.id)
    var lying: [ExchangeFact] = []
    for (trace, reading) in zip(traces, readings) {
      guard case .found(let item) = reading else { continue }
      let fact = run.maker.fact(of: item)
      // A person's copy bears the stamp too.
      guard fact.isStampOwn else { continue }
      if trace.place != .deleted { return .there }
      lying.append(fact)
    }
    guard let item = lying.first else { return .nothing }
    return lying.count == 1 ? .lying(item) : .several
  }

  /// Marks the writes of the run that were taken back.
  private func tellUndone(_ plan: UndoPlan, of run: RunID, _ current: Run) async throws {
    let done = try await cache.entries(of: current.number).filter { $0.status == .done }
    let halves = Set(done.map { LinkHalf($0.intent.link, $0.intent.side) })
    let sequences = Set(plan.steps.filter { halves.contains($0.half) }.flatMap(\.sequences))
    let taken = try await cache.entries(of: run).filter { sequences.contains($0.intent.sequence) }
    try await cache.settle(
      taken.map { entry in
        Settlement(
          run: run,
          sequence: entry.intent.sequence,
          status: .undone,
          resultID: entry.resultID,
          resultVersion: entry.resultVersion,
          note: "taken back by run \(current.number)"
        )
      }
    )
  }
}

extension JournalEntry {
  fileprivate var isDeleteInExchange: Bool {
    intent.side == .exchange && intent.verb == .delete && intent.kind != .contact
      && status == .done
  }
}
