import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

extension Scene {
  /// A person takes a run back.
  @discardableResult
  func undo(
    _ run: RunID,
    mailbox: (any ExchangeMailbox & ExchangeWriting)? = nil,
    psa: (any PSAService & PSAWriting)? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> SyncResult {
    clock.advance(60)
    let result = try await cycle(mailbox: mailbox, psa: psa).undo(run)
    if let failure = result.failure, mailbox == nil, psa == nil {
      Issue.record("\(failure)", sourceLocation: sourceLocation)
    }
    return result
  }

  /// The time of the only Exchange item.
  func exchangeStart() async throws -> Int64? {
    guard case .timed(let start, _, _)? = try await exchangeItems().only?.when else { return nil }
    return start.seconds
  }
}

/// `rules.md` 8: what a run changed is put back, and rests until a person changes it.
@Suite(.threeRuns) struct UndoTests {
  let start = Scene.monday + 5 * Scene.hour
  var end: Int64 { start + Scene.hour }

  @Test func `a move that a run carried to Exchange is put back there, and rests`() async throws {
    let scene = try Scene()
    let id = try await scene.psa(.create(title: "On site", start: start, end: end))
    try await scene.settle()
    try await scene.psa(.move(id: id, start: end, end: end + 600))
    let run = try await scene.sync().attempt.run
    #expect(try await scene.exchangeStart() == end)
    let result = try await scene.undo(run)
    #expect(result.attempt.purpose == .undo && result.attempt.exchange.updated == 1)
    #expect(try await scene.exchangeStart() == start)
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.psaItems().only?.start.seconds == end)
    // Another title is no move.
    try await scene.psa(.retitle(id: id, title: "On site 2"))
    try await scene.settle()
    #expect(try await scene.exchangeItems().only?.title == "On site 2")
    #expect(try await scene.exchangeStart() == start)
    try await scene.psa(.move(id: id, start: end + 600, end: end + 1_200))
    try await scene.settle()
    #expect(try await scene.exchangeStart() == end + 600)
  }

  @Test func `after a move was taken back the person's own move goes to the PSA`() async throws {
    let scene = try Scene()
    let id = try await scene.psa(.create(title: "On site", start: start, end: end))
    try await scene.settle()
    try await scene.psa(.move(id: id, start: end, end: end + 600))
    try await scene.undo(try await scene.sync().attempt.run)
    let item = try #require(try await scene.exchangeItems().only?.id.rawValue)
    try await scene.exchange(.move(id: item, start: end + 3_600, end: end + 7_200))
    try await scene.settle()
    #expect(try await scene.psaItems().only?.start.seconds == end + 3_600)
    #expect(try await scene.exchangeStart() == end + 3_600)
  }

