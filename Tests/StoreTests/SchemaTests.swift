import Foundation
import GRDB
import Store
import SyncEngine
import SyncModel
import Testing

@Suite struct SchemaTests {
  private let folder: TemporaryFolder
  private var file: String { folder("profile/cache.sqlite") }
  private var profile: String { folder("profile") }

  init() throws { folder = try TemporaryFolder() }

  @Test func `a fresh cache is made with its folder and opens again`() async throws {
    var dice = SeededDice(seed: 10)
    let link = dice.link(1)
    do {
      let cache = try SQLiteCache(folder: profile)
      try await cache.keep([link], forget: [])
      try cache.close()
    }
    let cache = try SQLiteCache(folder: profile)
    #expect(try await cache.links() == [link])
    #expect(try await cache.faults() == [])
  }

  @Test func `only its owner may read the cache`() async throws {
    let cache = try SQLiteCache(folder: profile)
    _ = try await cache.reserveLinkIDs(1)
    #expect(try folder.mode("profile") == 0o700)
    for name in ["cache.sqlite", "cache.sqlite-wal", "cache.sqlite-shm"] {
      #expect(try folder.mode("profile/\(name)") == 0o600, "\(name)")
    }
  }

  @Test func `modes that somebody opened are closed again`() async throws {
    try SQLiteCache(folder: profile).close()
    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: profile)
    try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    let cache = try SQLiteCache(folder: profile)
    #expect(try folder.mode("profile") == 0o700)
    #expect(try folder.mode("profile/cache.sqlite") == 0o600)
    try cache.close()
  }

  /// The snapshot is what the released migrations made.
  ///
  /// Where this fails, a migration was edited: caches of people who have it would never see the
  /// change. Add a migration instead, and its statements to the snapshot.
  @Test func `the tables are those of the snapshot`() throws {
    try SQLiteCache(folder: profile).close()
    let tables = try DatabaseQueue(path: file).read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL
          ORDER BY type = 'index', rowid
          """
      )
    }
    let text = tables.joined(separator: "\n\n") + "\n"
    let snapshot = try #require(
      Bundle.module.url(forResource: "schema", withExtension: "sql", subdirectory: "Snapshots")
    )
    let kept = try String(contentsOf: snapshot, encoding: .utf8)
    if text != kept { print("The tables as they are now:\n\(text)") }
    #expect(text == kept)
  }

  @Test func `each table is strict, so that a column holds what it says`() throws {
    try SQLiteCache(folder: profile).close()
    let loose = try DatabaseQueue(path: file).read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT name FROM pragma_table_list
          WHERE schema = 'main' AND NOT strict AND name NOT LIKE 'sqlite_%'
            AND name <> 'grdb_migrations'
          """
      )
    }
    #expect(loose == [])
  }

  @Test(arguments: [
    "PRAGMA user_version = 99",
    "INSERT INTO grdb_migrations (identifier) VALUES ('99 from the future')",
  ])
  func `a cache of a newer version is refused with its name`(change: String) throws {
    try SQLiteCache(folder: profile).close()
    try DatabaseQueue(path: file).writeWithoutTransaction { try $0.execute(sql: change) }
    for readOnly in [false, true] {
      let error = try #require(throws: StoreFailure.self) {
        try SQLiteCache(folder: profile, readOnly: readOnly)
      }
      #expect(error == .newer(file: file))
      #expect(error.description.contains(file))
      #expect(error.remedy == .stop)
    }
  }

  @Test func `a database of another program is refused and left alone`() throws {
    try FileManager.default.createDirectory(atPath: profile, withIntermediateDirectories: true)
    let other = try DatabaseQueue(path: file)
    try other.write { try $0.execute(sql: "CREATE TABLE note (text TEXT)") }
    try other.close()
    #expect(throws: StoreFailure.foreign(file: file)) { try SQLiteCache(folder: profile) }
    let tables = try DatabaseQueue(path: file).read {
      try String.fetchAll($0, sql: "SELECT name FROM sqlite_master")
    }
    #expect(tables == ["note"])
  }

  @Test func `a cache whose maker was killed before its first table is made whole`() async throws {
    try FileManager.default.createDirectory(atPath: profile, withIntermediateDirectories: true)
    let begun = try DatabaseQueue(path: file)
    var migrator = DatabaseMigrator()
    migrator.registerMigration("never ended") { _ in throw CancellationError() }
    #expect(throws: CancellationError.self) { try migrator.migrate(begun) }
    try begun.close()
    #expect(throws: StoreFailure.absent(file: file)) {
      try SQLiteCache(folder: profile, readOnly: true)
    }
    #expect(try await SQLiteCache(folder: profile).links().isEmpty)
  }

  @Test func `a file that is no database is called damaged`() throws {
    try FileManager.default.createDirectory(atPath: profile, withIntermediateDirectories: true)
    try Data(String(repeating: "no database ", count: 1_000).utf8)
      .write(to: URL(filePath: file))
    #expect(throws: StoreFailure.damaged(file: file)) { try SQLiteCache(folder: profile) }
  }

  @Test func `damage inside the file is found and said`() async throws {
    var dice = SeededDice(seed: 11)
    do {
      let cache = try SQLiteCache(folder: profile)
      var harvest = Harvest()
      harvest.exchange = (0..<500).map { dice.mirroredExchange("item \($0)") }
      try await cache.keep(harvest)
      try cache.close()
    }
    var bytes = try Data(contentsOf: URL(filePath: file))
    for page in stride(from: 60 * 4_096, to: bytes.count - 4_096, by: 8_192) {
      bytes.replaceSubrange(page..<page + 512, with: Data(repeating: 0xA5, count: 512))
    }
    try bytes.write(to: URL(filePath: file))
    let cache = try SQLiteCache(folder: profile)
    #expect(try await cache.faults() != [])
    await #expect(throws: StoreFailure.damaged(file: file)) {
      _ = try await cache.exchangeFacts()
      _ = try await cache.exchangeItems((0..<500).map { ExchangeItemID("item \($0)") })
    }
  }

  @Test func `a reader makes nothing`() throws {
    #expect(throws: StoreFailure.absent(file: file)) {
      try SQLiteCache(folder: profile, readOnly: true)
    }
    #expect(!FileManager.default.fileExists(atPath: profile))
    try FileManager.default.createDirectory(atPath: profile, withIntermediateDirectories: true)
    try Data().write(to: URL(filePath: file))
    #expect(throws: StoreFailure.absent(file: file)) {
      try SQLiteCache(folder: profile, readOnly: true)
    }
  }

  @Test func `a reader leaves an older cache to the next sync`() throws {
    try SQLiteCache(folder: profile).close()
    try DatabaseQueue(path: file).write { try $0.execute(sql: "DELETE FROM grdb_migrations") }
    #expect(throws: StoreFailure.older(file: file)) {
      try SQLiteCache(folder: profile, readOnly: true)
    }
  }

  @Test func `a folder that cannot be made gets a sentence`() throws {
    try Data().write(to: URL(filePath: profile))
    let error = try #require(throws: StoreFailure.self) { try SQLiteCache(folder: profile) }
    #expect(error.description.hasPrefix(profile))
    #expect(error.remedy == .stop)
  }
}
