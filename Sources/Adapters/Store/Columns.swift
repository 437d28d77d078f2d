internal import FoundationEssentials
internal import GRDB
internal import SyncModel

/// A column that holds what this version cannot read.
struct UnreadableColumn: Error {
  let table: String
}

/// Reads a row's columns from left to right, each one once.
struct ColumnReader {
  private let row: Row
  private let table: String
  private let words: Interner?
  private var position = 0

  init(_ row: Row, of table: String, sharing words: Interner? = nil) {
    self.row = row
    self.table = table
    self.words = words
  }

  private mutating func next<Value: DatabaseValueConvertible & StatementColumnConvertible>()
    throws -> Value
  {
    defer { position += 1 }
    return try row.decode(Value.self, atIndex: position)
  }

  mutating func skip(_ count: Int = 1) { position += count }
  mutating func text() throws -> String { try next() }
  mutating func optionalText() throws -> String? { try next() }
  mutating func number() throws -> Int64 { try next() }
  mutating func optionalNumber() throws -> Int64? { try next() }
  mutating func count() throws -> Int { try next() }
  mutating func optionalCount() throws -> Int? { try next() }
  mutating func flag() throws -> Bool { try number() != 0 }
  mutating func instant() throws -> Instant { Instant(seconds: try number()) }
  mutating func optionalInstant() throws -> Instant? {
    try optionalNumber().map(Instant.init(seconds:))
  }

  /// Text that many rows share; kept once for all of them.
  mutating func shared() throws -> String {
    let text = try text()
    return words?.shared(text) ?? text
  }

  mutating func optionalShared() throws -> String? {
    guard let text = try optionalText() else { return nil }
    return words?.shared(text) ?? text
  }

  mutating func word<Word: RawRepresentable<String>>(_ type: Word.Type = Word.self) throws -> Word {
    guard let word = Word(rawValue: try text()) else { throw unreadable }
    return word
  }

  mutating func optionalWord<Word: RawRepresentable<String>>(
    _ type: Word.Type = Word.self
  ) throws -> Word? {
    guard let text = try optionalText() else { return nil }
    guard let word = Word(rawValue: text) else { throw unreadable }
    return word
  }

  mutating func date() throws -> LocalDate { try day(number()) }
  mutating func optionalDate() throws -> LocalDate? { try optionalNumber().map(day) }

  private func day(_ number: Int64) throws -> LocalDate {
    guard let days = Int32(exactly: number) else { throw unreadable }
    return LocalDate(daysSince1970: days)
  }

  mutating func fingerprint() throws -> Fingerprint {
    guard let fingerprint = try optionalFingerprint() else { throw unreadable }
    return fingerprint
  }

  mutating func optionalFingerprint() throws -> Fingerprint? {
    guard let bytes: Data = try next() else { return nil }
    guard bytes.count == 16 else { throw unreadable }
    return bytes.withUnsafeBytes {
      Fingerprint(
        high: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }

  mutating func prints() throws -> ContentPrints {
    ContentPrints(
      title: try fingerprint(),
      text: try fingerprint(),
      place: try fingerprint(),
      privacy: try fingerprint(),
      showAs: try fingerprint()
    )
  }

  mutating func optionalPrints() throws -> ContentPrints? {
    guard let title = try optionalFingerprint() else {
      skip(4)
      return nil
    }
    return ContentPrints(
      title: title,
      text: try fingerprint(),
      place: try fingerprint(),
      privacy: try fingerprint(),
      showAs: try fingerprint()
    )
  }

  /// Nil also for the fields of another version: they are compared anew.
  mutating func optionalCard() throws -> ContactPrints? {
    guard let bytes: Data = try next() else { return nil }
    return ContactPrints(
      stride(from: 0, to: bytes.count - 15, by: 16).map { start in
        bytes.withUnsafeBytes {
          Fingerprint(
            high: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: start, as: UInt64.self)),
            low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self))
          )
        }
      }
    )
  }

  /// A value kept as JSON.
  mutating func optionalValue<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value? {
    guard let text = try optionalText() else { return nil }
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw unreadable
    }
  }

  mutating func reference() throws -> Reference {
    guard let reference = Reference(letters: try text()) else { throw unreadable }
    return reference
  }

  mutating func optionalReference() throws -> Reference? {
    guard let text = try optionalText() else { return nil }
    guard let reference = Reference(letters: text) else { throw unreadable }
    return reference
  }

  mutating func optionalStamp() throws -> Stamp? {
    guard let text = try optionalText() else { return nil }
    guard let stamp = Stamp(text) else { throw unreadable }
    return stamp
  }

  mutating func when() throws -> When {
    guard let when = try optionalWhen() else { throw unreadable }
    return when
  }

  mutating func optionalWhen() throws -> When? {
    guard let isAllDay = try optionalNumber() else {
      skip(3)
      return nil
    }
    let start = try number()
    let end = try number()
    let zone = try optionalShared().map(ZoneName.init(rawValue:))
    guard isAllDay != 0 else {
      return .timed(start: Instant(seconds: start), end: Instant(seconds: end), zone: zone)
    }
    return .allDay(first: try day(start / 86_400), afterLast: try day(end / 86_400))
  }

  /// A list kept as JSON; NULL is an empty one.
  mutating func list<Element: Decodable>(_ type: Element.Type = Element.self) throws -> [Element] {
    guard let text = try optionalText() else { return [] }
    do {
      return try JSONDecoder().decode([Element].self, from: Data(text.utf8))
    } catch {
      throw unreadable
    }
  }

  private var unreadable: UnreadableColumn { UnreadableColumn(table: table) }
}

