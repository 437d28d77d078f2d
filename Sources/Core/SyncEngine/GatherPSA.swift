import SyncModel
import SyncPlan

extension Cycle {
  /// A day more than the widest window, so that the window's edge is always covered until the next
  /// whole listing.
  private static let daysListed = SyncRules.daysAllowed.upperBound + 1

  /// Reads what changed in the PSA since the watermark; deletions by comparing counts (`design.md` 3).
  ///
  /// A kind that is off costs no request.
  func gatherPSA(_ run: inout Run) async throws {
    run.psaCoverage = [:]
    surroundings.progress(.step("Reading the PSA"))
    try await gather(.appointment, &run)
    for kind in [Kind.toDo, .serviceCall] where installation.rules.exports(kind) {
      do {
        try await gather(kind, &run)
      } catch let failure as any SyncFailure where failure.remedy == .skipItem {
        run.attempt.failedItems += 1
        run.attempt.notes.append("\(failure) What was made of them in Exchange stays as it is.")
      }
    }
  }

  private func gather(_ kind: Kind, _ run: inout Run) async throws {
    let began = surroundings.now()
    let position = run.positions[kind]
    let isListed = position.watermark != nil && position.endingFrom != nil
    let isFresh = position.listedAt?.isWithin(seconds: Instant.day, before: began) ?? false
    let isDue = run.isFull || !isListed || !isFresh
    let listing: Listing =
      switch kind {
      case .serviceCall: try await gatherCalls(&run, began, whole: isDue)
      case .appointment, .toDo, .contact:
        isDue ? try await list(kind, &run, began) : try await update(kind, &run, began)
      }
    let coverage = Coverage(
      run: run.number,
      side: .psa,
      kind: kind,
      mailbox: run.folder.mailbox,
      folder: nil,
      endingFrom: run.positions[kind].endingFrom,
      ids: nil,
      settings: installation.settingsDigest,
      epoch: run.positions.epoch,
      began: began,
      ended: surroundings.now(),
      isComplete: listing.isWhole,
      count: listing.count
    )
    run.psaCoverage[kind] = coverage
    var harvest = Harvest()
    if !listing.isWhole || run.positions[kind].listedAt == began { harvest.coverage = [coverage] }
    harvest.positions = run.positions
    try await cache.keep(harvest)
  }

  /// How a reading ended.
  struct Listing {
    /// Read to its end, with as many items as the PSA counts.
    var isWhole: Bool
    var count: Int
  }

  /// The whole listing under the fixed filter, which several questions may be needed for.
  func list(
    _ kind: Kind,
    among parts: [[PSAID]?] = [nil],
    _ run: inout Run,
    _ began: Instant
  ) async throws -> Listing {
    let from = began.advanced(byDays: -Cycle.daysListed)
    run.positions[kind].endingFrom = from
    // The PSA's clock may differ from this machine's, but by minutes: what had changed a day before
    // a whole listing is in it, or outside its filter.
    let dayBefore = began.advanced(byDays: -1)
    var seen: Set<PSAID> = []
    var watermark = run.positions[kind].watermark.map { min($0, dayBefore) }
    var isWhole = true
    for part in parts {
      let query = PSAQuery(kind: kind, endingFrom: from, among: part)
      let before = seen.count
      try await pages(of: query, &run, refreshing: true) { items in
        for item in items {
          seen.insert(item.id)
          watermark = max(watermark ?? item.modified, item.modified)
        }
        return seen.count
      }
      let count = try await psa.count(of: query)
      isWhole = isWhole && count == seen.count - before
    }
    guard isWhole else { return Listing(isWhole: false, count: seen.count) }
    var harvest = Harvest()
    harvest.psaGone = try await cache.psaIdentities(of: PSAQuery(kind: kind, endingFrom: from))
      .filter { !seen.contains($0) }
      .map { ItemKey(side: .psa, kind: kind, id: $0.description) }
    run.positions[kind].watermark = watermark ?? dayBefore
    run.positions[kind].listedAt = began
    harvest.positions = run.positions
    try await cache.keep(harvest)
    return Listing(isWhole: true, count: seen.count)
  }

  private func update(
    _ kind: Kind,
    _ run: inout Run,
    _ began: Instant
  ) async throws -> Listing {
    guard let from = run.positions[kind].endingFrom, try await keepChanges(of: kind, &run) else {
      return try await list(kind, &run, began)
    }
    let filter = PSAQuery(kind: kind, endingFrom: from)
    let mirrored = try await cache.psaIdentities(of: filter)
    let count = try await psa.count(of: filter)
    if count == mirrored.count { return Listing(isWhole: true, count: count) }
    var harvest = Harvest()
    let isWhole = try await reconcile(mirrored, count: count, filter, &harvest, &run)
    harvest.positions = run.positions
    try await cache.keep(harvest)
    return Listing(isWhole: isWhole, count: count)
  }

