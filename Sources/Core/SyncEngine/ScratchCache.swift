import SyncModel
import SyncPlan

/// A cache for one look at both sides: what is read goes into memory, and the agent's own is only
/// asked, for its links, its journal and its holds.
///
/// Its mirror begins empty, so that nothing is believed that was not read by this look. It keeps no
/// run and journals nothing: those are programmer's mistakes.
actor ScratchCache: SyncCache {
  private let base: any SyncCache
  private var place: Positions
  private var contactPlace: ContactPositions
  private var book: [LinkID: Link] = [:]
  private var waiting: [JournalEntry]
  private var held: [Hold]
  /// Singles and series.
  private var exchange: [ExchangeItemID: MirroredExchange] = [:]
  /// The changed dates of series, by their series.
  private var dates: [ExchangeItemID: [ExchangeItem]] = [:]
  private var changed: [ExchangeItemID: ExchangeItem] = [:]
  private var psa: [ItemKey: MirroredPSA] = [:]
  private var rows: [Assignment] = []
  private var unread: [ItemKey: ToCheck] = [:]
  private var contactsInExchange: [ExchangeItemID: MirroredContact] = [:]
  private var contactsInPSA: [PSAID: PSAContact] = [:]

  init(over base: any SyncCache) async throws {
    self.base = base
    place = try await base.positions()
    contactPlace = try await base.contactPositions()
    waiting = try await base.unsettled()
    held = try await base.holds()
    for link in try await base.links() { book[link.id] = link }
  }
}

extension ScratchCache {
  func positions() async throws -> Positions { place }

  func keep(_ harvest: Harvest) async throws {
    for id in harvest.exchangeGone { remove(id) }
    for key in harvest.psaGone { psa[key] = nil }
    for one in harvest.exchange { add(one) }
    for one in harvest.psa { psa[one.item.key] = one }
    if let rows = harvest.assignments { self.rows = rows }
    for key in harvest.checked { unread[key] = nil }
    for one in harvest.toCheck { unread[one.key] = one }
    if let positions = harvest.positions { place = positions }
  }

  private func add(_ one: MirroredExchange) {
    if let master = one.item.master {
      changed[one.item.id] = one.item
      dates[master, default: []].append(one.item)
      return
    }
    // A series that is kept again has its changed dates kept after it.
    removeDates(of: one.item.id)
    exchange[one.item.id] = one
  }

  private func remove(_ id: ExchangeItemID) {
    exchange[id] = nil
    removeDates(of: id)
    unread[ItemKey(side: .exchange, kind: .appointment, id: id.rawValue)] = nil
  }

  private func removeDates(of master: ExchangeItemID) {
    for item in dates[master] ?? [] { changed[item.id] = nil }
    dates[master] = nil
  }

  func exchangeFacts() async throws -> [ExchangeFact] {
    exchange.values.map(\.fact).sorted { $0.id.rawValue < $1.id.rawValue }
  }

  func psaFacts() async throws -> [PSAFact] {
    psa.values.map(\.fact).sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
  }

  func exchangeItems(_ ids: [ExchangeItemID]) async throws -> [ExchangeItemID: ExchangeItem] {
    var items: [ExchangeItemID: ExchangeItem] = [:]
    for id in ids { items[id] = exchange[id]?.item ?? changed[id] }
    return items
  }

  func psaItems(_ ids: [PSAID], of kind: Kind) async throws -> [PSAID: PSAItem] {
    var items: [PSAID: PSAItem] = [:]
    for id in ids {
      items[id] = psa[ItemKey(side: .psa, kind: kind, id: id.description)]?.item
    }
    return items
  }

  func assignments() async throws -> [Assignment] { rows }

  func changedDates(of master: ExchangeItemID) async throws -> [ExchangeItem] {
    (dates[master] ?? []).sorted { left, right in
      (left.originalStart?.seconds ?? .min, left.id.rawValue)
        < (right.originalStart?.seconds ?? .min, right.id.rawValue)
    }
  }

  func exchangeCount() async throws -> Int { exchange.count }

