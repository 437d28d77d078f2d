/// Why a text is no JSON.
package struct JSONProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String
}

extension JSONValue {
  /// Reads one JSON value; anything but blanks after it is a problem, and so are more than 64
  /// levels.
  package init(parsing bytes: [UInt8]) throws(JSONProblem) {
    var reader = JSONReader(bytes: bytes)
    self = try reader.value(depth: 0)
    try reader.end()
  }
}

private struct JSONReader {
  let bytes: [UInt8]
  var place = 0

  mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
    guard depth < 64 else { throw JSONProblem(description: "The JSON is nested too deeply.") }
    skipBlanks()
    switch peek {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  mutating func end() throws(JSONProblem) {
    skipBlanks()
    if place < bytes.count { throw unexpected }
  }

  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private var unexpected: JSONProblem {
    guard let byte = peek else {
      return JSONProblem(description: "Unexpected end when reading JSON.")
    }
    let character = Character(Unicode.Scalar(byte))
    return JSONProblem(
      description: "Unexpected character encountered while parsing value: \(character)."
    )
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      place += 1
    }
  }

  private mutating func expect(_ byte: UInt8) throws(JSONProblem) {
    skipBlanks()
    guard peek == byte else { throw unexpected }
    place += 1
  }

  private mutating func word(
    _ word: String,
    _ value: JSONValue
  ) throws(JSONProblem) -> JSONValue {
    for byte in word.utf8 {
      guard peek == byte else { throw unexpected }
      place += 1
    }
    return value
  }

  private mutating func object(depth: Int) throws(JSONProblem) -> JSONValue {
    var members: [JSONValue.Member] = []
    try expect(UInt8(ascii: "{"))
    skipBlanks()
    if peek == UInt8(ascii: "}") {
      place += 1
      return .object(members)
    }
    while true {
      skipBlanks()
      guard peek == UInt8(ascii: "\"") else { throw unexpected }
      let name = try string()
      try expect(UInt8(ascii: ":"))
      members.append(JSONValue.Member(name, try value(depth: depth + 1)))
      skipBlanks()
      if peek == UInt8(ascii: ",") {
        place += 1
        continue
      }
      try expect(UInt8(ascii: "}"))
      return .object(members)
    }
  }

  private mutating func array(depth: Int) throws(JSONProblem) -> JSONValue {
    var elements: [JSONValue] = []
    try expect(UInt8(ascii: "["))
    skipBlanks()
    if peek == UInt8(ascii: "]") {
      place += 1
      return .array(elements)
    }
    while true {
      elements.append(try value(depth: depth + 1))
      skipBlanks()
      if peek == UInt8(ascii: ",") {
        place += 1
        continue
      }
      try expect(UInt8(ascii: "]"))
      return .array(elements)
    }
  }

  private mutating func number() throws(JSONProblem) -> JSONValue {
    let start = place
    var isWhole = true
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"): break
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isWhole = false
      default:
        return try number(from: start, isWhole: isWhole)
      }
      place += 1
    }
    return try number(from: start, isWhole: isWhole)
  }

  private mutating func number(
    from start: Int,
    isWhole: Bool
  ) throws(JSONProblem) -> JSONValue {
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    if isWhole, let value = Int64(text) { return .int(value) }
    if let value = Double(text) { return .number(value) }
    place = start
    throw unexpected
  }

  private mutating func string() throws(JSONProblem) -> String {
    place += 1
    var units: [UInt8] = []
    while let byte = peek {
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &units)
      default: units.append(byte)
      }
    }
    throw unexpected
  }

  private mutating func escape(into units: inout [UInt8]) throws(JSONProblem) {
    guard let byte = peek else { throw unexpected }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
    case UInt8(ascii: "b"): units.append(0x08)
    case UInt8(ascii: "f"): units.append(0x0C)
    case UInt8(ascii: "n"): units.append(0x0A)
    case UInt8(ascii: "r"): units.append(0x0D)
    case UInt8(ascii: "t"): units.append(0x09)
    case UInt8(ascii: "u"):
      var codes = [try codeUnit()]
      if UTF16.isLeadSurrogate(codes[0]), place + 1 < bytes.count,
        bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "u")
      {
        place += 2
        codes.append(try codeUnit())
      }
      units.append(contentsOf: String(decoding: codes, as: UTF16.self).utf8)
    default:
      place -= 1
      throw unexpected
    }
  }

  private mutating func codeUnit() throws(JSONProblem) -> UInt16 {
    guard place + 4 <= bytes.count,
      let unit = UInt16(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
    else { throw unexpected }
    place += 4
    return unit
  }
}
