internal import Foundation
internal import GRDB
internal import Glibc
internal import SyncModel

/// The registry in one SQLite file with a write-ahead log.
///
/// Changes that wait at the same time share one commit, and with it one wait for the disk; each is
/// undone alone where it fails.
final class SQLiteRegistry: RegistryDatabase {
  /// `LKRG`: what `file` says of it.
  static let application = 0x4C4B_5247

  let place: String
  private let pool: DatabasePool
  /// For what every call asks first: who it is.
  private let glances: DatabaseQueue
  private let waiting = WaitingChanges()

  init(path: String) throws {
    place = path
    do {
      try PrivateFile.make(path)
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.maximumReaderCount = 4
      configuration.label = "lockstep.registry"
      configuration.prepareDatabase { db in
        // FULL, not the NORMAL that is usual with a log: what was acknowledged outlives the machine.
        if !db.configuration.readonly { try db.execute(sql: "PRAGMA synchronous = FULL") }
      }
      pool = try DatabasePool(path: path, configuration: configuration)
      try pool.write { db in
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard application == Self.application || (application == 0 && tables == 0) else {
          throw RegistryStoreFailure.foreign(place: path)
        }
        try db.execute(sql: "PRAGMA application_id = \(Self.application)")
      }
      configuration.readonly = true
      configuration.label = "lockstep.registry.glances"
      glances = try DatabaseQueue(path: path, configuration: configuration)
    } catch {
      throw RegistryStoreFailure.cause(of: error, in: path)
    }
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any RegistrySession) throws -> Value
  ) async throws -> Value {
    do {
      return try await pool.read { try body(SQLiteSession(db: $0)) }
    } catch {
      throw RegistryStoreFailure.cause(of: error, in: place)
    }
  }

  func glance<Value: Sendable>(
    _ body: @escaping @Sendable (any RegistrySession) throws -> Value
  ) async throws -> Value {
    do {
      return try Self.atOnce(glances, body)
    } catch {
      throw RegistryStoreFailure.cause(of: error, in: place)
    }
  }

  /// Blocks the caller for some microseconds.
  private static func atOnce<Value>(
    _ queue: DatabaseQueue,
    _ body: (any RegistrySession) throws -> Value
  ) throws -> Value {
    try queue.unsafeRead { try body(SQLiteSession(db: $0)) }
  }

  func write<Value: Sendable>(
    _ scope: WriteScope,
    _ body: @escaping @Sendable (any RegistrySession) throws -> Value
  ) async throws -> Value {
    try Task.checkCancellation()
    let result = await withCheckedContinuation { continuation in
      let isFirst = waiting.add(Change(body, continuation))
      if isFirst { pool.asyncWriteWithoutTransaction { [waiting] in waiting.commit(in: $0) } }
    }
    do {
      return try result.get()
    } catch {
      throw RegistryStoreFailure.cause(of: error, in: place)
    }
  }

  /// All processes are on this machine.
  func stamp() async throws -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }

  func backup(to path: String) async throws {
    do {
      try PrivateFile.makeNew(path)
      let copy = try DatabaseQueue(path: path)
      try pool.backup(to: copy)
      try copy.close()
    } catch {
      throw RegistryStoreFailure.cause(of: error, in: path)
    }
  }

  func close() throws {
    do {
      try glances.close()
      try pool.close()
    } catch {
      throw RegistryStoreFailure.cause(of: error, in: place)
    }
  }
}

private protocol WaitingChange: Sendable {
  /// Alone: what it throws undoes nothing but itself.
  func make(in db: Database)
  /// The same without a way back; false where it throws.
  func makeAtOnce(in db: Database) -> Bool
  /// Called once the change is on disk, or with the reason why it is not.
  func tell(_ failure: (any Error)?)
}

/// `@unchecked Sendable`: `result` is touched on the writer's queue only.
private final class Change<Value: Sendable>: WaitingChange, @unchecked Sendable {
  private let body: @Sendable (any RegistrySession) throws -> Value
  private let continuation: CheckedContinuation<Result<Value, any Error>, Never>
  private var result: Result<Value, any Error>?

  init(
    _ body: @escaping @Sendable (any RegistrySession) throws -> Value,
    _ continuation: CheckedContinuation<Result<Value, any Error>, Never>
  ) {
    self.body = body
    self.continuation = continuation
  }

