import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// To-dos and service calls over a whole engine: `rules.md` 1, 2, 8 and 9.
@Suite(.threeRuns) struct OfficeTests {
  /// What every world is seeded with.
  private static let toDo = "2204"
  private static let call = "4021"
  private let later = Scene.monday + 30 * Scene.hour

  private func scene(toDos: Bool = true, calls: Bool = true) throws -> Scene {
    let scene = try Scene()
    scene.rules.toDos = toDos
    scene.rules.serviceCalls = calls
    return scene
  }

  private func item(_ title: String, _ scene: Scene) async throws -> ExchangeItem {
    try #require(try await scene.exchangeItems().first { $0.title.hasPrefix(title) })
  }

  private func psaItem(_ kind: Kind, _ id: String, _ scene: Scene) async throws -> PSAItem {
    let port = scene.worldPSA
    _ = try await port.open()
    let number = try #require(Int64(id))
    return try #require(try await port.items([PSAID(number)], of: kind).first ?? nil)
  }

  private func link(_ kind: Kind, _ scene: Scene) async throws -> Link {
    try #require(try await scene.cache.links().first { $0.kind == kind })
  }

  @Test func `both kinds are made in Exchange once, completed ones too, and cancelled ones not`()
    async throws
  {
    let scene = try scene()
    let first = try await scene.settle()
    #expect(first.attempt.exchange.created == 2 && first.attempt.psa.created == 0)
    let items = try await scene.exchangeItems()
    #expect(items.map(\.title).map { $0.prefix(12) } == ["Phone Call: ", "Service call"])
    let call = try await item("Service call", scene)
    let text = call.text.normalised
    #expect(text.contains("Ticket: T20260301.7602 - Ticket 7602\nTicket: T20260301.7611"))
    #expect(text.contains("Task: T20260301.8190 - Cabling"))
    #expect(text.contains("Other resources: Second Technician\n\nVisit"))
    #expect(!call.place.isEmpty)
    let kinds = try await scene.cache.links().map(\.kind)
    #expect(Set(kinds) == [.toDo, .serviceCall])
    // Two rows name this person for one call.
    #expect(try await scene.cache.assignments().count == 2)
    let mirrored = try await scene.cache.psaItems([PSAID(2_204)], of: .toDo)
    #expect(mirrored[PSAID(2_204)]?.isComplete == true)
  }

