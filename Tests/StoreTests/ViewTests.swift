import Store
import SyncEngine
import SyncModel
import Testing

@Suite struct ViewTests {
  private let cache: SQLiteCache
  private var dice = SeededDice(seed: 70)
  private let day = LocalDate(year: 2026, month: 3, day: 2)
  private var midnight: Instant { Instant(seconds: Int64(day.daysSince1970) * 86_400) }

  init() throws { cache = try SQLiteCache.inMemory() }

  private mutating func exchange(
    _ id: String,
    _ when: When,
    role: SeriesRole = .single
  ) -> MirroredExchange {
    let plain = dice.mirroredExchange(id)
    var item = plain.item
    item.when = when
    item.role = role
    return MirroredExchange(item: item, fact: plain.fact)
  }

  private func timed(_ from: Int64, _ to: Int64) -> When {
    .timed(
      start: midnight.advanced(bySeconds: from * 3_600),
      end: midnight.advanced(bySeconds: to * 3_600),
      zone: nil
    )
  }

  private func exported(from: Instant? = nil, to: Instant? = nil) throws -> [String] {
    var ids: [String] = []
    try cache.forEachExchangeItem(from: from, to: to) { item, _ in ids.append(item.id.rawValue) }
    return ids
  }

  @Test mutating func `export runs by start, then id`() async throws {
    var harvest = Harvest()
    harvest.exchange = [
      exchange("d", timed(9, 10)),
      exchange("b", timed(9, 12)),
      exchange("c", timed(9, 9)),
      exchange("a", timed(30, 31)),
      exchange("e", .allDay(first: day, afterLast: day.advanced(byDays: 1))),
      exchange("f", timed(-500, -499), role: .master),
    ]
    try await cache.keep(harvest)
    #expect(try exported() == ["f", "e", "b", "c", "d", "a"])
    let items = try await cache.exchangeItems(harvest.exchange.map(\.item.id))
    var same = 0
    try cache.forEachExchangeItem { item, _ in if items[item.id] == item { same += 1 } }
    #expect(same == 6)

    let nine = midnight.advanced(bySeconds: 9 * 3_600)
    let ten = midnight.advanced(bySeconds: 10 * 3_600)
    #expect(try exported(from: nine, to: ten) == ["f", "e", "b", "c", "d"])
    #expect(try exported(from: ten) == ["f", "e", "b", "a"])
    #expect(try exported(to: nine) == ["f", "e"])
    #expect(try exported(from: midnight.advanced(byDays: 2)) == ["f"])
  }

  @Test mutating func `captions have the title and the time of what is mirrored`() async throws {
    var harvest = Harvest()
    let days = When.allDay(first: day, afterLast: day.advanced(byDays: 1))
    harvest.exchange = [exchange("a", timed(9, 10)), exchange("b", days)]
    harvest.psa = [dice.mirroredPSA(7), dice.mirroredPSA(7, .toDo)]
    try await cache.keep(harvest)
    let ids: Set = [ExchangeItemID("a"), ExchangeItemID("b"), ExchangeItemID("gone")]
    let captions = try await cache.captions(exchange: ids)
    #expect(captions.count == 2)
    for mirrored in harvest.exchange {
      let caption = captions[mirrored.item.id]
      #expect(caption == Caption(title: mirrored.item.title, when: mirrored.item.when))
    }
    let mine = try await cache.captions(psa: [PSAID(7), PSAID(8)], of: .toDo)
    let item = harvest.psa[1].item
    let when = When.timed(start: item.start, end: item.end, zone: nil)
    #expect(mine == [PSAID(7): Caption(title: item.title, when: when)])
  }

