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

  @Test mutating func `texts, coverage and reports of old runs are dropped`() async throws {
    var runs: [RunID] = []
    for day in 0..<3 {
      let begun = Instant(seconds: 0).advanced(byDays: day)
      var attempt = try await cache.begin(.sync, at: begun, settings: "")
      runs.append(attempt.run)
      let intents = (1...3).map { written(attempt.run, $0) }
      try await cache.intend(intents, links: [])
      try await cache.markSent(attempt.run, [1, 2, 3])
      try await cache.settle([
        Settlement(run: attempt.run, sequence: 1, status: .done, resultID: "made"),
        Settlement(run: attempt.run, sequence: 2, status: .refused, note: "too long"),
      ])
      var harvest = Harvest()
      harvest.coverage = [dice.coverage(attempt.run)]
      try await cache.keep(harvest)
      attempt.outcome = .success
      try await cache.keep(attempt)
    }
    try await cache.forgetBefore(Instant(seconds: 0).advanced(byDays: 2))
    for (index, run) in runs.enumerated() {
      let entries = try await cache.entries(of: run)
      let isKept = index == 2
      // The third has no result yet: it is looked up by what it wanted.
      #expect(entries.map { $0.intent.before != nil } == [isKept, isKept, true])
      #expect(entries.map { $0.intent.wanted.title != nil } == [isKept, isKept, true])
      #expect(entries.map { $0.intent.wanted.text != nil } == [isKept, isKept, true])
      #expect(entries.map { $0.intent.wanted.place != nil } == [isKept, isKept, true])
      for entry in entries {
        let whole = written(run, entry.intent.sequence)
        #expect(entry.intent.wanted.when == whole.wanted.when)
        #expect(entry.intent.wanted.zone == whole.wanted.zone)
        #expect(entry.intent.target == "target" && entry.intent.verb == .update)
        #expect(entry.intent.proof == whole.proof && entry.intent.reason == whole.reason)
      }
      #expect(try await cache.coverage(of: run).count == (isKept ? 1 : 0))
    }
    #expect(try await cache.outbox(limit: 9).map(\.run) == [runs[2]])
    #expect(try await cache.attempts(limit: 9).count == 3)
  }

  private func written(_ run: RunID, _ sequence: Int) -> Intent {
    let values = ItemValues(
      when: .timed(start: Instant(seconds: 60), end: Instant(seconds: 120), zone: nil),
      zone: ZoneName("Europe/Berlin"),
      title: "Title",
      text: "Text",
      place: "Place"
    )
    return Intent(
      run: run,
      sequence: sequence,
      link: LinkID(1),
      kind: .appointment,
      side: .psa,
      verb: .update,
      groups: [.time, .content],
      target: "target",
      expectedVersion: "version",
      wanted: values,
      idempotencyKey: "key",
      highestBefore: nil,
      before: values,
      beforeMask: .none,
      proof: ProofRecord(ground: .gone, evidence: "It is gone."),
      reason: "it changed"
    )
  }
}
