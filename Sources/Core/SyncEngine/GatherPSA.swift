import SyncModel
import SyncPlan

extension Cycle {
  /// A day more than the widest window, so that the window's edge is always covered until the next
  /// whole listing.
  private static let daysListed = SyncRules.daysAllowed.upperBound + 1

  /// Reads what changed in the PSA since the watermark; deletions by comparing counts (`design.md` 3).
  func gatherPSA(_ run: inout Run) async throws {
    let began = surroundings.now()
    surroundings.progress(.step("Reading the PSA"))
    let isListed = run.positions.watermark != nil && run.positions.psaEndingFrom != nil
    let isStale = run.positions.psaListedAt.map { began >= $0.advanced(byDays: 1) } ?? true
    let isComplete =
      run.isFull || !isListed || isStale
      ? try await listPSA(&run, began) : try await updatePSA(&run, began)
    let coverage = Coverage(
      run: run.number,
      side: .psa,
      kind: .appointment,
      mailbox: run.folder.mailbox,
      folder: nil,
      endingFrom: run.positions.psaEndingFrom,
      ids: nil,
      settings: installation.settingsDigest,
      epoch: run.positions.epoch,
      began: began,
      ended: surroundings.now(),
      isComplete: isComplete.whole,
      count: isComplete.count
    )
    run.psaCoverage = coverage
    var harvest = Harvest()
    if !isComplete.whole || run.positions.psaListedAt == began { harvest.coverage = [coverage] }
    harvest.positions = run.positions
    try await cache.keep(harvest)
  }

  /// The whole listing under the fixed filter.
  private func listPSA(_ run: inout Run, _ began: Instant) async throws -> (whole: Bool, count: Int)
  {
    let from = began.advanced(byDays: -Cycle.daysListed)
    let query = PSAQuery(kind: .appointment, endingFrom: from)
    run.positions.psaEndingFrom = from
    var seen: Set<PSAID> = []
    var watermark = run.positions.watermark
    try await pages(of: query, &run) { items in
      for item in items {
        seen.insert(item.id)
        watermark = max(watermark ?? item.modified, item.modified)
      }
      return seen.count
    }
    let count = try await psa.count(of: query)
    guard count == seen.count else { return (false, seen.count) }
    var harvest = Harvest()
    harvest.psaGone = try await cache.psaIdentities(of: query).filter { !seen.contains($0) }
      .map { ItemKey(side: .psa, kind: .appointment, id: $0.description) }
    run.positions.watermark = watermark
    run.positions.psaListedAt = began
    harvest.positions = run.positions
    try await cache.keep(harvest)
    return (true, count)
  }

  /// What changed since the watermark, five minutes of overlap included.
  private func updatePSA(
    _ run: inout Run,
    _ began: Instant
  ) async throws -> (whole: Bool, count: Int) {
    guard let watermark = run.positions.watermark, let from = run.positions.psaEndingFrom else {
      return (false, 0)
    }
    let since = watermark.advanced(bySeconds: -300)
    let changes = PSAQuery(kind: .appointment, modifiedSince: since)
    // Of what changed since then all has to be listed again.
    var due = Set(
      try await cache.psaFacts()
        .filter { $0.kind == .appointment && $0.modified >= since && $0.span.end >= from }.map(\.id)
    )
    var newest = watermark
    var read = 0
    let isNew = try await pages(of: changes, &run, comparing: true) { items in
      for item in items { newest = max(newest, item.modified) }
      due.subtract(items.map(\.id))
      read += items.count
      return read
    }
    // A listing cut short would move the watermark past what it left out.
    if isNew, try await psa.count(of: changes) <= read { run.positions.watermark = newest }
    // Deleted, given to somebody else, or an older copy of itself: only a whole listing tells.
    if !due.isEmpty { return try await listPSA(&run, began) }
    let filter = PSAQuery(kind: .appointment, endingFrom: from)
    let mirrored = try await cache.psaIdentities(of: filter)
    let count = try await psa.count(of: filter)
    if count == mirrored.count { return (true, count) }
    var harvest = Harvest()
    let isWhole = try await reconcile(mirrored[...], count: count, filter, &harvest, &run)
    harvest.positions = run.positions
    try await cache.keep(harvest)
    return (isWhole, count)
  }

  /// Bisects the range of ids until it is clear which items are gone and which are new.
  private func reconcile(
    _ mirrored: ArraySlice<PSAID>,
    count: Int,
    _ query: PSAQuery,
    _ harvest: inout Harvest,
    _ run: inout Run
  ) async throws -> Bool {
    guard count != mirrored.count else { return true }
    let range = query.ids ?? PSAID(0)...PSAID(Int64.max)
    if count + mirrored.count <= 1_000 || mirrored.count < 2 {
      let actual = try await psa.identities(of: query)
      guard actual.count == count else { return false }
      let there = Set(actual)
      harvest.psaGone += mirrored.filter { !there.contains($0) }
        .map { ItemKey(side: .psa, kind: .appointment, id: $0.description) }
      let known = Set(mirrored)
      let new = actual.filter { !known.contains($0) }
      for item in try await psa.items(new, of: .appointment) {
        guard let item else { continue }
        harvest.psa.append(MirroredPSA(item: item, fact: run.maker.fact(of: item)))
      }
      return true
    }
    let middle = mirrored[mirrored.startIndex + mirrored.count / 2]
    let lower = PSAQuery(
      kind: query.kind,
      endingFrom: query.endingFrom,
      ids: range.lowerBound...PSAID(middle.rawValue - 1)
    )
    let upper = PSAQuery(
      kind: query.kind,
      endingFrom: query.endingFrom,
      ids: middle...range.upperBound
    )
    let split = mirrored.firstIndex { $0 >= middle } ?? mirrored.endIndex
    let below = try await psa.count(of: lower)
    let isLowerWhole = try await reconcile(mirrored[..<split], count: below, lower, &harvest, &run)
    let above = count - below
    let isUpperWhole = try await reconcile(mirrored[split...], count: above, upper, &harvest, &run)
    return isLowerWhole && isUpperWhole
  }

  /// Keeps every page; true when one held what the mirror did not (asked only when `comparing`).
  @discardableResult
  private func pages(
    of query: PSAQuery,
    _ run: inout Run,
    comparing: Bool = false,
    _ seen: ([PSAItem]) -> Int
  ) async throws -> Bool {
    var token: PageToken?
    var isNew = false
    repeat {
      try Task.checkCancellation()
      let page = try await psa.page(of: query, continuing: token)
      if comparing {
        let known = try await cache.psaItems(page.items.map(\.id), of: query.kind)
        isNew = isNew || page.items.contains { known[$0.id] != $0 }
      }
      var harvest = Harvest()
      harvest.psa = page.items.map { MirroredPSA(item: $0, fact: run.maker.fact(of: $0)) }
      if let last = page.items.map(\.id).max() {
        run.positions.highestPSA = max(run.positions.highestPSA ?? last, last)
      }
      if !page.items.isEmpty { try await cache.keep(harvest) }
      let done = seen(page.items)
      if done > 0 { surroundings.progress(.counted("PSA items read", done: done, of: nil)) }
      token = page.next
    } while token != nil
    return isNew
  }
}
