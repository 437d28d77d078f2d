import SyncEngine
import SyncModel
import World

/// The world's mailbox as one life of an agent meets it: numbered, struck, watched.
struct StagedMailbox: ExchangeMailbox, ExchangeWriting {
  let inner: WorldMailbox
  let life: Life
  let watch: Watch
  let bug: Bug?

  var requests: Int { get async { await inner.requests } }

  func open() async throws -> CalendarFolder {
    try await life.effect("the folder") {
      if bug == .loudSecret, watch.isTired() { throw Loud(secret: watch.secret) }
      return try await inner.open()
    }
  }

  func personalZone() async throws -> ZoneName? {
    try await life.effect("the person's zone") { try await inner.personalZone() }
  }

  func changes(since state: SyncState?, in folder: FolderID) async throws -> ExchangeChangesAnswer {
    try await life.effect("what moved in the calendar") {
      if life.troubles.lie == .stale, let state {
        return .page(ExchangeChanges(present: [], gone: [], next: state, isLast: true))
      }
      return life.troubles.lie.told(try await inner.changes(since: state, in: folder), state)
    }
  }

  func items(_ ids: [ExchangeItemID], in folder: FolderID) async throws -> [ItemReading] {
    try await life.effect("\(ids.count) items of Exchange") {
      let readings = try await inner.items(ids, in: folder)
      switch bug {
      case .leak: return readings.map(\.madePublic)
      case .copies: return try await asOriginals(readings, in: folder)
      default: return readings
      }
    }
  }

  func occurrences(_ places: [OccurrencePlace], in folder: FolderID) async throws -> [ItemReading] {
    try await life.effect("\(places.count) dates") {
      try await inner.occurrences(places, in: folder)
    }
  }

  func expanded(_ span: Span, in folder: FolderID) async throws -> ExpandedView {
    try await life.effect("a view of the calendar") { try await inner.expanded(span, in: folder) }
  }

  func traces(of mark: ItemMark, calendar: FolderID) async throws -> [ItemTrace] {
    try await life.effect("traces of an item") {
      try await inner.traces(of: mark, calendar: calendar)
    }
  }

  /// Each copy under the identity of its original.
  private func asOriginals(
    _ readings: [ItemReading],
    in folder: FolderID
  ) async throws -> [ItemReading] {
    var changed: [ItemReading] = []
    for reading in readings {
      guard case .found(var item) = reading, let original = watch.original(of: item.id),
        case .found(let other)? = try await inner.items([original], in: folder).first
      else {
        changed.append(reading)
        continue
      }
      (item.uid, item.cleanUID) = (other.uid, other.cleanUID)
      changed.append(.found(item))
    }
    return changed
  }

  // MARK: Writing

  func create(_ drafts: [ExchangeDraft], in folder: FolderID) async throws -> [ExchangeWriteResult]
  {
    try await life.effect("\(drafts.count) creates in Exchange") {
      let results = try await inner.create(drafts, in: folder)
      await watch.created(drafts, results)
      return results
    }
  }

  func update(_ edits: [ExchangeEdit]) async throws -> [ExchangeWriteResult] {
    try await life.effect("\(edits.count) updates in Exchange") {
      await watch.willUpdate(edits)
      let results = try await inner.update(edits)
      if bug == .mail { await watch.sendMails(about: edits.map(\.id)) }
      if bug == .wrongZone { await watch.shiftZones(of: edits.filter { $0.when != nil }.map(\.id)) }
      await watch.wrote()
      return results
    }
  }

  func delete(_ targets: [ExchangeTarget]) async throws -> [ExchangeWriteResult] {
    try await life.effect("\(targets.count) deletes in Exchange") {
      await watch.willDelete(exchange: targets.map(\.id))
      let results = try await inner.delete(targets)
      if bug == .unprovenDelete { await watch.deleteOneMore() }
      await watch.wrote()
      return results
    }
  }

  func move(_ items: [ExchangeItemID], to folder: FolderID) async throws -> [ExchangeWriteResult] {
    try await life.effect("\(items.count) moves in Exchange") {
      let results = try await inner.move(items, to: folder)
      await watch.wrote()
      return results
    }
  }

  func write(_ mark: FolderMark, on folder: FolderID) async throws {
    try await life.effect("the mark") { try await inner.write(mark, on: folder) }
  }
}

/// A failure that says too much.
struct Loud: SyncFailure {
  let secret: String
  var remedy: Remedy { .retry(after: .seconds(60)) }
  var description: String { "signing in failed with \(secret)" }
}

extension ItemReading {
  fileprivate var madePublic: ItemReading {
    guard case .found(var item) = self else { return self }
    item.sensitivity = .normal
    return .found(item)
  }
}

extension Lie? {
  /// What is left of a listing; a state covers what was listed with it.
  fileprivate func told(
    _ answer: ExchangeChangesAnswer,
    _ known: SyncState?
  ) -> ExchangeChangesAnswer {
    guard let lie = self, case .page(let page) = answer else { return answer }
    switch lie {
    case .stale: return answer
    case .truncated:
      return .page(
        ExchangeChanges(
          present: Array(page.present.prefix(1)),
          gone: [],
          next: known ?? page.next,
          isLast: page.isLast || known != nil
        )
      )
    case .reordered:
      return .page(
        ExchangeChanges(
          present: page.present.reversed(),
          gone: page.gone.reversed(),
          next: page.next,
          isLast: page.isLast
        )
      )
    }
  }
}
