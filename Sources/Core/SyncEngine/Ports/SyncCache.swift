package import SyncModel

/// An Exchange item with what the plan needs of it.
package struct MirroredExchange: Hashable, Sendable {
  package let item: ExchangeItem
  package let fact: ExchangeFact

  package init(item: ExchangeItem, fact: ExchangeFact) {
    self.item = item
    self.fact = fact
  }
}

/// A PSA item with what the plan needs of it.
package struct MirroredPSA: Hashable, Sendable {
  package let item: PSAItem
  package let fact: PSAFact

  package init(item: PSAItem, fact: PSAFact) {
    self.item = item
    self.fact = fact
  }
}

/// An item that could not be read, so that sync states may move on without forgetting it.
package struct ToCheck: Hashable, Sendable, Codable {
  package let key: ItemKey
  package let since: RunID
  /// The run that asked for it last.
  package let tried: RunID
  package let reason: String

  package init(key: ItemKey, since: RunID, tried: RunID? = nil, reason: String) {
    self.key = key
    self.since = since
    self.tried = tried ?? since
    self.reason = reason
  }
}

/// What one step of gathering learned; kept in one transaction with the positions it moves.
package struct Harvest: Sendable {
  package var exchange: [MirroredExchange] = []
  /// Ids that the side no longer has: tombstones and confirmed absences.
  package var exchangeGone: [ExchangeItemID] = []
  package var psa: [MirroredPSA] = []
  package var psaGone: [ItemKey] = []
  /// The rows that put the resource on service calls, in place of those that were kept.
  package var assignments: [Assignment]?
  package var coverage: [Coverage] = []
  package var toCheck: [ToCheck] = []
  /// Keys that were read after all.
  package var checked: [ItemKey] = []
  package var positions: Positions?

  package init() {}
}

/// Both sides as last read.
package protocol Mirror: Sendable {
  func positions() async throws -> Positions
  /// Everything in one transaction.
  func keep(_ harvest: Harvest) async throws
  /// All facts of the calendar folder, ordered by id; the changed dates of series are not listed.
  func exchangeFacts() async throws -> [ExchangeFact]
  /// All facts of the PSA, ordered by kind and id.
  func psaFacts() async throws -> [PSAFact]
  func exchangeItems(_ ids: [ExchangeItemID]) async throws -> [ExchangeItemID: ExchangeItem]
  func psaItems(_ ids: [PSAID], of kind: Kind) async throws -> [PSAID: PSAItem]
  /// The rows that put the resource on service calls, by table and number.
  func assignments() async throws -> [Assignment]
  /// The changed dates of one series, ordered by their original start.
  func changedDates(of master: ExchangeItemID) async throws -> [ExchangeItem]
  func exchangeCount() async throws -> Int
  /// Mirrored PSA items that answer the query's `endingFrom` and `ids`.
  func psaIdentities(of query: PSAQuery) async throws -> [PSAID]
  /// Those first that were asked for the longest ago.
  func toCheck() async throws -> [ToCheck]
}

/// What a write changed: journal result, link and mirror, kept in one transaction.
package struct Settlement: Sendable {
  package let run: RunID
  package let sequence: Int
  package let status: IntentStatus
  package let resultID: String?
  package let resultVersion: String?
  package let note: String?
  /// The link as it is now; one without both halves is forgotten.
  package let link: Link?
  package let exchange: MirroredExchange?
  package let exchangeGone: ExchangeItemID?
  package let psa: MirroredPSA?
  package let psaGone: ItemKey?
  package let contact: MirroredContact?
  package let contactGone: ExchangeItemID?

  package init(
    run: RunID,
    sequence: Int,
    status: IntentStatus,
    resultID: String? = nil,
    resultVersion: String? = nil,
    note: String? = nil,
    link: Link? = nil,
    exchange: MirroredExchange? = nil,
    exchangeGone: ExchangeItemID? = nil,
    psa: MirroredPSA? = nil,
    psaGone: ItemKey? = nil,
    contact: MirroredContact? = nil,
    contactGone: ExchangeItemID? = nil
  ) {
    self.run = run
    self.sequence = sequence
    self.status = status
    self.resultID = resultID
    self.resultVersion = resultVersion
    self.note = note
    self.link = link
    self.exchange = exchange
    self.exchangeGone = exchangeGone
    self.psa = psa
    self.psaGone = psaGone
    self.contact = contact
    self.contactGone = contactGone
  }
}

/// What a run intends, and what became of it: an intention is on disk before its write is sent.
package protocol Journal: Sendable {
  /// Commits the intents with status `intended`, together with the links that they speak of.
  func intend(_ intents: [Intent], links: [Link]) async throws
  /// Marks entries as possibly sent.
  func markSent(_ run: RunID, _ sequences: [Int]) async throws
  func settle(_ settlements: [Settlement]) async throws
  /// Entries that are `intended` or `sent`, oldest first.
  func unsettled() async throws -> [JournalEntry]
  func entries(of run: RunID) async throws -> [JournalEntry]
  /// Deletes that were carried out, whether they were undone later or not, oldest first.
  func deletes() async throws -> [JournalEntry]
  /// Drops the texts of settled entries, wanted and replaced, of runs that began before this instant.
  func forgetBefore(_ instant: Instant) async throws
}

/// The links between both sides.
package protocol LinkBook: Sendable {
  /// All links, ordered by id.
  func links() async throws -> [Link]
  /// The links with these ids, ordered by id.
  func links(_ ids: Set<LinkID>) async throws -> [Link]
  func keep(_ links: [Link], forget: [LinkID]) async throws
  /// The first of `count` numbers that no link had or will have.
  func reserveLinkIDs(_ count: Int) async throws -> LinkID
}

/// Runs, and what waits for a person.
package protocol RunLedger: Sendable {
  /// Writes the row at once, numbered above every known run, and its report into the outbox.
  func begin(_ purpose: Attempt.Purpose, at started: Instant, settings: String) async throws
    -> Attempt
  /// Gives a run that has journaled nothing a number above `floor`, which the folder mark showed.
  func renumber(_ run: RunID, above floor: RunID) async throws -> Attempt
  /// Replaces the row, and the report in the outbox.
  func keep(_ attempt: Attempt) async throws
  /// Runs that never ended become `interrupted`; returns them.
  func closeInterrupted(before run: RunID) async throws -> [Attempt]
  /// The newest first.
  func attempts(limit: Int) async throws -> [Attempt]
  func holds() async throws -> [Hold]
  /// Replaces all holds; approvals of digests that are still there are kept.
  func keep(_ holds: [Hold]) async throws
  /// False when nothing is held under the digest.
  func approve(_ digest: PlanDigest) async throws -> Bool
}

/// The agent's cache: one file for each profile.
package protocol SyncCache: Mirror, ContactMirror, Journal, LinkBook, RunLedger {}
