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
    let (run, plan) = try await looking { try await purging(what, &$0) }
    return PurgeReport(
      what: what,
      operations: plan.operations.map(PlannedLine.init) + plan.contacts.map(PlannedLine.init),
      skipped: plan.skipped,
      digest: plan.digest,
      notes: run.attempt.notes
    )
  }

  /// Removes each item that is still as Lockstep wrote it, and suppresses its link.
  ///
  /// Throws only where not even the run's row could be written; all else is in the result.
  ///
  /// With a digest that was `agreed` to nothing else is done than what it stands for.
  package func purge(_ what: Purge, agreed: PlanDigest? = nil) async throws -> SyncResult {
    try await recorded(.purge) { run in
      try await recover(&run)
      try await gather(&run, full: false)
      let plan = try await purging(what, &run)
      if let agreed, agreed != plan.digest {
        throw StopFailure(
          "Meanwhile something changed, and other items would be removed than those that were shown. "
            + "Nothing was removed; look at the list once more."
        )
      }
      run.attempt.notes += plan.skipped.map { "Left as it is: \($0.key): \($0.why)." }
      try await carryOut(plan.operations, plan.links, contacts: plan.contacts, &run)
      if run.failure == nil { try await remove(plan.contacts, &run) }
      try await commit(&run)
    }
  }

  private func purging(_ what: Purge, _ run: inout Run) async throws -> PurgePlan {
    let input = try await orderedInput(&run)
    var contacts: [ExchangeContactFact]?
    if self.contacts != nil, installation.rules.contacts != nil {
      contacts = try await cache.exchangeContacts().compactMap { row in
        row.contact.flatMap {
          ExchangeContactFact($0, tenant: input.tenant, surroundings.fingerprinter)
        }
      }
    }
    return SyncPlan.purgePlan(
      what,
      input,
      contactLinks: try await cache.links().filter { $0.kind == .contact },
      contacts: contacts
    )
  }

  /// Contacts as they were last read: one that changed since is left by the write itself.
  private func remove(_ operations: [ContactOperation], _ run: inout Run) async throws {
    guard !operations.isEmpty, let ports = contacts, let rules = installation.rules.contacts else {
      return
    }
    run.contactsPlace = try await ports.folder.contactsPlace(
      named: rules.folder,
      known: try await cache.contactPositions().folder
    )
    guard run.contactsPlace != nil else {
      run.attempt.notes.append("The contacts folder was not found: its contacts stay as they are.")
      return
    }
    var plan = ContactPlan()
    plan.operations = operations
    plan.links = operations.map(\.link)
    try await apply(try await cleared(plan, &run), &run)
  }
}
