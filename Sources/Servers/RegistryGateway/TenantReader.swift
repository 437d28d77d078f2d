internal import RegistryStore
internal import SyncEngine
internal import SyncModel

/// One look at the PSA for everybody: what changed since the last one, and what is gone.
///
/// Costs as many requests as there are changes, whoever is waiting for them. Deletions leave no
/// trace in the PSA but in its counts (`autotask.md` 5.13).
struct TenantReader {
  /// Items of a calendar that ended so long ago are not kept; agents look back 31 days at most.
  static let daysBack = 35
  private static let overlap: Int64 = 300
  /// Contacts, and whose they are, are read less often.
  private static let seldom: Set<PSAViewPart> = [.company, .opportunity, .contact]

  let store: RegistryStore
  let psa: any PSATenant
  let holder: String
  let clock: @Sendable () -> Instant
  /// Tells which of two readings began later.
  let stamp: @Sendable () async throws -> Int64
  let contactsEvery: Int64
  /// Throws where the budget is used up in the midst of a look.
  let checkBudget: @Sendable () async throws -> Void

  private var keeper: MirrorKeeper {
    MirrorKeeper(store: store, psa: psa, holder: holder, clock: clock)
  }

  private typealias Kept = MirrorKeeper.Kept

  /// Relations before what they make somebody's.
  ///
  /// Throws what hinders the reading of appointments, and what passes by itself; other trouble with
  /// another kind is kept as that kind's own, and the rest goes on.
  func read(_ kind: Kind) async throws {
    var calls: Set<PSAID> = []
    var trouble: (any Error)?
    for part in PSAViewPart.parts(of: kind) where trouble == nil {
      do {
        calls.formUnion(try await read(part).calls)
      } catch let error where Self.isOwn(error) && kind != .appointment {
        trouble = error
        try await note("\(error)", on: part)
      }
    }
    // A crew that changed leaves no mark on the call's own row: nobody would ask again.
    try await describe(calls.sorted())
  }

  private static func isOwn(_ error: any Error) -> Bool {
    !(error is CancellationError) && !(error is LostLease) && !(error is GatewayBudget.Rest)
      && !(error is RegistryStoreFailure) && !isPassing(error)
  }

  private static func isPassing(_ error: any Error) -> Bool {
    guard let failure = error as? any SyncFailure, case .retry = failure.remedy else {
      return false
    }
    return true
  }

  private func note(_ words: String, on part: PSAViewPart) async throws {
    var state = try await store.mirrorPart(part)
    state.hidden = words
    try await store.keep(state, of: part, holder: holder, now: clock())
  }

  private func read(_ part: PSAViewPart) async throws -> Kept {
    let state = try await store.mirrorPart(part)
    let now = clock()
    if Self.seldom.contains(part), state.hidden == nil, let readAt = state.readAt,
      readAt.isWithin(seconds: contactsEvery, before: now)
    {
      return Kept()
    }
    let isFresh = state.listedAt?.isWithin(seconds: Instant.day, before: now) ?? false
    switch part {
    case .appointment, .toDo, .serviceCall, .contact:
      return isFresh ? try await update(part, state, now) : try await list(part, state, now)
    case .ticketRow, .taskRow:
      return state.listedAt == nil
        ? try await list(part, state, now) : try await append(part, state, now)
    case .company, .opportunity:
      return try await list(part, state, now)
    }
  }

  // MARK: Everything

  private func list(
    _ part: PSAViewPart,
    _ before: MirrorPart,
    _ now: Instant
  ) async throws -> Kept {
    var query = TenantQuery(part)
    let isInCalendar = part.kind != nil && part != .contact
    if isInCalendar { query.endingFrom = now.advanced(byDays: -Self.daysBack) }
    let began = try await stamp()
    var seen: Set<PSAID> = []
    var newest: Instant?
    var kept = Kept()
    try await pages(of: query) { rows, read in
      seen.formUnion(rows.map(\.id))
      newest = Self.newest(rows, newest)
      kept.add(try await keeper.keep(rows, of: part, read: read, refreshing: true))
    }
    if try await psa.count(of: query) != seen.count {
      // People work while it is listed; what the pages lack is read by its numbers.
      let all = try await psa.identities(of: query)
      guard try await psa.count(of: query) == all.count else { throw CutShort(part: part) }
      let rows = try await rows(all.filter { !seen.contains($0) }, of: part, &kept)
      newest = Self.newest(rows, newest)
      seen = Set(all)
    }
    if seen.isEmpty { try await psa.checkVisible(part) }
    // What a listing under way could not see is read by the next look.
    let known = try await store.mirrorIdentities(
      of: part,
      endingFrom: query.endingFrom,
      readBefore: began
    )
    let gone = known.filter { !seen.contains($0) }
    kept.add(try await keeper.drop(gone, of: part, read: began))
    if let from = query.endingFrom {
      let old = try await store.mirrorIdentities(of: part, endingBefore: from, readBefore: began)
      kept.add(try await keeper.drop(old, of: part, read: began))
    }
    var state = before
    let length = clock().seconds - now.seconds
    state.watermark =
      newest?.advanced(bySeconds: -length) ?? before.watermark ?? now.advanced(byDays: -1)
    state.endingFrom = query.endingFrom
    state.listedAt = now
    try await keep(state, of: part, readAt: now)
    return kept
  }

