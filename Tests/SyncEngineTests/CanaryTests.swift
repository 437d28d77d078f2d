import Store
import SyncEngine
import SyncModel
import Testing
import World

/// `rules.md` 8: known things are read back on both sides before a run deletes anything.
@Suite(.threeRuns) struct CanaryTests {
  let start = Scene.monday + 5 * Scene.hour

  /// A scene in step with four items made on each side, of which one on each side was deleted.
  private func scene() async throws -> (scene: Scene, kept: [Link]) {
    let scene = try Scene()
    var made: (exchange: [String], psa: [String]) = ([], [])
    for number in 0..<4 {
      let at = start + Int64(number) * 7_200
      made.exchange.append(
        try await scene.exchange(.create(title: "E\(number)", start: at, end: at + 60))
      )
      made.psa.append(try await scene.psa(.create(title: "P\(number)", start: at, end: at + 60)))
    }
    try await scene.settle()
    try await scene.exchange(.delete(id: made.exchange[0]))
    try await scene.psa(.delete(id: made.psa[0]))
    let gone = [made.exchange[0], made.psa[0]]
    let kept = try await scene.cache.links().filter { link in
      !gone.contains(link.exchange?.item.rawValue ?? "")
        && !gone.contains(link.psa?.id.description ?? "")
    }
    #expect(kept.count == 6)
    return (scene, kept)
  }

