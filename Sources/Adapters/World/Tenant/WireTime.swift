/// The PSA's date-times on the wire: UTC, with or without fraction, `Z` or an offset
/// (`facts/autotask.md` 4.8).
package enum WireTime {
  /// Seconds since 1970 UTC for `yyyy-MM-dd[THH:mm[:ss[.fraction]]][Z|±HH:mm]`; a text without
  /// zone is UTC; nil for anything else.
  package static func seconds(_ text: String) -> Int64? {
    var digits = Digits(text)
    guard let year = digits.number(4), digits.skip("-"), let month = digits.number(2),
      digits.skip("-"), let day = digits.number(2), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    var seconds = Timestamp.daysSince1970(Int(year), Int(month), Int(day)) * 86_400
    if digits.isAtEnd { return seconds }
    guard digits.skip("T") || digits.skip(" "), let hour = digits.number(2), digits.skip(":"),
      let minute = digits.number(2), hour < 24, minute < 60
    else { return nil }
    seconds += hour * 3600 + minute * 60
    if digits.skip(":") {
      guard let second = digits.number(2), second < 60 else { return nil }
      seconds += second
      if digits.skip(".") { digits.skipNumber() }
    }
    if digits.isAtEnd { return seconds }
    if digits.skip("Z") || digits.skip("z") { return digits.isAtEnd ? seconds : nil }
    let east: Int64
    if digits.skip("+") { east = 1 } else if digits.skip("-") { east = -1 } else { return nil }
    guard let hours = digits.number(2) else { return nil }
    _ = digits.skip(":")
    let minutes = digits.isAtEnd ? 0 : digits.number(2)
    guard let minutes, digits.isAtEnd else { return nil }
    return seconds - east * (hours * 3600 + minutes * 60)
  }

  /// `yyyy-MM-ddTHH:mm:ssZ`, with `.000` before the `Z` where asked.
  package static func text(_ seconds: Int64, withFraction: Bool = false) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    Timestamp.write(seconds, to: &bytes)
    if withFraction {
      bytes.removeLast()
      bytes.append(contentsOf: ".000Z".utf8)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

private struct Digits {
  private let bytes: [UInt8]
  private var place = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { place == bytes.count }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  mutating func number(_ width: Int) -> Int64? {
    guard place + width <= bytes.count else { return nil }
    var value: Int64 = 0
    for byte in bytes[place..<place + width] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    place += width
    return value
  }

  mutating func skipNumber() {
    while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) {
      place += 1
    }
  }
}
