import Store
import SyncEngine
import SyncModel
import Testing
import World

/// Whole runs of the engine over both roads: what `SyncEngineTests` shows in process holds over HTTP.
@Suite struct WholeRunTests {
  let start = Grounds.monday + 5 * Grounds.hour
  var end: Int64 { start + Grounds.hour }

  @Test(arguments: Road.allCases)
  func `an appointment made on one side reaches the other, from both sides`(
    road: Road
  ) async throws {
    let grounds = try Grounds()
    try await road.agent(grounds) { agent in
      try await grounds.add("Planung: Größe <3>", start: start) {
        $0.location = "Raum 2"
        $0.body = Mailbox.Body("Bring the plan\nand the key")
      }
      try await grounds.make(.psa, .create(title: "Vor Ort 📅", start: end, end: end + 5_400))
      let first = try await agent.settle()
      #expect(first.attempt.exchange.created == 1)
      #expect(first.attempt.psa.created == 1)
      let exchange = await agent.exchangeItems
      let psa = await agent.psaItems
      #expect(exchange.map(\.title) == ["Planung: Größe <3>", "Vor Ort 📅"])
      #expect(psa.map(\.title) == ["Planung: Größe <3>", "Vor Ort 📅"])
      #expect(exchange.map(\.start) == [start, end] && psa.map(\.start) == [start, end])
      #expect(exchange.map(\.end) == [end, end + 5_400] && psa.map(\.end) == [end, end + 5_400])
      let text = try #require(psa.first?.text)
      #expect(text.hasPrefix("Location: Raum 2\n\nBring the plan\nand the key\n\nRef: "))
      #expect(await grounds.mailsSent == 0)
    }
  }

  @Test(
    arguments: Road.allCases,
    [
      (.exchange, .exchange), (.exchange, .psa), (.psa, .exchange), (.psa, .psa),
    ] as [(Edit.Side, Edit.Side)]
  )
  func `a new time travels from either side, whoever made the item`(
    road: Road,
    who: (maker: Edit.Side, mover: Edit.Side)
  ) async throws {
    let grounds = try Grounds()
    try await road.agent(grounds) { agent in
      try await grounds.make(who.maker, .create(title: "Visit", start: start, end: end))
      try await agent.settle()
      let items = who.mover == .exchange ? await agent.exchangeItems : await agent.psaItems
      let id = try #require(items.only?.id)
      let later = start + 27 * Grounds.hour
      try await grounds.make(who.mover, .move(id: id, start: later, end: later + 1_800))
      try await agent.settle()
      for item in [await agent.exchangeItems.only, await agent.psaItems.only] {
        #expect(item?.title == "Visit")
        #expect(item?.start == later)
        #expect(item?.end == later + 1_800)
      }
    }
  }

  @Test(arguments: Road.allCases)
  func `a title travels from where the item was made, and only from there`(
    road: Road
  ) async throws {
    let grounds = try Grounds()
    try await road.agent(grounds) { agent in
      try await grounds.make(.exchange, .create(title: "Exchange's", start: start, end: end))
      try await grounds.make(.psa, .create(title: "The PSA's", start: end, end: end + 3_600))
      try await agent.settle()
      for item in await agent.exchangeItems {
        try await grounds.make(.exchange, .retitle(id: item.id, title: item.title + ", E"))
      }
      try await agent.settle()
      #expect(await agent.psaItems.map(\.title) == ["Exchange's, E", "The PSA's"])
      for item in await agent.psaItems {
        try await grounds.make(.psa, .retitle(id: item.id, title: item.title + ", P"))
      }
      try await agent.settle()
      #expect(await agent.exchangeItems.map(\.title) == ["Exchange's, E", "The PSA's, P"])
    }
  }