  /// Nothing is deleted, it is said why, and the next run does it.
  private func expectDeferred(
    _ result: SyncResult,
    _ scene: Scene,
    says words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let attempt = result.attempt
    #expect(
      attempt.exchange.deleted + attempt.psa.deleted == 0,
      sourceLocation: sourceLocation
    )
    #expect(attempt.failedItems == 2, sourceLocation: sourceLocation)
    #expect(attempt.outcome == .successWithErrors, sourceLocation: sourceLocation)
    #expect(
      attempt.notes.contains { $0.contains(words) && $0.contains("the next run plans afresh") },
      "\(attempt.notes)",
      sourceLocation: sourceLocation
    )
    #expect(try await scene.cache.links().count == 8, sourceLocation: sourceLocation)
    let next = try await scene.sync(sourceLocation: sourceLocation)
    #expect(next.attempt.exchange.deleted == 1, sourceLocation: sourceLocation)
    #expect(next.attempt.psa.deleted == 1, sourceLocation: sourceLocation)
  }

  @Test func `deletes cost few requests more, and a run without them none`() async throws {
    let (scene, _) = try await scene()
    let result = try await scene.sync()
    #expect(result.attempt.exchange.deleted == 1 && result.attempt.psa.deleted == 1)
    #expect(result.attempt.notes.isEmpty)
    let spent = CountedCalls(scene.worldPSA)
    try await scene.psa(.create(title: "New", start: start, end: start + 60))
    #expect(try await scene.sync(psa: spent).attempt.exchange.created == 1)
    #expect(await spent.reopened == 0)
    let made = try await scene.psaItems().first { $0.title == "New" }
    try await scene.psa(.delete(id: try #require(made).id.description))
    #expect(try await scene.sync(psa: spent).attempt.exchange.deleted == 1)
    #expect(await spent.reopened == 1)
  }

  @Test func `what is read back is spread over all items, and is another part with each run`() {
    let ids = Array(0..<50)
    #expect(Canary.sample(ids, turn: 0) == [0, 10, 20, 30, 40])
    #expect(Canary.sample(ids, turn: 13) == [3, 13, 23, 33, 43])
    #expect(Canary.sample(ids, turn: 14) != Canary.sample(ids, turn: 13))
    #expect(Canary.sample(ids, turn: 13) == Canary.sample(ids, turn: 13))
    for count in 0...5 { #expect(Canary.sample(Array(0..<count), turn: 9).count == count) }
    for count in 6..<40 {
      let seen = (0..<Int64(count)).flatMap { Canary.sample(Array(0..<count), turn: $0) }
      #expect(seen.allSatisfy { $0 < count })
    }
  }

  @Test func `where a linked item is not found in Exchange any more, nothing is deleted`()
    async throws
  {
    let (scene, kept) = try await scene()
    let lost = Set(kept.compactMap { $0.exchange?.item })
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.losesByID = lost }
    let result = try await scene.sync(mailbox: troubled)
    try await expectDeferred(result, scene, says: "Exchange does not find 5 any more")
  }

  @Test func `where a linked item is not found in the PSA any more, nothing is deleted`()
    async throws
  {
    let (scene, kept) = try await scene()
    let lost = Set(kept.compactMap { $0.psa?.id })
    let troubled = TroubledPSA(scene.worldPSA)
    // Enough that the sample, which is another one with each run, holds one of them.
    await troubled.set { $0.losesByID = lost }
    let result = try await scene.sync(psa: troubled)
    try await expectDeferred(result, scene, says: "the PSA does not find 5 any more")
  }

  @Test func `where the PSA does not show the resource any more, nothing is deleted`() async throws
  {
    let (scene, _) = try await scene()
    let troubled = TroubledPSA(scene.worldPSA)
    await troubled.set { $0.hidesResource = StopFailure("No such resource.") }
    let result = try await scene.sync(psa: troubled)
    try await expectDeferred(result, scene, says: "does not show this agent's resource any more")
  }

  @Test(arguments: [nil, RunID(1)])
  func `where the folder's mark is lost or an older one, nothing is deleted`(
    run: RunID?
  ) async throws {
    let (scene, _) = try await scene()
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.showsFolder = { $0.marked(run.map { run in { $0.of(run) } }) } }
    let result = try await scene.sync(mailbox: troubled)
    let words = run == nil ? "has lost this agent's mark" : "mark is that of run 1"
    try await expectDeferred(result, scene, says: words)
  }

  @Test func `another mailbox, another agent's mark or another resource stops the run`()
    async throws
  {
    let (scene, _) = try await scene()
    let others: [@Sendable (CalendarFolder) -> CalendarFolder] = [
      { $0.lying(in: MailboxID("somebody@example.com")) },
      { $0.marked { $0.by(AgentID("agent-two")) } },
    ]
    for other in others {
      let troubled = TroubledMailbox(scene.worldMailbox)
      await troubled.set { $0.showsFolder = other }
      let result = try await scene.cycle(mailbox: troubled).sync(SyncOptions())
      #expect(result.failure?.remedy == .stop)
      #expect(result.attempt.writes == 0 && result.attempt.outcome == .failed)
    }
    let troubled = TroubledPSA(scene.worldPSA)
    await troubled.set { $0.resource = ResourceID(4_711) }
    let result = try await scene.cycle(psa: troubled).sync(SyncOptions())
    #expect(result.failure?.remedy == .stop)
    #expect(result.failure?.description.contains("resource 4711") == true)
    #expect(result.attempt.writes == 0 && result.attempt.outcome == .failed)
    #expect(try await scene.sync().attempt.psa.deleted == 1)
  }

  @Test func `what else a run has to do is done although it may not delete`() async throws {
    let (scene, kept) = try await scene()
    try await scene.exchange(.create(title: "New", start: start, end: start + 60))
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.losesByID = Set(kept.compactMap { $0.exchange?.item }) }
    let result = try await scene.sync(mailbox: troubled)
    #expect(result.attempt.psa.created == 1)
    #expect(result.attempt.psa.deleted + result.attempt.exchange.deleted == 0)
  }

  @Test func `a PSA that is down before a delete ends the run, and nothing is deleted`()
    async throws
  {
    let (scene, _) = try await scene()
    let troubled = TroubledPSA(scene.worldPSA)
    await troubled.set {
      $0.hidesResource = StopFailure("Nobody answers.", remedy: .retry(after: .seconds(1)))
    }
    let result = try await scene.cycle(psa: troubled).sync(SyncOptions())
    #expect(result.failure?.remedy == .retry(after: .seconds(1)))
    #expect(result.attempt.writes == 0)
    #expect(try await scene.sync().attempt.psa.deleted == 1)
  }

  @Test(arguments: [true, false])
  func `no contact is deleted either while known ones are not found`(
    inExchange: Bool
  ) async throws {
    let office = try ContactScene()
    try await office.enter(many: 8)
    try await office.settle()
    try await office.remove(ContactScene.baker)
    let links = try await office.links()
    if inExchange {
      let folder = TroubledContacts(office.scene.worldMailbox)
      await folder.set { $0.losesByID = Set(links.compactMap { $0.exchange?.item }) }
      let result = try await office.sync(SyncOptions(), folder)
      #expect(result.attempt.exchange.deleted == 0 && result.attempt.failedItems == 1)
      #expect(result.attempt.notes.contains { $0.contains("Exchange does not find 5") })
    } else {
      let psa = TroubledPSA(office.scene.worldPSA)
      await psa.set { $0.hidesResource = StopFailure("No such resource.") }
      office.scene.clock.advance(Scene.hour)
      let result = try await office.scene.cycle(psa: psa).sync(SyncOptions())
      #expect(result.attempt.exchange.deleted == 0 && result.attempt.failedItems == 1)
    }
    // At once, not an hour later: the contacts are not settled.
    #expect(try await office.sync(after: 60).attempt.exchange.deleted == 1)
  }
}

