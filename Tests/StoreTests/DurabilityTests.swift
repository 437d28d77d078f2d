import GRDB
import Glibc
import SyncEngine
import SyncModel
import Testing

@testable import Store

@Suite struct DurabilityTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `commits wait for the disk`() async throws {
    let cache = try SQLiteCache(folder: folder.path)
    let settings = try await cache.read { db in
      [
        try String.fetchOne(db, sql: "PRAGMA journal_mode"),
        try String.fetchOne(db, sql: "PRAGMA synchronous"),
        try String.fetchOne(db, sql: "PRAGMA foreign_keys"),
        try String.fetchOne(db, sql: "PRAGMA cache_size"),
        try String.fetchOne(db, sql: "PRAGMA busy_timeout"),
      ]
    }
    #expect(settings == ["wal", "2", "1", "-500", "10000"])
  }

  @Test func `an intention outlives a killed agent, for readers too`() async throws {
    var dice = SeededDice(seed: 20)
    let run = RunID(3)
    let intents = (1...20).map { dice.intent(run, $0) }
    let links = (1...20).map { dice.link($0) }
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
      var dice = SeededDice(seed: 20)
      let cache = try SQLiteCache(folder: path)
      let intents = (1...20).map { dice.intent(RunID(3), $0) }
      let links = (1...20).map { dice.link($0) }
      try await cache.intend(intents, links: links)
      try await cache.markSent(RunID(3), [1, 2])
      kill(getpid(), SIGKILL)
    }
    let reader = try SQLiteCache(folder: folder.path, readOnly: true)
    #expect(try await reader.unsettled().map(\.intent) == intents)
    let cache = try SQLiteCache(folder: folder.path)
    let entries = try await cache.unsettled()
    #expect(entries.map(\.intent) == intents)
    #expect(entries.map(\.status).prefix(3) == [.sent, .sent, .intended])
    #expect(try await cache.links() == links)
    #expect(try await cache.faults() == [])
  }

  @Test func `a write is finished though its task was cancelled`() async throws {
    let cache = try SQLiteCache(folder: folder.path)
    var dice = SeededDice(seed: 21)
    let intent = dice.intent(RunID(1), 1)
    try await cache.intend([intent], links: [])
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await cache.settle([Settlement(run: RunID(1), sequence: 1, status: .done)])
      await #expect(throws: CancellationError.self) { _ = try await cache.links() }
    }
    try await task.value
    #expect(try await cache.entries(of: RunID(1)).map(\.status) == [.done])
  }

  @Test func `another process reads what was committed while one is being written`() async throws {
    let cache = try SQLiteCache(folder: folder.path)
    let first = try await cache.begin(.sync, at: Instant(seconds: 1), settings: "a")
    let reader = try SQLiteCache(folder: folder.path, readOnly: true)
    try await cache.connection.writeWithoutTransaction { db in
      try db.execute(sql: "BEGIN IMMEDIATE; DELETE FROM run")
      #expect(try reader.connection.read { try Int.fetchOne($0, sql: "SELECT run FROM run") } == 1)
      try db.execute(sql: "COMMIT")
    }
    #expect(first.run == RunID(1))
    #expect(try await reader.attempts(limit: 9) == [])
    await #expect(throws: StoreFailure.self) { _ = try await reader.reserveLinkIDs(1) }
  }

  @Test func `two that write take turns`() async throws {
    let path = folder.path
    let numbers = try await withThrowingTaskGroup(of: [Int64].self) { group in
      for _ in 0..<2 {
        group.addTask {
          let cache = try SQLiteCache(folder: path)
          var numbers: [Int64] = []
          for _ in 0..<40 { numbers.append(try await cache.reserveLinkIDs(1).rawValue) }
          return numbers
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(numbers.sorted() == Array(1...80))
  }

  @Test func `a full disk stops the step whole and is tried again later`() async throws {
    let cache = try SQLiteCache(folder: folder.path)
    var dice = SeededDice(seed: 22)
    var harvest = Harvest()
    harvest.exchange = (0..<20).map { dice.mirroredExchange("item \($0)") }
    try await cache.keep(harvest)
    try await cache.connection.writeWithoutTransaction { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages + 4)")
    }
    harvest.exchange = (20..<400).map { dice.mirroredExchange("item \($0)") }
    harvest.exchangeGone = [ExchangeItemID("item 1")]
    let kept = harvest
    let error = await #expect(throws: StoreFailure.self) { try await cache.keep(kept) }
    #expect(error == .full(file: folder("cache.sqlite")))
    #expect(error?.remedy == .retry(after: .seconds(600)))
    #expect(try await cache.exchangeCount() == 20)
  }
}