  func psaIdentities(of query: PSAQuery) async throws -> [PSAID] {
    psa.values.map(\.item).filter { item in
      item.kind == query.kind && query.endingFrom.map { item.end >= $0 } ?? true
        && query.ids.map { $0.contains(item.id) } ?? true
    }
    .map(\.id).sorted()
  }

  func toCheck() async throws -> [ToCheck] {
    unread.values.sorted { ($0.tried, $0.key.description) < ($1.tried, $1.key.description) }
  }
}

extension ScratchCache {
  func contactPositions() async throws -> ContactPositions { contactPlace }

  func keep(_ harvest: ContactHarvest) async throws {
    for id in harvest.exchangeGone { contactsInExchange[id] = nil }
    for id in harvest.psaGone { contactsInPSA[id] = nil }
    for one in harvest.exchange { contactsInExchange[one.id] = one }
    for one in harvest.psa { contactsInPSA[one.id] = one }
    if let positions = harvest.positions { contactPlace = positions }
  }

  func exchangeContacts() async throws -> [MirroredContact] {
    contactsInExchange.values.sorted { $0.id.rawValue < $1.id.rawValue }
  }

  func exchangeContacts(_ ids: Set<ExchangeItemID>) async throws -> [MirroredContact] {
    contactsInExchange.values.filter { ids.contains($0.id) }
  }

  func psaContacts() async throws -> [PSAContact] {
    contactsInPSA.values.sorted { $0.id < $1.id }
  }

  func psaContacts(_ ids: Set<PSAID>) async throws -> [PSAContact] {
    contactsInPSA.values.filter { ids.contains($0.id) }
  }
}

extension ScratchCache {
  func intend(_ intents: [Intent], links: [Link]) async throws { refuse() }
  func markSent(_ run: RunID, _ sequences: [Int]) async throws { refuse() }

  /// What a look-up found out about a write without a result.
  func settle(_ settlements: [Settlement]) async throws {
    for one in settlements {
      waiting.removeAll { $0.intent.run == one.run && $0.intent.sequence == one.sequence }
      if let link = one.link {
        book[link.id] = link.exchange == nil && link.psa == nil ? nil : link
      }
    }
  }

  func unsettled() async throws -> [JournalEntry] { waiting }
  func entries(of run: RunID) async throws -> [JournalEntry] { try await base.entries(of: run) }
  func deletes() async throws -> [JournalEntry] { try await base.deletes() }
  func forgetBefore(_ instant: Instant) async throws { refuse() }
}

extension ScratchCache {
  func links() async throws -> [Link] { book.values.sorted { $0.id < $1.id } }

  func links(_ ids: Set<LinkID>) async throws -> [Link] {
    book.values.filter { ids.contains($0.id) }.sorted { $0.id < $1.id }
  }

  func keep(_ links: [Link], forget: [LinkID]) async throws {
    for id in forget { book[id] = nil }
    for link in links { book[link.id] = link }
  }

  /// Nothing is ever reserved: the numbers are free for as long as the look lasts.
  func reserveLinkIDs(_ count: Int) async throws -> LinkID {
    LinkID((book.keys.max()?.rawValue ?? 0) + 1)
  }
}

extension ScratchCache {
  func begin(
    _ purpose: Attempt.Purpose,
    at started: Instant,
    settings: String
  ) async throws -> Attempt { refuse() }
  func renumber(_ run: RunID, above floor: RunID) async throws -> Attempt { refuse() }
  func keep(_ attempt: Attempt) async throws { refuse() }
  func closeInterrupted(before run: RunID) async throws -> [Attempt] { refuse() }
  func attempts(limit: Int) async throws -> [Attempt] { try await base.attempts(limit: limit) }
  func holds() async throws -> [Hold] { held }
  func keep(_ holds: [Hold]) async throws { held = holds }
  func approve(_ digest: PlanDigest) async throws -> Bool { refuse() }

  private nonisolated func refuse() -> Never {
    preconditionFailure("A look at both sides is no run, and writes nothing.")
  }
}
