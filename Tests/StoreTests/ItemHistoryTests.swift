import Store
import SyncEngine
import SyncModel
import Testing

/// What is asked of the journal across runs: the history of one item, and every delete.
@Suite struct ItemHistoryTests {
  private let cache: SQLiteCache

  init() throws { cache = try SQLiteCache.inMemory() }

  private func intent(
    _ run: Int64,
    _ sequence: Int,
    link: Int64,
    _ verb: Verb = .update,
    target: String? = nil,
    title: String? = nil,
    before: String? = nil
  ) -> Intent {
    Intent(
      run: RunID(run),
      sequence: sequence,
      link: LinkID(link),
      kind: .appointment,
      side: .psa,
      verb: verb,
      groups: [],
      target: target,
      expectedVersion: nil,
      wanted: ItemValues(title: title),
      idempotencyKey: nil,
      highestBefore: nil,
      before: before.map { ItemValues(title: $0) },
      beforeMask: .none,
      proof: verb == .delete ? ProofRecord(ground: .gone, evidence: "looked for") : nil,
      reason: "why"
    )
  }

  private func settle(_ run: Int64, _ sequence: Int, _ status: IntentStatus, id: String? = nil)
    async throws
  {
    try await cache.settle([
      Settlement(run: RunID(run), sequence: sequence, status: status, resultID: id)
    ])
  }

  @Test func `an item is found by its ids and its titles, with all writes of its links`()
    async throws
  {
    try await cache.intend(
      [
        intent(1, 1, link: 1, .create, title: "Visit"), intent(1, 2, link: 2, target: "900"),
        intent(2, 1, link: 1, target: "100", title: "Repair", before: "Visit"),
        intent(2, 2, link: 3, .create, title: "Other"),
      ],
      links: []
    )
    try await settle(1, 1, .done, id: "100")
    for words in ["100", "Visit", "Repair"] {
      let found = try await cache.entries(ofItem: words)
      #expect(found.map(\.intent.run.rawValue) == [1, 2])
      #expect(found.allSatisfy { $0.intent.link == LinkID(1) })
    }
    #expect(try await cache.entries(ofItem: "900").map(\.intent.link) == [LinkID(2)])
    #expect(try await cache.entries(ofItem: "Nothing").isEmpty)
    #expect(try await cache.entries(ofItem: "").isEmpty)
  }

  @Test func `deletes are those that were carried out, the oldest first`() async throws {
    try await cache.intend(
      [
        intent(2, 1, link: 1, .delete, target: "1"), intent(1, 1, link: 2, .delete, target: "2"),
        intent(1, 2, link: 3, .delete, target: "3"), intent(1, 3, link: 4, target: "4"),
        intent(3, 1, link: 5, .delete, target: "5"), intent(3, 2, link: 6, .delete, target: "6"),
      ],
      links: []
    )
    try await settle(2, 1, .done)
    try await settle(1, 1, .undone)
    try await settle(1, 2, .refused)
    try await settle(1, 3, .done)
    try await settle(3, 1, .dropped)
    let deletes = try await cache.deletes()
    #expect(deletes.map(\.intent.target) == ["2", "1"])
    #expect(deletes.allSatisfy { $0.intent.proof?.evidence == "looked for" })
  }

  @Test func `a replica for one look knows whose it is and how far the agent wrote, and no more`()
    async throws
  {
    var position = ReplicaPosition(
      read: [.appointment: 40],
      lastWrite: 41,
      tenant: TenantID(7),
      resource: ResourceID(8)
    )
    position.readings = 3
    try await cache.keep([], replacing: [], isLast: true, at: position)
    let replica = try await cache.replicaForOneLook()
    let known = try await replica.replicaPosition()
    #expect(known.read.isEmpty && known.lastWrite == 41 && known.readings == 0)
    #expect(known.tenant == TenantID(7) && known.resource == ResourceID(8))
    try await replica.keep([], replacing: [], isLast: true, at: ReplicaPosition())
    #expect(try await cache.replicaPosition() == position)
  }
}
