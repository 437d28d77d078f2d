internal import SyncModel

/// What one transaction may ask of the database; used inside it only.
///
/// Places for values are written `?`.
protocol RegistrySession {
  func rows(_ sql: String, _ values: [SQLValue]) throws -> [[SQLValue]]
  /// How many rows it changed.
  func change(_ sql: String, _ values: [SQLValue]) throws -> Int
  /// Makes a table or an index, with `BIGINT`, `TEXT` and `NUMBERED` for types.
  func define(_ sql: String) throws
}

extension RegistrySession {
  func rows(_ sql: String, _ values: any SQLStorable...) throws -> [[SQLValue]] {
    try rows(sql, values.map(\.sql))
  }

  @discardableResult
  func run(_ sql: String, _ values: any SQLStorable...) throws -> Int {
    try change(sql, values.map(\.sql))
  }

  /// The first row; nil where there is none.
  func row(
    of table: String,
    _ sql: String,
    _ values: any SQLStorable...
  ) throws -> RowReader? {
    try rows(sql, values.map(\.sql)).first.map { RowReader($0, of: table) }
  }

  /// The number that a statement gives, 0 where it gives none.
  func count(_ sql: String, _ values: [SQLValue] = []) throws -> Int {
    guard let values = try rows(sql, values).first else { return 0 }
    var row = RowReader(values, of: "count")
    return Int(try row.optionalNumber() ?? 0)
  }
}

/// Whom a change shuts out until it is committed.
enum WriteScope: Hashable, Sendable {
  /// Every other change.
  case everything
  /// Changes of this resource, and those of everything.
  case resource(ResourceID)
}

/// One of the two engines.
protocol RegistryDatabase: Sendable {
  /// For messages; without a password.
  var place: String { get }

  /// Sees one state of the database throughout.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any RegistrySession) throws -> Value
  ) async throws -> Value

  /// The same for a question or two that take no time: where the engine can, without changing the
  /// thread, which costs more than they do.
  func glance<Value: Sendable>(
    _ body: @escaping @Sendable (any RegistrySession) throws -> Value
  ) async throws -> Value

  /// One transaction, on disk when this returns, and all of it or nothing.
  ///
  /// It may run `body` again where it was undone.
  func write<Value: Sendable>(
    _ scope: WriteScope,
    _ body: @escaping @Sendable (any RegistrySession) throws -> Value
  ) async throws -> Value

  /// Microseconds since 1970 by one clock for all processes.
  func stamp() async throws -> Int64
  func backup(to path: String) async throws
  func close() throws
}

extension RegistryDatabase {
  func glance<Value: Sendable>(
    _ body: @escaping @Sendable (any RegistrySession) throws -> Value
  ) async throws -> Value {
    try await read(body)
  }
}

/// Places for so many values in parentheses, as `IN` wants them.
func places(_ count: Int) -> String {
  "(" + Array(repeating: "?", count: count).joined(separator: ", ") + ")"
}
