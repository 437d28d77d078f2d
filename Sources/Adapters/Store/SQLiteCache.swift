internal import GRDB
package import SyncEngine
package import SyncModel

/// The agent's cache in one SQLite file, `cache.sqlite` (`design.md` 6).
///
/// Write-ahead log and full synchronisation: what a call has committed survives a crash of the
/// machine, and another process may read meanwhile. Folder 0700, file 0600. Calls take turns on
/// one connection. A write is finished even when its task is cancelled. Errors are
/// `StoreFailure`s, or for reads `CancellationError`.
package final class SQLiteCache: SyncCache {
  /// The file's path, for messages.
  package let file: String
  let connection: DatabaseQueue
  private let reporting: Reporting?

  /// Opens the cache in `folder`, making both where they are missing.
  ///
  /// With `readOnly` nothing is made, changed or brought up to date, and the folder may be one that
  /// cannot be written.
  package init(
    folder: String,
    readOnly: Bool = false,
    reporting: Reporting? = nil
  ) throws(StoreFailure) {
    self.reporting = reporting
    file = folder + "/cache.sqlite"
    if readOnly {
      try CacheFile.require(file)
      connection = try SQLiteCache.open(reading: file)
    } else {
      try CacheFile.prepare(folder: folder, file: file)
      connection = try SQLiteCache.open(file: file, readOnly: false) {
        try DatabaseQueue(path: $0, configuration: $1)
      }
    }
  }

  /// Also where SQLite cannot make the log's index that it reads by: then nobody writes, and the file
  /// alone holds everything, unless an agent that was killed left its log.
  private static func open(reading file: String) throws(StoreFailure) -> DatabaseQueue {
    do {
      return try open(file: file, readOnly: true) {
        try DatabaseQueue(path: $0, configuration: $1)
      }
    } catch {
      switch error {
      case .noAccess, .full: break
      default: throw error
      }
      if CacheFile.hasLog(file) {
        if case .noAccess = error, CacheFile.isReadable(file) { throw .closedLog(file: file) }
        throw error
      }
      do {
        return try open(file: file, readOnly: true) {
          try DatabaseQueue(path: CacheFile.unchanging($0), configuration: $1)
        }
      } catch .noAccess, .full {
        throw error
      }
    }
  }

  init(file: String, connection: DatabaseQueue, reporting: Reporting? = nil) {
    self.file = file
    self.connection = connection
    self.reporting = reporting
  }

  /// A cache that is gone with its last reference, for simulations.
  package static func inMemory() throws(StoreFailure) -> SQLiteCache {
    let connection = try open(file: inMemoryName, readOnly: false) {
      try DatabaseQueue(named: nil, configuration: $1)
    }
    return SQLiteCache(file: inMemoryName, connection: connection)
  }

  static let inMemoryName = "in memory"

  private var isInMemory: Bool { file == SQLiteCache.inMemoryName }

  private static func open(
    file: String,
    readOnly: Bool,
    _ connect: (String, Configuration) throws -> DatabaseQueue
  ) throws(StoreFailure) -> DatabaseQueue {
    do {
      var configuration = Configuration()
      configuration.readonly = readOnly
      configuration.busyMode = .timeout(10)
      configuration.label = "lockstep.cache"
      configuration.prepareDatabase { db in
        // About half a MB of pages: the agent is at home on people's machines.
        try db.execute(sql: "PRAGMA cache_size = -500")
      }
      let connection = try connect(file, configuration)
      try connection.read { try CacheFile.check($0, file: file, readOnly: readOnly) }
      if !readOnly {
        try connection.writeWithoutTransaction { db in
          // FULL, not the NORMAL that is usual with a log: an intention must outlive the machine.
          try db.execute(
            sql: """
              PRAGMA journal_mode = WAL;
              PRAGMA synchronous = FULL;
              PRAGMA journal_size_limit = 4194304;
              """
          )
        }
        do {
          try Schema.migrator.migrate(connection)
        } catch {
          // Another process may have made the tables at the same moment.
          guard try connection.read(Schema.migrator.hasCompletedMigrations) else { throw error }
        }
      }
      return connection
    } catch {
      throw StoreFailure(of: error, in: file)
    }
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    do {
      return isInMemory ? try onThisThread(body) : try await connection.read(body)
    } catch {
      throw StoreFailure.cause(of: error, in: file)
    }
  }

  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    if isInMemory { return try writeOnThisThread(body) }
    // GRDB's own async write gives up when the task is cancelled: what was sent to a side could
    // then no longer be recorded.
    let result = await withCheckedContinuation { continuation in
      connection.asyncWrite(body) { _, result in continuation.resume(returning: result) }
    }
    switch result {
    case .success(let value): return value
    case .failure(let error): throw StoreFailure.cause(of: error, in: file)
    }
  }

  // Nothing in memory is worth another thread, and a simulation has but one.

  /// Without the switch that forbids writing meanwhile: it makes every statement be prepared anew.
  private func onThisThread<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try connection.unsafeRead(body)
  }

  private func writeOnThisThread<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do {
      return try connection.write(body)
    } catch {
      throw StoreFailure.cause(of: error, in: file)
    }
  }

  /// Ends the connection; the log is written into the file if no other process has it open.
  package func close() throws(StoreFailure) {
    do {
      try connection.close()
    } catch {
      throw StoreFailure(of: error, in: file)
    }
  }
}

