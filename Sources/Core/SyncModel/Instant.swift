/// A point in time: whole seconds since 1970-01-01T00:00:00Z.
package struct Instant: Hashable, Comparable, Sendable, Codable {
  package let seconds: Int64

  package init(seconds: Int64) { self.seconds = seconds }

  package static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }

  /// The instant cut down to its minute, the grain in which times are compared (`rules.md` 2).
  package var onTheMinute: Instant {
    Instant(seconds: seconds - ((seconds % 60) + 60) % 60)
  }

  package func advanced(bySeconds distance: Int64) -> Instant {
    Instant(seconds: seconds + distance)
  }

  package func advanced(byDays days: Int) -> Instant {
    Instant(seconds: seconds + Int64(days) * Instant.day)
  }

  package static let hour: Int64 = 3_600
  package static let day = 24 * hour

  /// Whether it lies less than so many seconds before `now`; what lies after it, before a clock was
  /// put back, does not.
  package func isWithin(seconds distance: Int64, before now: Instant) -> Bool {
    self <= now && now < advanced(bySeconds: distance)
  }
}

extension Instant: CustomStringConvertible {
  /// ISO 8601 in UTC with seconds, such as `2026-03-02T08:00:00Z`.
  package var description: String { LocalDateTime(secondsSince1970: seconds).iso8601 + "Z" }

  /// Reads ISO 8601 with `Z`, an offset, or nothing (UTC, `autotask.md` 4.8); a fraction is cut off.
  ///
  /// Nil for anything else.
  package init?(iso8601 text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 16, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
      let date = LocalDate(iso8601: text.prefix(10)),
      let hour = digits(bytes[11..<13]), bytes[13] == UInt8(ascii: ":"),
      let minute = digits(bytes[14..<16]), hour < 25, minute < 60
    else { return nil }
    var second: Int64 = 0
    var rest = bytes[16...]
    if rest.first == UInt8(ascii: ":") {
      guard rest.count >= 3, let read = digits(rest.dropFirst().prefix(2)), read < 61 else {
        return nil
      }
      second = read
      rest = rest.dropFirst(3)
      if rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ",") {
        let fraction = rest.dropFirst()
        rest = fraction.drop { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard rest.count < fraction.count else { return nil }
      }
    }
    guard let offset = Instant.offset(rest), hour < 24 || (minute == 0 && second == 0) else {
      return nil
    }
    self.init(
      seconds: Int64(date.daysSince1970) * 86_400 + hour * 3_600 + minute * 60 + second - offset
    )
  }

  private static func offset(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard let sign = bytes.first else { return 0 }
    if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") { return bytes.count == 1 ? 0 : nil }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
    var numbers = Array(bytes.dropFirst())
    if numbers.count == 5, numbers[2] == UInt8(ascii: ":") { numbers.remove(at: 2) }
    guard numbers.count == 4 || numbers.count == 2, let hours = digits(numbers.prefix(2)),
      let minutes = numbers.count == 4 ? digits(numbers.suffix(2)) : 0, hours < 24, minutes < 60
    else { return nil }
    let distance = hours * 3_600 + minutes * 60
    return sign == UInt8(ascii: "-") ? -distance : distance
  }
}

func digits(_ bytes: some Sequence<UInt8>) -> Int64? {
  var value: Int64 = 0
  var seen = 0
  for byte in bytes {
    guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), seen < 18 else { return nil }
    value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    seen += 1
  }
  return seen > 0 ? value : nil
}

func padded(_ number: Int, _ width: Int) -> String {
  let text = String(number.magnitude)
  return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - text.count)) + text
}
