import TOMLKit

/// The text of a settings file as keys with dots, each with its value and line.
struct SettingsDocument {
  enum Value: Equatable {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case strings([String])
    /// A kind of value that no setting has.
    case other
  }

  /// The values by their keys, such as `exchange.port`.
  let values: [String: Value]
  /// Tables that the file opens, empty ones too.
  let tables: Set<String>
  private let lines: SettingsLines

  init(_ text: String) throws(SettingsRefusal.Problem) {
    lines = SettingsLines(text)
    var values: [String: Value] = [:]
    var tables: Set<String> = []
    let trap = lines.trap
    let readable = trap.map { String(decoding: text.utf8.prefix($0.offset), as: UTF8.self) }
    do {
      Self.collect(try TOMLTable(string: readable ?? text), under: "", &values, &tables)
    } catch let error as TOMLParseError {
      throw SettingsRefusal.Problem(
        line: error.source.begin.line,
        sentence: "This is no TOML: \(Self.sentence(error.description))"
      )
    } catch {
      throw SettingsRefusal.Problem(line: nil, sentence: "This is no TOML: \(error)")
    }
    if let trap {
      throw SettingsRefusal.Problem(line: trap.line, sentence: "This is no TOML: \(trap.reason).")
    }
    self.values = values
    self.tables = tables
  }

  /// Where the key stands; a key inside `{ }` has the line of what holds it.
  func line(of key: String) -> Int? { lines.line(of: key) }

  private static func collect(
    _ table: TOMLTable,
    under prefix: String,
    _ values: inout [String: Value],
    _ tables: inout Set<String>
  ) {
    for (name, value) in table {
      let key = prefix + name
      if let inner = value.table {
        tables.insert(key)
        collect(inner, under: key + ".", &values, &tables)
      } else {
        values[key] = Self.value(value.tomlValue)
      }
    }
  }

  private static func value(_ value: TOMLValue) -> Value {
    switch value.type {
    case .string: value.string.map(Value.string) ?? .other
    case .int: value.int.map(Value.integer) ?? .other
    case .bool: value.bool.map(Value.boolean) ?? .other
    case .array: value.array.flatMap(strings) ?? .other
    case .table, .double, .date, .time, .dateTime: .other
    }
  }

  private static func strings(_ array: TOMLArray) -> Value? {
    let words = array.compactMap { $0.type == .string ? $0.string : nil }
    return words.count == array.count ? .strings(words) : nil
  }

  private static func sentence(_ text: String) -> String {
    text.hasSuffix(".") ? text : text + "."
  }
}

extension SettingsRefusal.Problem: Error {}
