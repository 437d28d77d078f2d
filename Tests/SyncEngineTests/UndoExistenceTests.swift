import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// `rules.md` 8: what a run made is removed, what it removed comes back.
@Suite(.threeRuns) struct UndoExistenceTests {
  let start = Scene.monday + 5 * Scene.hour
  var end: Int64 { start + Scene.hour }

  @Test func `a PSA item that a run made goes, and comes back only when its source changes`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    let run = try await scene.sync().attempt.run
    let result = try await scene.undo(run)
    #expect(result.attempt.psa.deleted == 1)
    let entry = try #require(try await scene.cache.entries(of: result.attempt.run).only)
    #expect(entry.intent.proof?.ground == .ordered)
    #expect(entry.intent.proof?.evidence.contains("undo of run \(run)") == true)
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.psaItems().isEmpty)
    #expect(try await scene.cache.links().only?.reason == .undone)
    try await scene.exchange(.retitle(id: id, title: "A2"))
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["A2"])
  }

  @Test func `an Exchange item that a run made goes to Deleted Items, and --full brings it back`()
    async throws
  {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    let run = try await scene.sync().attempt.run
    #expect(try await scene.undo(run).attempt.exchange.deleted == 1)
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.exchangeItems().isEmpty)
    let bin = try await scene.inMailbox { mailbox, _ in
      mailbox.items(in: mailbox.folderID(.deleteditems)).count
    }
    #expect(bin == 1)
    try await scene.sync(SyncOptions(full: true))
    #expect(try await scene.exchangeItems().map(\.title) == ["B"])
  }

  @Test func `an item that somebody changed since it was made stays, and is named`() async throws {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    let run = try await scene.sync().attempt.run
    let item = try #require(try await scene.exchangeItems().only?.id.rawValue)
    try await scene.change(item, [.location("Room 3")])
    let result = try await scene.undo(run)
    #expect(result.attempt.writes == 0)
    #expect(
      result.attempt.notes.contains { $0.contains("exchange:appointment:\(item): it was ch") }
    )
    #expect(try await scene.exchangeItems().only?.place == "Room 3")
  }

  @Test func `a version mark alone is no change`() async throws {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    let run = try await scene.sync().attempt.run
    let item = try #require(try await scene.exchangeItems().only?.id.rawValue)
    try await scene.change(item, [.reminderIsSet(false)])
    #expect(try await scene.undo(run).attempt.exchange.deleted == 1)
  }

  @Test(.finds(.orphans, for: "what it was made from stays gone"), arguments: [false, true])
  func `what a run deleted in Exchange is moved back out of Deleted Items`(
    isAnswerLost: Bool
  ) async throws {
    let scene = try Scene()
    let id = try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    let item = try #require(try await scene.exchangeItems().only)
    try await scene.psa(.delete(id: id))
    let run = try await scene.sync().attempt.run
    #expect(try await scene.exchangeItems().isEmpty)
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.losesMoves = isAnswerLost }
    _ = try await scene.undo(run, mailbox: troubled)
    let back = try #require(try await scene.exchangeItems().only)
    #expect(back.title == "B" && back.uid == item.uid && back.stamp == item.stamp)
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.exchangeItems().count == 1)
    #expect(try await scene.psaItems().isEmpty)
    // Once more takes nothing twice.
    #expect(try await scene.undo(run).attempt.writes == 0)
  }

  @Test(.finds(.orphans, for: "what it was made from stays gone"), arguments: [false, true])
  func `what a run deleted in the PSA is made again with its reference`(
    isAnswerLost: Bool
  ) async throws {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let copy = try #require(try await scene.psaItems().only)
    try await scene.exchange(.delete(id: id))
    let run = try await scene.sync().attempt.run
    #expect(try await scene.psaItems().isEmpty)
    let troubled = TroubledPSA(scene.worldPSA)
    await troubled.set { $0.losesCreates = isAnswerLost }
    _ = try await scene.undo(run, psa: troubled)
    let back = try #require(try await scene.psaItems().only)
    #expect(back.title == "A" && back.text == copy.text && back.span == copy.span)
    #expect(back.id != copy.id)
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.psaItems().count == 1)
    #expect(try await scene.undo(run).attempt.writes == 0)
  }

  @Test func `a copy that was removed because its meeting was cancelled comes back and stays`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    try await scene.change(id, [.isCancelled(true)])
    let run = try await scene.sync().attempt.run
    #expect(try await scene.psaItems().isEmpty)
    try await scene.undo(run)
    #expect(try await scene.psaItems().map(\.title) == ["A"])
    #expect(try await scene.settle().attempt.writes == 0)
    try await scene.change(id, [.isCancelled(false)])
    try await scene.settle()
    try await scene.change(id, [.isCancelled(true)])
    try await scene.settle()
    #expect(try await scene.psaItems().isEmpty)
  }

  @Test(.finds(.orphans, for: "what it was made from stays gone"))
  func `a masked copy that comes back is as masked as it was`() async throws {
    let scene = try Scene()
    let id = try await scene.exchangeItem("Canary", start: start, end: end) {
      $0.sensitivity = .private
    }
    try await scene.settle()
    try await scene.exchange(.delete(id: id))
    let run = try await scene.sync().attempt.run
    try await scene.undo(run)
    #expect(try await scene.psaItems().map(\.title) == ["Appointment"])
  }

  @Test(.finds(.orphans, for: "what it was made from stays gone"))
  func `detail goes back into no copy while the settings let the PSA have none`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "Canary", start: start, end: end))
    try await scene.settle()
    try await scene.exchange(.delete(id: id))
    let run = try await scene.sync().attempt.run
    scene.rules.importDetail = .none
    try await scene.undo(run)
    let back = try #require(try await scene.psaItems().only)
    #expect(back.title == "Appointment" && back.text.hasPrefix("Ref: "))
  }

  @Test func `an undo is a run, and can itself be taken back`() async throws {
    let scene = try Scene()
    try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.psa(.create(title: "B", start: start, end: end))
    let run = try await scene.sync().attempt.run
    let undo = try await scene.undo(run).attempt.run
    #expect(try await scene.psaItems().map(\.title) == ["B"])
    #expect(try await scene.exchangeItems().map(\.title) == ["A"])
    let redo = try await scene.undo(undo)
    #expect(redo.attempt.psa.created == 1 && redo.attempt.exchange.created == 1)
    #expect(try await scene.psaItems().map(\.title) == ["A", "B"])
    #expect(try await scene.exchangeItems().map(\.title) == ["A", "B"])
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.cache.links().allSatisfy { $0.state == .linked })
    let again = try await scene.undo(redo.attempt.run)
    #expect(again.attempt.psa.deleted == 1 && again.attempt.exchange.deleted == 1)
    #expect(try await scene.settle().attempt.writes == 0)
  }

  @Test func `more than the brake would hold is taken back at once, for a person asked`()
    async throws
  {
    let scene = try Scene()
    for hour in 0..<12 {
      let at = start + Int64(hour) * Scene.hour
      try await scene.exchange(.create(title: "A\(hour)", start: at, end: at + 600))
    }
    let run = try await scene.sync().attempt.run
    #expect(try await scene.undo(run).attempt.psa.deleted == 12)
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.psaItems().isEmpty)
  }

  @Test func `an undo of a create whose answer was lost makes nothing again`() async throws {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    let run = try await scene.sync().attempt.run
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.losesDeletes = true }
    #expect(try await scene.undo(run, mailbox: troubled).failure != nil)
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.exchangeItems().isEmpty)
  }
}
