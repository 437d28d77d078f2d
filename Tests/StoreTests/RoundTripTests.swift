import Store
import SyncEngine
import SyncModel
import Testing

@Suite struct RoundTripTests {
  private let cache: SQLiteCache

  init() throws { cache = try SQLiteCache.inMemory() }

  @Test func `facts and items of Exchange come back as they were kept`() async throws {
    var dice = SeededDice(seed: 1)
    for round in 0..<3 {
      var kept: [ExchangeItemID: MirroredExchange] = [:]
      for number in 0..<60 {
        let mirrored = dice.mirroredExchange("item \(number)")
        kept[mirrored.item.id] = mirrored
      }
      var harvest = Harvest()
      harvest.exchange = Array(kept.values)
      try await cache.keep(harvest)
      let ids = kept.keys.sorted { $0.rawValue < $1.rawValue }
      #expect(try await cache.exchangeFacts() == ids.map { kept[$0]?.fact }, "round \(round)")
      let items = try await cache.exchangeItems(ids + [ExchangeItemID("none")])
      #expect(items == kept.mapValues(\.item), "round \(round)")
      #expect(try await cache.exchangeCount() == 60)
    }
  }

  @Test func `facts and items of the PSA come back as they were kept`() async throws {
    var dice = SeededDice(seed: 2)
    for round in 0..<3 {
      var harvest = Harvest()
      for kind in Kind.allCases {
        for id in (1...20).reversed() { harvest.psa.append(dice.mirroredPSA(Int64(id), kind)) }
      }
      try await cache.keep(harvest)
      let facts = harvest.psa.map(\.fact).sorted {
        ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id)
      }
      #expect(try await cache.psaFacts() == facts, "round \(round)")
      for kind in Kind.allCases {
        let kept = harvest.psa.map(\.item).filter { $0.kind == kind }
        let items = try await cache.psaItems(kept.map(\.id) + [PSAID(99)], of: kind)
        #expect(items == Dictionary(uniqueKeysWithValues: kept.map { ($0.id, $0) }))
      }
    }
  }

  @Test func `contacts of both sides come back as they were kept`() async throws {
    var harvest = ContactHarvest()
    harvest.exchange = (0..<9).map { number in
      let id = ExchangeItemID("contact \(number)")
      let key = ChangeKey("key \(number)")
      return MirroredContact(
        id: id,
        changeKey: key,
        contact: number % 2 == 0
          ? nil
          : ExchangeContact(
            id: id,
            changeKey: key,
            folder: FolderID("folder"),
            modified: Instant(seconds: Int64(number)),
            stamp: "lockstep1;contact;\(number);7",
            card: ContactCard([.displayName: "Jane “\(number)”", .note: "a\nb"])
          ),
        unread: number == 4 ? "it is damaged" : nil
      )
    }
    harvest.psa = (1...9).map { number in
      PSAContact(
        id: PSAID(number),
        company: PSAID(190),
        firstName: "Jane",
        lastName: "\(number)",
        created: Instant(seconds: 1),
        modified: Instant(seconds: number)
      )
    }
    var positions = ContactPositions()
    positions.folder = FolderID("folder")
    positions.syncState = SyncState("state")
    positions.scope = ContactScope(companies: [PSAID(190)], contacts: [])
    harvest.positions = positions
    try await cache.keep(harvest)
    #expect(try await cache.exchangeContacts() == harvest.exchange)
    #expect(try await cache.psaContacts() == harvest.psa)
    #expect(try await cache.contactPositions() == positions)
    let some = try #require(harvest.exchange.first)
    #expect(try await cache.exchangeContacts([some.id, ExchangeItemID("none")]) == [some])
    #expect(try await cache.psaContacts([PSAID(3), PSAID(99)]).map(\.id) == [PSAID(3)])
    #expect(
      try await cache.captions(psa: [PSAID(3)], of: .contact)
        == [PSAID(3): Caption(title: "Jane 3", when: nil)]
    )
    var gone = ContactHarvest()
    gone.exchangeGone = harvest.exchange.map(\.id)
    gone.psaGone = [PSAID(1)]
    try await cache.keep(gone)
    #expect(try await cache.exchangeContacts().isEmpty)
    #expect(try await cache.psaContacts().count == 8)
  }

  @Test func `a contact's link keeps the fingerprints of each field`() async throws {
    let fingerprinter = Fingerprinter { bytes in
      (0..<32).map { UInt8(truncatingIfNeeded: bytes.count &+ $0) }
    }
    var dice = SeededDice(seed: 31)
    var link = dice.link(1)
    link.base.cardSent = ContactPrints(ContactCard([.givenName: "Jane"]), fingerprinter)
    link.base.cardReturned = ContactPrints(ContactCard([.givenName: "Ann"]), fingerprinter)
    try await cache.keep([link], forget: [])
    #expect(try await cache.links() == [link])
  }

  @Test func `links come back as they were kept, ordered by id`() async throws {
    var dice = SeededDice(seed: 3)
    for _ in 0..<3 {
      let links = (1...200).map { dice.link($0) }
      try await cache.keep(links.shuffled(using: &dice), forget: [])
      #expect(try await cache.links() == links)
      let some = Set([3, 1, 200, 999].map { LinkID($0) })
      #expect(try await cache.links(some) == [links[0], links[2], links[199]])
    }
  }

  @Test func `intents come back as they were journaled`() async throws {
    var dice = SeededDice(seed: 4)
    let run = RunID(7)
    let intents = (1...100).map { dice.intent(run, $0) }
    try await cache.intend(intents.reversed(), links: [])
    let entries = try await cache.entries(of: run)
    #expect(entries.map(\.intent) == intents)
    #expect(entries.allSatisfy { $0.status == .intended })
    #expect(try await cache.unsettled() == entries)
  }

  @Test func `positions come back as they were kept`() async throws {
    var dice = SeededDice(seed: 5)
    #expect(try await cache.positions() == Positions())
    #expect(try await cache.assignments().isEmpty)
    for _ in 0..<30 {
      var harvest = Harvest()
      harvest.positions = dice.positions()
      try await cache.keep(harvest)
      try await cache.keep(Harvest())
      #expect(try await cache.positions() == harvest.positions)
    }
  }
}
