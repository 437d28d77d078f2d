package import SyncModel
import SyncPlan

/// One agent's work: recover, gather, plan, apply, commit, report (`design.md` 3).
///
/// Without `contacts` no request is made for contacts.
/// A cycle is one sequential task over its ports; the caller holds the profile's lock.
package struct Cycle: Sendable {
  let mailbox: any ExchangeMailbox & ExchangeWriting
  let psa: any PSAService & PSAWriting
  let contacts: ContactPorts?
  let cache: any SyncCache
  let installation: Installation
  let surroundings: Surroundings

  package init(
    mailbox: any ExchangeMailbox & ExchangeWriting,
    psa: any PSAService & PSAWriting,
    contacts: ContactPorts? = nil,
    cache: any SyncCache,
    installation: Installation,
    surroundings: Surroundings
  ) {
    self.mailbox = mailbox
    self.psa = psa
    self.contacts = contacts
    self.cache = cache
    self.installation = installation
    self.surroundings = surroundings
  }

  /// What `sync` would do now; reads both sides into the cache and writes to neither.
  package func plan(approvals: Set<PlanDigest> = []) async throws -> PlanReport {
    try await shown(full: false, approvals) { _ in }
  }

  /// What `adopt` would do now; reads both sides into the cache and writes to neither.
  package func adoptPlan(createMissing: Bool) async throws -> PlanReport {
    try await shown(full: true, []) { Cycle.limitToAdopting(&$0, createMissing: createMissing) }
  }

  /// Reads both sides into the cache as a run would, and writes to neither.
  func looking<Result>(
    full: Bool = false,
    _ body: (inout Run) async throws -> Result
  ) async throws -> (Run, Result) {
    let newest = try await cache.attempts(limit: 1).first?.run ?? RunID(0)
    let attempt = Attempt(
      run: RunID(newest.rawValue + 1),
      purpose: .sync,
      started: surroundings.now(),
      settings: installation.settingsDigest
    )
    var run = try await opened(attempt, isDry: true)
    try await recover(&run)
    try await gather(&run, full: full)
    let result = try await body(&run)
    return (run, result)
  }

  private static func limitToAdopting(_ mode: inout PlanMode, createMissing: Bool) {
    mode.adoptsOnly = true
    mode.mayDelete = false
    mode.mayCreate = createMissing
    mode.createsMissing = createMissing
  }

  private func shown(
    full: Bool,
    _ approvals: Set<PlanDigest>,
    _ limit: (inout PlanMode) -> Void
  ) async throws -> PlanReport {
    let (run, plan) = try await looking(full: full) { run in
      limit(&run.mode)
      let approved = try await cache.holds().filter(\.isApproved).map(\.digest)
      return try await planned(&run, approved: approvals.union(approved))
    }
    return PlanReport(
      operations: plan.operations.map(PlannedLine.init)
        + plan.contacts.operations.map(PlannedLine.init),
      holds: plan.holds,
      notes: run.attempt.notes + plan.notes,
      alone: plan.alone
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
      let kept = try await cache.holds().filter(\.isApproved).map(\.digest)
      var approved = options.approvals.union(kept)
      if let digest = options.approve { approved.insert(digest) }
      let plan = try await planned(&run, approved: approved)
      if let digest = options.approve { try await accept(digest, for: plan) }
      try await apply(plan, &run)
    }
  }

  /// Keeps an approval that the plan knows; under any other one nothing is written at all.
  private func accept(_ digest: PlanDigest, for plan: Plan) async throws {
    if plan.approvedDigests.contains(digest) { return }
    // Shown as they are now; what was approved before and is still due stays approved.
    let due = try await cache.holds().filter { plan.approvedDigests.contains($0.digest) }
    try await cache.keep(plan.holds + due)
    // What was looked for because of the approval, and found elsewhere, is no longer missing.
    let links = plan.links + plan.contacts.links
    try await cache.keep(links.filter { $0.state == .away }, forget: [])
    guard let hold = plan.holds.first(where: { $0.digest == digest }) else {
      let waiting = plan.holds.filter(\.needsApproval).map { "\($0.digest) (\($0.reason))" }
      throw StopFailure(
        "Nothing is held under \(digest) now that both calendars were read, and nothing was "
          + "written. "
          + (waiting.isEmpty
            ? "Nothing waits for approval."
            : "What waits for approval is \(waiting.joined(separator: "; ")).")
      )
    }
    guard hold.needsApproval else {
      throw StopFailure(
        "Approval does not end what is held under \(digest), and nothing was written. "
          + hold.mend
      )
    }
    _ = try await cache.approve(digest)
  }

  /// Links what stamps and references prove; creates only with `createMissing`, deletes nothing.
  package func adopt(createMissing: Bool) async throws -> SyncResult {
    try await recorded(.adopt) { run in
      try await recover(&run)
      try await gather(&run, full: true)
      Cycle.limitToAdopting(&run.mode, createMissing: createMissing)
      let plan = try await planned(&run, approved: [])
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
      var positions = try await cache.positions()
      positions.announcedMark = attempt.run
      try await keep(positions)
      try await mailbox.write(mark(desk, attempt.run), on: folder.id)
      return nil
    }
  }

  // MARK: The frame of a run

  func recorded(
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
        throw error
      }
      attempt = run.attempt
      return run
    }
  }

  private func closing(
    _ attempt: Attempt,
    _ body: (inout Attempt) async throws -> Run?
  ) async throws -> SyncResult {
    var attempt = attempt
    var failure: (any SyncFailure)?
    var alone: [LeftAlone] = []
    let before = (exchange: await mailbox.requests, psa: await psa.requests)
    do {
      let run = try await body(&attempt)
      attempt.failedItems = run?.attempt.failedItems ?? 0
      failure = run?.failure
      alone = run?.alone ?? []
      // A write that was cut off reports a failure of the connection.
      if failure != nil { try Task.checkCancellation() }
      let isClean = attempt.failedItems == 0 && failure == nil
      attempt.outcome = isClean ? .success : .successWithErrors
      if failure != nil, run?.hasWritten != true { attempt.outcome = .failed }
    } catch  where error is CancellationError || Task.isCancelled {
      failure = nil
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
    attempt.exchange.requests = await mailbox.requests - before.exchange
    attempt.psa.requests = await psa.requests - before.psa
    attempt.finished = surroundings.now()
    try await cache.keep(attempt)
    // A run that was asked to end reads nothing more.
    let holds = Task.isCancelled ? [] : try await cache.holds()
    return SyncResult(attempt: attempt, holds: holds, alone: alone, failure: failure)
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

extension RunLedger {
  /// Puts a run on record that failed before its cycle could begin, for want of a password say.
  package func recordFailure(
    _ failure: any SyncFailure,
    of purpose: Attempt.Purpose,
    at now: Instant,
    settings: String
  ) async throws -> SyncResult {
    var attempt = try await begin(purpose, at: now, settings: settings)
    _ = try await closeInterrupted(before: attempt.run)
    attempt.outcome = .failed
    attempt.notes = [failure.description]
    attempt.finished = now
    try await keep(attempt)
    return SyncResult(attempt: attempt, holds: try await holds(), failure: failure)
  }
}
