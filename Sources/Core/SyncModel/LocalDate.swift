/// A day of the Gregorian calendar, without a zone.
package struct LocalDate: Hashable, Comparable, Sendable, Codable {
  /// Days since 1970-01-01; negative before it.
  package let daysSince1970: Int32

  package init(daysSince1970: Int32) { self.daysSince1970 = daysSince1970 }

  package static func < (left: LocalDate, right: LocalDate) -> Bool {
    left.daysSince1970 < right.daysSince1970
  }

  /// The day of year, month (1–12) and day of month (1–31); days past the month's end run over.
  package init(year: Int, month: Int, day: Int) {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.init(daysSince1970: Int32(era * 146_097 + dayOfEra - 719_468))
  }

  package var parts: (year: Int, month: Int, day: Int) {
    let shifted = Int(daysSince1970) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }

  package func advanced(byDays days: Int) -> LocalDate {
    LocalDate(daysSince1970: daysSince1970 + Int32(days))
  }
}

extension LocalDate: CustomStringConvertible {
  /// ISO 8601, such as `2026-03-02`.
  package var description: String {
    let (year, month, day) = parts
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
  }

  /// Reads `2026-03-02`; what follows the tenth character is ignored, as Exchange adds zone
  /// suffixes to dates that mean none (`ews.md` 3.2).
  package init?(iso8601 text: some StringProtocol) {
    let bytes = Array(text.utf8.prefix(10))
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]),
      let day = digits(bytes[8..<10]), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    self.init(year: Int(year), month: Int(month), day: Int(day))
    guard parts.day == Int(day) else { return nil }
  }
}

/// A wall-clock time on a day, without a zone.
package struct LocalDateTime: Hashable, Comparable, Sendable, Codable {
  package let date: LocalDate
  /// Seconds after the day's midnight, 0–86,399.
  package let secondOfDay: Int

  package init(date: LocalDate, secondOfDay: Int) {
    self.date = date
    self.secondOfDay = secondOfDay
  }

  /// The wall clock that shows this many seconds since 1970 when they are counted as if in UTC.
  package init(secondsSince1970 seconds: Int64) {
    let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    self.init(
      date: LocalDate(daysSince1970: Int32(clamping: day)),
      secondOfDay: Int(seconds - day * 86_400)
    )
  }

  package var secondsSince1970: Int64 { Int64(date.daysSince1970) * 86_400 + Int64(secondOfDay) }

  package var isMidnight: Bool { secondOfDay == 0 }

  package static func < (left: LocalDateTime, right: LocalDateTime) -> Bool {
    left.secondsSince1970 < right.secondsSince1970
  }

  /// Such as `2026-03-02T09:30:00`.
  package var iso8601: String {
    "\(date)T" + padded(secondOfDay / 3_600, 2) + ":" + padded(secondOfDay / 60 % 60, 2) + ":"
      + padded(secondOfDay % 60, 2)
  }
}

/// The IANA name of a time zone, such as `Europe/Berlin`.
package struct ZoneName: TextIdentity {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static let utc = ZoneName("UTC")
}

/// Local time and instants of named zones, handed to the core as two functions.
///
/// In a gap the offset before it counts, in an overlap the first of the two (`rules.md` 5).
/// Both give nil for a zone that is not known.
package struct ZoneClock: Sendable {
  package let instant: @Sendable (LocalDateTime, ZoneName) -> Instant?
  package let local: @Sendable (Instant, ZoneName) -> LocalDateTime?

  package init(
    instant: @escaping @Sendable (LocalDateTime, ZoneName) -> Instant?,
    local: @escaping @Sendable (Instant, ZoneName) -> LocalDateTime?
  ) {
    self.instant = instant
    self.local = local
  }

  package func midnight(of date: LocalDate, in zone: ZoneName) -> Instant? {
    instant(LocalDateTime(date: date, secondOfDay: 0), zone)
  }

  /// The whole days that a stretch of time is in a zone; nil where an end of it is no midnight.
  package func wholeDays(
    of span: Span,
    in zone: ZoneName
  ) -> (first: LocalDate, afterLast: LocalDate)? {
    guard let first = day(beginningAt: span.start, in: zone),
      let afterLast = day(beginningAt: span.end, in: zone), first < afterLast
    else { return nil }
    return (first, afterLast)
  }

  private func day(beginningAt moment: Instant, in zone: ZoneName) -> LocalDate? {
    guard let clock = local(moment, zone) else { return nil }
    // Where clocks jump over midnight a day begins later than at 0:00.
    guard clock.isMidnight || midnight(of: clock.date, in: zone) == moment else { return nil }
    return clock.date
  }
}