  func make(in db: Database) {
    result = Result {
      var value: Result<Value, any Error>?
      try db.inSavepoint {
        value = .success(try body(SQLiteSession(db: db)))
        return .commit
      }
      return try (value ?? .failure(RegistryStoreFailure.closed)).get()
    }
  }

  func makeAtOnce(in db: Database) -> Bool {
    result = Result { try body(SQLiteSession(db: db)) }
    if case .success = result { return true }
    return false
  }

  func tell(_ failure: (any Error)?) {
    let told: Result<Value, any Error> =
      failure.map { .failure($0) } ?? result ?? .failure(RegistryStoreFailure.closed)
    continuation.resume(returning: told)
  }
}

/// Changes that were asked for while another was on its way to the disk.
///
/// `@unchecked Sendable`: `changes` is touched under `lock` only.
private final class WaitingChanges: @unchecked Sendable {
  private let lock = NSLock()
  private var changes: [any WaitingChange] = []

  /// True where nobody is asked to commit yet.
  func add(_ change: any WaitingChange) -> Bool {
    lock.withLock {
      changes.append(change)
      return changes.count == 1
    }
  }

  func commit(in db: Database) {
    let changes = lock.withLock {
      defer { self.changes = [] }
      return self.changes
    }
    var failure: (any Error)?
    do {
      if try !commitAtOnce(changes, in: db) {
        try db.inTransaction(.immediate) {
          for change in changes {
            change.make(in: db)
            // Where the disk is full SQLite undoes all of the transaction by itself.
            guard db.isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_FULL) }
          }
          return .commit
        }
      }
    } catch let error {
      failure = error
    }
    for change in changes { change.tell(failure) }
  }

  /// Mostly none is refused, and a savepoint for each costs more than it does; false, with nothing
  /// changed, where one was.
  private func commitAtOnce(_ changes: [any WaitingChange], in db: Database) throws -> Bool {
    var isRefused = false
    try db.inTransaction(.immediate) {
      for change in changes where !isRefused {
        isRefused = !change.makeAtOnce(in: db) || !db.isInsideTransaction
      }
      return isRefused ? .rollback : .commit
    }
    return !isRefused
  }
}

private struct SQLiteSession: RegistrySession {
  let db: Database

  func rows(_ sql: String, _ values: [SQLValue]) throws -> [[SQLValue]] {
    let statement = try db.cachedStatement(sql: sql)
    let cursor = try Row.fetchCursor(statement, arguments: arguments(values))
    var rows: [[SQLValue]] = []
    while let row = try cursor.next() {
      rows.append(
        row.databaseValues.map { value in
          switch value.storage {
          case .null, .blob: .null
          case .int64(let number): .number(number)
          case .double(let number): .text(String(number))
          case .string(let text): .text(text)
          }
        }
      )
    }
    return rows
  }

  func change(_ sql: String, _ values: [SQLValue]) throws -> Int {
    try db.cachedStatement(sql: sql).execute(arguments: arguments(values))
    return db.changesCount
  }

  func define(_ sql: String) throws {
    let types = sql.replacing("NUMBERED", with: "INTEGER PRIMARY KEY AUTOINCREMENT")
      .replacing("BIGINT", with: "INTEGER")
    try db.execute(sql: types.hasPrefix("CREATE TABLE") ? types + " STRICT" : types)
  }

  private func arguments(_ values: [SQLValue]) -> StatementArguments {
    StatementArguments(
      values.map { value in
        switch value {
        case .null: DatabaseValue.null
        case .number(let number): number.databaseValue
        case .text(let text): text.databaseValue
        }
      }
    )
  }
}

extension RegistryStoreFailure {
  /// What was thrown, named by its cause; what callers can answer with stays as it is.
  static func cause(of error: any Error, in place: String) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    return switch error.resultCode {
    case .SQLITE_FULL: RegistryStoreFailure.full(place: place)
    case .SQLITE_BUSY, .SQLITE_LOCKED: RegistryStoreFailure.busy(place: place)
    case .SQLITE_CORRUPT: RegistryStoreFailure.damaged(place: place)
    case .SQLITE_NOTADB: RegistryStoreFailure.foreign(place: place)
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      RegistryStoreFailure.noAccess(path: place, words: error.message ?? "no access")
    case .SQLITE_MISUSE: RegistryStoreFailure.closed
    default:
      RegistryStoreFailure.refused(
        place: place,
        words: "\(error.message ?? "it failed") (\(error.extendedResultCode.rawValue))"
      )
    }
  }
}