  /// Reads what changed since the watermark, five minutes of overlap included.
  ///
  /// False where only a whole listing tells: an item was deleted, given to somebody else, or is an
  /// older copy of itself.
  func keepChanges(of kind: Kind, _ run: inout Run) async throws -> Bool {
    guard let watermark = run.positions[kind].watermark, let from = run.positions[kind].endingFrom
    else { return false }
    let since = watermark.advanced(bySeconds: -300)
    let changes = PSAQuery(kind: kind, modifiedSince: since)
    // Of what changed since then all has to be listed again.
    var due = Set(
      try await cache.psaFacts()
        .filter { $0.kind == kind && $0.modified >= since && $0.span.end >= from }.map(\.id)
    )
    var newest = watermark
    var read = 0
    let isNew = try await pages(of: changes, &run, comparing: true) { items in
      for item in items { newest = max(newest, item.modified) }
      due.subtract(items.map(\.id))
      read += items.count
      return read
    }
    // What others do with service calls is read too, and passed.
    let isPassing = kind == .serviceCall && newest > watermark
    // A listing cut short would move the watermark past what it left out.
    if isNew || isPassing, try await psa.count(of: changes) <= read {
      run.positions[kind].watermark = newest
    }
    return due.isEmpty
  }

  /// Where the count differs, finds out which items are gone and which are new.
  private func reconcile(
    _ mirrored: [PSAID],
    count: Int,
    _ query: PSAQuery,
    _ harvest: inout Harvest,
    _ run: inout Run
  ) async throws -> Bool {
    func part(_ ids: ClosedRange<PSAID>?) -> PSAQuery {
      PSAQuery(kind: query.kind, endingFrom: query.endingFrom, ids: ids)
    }
    let found = try await Differences.between(
      mirrored[...],
      count,
      counting: { try await psa.count(of: part($0)) },
      listing: { try await psa.identities(of: part($0)) }
    )
    guard let found else { return false }
    harvest.psaGone += found.gone.map {
      ItemKey(side: .psa, kind: query.kind, id: $0.description)
    }
    if found.new.isEmpty { return true }
    let items = try await psa.items(found.new, of: query.kind).compactMap(\.self)
    for item in try await described(items) {
      harvest.psa.append(MirroredPSA(item: item, fact: run.maker.fact(of: item)))
    }
    return true
  }

  /// Keeps every page; true when one held what the mirror did not (asked only when `comparing`).
  @discardableResult
  private func pages(
    of query: PSAQuery,
    _ run: inout Run,
    comparing: Bool = false,
    refreshing: Bool = false,
    _ seen: ([PSAItem]) -> Int
  ) async throws -> Bool {
    var token: PageToken?
    var isNew = false
    repeat {
      try Task.checkCancellation()
      let page = try await psa.page(of: query, continuing: token)
      // The PSA answers with everybody's service calls.
      let own = page.items.filter {
        query.kind != .serviceCall || run.assignedCalls.contains($0.id)
      }
      if comparing, !own.isEmpty {
        let known = try await cache.psaItems(own.map(\.id), of: query.kind)
        isNew = isNew || own.contains { known[$0.id]?.bare != $0.bare }
      }
      var harvest = Harvest()
      harvest.psa = try await described(own, refreshing: refreshing)
        .map { MirroredPSA(item: $0, fact: run.maker.fact(of: $0)) }
      if let last = own.map(\.id).max() {
        run.positions[query.kind].highest = max(run.positions[query.kind].highest ?? last, last)
      }
      if !own.isEmpty { try await cache.keep(harvest) }
      let done = seen(page.items)
      if done > 0 { surroundings.progress(.counted("PSA items read", done: done, of: nil)) }
      token = page.next
    } while token != nil
    return isNew
  }

  /// Items with what they are about: as the mirror has it where their own rows did not change, for
  /// the other rows are several questions (`refreshing` asks them all the same).
  func described(_ items: [PSAItem], refreshing: Bool = false) async throws -> [PSAItem] {
    guard let kind = items.first?.kind, kind != .appointment else { return items }
    let known = refreshing ? [:] : try await cache.psaItems(items.map(\.id), of: kind)
    var items = items
    var open: [Int] = []
    for index in items.indices {
      if let mirrored = known[items[index].id], let about = mirrored.about,
        mirrored.bare == items[index].bare
      {
        items[index].about = about
      } else {
        open.append(index)
      }
    }
    guard !open.isEmpty else { return items }
    for (index, item) in zip(open, try await psa.described(open.map { items[$0] })) {
      items[index] = item
    }
    return items
  }
}
