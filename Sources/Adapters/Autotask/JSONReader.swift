/// Reads a JSON reply from front to back without building a tree: who asks takes the members they
/// know and skips the rest.
///
/// Forgiving where the PSA is careless (a byte order mark, numbers as text, control characters in
/// texts, lone surrogates), strict where a reply could be cut: every bracket must close and
/// nothing may follow.
struct JSONReader {
  /// Why a reply cannot be read; never quotes it.
  enum Fault: Error, Equatable {
    /// The text ends in the middle.
    case cut
    case notJSON(at: Int)
    case tooDeep
    /// A member that must be there is not, or holds something else.
    case wrong(String)
  }

  private let bytes: [UInt8]
  private var place = 0
  /// True right after an opening bracket, where no comma stands yet.
  private var isFresh = false
  private static let deepest = 64

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
  }

  /// Steps into an object; false where null stands instead.
  mutating func enterObject(_ name: String) throws(Fault) -> Bool {
    try enter("{", name)
  }

  /// Steps into an array; false where null stands instead.
  mutating func enterArray(_ name: String) throws(Fault) -> Bool {
    try enter("[", name)
  }

  /// The next member's key, its value being next to read; nil, and stepped out, at the end.
  mutating func nextKey() throws(Fault) -> String? {
    guard try hasNext(before: "}") else { return nil }
    guard try peek() == UInt8(ascii: "\"") else { throw .notJSON(at: place) }
    let key = try quoted()
    guard try peek() == UInt8(ascii: ":") else { throw .notJSON(at: place) }
    place += 1
    return key
  }

  /// True when an element is next to read; false, and stepped out, at the end.
  mutating func nextElement() throws(Fault) -> Bool { try hasNext(before: "]") }

  /// A text, or a number or boolean as it is spelled; nil for null.
  mutating func text(_ name: String) throws(Fault) -> String? {
    switch try peek() {
    case UInt8(ascii: "\""): return try quoted()
    case UInt8(ascii: "{"), UInt8(ascii: "["): throw .wrong(name)
    default:
      let word = try bareWord()
      return word == "null" ? nil : word
    }
  }

  /// A whole number, written as one or as text; nil for null and for empty text.
  mutating func number(_ name: String) throws(Fault) -> Int64? {
    guard let text = try text(name), !text.isEmpty else { return nil }
    guard let number = Int64(text) else { throw .wrong(name) }
    return number
  }

  /// A boolean, also as 0 or 1 or as text; nil for null and for empty text.
  mutating func flag(_ name: String) throws(Fault) -> Bool? {
    guard let text = try text(name), !text.isEmpty else { return nil }
    switch text.lowercased() {
    case "true", "1": return true
    case "false", "0": return false
    default: throw .wrong(name)
    }
  }

  /// The kind of the value that is next to read, by its first character.
  mutating func isNextText() throws(Fault) -> Bool { try peek() == UInt8(ascii: "\"") }
  mutating func isNextObject() throws(Fault) -> Bool { try peek() == UInt8(ascii: "{") }
  mutating func isNextArray() throws(Fault) -> Bool { try peek() == UInt8(ascii: "[") }

  /// Leaves out a value of any kind.
  mutating func skip() throws(Fault) { try skip(depth: 0) }

  /// Makes sure that nothing follows.
  mutating func finish() throws(Fault) {
    passSpace()
    guard place == bytes.count else { throw .notJSON(at: place) }
  }
}

extension JSONReader {
  private mutating func enter(
    _ bracket: Unicode.Scalar,
    _ name: String
  ) throws(Fault) -> Bool {
    if try peek() == UInt8(ascii: bracket) {
      place += 1
      isFresh = true
      return true
    }
    if bytes[place] == UInt8(ascii: "n"), try bareWord() == "null" { return false }
    throw .wrong(name)
  }

  private mutating func hasNext(before bracket: Unicode.Scalar) throws(Fault) -> Bool {
    let next = try peek()
    if next == UInt8(ascii: bracket) {
      place += 1
      isFresh = false
      return false
    }
    if isFresh {
      isFresh = false
      return true
    }
    guard next == UInt8(ascii: ",") else { throw .notJSON(at: place) }
    place += 1
    // A comma before the closing bracket is no JSON.
    guard try peek() != UInt8(ascii: bracket) else { throw .notJSON(at: place) }
    return true
  }

  private mutating func skip(depth: Int) throws(Fault) {
    guard depth < JSONReader.deepest else { throw .tooDeep }
    switch try peek() {
    case UInt8(ascii: "\""):
      try passQuoted()
    case UInt8(ascii: "{"):
      place += 1
      isFresh = true
      while try nextKey() != nil { try skip(depth: depth + 1) }
    case UInt8(ascii: "["):
      place += 1
      isFresh = true
      while try nextElement() { try skip(depth: depth + 1) }
    default:
      _ = try bareWord()
    }
  }

  private mutating func passSpace() {
    while place < bytes.count {
      switch bytes[place] {
      case 0x20, 0x09, 0x0A, 0x0D: place += 1
      default: return
      }
    }
  }

  private mutating func peek() throws(Fault) -> UInt8 {
    passSpace()
    guard place < bytes.count else { throw .cut }
    return bytes[place]
  }

  /// `true`, `false`, `null` or a number, as it is spelled.
  private mutating func bareWord() throws(Fault) -> String {
    let start = place
    scan: while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "E"):
        place += 1
      default: break scan
      }
    }
    let word = String(decoding: bytes[start..<place], as: UTF8.self)
    if word == "true" || word == "false" || word == "null" { return word }
    let digits = word.hasPrefix("-") ? word.dropFirst() : word[...]
    guard let first = digits.utf8.first, first >= UInt8(ascii: "0"), first <= UInt8(ascii: "9"),
      !word.contains("x"), Double(word) != nil
    else { throw place == bytes.count ? .cut : .notJSON(at: start) }
    return word
  }

  private mutating func passQuoted() throws(Fault) {
    place += 1
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        place += 1
        return
      case UInt8(ascii: "\\"): place += 2
      default: place += 1
      }
    }
    throw .cut
  }

  private mutating func quoted() throws(Fault) -> String {
    let start = place + 1
    try passQuoted()
    let content = bytes[start..<place - 1]
    guard content.contains(UInt8(ascii: "\\")) else {
      return String(decoding: content, as: UTF8.self)
    }
    return String(decoding: try JSONEscapes.undone(in: content), as: UTF8.self)
  }
}

extension JSONReader.Fault: CustomStringConvertible {
  /// The end of a sentence that begins with what was read.
  var description: String {
    switch self {
    case .cut: "it ends in the middle"
    case .notJSON(let place): "it is not JSON at byte \(place)"
    case .tooDeep: "it is nested too deeply"
    case .wrong(let name): "its \(name) is missing or of another type"
    }
  }
}
