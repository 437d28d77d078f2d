/// Breaks texts and replies as servers, proxies and attackers do; the same way for the same seed.
package struct Garbler: Sendable {
  private var dice: SplitMix
  private let fragments: [String]
  /// Nothing grows beyond this many bytes.
  private let largest: Int

  package init(seed: UInt64, fragments: [String] = Fragments.text, largest: Int = 256 << 10) {
    dice = SplitMix(seed: seed)
    self.fragments = fragments
    self.largest = largest
  }

  /// The bytes with one to four things done to them.
  package mutating func garbled(_ whole: [UInt8]) -> [UInt8] {
    var bytes = whole
    for _ in 0...number(below: 4) { harm(&bytes) }
    return Array(bytes.prefix(largest))
  }

  /// From 0 up to this number, which is not reached.
  package mutating func number(below limit: Int) -> Int {
    Int(dice.next() % UInt64(max(1, limit)))
  }

  package mutating func one<Choice>(of choices: [Choice]) -> Choice {
    choices[number(below: choices.count)]
  }

  private mutating func harm(_ bytes: inout [UInt8]) {
    switch number(below: 12) {
    case 0: bytes.removeLast(number(below: bytes.count + 1))
    case 1: for _ in 0...number(below: 8) { flip(&bytes) }
    case 2: bytes.removeSubrange(range(of: bytes))
    case 3: bytes.insert(contentsOf: bytes[range(of: bytes)], at: place(in: bytes))
    case 4: swapParts(&bytes)
    case 5, 6: replaceWord(&bytes)
    case 7: bytes.insert(contentsOf: one(of: fragments).utf8, at: place(in: bytes))
    case 8: repeatPart(&bytes)
    case 9: bytes.insert(contentsOf: one(of: Self.badText), at: place(in: bytes))
    case 10: replaceNumber(&bytes)
    default: dropMark(&bytes)
    }
  }
}

extension Garbler {
  private mutating func place(in bytes: [UInt8]) -> Int { number(below: bytes.count + 1) }

  private mutating func range(of bytes: [UInt8]) -> Range<Int> {
    let start = place(in: bytes)
    // Mostly something small; now and then anything up to the end.
    let length = number(below: number(below: 8) == 0 ? bytes.count - start + 1 : 64)
    return start..<min(bytes.count, start + length)
  }

  private mutating func flip(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    let place = number(below: bytes.count)
    bytes[place] =
      number(below: 2) == 0
      ? bytes[place] ^ UInt8(1 << number(below: 8)) : UInt8(number(below: 256))
  }

  private mutating func swapParts(_ bytes: inout [UInt8]) {
    let (one, other) = (range(of: bytes), range(of: bytes))
    guard one.upperBound <= other.lowerBound else { return }
    let (first, second) = (bytes[one], bytes[other])
    bytes.replaceSubrange(other, with: first)
    bytes.replaceSubrange(one, with: second)
  }

  /// What stands between two marks of the format becomes something else.
  private mutating func replaceWord(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    let start = number(below: bytes.count)
    let from = bytes[..<start].lastIndex(where: Self.isMark).map { $0 + 1 } ?? 0
    let to = bytes[start...].firstIndex(where: Self.isMark) ?? bytes.count
    guard from <= to else { return }
    bytes.replaceSubrange(from..<to, with: one(of: fragments).utf8)
  }

  /// Elements that come again and again, nesting that does not end.
  private mutating func repeatPart(_ bytes: inout [UInt8]) {
    let part = Array(bytes[range(of: bytes)])
    guard !part.isEmpty else { return }
    let times = min(one(of: [2, 10, 200, 2_000]), largest / part.count)
    bytes.insert(
      contentsOf: repeatElement(part, count: times).joined(),
      at: place(in: bytes)
    )
  }

  private mutating func replaceNumber(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    let start = number(below: bytes.count)
    guard let from = bytes[start...].firstIndex(where: Self.isDigit) else { return }
    let to = bytes[from...].firstIndex { !Self.isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(from..<to, with: one(of: Fragments.numbers).utf8)
  }

  private mutating func dropMark(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    let start = number(below: bytes.count)
    guard let mark = bytes[start...].firstIndex(where: Self.isMark) else { return }
    if number(below: 2) == 0 {
      bytes.remove(at: mark)
    } else {
      bytes.insert(bytes[mark], at: mark)
    }
  }

  private static func isMark(_ byte: UInt8) -> Bool {
    "<>\"'{}[]:,;=/&\n ".utf8.contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// What no UTF-8 text holds, and what no line of a text should.
  private static let badText: [[UInt8]] = [
    [0x00], [0x07], [0x1B, 0x5B, 0x32, 0x4A], [0x7F], [0x80], [0xC0, 0x80], [0xC2, 0x9B],
    [0xED, 0xA0, 0x80], [0xEF, 0xBF, 0xBE], [0xEF, 0xBB, 0xBF], [0xF4, 0x90, 0x80, 0x80],
    [0xFE, 0xFF], [0xFF], [0xE2, 0x80, 0xAE], [0xE2, 0x80, 0xA8],
  ]
}

/// What a garbler puts where something else belongs.
package enum Fragments {
  package static let numbers = [
    "0", "-1", "00", "1e309", "-9223372036854775808", "9223372036854775807",
    "18446744073709551616", "99999999999999999999999999999999", "4294967295", "2147483648", "1.5",
    "0x10", "", "NaN", "+1", "1_000",
  ]

  package static let moments = [
    "0000-00-00T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "-0001-01-01T00:00:00Z",
    "2026-02-30T25:61:61Z", "2026-11-23", "2026-11-23T09:00:00+99:99", "99999-01-01T00:00:00Z",
    "1601-01-01T00:00:00Z", "4500-09-01", "0001-01-01",
  ]

  package static let text =
    numbers + moments + [
      "null", "true", "\u{1B}]0;title\u{7}", "'; DROP TABLE link; --", "../../etc/passwd",
      "%n%s%x", "http://127.0.0.2:9/elsewhere", String(repeating: "A", count: 70_000),
    ]

  package static let xml =
    text + [
      "&#x1B;[2J", "&#0;", "&#xFFFFFFFF;", "&lol9;", "&", "<", "]]>", "<![CDATA[", "<!--", "-->",
      "<?xml version=\"1.0\" encoding=\"UTF-16\"?>", "<!DOCTYPE a [<!ENTITY b \"c\">]>",
      String(repeating: "<t:Items>", count: 500), "<t:CalendarItem/>", "</m:ResponseMessages>",
      " xmlns=\"\"", " xmlns:t=\"urn:other\"", "<x:y/>", "ErrorItemNotFound", "NoError",
    ]

  package static let json =
    text + [
      "\\u0000", "\\ud800", "\\u001b[2J", "\\", "\"", "{}", "[]", "{\"id\":1}", "[[[[",
      String(repeating: "[", count: 5_000), String(repeating: "{\"a\":", count: 5_000),
      "\"id\":null", "{\"item\":{\"item\":{}}}", "1e999999999",
      String(repeating: "9", count: 5_000),
    ]

  package static let toml =
    text + [
      "[exchange]", "[[exchange]]", "[exchange.url]", "= = =", "\"\"\"", "'''", "{ a = { b = 1 } }",
      "\\u0000", "\\UFFFFFFFF", "1979-05-27T07:32:00Z", "inf", "0b1",
      String(repeating: "[", count: 3_000),
      String(repeating: "a.", count: 3_000) + "b = 1", "\r", "#",
    ]
}