  /// Two questions about the same rows were answered differently: nothing is known of what is gone.
  private struct CutShort: Error, CustomStringConvertible {
    let part: PSAViewPart

    var description: String {
      "The PSA counts other rows (\(part.rawValue)) than it lists. The next look reads them again."
    }
  }

  // MARK: What changed

  private func update(
    _ part: PSAViewPart,
    _ before: MirrorPart,
    _ now: Instant
  ) async throws -> Kept {
    guard let watermark = before.watermark else { return try await list(part, before, now) }
    let began = try await stamp()
    var newest: Instant? = watermark
    let changes = TenantQuery(
      part,
      modifiedSince: watermark.advanced(bySeconds: -Self.overlap)
    )
    var kept = Kept()
    var count = 0
    try await pages(of: changes) { rows, read in
      count += rows.count
      newest = Self.newest(rows, newest)
      kept.add(try await keeper.keep(rows, of: part, read: read))
    }
    // A listing cut short would move the watermark past what it left out.
    var isUncut = true
    if kept.isNew { isUncut = try await psa.count(of: changes) <= count }
    kept.add(try await reconcile(TenantQuery(part, endingFrom: before.endingFrom), began))
    var state = before
    if isUncut { state.watermark = newest }
    try await keep(state, of: part, readAt: now)
    return kept
  }

  /// Rows that are made and deleted, never changed: those above the highest, and those missing.
  private func append(
    _ part: PSAViewPart,
    _ before: MirrorPart,
    _ now: Instant
  ) async throws -> Kept {
    let began = try await stamp()
    let above = PSAID(try await store.mirrorHighest(of: part).rawValue + 1)
    var kept = Kept()
    try await pages(of: TenantQuery(part, ids: above...PSAID(.max))) { rows, read in
      kept.add(try await keeper.keep(rows, of: part, read: read))
    }
    kept.add(try await reconcile(TenantQuery(part), began))
    try await keep(before, of: part, readAt: now)
    return kept
  }

  private func reconcile(_ query: TenantQuery, _ began: Int64) async throws -> Kept {
    let part = query.part
    let count = try await psa.count(of: query)
    let before = try await store.mirrorCount(of: part, endingFrom: query.endingFrom)
    if count == before { return Kept() }
    // A lost right looks like no rows at all.
    if count == 0 { try await psa.checkVisible(part) }
    func ranged(_ ids: ClosedRange<PSAID>?) -> TenantQuery {
      var ranged = query
      ranged.ids = ids
      return ranged
    }
    let known = try await store.mirrorIdentities(of: part, endingFrom: query.endingFrom)
    let found = try await Differences.between(
      known[...],
      count,
      counting: { try await psa.count(of: ranged($0)) },
      listing: { try await psa.identities(of: ranged($0)) }
    )
    guard let found else { throw CutShort(part: part) }
    var kept = try await keeper.drop(found.gone, of: part, read: began)
    _ = try await rows(found.new, of: part, &kept)
    return kept
  }

  // MARK: Rows

  private func pages(
    of query: TenantQuery,
    _ visit: ([TenantRow], Int64) async throws -> Void
  ) async throws {
    var token: PageToken?
    repeat {
      try Task.checkCancellation()
      try await checkBudget()
      let read = try await stamp()
      let page = try await psa.page(of: query, continuing: token)
      try await visit(page.rows, read)
      token = page.next
    } while token != nil
  }

  @discardableResult
  private func rows(
    _ ids: [PSAID],
    of part: PSAViewPart,
    refreshing: Bool = false,
    _ kept: inout Kept
  ) async throws -> [TenantRow] {
    var all: [TenantRow] = []
    for start in stride(from: 0, to: ids.count, by: PSAQuery.longestList) {
      try await checkBudget()
      let some = Array(ids[start..<min(start + PSAQuery.longestList, ids.count)])
      let read = try await stamp()
      let rows = try await psa.rows(some, of: part).compactMap(\.self)
      kept.add(try await keeper.keep(rows, of: part, read: read, refreshing: refreshing))
      all += rows
    }
    return all
  }

  private func describe(_ calls: [PSAID]) async throws {
    let known = try await store.mirrorRows(calls, of: .serviceCall)
    var kept = Kept()
    try await rows(
      calls.filter { known[$0] != nil },
      of: .serviceCall,
      refreshing: true,
      &kept
    )
  }

  private static func newest(_ rows: [TenantRow], _ before: Instant?) -> Instant? {
    rows.compactMap(\.modified).max().map { max(before ?? $0, $0) } ?? before
  }

  private func keep(
    _ state: MirrorPart,
    of part: PSAViewPart,
    readAt: Instant
  ) async throws {
    var state = state
    state.readAt = readAt
    state.hidden = nil
    try await store.keep(state, of: part, holder: holder, now: clock())
  }
}