extension SQLiteCache {
  package func positions() async throws -> Positions {
    try await read { try PositionTable.positions(in: $0) }
  }

  /// Items that are gone go first: what was read in the same step is there.
  package func keep(_ harvest: Harvest) async throws {
    try await write { db in
      for id in harvest.exchangeGone { try ExchangeTable.remove(id, in: db) }
      for key in harvest.psaGone { try PSATable.remove(key, in: db) }
      for mirrored in harvest.exchange { try ExchangeTable.keep(mirrored, in: db) }
      for mirrored in harvest.psa { try PSATable.keep(mirrored, in: db) }
      if let rows = harvest.assignments { try AssignmentTable.replace(with: rows, in: db) }
      for coverage in harvest.coverage { try CoverageTable.insert(coverage, in: db) }
      for key in harvest.checked { try ToCheckTable.remove(key, in: db) }
      for item in harvest.toCheck { try ToCheckTable.keep(item, in: db) }
      if let positions = harvest.positions { try PositionTable.keep(positions, in: db) }
    }
  }

  package func exchangeFacts() async throws -> [ExchangeFact] {
    try await read { try ExchangeTable.allFacts(in: $0) }
  }

  package func changedDates(
    of master: ExchangeItemID
  ) async throws -> [ExchangeItem] {
    try await read { try ExchangeTable.dates(of: master, in: $0) }
  }

  package func psaFacts() async throws -> [PSAFact] {
    try await read { try PSATable.allFacts(in: $0) }
  }

  package func assignments() async throws -> [Assignment] {
    try await read { try AssignmentTable.all(in: $0) }
  }

  package func exchangeItems(
    _ ids: [ExchangeItemID]
  ) async throws -> [ExchangeItemID: ExchangeItem] {
    try await read { try ExchangeTable.items(ids, in: $0) }
  }

  package func psaItems(_ ids: [PSAID], of kind: Kind) async throws -> [PSAID: PSAItem] {
    try await read { try PSATable.items(ids, of: kind, in: $0) }
  }

  package func exchangeCount() async throws -> Int {
    try await read { try ExchangeTable.count(in: $0) }
  }

  package func psaIdentities(of query: PSAQuery) async throws -> [PSAID] {
    try await read { try PSATable.identities(of: query, in: $0) }
  }

  package func toCheck() async throws -> [ToCheck] {
    try await read { try ToCheckTable.all(in: $0) }
  }
}

extension SQLiteCache {
  package func intend(_ intents: [Intent], links: [Link]) async throws {
    try await write { db in
      try LinkTable.keep(links, in: db)
      for intent in intents { try JournalTable.insert(intent, in: db) }
    }
  }

  package func markSent(_ run: RunID, _ sequences: [Int]) async throws {
    try await write { try JournalTable.markSent(run, sequences, in: $0) }
  }

  package func settle(_ settlements: [Settlement]) async throws {
    try await write { db in
      for settlement in settlements { try JournalTable.settle(settlement, in: db) }
      try LinkTable.keep(settled: settlements.compactMap(\.link), in: db)
      for settlement in settlements {
        if let id = settlement.exchangeGone { try ExchangeTable.remove(id, in: db) }
        if let key = settlement.psaGone { try PSATable.remove(key, in: db) }
        if let mirrored = settlement.exchange { try ExchangeTable.keep(mirrored, in: db) }
        if let mirrored = settlement.psa { try PSATable.keep(mirrored, in: db) }
        if let id = settlement.contactGone { try ContactTables.remove(exchange: id, in: db) }
        if let contact = settlement.contact { try ContactTables.keep(contact, in: db) }
      }
    }
  }

