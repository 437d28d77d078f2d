import SyncEngine
import SyncModel

/// A way to the mailbox in which somebody else is quicker than the agent, once, at its next write.
actor Stranger: ExchangeMailbox, ExchangeWriting {
  private let way: any ExchangeMailbox & ExchangeWriting
  private var deed: (@Sendable () async throws -> Void)?
  private var deedAfterMark: (@Sendable () async throws -> Void)?

  init(_ way: any ExchangeMailbox & ExchangeWriting) { self.way = way }

  /// What the stranger does directly before the agent changes or deletes an item.
  func plan(_ deed: @escaping @Sendable () async throws -> Void) { self.deed = deed }

  /// What the stranger does once the agent's mark is written, before anything else is.
  func planAfterMark(_ deed: @escaping @Sendable () async throws -> Void) { deedAfterMark = deed }

  private func act() async throws {
    let deed = deed
    self.deed = nil
    try await deed?()
  }

  func update(_ edits: [ExchangeEdit]) async throws -> [ExchangeWriteResult] {
    try await act()
    return try await way.update(edits)
  }

  func delete(_ targets: [ExchangeTarget]) async throws -> [ExchangeWriteResult] {
    try await act()
    return try await way.delete(targets)
  }

  // MARK: As the way has it

  var requests: Int { get async { await way.requests } }

  func open() async throws -> CalendarFolder { try await way.open() }

  func personalZone() async throws -> ZoneName? { try await way.personalZone() }

  func changes(since state: SyncState?, in folder: FolderID) async throws -> ExchangeChangesAnswer {
    try await way.changes(since: state, in: folder)
  }

  func items(_ ids: [ExchangeItemID], in folder: FolderID) async throws -> [ItemReading] {
    try await way.items(ids, in: folder)
  }

  func occurrences(
    _ places: [OccurrencePlace],
    in folder: FolderID
  ) async throws -> [ItemReading] {
    try await way.occurrences(places, in: folder)
  }

  func expanded(_ span: Span, in folder: FolderID) async throws -> ExpandedView {
    try await way.expanded(span, in: folder)
  }

  func traces(of mark: ItemMark, calendar: FolderID) async throws -> [ItemTrace] {
    try await way.traces(of: mark, calendar: calendar)
  }

  func create(
    _ drafts: [ExchangeDraft],
    in folder: FolderID
  ) async throws -> [ExchangeWriteResult] {
    try await way.create(drafts, in: folder)
  }

  func move(_ items: [ExchangeItemID], to folder: FolderID) async throws -> [ExchangeWriteResult] {
    try await way.move(items, to: folder)
  }

  func write(_ mark: FolderMark, on folder: FolderID) async throws {
    try await way.write(mark, on: folder)
    let deed = deedAfterMark
    deedAfterMark = nil
    try await deed?()
  }
}
