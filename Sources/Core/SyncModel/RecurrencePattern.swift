/// The recurrence of a series as Exchange states it (`ews.md` 4.1).
///
/// Dates are days in the series' own zone; days 29–31 mean the month's last day where it is shorter.
package struct RecurrencePattern: Hashable, Sendable, Codable {
  package enum Weekday: Int, Sendable, Codable, CaseIterable {
    case sunday, monday, tuesday, wednesday, thursday, friday, saturday
  }

  package enum WeekOfMonth: String, Sendable, Codable { case first, second, third, fourth, last }

  package enum Rhythm: Hashable, Sendable, Codable {
    /// Every `interval` days.
    case daily(interval: Int)
    case weekly(interval: Int, days: [Weekday], firstDayOfWeek: Weekday)
    /// `dayOfMonth` 1–31, every `interval` months.
    case monthly(interval: Int, dayOfMonth: Int)
    /// `days` has one day, Monday–Friday, the weekend or all seven.
    case monthlyByWeek(interval: Int, week: WeekOfMonth, days: [Weekday])
    case yearly(month: Int, dayOfMonth: Int)
    case yearlyByWeek(month: Int, week: WeekOfMonth, days: [Weekday])
  }

  package enum End: Hashable, Sendable, Codable {
    case never
    /// The last possible day, itself included.
    case on(LocalDate)
    /// Deleted and changed occurrences count.
    case after(occurrences: Int)
  }

  package let rhythm: Rhythm
  package let firstDay: LocalDate
  package let end: End

  package init(rhythm: Rhythm, firstDay: LocalDate, end: End) {
    self.rhythm = rhythm
    self.firstDay = firstDay
    self.end = end
  }
}

/// A changed occurrence as its master lists it.
package struct SeriesException: Hashable, Sendable, Codable {
  package let id: ExchangeItemID
  package let originalStart: Instant
  package let start: Instant
  package let end: Instant

  package init(id: ExchangeItemID, originalStart: Instant, start: Instant, end: Instant) {
    self.id = id
    self.originalStart = originalStart
    self.start = start
    self.end = end
  }
}
