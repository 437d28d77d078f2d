import SyncEngine
import SyncModel
import Testing
import World

/// To-dos through `PSAService` and `PSAWriting`: times both ways, nothing else (`rules.md` 1).
@Suite struct PSAToDoTests {
  /// The completed one that every world has.
  static let seeded = PSAID(2_204)

  @Test(arguments: PSAPort.allCases)
  func `only the resource's own to-dos are listed and counted, with their company`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    let own = try await grounds.enterToDo("Mine", company: 183)
    try await grounds.enterToDo("A colleague's", resource: 29_682_861)
    try await port.open(grounds) { psa in
      let query = PSAQuery(kind: .toDo)
      let items = try await psa.pages(of: query).flatMap(\.items)
      #expect(items.map(\.id) == [PSAToDoTests.seeded, own])
      #expect(items.map(\.parent) == [PSAID(174), PSAID(183)])
      #expect(items.map(\.text) == ["Call back", "Mine"])
      #expect(items.map(\.isComplete) == [true, false])
      #expect(items.allSatisfy { $0.kind == .toDo && $0.title.isEmpty && $0.about == nil })
      #expect(items.allSatisfy { $0.resource == ResourceID(Seeding.technician) })
      #expect(try await psa.count(of: query) == 2)
      #expect(try await psa.identities(of: query) == [PSAToDoTests.seeded, own])
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `conditions hold together for to-dos too`(port: PSAPort) async throws {
    let grounds = try Grounds()
    var ids: [PSAID] = []
    for number in 0..<6 {
      ids.append(try await grounds.enterToDo(start: Grounds.monday + Int64(number) * Grounds.hour))
      grounds.clock.advance(60)
    }
    let start = Grounds.monday + 40 * Grounds.hour
    try await grounds.office(.toDo, .move(id: "\(ids[1])", start: start, end: start + 900))
    let changed = Instant(seconds: grounds.clock.now)
    let later = Instant(seconds: Grounds.monday + 4 * Grounds.hour)
    let table: [(PSAQuery, [Int])] = [
      (PSAQuery(kind: .toDo, modifiedSince: changed), [1]),
      (PSAQuery(kind: .toDo, modifiedSince: changed.advanced(bySeconds: 1)), []),
      (PSAQuery(kind: .toDo, endingFrom: later, ids: ids[0]...ids[5]), [1, 4, 5]),
      (PSAQuery(kind: .toDo, ids: ids[2]...ids[3]), [2, 3]),
      (PSAQuery(kind: .toDo, endingFrom: later, among: [ids[0], ids[4], PSAID(1)]), [4]),
    ]
    try await port.open(grounds) { [ids] psa in
      for (query, expected) in table {
        let wanted = expected.map { ids[$0] }
        let listed = try await psa.pages(of: query).flatMap(\.items).map(\.id)
        #expect(listed == wanted, "\(query)")
        #expect(try await psa.count(of: query) == wanted.count, "\(query)")
        #expect(try await psa.identities(of: query) == wanted, "\(query)")
      }
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `a long listing of to-dos comes in pages, and any number by id`(port: PSAPort) async throws {
    let grounds = try Grounds()
    var ids = [PSAToDoTests.seeded]
    for _ in 0..<900 { ids.append(try await grounds.enterToDo()) }
    try await port.open(grounds) { [ids] psa in
      let pages = try await psa.pages(of: PSAQuery(kind: .toDo))
      #expect(pages.map(\.items.count) == [500, 401])
      #expect(pages.flatMap(\.items).map(\.id) == ids)
      let found = try await psa.items([PSAID(9_999_999)] + ids.reversed(), of: .toDo)
      #expect(found.map { $0?.id } == [nil] + ids.reversed())
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `a to-do is moved under its company, and only its times change`(port: PSAPort) async throws {
    let grounds = try Grounds()
    let ids = [try await grounds.enterToDo("Own house", company: 0), PSAToDoTests.seeded]
    try await port.open(grounds) { psa in
      for id in ids {
        var known = try await psa.item(id, of: .toDo)
        grounds.clock.advance(60)
        let span = Draft.span(Grounds.monday + 30 * Grounds.hour, 1_800)
        let edit = PSAEdit(kind: .toDo, id: id, parent: known.parent, span: span)
        #expect(try await psa.update([edit]) == [.done(id)])
        known.start = span.start
        known.end = span.end
        known.modified = Instant(seconds: grounds.clock.now)
        #expect(try await psa.item(id, of: .toDo) == known)
      }
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `everything else is refused, and nothing changes`(port: PSAPort) async throws {
    let grounds = try Grounds()
    let id = try await grounds.enterToDo()
    try await port.open(grounds) { psa in
      let before = try await psa.pages(of: PSAQuery(kind: .toDo))
      let span = Draft.span(Grounds.monday, 900)
      let company = PSAID(174)
      var results = try await psa.update([
        PSAEdit(kind: .toDo, id: id, parent: company, title: "never", span: span),
        PSAEdit(kind: .toDo, id: id, parent: company, text: "never"),
        PSAEdit(kind: .toDo, id: id, span: span),
        PSAEdit(kind: .toDo, id: id, parent: PSAID(183), span: span),
        PSAEdit(kind: .toDo, id: id, parent: company, span: Draft.span(Grounds.monday, -60)),
      ])
      results += try await psa.delete([PSATarget(kind: .toDo, id: id, parent: company)])
      results += try await psa.create([
        PSADraft(kind: .toDo, resource: ResourceID(1), title: "", text: "", span: span)
      ])
      #expect(results.map(\.isRefused) == Array(repeating: true, count: 7), "\(results)")
      #expect(try await psa.pages(of: PSAQuery(kind: .toDo)) == before)
    }
  }

  @Test(arguments: PSAPort.direct)
  func `a to-do that is gone is missing, one that a colleague got is not the resource's`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    let (gone, given) = (try await grounds.enterToDo(), try await grounds.enterToDo())
    try await grounds.office(.toDo, .delete(id: gone.description))
    try await grounds.office(.toDo, .unassign(id: given.description))
    try await port.open(grounds) { psa in
      let span = Draft.span(Grounds.monday, 900)
      let edit = PSAEdit(kind: .toDo, id: gone, parent: PSAID(174), span: span)
      #expect(try await psa.update([edit]) == [.missing])
      #expect(try await psa.items([gone], of: .toDo) == [nil])
      #expect(try await psa.identities(of: PSAQuery(kind: .toDo)) == [PSAToDoTests.seeded])
      let theirs = try await psa.item(given, of: .toDo)
      #expect(theirs.resource != ResourceID(Seeding.technician))
      try await grounds.office(.toDo, .assign(id: given.description))
      #expect(try await psa.count(of: PSAQuery(kind: .toDo)) == 2)
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `a to-do is described by action, company, contact, ticket, opportunity and contract`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    let bare = try await grounds.enterToDo(company: 0)
    try await port.open(grounds) { psa in
      let items = try await psa.items([PSAToDoTests.seeded, bare], of: .toDo).compactMap { $0 }
      let described = try await psa.described(items)
      #expect(described.map(\.bare) == items)
      #expect(
        described.map(\.about) == [
          PSAContext(
            actionType: "Phone Call",
            company: "Harbour branch",
            contact: PSAPerson(
              name: "Office Contact 30682",
              phone: "555-0142 x82",
              mail: "contact-30682@example.net"
            ),
            tickets: [PSAWork(number: "T20260301.7602", title: "Ticket 7602")],
            opportunity: "New network 5504",
            contract: "Maintenance 61"
          ),
          PSAContext(actionType: "Phone Call", company: "Service provider"),
        ]
      )
      #expect(try await psa.described([]) == [])
    }
  }
}
