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
    /// Nobody answers.
    var isDown = false
    var losesCreates = false
    var refusesCreates = false
    var cutsListings = false
    /// The answer to a change that was made does not arrive.
    var losesUpdates = false
    /// What somebody does once a change is made, before it is read back.
    var afterUpdate: @Sendable () async throws -> Void = {}
    var refusesDeletes = false
    /// Changes that are refused with words.
    var refuses: @Sendable (PSAEdit) -> Bool = { _ in false }
    /// Changes on which the line breaks before they are made.
    var breaksOn: @Sendable (PSAEdit) -> Bool = { _ in false }
    /// Items that this account does not see for a while.
    var hidden: Set<PSAID> = []
    /// What is read in place of what is there.
    var shows: @Sendable (PSAItem) -> PSAItem = { $0 }
    /// Items that are listed, and not found by their ids.
    var losesByID: Set<PSAID> = []
    /// What is answered about the resource once the run has begun.
    var hidesResource: StopFailure?
    var resource: ResourceID?
  }

  private let inner: any PSAService & PSAWriting
  private var trouble = Trouble()
  private(set) var creates = 0
  private(set) var updates: [PSAEdit] = []

  init(_ inner: any PSAService & PSAWriting) { self.inner = inner }

  func set(_ change: @Sendable (inout Trouble) -> Void) { change(&trouble) }

  var requests: Int { get async { await inner.requests } }
  func open() async throws -> PSADesk {
    if trouble.isDown { throw LostAnswer() }
    return try await inner.open()
  }
  func reopen() async throws -> PSADesk {
    if let failure = trouble.hidesResource { throw failure }
    let desk = try await inner.reopen()
    return PSADesk(
      tenant: desk.tenant,
      resource: trouble.resource ?? desk.resource,
      server: desk.server
    )
  }
  func count(of query: PSAQuery) async throws -> Int {
    if trouble.hidden.isEmpty { return try await inner.count(of: query) }
    return try await identities(of: query).count
  }
  func identities(of query: PSAQuery) async throws -> [PSAID] {
    try await inner.identities(of: query).filter { !trouble.hidden.contains($0) }
  }
  func items(_ ids: [PSAID], of kind: Kind) async throws -> [PSAItem?] {
    try await inner.items(ids, of: kind).map { item in
      guard let item, !trouble.hidden.contains(item.id), !trouble.losesByID.contains(item.id) else {
        return nil
      }
      return trouble.shows(item)
    }
  }

  func described(_ items: [PSAItem]) async throws -> [PSAItem] {
    try await inner.described(items)
  }
  func assignments(since marks: AssignmentMarks?) async throws -> Assignments {
    try await inner.assignments(since: marks)
  }

  func page(of query: PSAQuery, continuing token: PageToken?) async throws -> PSAPage {
    let page = try await inner.page(of: query, continuing: token)
    let items = page.items.filter { !trouble.hidden.contains($0.id) }.map(trouble.shows)
    return trouble.cutsListings
      ? PSAPage(items: Array(items.prefix(1)), next: nil) : PSAPage(items: items, next: page.next)
  }

  func create(_ drafts: [PSADraft]) async throws -> [PSAWriteResult] {
    creates += drafts.count
    if trouble.refusesCreates { return drafts.map { _ in .refused("no right to do this") } }
    let results = try await inner.create(drafts)
    return trouble.losesCreates ? results.map { _ in .unknown("cut off") } : results
  }

  func update(_ edits: [PSAEdit]) async throws -> [PSAWriteResult] {
    updates += edits
    if edits.contains(where: trouble.breaksOn) { throw LostAnswer() }
    var results: [PSAWriteResult] = []
    for edit in edits {
      if trouble.refuses(edit) {
        results.append(.refused("no right to do this"))
      } else {
        results += try await inner.update([edit])
      }
    }
    try await trouble.afterUpdate()
    return trouble.losesUpdates ? results.map { _ in .unknown("cut off") } : results
  }

  func delete(_ targets: [PSATarget]) async throws -> [PSAWriteResult] {
    if trouble.refusesDeletes { return targets.map { _ in .refused("no right to do this") } }
    return try await inner.delete(targets)
  }
}

