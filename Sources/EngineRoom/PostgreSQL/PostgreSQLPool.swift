internal import Dispatch
internal import Platform

/// A few connections to one database, made as they are needed, each on a thread of its own.
///
/// A connection that turns out to be lost before anything was asked of it is made anew once, so a
/// server that was started again is found without anybody's help.
package final class PostgreSQLPool: Sendable {
  private let url: String
  private let name: String
  private let size: Int
  private let state = Locked(State())

  private struct State {
    var free: [Connection] = []
    var count = 0
    var isClosed = false
    var waiting: [Waiter] = []
    var next: UInt64 = 0
  }

  private struct Waiter {
    let number: UInt64
    /// Gets a connection, or nil: then there is room to make one.
    let continuation: CheckedContinuation<Connection?, any Error>
  }

  package init(url: String, named name: String, size: Int) {
    self.url = url
    self.name = name
    self.size = max(1, size)
  }

  /// Runs `body` in a transaction that starts with `begin`.
  ///
  /// Once it has a connection it is finished even when the task is cancelled. Throws what `body`
  /// throws, `PostgreSQLFailure`s, or `CancellationError` while it waited.
  package func transaction<Value: Sendable>(
    _ begin: String,
    _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
  ) async throws -> Value {
    do {
      return try await attempt(begin, body)
    } catch let failure as PostgreSQLFailure
      where failure.progress == .notBegun && failure.isDisconnected
    {
      // All that are idle may have been lost with this one.
      forgetFree()
      return try await attempt(begin, body)
    }
  }

  /// Connections that are in use end with their transaction.
  package func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      state.free = []
      defer { state.waiting = [] }
      return state.waiting
    }
    for waiter in waiting {
      waiter.continuation.resume(throwing: PostgreSQLFailure(words: "the pool was closed"))
    }
  }

  private func attempt<Value: Sendable>(
    _ begin: String,
    _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
  ) async throws -> Value {
    let connection = try await taken()
    let (result, isUsable) = await connection.perform { [url, name] session in
      try session(url, name).transaction(begin, body)
    }
    giveBack(isUsable ? connection : nil)
    return try result.get()
  }

  private func taken() async throws -> Connection {
    try Task.checkCancellation()
    let number = state.withLock { state in
      state.next += 1
      return state.next
    }
    let given = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        place(Waiter(number: number, continuation: continuation))
      }
    } onCancel: {
      let waiter = state.withLock { state in
        state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
      }
      waiter?.continuation.resume(throwing: CancellationError())
    }
    return given ?? Connection()
  }

  private func place(_ waiter: Waiter) {
    // The handler of a task that is cancelled by now has run already.
    let isCancelled = Task.isCancelled
    let answer: Result<Connection?, any Error>? = state.withLock { state in
      if state.isClosed { return .failure(PostgreSQLFailure(words: "the pool was closed")) }
      if isCancelled { return .failure(CancellationError()) }
      if let connection = state.free.popLast() { return .success(connection) }
      if state.count < size {
        state.count += 1
        return .success(nil)
      }
      state.waiting.append(waiter)
      return nil
    }
    if let answer { waiter.continuation.resume(with: answer) }
  }

  /// Hands the connection, or without one the room for it, to whoever waits longest.
  private func giveBack(_ connection: Connection?) {
    let waiter: Waiter? = state.withLock { state in
      if !state.waiting.isEmpty { return state.waiting.removeFirst() }
      if let connection, !state.isClosed {
        state.free.append(connection)
      } else {
        state.count -= 1
      }
      return nil
    }
    waiter?.continuation.resume(returning: connection)
  }

  private func forgetFree() {
    state.withLock { state in
      state.count -= state.free.count
      state.free = []
    }
  }
}

/// A connection and the queue on which libpq may block.
///
/// `@unchecked Sendable`: `session` is touched on the queue only.
private final class Connection: @unchecked Sendable {
  private let queue = DispatchQueue(label: "lockstep.postgresql")
  private var session: PostgreSQLSession?

  /// Runs `body` on the queue; the flag says whether the connection can be used again.
  func perform<Value: Sendable>(
    _ body: @escaping @Sendable ((String, String) throws -> PostgreSQLSession) throws -> Value
  ) async -> (Result<Value, any Error>, isUsable: Bool) {
    await withCheckedContinuation { continuation in
      queue.async { [self] in
        let result = Result { try body(opened) }
        if session?.isConnected != true { session = nil }
        continuation.resume(returning: (result, session != nil))
      }
    }
  }

  private func opened(_ url: String, _ name: String) throws -> PostgreSQLSession {
    if let session { return session }
    let made = try PostgreSQLSession(to: url, named: name)
    session = made
    return made
  }
}
