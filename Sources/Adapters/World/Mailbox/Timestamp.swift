/// Reads and writes the date-times of XML Schema, in the proleptic Gregorian calendar.
package enum Timestamp {
  /// What a text says: a wall clock counted as if UTC, and the offset if it names one.
  package struct Reading: Equatable, Sendable {
    package let wallClock: Int64
    /// Seconds east of UTC; nil when the text has no zone designator.
    package let offset: Int?

    package init(wallClock: Int64, offset: Int?) {
      self.wallClock = wallClock
      self.offset = offset
    }
  }

  /// `2026-03-02T08:00:00Z`.
  package static func text(_ instant: Int64) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(20)
    write(instant, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes `2026-03-02T08:00:00Z` without a string between.
  package static func write(_ instant: Int64, to bytes: inout [UInt8]) {
    let day = floorDivide(instant, 86_400)
    let second = instant - day * 86_400
    let date = civil(day)
    digits(date.year, 4, to: &bytes)
    bytes.append(0x2D)
    digits(date.month, 2, to: &bytes)
    bytes.append(0x2D)
    digits(date.day, 2, to: &bytes)
    bytes.append(0x54)
    digits(Int(second / 3_600), 2, to: &bytes)
    bytes.append(0x3A)
    digits(Int(second / 60 % 60), 2, to: &bytes)
    bytes.append(0x3A)
    digits(Int(second % 60), 2, to: &bytes)
    bytes.append(0x5A)
  }

  /// Reads an `xs:dateTime` or `xs:date`; nil for anything else.
  ///
  /// Fractions of a second are dropped.
  package static func reading(_ text: String) -> Reading? {
    let letters = Array(text.utf8)
    guard letters.count >= 10, letters[4] == 0x2D, letters[7] == 0x2D,
      let year = number(letters, 0, 4), let month = number(letters, 5, 2),
      let day = number(letters, 8, 2), (1...12).contains(month),
      (1...length(ofMonth: month, year: year)).contains(day)
    else { return nil }
    var clock = daysSince1970(year, month, day) * 86_400
    var rest = 10
    if letters.count > 10, letters[10] == 0x54 {
      guard letters.count >= 19, letters[13] == 0x3A, letters[16] == 0x3A,
        let hour = number(letters, 11, 2), let minute = number(letters, 14, 2),
        let second = number(letters, 17, 2), hour < 24, minute < 60, second < 60
      else { return nil }
      clock += Int64(hour * 3_600 + minute * 60 + second)
      rest = 19
      if letters.count > rest, letters[rest] == 0x2E {
        rest += 1
        while rest < letters.count, (0x30...0x39).contains(letters[rest]) { rest += 1 }
      }
    }
    switch letters.count - rest {
    case 0:
      return Reading(wallClock: clock, offset: nil)
    case 1 where letters[rest] == 0x5A:
      return Reading(wallClock: clock, offset: 0)
    case 6:
      guard letters[rest] == 0x2B || letters[rest] == 0x2D, letters[rest + 3] == 0x3A,
        let hours = number(letters, rest + 1, 2), let minutes = number(letters, rest + 4, 2),
        hours <= 14, minutes < 60
      else { return nil }
      let offset = hours * 3_600 + minutes * 60
      return Reading(wallClock: clock, offset: letters[rest] == 0x2D ? -offset : offset)
    default:
      return nil
    }
  }

  /// `2026-03-02` of a day counted since 1970.
  package static func date(_ day: Int64) -> String { String(text(day * 86_400).prefix(10)) }

  /// The day of a local date `yyyy-mm-dd`, counted since 1970; nil for anything else.
  package static func day(_ date: String) -> Int64? {
    guard date.utf8.count == 10, let reading = reading(date) else { return nil }
    return reading.wallClock / 86_400
  }

  static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
  }

  /// Days from 1970-01-01 to a date, by the algorithm of Howard Hinnant.
  package static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int64(era * 146_097 + dayOfEra - 719_468)
  }

  package static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
    let shifted = Int(days) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  private static func number(_ letters: [UInt8], _ start: Int, _ count: Int) -> Int? {
    guard start + count <= letters.count else { return nil }
    var value = 0
    for letter in letters[start..<start + count] {
      guard (0x30...0x39).contains(letter) else { return nil }
      value = value * 10 + Int(letter - 0x30)
    }
    return value
  }

  private static func digits(_ value: Int, _ count: Int, to bytes: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<count { divisor *= 10 }
    while divisor > 0 {
      bytes.append(0x30 + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
