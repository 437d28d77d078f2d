/// Where the registry keeps what it knows.
package enum RegistryLocation: Hashable, Sendable {
  case sqlite(path: String)
  /// `postgres://…`; may hold a password and is never shown.
  case postgres(url: String)

  /// As it stands in the settings: a PostgreSQL URL or a file's path.
  package init(_ text: String) {
    let isURL = ["postgres://", "postgresql://"].contains { text.hasPrefix($0) }
    self = isURL ? .postgres(url: text) : .sqlite(path: text)
  }
}

/// All that the registry knows, in SQLite or in PostgreSQL.
///
/// Each call is one transaction, and is on disk when it returns. Errors are `RegistryProblem`s where
/// the caller can answer with one, else `RegistryStoreFailure`s, or `CancellationError` where
/// nothing was begun yet.
package struct RegistryStore: Sendable {
  package typealias Dice = @Sendable (Int) throws -> [UInt8]

  let database: any RegistryDatabase
  let seal: Seal

  var dice: Dice { seal.dice }

  init(_ database: some RegistryDatabase, keyFile: String, dice: @escaping Dice) async throws {
    self.database = database
    seal = Seal(file: keyFile, dice: dice)
    try await RegistrySchema.migrate(database)
  }

  /// Opens the database, and makes or brings up to date its tables.
  ///
  /// - Parameters:
  ///   - keyFile: holds the key that the account's password and waiting mails are sealed with; made
  ///     with mode 0600 where it is missing and needed
  ///   - dice: random bytes that nobody can guess
  package static func open(
    _ location: RegistryLocation,
    keyFile: String,
    dice: @escaping Dice
  ) async throws -> RegistryStore {
    switch location {
    case .sqlite(let path):
      try await RegistryStore(SQLiteRegistry(path: path), keyFile: keyFile, dice: dice)
    case .postgres(let url):
      try await RegistryStore(PostgreSQLRegistry(url: url), keyFile: keyFile, dice: dice)
    }
  }

  /// Microseconds since 1970, by which readings of several processes are told apart.
  package func stamp() async throws -> Int64 { try await database.stamp() }

  package func close() throws { try database.close() }

  /// A consistent copy in a new file, made while others read and write.
  ///
  /// SQLite only: of PostgreSQL `pg_dump` makes copies. What is sealed needs the key's file too.
  package func backup(to path: String) async throws { try await database.backup(to: path) }

  /// Throws where the database does not answer.
  package func ping() async throws {
    _ = try await database.read { db in try db.count("SELECT count(*) FROM registry_schema") }
  }
}
