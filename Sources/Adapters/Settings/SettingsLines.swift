/// On which line each key of a TOML text stands: TOMLKit gives lines for errors only.
///
/// Trusts that the text is valid TOML.
struct SettingsLines {
  private var lines: [String: Int] = [:]

  init(_ text: String) {
    var scanner = Scanner(bytes: Array(text.utf8))
    var table = ""
    while let start = scanner.nextStatement() {
      if scanner.current == UInt8(ascii: "[") {
        table = scanner.header()
        note(table, start)
      } else {
        let key = scanner.path(until: UInt8(ascii: "="))
        note(table.isEmpty ? key : "\(table).\(key)", start)
        scanner.skipValue()
      }
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

  private struct Scanner {
    let bytes: [UInt8]
    var position = 0
    var line = 1

    init(bytes: [UInt8]) { self.bytes = bytes }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func advance() {
      if current == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }

    /// Moves to the next key or header and returns its line; nil at the end.
    mutating func nextStatement() -> Int? {
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
