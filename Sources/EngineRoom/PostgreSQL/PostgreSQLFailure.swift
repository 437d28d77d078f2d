/// What PostgreSQL, or the way to it, said.
package struct PostgreSQLFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// How far the work had come when it failed.
  package enum Progress: Hashable, Sendable {
    /// The connection could not be made, or was lost before anything was asked of it.
    case notBegun
    /// Nothing of the transaction is kept.
    case undone
    /// The connection was lost over COMMIT: the transaction may be kept or not.
    case unsettled
  }

  /// Five characters; nil where the server did not answer.
  package let sqlState: String?
  /// The server's own words, or libpq's.
  package let words: String
  /// The connection is of no more use.
  package let isDisconnected: Bool
  package let progress: Progress

  package init(
    sqlState: String? = nil,
    words: String,
    isDisconnected: Bool = false,
    progress: Progress = .undone
  ) {
    self.sqlState = sqlState
    self.words = words
    self.isDisconnected = isDisconnected
    self.progress = progress
  }

  func at(_ progress: Progress) -> PostgreSQLFailure {
    PostgreSQLFailure(
      sqlState: sqlState,
      words: words,
      isDisconnected: isDisconnected,
      progress: progress
    )
  }

  package var description: String { sqlState.map { "\(words) (\($0))" } ?? words }
}
