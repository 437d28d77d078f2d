/// The text of one element, as the bytes that were read; made into a String only where wanted.
///
/// Valid during the call that brought it.
struct WireText {
  let bytes: UnsafeBufferPointer<UInt8>

  /// Everything, blanks included.
  var string: String { String(decoding: bytes, as: UTF8.self) }

  /// Without white space at either end, which servers put around codes (`ews.md` 6.2).
  var token: String {
    let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }),
      let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }

  /// `true`, `false`, `1` or `0`.
  var boolean: Bool? {
    switch token {
    case "true", "1": true
    case "false", "0": false
    default: nil
    }
  }

  var number: Int? { Int(token) }
}

extension String {
  /// A stranger's words on one line, at most 300 characters, without what moves a terminal's cursor.
  var asServersWords: String {
    let line = split { character in
      character.isWhitespace
        || character.unicodeScalars.contains {
          $0.properties.generalCategory == .control || $0.properties.isBidiControl
        }
    }
    .joined(separator: " ")
    return line.count > 300 ? line.prefix(299) + "…" : line
  }
}
