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

  // MARK: By kind

  /// What there is of each kind in the PSA.
  enum Stock: CaseIterable {
    case nothing, older, some
  }

  private static let toDo = "2204"
  private static let call = "4021"

  private func scene(_ stock: Stock) async throws -> Scene {
    let scene = try Scene()
    scene.rules.toDos = true
    scene.rules.serviceCalls = true
    switch stock {
    case .nothing:
      try await scene.office(.toDo, .delete(id: Self.toDo))
      try await scene.office(.serviceCall, .unassign(id: Self.call))
    case .older:
      let start = Scene.monday - 40 * 86_400
      let end = start + Scene.hour
      try await scene.psa(.create(title: "Visit", start: start, end: end))
      try await scene.office(.toDo, .move(id: Self.toDo, start: start, end: end))
      try await scene.office(.serviceCall, .move(id: Self.call, start: start, end: end))
      // Long enough ago that no look at the last day shows them.
      scene.clock.advance(3 * 86_400)
    case .some:
      let start = Scene.monday + Scene.hour
      try await scene.psa(.create(title: "Visit", start: start, end: start + Scene.hour))
    }
    return scene
  }

  @Test(arguments: Stock.allCases)
  func `at rest each kind is asked for what changed, whether there is any of it or not`(
    stock: Stock
  ) async throws {
    let scene = try await scene(stock)
    try await scene.settle()
    scene.clock.advance(3_600)
    let psa = CountedPSA(scene.worldPSA)
    #expect(try await scene.sync(psa: psa).attempt.writes == 0)
    let asked = await psa.asked
    #expect(asked[.appointment] == ["changes", "count"])
    #expect(asked[.toDo] == ["changes", "count"])
    // Nobody's calls need no counting.
    #expect(asked[.serviceCall] == ["new rows", "changes"] + (stock == .some ? ["count"] : []))
    // A day later everything is listed anew, and then no more.
    scene.clock.advance(86_400)
    try await scene.sync()
    scene.clock.advance(3_600)
    let again = CountedPSA(scene.worldPSA)
    try await scene.sync(psa: again)
    #expect(await again.asked[.serviceCall] == asked[.serviceCall])
    #expect(await again.asked[.appointment] == asked[.appointment])
  }

  @Test(arguments: [Stock.nothing, .older])
  func `what is made right after an empty listing arrives with the next run`(
    stock: Stock
  ) async throws {
    let scene = try await scene(stock)
    try await scene.sync()
    #expect(try await scene.exchangeItems().isEmpty)
    let start = Scene.monday + 100 * Scene.hour
    let end = start + Scene.hour
    try await scene.psa(.create(title: "Visit", start: start, end: end))
    try await scene.office(.toDo, .create(title: "Call back", start: start, end: end))
    if stock == .nothing {
      try await scene.office(.serviceCall, .create(title: "Repair", start: start, end: end))
    } else {
      try await scene.office(.serviceCall, .move(id: Self.call, start: start, end: end))
    }
    #expect(try await scene.sync().attempt.exchange.created == 3)
    try await scene.settle()
  }

  @Test func `a PSA whose clock is ten minutes slow hides no change after an empty listing`()
    async throws
  {
    let scene = try await scene(.nothing)
    try await scene.settle()
    let schema = try #require(Schema.entity("Appointments"))
    let start = Scene.monday + 5 * Scene.hour
    let id = try await scene.world.tenant { tenant, now in
      try tenant.create(
        [
          "title": "Visit", "resourceID": .int(Seeding.technician),
          "startDateTime": .string(WireTime.text(start)),
          "endDateTime": .string(WireTime.text(start + Scene.hour)),
        ],
        in: schema,
        at: now - 600
      )
    }
    #expect(try await scene.sync().attempt.exchange.created == 1)
    try await scene.world.tenant { tenant, now in
      _ = try tenant.update(["id": .int(id), "title": "Repair"], in: schema, at: now - 600)
    }
    #expect(try await scene.sync().attempt.exchange.updated == 1)
    try await scene.settle()
  }

  @Test func `a clock that was a year ahead makes no run deaf once it is put back`() async throws {
    let scene = try await scene(.nothing)
    let year: Int64 = 366 * 86_400
    scene.clock.advance(year)
    try await scene.settle()
    scene.clock.advance(-year)
    try await scene.sync()
    let start = Scene.monday + 5 * Scene.hour
    let id = try await scene.psa(.create(title: "Visit", start: start, end: start + Scene.hour))
    #expect(try await scene.sync().attempt.exchange.created == 1)
    try await scene.psa(.retitle(id: id, title: "Repair"))
    #expect(try await scene.sync().attempt.exchange.updated == 1)
  }
}

/// A PSA that keeps what it was asked about each kind.
private actor CountedPSA: PSAService, PSAWriting {
  private let inner: WorldPSA
  private(set) var asked: [Kind: [String]] = [:]

  init(_ inner: WorldPSA) { self.inner = inner }

  var requests: Int { get async { await inner.requests } }

  private func note(_ kind: Kind, _ question: String) { asked[kind, default: []].append(question) }

  func open() async throws -> PSADesk { try await inner.open() }
  func reopen() async throws -> PSADesk { try await inner.reopen() }

  func page(of query: PSAQuery, continuing token: PageToken?) async throws -> PSAPage {
    note(query.kind, query.modifiedSince == nil ? "all" : "changes")
    return try await inner.page(of: query, continuing: token)
  }

  func count(of query: PSAQuery) async throws -> Int {
    note(query.kind, "count")
    return try await inner.count(of: query)
  }

  func identities(of query: PSAQuery) async throws -> [PSAID] {
    note(query.kind, "ids")
    return try await inner.identities(of: query)
  }

  func items(_ ids: [PSAID], of kind: Kind) async throws -> [PSAItem?] {
    note(kind, "items")
    return try await inner.items(ids, of: kind)
  }

  func described(_ items: [PSAItem]) async throws -> [PSAItem] {
    if let kind = items.first?.kind { note(kind, "about") }
    return try await inner.described(items)
  }

  func assignments(since marks: AssignmentMarks?) async throws -> Assignments {
    note(.serviceCall, marks == nil ? "all rows" : "new rows")
    return try await inner.assignments(since: marks)
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
