internal import RegistryAPI
internal import SyncModel

/// What stands in a column: all that both engines have in common.
enum SQLValue: Hashable, Sendable {
  case null
  case number(Int64)
  case text(String)
}

/// What can be written into a column.
protocol SQLStorable {
  var sql: SQLValue { get }
}

extension Int64: SQLStorable {
  var sql: SQLValue { .number(self) }
}

extension Int: SQLStorable {
  var sql: SQLValue { .number(Int64(self)) }
}

extension Bool: SQLStorable {
  var sql: SQLValue { .number(self ? 1 : 0) }
}

extension String: SQLStorable {
  /// U+0000 becomes U+FFFD: PostgreSQL has no room for it.
  var sql: SQLValue {
    guard utf8.contains(0) else { return .text(self) }
    return .text(
      String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    )
  }
}

extension Instant: SQLStorable {
  var sql: SQLValue { seconds.sql }
}

extension Optional: SQLStorable where Wrapped: SQLStorable {
  var sql: SQLValue { self?.sql ?? .null }
}

extension RawRepresentable where RawValue: SQLStorable {
  var sql: SQLValue { rawValue.sql }
}

extension AdminName: SQLStorable {}
extension AgentID: SQLStorable {}
extension Outcome: SQLStorable {}
extension PlanDigest: SQLStorable {}
extension ResourceID: SQLStorable {}
extension RunID: SQLStorable {}

/// Reads a row's columns one after another.
struct RowReader {
  private let values: [SQLValue]
  private let table: String
  private var next = 0

  init(_ values: [SQLValue], of table: String) {
    self.values = values
    self.table = table
  }

  private var unreadable: RegistryStoreFailure { .unreadable(table: table) }

  private mutating func value() throws(RegistryStoreFailure) -> SQLValue {
    guard next < values.count else { throw unreadable }
    defer { next += 1 }
    return values[next]
  }

  mutating func optionalText() throws(RegistryStoreFailure) -> String? {
    switch try value() {
    case .null: nil
    case .text(let text): text
    case .number(let number): String(number)
    }
  }

  /// PostgreSQL gives numbers as text.
  mutating func optionalNumber() throws(RegistryStoreFailure) -> Int64? {
    switch try value() {
    case .null: return nil
    case .number(let number): return number
    case .text(let text):
      guard let number = Int64(text) else { throw unreadable }
      return number
    }
  }

  mutating func text() throws(RegistryStoreFailure) -> String {
    guard let text = try optionalText() else { throw unreadable }
    return text
  }

  mutating func number() throws(RegistryStoreFailure) -> Int64 {
    guard let number = try optionalNumber() else { throw unreadable }
    return number
  }

  mutating func count() throws(RegistryStoreFailure) -> Int {
    guard let count = Int(exactly: try number()) else { throw unreadable }
    return count
  }

  mutating func flag() throws(RegistryStoreFailure) -> Bool { try number() != 0 }

  mutating func instant() throws(RegistryStoreFailure) -> Instant {
    Instant(seconds: try number())
  }

  mutating func optionalInstant() throws(RegistryStoreFailure) -> Instant? {
    try optionalNumber().map(Instant.init(seconds:))
  }

  mutating func name<Name: TextIdentity>() throws(RegistryStoreFailure) -> Name {
    Name(rawValue: try text())
  }

  mutating func optionalName<Name: TextIdentity>() throws(RegistryStoreFailure) -> Name? {
    try optionalText().map(Name.init(rawValue:))
  }

  mutating func id<ID: NumberIdentity>() throws(RegistryStoreFailure) -> ID {
    ID(rawValue: try number())
  }

  /// One of the words that a column may hold.
  mutating func optionalWord<Word: RawRepresentable<String>>() throws(RegistryStoreFailure) -> Word?
  {
    guard let text = try optionalText() else { return nil }
    guard let word = Word(rawValue: text) else { throw unreadable }
    return word
  }
}
