import Store
import SyncEngine
import SyncModel
import Testing
import World

/// `promises.md`, speed and size: what a run with nothing to do costs, and what is read twice.
@Suite(.threeRuns) struct ThriftTests {
  @Test(arguments: [10, 200])
  func `a run with nothing to do asks as little of a large calendar as of a small one`(
    items: Int
  ) async throws {
    let scene = try Scene(items: items)
    try await scene.settle()
    // Past the overlap in which changes of the last minutes are read again.
    scene.clock.advance(3_600)
    let result = try await scene.sync()
    #expect(result.attempt.writes == 0)
    #expect(result.attempt.exchange.requests <= 3)
    #expect(result.attempt.psa.requests <= 3)
  }

  @Test func `a change key alone is no change, and its item is read once`() async throws {
    let scene = try Scene(items: 4)
    try await scene.settle()
    let ids = try await scene.exchangeItems().map(\.id.rawValue)
    try await scene.inMailbox { mailbox, now in
      for id in ids { _ = try mailbox.touch(mailbox.itemID(id), at: now) }
    }
    try await scene.settle()
  }

  @Test func `imports that are off make no request for the PSA's writes`() async throws {
    let scene = try Scene(items: 6)
    scene.rules.importDetail = .off
    scene.rules.appointmentsToExchange = false
    let result = try await scene.sync()
    #expect(result.attempt.writes == 0)
    try await scene.settle()
  }
}