/// A PSA that counts how often its desk is read anew.
private actor CountedCalls: PSAService, PSAWriting {
  private let inner: WorldPSA
  private(set) var reopened = 0

  init(_ inner: WorldPSA) { self.inner = inner }

  var requests: Int { get async { await inner.requests } }
  func open() async throws -> PSADesk { try await inner.open() }
  func reopen() async throws -> PSADesk {
    reopened += 1
    return try await inner.reopen()
  }
  func page(of query: PSAQuery, continuing token: PageToken?) async throws -> PSAPage {
    try await inner.page(of: query, continuing: token)
  }
  func count(of query: PSAQuery) async throws -> Int { try await inner.count(of: query) }
  func identities(of query: PSAQuery) async throws -> [PSAID] {
    try await inner.identities(of: query)
  }
  func items(_ ids: [PSAID], of kind: Kind) async throws -> [PSAItem?] {
    try await inner.items(ids, of: kind)
  }
  func described(_ items: [PSAItem]) async throws -> [PSAItem] {
    try await inner.described(items)
  }
  func assignments(since marks: AssignmentMarks?) async throws -> Assignments {
    try await inner.assignments(since: marks)
  }
  func create(_ drafts: [PSADraft]) async throws -> [PSAWriteResult] {
    try await inner.create(drafts)
  }
  func update(_ edits: [PSAEdit]) async throws -> [PSAWriteResult] {
    try await inner.update(edits)
  }
  func delete(_ targets: [PSATarget]) async throws -> [PSAWriteResult] {
    try await inner.delete(targets)
  }
}

extension CalendarFolder {
  /// The folder with another mark; none without a change.
  fileprivate func marked(_ change: ((FolderMark) -> FolderMark)?) -> CalendarFolder {
    folder(of: mailbox, change.flatMap { mark.map($0) })
  }

  fileprivate func lying(in mailbox: MailboxID) -> CalendarFolder { folder(of: mailbox, mark) }

  private func folder(of mailbox: MailboxID, _ mark: FolderMark?) -> CalendarFolder {
    CalendarFolder(
      mailbox: mailbox,
      id: id,
      itemCount: itemCount,
      canWrite: canWrite,
      mark: mark,
      server: server
    )
  }
}

extension FolderMark {
  fileprivate func of(_ run: RunID) -> FolderMark {
    FolderMark(tenant: tenant, resource: resource, agent: agent, machine: machine, run: run)
  }

  fileprivate func by(_ agent: AgentID) -> FolderMark {
    FolderMark(tenant: tenant, resource: resource, agent: agent, machine: machine, run: run)
  }
}
