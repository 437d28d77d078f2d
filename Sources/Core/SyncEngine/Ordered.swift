import SyncModel
import SyncPlan

/// What a person orders beside the rules of a run: `undo` and `purge`.
///
/// The brake holds none of it, for a person asked; each item is compared with what Lockstep wrote.
extension Cycle {
  /// Both sides as they are; only of those that are as the cache knows them something is ordered.
  func orderedInput(_ run: inout Run) async throws -> PlanInput {
    // What was made and moved between two listings is in neither, and only a whole one tells.
    if !run.listsAreWhole { try await gather(&run, full: true) }
    let input = try await planInput(&run, approved: [])
    guard run.listsAreWhole else {
      throw StopFailure(
        "A side listed fewer items than it counts. Nothing was written; try again in a minute.",
        remedy: .retry(after: .seconds(60))
      )
    }
    let isKnown = run.verdict == .asExpected || run.verdict == .firstRun
    guard isKnown, !run.mode.isRestored else {
      throw StopFailure(
        "The calendar or the PSA is not as this agent last knew it. Run 'lockstep sync' and look at "
          + "what it says first. Nothing was written."
      )
    }
    let known = Set(input.links.map(\.id))
    run.dueMasks = SyncPlan.plan(input).operations.filter {
      $0.verb == .mask && known.contains($0.link.id)
    }
    return input
  }

  /// Writes in this order, with the run's mark on the folder first, and before anything else the
  /// masks that are due (`rules.md` 3).
  func carryOut(
    _ operations: [Operation],
    _ links: [Link],
    contacts: [ContactOperation] = [],
    _ run: inout Run
  ) async throws {
    guard !operations.isEmpty else { return }
    try await confirmMark(&run)
    try await write(run.dueMasks, &run)
    guard run.failure == nil else { return }
    let masks = run.sequence
    let kinds = Set(operations.map(\.link.kind))
    let ordered = links.filter { kinds.contains($0.kind) }
    let before = try await cache.links(Set(ordered.map(\.id)))
    try await cache.keep(ordered, forget: [])
    try await write(operations, contacts: contacts, &run)
    // What was not carried out was not asked for: its link is what it was.
    let entries = try await cache.entries(of: run.number).filter { $0.intent.sequence > masks }
    let carriedOut = Set(entries.filter { $0.status != .dropped }.map(\.intent.link))
    try await cache.keep(before.filter { !carriedOut.contains($0.id) }, forget: [])
    for entry in entries where entry.status == .dropped {
      let intent = entry.intent
      let key = ItemKey(side: intent.side, kind: intent.kind, id: intent.target ?? "-")
      run.attempt.notes.append("Left as it is: \(key): \(entry.note ?? "it was not written").")
    }
  }
}
