import Store
import SyncEngine
import SyncModel
import Testing

@Suite struct LinkTests {
  private let cache: SQLiteCache

  init() throws { cache = try SQLiteCache.inMemory() }

  private func link(
    _ id: Int64,
    state: LinkState = .linked,
    kind: Kind = .appointment,
    item: String? = nil,
    uid: String? = nil,
    date: LocalDate? = nil,
    copy: Int = 0,
    psa: Int64? = nil
  ) -> Link {
    Link(
      id: LinkID(id),
      kind: kind,
      tenant: TenantID(1),
      resource: ResourceID(2),
      mailbox: MailboxID("technician@example.com"),
      origin: .psa,
      state: state,
      exchange: item.map {
        ExchangeIdentity(
          folder: FolderID("calendar"),
          item: ExchangeItemID($0),
          cleanUID: uid.map(CleanUID.init(rawValue:)),
          originalDate: date,
          copy: copy
        )
      },
      psa: psa.map { PSAIdentity(id: PSAID($0)) }
    )
  }

  @Test(arguments: LinkClash.all)
  fileprivate func `two links never claim one item`(clash: LinkClash) async throws {
    let (first, second) = clash.links(link)
    try await cache.keep([first], forget: [])
    if let key = clash.key {
      await #expect(throws: StoreFailure.clash(LinkID(1), LinkID(2), over: key)) {
        try await cache.keep([second], forget: [])
      }
      #expect(try await cache.links() == [first])
      try await cache.keep([second], forget: [first.id])
      #expect(try await cache.links() == [second])
    } else {
      try await cache.keep([second], forget: [])
      #expect(try await cache.links() == [first, second])
    }
  }

  @Test func `two links may swap their items in one step`() async throws {
    try await cache.keep(
      [link(1, item: "a", uid: "A", psa: 10), link(2, item: "b", uid: "B", psa: 20)],
      forget: []
    )
    let swapped = [link(1, item: "b", uid: "B", psa: 20), link(2, item: "a", uid: "A", psa: 10)]
    try await cache.keep(swapped, forget: [])
    #expect(try await cache.links() == swapped)
  }

  @Test func `of a link given twice the last one counts`() async throws {
    let last = link(1, state: .parked, psa: 11)
    try await cache.keep([link(1, psa: 10), link(2, psa: 10), last], forget: [])
    #expect(try await cache.links() == [last, link(2, psa: 10)])
  }

  @Test func `a result that steals another link's item is kept by neither`() async throws {
    var dice = SeededDice(seed: 40)
    let run = RunID(1)
    try await cache.intend([dice.intent(run, 1)], links: [link(1, psa: 10), link(2)])
    let settlement = Settlement(
      run: run,
      sequence: 1,
      status: .done,
      resultID: "10",
      link: link(2, psa: 10)
    )
    let error = await #expect(throws: StoreFailure.self) {
      try await cache.settle([settlement])
    }
    #expect(error?.description.contains("links 1 and 2") == true)
    #expect(error?.description.contains("appointment 10 of the PSA") == true)
    #expect(try await cache.unsettled().count == 1)
  }

  @Test func `a settled link without halves is forgotten`() async throws {
    var dice = SeededDice(seed: 41)
    let run = RunID(1)
    let intents = (1...5).map { dice.intent(run, $0, link: LinkID(1)) }
    try await cache.intend(intents, links: [link(1, item: "a", psa: 10), link(2)])
    func settle(_ links: (sequence: Int, link: Link)...) async throws {
      try await cache.settle(
        links.map {
          Settlement(run: run, sequence: $0.sequence, status: .done, link: $0.link)
        }
      )
    }
    try await settle((1, link(1, psa: 10)))
    #expect(try await cache.links() == [link(1, psa: 10), link(2)])
    try await settle((2, link(1, item: "a")), (3, link(1)))
    #expect(try await cache.links() == [link(2)])
    try await settle((4, link(2)), (5, link(2, item: "a")))
    #expect(try await cache.links() == [link(2, item: "a")])
  }

  @Test func `numbers of links are never given twice`() async throws {
    #expect(try await cache.reserveLinkIDs(3) == LinkID(1))
    try await cache.keep([link(3), link(9)], forget: [])
    try await cache.keep([], forget: [LinkID(3), LinkID(9)])
    #expect(try await cache.links() == [])
    #expect(try await cache.reserveLinkIDs(0) == LinkID(10))
    #expect(try await cache.reserveLinkIDs(2) == LinkID(10))
    #expect(try await cache.reserveLinkIDs(1) == LinkID(12))
  }
}