  package func unsettled() async throws -> [JournalEntry] {
    try await read {
      try JournalTable.entries(where: "status IN ('intended', 'sent')", in: $0)
    }
  }

  package func entries(of run: RunID) async throws -> [JournalEntry] {
    try await read {
      try JournalTable.entries(where: "run = ?", [run.rawValue.databaseValue], in: $0)
    }
  }

  package func deletes() async throws -> [JournalEntry] {
    try await read {
      try JournalTable.entries(where: "verb = 'delete' AND status IN ('done', 'undone')", in: $0)
    }
  }

  /// Drops with the texts what only those runs needed: coverage and undelivered reports.
  package func forgetBefore(_ instant: Instant) async throws {
    try await write { db in
      try JournalTable.dropTexts(ofRunsBefore: instant, in: db)
      try CoverageTable.drop(ofRunsBefore: instant, in: db)
      try OutboxTable.drop(ofRunsBefore: instant, in: db)
    }
  }
}

extension SQLiteCache {
  package func links() async throws -> [Link] {
    try await read { try LinkTable.all(in: $0) }
  }

  package func links(_ ids: Set<LinkID>) async throws -> [Link] {
    try await read { try LinkTable.some(ids, in: $0) }
  }

  package func keep(_ links: [Link], forget: [LinkID]) async throws {
    try await write { try LinkTable.keep(links, forget: forget, in: $0) }
  }

  package func reserveLinkIDs(_ count: Int) async throws -> LinkID {
    try await write { LinkID(try Counter.reserve(.link, count, in: $0)) }
  }
}

extension SQLiteCache {
  package func begin(
    _ purpose: Attempt.Purpose,
    at started: Instant,
    settings: String
  ) async throws -> Attempt {
    try await write { [reporting] db in
      let attempt = Attempt(
        run: RunID(try Counter.reserve(.run, 1, in: db)),
        purpose: purpose,
        started: started,
        settings: settings,
        policy: reporting?.policy
      )
      try RunTable.keep(attempt, in: db)
      try OutboxTable.post(attempt, reporting, in: db)
      return attempt
    }
  }

  package func renumber(_ run: RunID, above floor: RunID) async throws -> Attempt {
    try await write { [reporting] db in
      guard try !JournalTable.hasEntries(of: run, in: db) else {
        throw StoreFailure.journaled(run)
      }
      var number = run
      if run <= floor {
        try Counter.pass(.run, floor.rawValue, in: db)
        number = RunID(try Counter.reserve(.run, 1, in: db))
        try RunTable.renumber(run, to: number, in: db)
      }
      let values = [number.rawValue.databaseValue]
      guard let attempt = try RunTable.attempts(where: "run = ?", values, in: db).first else {
        throw StoreFailure.unknownRun(run)
      }
      if number != run {
        try OutboxTable.giveUp(run, for: attempt, reporting, in: db)
        try OutboxTable.post(attempt, reporting, in: db)
      }
      return attempt
    }
  }

  package func keep(_ attempt: Attempt) async throws {
    try await write { [reporting] db in
      try RunTable.keep(attempt, in: db)
      try OutboxTable.post(attempt, reporting, in: db)
    }
  }

  package func closeInterrupted(before run: RunID) async throws -> [Attempt] {
    try await write { [reporting] db in
      var closed = try RunTable.attempts(
        where: "outcome = 'running' AND run < ?",
        [run.rawValue.databaseValue],
        in: db
      )
      for index in closed.indices {
        closed[index].outcome = .interrupted
        try RunTable.keep(closed[index], in: db)
        try OutboxTable.post(closed[index], reporting, in: db)
      }
      return closed
    }
  }

  package func attempts(limit: Int) async throws -> [Attempt] {
    try await read { try RunTable.attempts(where: "TRUE", [], limit: max(0, limit), in: $0) }
  }

  package func holds() async throws -> [Hold] {
    try await read { try HoldTable.all(in: $0) }
  }

  package func keep(_ holds: [Hold]) async throws {
    try await write { try HoldTable.replace(with: holds, in: $0) }
  }

  package func approve(_ digest: PlanDigest) async throws -> Bool {
    try await write { try HoldTable.approve(digest, in: $0) }
  }
}