  @Test func `a title that a run carried to the PSA is put back there, and rests`() async throws {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let text = try await scene.psaItems().only?.text
    try await scene.exchange(.retitle(id: id, title: "B"))
    let run = try await scene.sync().attempt.run
    try await scene.undo(run)
    #expect(try await scene.psaItems().only?.title == "A")
    #expect(try await scene.psaItems().only?.text == text, "with its reference")
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.exchangeItems().only?.title == "B")
    #expect(try await scene.cache.entries(of: run).map(\.status) == [.undone])
    try await scene.exchange(.move(id: id, start: end, end: end + 600))
    try await scene.settle()
    #expect(try await scene.psaItems().only?.title == "A", "a move says nothing of a title")
    #expect(try await scene.psaItems().only?.start.seconds == end)
    try await scene.exchange(.retitle(id: id, title: "C"))
    try await scene.settle()
    #expect(try await scene.psaItems().only?.title == "C")
  }

  @Test func `what somebody changed since is left as it is, group by group, and named`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    try await scene.exchange(.retitle(id: id, title: "B"))
    try await scene.exchange(.move(id: id, start: end, end: end + 600))
    let run = try await scene.sync().attempt.run
    let copy = try #require(try await scene.psaItems().only?.id.description)
    try await scene.psa(.retitle(id: copy, title: "Edited"))
    let result = try await scene.undo(run)
    #expect(result.attempt.notes.contains { $0.contains("title changed since") })
    let item = try #require(try await scene.psaItems().only)
    #expect(item.title == "Edited" && item.start.seconds == start)
    try await scene.settle()
    #expect(try await scene.psaItems().only?.start.seconds == start)
  }

  @Test func `detail of what is private by now is never written back`() async throws {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "Canary A", start: start, end: end))
    try await scene.settle()
    try await scene.exchange(.retitle(id: id, title: "Canary B"))
    try await scene.exchange(.move(id: id, start: end, end: end + 600))
    let run = try await scene.sync().attempt.run
    try await scene.change(id, [.sensitivity(.private)])
    let psa = TroubledPSA(scene.worldPSA)
    let result = try await scene.undo(run, psa: psa)
    #expect(result.attempt.notes.contains { $0.contains("may have no detail") })
    // The mask that was due went before it.
    #expect(await psa.updates.first?.title == "Appointment")
    #expect(await psa.updates.dropFirst().allSatisfy { $0.title == nil && $0.text == nil })
    #expect(try await scene.psaItems().only?.start.seconds == start)
    try await scene.settle()
    #expect(try await scene.psaItems().only?.title == "Appointment")
    #expect(try await scene.psaItems().only?.start.seconds == start)
  }

  @Test func `a mask that a run wrote is not taken off while it is due`() async throws {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "Canary", start: start, end: end))
    try await scene.settle()
    try await scene.change(id, [.sensitivity(.private)])
    let run = try await scene.sync().attempt.run
    try await scene.undo(run)
    #expect(try await scene.psaItems().only?.title == "Appointment")
  }

  @Test func `an undo and its preview name the same, and the preview writes nothing`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    try await scene.exchange(.retitle(id: id, title: "B"))
    let run = try await scene.sync().attempt.run
    scene.clock.advance(60)
    let report = try await scene.cycle().undoPlan(run)
    #expect(report.steps.map(\.operation.verb) == [.update])
    #expect(report.steps.first?.values.title == "A")
    let again = try await scene.cycle().undoPlan(run)
    #expect(again.digest == report.digest)
    #expect(try await scene.psaItems().only?.title == "B")
    #expect(try await scene.cache.attempts(limit: 1).first?.run == run)
    try await scene.undo(run)
    #expect(try await scene.cycle().undoPlan(run).steps.isEmpty)
  }

  @Test func `a date of a series is put back to its own time`() async throws {
    let scene = try Scene()
    let start = start
    try await scene.exchangeItem("Stand-up", start: start, end: start + 900) { item in
      item.recurrence = Mailbox.Recurrence(
        .daily(interval: 1),
        .numbered(start: "2026-11-23", count: 5)
      )
    }
    try await scene.settle()
    let item = try await scene.psaItems().sorted { $0.start < $1.start }[2]
    let moved = item.start.seconds + Scene.hour
    try await scene.psa(.move(id: item.id.description, start: moved, end: moved + 900))
    let run = try await scene.sync().attempt.run
    let result = try await scene.undo(run)
    #expect(result.attempt.exchange.updated == 1)
    let folder = try await scene.worldMailbox.open().id
    let span = Span(
      start: item.start.advanced(bySeconds: -600),
      end: item.start.advanced(bySeconds: 600)
    )
    let dates = try await scene.worldMailbox.expanded(span, in: folder).dates
    #expect(dates.only?.when.start == item.start)
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.psaItems().contains { $0.start.seconds == moved })
  }

  @Test func `runs that are unknown or older than thirty days are refused with a sentence`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    try await scene.exchange(.retitle(id: id, title: "B"))
    let run = try await scene.sync().attempt.run
    let unknown = try await scene.cycle().undo(RunID(4_711))
    #expect(unknown.failure?.description.contains("There is no run 4711") == true)
    scene.clock.advance(31 * 86_400)
    let old = try await scene.cycle().undo(run)
    #expect(old.failure?.description.contains("more than 30 days ago") == true)
    #expect(try await scene.psaItems().only?.title == "B")
  }

  @Test func `an undo whose answer was lost is settled by the next run, and rests`() async throws {
    let scene = try Scene()
    let id = try await scene.psa(.create(title: "On site", start: start, end: end))
    try await scene.settle()
    try await scene.psa(.move(id: id, start: end, end: end + 600))
    let run = try await scene.sync().attempt.run
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.losesUpdates = true }
    #expect(try await scene.undo(run, mailbox: troubled).failure != nil)
    #expect(try await scene.exchangeStart() == start)
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.exchangeStart() == start)
    #expect(try await scene.psaItems().only?.start.seconds == end)
  }
}

extension When {
  fileprivate var start: Instant? {
    if case .timed(let start, _, _) = self { start } else { nil }
  }
}
