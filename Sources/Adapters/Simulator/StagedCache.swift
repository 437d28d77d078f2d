import Store
import SyncEngine
import SyncModel
import World

/// A real cache as one life of an agent writes it: each commit is an effect.
struct StagedCache: SyncCache {
  let inner: SQLiteCache
  let life: Life
  let watch: Watch
  let bug: Bug?

  private func commit<Value>(_ what: String, _ deed: () async throws -> Value) async throws -> Value
  {
    try await life.effect(what, isPort: false, deed)
  }

  // MARK: Mirror

  func positions() async throws -> Positions {
    try await life.reading { try await inner.positions() }
  }
  func keep(_ harvest: Harvest) async throws {
    try await commit("keeping what was read") { try await inner.keep(harvest) }
  }
  func exchangeFacts() async throws -> [ExchangeFact] {
    try await life.reading { try await inner.exchangeFacts() }
  }
  func psaFacts() async throws -> [PSAFact] {
    try await life.reading { try await inner.psaFacts() }
  }
  func exchangeItems(
    _ ids: [ExchangeItemID]
  ) async throws -> [ExchangeItemID: ExchangeItem] {
    try await life.reading { try await inner.exchangeItems(ids) }
  }
  func psaItems(_ ids: [PSAID], of kind: Kind) async throws -> [PSAID: PSAItem] {
    try await life.reading { try await inner.psaItems(ids, of: kind) }
  }
  func assignments() async throws -> [Assignment] {
    try await life.reading { try await inner.assignments() }
  }
  func changedDates(of master: ExchangeItemID) async throws -> [ExchangeItem] {
    try await life.reading { try await inner.changedDates(of: master) }
  }
  func exchangeCount() async throws -> Int {
    try await life.reading { try await inner.exchangeCount() }
  }
  func psaIdentities(of query: PSAQuery) async throws -> [PSAID] {
    try await life.reading { try await inner.psaIdentities(of: query) }
  }
  func toCheck() async throws -> [ToCheck] {
    try await life.reading { try await inner.toCheck() }
  }

  // MARK: Contacts

  func contactPositions() async throws -> ContactPositions {
    try await life.reading { try await inner.contactPositions() }
  }
  func keep(_ harvest: ContactHarvest) async throws {
    try await commit("keeping contacts") { try await inner.keep(harvest) }
  }
  func exchangeContacts() async throws -> [MirroredContact] {
    try await life.reading { try await inner.exchangeContacts() }
  }
  func exchangeContacts(_ ids: Set<ExchangeItemID>) async throws -> [MirroredContact] {
    try await life.reading { try await inner.exchangeContacts(ids) }
  }
  func psaContacts() async throws -> [PSAContact] {
    try await life.reading { try await inner.psaContacts() }
  }
  func psaContacts(_ ids: Set<PSAID>) async throws -> [PSAContact] {
    try await life.reading { try await inner.psaContacts(ids) }
  }

  // MARK: Journal

  func intend(_ intents: [Intent], links: [Link]) async throws {
    try await commit("\(intents.count) intentions") {
      let kept = bug == .noWayBack ? intents.map(\.withoutBefore) : intents
      try await inner.intend(kept, links: links)
      await watch.intended(intents, links)
    }
  }
  func markSent(_ run: RunID, _ sequences: [Int]) async throws {
    try await commit("\(sequences.count) marks of sending") {
      try await inner.markSent(run, sequences)
    }
  }
  func settle(_ settlements: [Settlement]) async throws {
    try await commit("\(settlements.count) results") { try await inner.settle(settlements) }
  }
  func unsettled() async throws -> [JournalEntry] {
    try await life.reading { try await inner.unsettled() }
  }
  func entries(of run: RunID) async throws -> [JournalEntry] {
    try await life.reading { try await inner.entries(of: run) }
  }
  func deletes() async throws -> [JournalEntry] {
    try await life.reading { try await inner.deletes() }
  }
  func forgetBefore(_ instant: Instant) async throws {
    try await commit("forgetting old texts") { try await inner.forgetBefore(instant) }
  }

  // MARK: Links

  func links() async throws -> [Link] {
    try await life.reading {
      let links = try await inner.links()
      return bug == .unrest ? links.map(\.withoutMemory) : links
    }
  }
  func links(_ ids: Set<LinkID>) async throws -> [Link] {
    try await life.reading { try await inner.links(ids) }
  }
  func keep(_ links: [Link], forget: [LinkID]) async throws {
    let left = links.filter { $0.state == .suppressed }.map(\.id)
    let lost = bug == .resurrection ? left : []
    try await commit("\(links.count) links") {
      try await inner.keep(links.filter { !lost.contains($0.id) }, forget: forget + lost)
    }
  }
  func reserveLinkIDs(_ count: Int) async throws -> LinkID {
    if count == 0 { return try await life.reading { try await inner.reserveLinkIDs(0) } }
    return try await commit("\(count) numbers of links") { try await inner.reserveLinkIDs(count) }
  }

  // MARK: Runs

  func begin(_ purpose: Attempt.Purpose, at started: Instant, settings: String) async throws
    -> Attempt
  {
    try await commit("the row of a run") {
      let attempt = try await inner.begin(purpose, at: started, settings: settings)
      life.runs.insert(attempt.run)
      return attempt
    }
  }
  func renumber(_ run: RunID, above floor: RunID) async throws -> Attempt {
    try await commit("another number for a run") {
      let attempt = try await inner.renumber(run, above: floor)
      life.runs.remove(run)
      life.runs.insert(attempt.run)
      return attempt
    }
  }
  func keep(_ attempt: Attempt) async throws {
    try await commit("the end of a run") { try await inner.keep(attempt) }
  }
  func closeInterrupted(before run: RunID) async throws -> [Attempt] {
    try await commit("the end of killed runs") {
      bug == .silence ? [] : try await inner.closeInterrupted(before: run)
    }
  }
  func attempts(limit: Int) async throws -> [Attempt] {
    try await life.reading { try await inner.attempts(limit: limit) }
  }
  func holds() async throws -> [Hold] {
    try await life.reading { try await inner.holds() }
  }
  func keep(_ holds: [Hold]) async throws {
    try await commit("\(holds.count) holds") { try await inner.keep(holds) }
  }
  func approve(_ digest: PlanDigest) async throws -> Bool {
    try await commit("an approval") { try await inner.approve(digest) }
  }
}

extension Link {
  /// As if nobody knew what was sent.
  fileprivate var withoutMemory: Link {
    var link = self
    if link.origin == .exchange, link.state == .linked {
      link.base.sent?.title = Fingerprint(high: 1, low: 1)
    }
    return link
  }
}

extension Intent {
  fileprivate var withoutBefore: Intent {
    var intent = self
    intent.before = nil
    return intent
  }
}
