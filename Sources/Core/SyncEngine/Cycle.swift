import SyncModel
import SyncPlan

/// One agent's work: recover, gather, plan, apply, commit, report (`design.md` 3).
///
/// A cycle is one sequential task over its ports; the caller holds the profile's lock.
package struct Cycle: Sendable {
  let mailbox: any ExchangeMailbox & ExchangeWriting
  let psa: any PSAService & PSAWriting
  let cache: any SyncCache
  let installation: Installation
  let surroundings: Surroundings

  package init(
    mailbox: any ExchangeMailbox & ExchangeWriting,
    psa: any PSAService & PSAWriting,
    cache: any SyncCache,
    installation: Installation,
    surroundings: Surroundings
  ) {
    self.mailbox = mailbox
    self.psa = psa
    self.cache = cache
    self.installation = installation
    self.surroundings = surroundings
  }

  /// What `sync` would do now; reads both sides into the cache and writes to neither.
  package func plan() async throws -> PlanReport {
    let newest = try await cache.attempts(limit: 1).first?.run ?? RunID(0)
    let attempt = Attempt(
      run: RunID(newest.rawValue + 1),
      purpose: .sync,
      started: surroundings.now(),
      settings: installation.settingsDigest
    )
    var run = try await opened(attempt, isDry: true)
    try await recover(&run)
    try await gather(&run, full: false)
    let approved = try await cache.holds().filter(\.isApproved).map(\.digest)
    let plan = try await planned(&run, approved: Set(approved))
    return PlanReport(
      operations: plan.operations.map(PlannedLine.init),
      holds: plan.holds,
      notes: plan.notes
    )
  }

  /// One run over both sides.
  ///
  /// Throws only where not even the run's row could be written; all else is in the result.
  package func sync(_ options: SyncOptions) async throws -> SyncResult {
    try await recorded(.sync) { run in
      try await recover(&run)
      if options.full { run.mode.liftsSuppression = true }
      try await gather(&run, full: options.full)
      if let digest = options.approve, try await !cache.approve(digest) {
        run.approved.insert(digest)
      }
      let approvals = try await cache.holds().filter(\.isApproved).map(\.digest)
      let plan = try await planned(&run, approved: run.approved.union(approvals))
      if let digest = options.approve, plan.holds.contains(where: { $0.digest == digest }) == false,
        !plan.approvedDigests.contains(digest)
      {
        run.attempt.notes.append(
          "Nothing is held under \(digest): the calendars have changed since. "
            + "Look at 'lockstep plan' and approve what it shows."
        )
      }
      try await apply(plan, &run)
    }
  }

  /// Links what stamps and references prove; creates only with `createMissing`, deletes nothing.
  package func adopt(createMissing: Bool) async throws -> SyncResult {
    try await recorded(.adopt) { run in
      try await recover(&run)
      try await gather(&run, full: true)
      run.mode.adoptsOnly = true
      run.mode.mayDelete = false
      run.mode.mayCreate = createMissing
      run.mode.createsMissing = createMissing
      run.mode.looksForPairs = false
      let plan = try await planned(&run, approved: [])
      try await confirmMark(&run)
      try await apply(plan, &run)
    }
  }

  /// Makes this agent the calendar's own: the agent that was left stops at its next run.
  package func takeOver() async throws -> SyncResult {
    let attempt = try await cache.begin(
      .adopt,
      at: surroundings.now(),
      settings: installation.settingsDigest
    )
    return try await closing(attempt) { attempt in
      let desk = try await psa.open()
      let folder = try await mailbox.open()
      if let mark = folder.mark, mark.tenant != desk.tenant || mark.resource != desk.resource {
        throw StopFailure(
          "This calendar is kept in step with resource \(mark.resource) of tenant \(mark.tenant). "
            + "Taking it over for another resource is refused."
        )
      }
      if let floor = folder.mark?.run, floor >= attempt.run {
        attempt = try await cache.renumber(attempt.run, above: floor)
      }
      try await mailbox.write(mark(desk, attempt.run), on: folder.id)
      return nil
    }
  }

  // MARK: The frame of a run

  private func recorded(
    _ purpose: Attempt.Purpose,
    _ body: (inout Run) async throws -> Void
  ) async throws -> SyncResult {
    let attempt = try await cache.begin(
      purpose,
      at: surroundings.now(),
      settings: installation.settingsDigest
    )
    _ = try await cache.closeInterrupted(before: attempt.run)
    return try await closing(attempt) { attempt in
      var run = try await opened(attempt, isDry: false)
      attempt = run.attempt
      do {
        try await body(&run)
      } catch {
        attempt = run.attempt
        try await count(run, &attempt)
        throw error
      }
      attempt = run.attempt
      try await count(run, &attempt)
      return run
    }
  }

  private func closing(
    _ attempt: Attempt,
    _ body: (inout Attempt) async throws -> Run?
  ) async throws -> SyncResult {
    var attempt = attempt
    var failure: (any SyncFailure)?
    do {
      let run = try await body(&attempt)
      attempt.failedItems = run?.attempt.failedItems ?? 0
      failure = run?.failure
      let isClean = attempt.failedItems == 0 && failure == nil
      attempt.outcome = isClean ? .success : .successWithErrors
      if failure != nil, run?.hasWritten != true { attempt.outcome = .failed }
    } catch  where error is CancellationError || Task.isCancelled {
      attempt.outcome = .interrupted
      attempt.notes.append("The run was asked to end. The next one goes on from here.")
    } catch let error as any SyncFailure {
      failure = error
      attempt.outcome = .failed
    } catch {
      failure = StopFailure("The run ended with an error that nobody foresaw: \(error)")
      attempt.outcome = .failed
    }
    if let failure { attempt.notes.append(failure.description) }
    attempt.finished = surroundings.now()
    try await cache.keep(attempt)
    return SyncResult(attempt: attempt, holds: try await cache.holds(), failure: failure)
  }

  private func count(_ run: Run, _ attempt: inout Attempt) async throws {
    attempt.exchange.requests = await mailbox.requests - run.requestsBefore.exchange
    attempt.psa.requests = await psa.requests - run.requestsBefore.psa
  }

  func mark(_ desk: PSADesk, _ run: RunID) -> FolderMark {
    FolderMark(
      tenant: desk.tenant,
      resource: desk.resource,
      agent: installation.agent,
      machine: installation.machine,
      run: run
    )
  }
}
