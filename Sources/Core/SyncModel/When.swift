/// When an item takes place: a stretch of time, or whole days (`rules.md` 6).
package enum When: Hashable, Sendable, Codable {
  /// From `start` until `end`; `zone` is where it was made and decides nothing here.
  case timed(start: Instant, end: Instant, zone: ZoneName?)
  /// Whole days, never instants; `afterLast` is the day after the last one.
  case allDay(first: LocalDate, afterLast: LocalDate)

  package var isAllDay: Bool {
    switch self {
    case .allDay: true
    case .timed: false
    }
  }

  /// Both ends as instants; an all-day item's midnights are those of `zone`.
  ///
  /// Nil for whole days without a zone that the clock knows.
  package func span(in zone: ZoneName?, _ clock: ZoneClock) -> Span? {
    switch self {
    case .timed(let start, let end, _):
      return Span(start: start, end: end)
    case .allDay(let first, let afterLast):
      guard let zone, let start = clock.midnight(of: first, in: zone),
        let end = clock.midnight(of: afterLast, in: zone)
      else { return nil }
      return Span(start: start, end: end)
    }
  }

  /// True when both say the same days, or the same start and end to the minute.
  package func isSameTime(as other: When) -> Bool {
    switch (self, other) {
    case (.timed(let start, let end, _), .timed(let otherStart, let otherEnd, _)):
      Span(start: start, end: end).isSame(as: Span(start: otherStart, end: otherEnd))
    case (.allDay(let first, let afterLast), .allDay(let otherFirst, let otherAfterLast)):
      first == otherFirst && afterLast == otherAfterLast
    case (.timed, .allDay), (.allDay, .timed):
      false
    }
  }
}

/// A start and an end.
package struct Span: Hashable, Sendable, Codable {
  package let start: Instant
  package let end: Instant

  package init(start: Instant, end: Instant) {
    self.start = start
    self.end = end
  }

  /// True when both ends are equal to the minute (`rules.md` 2).
  package func isSame(as other: Span) -> Bool {
    start.onTheMinute == other.start.onTheMinute && end.onTheMinute == other.end.onTheMinute
  }
}
