/// On which line each key of a TOML text stands: TOMLKit gives lines for errors only.
///
/// Right up to the first thing that is no TOML.
struct SettingsLines {
  /// Where the parser of TOMLKit 0.6 would end the whole program.
  struct Trap: Equatable {
    let line: Int
    /// Bytes of the text before it.
    let offset: Int
    /// The end of a sentence about what is no TOML, or no TOML of ours.
    let reason: String
  }

  private(set) var trap: Trap?

  private var lines: [String: Int] = [:]

  init(_ text: String) {
    var scanner = Scanner(bytes: Array(text.utf8))
    var table = ""
    while let start = scanner.nextStatement() {
      let offset = scanner.position
      let isHeader = scanner.current == UInt8(ascii: "[")
      if isHeader, !scanner.isHeaderNamed {
        trap = Trap(
          line: start,
          offset: offset,
          reason: "a table's name has to follow its bracket"
        )
        return
      }
      let name = isHeader ? scanner.header() : scanner.path(until: UInt8(ascii: "="))
      if !isHeader { scanner.skipValue() }
      // Each dot of a key is a table in a table, and each is left by a call of its own.
      guard scanner.dots <= Self.mostDots else {
        trap = Trap(line: start, offset: offset, reason: "its tables are nested too deeply")
        return
      }
      if isHeader { table = name }
      note(isHeader || table.isEmpty ? name : "\(table).\(name)", start)
    }
  }

  /// The line of the key, else of the nearest table that holds it.
  func line(of key: String) -> Int? {
    var key = key[...]
    while true {
      if let line = lines[String(key)] { return line }
      guard let dot = key.lastIndex(of: ".") else { return nil }
      key = key[..<dot]
    }
  }

  /// A key with dots opens the tables that it names.
  private mutating func note(_ key: String, _ line: Int) {
    var key = key[...]
    while lines[String(key)] == nil {
      lines[String(key)] = line
      guard let dot = key.lastIndex(of: ".") else { return }
      key = key[..<dot]
    }
  }

  private static let mostDots = 100

  private struct Scanner {
    let bytes: [UInt8]
    var position = 0
    var line = 1
    /// Of the statement that is read, outside of texts and remarks.
    var dots = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func advance() {
      if current == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }

    /// Moves to the next key or header and returns its line; nil at the end.
    mutating func nextStatement() -> Int? {
      dots = 0
      while let byte = current {
        switch byte {
        case UInt8(ascii: "#"): skipComment()
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"),
          0xEF, 0xBB, 0xBF:
          advance()
        default: return line
        }
      }
      return nil
    }

    /// Whether a name, or the closing bracket, follows one or two opening ones.
    var isHeaderNamed: Bool {
      let bracket = UInt8(ascii: "[")
      let opening = bytes[position...].prefix(2).prefix { $0 == bracket }.count
      let inside = bytes[(position + opening)...].drop { $0 == 0x20 || $0 == 0x09 }
      guard let first = inside.first else { return true }
      switch first {
      case UInt8(ascii: "]"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "_"),
        UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
        return true
      default: return false
      }
    }

    mutating func header() -> String {
      while current == UInt8(ascii: "[") { advance() }
      let name = path(until: UInt8(ascii: "]"))
      while current == UInt8(ascii: "]") { advance() }
      return name
    }

    /// Reads a key with dots; the mark that ends it is consumed.
    mutating func path(until mark: UInt8) -> String {
      var name: [UInt8] = []
      while let byte = current, byte != mark, byte != UInt8(ascii: "\n") {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
          name += string(byte)
        } else {
          if byte == UInt8(ascii: ".") { dots += 1 }
          if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") { name.append(byte) }
          advance()
        }
      }
      if current == mark { advance() }
      return String(decoding: name, as: UTF8.self)
    }

    /// Skips a value to the end of its last line.
    mutating func skipValue() {
      var depth = 0
      while let byte = current {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
          _ = string(byte)
          continue
        case UInt8(ascii: "#"):
          skipComment()
          continue
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
        case UInt8(ascii: "\n") where depth <= 0: return
        case UInt8(ascii: "."): dots += 1
        default: break
        }
        advance()
      }
    }

    private mutating func skipComment() {
      while let byte = current, byte != UInt8(ascii: "\n") {
        _ = byte
        advance()
      }
    }

    /// Consumes a string in one or three quotes and returns what stands between them.
    private mutating func string(_ quote: UInt8) -> [UInt8] {
      var width = 0
      while current == quote, width < 3 {
        advance()
        width += 1
      }
      if width == 2 { return [] }
      var content: [UInt8] = []
      while let byte = current {
        if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
          advance()
          if let escaped = current { content.append(escaped) }
          advance()
        } else if byte == quote, hasQuotes(quote, width) {
          for _ in 0..<width { advance() }
          // A string in three quotes may end in up to five.
          while width == 3, current == quote { advance() }
          return content
        } else {
          content.append(byte)
          advance()
        }
      }
      return content
    }

    private func hasQuotes(_ quote: UInt8, _ width: Int) -> Bool {
      bytes[position...].prefix(width).elementsEqual(repeatElement(quote, count: width))
    }
  }
}
