import SyncEngine
import SyncModel
import Testing
import World

/// How many requests a side at rest costs (`promises.md`, "a run with nothing to do").
@Suite struct PSAThriftTests {
  /// What a look at a kind costs after everything was read once.
  private func cost(
    _ psa: any PSAService & PSAContacts,
    _ look: () async throws -> Void
  ) async throws -> Int {
    _ = try await psa.open()
    let before = await psa.requests
    try await look()
    return await psa.requests - before
  }

  @Test(arguments: PSAPort.allCases, [8, 800])
  func `at rest to-dos cost two requests and service calls five, however many there are`(
    port: PSAPort,
    items: Int
  ) async throws {
    let grounds = try Grounds(items: items)
    try await port.open(grounds) { psa in
      let toDos = try await psa.pages(of: PSAQuery(kind: .toDo)).flatMap(\.items)
      let newest = try #require(toDos.map(\.modified).max())
      let requests = try await cost(psa) {
        // The overlap brings the newest again, which is known and not described anew.
        let changes = PSAQuery(kind: .toDo, modifiedSince: newest.advanced(bySeconds: -300))
        let page = try await psa.page(of: changes, continuing: nil)
        #expect(!page.items.isEmpty && page.next == nil)
        let known = Dictionary(toDos.map { ($0.id, $0) }) { $1 }
        #expect(page.items.allSatisfy { known[$0.id]?.bare == $0 })
        #expect(try await psa.count(of: PSAQuery(kind: .toDo)) == toDos.count)
      }
      #expect(requests <= 2)

      let all = try await psa.assignments(since: nil)
      #expect(all.rows.count == all.ticketRows + all.taskRows)
      let calls = Set(all.rows.compactMap(\.call)).sorted()
      let kept = try await psa.items(calls, of: .serviceCall).compactMap { $0 }
      let watermark = try #require(kept.map(\.modified).max())
      let marks = AssignmentMarks().raised(by: all.rows)
      let callRequests = try await cost(psa) {
        let rest = try await psa.assignments(since: marks)
        #expect(rest.rows.isEmpty)
        #expect(rest.ticketRows + rest.taskRows == all.rows.count)
        let changes = PSAQuery(kind: .serviceCall, modifiedSince: watermark)
        #expect(try await psa.page(of: changes, continuing: nil).next == nil)
      }
      #expect(callRequests <= 5)
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `contacts at rest cost a few requests, and only when they are asked for`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds(items: 40)
    try await port.open(grounds) { psa in
      let requests = try await cost(psa) {
        let scope = try await psa.contactScope()
        let since = Instant(seconds: grounds.clock.now)
        for query in scope.queries(modifiedSince: since) {
          #expect(try await psa.page(of: query, continuing: nil).contacts.isEmpty)
        }
        for query in scope.queries() { _ = try await psa.count(of: query) }
      }
      #expect(requests <= 6)
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `a kind that nobody asks for costs nothing`(port: PSAPort) async throws {
    let grounds = try Grounds(items: 40)
    try await port.open(grounds) { psa in
      let requests = try await cost(psa) {
        let page = try await psa.page(of: PSAQuery(kind: .appointment), continuing: nil)
        #expect(try await psa.described(page.items) == page.items)
        _ = try await psa.count(of: PSAQuery(kind: .appointment))
      }
      #expect(requests == 2)
    }
  }

  @Test(arguments: Road.allCases)
  func `a whole run of appointments asks for nothing else of the PSA`(road: Road) async throws {
    let grounds = try Grounds()
    try await road.agent(grounds) { agent in
      try await agent.settle()
      let rest = try await agent.sync()
      // The zone and the resource were read by the first run already.
      #expect(rest.attempt.psa.requests <= 3)
    }
  }

  /// The resource was read by the first run of the same service already.
  @Test(arguments: Road.allCases, [false, true])
  func `whole runs at rest cost two requests for each kind, and five for service calls`(
    road: Road,
    isEmpty: Bool
  ) async throws {
    func atRest(_ rules: SyncRules) async throws -> SyncResult {
      let grounds = try Grounds()
      if isEmpty {
        try await grounds.office(.toDo, .delete(id: "2204"))
        try await grounds.office(.serviceCall, .unassign(id: "4021"))
      }
      return try await road.agent(grounds, rules: rules) { agent in
        try await agent.settle()
        grounds.clock.advance(Grounds.hour / 2)
        return try await agent.sync()
      }
    }
    var rules = SyncRules(zone: Draft.berlin)
    let appointments = try await atRest(rules).attempt.psa.requests
    rules.toDos = true
    let toDos = try await atRest(rules).attempt.psa.requests
    rules.serviceCalls = true
    let calls = try await atRest(rules).attempt.psa.requests
    rules.contacts = ContactRules()
    let all = try await atRest(rules)
    print("\(road) \(isEmpty): \(appointments) \(toDos) \(calls) \(all.attempt.psa.requests)")
    #expect(appointments <= 3 && toDos <= appointments + 2 && calls <= toDos + 5)
    #expect(all.attempt.psa.requests == calls)
    #expect(all.attempt.exchange.requests <= 3)
  }
}
