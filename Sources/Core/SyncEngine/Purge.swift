package import SyncModel
package import SyncPlan

/// What `purge` would do, and what it would leave as it is.
package struct PurgeReport: Sendable {
  package let what: Purge
  package let operations: [PlannedLine]
  package let skipped: [SkippedItem]
  /// Of the operations: the same for the same ones.
  package let digest: PlanDigest
  package let notes: [String]
}

/// Removes what Lockstep made (`rules.md` 4): a run of its own, that can be taken back.
extension Cycle {
  /// What `purge` would do now; reads both sides into the cache and writes to neither.
  package func purgePlan(_ what: Purge) async throws -> PurgeReport {
    let (run, plan) = try await looking { run in
      SyncPlan.purgePlan(what, try await orderedInput(&run))
    }
    return PurgeReport(
      what: what,
      operations: plan.operations.map(PlannedLine.init),
      skipped: plan.skipped,
      digest: plan.digest,
      notes: run.attempt.notes
    )
  }

  /// Removes each item that is still as Lockstep wrote it, and suppresses its link.
  ///
  /// Throws only where not even the run's row could be written; all else is in the result.
  package func purge(_ what: Purge) async throws -> SyncResult {
    try await recorded(.purge) { run in
      try await recover(&run)
      try await gather(&run, full: false)
      let plan = SyncPlan.purgePlan(what, try await orderedInput(&run))
      run.attempt.notes += plan.skipped.map { "Left as it is: \($0.key): \($0.why)." }
      try await carryOut(plan.operations, plan.links, &run)
      try await commit(&run)
    }
  }
}
