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
    var seconds = daysSince1970(year: year, month: month, day: day) * 86_400
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
    let day = Int64((Double(seconds) / 86_400).rounded(.down))
    let rest = seconds - day * 86_400
    let date = civil(daysSince1970: day)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    func append(_ number: Int64, _ width: Int, _ after: String) {
      let text = String(number).utf8
      for _ in 0..<max(0, width - text.count) { bytes.append(UInt8(ascii: "0")) }
      bytes.append(contentsOf: text)
      bytes.append(contentsOf: after.utf8)
    }
    append(date.year, 4, "-")
    append(date.month, 2, "-")
    append(date.day, 2, "T")
    append(rest / 3600, 2, ":")
    append(rest / 60 % 60, 2, ":")
    append(rest % 60, 2, withFraction ? ".000Z" : "Z")
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Days from 1970-01-01 to a date of the Gregorian calendar.
  package static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date so many days after 1970-01-01.
  package static func civil(
    daysSince1970 days: Int64
  ) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
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
