extension Mailbox {
  /// What a master keeps beside its pattern: occurrences are no items of their own (`ews.md` 9).
  struct SeriesState: Hashable, Codable, Sendable {
    /// Seconds from midnight to each beginning, by the wall clock of the series.
    ///
    /// Kept apart from the master's start: a first day in a gap begins at another time.
    var begin: Int64
    /// Seconds from beginning to end by the same clock.
    var length: Int64
    /// By day, ascending.
    var exceptions: [Exception] = []
    /// Days of the pattern that were taken out, ascending.
    var deleted: [Int64] = []
  }

  /// An occurrence that somebody changed.
  struct Exception: Hashable, Codable, Sendable {
    let day: Int64
    var appointment: Appointment
    /// The fields that are its own, each with the change number of its last change; the others are
    /// the master's.
    var overridden: [String: Int]
    var modified: Int64
  }

  /// Where an occurrence stands in its series.
  package struct OccurrenceState: Hashable, Codable, Sendable {
    /// By the pattern, counted since 1970 in the zone of the series.
    package let day: Int64
    package let originalStart: Int64
    package let isException: Bool
  }

  /// A series on the clock of its own zone: wall times are kept where the clocks change.
  package struct Series: Sendable {
    package let master: Item
    package let days: RecurrenceDays
    private let state: SeriesState
    private let zones: ZoneOffsets
    private let zone: String

    /// Nil for what is no master.
    package init?(_ item: Item, _ zones: ZoneOffsets) {
      guard let recurrence = item.appointment.recurrence, let state = item.series,
        let days = RecurrenceDays(recurrence)
      else { return nil }
      master = item
      self.days = days
      self.state = state
      self.zones = zones.knowing(item.appointment)
      zone = item.appointment.seriesZone
    }

    /// When the pattern has the occurrence of a day begin and end.
    package func span(on day: Int64) -> (start: Int64, end: Int64) {
      let begin = day * 86_400 + state.begin
      let start = zones.instant(wallClock: begin, in: zone)
      let end = zones.instant(wallClock: begin + state.length, in: zone)
      // A gap moves the beginning past an end that lies in the hour after it.
      return (start, end > start ? end : start + state.length)
    }

    package func day(of instant: Int64) -> Int64 {
      Timestamp.floorDivide(zones.wallClock(instant, in: zone), 86_400)
    }

    /// By its own id; what the pattern does not yield or somebody deleted is `ErrorItemNotFound`.
    package func occurrence(on day: Int64) throws(Refusal) -> Item {
      guard days.place(of: day) != nil, !state.deleted.contains(day) else {
        throw Refusal(.errorItemNotFound)
      }
      return present(on: day)
    }

    /// By its place in the pattern, which deleting does not shift (`OccurrenceItemId`).
    package func occurrence(at place: Int) throws(Refusal) -> Item {
      guard let day = days.day(at: place) else {
        throw Refusal(.errorCalendarOccurrenceIndexIsOutOfRecurrenceRange)
      }
      guard !state.deleted.contains(day) else {
        throw Refusal(.errorCalendarOccurrenceIsDeletedFromRecurrence)
      }
      return present(on: day)
    }

    /// What overlaps a stretch, exceptions by their actual times, in no particular order.
    package func occurrences(from start: Int64, to end: Int64) -> [Item] {
      let longest = state.length / 86_400 + 1
      let own = Set(state.deleted).union(state.exceptions.map(\.day))
      let regular = days.days(from: day(of: start) - longest, through: day(of: end))
        .filter { !own.contains($0) }.map { present(on: $0) }
      return (regular + exceptions).filter { $0.appointment.overlaps(from: start, to: end) }
    }

    /// By their days in the pattern.
    package var exceptions: [Item] { state.exceptions.map { present(on: $0.day) } }

    /// The original starts of what was taken out.
    package var deletedStarts: [Int64] { state.deleted.map { span(on: $0).start } }

    package var first: Item? { nearest(from: 1, step: 1) }

    /// Nil for a series without an end.
    package var last: Item? {
      days.last.flatMap { days.place(of: $0) }.flatMap { nearest(from: $0, step: -1) }
    }

    /// The occurrences beside one, as they are.
    func neighbours(of day: Int64) -> (before: Item?, after: Item?) {
      guard let place = days.place(of: day) else { return (nil, nil) }
      return (nearest(from: place - 1, step: -1), nearest(from: place + 1, step: 1))
    }

    private func nearest(from place: Int, step: Int) -> Item? {
      var place = place
      while let day = days.day(at: place) {
        if !state.deleted.contains(day) { return present(on: day) }
        place += step
      }
      return nil
    }

    /// The occurrence of a day that the series has.
    private func present(on day: Int64) -> Item {
      let (start, end) = span(on: day)
      var item = master
      item.id = master.id.occurrence(on: day)
      item.series = nil
      let exception = state.exceptions.first { $0.day == day }
      item.occurrence = OccurrenceState(
        day: day,
        originalStart: start,
        isException: exception != nil
      )
      guard let exception else {
        item.appointment.recurrence = nil
        item.appointment.start = start
        item.appointment.end = end
        return item
      }
      item.appointment = exception.appointment
      item.lastModifiedTime = exception.modified
      item.fieldChanges.merge(exception.overridden) { max($0, $1) }
      return item
    }
  }
}

extension Mailbox.Appointment {
  /// The zone whose days the pattern counts; UTC for items without one.
  var seriesZone: String { startZone ?? endZone ?? "UTC" }

  /// As a calendar view counts it; what has no length overlaps where it begins.
  func overlaps(from: Int64, to: Int64) -> Bool {
    start < to && (end > from || (end == from && start == from))
  }
}
