import Store
import SyncEngine
import SyncModel
import Testing

@Suite struct HarvestTests {
  private let cache: SQLiteCache
  private var dice = SeededDice(seed: 50)

  init() throws { cache = try SQLiteCache.inMemory() }

  @Test mutating func `what is gone leaves the mirror, and what was read stays`() async throws {
    var harvest = Harvest()
    harvest.exchange = ["a", "b", "c"].map { dice.mirroredExchange($0) }
    harvest.psa = [1, 2, 3].map { dice.mirroredPSA($0) }
    try await cache.keep(harvest)
    var second = Harvest()
    second.exchangeGone = ["a", "b", "z"].map { ExchangeItemID($0) }
    second.exchange = [dice.mirroredExchange("b")]
    second.psaGone = [harvest.psa[0].item.key, ItemKey(side: .psa, kind: .toDo, id: "2")]
    try await cache.keep(second)
    #expect(try await cache.exchangeFacts() == [second.exchange[0].fact, harvest.exchange[2].fact])
    #expect(try await cache.psaFacts() == [harvest.psa[1].fact, harvest.psa[2].fact])
    let items = try await cache.exchangeItems(["a", "b", "c"].map { ExchangeItemID($0) })
    #expect(items.keys.map(\.rawValue).sorted() == ["b", "c"])
    #expect(try await cache.faults() == [])
  }

  @Test mutating func `mirrored identities answer the query`() async throws {
    var harvest = Harvest()
    for id in (1...9).reversed() {
      let plain = dice.mirroredPSA(Int64(id))
      var item = plain.item
      item.start = Instant(seconds: Int64(id) * 50)
      item.end = Instant(seconds: Int64(id) * 100)
      harvest.psa.append(MirroredPSA(item: item, fact: plain.fact))
    }
    harvest.psa.append(dice.mirroredPSA(5, .toDo))
    try await cache.keep(harvest)

    func ids(_ query: PSAQuery) async throws -> [Int64] {
      try await cache.psaIdentities(of: query).map(\.rawValue)
    }
    #expect(try await ids(PSAQuery(kind: .appointment)) == Array(1...9))
    #expect(try await ids(PSAQuery(kind: .toDo)) == [5])
    #expect(try await ids(PSAQuery(kind: .contact)) == [])
    let ending = PSAQuery(kind: .appointment, endingFrom: Instant(seconds: 400))
    #expect(try await ids(ending) == Array(4...9))
    let range = PSAQuery(
      kind: .appointment,
      endingFrom: Instant(seconds: 400),
      ids: PSAID(2)...PSAID(5)
    )
    #expect(try await ids(range) == [4, 5])
  }

  @Test mutating func `what could not be read waits until it was read or is gone`() async throws {
    let day = LocalDate(year: 2026, month: 3, day: 2)
    let item = ItemKey(side: .exchange, kind: .appointment, id: "a")
    let occurrence = ItemKey(side: .exchange, kind: .appointment, id: "a", originalDate: day)
    let psa = ItemKey(side: .psa, kind: .appointment, id: "7")
    var harvest = Harvest()
    harvest.toCheck = [item, occurrence, psa].map {
      ToCheck(key: $0, since: RunID(2), reason: "The server answered too late.")
    }
    try await cache.keep(harvest)
    #expect(Set(try await cache.toCheck()) == Set(harvest.toCheck))

    var again = Harvest()
    again.toCheck = [ToCheck(key: item, since: RunID(5), reason: "Too large.")]
    again.checked = [psa]
    try await cache.keep(again)
    let waiting = try await cache.toCheck()
    #expect(waiting.count == 2)
    let asked = ToCheck(key: item, since: RunID(2), tried: RunID(5), reason: "Too large.")
    #expect(waiting.last == asked, "what waits longest for its turn comes first")

    var gone = Harvest()
    gone.exchangeGone = [ExchangeItemID("a")]
    try await cache.keep(gone)
    #expect(try await cache.toCheck() == [])
  }

  @Test mutating func `coverage is kept with its run`() async throws {
    var harvest = Harvest()
    harvest.coverage = (0..<20).map { _ in dice.coverage(RunID(3)) }
    try await cache.keep(harvest)
    #expect(try await cache.coverage(of: RunID(3)) == harvest.coverage)
    #expect(try await cache.coverage(of: RunID(4)) == [])
  }
}
