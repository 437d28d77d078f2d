extension Mailbox {
  /// How a series repeats: one pattern and one range, the whole model of `ews.md` 4.1.
  package struct Recurrence: Hashable, Codable, Sendable {
    package var pattern: RecurrencePattern
    package var range: RecurrenceRange

    package init(_ pattern: RecurrencePattern, _ range: RecurrenceRange) {
      self.pattern = pattern
      self.range = range
    }
  }

  package enum RecurrencePattern: Hashable, Codable, Sendable {
    case daily(interval: Int)
    case weekly(interval: Int, days: [String], firstDay: String?)
    case absoluteMonthly(interval: Int, day: Int)
    case relativeMonthly(interval: Int, days: String, index: String)
    case absoluteYearly(day: Int, month: String)
    case relativeYearly(days: String, index: String, month: String)
  }

  /// Dates are local dates `yyyy-mm-dd` in the zone of the series.
  package enum RecurrenceRange: Hashable, Codable, Sendable {
    case noEnd(start: String)
    case endDate(start: String, end: String)
    case numbered(start: String, count: Int)
  }

  /// An occurrence that differs from its series; expanded with the series' issue.
  package struct ModifiedOccurrence: Hashable, Codable, Sendable {
    package var originalStart: Int64
    package var start: Int64
    package var end: Int64

    package init(originalStart: Int64, start: Int64, end: Int64) {
      self.originalStart = originalStart
      self.start = start
      self.end = end
    }
  }
}