  @Test func `a to-do's time travels both ways, its content from the PSA alone`() async throws {
    let scene = try scene()
    try await scene.settle()
    let made = try await item("Phone", scene)
    try await scene.exchange(.move(id: made.id.rawValue, start: later, end: later + 900))
    let result = try await scene.settle()
    #expect(result.attempt.psa.updated == 1 && result.attempt.exchange.updated == 0)
    var toDo = try await psaItem(.toDo, Self.toDo, scene)
    #expect(toDo.start.seconds == later && toDo.end.seconds == later + 900)
    try await scene.office(
      .toDo,
      .move(id: Self.toDo, start: later + 3_600, end: later + 5_400)
    )
    try await scene.settle()
    #expect(
      try await item("Phone", scene).when.isSameTime(
        as: .timed(
          start: Instant(seconds: later + 3_600),
          end: Instant(seconds: later + 5_400),
          zone: nil
        )
      )
    )
    try await scene.exchange(.retitle(id: made.id.rawValue, title: "Phone, mine"))
    #expect(try await scene.settle().attempt.writes == 0)
    try await scene.office(.toDo, .retitle(id: Self.toDo, title: "Bring cables"))
    try await scene.settle()
    #expect(try await item("Phone", scene).text.hasSuffix("Bring cables"))
    toDo = try await psaItem(.toDo, Self.toDo, scene)
    #expect(toDo.text == "Bring cables" && toDo.parent == PSAID(174))
  }

  @Test func `a to-do deleted in Exchange stays in the PSA and away from Exchange`() async throws {
    let scene = try scene(calls: false)
    try await scene.settle()
    let made = try await item("Phone", scene)
    try await scene.exchange(.delete(id: made.id.rawValue))
    try await scene.settle()
    #expect(try await link(.toDo, scene).state == .suppressed)
    #expect(try await scene.exchangeItems().isEmpty)
    #expect(try await psaItem(.toDo, Self.toDo, scene).text == "Call back")
    try await scene.office(.toDo, .retitle(id: Self.toDo, title: "Bring cables"))
    try await scene.settle()
    #expect(try await scene.exchangeItems().count == 1)
  }

  @Test func `a to-do that a colleague gets leaves Exchange, and comes back with it`() async throws
  {
    let scene = try scene(calls: false)
    try await scene.settle()
    try await scene.office(.toDo, .unassign(id: Self.toDo))
    let result = try await scene.settle()
    #expect(result.attempt.exchange.deleted == 1)
    let entry = try #require(try await scene.cache.entries(of: result.attempt.run).only)
    #expect(entry.intent.proof?.evidence.contains("assignedToResourceID is") == true)
    #expect(try await link(.toDo, scene).reason == .reassigned)
    try await scene.office(.toDo, .assign(id: Self.toDo))
    try await scene.settle()
    #expect(try await scene.exchangeItems().count == 1)
    try await scene.office(.toDo, .delete(id: Self.toDo))
    try await scene.settle()
    #expect(try await scene.exchangeItems().isEmpty)
    #expect(try await scene.cache.links().isEmpty)
  }

  @Test func `what a person changes in a service call is put back three times, then held`()
    async throws
  {
    let scene = try scene(toDos: false)
    try await scene.settle()
    let made = try await item("Service call", scene)
    for _ in 1...3 {
      try await scene.exchange(
        .move(id: made.id.rawValue, start: later, end: later + 900)
      )
      try await scene.settle()
      #expect(try await item("Service call", scene).when.isSameTime(as: made.when))
    }
    try await scene.exchange(.retitle(id: made.id.rawValue, title: "Mine"))
    let held = try await scene.settle()
    #expect(held.holds.map(\.reason) == [LinkReason.reassertions.sentence])
    #expect(try await scene.exchangeItems().map(\.title) == ["Mine"])
    #expect(try await psaItem(.serviceCall, Self.call, scene).text == "Visit")
  }

  @Test func `a service call removed in Exchange is made again`() async throws {
    let scene = try scene(toDos: false)
    try await scene.settle()
    let made = try await item("Service call", scene)
    try await scene.exchange(.delete(id: made.id.rawValue))
    let result = try await scene.settle()
    #expect(result.attempt.exchange.created == 1)
    #expect(try await scene.exchangeItems().map(\.title) == [made.title])
  }

  @Test func `a cancelled call leaves Exchange; a completed one and one of others do not matter`()
    async throws
  {
    let scene = try scene(toDos: false)
    try await scene.settle()
    try await scene.office(.serviceCall, .complete(id: Self.call))
    let done = try await scene.settle()
    #expect(done.attempt.exchange.updated == 1)
    #expect(try await item("Service call", scene).text.contains("Status: Complete"))
    try await scene.office(.serviceCall, .cancel(id: Self.call))
    let result = try await scene.settle()
    #expect(result.attempt.exchange.deleted == 1 && result.attempt.exchange.created == 0)
    let entry = try #require(try await scene.cache.entries(of: result.attempt.run).only)
    #expect(entry.intent.proof?.ground == .excluded)
    #expect(entry.intent.proof?.evidence.contains("canceledDateTime is set") == true)
    #expect(try await link(.serviceCall, scene).reason == .cancelled)
  }

  @Test func `a call without this person's row leaves Exchange, and comes back with it`()
    async throws
  {
    let scene = try scene(toDos: false)
    try await scene.settle()
    try await scene.office(.serviceCall, .unassign(id: Self.call))
    let result = try await scene.settle()
    #expect(result.attempt.exchange.deleted == 1)
    let entry = try #require(try await scene.cache.entries(of: result.attempt.run).only)
    #expect(entry.intent.proof?.evidence.contains("none of the 0 rows") == true)
    #expect(try await link(.serviceCall, scene).reason == .unassigned)
    try await scene.office(.serviceCall, .assign(id: Self.call))
    let back = try await scene.settle()
    #expect(back.attempt.exchange.created == 1)
    #expect(try await link(.serviceCall, scene).state == .linked)
  }

  /// What was found in one run is not believed in the next: its rows are read anew.
  @Test func `an unassigned call that no run could delete yet is deleted by rows read anew`()
    async throws
  {
    let scene = try scene(toDos: false)
    try await scene.settle()
    try await scene.office(.serviceCall, .unassign(id: Self.call))
    // New settings: this run deletes nothing.
    scene.rules.pastDays = 8
    let first = try await scene.sync()
    #expect(first.attempt.exchange.deleted == 0)
    let second = try await scene.sync()
    #expect(second.attempt.exchange.deleted == 1)
    try await scene.settle()
  }

  @Test func `a call that was moved here or made anew is found by its row or by its change`()
    async throws
  {
    let scene = try scene(toDos: false)
    try await scene.settle()
    let id = try await scene.office(
      .serviceCall,
      .create(title: "New", start: later, end: later + 3_600)
    )
    #expect(try await scene.settle().attempt.exchange.created == 1)
    try await scene.office(.serviceCall, .move(id: id, start: later + 7_200, end: later + 9_000))
    #expect(try await scene.settle().attempt.exchange.updated == 1)
    try await scene.office(.serviceCall, .delete(id: id))
    #expect(try await scene.settle().attempt.exchange.deleted == 1)
    #expect(try await scene.exchangeItems().count == 1)
  }

  @Test func `another ticket of a call that names this person is read with its row`() async throws {
    let scene = try scene(toDos: false)
    try await scene.settle()
    let tickets = try #require(Schema.entity("ServiceCallTickets"))
    let rows = try #require(Schema.entity("ServiceCallTicketResources"))
    try await scene.world.tenant { tenant, now in
      let between = try tenant.create(
        ["ticketID": 7_618],
        in: tickets,
        under: Tenant.Parent(id: 4_021),
        at: now
      )
      let person = JSONValue.int(Seeding.technician)
      let body: JSONValue = ["resourceID": person]
      _ = try tenant.create(body, in: rows, under: Tenant.Parent(id: between), at: now)
    }
    #expect(try await scene.settle().attempt.exchange.updated == 1)
    #expect(try await item("Service call", scene).text.contains("T20260301.7618"))
  }

  // MARK: Switches and thrift

  @Test func `a kind that is off costs no request`() async throws {
    func requests(toDos: Bool, calls: Bool) async throws -> (first: Int, quiet: Int) {
      let scene = try scene(toDos: toDos, calls: calls)
      let first = try await scene.settle()
      scene.clock.advance(3_600)
      return (first.attempt.psa.requests, try await scene.sync().attempt.psa.requests)
    }
    let none = try await requests(toDos: false, calls: false)
    let toDos = try await requests(toDos: true, calls: false)
    let all = try await requests(toDos: true, calls: true)
    #expect(none.first < toDos.first && toDos.first < all.first)
    #expect(none.quiet <= 3)
    #expect(toDos.quiet <= none.quiet + 2)
    #expect(all.quiet <= toDos.quiet + 4)
  }

  @Test func `switched off its items are parked, and switched on again kept in step`() async throws
  {
    let scene = try scene()
    try await scene.settle()
    (scene.rules.toDos, scene.rules.serviceCalls) = (false, false)
    try await scene.office(.serviceCall, .cancel(id: Self.call))
    try await scene.office(.toDo, .delete(id: Self.toDo))
    try await scene.settle()
    #expect(try await scene.cache.links().map(\.state) == [.parked, .parked])
    #expect(try await scene.exchangeItems().count == 2)
    (scene.rules.toDos, scene.rules.serviceCalls) = (true, true)
    try await scene.sync()
    #expect(try await scene.exchangeItems().count == 2)
    try await scene.settle()
    #expect(try await scene.exchangeItems().isEmpty)
  }

  @Test(.finds(.whole, for: "the PSA goes on hiding its service calls"))
  func `service calls that the PSA does not show are left alone, and the rest goes on`()
    async throws
  {
    let scene = try scene()
    try await scene.settle()
    await scene.world.tenant { tenant, _ in tenant.permissions.viewsServiceCalls = false }
    try await scene.psa(.create(title: "Visit", start: later, end: later + 900))
    let result = try await scene.sync()
    #expect(result.attempt.outcome == .successWithErrors)
    #expect(result.attempt.notes.contains { $0.contains("shows no service calls") })
    #expect(try await scene.exchangeItems().count == 3)
    #expect(try await link(.serviceCall, scene).state == .linked)
    #expect(try await scene.sync(SyncOptions(full: true)).attempt.writes == 0)
    #expect(try await scene.exchangeItems().count == 3)
  }

  @Test func `a ticket's new title reaches Exchange with the next whole reading`() async throws {
    let scene = try scene()
    try await scene.settle()
    let tickets = try #require(Schema.entity("Tickets"))
    try await scene.world.tenant { tenant, now in
      _ = try tenant.update(["id": 7_602, "title": "Harbour router"], in: tickets, at: now)
    }
    try await scene.sync(SyncOptions(full: true))
    #expect(try await item("Service call", scene).text.contains("7602 - Harbour router"))
    #expect(try await item("Phone", scene).text.contains("7602 - Harbour router"))
  }

  @Test func `after a lost cache stamps bring both kinds back, and nothing is made twice`()
    async throws
  {
    let scene = try scene()
    try await scene.settle()
    try scene.loseCache()
    #expect(try await scene.settle().attempt.writes == 0)
    #expect(try await scene.cache.links().map(\.state) == [.linked, .linked])
    #expect(try await scene.exchangeItems().count == 2)
  }
}
