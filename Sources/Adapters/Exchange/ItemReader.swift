internal import HTTP
internal import SyncEngine
internal import SyncModel

/// Reads items in batches, several transfers at a time, and takes a batch apart where one item or
/// its size is the trouble (`ews.md` 2.5).
struct ItemReader: Sendable {
  static let batch = 50
  static let transfers = 3

  let session: EWSSession
  let mapping: CalendarItemMapping
  let folder: FolderID

  /// In the order asked.
  func read(_ ids: [ExchangeItemID]) async throws -> [ItemReading] {
    let batches = stride(from: 0, to: ids.count, by: Self.batch).map {
      Array(ids[$0..<min($0 + Self.batch, ids.count)])
    }
    var readings: [[ItemReading]] = Array(repeating: [], count: batches.count)
    try await withThrowingTaskGroup(of: (Int, [ItemReading]).self) { group in
      var next = 0
      func addNext() {
        guard next < batches.count else { return }
        let place = next
        next += 1
        group.addTask { (place, try await readBatch(batches[place])) }
      }
      for _ in 0..<Self.transfers { addNext() }
      while let (place, batch) = try await group.next() {
        readings[place] = batch
        addNext()
      }
    }
    return readings.flatMap(\.self)
  }

  private func readBatch(_ ids: [ExchangeItemID]) async throws -> [ItemReading] {
    guard !ids.isEmpty else { return [] }
    let messages: [ResponseMessage<ItemContent>]
    do throws(EWSError) {
      messages = try await ask(ids, .whole)
    } catch {
      guard error.isCuredByLess else { throw error }
      guard ids.count > 1 else {
        if case .transport = error { throw error }
        return [try await readAlone(ids[0], after: "\(error)")]
      }
      let half = ids.count / 2
      return try await readBatch(Array(ids[..<half])) + readBatch(Array(ids[half...]))
    }
    var readings: [ItemReading] = []
    for (id, message) in zip(ids, messages) {
      if message.code.cause == .batchStopped { break }
      readings.append(try await reading(of: message, id: id, isBatch: ids.count > 1))
    }
    guard readings.count < ids.count else { return readings }
    guard ids.count > 1 || !readings.isEmpty else {
      return [.unreadable("Exchange does not read it out")]
    }
    // The rest was not looked at; if the very first was not, in smaller pieces.
    let rest = Array(ids[readings.count...])
    if !readings.isEmpty { return try await readings + readBatch(rest) }
    let half = rest.count / 2
    return try await readBatch(Array(rest[..<half])) + readBatch(Array(rest[half...]))
  }

  private func reading(
    of message: ResponseMessage<ItemContent>,
    id: ExchangeItemID,
    isBatch: Bool
  ) async throws -> ItemReading {
    if let item = message.content.item, message.responseClass != .error {
      return mapping.reading(of: item, isBodyWhole: true, folder: folder)
    }
    switch message.code.cause {
    case .gone:
      return .missing
    case .unreadable, .saveRejected:
      return try await readAlone(id, after: message.sentence)
    case .request where message.code == .invalidPropertyRequest:
      return try await readClass(id, after: message.sentence)
    case .transient where message.code == .timeoutExpired && isBatch:
      let again = try await readBatch([id])
      return again.first ?? .unreadable(message.sentence)
    case .transient where message.code == .internalServerError:
      return try await readAlone(id, after: message.sentence)
    case .transient, .moved, .signIn:
      throw EWSError(code: message.code, text: message.text, details: message.details)
    case .none, .account, .syncState, .conflict, .batchStopped, .request, .version, .calendarRule,
      .find, .notification, .deleteRejected, .unknown:
      return .unreadable(message.sentence)
    }
  }

  /// Once more without the body, which is what a server mostly fails to convert.
  private func readAlone(_ id: ExchangeItemID, after reason: String) async throws -> ItemReading {
    guard let message = try await askOne(id, .withoutBody) else { return .unreadable(reason) }
    if let item = message.content.item, message.responseClass != .error {
      return mapping.reading(of: item, isBodyWhole: false, folder: folder)
    }
    return message.code.cause == .gone ? .missing : .unreadable(message.sentence)
  }

  /// Of an item that has no calendar properties only its class can be asked for.
  private func readClass(_ id: ExchangeItemID, after reason: String) async throws -> ItemReading {
    guard let message = try await askOne(id, .itemClass) else { return .unreadable(reason) }
    if let item = message.content.item, message.responseClass != .error {
      return .foreign(itemClass: item.itemClass ?? item.element)
    }
    return message.code.cause == .gone ? .missing : .unreadable(reason)
  }

  private func ask(
    _ ids: [ExchangeItemID],
    _ shape: GetItem.Shape
  ) async throws(EWSError) -> [ResponseMessage<ItemContent>] {
    try await session.ask(GetItem(ids: ids.map(\.rawValue), shape: shape))
  }

  /// Nil where even this one answer cannot be read.
  private func askOne(
    _ id: ExchangeItemID,
    _ shape: GetItem.Shape
  ) async throws(EWSError) -> ResponseMessage<ItemContent>? {
    do throws(EWSError) {
      return try await ask([id], shape).first
    } catch .unreadableReply {
      return nil
    } catch .requestRefused {
      return nil
    }
  }
}

extension EWSError {
  /// Whether a smaller batch may succeed where this one failed.
  var isCuredByLess: Bool {
    switch self {
    case .unreadableReply, .requestRefused: true
    case .unavailable(let code, _): code == ResponseCode.timeoutExpired.rawValue
    case .status(let status, _): status == 413 || status == 504
    case .transport(let error): error.isAboutSize
    default: false
    }
  }
}

extension HTTPError {
  fileprivate var isAboutSize: Bool {
    switch self {
    case .timedOut(_, .waitingForAnswer), .tooLarge: true
    default: false
    }
  }
}

extension ResponseMessage {
  /// The server's own words, with its code.
  var sentence: String { text.isEmpty ? code.rawValue : "\(code.rawValue): \(text)" }
}
