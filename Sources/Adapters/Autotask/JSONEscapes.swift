/// The escapes inside JSON texts.
enum JSONEscapes {
  /// The characters that are meant, in UTF-8; `content` is what stands between the quotes.
  static func undone(in content: ArraySlice<UInt8>) throws(JSONReader.Fault) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(content.count)
    var index = content.startIndex
    while index < content.endIndex {
      guard content[index] == UInt8(ascii: "\\") else {
        result.append(content[index])
        index += 1
        continue
      }
      // An escape is never the last byte: the closing quote would have been escaped by it.
      switch content[index + 1] {
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
        result.append(content[index + 1])
      case UInt8(ascii: "u"):
        let (scalar, length) = try scalar(content, at: index)
        result.append(contentsOf: String(scalar).utf8)
        index += length
        continue
      default: throw .notJSON(at: index)
      }
      index += 2
    }
    return result
  }

  /// The character of `\uXXXX`, or of two that make a surrogate pair; a lone half becomes U+FFFD.
  private static func scalar(
    _ content: ArraySlice<UInt8>,
    at index: Int
  ) throws(JSONReader.Fault) -> (Unicode.Scalar, length: Int) {
    let first = try codeUnit(content, at: index)
    if let scalar = Unicode.Scalar(first) { return (scalar, 6) }
    let next = index + 6
    guard first < 0xDC00, next + 6 <= content.endIndex, content[next] == UInt8(ascii: "\\"),
      content[next + 1] == UInt8(ascii: "u")
    else { return ("\u{FFFD}", 6) }
    let second = try codeUnit(content, at: next)
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { return ("\u{FFFD}", 6) }
    return (scalar, 12)
  }

  private static func codeUnit(_ content: ArraySlice<UInt8>, at index: Int) throws(JSONReader.Fault)
    -> UInt32
  {
    guard index + 6 <= content.endIndex else { throw .notJSON(at: index) }
    var value: UInt32 = 0
    for byte in content[index + 2..<index + 6] {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
        value = value << 4 | UInt32((byte | 0x20) - UInt8(ascii: "a") + 10)
      default: throw .notJSON(at: index)
      }
    }
    return value
  }
}
