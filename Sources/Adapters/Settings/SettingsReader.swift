/// Takes typed settings out of a document and remembers every problem on the way.
///
/// A key that was never asked for is a problem too.
struct SettingsReader {
  private let document: SettingsDocument
  private var known: Set<String> = []
  private(set) var problems: [SettingsRefusal.Problem] = []

  init(_ document: SettingsDocument) {
    self.document = document
  }

  mutating func has(_ key: String) -> Bool {
    known.insert(key)
    return document.values[key] != nil
  }

  /// The keys that begin so, sorted.
  func keys(under prefix: String) -> [String] {
    document.values.keys.filter { $0.hasPrefix(prefix) }.sorted()
  }

  /// A setting as it stands in TOML, paths made absolute; nil where it is not set.
  func line(for key: String, _ files: SettingsPaths, paths: Set<String>) -> String? {
    switch document.values[key] {
    case .string(let text)?:
      "\(key) = \(SettingsReader.quoted(paths.contains(key) ? files.absolute(text) : text))"
    case .integer(let number)?: "\(key) = \(number)"
    case .boolean(let flag)?: "\(key) = \(flag)"
    case .strings(let words)?:
      "\(key) = [\(words.map(SettingsReader.quoted).joined(separator: ", "))]"
    case .other?, nil: nil
    }
  }

  /// A basic string of TOML.
  static func quoted(_ text: String) -> String {
    var inside = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": inside += "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        inside += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: inside.unicodeScalars.append(scalar)
      }
    }
    return "\"\(inside)\""
  }

  mutating func line(of key: String) -> Int? { document.line(of: key) }

  mutating func complain(_ key: String, _ sentence: String) {
    problems.append(SettingsRefusal.Problem(line: document.line(of: key), sentence: sentence))
  }

  mutating func string(_ key: String) -> String? {
    switch value(key) {
    case nil: return nil
    case .string(let text)? where text.isEmpty:
      complain(key, "\(key) is empty; leave it out or give it a value.")
    case .string(let text)? where text.unicodeScalars.contains(where: isControl):
      complain(key, "\(key) holds a line end or another control character.")
    case .string(let text)?: return text
    default: complain(key, "\(key) must be a text in quotes.")
    }
    return nil
  }

  mutating func required(_ key: String) -> String? {
    let isThere = has(key)
    if !isThere { complain(key, "\(key) is missing and has no default.") }
    return string(key)
  }

  mutating func integer(_ key: String, _ allowed: ClosedRange<Int>) -> Int? {
    switch value(key) {
    case nil: return nil
    case .integer(let number)? where allowed.contains(number): return number
    default:
      complain(
        key,
        "\(key) must be a whole number from \(allowed.lowerBound) to \(allowed.upperBound)."
      )
      return nil
    }
  }

  mutating func flag(_ key: String) -> Bool? {
    switch value(key) {
    case nil: return nil
    case .boolean(let flag)?: return flag
    default:
      complain(key, "\(key) must be true or false, without quotes.")
      return nil
    }
  }

  mutating func choice<Chosen>(_ key: String, _ allowed: KeyValuePairs<String, Chosen>) -> Chosen? {
    switch value(key) {
    case nil: return nil
    case .string(let text)?:
      if let chosen = allowed.first(where: { $0.key == text }) { return chosen.value }
    default: break
    }
    let names = allowed.map { "\"\($0.key)\"" }
    let list = names.dropLast().joined(separator: ", ")
    complain(key, "\(key) must be \(list) or \(names.last ?? "").")
    return nil
  }

  /// A line for the shell, or words that are run without one.
  mutating func command(_ key: String) -> [String]? {
    switch value(key) {
    case nil: return nil
    case .string(let line)? where !line.isEmpty: return ["/bin/sh", "-c", line]
    case .strings(let words)? where words.first?.isEmpty == false: return words
    default:
      complain(key, "\(key) must be a command as a text, or as a list of words: [\"name\", …].")
      return nil
    }
  }

  /// The pairs of a small table of texts, sorted by name.
  mutating func attributes(_ key: String) -> [(name: String, value: String)]? {
    guard document.tables.contains(key) else {
      if has(key) { complain(key, "\(key) must be a table of texts: { service = \"…\" }.") }
      return nil
    }
    var pairs: [(name: String, value: String)] = []
    for name in document.values.keys.sorted() where name.hasPrefix(key + ".") {
      guard let text = string(name) else { continue }
      pairs.append((String(name.dropFirst(key.utf8.count + 1)), text))
    }
    if pairs.isEmpty { complain(key, "\(key) names no attribute; give at least one.") }
    return pairs.isEmpty ? nil : pairs
  }

  /// A number or a text, for what has both.
  mutating func numberOrText(_ key: String) -> SettingsDocument.Value? {
    switch value(key) {
    case .integer(let number)? where number > 0: return .integer(number)
    case .string?: return string(key).map(SettingsDocument.Value.string)
    case nil: return nil
    default:
      complain(key, "\(key) must be a number above 0 or a text in quotes.")
      return nil
    }
  }

  /// All problems, with the keys that nobody asked for.
  mutating func finish() -> [SettingsRefusal.Problem] {
    let parents = Set(known.flatMap(Self.parents))
    for key in document.values.keys.sorted() where !known.contains(key) {
      // A table that is unknown itself is named once, not with each of its keys.
      let outermost = Self.parents(of: key).first { !parents.contains($0) && $0 != key } ?? key
      complain(outermost, unknown(outermost))
      known.insert(key)
    }
    for table in document.tables.sorted() where !parents.contains(table) && !known.contains(table) {
      complain(table, unknown(table))
    }
    var seen: Set<SettingsRefusal.Problem> = []
    problems = problems.filter { seen.insert($0).inserted }
    return problems
  }

  private mutating func value(_ key: String) -> SettingsDocument.Value? {
    known.insert(key)
    guard let value = document.values[key] else {
      return document.tables.contains(key) ? .other : nil
    }
    return value
  }

  private func unknown(_ key: String) -> String {
    // What is much longer or shorter is not near, and measuring it would take long.
    let candidates = known.filter { $0 != key && abs($0.utf8.count - key.utf8.count) <= 3 }
    let near = candidates.min { distance($0, key) < distance($1, key) }
    if let near, distance(near, key) <= 3 {
      return "“\(key)” is no setting of Lockstep; did you mean \(near)?"
    }
    let shown = key.count > 80 ? key.prefix(79) + "…" : key
    return "“\(shown)” is no setting of Lockstep."
  }

  /// The tables that hold a key, the outermost first.
  private static func parents(of key: String) -> [String] {
    key.indices.filter { key[$0] == "." }.map { String(key[..<$0]) }
  }
}

/// How many letters have to be changed, added or left out to make one word of the other.
private func distance(_ one: String, _ other: String) -> Int {
  let (left, right) = (Array(one.utf8), Array(other.utf8))
  var row = Array(0...right.count)
  for (index, letter) in left.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for (column, wanted) in right.enumerated() {
      let changed = diagonal + (letter == wanted ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
    }
  }
  return row[right.count]
}

private func isControl(_ character: Unicode.Scalar) -> Bool {
  character.value < 0x20 || (0x7F...0x9F).contains(character.value)
}
