import SyncEngine
import SyncModel
import Testing
import World

/// `PSAService.page`, `count`, `identities` and `items`.
@Suite struct PSAListingTests {
  @Test(arguments: PSAPort.allCases)
  func `a long listing comes in pages of at most 500, ascending, each item once`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    let ids = try await grounds.enter(many: 1_203)
    try await port.open(grounds) { psa in
      let query = PSAQuery(kind: .appointment)
      let pages = try await psa.pages(of: query)
      #expect(pages.map(\.items.count) == [500, 500, 203])
      #expect(pages.flatMap(\.items).map(\.id) == ids)
      #expect(try await psa.count(of: query) == 1_203)
      #expect(try await psa.identities(of: query) == ids)
    }
  }

  @Test(arguments: PSAPort.allCases, [0, 1, 499, 500, 501])
  func `the last page says that it is the last, also where it is full or empty`(
    port: PSAPort,
    count: Int
  ) async throws {
    let grounds = try Grounds()
    let ids = try await grounds.enter(many: count)
    try await port.open(grounds) { psa in
      let pages = try await psa.pages(of: PSAQuery(kind: .appointment))
      #expect(pages.flatMap(\.items).map(\.id) == ids)
      #expect(pages.last?.next == nil)
      #expect(pages.count == (count > 500 ? 2 : 1))
      #expect(try await psa.identities(of: PSAQuery(kind: .appointment)) == ids)
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `only the resource's own items are listed and counted`(port: PSAPort) async throws {
    let grounds = try Grounds(items: 25)
    let all = await grounds.world.tenant { tenant, _ in tenant.tables["Appointments"]?.count ?? 0 }
    #expect(all > 200)
    try await port.open(grounds) { psa in
      let items = try await psa.pages(of: PSAQuery(kind: .appointment)).flatMap(\.items)
      #expect(items.count == 25)
      #expect(items.allSatisfy { $0.resource == ResourceID(Seeding.technician) })
      #expect(try await psa.count(of: PSAQuery(kind: .appointment)) == 25)
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `what changes between two pages moves no other item`(port: PSAPort) async throws {
    let grounds = try Grounds()
    let ids = try await grounds.enter(many: 900)
    try await port.open(grounds) { psa in
      let query = PSAQuery(kind: .appointment)
      let first = try await psa.page(of: query, continuing: nil)
      let token = try #require(first.next)
      try await grounds.make(.psa, .delete(id: ids[10].description))
      try await grounds.make(.psa, .delete(id: ids[600].description))
      try await grounds.make(.psa, .retitle(id: ids[601].description, title: "changed"))
      let rest = try await psa.page(of: query, continuing: token)
      #expect(rest.items.map(\.id) == Array(ids[500...]).filter { $0 != ids[600] })
      #expect(rest.items.first { $0.id == ids[601] }?.title == "changed")
      #expect(rest.next == nil)
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `conditions hold together, their bounds included, for pages, counts and identities`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    var ids: [PSAID] = []
    // Made a minute apart, each an hour later than the one before.
    for number in 0..<10 {
      ids.append(
        try await grounds.enter(
          "Job \(number)",
          start: Grounds.monday + Int64(number) * Grounds.hour
        )
      )
      grounds.clock.advance(60)
    }
    let made = { (number: Int64) in Instant(seconds: Grounds.monday + number * 60) }
    let ends = { (number: Int64) in Instant(seconds: Grounds.monday + (number + 1) * Grounds.hour) }
    let changed = grounds.clock.now + 60
    try await grounds.make(.psa, .retitle(id: ids[2].description, title: "changed"))
    let a = Kind.appointment
    let table: [(PSAQuery, [Int])] = [
      (PSAQuery(kind: a), Array(0...9)),
      (PSAQuery(kind: a, modifiedSince: made(7)), [2, 7, 8, 9]),
      (PSAQuery(kind: a, modifiedSince: made(7).advanced(bySeconds: 1)), [2, 8, 9]),
      (PSAQuery(kind: a, modifiedSince: Instant(seconds: changed)), [2]),
      (PSAQuery(kind: a, modifiedSince: Instant(seconds: changed + 1)), []),
      (PSAQuery(kind: a, endingFrom: ends(6)), [6, 7, 8, 9]),
      (PSAQuery(kind: a, endingFrom: ends(6).advanced(bySeconds: 1)), [7, 8, 9]),
      (PSAQuery(kind: a, ids: ids[3]...ids[5]), [3, 4, 5]),
      (PSAQuery(kind: a, ids: ids[4]...ids[4]), [4]),
      (PSAQuery(kind: a, ids: PSAID(1)...PSAID(2)), []),
      (PSAQuery(kind: a, modifiedSince: made(5), endingFrom: ends(7)), [7, 8, 9]),
      (
        PSAQuery(kind: a, modifiedSince: made(4), endingFrom: ends(1), ids: ids[1]...ids[6]),
        [2, 4, 5, 6]
      ),
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
  func `a condition holds on every page of a long answer`(port: PSAPort) async throws {
    let grounds = try Grounds()
    let ids = try await grounds.enter(many: 1_300)
    try await port.open(grounds) { psa in
      let query = PSAQuery(kind: .appointment, ids: ids[100]...ids[1_199])
      let pages = try await psa.pages(of: query)
      #expect(pages.map(\.items.count) == [500, 500, 100])
      #expect(pages.flatMap(\.items).map(\.id) == Array(ids[100...1_199]))
      #expect(try await psa.count(of: query) == 1_100)
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `items come in the order asked, with nil for one that is not there`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    let ids = try await grounds.enter(many: 6)
    try await grounds.make(.psa, .delete(id: ids[3].description))
    try await port.open(grounds) { psa in
      let asked = [ids[4], ids[3], ids[0], PSAID(9_999_999), ids[4], ids[1]]
      let found = try await psa.items(asked, of: .appointment)
      #expect(found.map { $0?.id } == [ids[4], nil, ids[0], nil, ids[4], ids[1]])
      #expect(try await psa.items([], of: .appointment) == [])
      #expect(try await psa.items([ids[3]], of: .appointment) == [nil])
      #expect(try await psa.items([ids[2]], of: .appointment).map { $0?.title } == ["Job 2"])
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `any number of items may be asked for`(port: PSAPort) async throws {
    let grounds = try Grounds()
    let ids = try await grounds.enter(many: 950)
    try await port.open(grounds) { psa in
      var dice = Dice(seed: 3)
      let asked = ids.shuffled(using: &dice)
      let found = try await psa.items(asked, of: .appointment)
      #expect(found.map { $0?.id } == asked)
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `every field is read as the dispatcher entered it`(port: PSAPort) async throws {
    let grounds = try Grounds()
    let made = grounds.clock.now + 60
    let start = Grounds.monday + 26 * Grounds.hour
    let id = PSAID(
      Int64(
        try await grounds.make(
          .psa,
          .create(title: "Vor Ort – „Müller“ 📅", start: start, end: start + 4_500)
        )
      ) ?? 0
    )
    try await grounds.make(.psa, .move(id: id.description, start: start, end: start + 5_400))
    try await port.open(grounds) { psa in
      let item = try await psa.item(id)
      let expected = PSAItem(
        kind: .appointment,
        id: id,
        resource: ResourceID(Seeding.technician),
        title: "Vor Ort – „Müller“ 📅",
        text: "",
        start: Instant(seconds: start),
        end: Instant(seconds: start + 5_400),
        created: Instant(seconds: made),
        modified: Instant(seconds: made + 60),
        creator: ResourceID(29_682_861)
      )
      #expect(item == expected)
    }
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `the wire reads every seeded item exactly as the world has it`(
    seed: UInt64
  ) async throws {
    let grounds = try Grounds(items: 120, seed: seed)
    try await PSAPort.wire.open(grounds) { wire in
      let world = WorldPSA(grounds.world, .resource(ResourceID(Seeding.technician)))
      let query = PSAQuery(kind: .appointment)
      let items = try await wire.pages(of: query).flatMap(\.items)
      #expect(items == (try await world.pages(of: query).flatMap(\.items)))
      #expect(items.count == 120)
    }
  }
}
