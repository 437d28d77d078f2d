internal import CIcal

/// A day of the Gregorian calendar.
package struct CalendarDay: Hashable, Comparable, Sendable {
  package let year: Int
  package let month: Int
  package let day: Int

  package init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  package static func < (left: CalendarDay, right: CalendarDay) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }
}

extension RecurrenceRule {
  /// The days that the rule yields inside the stretch, in order, when it begins at `start`.
  ///
  /// The start is one of them only if it is on the rule. Costs no more than the stretch, however
  /// long ago the start was. Throws `refusedRule` for a rule that yields nothing at all.
  package func days(
    from start: CalendarDay,
    in stretch: ClosedRange<CalendarDay>
  ) throws(CalendarError) -> [CalendarDay] {
    let first = max(start, stretch.lowerBound)
    guard interval > 0 else { throw .refusedRule(description) }
    guard first <= stretch.upperBound, first.year <= Self.lastYear else { return [] }
    return try LibICal.exclusively { () throws(CalendarError) in
      let rule = icalrecurrencetype_from_string(description)
      let begin = isOfNamedWeekdays ? weekday(from: start, near: first) : icaltimetype(start)
      guard let made = icalrecur_iterator_new(rule, begin) else {
        throw .refusedRule(description)
      }
      let iterator = ICalIterator(owning: made)
      // Without this it would walk from the start. It refuses COUNT, which no rule here has, and a
      // place after which it has nothing.
      if !isOfNamedWeekdays,
        icalrecur_iterator_set_start(iterator.pointer, icaltimetype(first)) == 0
      {
        return []
      }
      var days: [CalendarDay] = []
      var last: CalendarDay?
      while let day = iterator.next(), day <= stretch.upperBound {
        if let last, day <= last { throw .library("\(description) does not go on after \(last)") }
        last = day
        if day >= first { days.append(day) }
      }
      return days
    }
  }

  /// libical's own end.
  private static let lastYear = 2_582

  private var isOfNamedWeekdays: Bool { frequency == .weekly && !days.isEmpty }

  /// The first day of the rule in the last of its weeks that begins at or before `day`.
  ///
  /// Weeks are counted from the one in which the start lies. libical 3.0.16 miscounts them where
  /// the start, or the day at which it shall go on, is not on the rule; so it is given one that is.
  private func weekday(from start: CalendarDay, near day: CalendarDay) -> icaltimetype {
    var time = icaltimetype(start)
    let sinceWeekStart = (Int(icaltime_day_of_week(time)) - 1 - weekStart.number + 7) % 7
    let earliest = days.map { ($0.weekday.number - weekStart.number + 7) % 7 }.min() ?? 0
    let distance = (icaltime_as_timet(icaltimetype(day)) - icaltime_as_timet(time)) / 86_400
    let weeks = (distance + sinceWeekStart) / 7
    let ofRule = weeks - weeks % interval
    icaltime_adjust(&time, Int32(ofRule * 7 + earliest - sinceWeekStart), 0, 0, 0)
    return time
  }
}

extension RecurrenceRule.Weekday {
  /// 0 is Sunday.
  fileprivate var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension icaltimetype {
  fileprivate init(_ day: CalendarDay) {
    self = ical_clock(Int32(day.year), Int32(day.month), Int32(day.day), 0, 0, 0, 1, 0)
  }
}

/// A walk over the days of a rule; freed with its owner.
private struct ICalIterator: ~Copyable {
  let pointer: OpaquePointer

  init(owning pointer: OpaquePointer) { self.pointer = pointer }

  deinit { icalrecur_iterator_free(pointer) }

  borrowing func next() -> CalendarDay? {
    let time = icalrecur_iterator_next(pointer)
    guard icaltime_is_null_time(time) == 0 else { return nil }
    return CalendarDay(year: Int(time.year), month: Int(time.month), day: Int(time.day))
  }
}
