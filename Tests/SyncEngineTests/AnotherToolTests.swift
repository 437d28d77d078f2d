import Store
import SyncEngine
import SyncModel
import Testing
import World

/// `rules.md` 7, "First run beside another tool": what strangers saw go wrong.
@Suite(.threeRuns) struct AnotherToolTests {
  /// Both sides as another tool left them, one title changed in Exchange since.
  private func retitled() async throws -> Scene {
    let scene = try Scene(items: 12, fillsLikeVendor: true)
    let item = try #require(try await scene.exchangeItems().first { $0.sensitivity == .normal })
    try await scene.exchange(.retitle(id: item.id.rawValue, title: "Renamed meanwhile"))
    return scene
  }

  /// Once the pairs were approved, the next run made the renamed item a second time on both sides.
  @Test func `equal times with other titles stay held after the pairs are linked`() async throws {
    let scene = try await retitled()
    let exchange = try await scene.exchangeItems().count
    let psa = try await scene.psaItems().count
    let hold = try #require(try await scene.sync().holds.first { $0.needsApproval })
    try await scene.sync(SyncOptions(approve: hold.digest))
    let after = try await scene.settle()
    #expect(after.holds.contains { $0.reason.contains("may be the same") })
    #expect(try await scene.exchangeItems().count == exchange)
    #expect(try await scene.psaItems().count == psa)
  }

  @Test func `once the titles are equal they are a pair, and nothing is held any more`()
    async throws
  {
    let scene = try await retitled()
    let hold = try #require(try await scene.sync().holds.first { $0.needsApproval })
    try await scene.sync(SyncOptions(approve: hold.digest))
    let linked = Set(try await scene.cache.links().compactMap(\.psa?.id))
    let other = try #require(try await scene.psaItems().first { !linked.contains($0.id) })
    try await scene.psa(.retitle(id: other.id.description, title: "Renamed meanwhile"))
    let last = try #require(try await scene.sync().holds.first { $0.needsApproval })
    try await scene.sync(SyncOptions(approve: last.digest))
    #expect(try await scene.settle().holds.isEmpty)
    #expect(try await scene.cache.links().allSatisfy { $0.origin == .paired })
    #expect(try await scene.cache.positions().isBesideAnotherTool == false)
  }

  /// `adopt` before the approval forgot the pairs, and the next run made all of them twice.
  @Test(arguments: [false, true])
  func `adopt before the approval forgets no pair`(createsMissing: Bool) async throws {
    let scene = try Scene(items: 12, fillsLikeVendor: true)
    let exchange = try await scene.exchangeItems().count
    let psa = try await scene.psaItems().count
    try await scene.sync()
    let adopted = try await scene.cycle().adopt(createMissing: createsMissing)
    #expect(adopted.attempt.writes == 0)
    let after = try await scene.settle()
    #expect(after.attempt.writes == 0)
    #expect(after.holds.contains { $0.items.first?.verb == .pair })
    #expect(try await scene.exchangeItems().count == exchange)
    #expect(try await scene.psaItems().count == psa)
  }
}
