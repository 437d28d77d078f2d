import SyncModel
import SyncPlan

/// Service calls name no resource: rows of two other tables put the resource on them.
extension Cycle {
  /// The calls that the resource is on, all of them (`whole`) or what is new of them.
  func gatherCalls(
    _ run: inout Run,
    _ began: Instant,
    whole isDue: Bool
  ) async throws -> Listing {
    let kept = try await cache.assignments()
    run.assignments = nil
    var rows = isDue ? nil : try await newerAssignments(than: kept)
    if rows == nil { rows = try await readAssignments(&run) }
    let current = rows ?? []
    run.assignedCalls = Set(current.compactMap(\.call))
    let known = Set(kept)
    let named = Set(current.filter { !known.contains($0) }.compactMap(\.call))
    let listing =
      isDue
      ? try await listCalls(&run, began) : try await updateCalls(&run, began, named: named)
    // Kept after the calls themselves: a run that breaks off between asks for them again.
    if current != kept { try await keep(current) }
    return listing
  }

  /// What was kept and what is new; nil where the counts say that some of it is gone.
  private func newerAssignments(than kept: [Assignment]) async throws -> [Assignment]? {
    let answer = try await psa.assignments(since: AssignmentMarks().raised(by: kept))
    let rows = (kept + answer.rows.filter { !kept.contains($0) })
      .sorted { ($0.table.rawValue, $0.row) < ($1.table.rawValue, $1.row) }
    let tickets = rows.count { $0.table == .tickets }
    let isWhole = tickets == answer.ticketRows && rows.count - tickets == answer.taskRows
    return isWhole ? rows : nil
  }

  /// Reads all rows to their end: the ground on which a call is nobody's of ours.
  @discardableResult
  func readAssignments(_ run: inout Run) async throws -> [Assignment] {
    let rows = try await psa.assignments(since: nil).rows
      .sorted { ($0.table.rawValue, $0.row) < ($1.table.rawValue, $1.row) }
    let reading = AssignmentReading(run: run.number, resource: run.desk.resource, rows: rows)
    run.assignments = reading
    run.assignedCalls = reading.calls
    return rows
  }

  private func keep(_ rows: [Assignment]) async throws {
    var harvest = Harvest()
    harvest.assignments = rows
    try await cache.keep(harvest)
  }

  private func listCalls(_ run: inout Run, _ began: Instant) async throws -> Listing {
    let parts = parts(of: run.assignedCalls.sorted())
    return try await list(.serviceCall, among: parts, &run, began)
  }

  /// Those that new rows name, changed ones, and whether those that are known are all there.
  private func updateCalls(
    _ run: inout Run,
    _ began: Instant,
    named: Set<PSAID>
  ) async throws -> Listing {
    guard let from = run.positions[.serviceCall].endingFrom else {
      return try await listCalls(&run, began)
    }
    if !named.isEmpty {
      let items = try await psa.items(named.sorted(), of: .serviceCall).compactMap(\.self)
        .filter { $0.end >= from }
      var harvest = Harvest()
      // A row on a known call may come with another ticket, which leaves no mark on the call.
      harvest.psa = try await described(items, refreshing: true)
        .map { MirroredPSA(item: $0, fact: run.maker.fact(of: $0)) }
      try await cache.keep(harvest)
    }
    guard try await keepChanges(of: .serviceCall, &run) else {
      return try await listCalls(&run, began)
    }
    let mirrored = try await cache.psaIdentities(
      of: PSAQuery(kind: .serviceCall, endingFrom: from)
    )
    let own = mirrored.filter(run.assignedCalls.contains)
    var count = 0
    for part in parts(of: own) {
      count += try await psa.count(
        of: PSAQuery(kind: .serviceCall, endingFrom: from, among: part)
      )
    }
    guard count == own.count else { return try await listCalls(&run, began) }
    var harvest = Harvest()
    harvest.psaGone = mirrored.filter { !run.assignedCalls.contains($0) }
      .map { ItemKey(side: .psa, kind: .serviceCall, id: $0.description) }
    harvest.positions = run.positions
    try await cache.keep(harvest)
    return Listing(isWhole: true, count: count)
  }

  private func parts(of ids: [PSAID]) -> [[PSAID]] {
    let limit = PSAQuery.longestList
    return stride(from: 0, to: ids.count, by: limit).map { start in
      Array(ids[start..<min(start + limit, ids.count)])
    }
  }
}
