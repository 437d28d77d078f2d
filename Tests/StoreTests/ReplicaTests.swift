import Foundation
import Store
import SyncEngine
import SyncModel
import Testing

/// The gateway's view as an agent keeps it.
@Suite struct ReplicaTests {
  private static let noon = Instant(seconds: 1_795_420_800)

  private func row(_ id: Int64, _ title: String, modified: Int64 = 0) -> PSAViewRow {
    PSAViewRow(
      part: .appointment,
      id: PSAID(id),
      item: PSAItem(
        kind: .appointment,
        id: PSAID(id),
        resource: ResourceID(1),
        title: title,
        text: "",
        start: Self.noon,
        end: Self.noon.advanced(bySeconds: 900),
        created: Self.noon,
        modified: Self.noon.advanced(bySeconds: modified)
      )
    )
  }

  /// The position of the reading of this number.
  private func reading(_ number: Int64) -> ReplicaPosition {
    var position = ReplicaPosition()
    position.readings = number
    position.firstTold = [.appointment: 1]
    return position
  }

  private func changed(_ cache: SQLiteCache) async throws -> [PSAID] {
    try await cache.viewIdentities(
      of: PSAQuery(kind: .appointment, modifiedSince: Self.noon.advanced(bySeconds: 3_600))
    )
  }

  @Test func `what is told late counts as changed, however long ago it was modified`() async throws
  {
    let folder = try TemporaryFolder()
    let cache = try SQLiteCache(folder: folder.path + "/profile")
    try await cache.keep(
      [row(1, "a"), row(2, "b", modified: 7_200)],
      replacing: [.appointment],
      isLast: true,
      at: reading(1)
    )
    // The first time all of it is asked for anyway.
    #expect(try await changed(cache) == [PSAID(2)])
    try await cache.keep([row(3, "late")], replacing: [], isLast: true, at: reading(2))
    #expect(try await changed(cache) == [PSAID(2), PSAID(3)])
    // The same once more is no news, and after fifty readings it is not late any more.
    try await cache.keep(
      [row(1, "a"), row(2, "b", modified: 7_200), row(3, "late")],
      replacing: [.appointment],
      isLast: true,
      at: reading(40)
    )
    #expect(try await changed(cache) == [PSAID(2), PSAID(3)])
    try await cache.keep([], replacing: [], isLast: true, at: reading(52))
    #expect(try await changed(cache) == [PSAID(2)])
  }

  @Test func `what is not told again goes with the last page, not before`() async throws {
    let folder = try TemporaryFolder()
    let cache = try SQLiteCache(folder: folder.path + "/profile")
    let all = PSAQuery(kind: .appointment)
    try await cache.keep(
      [row(1, "a"), row(2, "b"), row(3, "c")],
      replacing: [.appointment],
      isLast: true,
      at: reading(1)
    )
    try await cache.keep(
      [row(1, "a")],
      replacing: [.appointment],
      isLast: false,
      at: reading(2)
    )
    #expect(try await cache.viewIdentities(of: all).count == 3)
    try await cache.keep([row(3, "c")], replacing: [], isLast: true, at: reading(2))
    #expect(try await cache.viewIdentities(of: all) == [PSAID(1), PSAID(3)])
    let gone = PSAViewRow(part: .appointment, id: PSAID(3), isGone: true)
    try await cache.keep([gone], replacing: [], isLast: true, at: reading(3))
    #expect(try await cache.viewIdentities(of: all) == [PSAID(1)])
  }
}