  @Test(
    arguments: Road.allCases,
    [Mailbox.Sensitivity.private, .personal, .confidential]
  )
  func `nothing of a private item but its times leaves Exchange, and it shows when it is public`(
    road: Road,
    sensitivity: Mailbox.Sensitivity
  ) async throws {
    let grounds = try Grounds()
    try await road.agent(grounds) { agent in
      let id = try await grounds.add("Canary", start: start) {
        $0.sensitivity = sensitivity
        $0.body = Mailbox.Body("Canary text")
        $0.location = "Canary place"
      }
      try await agent.settle()
      let masked = try #require(await agent.psaItems.only)
      #expect(masked.title == "Appointment")
      #expect(masked.text.hasPrefix("Ref: ") && !masked.text.contains("Canary"))
      #expect(masked.start == start)
      try await grounds.change(id, .sensitivity(.normal))
      try await agent.settle()
      #expect(await agent.psaItems.only?.title == "Canary")
      try await grounds.change(id, .sensitivity(sensitivity))
      try await agent.settle()
      let again = try #require(await agent.psaItems.only)
      #expect(again.title == "Appointment" && !again.text.contains("Canary"))
    }
  }

  @Test(arguments: Road.allCases)
  func `a deletion travels from where the item was made`(road: Road) async throws {
    let grounds = try Grounds()
    try await road.agent(grounds) { agent in
      let exchange = try await grounds.make(
        .exchange,
        .create(title: "A", start: start, end: end)
      )
      let psa = try await grounds.make(.psa, .create(title: "B", start: end, end: end + 60))
      try await agent.settle()
      try await grounds.make(.exchange, .delete(id: exchange))
      try await grounds.make(.psa, .delete(id: psa))
      let result = try await agent.sync()
      #expect(result.attempt.exchange.deleted == 1)
      #expect(result.attempt.psa.deleted == 1)
      #expect(await agent.exchangeItems.isEmpty)
      #expect(await agent.psaItems.isEmpty)
      try await agent.settle()
      #expect(try await agent.cache.links().isEmpty)
    }
  }

  @Test(arguments: Road.allCases)
  func `whole days go from midnight to midnight and come back as whole days`(
    road: Road
  ) async throws {
    let grounds = try Grounds()
    // 26 and 27 November 2026 in Berlin.
    let midnight: Int64 = 1_795_647_600
    try await road.agent(grounds) { agent in
      try await grounds.add("Fair", start: midnight, length: 2 * 86_400) { $0.isAllDay = true }
      try await agent.settle()
      let item = try #require(await agent.psaItems.only)
      #expect(item.start == midnight)
      #expect(item.end == midnight + 2 * 86_400)
      try await grounds.make(
        .psa,
        .move(id: item.id, start: midnight + 86_400, end: midnight + 3 * 86_400)
      )
      try await agent.settle()
      let moved = try #require(await agent.exchangeItems.only)
      #expect(moved.isAllDay)
      #expect(moved.start == midnight + 86_400 && moved.end == midnight + 3 * 86_400)
    }
  }

  @Test(arguments: Road.allCases)
  func `contacts reach a folder of their own, follow the PSA, and go when they are inactive`(
    road: Road
  ) async throws {
    let grounds = try Grounds()
    let rules = SyncRules(zone: Draft.berlin, contacts: ContactRules(folder: "PSA"))
    try await road.agent(grounds, rules: rules) { agent in
      #expect(try await agent.settle().attempt.exchange.created == 2)
      // Contacts in step are read by the hour.
      grounds.clock.advance(Grounds.hour)
      try await grounds.change("Contacts", PSAContactTests.teacher, "lastName", to: "Teacher")
      #expect(try await agent.settle().attempt.exchange.updated == 1)
      let kept = try await agent.cache.exchangeContacts().compactMap { $0.contact?.card[.fileAs] }
      #expect(kept.sorted() == ["Contact 30700, Office", "Teacher, Office"])
      grounds.clock.advance(Grounds.hour)
      try await grounds.change("Contacts", PSAContactTests.baker, "isActive", to: 0)
      #expect(try await agent.settle().attempt.exchange.deleted == 1)
      #expect(try await agent.cache.exchangeContacts().count == 1)
    }
  }

  @Test(arguments: Road.allCases)
  func `two filled calendars are kept in step, and the third run writes nothing`(
    road: Road
  ) async throws {
    let grounds = try Grounds(items: 60)
    try await road.agent(grounds) { agent in
      let first = try await agent.settle()
      #expect(first.attempt.outcome == .success)
      #expect(first.attempt.exchange.created > 20)
      #expect(first.attempt.psa.created > 20)
      #expect(await grounds.mailsSent == 0)
    }
  }

