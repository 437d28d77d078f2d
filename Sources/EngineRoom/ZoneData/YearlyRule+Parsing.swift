/// What is wrong with a POSIX TZ string.
struct RuleError: Error {
  let reason: String
}

extension YearlyRule {
  /// The rule that a POSIX TZ string states, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
  ///
  /// Hours go to 167 and may be negative (RFC 8536 section 3.3.1). A daylight name needs its dates.
  init(parsing text: some Sequence<UInt8>) throws(RuleError) {
    var reader = Reader(bytes: Array(text))
    let name = try reader.name()
    let offset = -(try reader.time(hours: 24))
    standard = ZoneObservance(offset: offset, isDaylight: false, abbreviation: name)
    if reader.isAtEnd {
      daylight = nil
      return
    }
    let summerName = try reader.name()
    let summerOffset = reader.peek == ascii(",") ? offset + 3600 : -(try reader.time(hours: 24))
    try reader.expect(",")
    let begin = try reader.moment()
    try reader.expect(",")
    let end = try reader.moment()
    guard reader.isAtEnd else { throw RuleError(reason: "its rule goes on after its end") }
    daylight = Daylight(
      observance: ZoneObservance(
        offset: summerOffset,
        isDaylight: true,
        abbreviation: summerName
      ),
      begin: begin,
      end: end
    )
  }

  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }
    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard peek == ascii(character) else { return false }
      position += 1
      return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(RuleError) {
      guard skip(character) else { throw RuleError(reason: "its rule lacks a “\(character)”") }
    }

    mutating func name() throws(RuleError) -> String {
      let isQuoted = skip("<")
      let start = position
      while let byte = peek, isQuoted ? byte != ascii(">") : isLetter(byte) { position += 1 }
      let name = String(decoding: bytes[start..<position], as: UTF8.self)
      if isQuoted { try expect(">") }
      guard name.utf8.count >= 3 else { throw RuleError(reason: "its rule lacks a name") }
      return name
    }

    mutating func number(_ allowed: ClosedRange<Int>) throws(RuleError) -> Int {
      var value: Int?
      while let byte = peek, (ascii("0")...ascii("9")).contains(byte), value ?? 0 <= 9_999 {
        value = (value ?? 0) * 10 + Int(byte - ascii("0"))
        position += 1
      }
      guard let value, allowed.contains(value) else {
        throw RuleError(reason: "its rule has no number where one belongs")
      }
      return value
    }

    /// Reads `[+-]hh[:mm[:ss]]` as seconds.
    mutating func time(hours: Int) throws(RuleError) -> Int {
      let isNegative = skip("-")
      if !isNegative { _ = skip("+") }
      var seconds = try number(0...hours) * 3600
      if skip(":") {
        seconds += try number(0...59) * 60
        if skip(":") { seconds += try number(0...59) }
      }
      return isNegative ? -seconds : seconds
    }

    mutating func moment() throws(RuleError) -> Moment {
      let day: Moment.Day
      if skip("J") {
        day = .julian(try number(1...365))
      } else if skip("M") {
        let month = try number(1...12)
        try expect(".")
        let week = try number(1...5)
        try expect(".")
        day = .weekday(month: month, week: week, day: try number(0...6))
      } else {
        day = .ordinal(try number(0...365))
      }
      return Moment(day: day, time: skip("/") ? try time(hours: 167) : 2 * 3600)
    }
  }
}

private func ascii(_ character: Unicode.Scalar) -> UInt8 { UInt8(ascii: character) }

private func isLetter(_ byte: UInt8) -> Bool {
  (ascii("A")...ascii("Z")).contains(byte) || (ascii("a")...ascii("z")).contains(byte)
}