/// A second link beside a first one, and what both of them claim.
private struct LinkClash: CustomTestStringConvertible, Sendable {
  typealias Maker = (
    Int64, LinkState, Kind, String?, String?, LocalDate?, Int, Int64?
  ) -> Link

  let testDescription: String
  let key: String?
  let links: @Sendable (Maker) -> (Link, Link)

  static let day = LocalDate(year: 2026, month: 3, day: 2)

  static let all: [LinkClash] = [
    LinkClash(
      testDescription: "the same PSA id, though one is closed",
      key: "appointment 10 of the PSA",
      links: {
        (
          $0(1, .closed, .appointment, nil, nil, nil, 0, 10),
          $0(2, .linked, .appointment, nil, nil, nil, 0, 10)
        )
      }
    ),
    LinkClash(
      testDescription: "the same PSA id of another kind",
      key: nil,
      links: {
        (
          $0(1, .linked, .toDo, nil, nil, nil, 0, 10),
          $0(2, .linked, .appointment, nil, nil, nil, 0, 10)
        )
      }
    ),
    LinkClash(
      testDescription: "the same item, though one is suppressed",
      key: "Exchange item",
      links: {
        (
          $0(1, .suppressed, .appointment, "a", nil, nil, 0, nil),
          $0(2, .linked, .appointment, "a", nil, nil, 0, nil)
        )
      }
    ),
    LinkClash(
      testDescription: "the same occurrence",
      key: "Exchange item",
      links: {
        (
          $0(1, .linked, .appointment, "a", "A", day, 0, nil),
          $0(2, .held, .appointment, "a", "A", day, 0, nil)
        )
      }
    ),
    LinkClash(
      testDescription: "two occurrences of one series",
      key: nil,
      links: {
        (
          $0(1, .linked, .appointment, "a", "A", day, 0, nil),
          $0(2, .linked, .appointment, "a", "A", day.advanced(byDays: 7), 0, nil)
        )
      }
    ),
    LinkClash(
      testDescription: "a series and its occurrence",
      key: nil,
      links: {
        (
          $0(1, .linked, .appointment, "a", "A", nil, 0, nil),
          $0(2, .linked, .appointment, "a", "A", day, 0, nil)
        )
      }
    ),
    LinkClash(
      testDescription: "the same UID",
      key: "calendar UID",
      links: {
        (
          $0(1, .suppressed, .appointment, "a", "A", nil, 0, nil),
          $0(2, .linked, .appointment, "b", "A", nil, 0, nil)
        )
      }
    ),
    LinkClash(
      testDescription: "a copy with the same UID",
      key: nil,
      links: {
        (
          $0(1, .linked, .appointment, "a", "A", nil, 0, nil),
          $0(2, .linked, .appointment, "b", "A", nil, 1, nil)
        )
      }
    ),
    LinkClash(
      testDescription: "the same UID while a person has to choose",
      key: nil,
      links: {
        (
          $0(1, .linked, .appointment, "a", "A", nil, 0, nil),
          $0(2, .held, .appointment, "b", "A", nil, 0, nil)
        )
      }
    ),
    LinkClash(
      testDescription: "items without UID",
      key: nil,
      links: {
        (
          $0(1, .linked, .appointment, "a", nil, nil, 0, nil),
          $0(2, .linked, .appointment, "b", nil, nil, 0, nil)
        )
      }
    ),
  ]
}