  @Test(arguments: Road.allCases)
  func `beside another integration's copies nothing is made; approved, they are linked`(
    road: Road
  ) async throws {
    let grounds = try Grounds(items: 30, fillsLikeVendor: true)
    try await road.agent(grounds) { agent in
      let before = await agent.calendars
      let first = try await agent.sync()
      #expect(first.attempt.writes == 0)
      #expect(await agent.calendars == before)
      let hold = try #require(first.holds.first { $0.needsApproval })
      try await agent.sync(SyncOptions(approve: hold.digest))
      try await agent.settle()
      #expect(await agent.exchangeItems.count == before.exchange.count)
      #expect(await agent.psaItems.count == before.psa.count)
      #expect(try await agent.cache.links().count > 20)
    }
  }

  @Test(arguments: Road.allCases)
  func `what a stranger changes between gathering and writing is neither overwritten nor lost`(
    road: Road
  ) async throws {
    let grounds = try Grounds()
    try await road.agent(grounds) { agent in
      let made = try await grounds.make(.psa, .create(title: "B", start: start, end: end))
      try await agent.settle()
      let copy = try #require(await agent.exchangeItems.only?.id)
      try await grounds.make(.psa, .retitle(id: made, title: "B2"))
      let later = start + 30 * Grounds.hour
      await agent.mailbox.plan {
        try await grounds.make(.exchange, .move(id: copy, start: later, end: later + 60))
      }
      let refused = try await agent.sync()
      #expect(refused.attempt.exchange.updated == 0)
      #expect(await agent.exchangeItems.only?.start == later)
      try await agent.settle()
      for item in [await agent.exchangeItems.only, await agent.psaItems.only] {
        #expect(item?.title == "B2")
        #expect(item?.start == later)
      }
    }
  }

  @Test(arguments: Road.allCases)
  func `what a stranger changes just before its delete is not deleted by that run`(
    road: Road
  ) async throws {
    let grounds = try Grounds()
    try await road.agent(grounds) { agent in
      let made = try await grounds.make(.psa, .create(title: "B", start: start, end: end))
      try await agent.settle()
      let copy = try #require(await agent.exchangeItems.only?.id)
      try await grounds.make(.psa, .delete(id: made))
      await agent.mailbox.plan {
        try await grounds.make(.exchange, .retitle(id: copy, title: "B, by a person"))
      }
      let refused = try await agent.sync()
      #expect(refused.attempt.exchange.deleted == 0)
      #expect(await agent.exchangeItems.map(\.title) == ["B, by a person"])
      try await agent.settle()
    }
  }

  @Test(arguments: Road.allCases)
  func `a lost cache is rebuilt from stamps and references, and nothing is made twice`(
    road: Road
  ) async throws {
    let grounds = try Grounds(items: 20)
    let before = try await road.agent(grounds) { agent in
      try await agent.settle()
      return await agent.calendars
    }
    try await road.agent(grounds) { agent in
      let result = try await agent.cycle().adopt(createMissing: false)
      #expect(result.failure == nil)
      #expect(result.attempt.writes == 0)
      try await agent.settle()
      #expect(await agent.calendars == before)
    }
  }

  @Test(arguments: Road.allCases)
  func `long calendars come over in pages and batches`(road: Road) async throws {
    let grounds = try Grounds(items: 560)
    try await road.agent(grounds) { agent in
      let first = try await agent.settle()
      #expect(first.attempt.outcome == .success)
      let exchange = await agent.exchangeItems
      let psa = await agent.psaItems
      #expect(exchange.count > 900)
      #expect(psa.count > 900)
    }
  }

  /// The same people do the same things in two equal worlds; one agent goes by HTTP.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `after any edits both roads leave the same calendars`(seed: UInt64) async throws {
    var ends: [[Calendars]] = []
    for road in Road.allCases {
      let grounds = try Grounds(items: 24, seed: seed)
      ends.append(
        try await road.agent(grounds) { agent in
          var stages: [Calendars] = []
          try await agent.settle()
          stages.append(await agent.calendars)
          for round in 0..<3 as Range<UInt64> {
            grounds.clock.advance(3_600)
            _ = try await grounds.world.makeRandomEdits(
              8,
              seed: seed * 100 + round,
              zones: grounds.zones.offsets
            )
            try await agent.settle()
            stages.append(await agent.calendars)
          }
          return stages
        }
      )
    }
    for (world, wire) in zip(ends[0], ends[1]) { #expect(wire == world) }
  }
}
