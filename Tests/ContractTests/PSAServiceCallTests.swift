import SyncEngine
import SyncModel
import Testing
import World

/// Service calls through `PSAService`: who is on them, what they say, and that nothing flows back.
@Suite struct PSAServiceCallTests {
  /// Every world has it, with rows 911 (ticket) and 120 (task) for the technician.
  static let seeded = PSAID(4_021)
  static let cancelled = PSAID(4_029)
  static let seededRows = [
    Assignment(table: .tickets, row: PSAID(911), call: seeded),
    Assignment(table: .tasks, row: PSAID(120), call: seeded),
  ]
  static let seededMarks = AssignmentMarks(tickets: PSAID(911), tasks: PSAID(120))

  private func visit(_ grounds: Grounds, hours: Int64 = 5) async throws -> PSAID {
    let start = Grounds.monday + hours * Grounds.hour
    return try await grounds.office(
      .serviceCall,
      .create(title: "Exchange a disk", start: start, end: start + Grounds.hour)
    )
  }

  @Test(arguments: PSAPort.allCases)
  func `all rows that name the resource are read, and no others`(port: PSAPort) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let all = try await psa.assignments(since: nil)
      #expect(
        all == Assignments(rows: PSAServiceCallTests.seededRows, ticketRows: 1, taskRows: 1)
      )
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `above the marks only new rows come, and the counts are of all`(port: PSAPort) async throws {
    let grounds = try Grounds()
    let call = try await visit(grounds)
    try await port.open(grounds) { psa in
      let marks = PSAServiceCallTests.seededMarks
      let new = try await psa.assignments(since: marks)
      #expect(new.rows.map(\.call) == [call])
      #expect(new.rows.map(\.table) == [.tickets])
      #expect(new.ticketRows == 2 && new.taskRows == 1)
      let later = try await psa.assignments(since: marks.raised(by: new.rows))
      #expect(later == Assignments(rows: [], ticketRows: 2, taskRows: 1))
    }
  }

  @Test(arguments: PSAPort.direct)
  func `a row that is lost shows in the counts, and the call itself does not say so`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let before = try await psa.item(PSAServiceCallTests.seeded, of: .serviceCall)
      try await grounds.office(.serviceCall, .unassign(id: "4021"))
      // Whoever is on no call any more still sees that calls are shown.
      let none = Assignments(rows: [], ticketRows: 0, taskRows: 0)
      #expect(try await psa.assignments(since: PSAServiceCallTests.seededMarks) == none)
      #expect(try await psa.assignments(since: nil) == none)
      #expect(try await psa.item(PSAServiceCallTests.seeded, of: .serviceCall) == before)
      try await grounds.office(.serviceCall, .assign(id: "4021"))
      let again = try await psa.assignments(since: PSAServiceCallTests.seededMarks)
      #expect(again.rows.map(\.call) == [PSAServiceCallTests.seeded])
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `a ticket that is taken off a call takes its rows along`(port: PSAPort) async throws {
    let grounds = try Grounds()
    try await grounds.remove("ServiceCallTickets", PSAID(501))
    try await port.open(grounds) { psa in
      let left = try await psa.assignments(since: nil)
      #expect(left.rows == [PSAServiceCallTests.seededRows[1]])
      #expect(left.ticketRows == 0 && left.taskRows == 1)
      try await grounds.office(.serviceCall, .delete(id: "4021"))
      #expect(try await psa.assignments(since: nil).rows.isEmpty)
      #expect(try await psa.items([PSAServiceCallTests.seeded], of: .serviceCall) == [nil])
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `a security level without service calls is a failure, never an absence`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    await grounds.world.tenant { tenant, _ in tenant.permissions.viewsServiceCalls = false }
    try await port.open(grounds) { psa in
      for marks in [nil, PSAServiceCallTests.seededMarks] {
        let failure = await caught { _ = try await psa.assignments(since: marks) }
        #expect(failure?.remedy == .skipItem)
      }
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `every field is read, and whoever reads it is its resource`(port: PSAPort) async throws {
    let grounds = try Grounds()
    let start = Grounds.monday + 26 * Grounds.hour
    let made = grounds.clock.now + 60
    let id = try await grounds.office(
      .serviceCall,
      .create(title: "Vor Ort 📅", start: start, end: start + 4_500)
    )
    try await grounds.office(
      .serviceCall,
      .move(id: id.description, start: start, end: start + 5_400)
    )
    try await port.open(grounds) { psa in
      let item = try await psa.item(id, of: .serviceCall)
      #expect(
        item
          == PSAItem(
            kind: .serviceCall,
            id: id,
            resource: ResourceID(Seeding.technician),
            title: "",
            text: "Vor Ort 📅",
            start: Instant(seconds: start),
            end: Instant(seconds: start + 5_400),
            created: Instant(seconds: made),
            modified: Instant(seconds: made + 60),
            creator: ResourceID(29_682_861),
            related: PSARelated(company: PSAID(174), location: PSAID(12), status: 3)
          )
      )
    }
  }

  @Test(arguments: PSAPort.direct)
  func `cancelled and complete calls say so`(port: PSAPort) async throws {
    let grounds = try Grounds()
    let done = try await visit(grounds)
    try await port.open(grounds) { psa in
      let ids = [PSAServiceCallTests.cancelled, PSAServiceCallTests.seeded, done]
      try await grounds.office(.serviceCall, .complete(id: done.description))
      var items = try await psa.items(ids, of: .serviceCall)
      #expect(items.map { $0?.isCancelled } == [true, false, false])
      #expect(items.map { $0?.isComplete } == [false, false, true])
      let before = items[1]?.modified
      try await grounds.office(.serviceCall, .cancel(id: "4021"))
      items = try await psa.items(ids, of: .serviceCall)
      #expect(items[1]?.isCancelled == true)
      #expect(items[1]?.modified != before)
    }
  }

  @Test(arguments: PSAPort.direct)
  func `calls are listed by change over the tenant, or among numbers within the window`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    let ids = [
      try await visit(grounds, hours: -400), try await visit(grounds, hours: 5),
      try await visit(grounds, hours: 50),
    ]
    let theirs = try await grounds.insert(
      "ServiceCalls",
      [
        "companyID": 183, "startDateTime": "2026-11-24T08:00:00Z",
        "endDateTime": "2026-11-24T09:00:00Z",
      ]
    )
    let monday = Instant(seconds: Grounds.monday)
    let table: [(PSAQuery, [PSAID])] = [
      (PSAQuery(kind: .serviceCall, modifiedSince: monday), ids + [theirs]),
      (PSAQuery(kind: .serviceCall, endingFrom: monday, among: ids), Array(ids[1...])),
      (PSAQuery(kind: .serviceCall, among: [ids[0], PSAID(1)]), [ids[0]]),
      (PSAQuery(kind: .serviceCall, modifiedSince: monday, among: [theirs]), [theirs]),
      (PSAQuery(kind: .serviceCall, among: []), []),
      (
        PSAQuery(kind: .serviceCall, ids: PSAServiceCallTests.seeded...theirs),
        [PSAServiceCallTests.seeded, PSAServiceCallTests.cancelled] + ids + [theirs]
      ),
    ]
    try await port.open(grounds) { psa in
      for (query, wanted) in table {
        let listed = try await psa.pages(of: query).flatMap(\.items).map(\.id)
        #expect(listed == wanted, "\(query)")
        #expect(try await psa.count(of: query) == wanted.count, "\(query)")
        #expect(try await psa.identities(of: query) == wanted, "\(query)")
      }
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `as many numbers as one question may name are answered`(port: PSAPort) async throws {
    let grounds = try Grounds()
    var ids: [PSAID] = []
    for _ in 0..<450 { ids.append(try await visit(grounds)) }
    try await port.open(grounds) { [ids] psa in
      let assigned = try await psa.assignments(since: PSAServiceCallTests.seededMarks)
      #expect(assigned.rows.map(\.call) == ids)
      let among = Array(ids.prefix(PSAQuery.longestList))
      #expect(try await psa.count(of: PSAQuery(kind: .serviceCall, among: among)) == 400)
      #expect(try await psa.items(ids, of: .serviceCall).map { $0?.id } == ids)
    }
  }

  @Test(arguments: PSAPort.direct)
  func `a call is described by company, location, works, status and the others`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let ids = [PSAServiceCallTests.seeded, PSAServiceCallTests.cancelled]
      let items = try await psa.items(ids, of: .serviceCall).compactMap { $0 }
      let described = try await psa.described(items)
      #expect(described.map(\.bare) == items)
      #expect(
        described.map(\.about) == [
          PSAContext(
            company: "Harbour branch",
            location: PSALocation(
              name: "Warehouse",
              address: PSAAddress(
                street: ["Dock 7", "Back yard"],
                city: "Port",
                state: "North",
                postalCode: "12399",
                country: "Germany"
              ),
              phone: "555-0131"
            ),
            tickets: [
              PSAWork(number: "T20260301.7602", title: "Ticket 7602"),
              PSAWork(number: "T20260301.7611", title: "Ticket 7611"),
            ],
            tasks: [PSAWork(number: "T20260301.8190", title: "Cabling")],
            status: "New",
            others: ["Second Technician"]
          ),
          PSAContext(
            company: "Harbour branch",
            location: PSALocation(
              address: PSAAddress(
                street: ["Main street 174"],
                city: "Port",
                postalCode: "12345",
                country: "Germany"
              ),
              phone: "555-0100"
            ),
            status: "Canceled"
          ),
        ]
      )
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `nothing is ever written to a service call`(port: PSAPort) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let id = PSAServiceCallTests.seeded
      let before = try await psa.item(id, of: .serviceCall)
      let requests = await psa.requests
      let span = Draft.span(Grounds.monday, 900)
      var results = try await psa.update([PSAEdit(kind: .serviceCall, id: id, span: span)])
      results += try await psa.delete([PSATarget(kind: .serviceCall, id: id)])
      results += try await psa.create([
        PSADraft(kind: .serviceCall, resource: before.resource, title: "", text: "", span: span)
      ])
      #expect(results.map(\.isRefused) == [true, true, true])
      #expect(await psa.requests == requests)
      #expect(try await psa.item(id, of: .serviceCall) == before)
    }
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `the wire reads and describes every seeded item exactly as the world has it`(
    seed: UInt64
  ) async throws {
    let grounds = try Grounds(items: 80, seed: seed)
    try await PSAPort.wire.open(grounds) { wire in
      let world = WorldPSA(grounds.world, .resource(ResourceID(Seeding.technician)))
      for kind in [Kind.toDo, .serviceCall] {
        let query = PSAQuery(kind: kind)
        let items = try await world.pages(of: query).flatMap(\.items)
        #expect(items.count > 5)
        #expect(try await wire.pages(of: query).flatMap(\.items) == items)
        #expect(try await wire.described(items) == (try await world.described(items)))
      }
      let assignments = try await world.assignments(since: nil)
      #expect(assignments.rows.count > 5)
      #expect(try await wire.assignments(since: nil) == assignments)
    }
  }
}