/// An Exchange that does what it is asked and then says something else.
actor TroubledMailbox: ExchangeMailbox, ExchangeWriting {
  struct Trouble: Sendable {
    var losesCreates = false
    var losesUpdates = false
    /// The line breaks once something was moved, or removed.
    var losesMoves = false
    var losesDeletes = false
    var cutsListings = false
    var beforeUpdate: @Sendable () async throws -> Void = {}
    /// What somebody does once a change is made, before it is read back.
    var afterUpdate: @Sendable () async throws -> Void = {}
    /// What somebody else does after the first listing, and once our mark is written.
    var afterListing: @Sendable () async throws -> Void = {}
    var afterMark: @Sendable () async throws -> Void = {}
    /// The mark is not written.
    var refusesMarks = false
    /// Items that are listed, but cannot be read out.
    var unreadable: Set<ExchangeItemID> = []
    /// Items that the folder neither lists nor counts.
    var unlisted: Set<ExchangeItemID> = []
    /// No date of a series is found by its place.
    var givesNoDates = false
    /// So many dates of an expansion cannot be read out.
    var unreadDates = 0
    /// Nothing is found by its CleanGlobalObjectId.
    var findsNoUIDs = false
    /// What is read in place of what is there.
    var shows: @Sendable (ExchangeItem) -> ExchangeItem = { $0 }
    /// The line breaks after the first page of a listing from the beginning.
    var breaksListings = false
    /// No page of a listing is the last.
    var listsWithoutEnd = false
    /// The calendar folder bears another id than it has, as after a move to another server.
    var folder: FolderID?
    /// Items that are listed, and not found by their ids once the run's mark is written.
    var losesByID: Set<ExchangeItemID> = []
    var hidesMark = false
    /// What the folder shows once the run's mark is written.
    var showsFolder: @Sendable (CalendarFolder) -> CalendarFolder = { $0 }
  }

  private let inner: any ExchangeMailbox & ExchangeWriting
  private var trouble = Trouble()
  /// The calendar folder's own id.
  private var calendar: FolderID?
  private var isMarked = false
  /// How often the calendar was listed from its beginning.
  private(set) var beginnings = 0

  init(_ inner: any ExchangeMailbox & ExchangeWriting) { self.inner = inner }

  func set(_ change: @Sendable (inout Trouble) -> Void) { change(&trouble) }

  private func own(_ folder: FolderID) -> FolderID {
    folder == trouble.folder ? calendar ?? folder : folder
  }

  func occurrences(
    _ places: [OccurrencePlace],
    in folder: FolderID
  ) async throws -> [ItemReading] {
    if trouble.givesNoDates { return places.map { _ in .missing } }
    return try await inner.occurrences(places, in: own(folder))
  }

  func expanded(_ span: Span, in folder: FolderID) async throws -> ExpandedView {
    let view = try await inner.expanded(span, in: own(folder))
    let left = Array(view.dates.dropFirst(trouble.unreadDates))
    return ExpandedView(dates: left, isWhole: left.count == view.dates.count)
  }

  var requests: Int { get async { await inner.requests } }
  func open() async throws -> CalendarFolder {
    let folder = try await inner.open()
    calendar = folder.id
    let shown = CalendarFolder(
      mailbox: folder.mailbox,
      id: trouble.folder ?? folder.id,
      itemCount: folder.itemCount - trouble.unlisted.count,
      canWrite: folder.canWrite,
      mark: trouble.hidesMark ? nil : folder.mark,
      server: folder.server
    )
    return isMarked ? trouble.showsFolder(shown) : shown
  }
  func personalZone() async throws -> ZoneName? { try await inner.personalZone() }

  func changes(since state: SyncState?, in folder: FolderID) async throws -> ExchangeChangesAnswer {
    if trouble.breaksListings, state != nil, beginnings > 0 { throw LostAnswer() }
    if state == nil { beginnings += 1 }
    let answer = try await inner.changes(since: state, in: own(folder))
    let deed = trouble.afterListing
    trouble.afterListing = {}
    try await deed()
    guard case .page(let page) = answer else { return answer }
    let listed = page.present.filter { !trouble.unlisted.contains($0.id) }
    return .page(
      ExchangeChanges(
        present: trouble.cutsListings ? Array(listed.prefix(1)) : listed,
        gone: trouble.cutsListings ? [] : page.gone,
        next: page.next,
        isLast: !trouble.breaksListings && !trouble.listsWithoutEnd
          && (trouble.cutsListings || page.isLast)
      )
    )
  }

  func items(_ ids: [ExchangeItemID], in folder: FolderID) async throws -> [ItemReading] {
    zip(ids, try await inner.items(ids, in: own(folder))).map { id, reading in
      if trouble.unreadable.contains(id) { return .unreadable("it is damaged") }
      if isMarked, trouble.losesByID.contains(id) { return .missing }
      guard case .found(var item) = reading else { return reading }
      if let other = trouble.folder, item.folder == calendar { item.folder = other }
      return .found(trouble.shows(item))
    }
  }

  func traces(of mark: ItemMark, calendar: FolderID) async throws -> [ItemTrace] {
    if trouble.findsNoUIDs, case .uid = mark { return [] }
    return try await inner.traces(of: mark, calendar: own(calendar))
  }

  func create(_ drafts: [ExchangeDraft], in folder: FolderID) async throws
    -> [ExchangeWriteResult]
  {
    let results = try await inner.create(drafts, in: own(folder))
    if trouble.losesCreates { throw LostAnswer() }
    return results
  }

  func update(_ edits: [ExchangeEdit]) async throws -> [ExchangeWriteResult] {
    try await trouble.beforeUpdate()
    let results = try await inner.update(edits)
    if trouble.losesUpdates { throw LostAnswer() }
    try await trouble.afterUpdate()
    return results
  }

  func delete(_ targets: [ExchangeTarget]) async throws -> [ExchangeWriteResult] {
    let results = try await inner.delete(targets)
    if trouble.losesDeletes { throw LostAnswer() }
    return results
  }
  func move(_ items: [ExchangeItemID], to folder: FolderID) async throws -> [ExchangeWriteResult] {
    let results = try await inner.move(items, to: own(folder))
    if trouble.losesMoves { throw LostAnswer() }
    return results
  }
  func write(_ mark: FolderMark, on folder: FolderID) async throws {
    if trouble.refusesMarks { throw LostAnswer() }
    try await inner.write(mark, on: own(folder))
    isMarked = true
    try await trouble.afterMark()
  }
}
