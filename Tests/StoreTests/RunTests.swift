import Foundation
import RegistryAPI
import Store
import SyncEngine
import SyncModel
import TestGround
import Testing

@Suite struct RunTests {
  private let cache: SQLiteCache
  private var dice = SeededDice(seed: 60)
  private let noon = Instant(seconds: 1_770_000_000)

  init() throws { cache = try SQLiteCache.inMemory() }

  @Test mutating func `runs are numbered, reported and listed from the newest`() async throws {
    var first = try await cache.begin(.adopt, at: noon, settings: "abc")
    #expect(first == Attempt(run: RunID(1), purpose: .adopt, started: noon, settings: "abc"))
    let second = try await cache.begin(.sync, at: noon, settings: "abc")
    #expect(second.run == RunID(2))
    #expect(try await cache.attempts(limit: 9) == [second, first])
    #expect(try await cache.outbox(limit: 9).map(\.run) == [first.run, second.run])
    let begun = try await cache.outbox(limit: 1)

    first.outcome = .successWithErrors
    first.exchange = dice.counts()
    first.psa = dice.counts()
    first.failedItems = 3
    first.notes = ["3 items could not be read.", dice.text()]
    first.finished = noon.advanced(bySeconds: 90)
    try await cache.keep(first)
    #expect(try await cache.attempts(limit: 9) == [second, first])
    #expect(try await cache.attempts(limit: 1) == [second])
    let reports = try await cache.outbox(limit: 9)
    #expect(reports.map(\.run) == [first.run, second.run])
    #expect(reports.map { $0.attempt?.outcome } == [.successWithErrors, .running])
    #expect(reports.first?.attempt?.finished == WireTime(noon.advanced(bySeconds: 90)))
    #expect(try await cache.waitingReports() == WaitingReports(count: 2, since: noon))
    // The registry has heard of the beginning: the end still waits.
    try await cache.delivered(begun)
    #expect(try await cache.outbox(limit: 9) == reports)
    try await cache.delivered(reports)
    #expect(try await cache.outbox(limit: 9) == [])
    #expect(try await cache.waitingReports() == WaitingReports(count: 0, since: nil))
  }

  @Test func `a run without an end becomes interrupted`() async throws {
    let killed = try await cache.begin(.sync, at: noon, settings: "")
    var done = try await cache.begin(.sync, at: noon, settings: "")
    done.outcome = .success
    try await cache.keep(done)
    let now = try await cache.begin(.sync, at: noon, settings: "")
    var interrupted = killed
    interrupted.outcome = .interrupted
    #expect(try await cache.closeInterrupted(before: now.run) == [interrupted])
    #expect(try await cache.closeInterrupted(before: now.run) == [])
    #expect(try await cache.attempts(limit: 9) == [now, done, interrupted])
    let told = try await cache.outbox(limit: 9)
    #expect(told.map(\.run) == [killed.run, done.run, now.run])
    #expect(told.map { $0.attempt?.outcome } == [.interrupted, .success, .running])
  }

  @Test mutating func `what a killed run wrote is counted in its journal`() async throws {
    let killed = try await cache.begin(.sync, at: noon, settings: "")
    let intents = (1...4).map { dice.intent(killed.run, $0) }
    try await cache.intend(intents, links: [])
    try await cache.settle(
      intents.dropLast().map { Settlement(run: killed.run, sequence: $0.sequence, status: .done) }
    )
    func written(_ attempt: Attempt?) -> Int {
      [attempt?.exchange, attempt?.psa].compactMap { $0 }
        .map { $0.created + $0.updated + $0.deleted }.reduce(0, +)
    }
    #expect(written(try await cache.attempts(limit: 1).first) == 3)
    let next = try await cache.begin(.sync, at: noon, settings: "")
    #expect(written(try await cache.closeInterrupted(before: next.run).first) == 3)
    let report = try #require(try await cache.outbox(limit: 1).first)
    let reported = try #require(report.attempt)
    #expect(reported.outcome == .interrupted && reported.exchange.writes + reported.psa.writes == 3)
    // Looked up by the next run: it was done after all.
    try await cache.settle([Settlement(run: killed.run, sequence: 4, status: .done)])
    #expect(written(try await cache.attempts(limit: 9).last) == 4)

    var asked = next
    asked.outcome = .interrupted
    asked.finished = noon
    asked.psa.requests = 9
    try await cache.intend([dice.intent(asked.run, 1)], links: [])
    try await cache.keep(asked)
    #expect(written(try await cache.attempts(limit: 1).first) == 0)
    try await cache.settle([Settlement(run: asked.run, sequence: 1, status: .done)])
    let told = try #require(try await cache.attempts(limit: 1).first)
    #expect(written(told) == 1 && told.psa.requests == 9)
  }

  @Test func `a run that cannot even sign in leaves its row and its reason`() async throws {
    let failure = StopFailure("No password.", remedy: .signIn)
    let dead = try await cache.begin(.sync, at: noon, settings: "")
    let result = try await cache.recordFailure(failure, of: .sync, at: noon, settings: "abc")
    #expect(result.failure?.remedy == .signIn)
    let attempts = try await cache.attempts(limit: 9)
    #expect(attempts.first == result.attempt)
    #expect(attempts.first?.outcome == .failed && attempts.first?.notes == ["No password."])
    #expect(attempts.last?.run == dead.run && attempts.last?.outcome == .interrupted)
    #expect(try await cache.outbox(limit: 9).map(\.run) == [dead.run, result.attempt.run])
  }

