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
  /// Microseconds since 1970, to tell which of two readings began later.
  let stamp: @Sendable () -> Int64
  let contactsEvery: Int64

  func read(_ parts: [PSAViewPart]) async throws {
    var calls: Set<PSAID> = []
    for part in parts {
      try Task.checkCancellation()
      do {
        calls.formUnion(try await read(part))
      } catch let failure as any SyncFailure where failure.remedy == .skipItem {
        var state = try await store.mirrorPart(part)
        state.hidden = "\(failure)"
        try await keep(state, of: part)
      }
    }
    try await describe(calls.sorted())
  }

  /// Gives the service calls whose crew is another one now.
  private func read(_ part: PSAViewPart) async throws -> Set<PSAID> {
    let state = try await store.mirrorPart(part)
    let now = clock()
    if Self.seldom.contains(part), let readAt = state.readAt,
      readAt.isWithin(seconds: contactsEvery, before: now)
    {
      return []
    }
    let isFresh = state.listedAt?.isWithin(seconds: Instant.day, before: now) ?? false
    switch part {
    case .appointment, .toDo, .serviceCall, .contact:
      return isFresh
        ? try await update(part, state, now) : try await list(part, state, now)
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
  ) async throws -> Set<PSAID> {
    var query = TenantQuery(part)
    let isInCalendar = part.kind != nil && part != .contact
    if isInCalendar { query.endingFrom = now.advanced(byDays: -Self.daysBack) }
    let began = stamp()
    var seen: Set<PSAID> = []
    var newest: Instant?
    var calls: Set<PSAID> = []
    try await pages(of: query) { rows, read in
      seen.formUnion(rows.map(\.id))
      newest = rows.compactMap(\.modified).max().map { max(newest ?? $0, $0) } ?? newest
      calls.formUnion(try await keep(rows, of: part, read: read, refreshing: true))
    }
    guard try await psa.count(of: query) == seen.count else { throw CutShort(part: part) }
    if seen.isEmpty { try await psa.checkVisible(part) }
    // What a listing under way could not see is read by the next look.
    let known = try await store.mirrorIdentities(
      of: part,
      endingFrom: query.endingFrom,
      readBefore: began
    )
    calls.formUnion(try await drop(known.filter { !seen.contains($0) }, of: part, read: began))
    if let from = query.endingFrom {
      let old = try await store.mirrorIdentities(of: part, endingBefore: from, readBefore: began)
      calls.formUnion(try await drop(old, of: part, read: began))
    }
    var state = before
    let length = clock().seconds - now.seconds
    state.watermark =
      newest?.advanced(bySeconds: -length) ?? before.watermark ?? now.advanced(byDays: -1)
    state.endingFrom = query.endingFrom
    state.listedAt = now
    state.readAt = now
    state.hidden = nil
    try await keep(state, of: part)
    return calls
  }

  /// As many rows as the PSA counts were not brought: nothing is known of what is gone.
  private struct CutShort: Error, CustomStringConvertible {
    let part: PSAViewPart

    var description: String {
      "The PSA listed fewer rows (\(part.rawValue)) than it counts. The next look reads them again."
    }
  }

  // MARK: What changed

  private func update(
    _ part: PSAViewPart,
    _ before: MirrorPart,
    _ now: Instant
  ) async throws -> Set<PSAID> {
    guard let watermark = before.watermark else { return try await list(part, before, now) }
    let began = stamp()
    var newest = watermark
    let changes = TenantQuery(
      part,
      modifiedSince: watermark.advanced(bySeconds: -Self.overlap)
    )
    var calls: Set<PSAID> = []
    try await pages(of: changes) { rows, read in
      newest = rows.compactMap(\.modified).max().map { max(newest, $0) } ?? newest
      calls.formUnion(try await keep(rows, of: part, read: read, refreshing: false))
    }
    let filter = TenantQuery(part, endingFrom: before.endingFrom)
    calls.formUnion(try await reconcile(filter, began))
    var state = before
    state.watermark = newest
    state.readAt = now
    try await keep(state, of: part)
    return calls
  }

  /// Rows that are made and deleted, never changed: those above the highest, and those missing.
  private func append(
    _ part: PSAViewPart,
    _ before: MirrorPart,
    _ now: Instant
  ) async throws -> Set<PSAID> {
    let began = stamp()
    let above = PSAID(try await store.mirrorHighest(of: part).rawValue + 1)
    var calls: Set<PSAID> = []
    try await pages(of: TenantQuery(part, ids: above...PSAID(.max))) { rows, read in
      calls.formUnion(try await keep(rows, of: part, read: read, refreshing: false))
    }
    calls.formUnion(try await reconcile(TenantQuery(part), began))
    var state = before
    state.readAt = now
    try await keep(state, of: part)
    return calls
  }

  private func reconcile(_ query: TenantQuery, _ began: Int64) async throws -> Set<PSAID> {
    let part = query.part
    func ranged(_ ids: ClosedRange<PSAID>?) -> TenantQuery {
      var ranged = query
      ranged.ids = ids
      return ranged
    }
    let known = try await store.mirrorIdentities(of: part, endingFrom: query.endingFrom)
    let found = try await Differences.between(
      known[...],
      try await psa.count(of: query),
      counting: { try await psa.count(of: ranged($0)) },
      listing: { try await psa.identities(of: ranged($0)) }
    )
    guard let found else { throw CutShort(part: part) }
    var calls = try await drop(found.gone, of: part, read: began)
    for start in stride(from: 0, to: found.new.count, by: PSAQuery.longestList) {
      let ids = Array(found.new[start..<min(start + PSAQuery.longestList, found.new.count)])
      let read = stamp()
      let rows = try await psa.rows(ids, of: part).compactMap(\.self)
      calls.formUnion(try await keep(rows, of: part, read: read, refreshing: false))
    }
    return calls
  }

  // MARK: Rows

  private func pages(
    of query: TenantQuery,
    _ visit: ([TenantRow], Int64) async throws -> Void
  ) async throws {
    var token: PageToken?
    repeat {
      try Task.checkCancellation()
      let read = stamp()
      let page = try await psa.page(of: query, continuing: token)
      try await visit(page.rows, read)
      token = page.next
    } while token != nil
  }

  /// Rows whose own row is as before keep what they were described with, unless `refreshing`.
  private func keep(
    _ rows: [TenantRow],
    of part: PSAViewPart,
    read: Int64,
    refreshing: Bool
  ) async throws -> Set<PSAID> {
    guard !rows.isEmpty else { return [] }
    var rows = rows
    if part == .toDo || part == .serviceCall {
      let known = refreshing ? [:] : try await store.mirrorRows(rows.map(\.id), of: part)
      var open: [Int] = []
      for (index, row) in rows.enumerated() {
        if let before = known[row.id], before.item?.bare == row.item?.bare {
          rows[index] = before
        } else {
          open.append(index)
        }
      }
      for (index, row) in zip(open, try await psa.described(open.map { rows[$0] })) {
        rows[index] = row
      }
    }
    var changes = MirrorChanges(part, read: read, holder: holder)
    changes.rows = rows
    return try await store.keep(changes, now: clock())
  }

  private func drop(
    _ ids: [PSAID],
    of part: PSAViewPart,
    read: Int64
  ) async throws -> Set<PSAID> {
    guard !ids.isEmpty else { return [] }
    var changes = MirrorChanges(part, read: read, holder: holder)
    changes.gone = ids
    return try await store.keep(changes, now: clock())
  }

  /// Reads calls again whose crew changed: that leaves no mark on their own rows.
  private func describe(_ calls: [PSAID]) async throws {
    for start in stride(from: 0, to: calls.count, by: PSAQuery.longestList) {
      let some = Array(calls[start..<min(start + PSAQuery.longestList, calls.count)])
      let known = try await store.mirrorRows(some, of: .serviceCall)
      let read = stamp()
      let rows = try await psa.rows(some.filter { known[$0] != nil }, of: .serviceCall)
        .compactMap(\.self)
      _ = try await keep(rows, of: .serviceCall, read: read, refreshing: true)
    }
  }

  private func keep(_ state: MirrorPart, of part: PSAViewPart) async throws {
    try await store.keep(state, of: part, holder: holder, now: clock())
  }
}