  @Test mutating func `export names the link of each item`() async throws {
    var harvest = Harvest()
    harvest.exchange = [exchange("single", timed(1, 2)), exchange("series", timed(3, 4))]
    harvest.psa = [dice.mirroredPSA(10), dice.mirroredPSA(11), dice.mirroredPSA(11, .toDo)]
    try await cache.keep(harvest)
    func link(_ id: Int64, _ item: String, _ date: LocalDate?, _ psa: Int64) -> Link {
      Link(
        id: LinkID(id),
        kind: .appointment,
        tenant: TenantID(1),
        resource: ResourceID(2),
        mailbox: MailboxID("technician@example.com"),
        origin: .exchange,
        state: psa == 10 ? .linked : .parked,
        exchange: ExchangeIdentity(
          folder: FolderID("calendar"),
          item: ExchangeItemID(item),
          cleanUID: nil,
          originalDate: date
        ),
        psa: PSAIdentity(id: PSAID(psa))
      )
    }
    let links = [
      link(1, "single", nil, 10), link(2, "series", day, 11), link(3, "lost", nil, 12),
    ]
    try await cache.keep(links, forget: [])

    var pairs: [String] = []
    try cache.forEachExchangeItem { item, link in
      pairs.append("\(item.id) \(link.map(\.description) ?? "-")")
    }
    #expect(pairs == ["single 1", "series -"])
    var psaPairs: Set<String> = []
    try cache.forEachPSAItem { item, link in
      psaPairs.insert("\(item.kind) \(item.id) \(link.map(\.description) ?? "-")")
    }
    #expect(psaPairs == ["appointment 10 1", "appointment 11 2", "toDo 11 -"])

    var views: [LinkView] = []
    try cache.forEachLink { views.append($0) }
    #expect(views.map(\.link) == links)
    #expect(views[0].exchange == harvest.exchange[0].item)
    #expect(views[0].psa == harvest.psa[0].item)
    #expect(views[1].exchange == harvest.exchange[1].item)
    #expect(views[2].exchange == nil)
    #expect(views[2].psa == nil)
    #expect(try await cache.link(LinkID(2)) == views[1])
    #expect(try await cache.link(LinkID(4)) == nil)
    views = []
    try cache.forEachLink(in: [.parked]) { views.append($0) }
    #expect(views.map(\.link.id.rawValue) == [2, 3])

    let counts = try await cache.counts()
    #expect(counts.exchange == 2)
    #expect(counts.psa == 3)
    #expect(counts.links == [.linked: 1, .parked: 2])
  }

  @Test mutating func `the PSA's items are exported by start, kind and id`() async throws {
    var harvest = Harvest()
    for (id, kind, hour) in [(3, Kind.toDo, 5), (3, .appointment, 5), (2, .appointment, 5)] {
      let plain = dice.mirroredPSA(Int64(id), kind)
      var item = plain.item
      item.start = midnight.advanced(bySeconds: Int64(hour) * 3_600)
      item.end = item.start.advanced(bySeconds: 3_600)
      harvest.psa.append(MirroredPSA(item: item, fact: plain.fact))
    }
    try await cache.keep(harvest)
    var keys: [String] = []
    try cache.forEachPSAItem(from: midnight) { item, _ in keys.append("\(item.kind) \(item.id)") }
    #expect(keys == ["appointment 2", "appointment 3", "toDo 3"])
    try cache.forEachPSAItem(to: midnight) { _, _ in Issue.record("nothing is before midnight") }
  }

  @Test func `contacts are exported by id with their links, those of strangers are not`()
    async throws
  {
    func contact(_ id: String, isOurs: Bool) -> MirroredContact {
      let (id, key) = (ExchangeItemID(id), ChangeKey("key"))
      let own = ExchangeContact(
        id: id,
        changeKey: key,
        folder: FolderID("contacts"),
        modified: midnight,
        card: ContactCard([.displayName: id.rawValue])
      )
      return MirroredContact(id: id, changeKey: key, contact: isOurs ? own : nil)
    }
    var harvest = ContactHarvest()
    harvest.exchange = [
      contact("c", isOurs: true), contact("b", isOurs: false), contact("a", isOurs: true),
    ]
    harvest.psa = [30, 4].map {
      PSAContact(id: PSAID($0), company: PSAID(190), created: midnight, modified: midnight)
    }
    try await cache.keep(harvest)
    let link = Link(
      id: LinkID(5),
      kind: .contact,
      tenant: TenantID(1),
      resource: ResourceID(2),
      mailbox: MailboxID("technician@example.com"),
      origin: .psa,
      state: .linked,
      exchange: ExchangeIdentity(
        folder: FolderID("contacts"),
        item: ExchangeItemID("c"),
        cleanUID: nil
      ),
      psa: PSAIdentity(id: PSAID(30))
    )
    try await cache.keep([link], forget: [])
    var found: [String] = []
    try cache.forEachExchangeContact { contact, link in
      found.append("\(contact.card[.displayName]) \(link.map(\.description) ?? "-")")
    }
    try cache.forEachPSAContact { contact, link in
      found.append("\(contact.id) \(link.map(\.description) ?? "-")")
    }
    #expect(found == ["a -", "c 5", "4 -", "30 5"])
  }

  @Test mutating func `what a reader of rows throws reaches the caller`() async throws {
    struct Closed: Error {}
    var harvest = Harvest()
    harvest.exchange = [exchange("a", timed(1, 2))]
    try await cache.keep(harvest)
    #expect(throws: Closed.self) { try cache.forEachExchangeItem { _, _ in throw Closed() } }
    #expect(try exported() == ["a"])
  }
}