  @Test mutating func `a run takes a number above the folder mark's`() async throws {
    let begun = try await cache.begin(.sync, at: noon, settings: "abc")
    var harvest = Harvest()
    harvest.coverage = [dice.coverage(begun.run)]
    try await cache.keep(harvest)
    let moved = try await cache.renumber(begun.run, above: RunID(41))
    #expect(moved == Attempt(run: RunID(42), purpose: .sync, started: noon, settings: "abc"))
    #expect(try await cache.attempts(limit: 9) == [moved])
    #expect(try await cache.coverage(of: moved.run).count == 1)
    #expect(try await cache.renumber(moved.run, above: RunID(7)) == moved)
    #expect(try await cache.begin(.sync, at: noon, settings: "").run == RunID(43))

    try await cache.intend([dice.intent(moved.run, 1)], links: [])
    await #expect(throws: StoreFailure.journaled(moved.run)) {
      _ = try await cache.renumber(moved.run, above: RunID(99))
    }
    await #expect(throws: StoreFailure.unknownRun(RunID(77))) {
      _ = try await cache.renumber(RunID(77), above: RunID(99))
    }
  }

  @Test func `a report says the policy, the next run and what waits, and who posts it rings`()
    async throws
  {
    let folder = try TemporaryFolder()
    let rings = Rings()
    let cache = try SQLiteCache(
      folder: folder("profile"),
      reporting: Reporting(
        policy: 7,
        nextDue: { $0.advanced(bySeconds: 900) },
        posted: { rings.count.withLock { $0 += 1 } }
      )
    )
    var attempt = try await cache.begin(.sync, at: noon, settings: "")
    #expect(attempt.policy == 7)
    let item = HeldItem(.delete, side: .psa, kind: .appointment, psa: PSAID(1), words: "canary")
    try await cache.keep([
      Hold(
        digest: PlanDigest("a"),
        reason: "Many.",
        items: [item, item],
        mend: "",
        needsApproval: true
      )
    ])
    attempt.outcome = .success
    attempt.finished = noon
    try await cache.keep(attempt)
    let waiting = try await cache.outbox(limit: 9)
    let report = try #require(waiting.first?.attempt)
    #expect(report.policy == 7 && report.nextDue == WireTime(noon.advanced(bySeconds: 900)))
    #expect(report.holds.map(\.counts.first?.number) == [2])
    #expect(waiting.first?.payload.contains("canary") == false)
    #expect(rings.count.withLock { $0 } == 2)
    #expect(try await cache.attempts(limit: 1).first?.policy == 7)
  }

  @Test func `a run that goes on under another number leaves no report without an end`()
    async throws
  {
    let unheard = try await cache.begin(.sync, at: noon, settings: "")
    _ = try await cache.renumber(unheard.run, above: RunID(41))
    #expect(try await cache.outbox(limit: 9).map(\.run) == [RunID(42)])
    let heard = try await cache.begin(.sync, at: noon, settings: "")
    try await cache.delivered(cache.outbox(limit: 9))
    _ = try await cache.renumber(heard.run, above: RunID(90))
    let waiting = try await cache.outbox(limit: 9)
    #expect(waiting.map(\.run) == [heard.run, RunID(91)])
    #expect(waiting.map { $0.attempt?.outcome } == [.interrupted, .running])
  }

  private final class Rings: Sendable {
    let count = Locked(0)
  }

  @Test func `an approval stays as long as the same plan is held`() async throws {
    func hold(_ digest: String, isApproved: Bool = false) -> Hold {
      Hold(
        digest: PlanDigest(digest),
        reason: "Many deletes.",
        items: [
          HeldItem(
            .delete,
            side: .exchange,
            kind: .appointment,
            link: LinkID(1),
            exchange: ExchangeItemID("a"),
            psa: PSAID(7)
          ),
          HeldItem(.pair, kind: .appointment, exchange: ExchangeItemID("b"), psa: PSAID(8)),
          HeldItem(.create, side: .psa, kind: .appointment, link: LinkID(2), words: "No right."),
        ],
        mend: "lockstep sync --approve \(digest)",
        needsApproval: digest != "c",
        isApproved: isApproved
      )
    }
    try await cache.keep([hold("b"), hold("a")])
    #expect(try await cache.holds() == [hold("b"), hold("a")])
    #expect(try await cache.approve(PlanDigest("a")))
    #expect(try await !cache.approve(PlanDigest("z")))
    try await cache.keep([hold("a"), hold("c")])
    #expect(try await cache.holds() == [hold("a", isApproved: true), hold("c")])
    try await cache.keep([hold("c")])
    try await cache.keep([hold("a")])
    #expect(try await cache.holds() == [hold("a")])
    try await cache.keep([Hold]())
    #expect(try await cache.holds() == [])
  }
}

extension SideCounts {
  fileprivate var writes: Int { created + updated + deleted }
}
