import SyncModel
import SyncPlan

extension Cycle {
  /// Both sides as the cache holds them, and what was looked up beside.
  private struct View {
    let links: [Link]
    let exchange: [ExchangeFact]
    let psa: [PSAFact]
    let unread: Set<ExchangeItemID>
    let found: Found

    /// How many links know their PSA item in a later version than the one that is there.
    var olderInPSA: Int {
      var modified: [ItemKey: Instant] = [:]
      for fact in psa { modified[fact.key] = fact.modified }
      return links.filter { link in
        guard let known = link.psaModified, let key = link.psaKey, let seen = modified[key] else {
          return false
        }
        return seen < known
      }.count
    }
  }

  /// Builds the plan from the cache, after looking for what the listings lack.
  func planned(_ run: inout Run, approved: Set<PlanDigest>) async throws -> Plan {
    let input = try await planInput(&run, approved: approved)
    return try await withContacts(SyncPlan.plan(input), after: input, &run)
  }

  /// Both sides for a plan of the calendar, from the cache, after looking for what listings lack.
  func planInput(_ run: inout Run, approved: Set<PlanDigest>) async throws -> PlanInput {
    var view = try await view(&run, isApproving: !approved.isEmpty)
    if view.olderInPSA > 0, !run.isFull {
      // Believed only of what both sides, read completely, show.
      try await gather(&run, full: true)
      view = try await self.view(&run, isApproving: !approved.isEmpty)
    }
    if view.olderInPSA > 0 { beginEpoch(&run, older: view.olderInPSA) }
    if run.needsWholeListings || run.mode.isRestored, !run.listsAreWhole {
      run.mode.mayCreate = false
      run.attempt.notes.append(
        "A side listed fewer items than it counts: nothing is created until a run has read both "
          + "sides whole."
      )
    }
    let series = try await expanded(view.exchange, view.links, &run)
    let firstNew = try await cache.reserveLinkIDs(0)
    run.firstNewLink = firstNew
    return PlanInput(
      links: view.links,
      exchange: view.exchange,
      series: series,
      psa: view.psa,
      unread: view.unread,
      lookUps: view.found.lookUps,
      awayFacts: view.found.away,
      exchangeCoverage: run.exchangeCoverage,
      psaCoverage: run.psaCoverage,
      assignments: run.assignments,
      rules: installation.rules,
      settings: installation.settingsDigest,
      zone: run.zone,
      clock: surroundings.zones,
      now: surroundings.now(),
      run: run.number,
      tenant: run.desk.tenant,
      resource: run.desk.resource,
      mailbox: run.folder.mailbox,
      folder: run.folder.id,
      mode: run.mode,
      approved: approved,
      nextLink: firstNew,
      fingerprinter: surroundings.fingerprinter
    )
  }

  private func view(_ run: inout Run, isApproving: Bool) async throws -> View {
    surroundings.progress(.step("Comparing both sides"))
    let links = try await cache.links().filter { $0.kind != .contact }
    let exchange = try await cache.exchangeFacts()
    let unread = try await cache.toCheck().filter { $0.key.side == .exchange }
    // What is there of a kind that this run did not read says nothing in it.
    let mirrored = try await cache.psaFacts().filter { run.psaCoverage[$0.kind] != nil }
    let found = try await lookUps(links, exchange, mirrored, &run, isApproving: isApproving)
    let newer = Set(found.psa.map(\.key))
    return View(
      links: links,
      exchange: exchange,
      psa: mirrored.filter { !newer.contains($0.key) } + found.psa,
      unread: Set(unread.map { ExchangeItemID($0.key.id) }),
      found: found
    )
  }

  /// The PSA came back from a backup: this run deletes and suppresses nothing, and holds what is
  /// missing and what is older (`rules.md` 8).
  private func beginEpoch(_ run: inout Run, older: Int) {
    if !run.mode.isRestored { run.positions.epoch += 1 }
    run.mode.isRestored = true
    run.mode.mayDelete = false
    run.attempt.notes.append(
      "\(older) linked item(s) in the PSA are older than this agent read them before: the PSA "
        + "was restored from a backup. Nothing is deleted; what is missing or older is held."
    )
  }
}
