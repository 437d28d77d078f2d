import Store
import SyncEngine
import SyncModel
import Testing

/// What puts the resource on service calls, kept from run to run.
@Suite struct AssignmentTests {
  @Test func `rows come back by table and number, and new ones take the place of all`() async throws
  {
    let cache = try SQLiteCache.inMemory()
    let rows = [
      Assignment(table: .tasks, row: PSAID(3), call: nil),
      Assignment(table: .tickets, row: PSAID(3), call: PSAID(40)),
      Assignment(table: .tickets, row: PSAID(9), call: PSAID(41)),
    ]
    var harvest = Harvest()
    harvest.assignments = rows
    try await cache.keep(harvest)
    #expect(try await cache.assignments() == rows)
    try await cache.keep(Harvest())
    #expect(try await cache.assignments() == rows)
    harvest.assignments = [rows[1]]
    try await cache.keep(harvest)
    #expect(try await cache.assignments() == [rows[1]])
  }
}
