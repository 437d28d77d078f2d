import SyncEngine
import SyncModel

/// The answer to a request that did not arrive.
struct LostAnswer: SyncFailure {
  let remedy = Remedy.retry(after: .seconds(1))
  let description = "the answer was lost"
}

/// A PSA that does what it is asked and then says something else.
actor TroubledPSA: PSAService, PSAWriting {
  struct Trouble: Sendable {
    var losesCreates = false
    var refusesCreates = false
    var cutsListings = false
  }

  private let inner: any PSAService & PSAWriting
  private var trouble = Trouble()
  private(set) var creates = 0

  init(_ inner: any PSAService & PSAWriting) { self.inner = inner }

  func set(_ change: @Sendable (inout Trouble) -> Void) { change(&trouble) }

  var requests: Int { get async { await inner.requests } }
  func open() async throws -> PSADesk { try await inner.open() }
  func count(of query: PSAQuery) async throws -> Int { try await inner.count(of: query) }
  func identities(of query: PSAQuery) async throws -> [PSAID] {
    try await inner.identities(of: query)
  }
  func items(_ ids: [PSAID], of kind: Kind) async throws -> [PSAItem?] {
    try await inner.items(ids, of: kind)
  }

  func page(of query: PSAQuery, continuing token: PageToken?) async throws -> PSAPage {
    let page = try await inner.page(of: query, continuing: token)
    return trouble.cutsListings ? PSAPage(items: Array(page.items.prefix(1)), next: nil) : page
  }

  func create(_ drafts: [PSADraft]) async throws -> [PSAWriteResult] {
    creates += drafts.count
    if trouble.refusesCreates { return drafts.map { _ in .refused("no right to do this") } }
    let results = try await inner.create(drafts)
    return trouble.losesCreates ? results.map { _ in .unknown("cut off") } : results
  }

  func update(_ edits: [PSAEdit]) async throws -> [PSAWriteResult] { try await inner.update(edits) }
  func delete(_ targets: [PSATarget]) async throws -> [PSAWriteResult] {
    try await inner.delete(targets)
  }
}

/// An Exchange that does what it is asked and then says something else.
actor TroubledMailbox: ExchangeMailbox, ExchangeWriting {
  struct Trouble: Sendable {
    var losesCreates = false
    var cutsListings = false
    var beforeUpdate: @Sendable () async throws -> Void = {}
  }

  private let inner: any ExchangeMailbox & ExchangeWriting
  private var trouble = Trouble()

  init(_ inner: any ExchangeMailbox & ExchangeWriting) { self.inner = inner }

  func set(_ change: @Sendable (inout Trouble) -> Void) { change(&trouble) }

  var requests: Int { get async { await inner.requests } }
  func open() async throws -> CalendarFolder { try await inner.open() }
  func personalZone() async throws -> ZoneName? { try await inner.personalZone() }

  func changes(since state: SyncState?, in folder: FolderID) async throws -> ExchangeChangesAnswer {
    let answer = try await inner.changes(since: state, in: folder)
    guard trouble.cutsListings, case .page(let page) = answer else { return answer }
    return .page(
      ExchangeChanges(
        present: Array(page.present.prefix(1)),
        gone: [],
        next: page.next,
        isLast: true
      )
    )
  }

  func items(_ ids: [ExchangeItemID], in folder: FolderID) async throws -> [ItemReading] {
    try await inner.items(ids, in: folder)
  }
  func traces(of mark: ItemMark, calendar: FolderID) async throws -> [ItemTrace] {
    try await inner.traces(of: mark, calendar: calendar)
  }

  func create(_ drafts: [ExchangeDraft], in folder: FolderID) async throws
    -> [ExchangeWriteResult]
  {
    let results = try await inner.create(drafts, in: folder)
    if trouble.losesCreates { throw LostAnswer() }
    return results
  }

  func update(_ edits: [ExchangeEdit]) async throws -> [ExchangeWriteResult] {
    try await trouble.beforeUpdate()
    return try await inner.update(edits)
  }

  func delete(_ targets: [ExchangeTarget]) async throws -> [ExchangeWriteResult] {
    try await inner.delete(targets)
  }
  func move(_ items: [ExchangeItemID], to folder: FolderID) async throws -> [ExchangeWriteResult] {
    try await inner.move(items, to: folder)
  }
  func write(_ mark: FolderMark, on folder: FolderID) async throws {
    try await inner.write(mark, on: folder)
  }
}
