import Store
import SyncEngine
import SyncModel
import Testing

@Suite struct JournalTests {
  private let cache: SQLiteCache
  private var dice = SeededDice(seed: 30)

  init() throws { cache = try SQLiteCache.inMemory() }

  @Test mutating func `a settled create carries its result, its link and its items`() async throws {
    let run = RunID(1)
    let link = dice.link(1)
    try await cache.intend([dice.intent(run, 1), dice.intent(run, 2)], links: [link])
    let exchange = dice.mirroredExchange("made")
    let psa = dice.mirroredPSA(42)
    var settled = link
    settled.state = .linked
    settled.reason = nil
    settled.psa = PSAIdentity(id: psa.item.id)
    try await cache.settle([
      Settlement(
        run: run,
        sequence: 1,
        status: .done,
        resultID: "made",
        resultVersion: "key",
        note: "as wanted",
        link: settled,
        exchange: exchange,
        psa: psa
      )
    ])
    let entry = try #require(try await cache.entries(of: run).first)
    #expect(entry.status == .done)
    #expect(entry.resultID == "made")
    #expect(entry.resultVersion == "key")
    #expect(entry.note == "as wanted")
    #expect(try await cache.links() == [settled])
    #expect(try await cache.exchangeFacts() == [exchange.fact])
    #expect(try await cache.psaFacts() == [psa.fact])
    #expect(try await cache.unsettled().map(\.intent.sequence) == [2])

    try await cache.settle([
      Settlement(
        run: run,
        sequence: 2,
        status: .done,
        exchangeGone: exchange.item.id,
        psaGone: psa.item.key
      )
    ])
    #expect(try await cache.exchangeCount() == 0)
    #expect(try await cache.psaFacts() == [])
    #expect(try await cache.unsettled() == [])
  }

  @Test mutating func `a step that fails leaves nothing of itself`() async throws {
    let run = RunID(1)
    try await cache.intend([dice.intent(run, 1)], links: [])
    let settlements = [
      Settlement(run: run, sequence: 1, status: .done, exchange: dice.mirroredExchange("made")),
      Settlement(run: run, sequence: 9, status: .done),
    ]
    await #expect(throws: StoreFailure.notIntended(run, sequence: 9)) {
      try await cache.settle(settlements)
    }
    #expect(try await cache.unsettled().count == 1)
    #expect(try await cache.exchangeCount() == 0)

    let again = [dice.intent(run, 2), dice.intent(run, 1)]
    let link = dice.link(5)
    await #expect(throws: StoreFailure.self) { try await cache.intend(again, links: [link]) }
    #expect(try await cache.entries(of: run).count == 1)
    #expect(try await cache.links() == [])
  }

  @Test mutating func `only what is intended becomes sent`() async throws {
    let run = RunID(4)
    try await cache.intend((1...3).map { dice.intent(run, $0) }, links: [])
    try await cache.settle([
      Settlement(run: run, sequence: 2, status: .refused, note: "The field is too long.")
    ])
    try await cache.markSent(run, [1, 2, 7])
    let entries = try await cache.entries(of: run)
    #expect(entries.map(\.status) == [.sent, .refused, .intended])
  }

  @Test mutating func `the journal of a link goes over all runs`() async throws {
    let mine = [
      dice.intent(RunID(2), 1, link: LinkID(5)), dice.intent(RunID(3), 7, link: LinkID(5)),
    ]
    try await cache.intend(mine.reversed(), links: [])
    try await cache.intend([dice.intent(RunID(3), 1, link: LinkID(6))], links: [])
    #expect(try await cache.entries(of: LinkID(5)).map(\.intent) == mine)
  }

  @Test mutating func `before-images, coverage and reports of old runs are dropped`() async throws {
    var runs: [RunID] = []
    for day in 0..<3 {
      let begun = Instant(seconds: 0).advanced(byDays: day)
      var attempt = try await cache.begin(.sync, at: begun, settings: "")
      runs.append(attempt.run)
      let plain = dice.intent(attempt.run, 1)
      let intent = Intent(
        run: plain.run,
        sequence: 1,
        link: plain.link,
        kind: plain.kind,
        side: plain.side,
        verb: .update,
        groups: plain.groups,
        target: plain.target,
        expectedVersion: plain.expectedVersion,
        wanted: plain.wanted,
        idempotencyKey: nil,
        highestBefore: nil,
        before: dice.values(),
        beforeMask: .none,
        proof: nil,
        reason: plain.reason
      )
      try await cache.intend([intent], links: [])
      var harvest = Harvest()
      harvest.coverage = [dice.coverage(attempt.run)]
      try await cache.keep(harvest)
      attempt.outcome = .success
      try await cache.keep(attempt)
    }
    try await cache.forgetBefore(Instant(seconds: 0).advanced(byDays: 2))
    var images: [Bool] = []
    var coverages: [Int] = []
    for run in runs {
      images += try await cache.entries(of: run).map { $0.intent.before != nil }
      coverages.append(try await cache.coverage(of: run).count)
    }
    #expect(images == [false, false, true])
    #expect(coverages == [0, 0, 1])
    #expect(try await cache.outbox(limit: 9).map(\.run) == [runs[2]])
    #expect(try await cache.attempts(limit: 9).count == 3)
  }
}
