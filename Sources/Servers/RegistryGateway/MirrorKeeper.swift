internal import RegistryStore
internal import SyncEngine
internal import SyncModel

/// Puts rows of the PSA into the mirror, described where their own rows are new.
struct MirrorKeeper {
  let store: RegistryStore
  let psa: any PSATenant
  /// Nil for what an agent asked for: no lease is needed for that.
  let holder: String?
  let clock: @Sendable () -> Instant

  /// What was kept: whether any of it was new, and the service calls whose crew is another one now.
  struct Kept {
    var isNew = false
    var calls: Set<PSAID> = []

    mutating func add(_ other: Kept) {
      isNew = isNew || other.isNew
      calls.formUnion(other.calls)
    }
  }

  /// Rows whose own row is as before keep what they were described with, unless `refreshing`.
  ///
  /// - Parameter read: when the question began (`RegistryStore.stamp`).
  func keep(
    _ rows: [TenantRow],
    of part: PSAViewPart,
    read: Int64,
    refreshing: Bool = false
  ) async throws -> Kept {
    guard !rows.isEmpty else { return Kept() }
    var rows = rows
    let known = try await store.mirrorRows(rows.map(\.id), of: part)
    let isDescribed = part == .toDo || part == .serviceCall
    var kept = Kept()
    var open: [Int] = []
    for (index, row) in rows.enumerated() {
      let before = known[row.id]
      let isSame = before.map { isSameRow($0, row) } ?? false
      kept.isNew = kept.isNew || !isSame
      if isDescribed, isSame, !refreshing, let before {
        rows[index] = before
      } else {
        open.append(index)
      }
    }
    if isDescribed {
      for (index, row) in zip(open, try await psa.described(open.map { rows[$0] })) {
        rows[index] = row
      }
    }
    var changes = MirrorChanges(part, read: read, holder: holder)
    changes.rows = rows
    kept.calls = try await store.keep(changes, now: clock())
    return kept
  }

  func drop(_ ids: [PSAID], of part: PSAViewPart, read: Int64) async throws -> Kept {
    guard !ids.isEmpty else { return Kept() }
    var changes = MirrorChanges(part, read: read, holder: holder)
    changes.gone = ids
    return Kept(isNew: true, calls: try await store.keep(changes, now: clock()))
  }

  private func isSameRow(_ known: TenantRow, _ read: TenantRow) -> Bool {
    known.item?.bare == read.item?.bare && known.contact == read.contact
      && known.owner == read.owner && known.parent == read.parent
  }
}
