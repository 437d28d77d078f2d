/// What PostgreSQL, or the way to it, said.
package struct PostgreSQLFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// Five characters; nil where there was no answer.
  package let sqlState: String?
  /// The server's own words, or libpq's.
  package let words: String
  /// The connection is gone; what was under way may have been done or not.
  package let isDisconnected: Bool

  package init(sqlState: String?, words: String, isDisconnected: Bool = false) {
    self.sqlState = sqlState
    self.words = words
    self.isDisconnected = isDisconnected
  }

  package var description: String { sqlState.map { "\(words) (\($0))" } ?? words }
}
