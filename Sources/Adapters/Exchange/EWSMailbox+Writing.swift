internal import HTTP
package import SyncEngine
package import SyncModel

extension EWSMailbox: ExchangeWriting {
  /// How many items one request writes.
  private static let batch = 50

  package func create(
    _ drafts: [ExchangeDraft],
    in folder: FolderID
  ) async throws -> [ExchangeWriteResult] {
    let mapping = mapping
    return try await write(
      drafts.map { draft in
        prepared { () throws(CalendarItemMapping.Unwritable) in
          try mapping.newItem(draft)
        }
      }
    ) { CreateItem(folder: .id(folder.rawValue), items: $0) }
  }

  package func update(_ edits: [ExchangeEdit]) async throws -> [ExchangeWriteResult] {
    let mapping = mapping
    return try await write(
      edits.map { edit in
        prepared { () throws(CalendarItemMapping.Unwritable) in
          try mapping.change(edit)
        }
      }
    ) { UpdateItem(changes: $0) }
  }

  package func move(
    _ items: [ExchangeItemID],
    to folder: FolderID
  ) async throws -> [ExchangeWriteResult] {
    try await write(items.map { .wire($0.rawValue) }) {
      MoveItem(ids: $0, folder: .id(folder.rawValue))
    }
  }

  package func delete(_ targets: [ExchangeTarget]) async throws -> [ExchangeWriteResult] {
    try await delete(targets, isRecoverable: false)
  }

  /// Public folders have no Deleted Items: what is deleted there `isRecoverable` by administrators.
  func delete(
    _ targets: [ExchangeTarget],
    isRecoverable: Bool
  ) async throws -> [ExchangeWriteResult] {
    var results: [ExchangeWriteResult] = []
    for start in stride(from: 0, to: targets.count, by: Self.batch) {
      let some = Array(targets[start..<min(start + Self.batch, targets.count)])
      do {
        results += try await deleteBatch(some, isRecoverable)
      } catch let error as EWSError where error.wasNotTried && !results.isEmpty {
        let rest = targets.count - results.count
        return results + Array(repeating: .notTried("\(error)"), count: rest)
      }
    }
    return results
  }

  package func write(_ mark: FolderMark, on folder: FolderID) async throws {
    let operation = UpdateFolder(folder: .id(folder.rawValue), mark: mark.description)
    let message = try await only(session.ask(operation))
    guard message.responseClass != .error else {
      throw EWSError(code: message.code, text: message.text, details: message.details)
    }
  }
}

/// One write, ready to be sent or settled beforehand.
enum Prepared<Wire: Sendable>: Sendable {
  case wire(Wire)
  case settled(ExchangeWriteResult)
}

extension EWSMailbox {
  private func prepared<Wire>(
    _ map: () throws(CalendarItemMapping.Unwritable) -> Wire
  ) -> Prepared<Wire> {
    do throws(CalendarItemMapping.Unwritable) {
      return .wire(try map())
    } catch {
      return .settled(.refused(error.reason))
    }
  }

  /// Sends what is ready in batches, and what a server left out of a batch once more.
  ///
  /// What was written before a failure that wrote nothing more is kept.
  func write<Wire, Operation: EWSOperation>(
    _ writes: [Prepared<Wire>],
    as operation: ([Wire]) -> Operation
  ) async throws -> [ExchangeWriteResult] where Operation.Content == ItemIDContent {
    var results: [ExchangeWriteResult?] = []
    var waiting: [(place: Int, wire: Wire)] = []
    for (place, write) in writes.enumerated() {
      switch write {
      case .settled(let result): results.append(result)
      case .wire(let wire):
        results.append(nil)
        waiting.append((place, wire))
      }
    }
    var hasWritten = false
    while !waiting.isEmpty {
      let asked = Array(waiting.prefix(Self.batch))
      do throws(EWSError) {
        let messages = try await session.ask(operation(asked.map(\.wire)))
        var left: [(place: Int, wire: Wire)] = []
        for (entry, message) in zip(asked, messages) {
          if message.code.cause == .batchStopped {
            left.append(entry)
          } else {
            results[entry.place] = try Self.result(of: message, id: message.content.ids.first)
          }
        }
        if left.count == asked.count {
          for entry in left { results[entry.place] = .notTried(messages[0].sentence) }
          left = []
        }
        waiting = left + waiting.dropFirst(asked.count)
        hasWritten = true
      } catch {
        guard error.wasNotTried, hasWritten else { throw error }
        for entry in waiting { results[entry.place] = .notTried("\(error)") }
        waiting = []
      }
    }
    return results.map { $0 ?? .notTried("not sent") }
  }

  /// Reads each item once more and deletes those still at the version that was planned with.
  private func deleteBatch(
    _ targets: [ExchangeTarget],
    _ isRecoverable: Bool
  ) async throws -> [ExchangeWriteResult] {
    let read = try await session.ask(GetItem(ids: targets.map(\.id.rawValue), shape: .version))
    var results: [ExchangeWriteResult?] = []
    var doomed: [(place: Int, item: WireItemID)] = []
    for (place, (target, message)) in zip(targets, read).enumerated() {
      guard let item = message.content.item, message.responseClass != .error else {
        results.append(try Self.result(of: message, id: nil))
        continue
      }
      guard item.itemID.changeKey == target.expected.rawValue else {
        results.append(.conflict)
        continue
      }
      results.append(nil)
      doomed.append((place, item.itemID))
    }
    if !doomed.isEmpty {
      let messages = try await session.ask(
        DeleteItem(items: doomed.map(\.item), isRecoverable: isRecoverable)
      )
      for (entry, message) in zip(doomed, messages) {
        results[entry.place] = try Self.result(of: message, id: entry.item)
      }
    }
    return results.map { $0 ?? .notTried("not sent") }
  }

  /// What one message of a write's answer says; throws where it concerns the whole account.
  private static func result<Content>(
    of message: ResponseMessage<Content>,
    id: WireItemID?
  ) throws(EWSError) -> ExchangeWriteResult {
    if message.responseClass != .error, message.code.cause == .none {
      guard let id, !id.id.isEmpty else {
        throw .unreadableReply("it names no item where one was written")
      }
      return .done(ExchangeItemID(id.id), ChangeKey(id.changeKey))
    }
    switch message.code.cause {
    case .conflict: return .conflict
    case .gone: return .missing
    case .transient, .moved, .batchStopped, .find, .syncState: return .notTried(message.sentence)
    case .saveRejected where message.code == .quotaExceeded: return .notTried(message.sentence)
    case .signIn, .version:
      throw EWSError(code: message.code, text: message.text, details: message.details)
    case .none, .account, .unreadable, .request, .saveRejected, .calendarRule, .notification,
      .deleteRejected, .unknown:
      return .refused(message.sentence)
    }
  }
}

extension EWSError {
  /// Whether the server certainly did nothing of the request.
  fileprivate var wasNotTried: Bool {
    switch self {
    case .throttled, .mailboxMoved, .signInRefused, .accountUnusable, .notAllowed, .folderGone,
      .requestRefused, .versionRefused:
      true
    case .status(let status, _): status < 500 || status == 503
    case .transport(let error): !error.mayHaveBeenActedOn
    case .unavailable, .notExchange, .outage, .unreadableReply: false
    }
  }
}