/// Collects a row's values from left to right.
struct ColumnWriter {
  private(set) var values: [DatabaseValue] = []

  init(capacity: Int) { values.reserveCapacity(capacity) }

  mutating func add(_ text: String?) { values.append(text?.databaseValue ?? .null) }
  mutating func add(_ number: Int64?) { values.append(number?.databaseValue ?? .null) }
  mutating func add(_ count: Int?) { values.append(count?.databaseValue ?? .null) }
  mutating func add(_ flag: Bool) { values.append(flag.databaseValue) }
  mutating func add(_ instant: Instant?) { add(instant?.seconds) }
  mutating func add(_ date: LocalDate?) { add(date.map { Int64($0.daysSince1970) }) }
  mutating func add(_ reference: Reference?) { add(reference?.description) }
  mutating func add(_ identity: (some NumberIdentity)?) { add(identity?.rawValue) }
  mutating func add(word: (some RawRepresentable<String>)?) { add(word?.rawValue) }

  mutating func add(_ fingerprint: Fingerprint?) {
    guard let fingerprint else { return values.append(.null) }
    var bytes = Data(capacity: 16)
    withUnsafeBytes(of: fingerprint.high.bigEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: fingerprint.low.bigEndian) { bytes.append(contentsOf: $0) }
    values.append(bytes.databaseValue)
  }

  mutating func add(_ card: ContactPrints?) {
    guard let card else { return values.append(.null) }
    var bytes = Data(capacity: 16 * card.all.count)
    for print in card.all {
      for half in [print.high, print.low] {
        withUnsafeBytes(of: half.bigEndian) { bytes.append(contentsOf: $0) }
      }
    }
    values.append(bytes.databaseValue)
  }

  /// A value as JSON.
  mutating func add(value: (some Encodable)?) throws {
    guard let value else { return values.append(.null) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    add(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  mutating func add(_ prints: ContentPrints?) {
    add(prints?.title)
    add(prints?.text)
    add(prints?.place)
    add(prints?.privacy)
    add(prints?.showAs)
  }

  mutating func add(_ when: When?) {
    switch when {
    case .timed(let start, let end, let zone):
      add(false)
      add(start)
      add(end)
      add(word: zone)
    case .allDay(let first, let afterLast):
      add(true)
      add(Int64(first.daysSince1970) * 86_400)
      add(Int64(afterLast.daysSince1970) * 86_400)
      values.append(.null)
    case nil:
      values += Array(repeating: .null, count: 4)
    }
  }

  /// A list as JSON, an empty one as NULL.
  mutating func add(list: [some Encodable]) throws {
    guard !list.isEmpty else { return values.append(.null) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    add(String(decoding: try encoder.encode(list), as: UTF8.self))
  }
}

/// The names of a table's columns in the order in which they are written and read.
struct ColumnNames {
  let names: [String]

  init(_ names: [String]) { self.names = names }

  static func + (left: ColumnNames, right: ColumnNames) -> ColumnNames {
    ColumnNames(left.names + right.names)
  }

  static func prints(_ prefix: String) -> ColumnNames {
    ColumnNames(["title", "text", "place", "privacy", "show_as"].map { "\(prefix)_\($0)" })
  }

  static func when(_ prefix: String = "") -> ColumnNames {
    ColumnNames(["is_all_day", "starts", "ends", "zone"].map { prefix + $0 })
  }

  var list: String { names.joined(separator: ", ") }

  func list(of alias: String) -> String {
    names.map { "\(alias).\($0)" }.joined(separator: ", ")
  }

  var places: String { names.map { _ in "?" }.joined(separator: ", ") }

  /// `a = excluded.a, …` for the columns that are no part of the key.
  func assignments(except key: Set<String>) -> String {
    names.filter { !key.contains($0) }.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
  }
}

/// Keeps one copy of texts that many rows share.
final class Interner {
  private var known: Set<String> = []

  /// Texts of up to 15 bytes need no memory of their own and are returned as they are.
  func shared(_ text: String) -> String {
    guard text.utf8.count > 15 else { return text }
    return known.insert(text).memberAfterInsert
  }
}

extension Database {
  /// Runs a statement that is kept for its next use.
  func run(_ sql: String, _ values: [DatabaseValue]) throws {
    try cachedStatement(sql: sql).execute(arguments: StatementArguments(values))
  }

  /// Calls `body` for each row of a statement that is kept for its next use.
  func forEachRow(
    _ sql: String,
    _ values: [DatabaseValue] = [],
    _ body: (Row) throws -> Void
  ) throws {
    let statement = try cachedStatement(sql: sql)
    let rows = try Row.fetchCursor(statement, arguments: StatementArguments(values))
    while let row = try rows.next() { try body(row) }
  }
}
