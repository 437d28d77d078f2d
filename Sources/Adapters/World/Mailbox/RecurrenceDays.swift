/// The days of a pattern by plain arithmetic on day numbers: nothing is walked from the beginning.
///
/// A pattern has at most one occurrence a day. Days are counted since 1970-01-01 in the zone of the
/// series; places are counted from 1 in the pattern as it is, deleted and changed days included.
package struct RecurrenceDays: Hashable, Sendable {
  private let rhythm: Rhythm
  /// The first and the last day that may be one.
  private let start: Int64
  private var end = Self.endOfTime
  package let isEndless: Bool

  /// A pattern comes in turns: a day, a week or a month in each interval.
  private enum Rhythm: Hashable {
    case days(interval: Int64)
    /// Days of the week, counted from its first day, from the week that begins on `week`.
    case weeks(interval: Int64, days: [Int64], week: Int64)
    /// One day in each month, from `month` on, counted since the year 0.
    case months(interval: Int64, month: Int64, day: DayOfMonth)
  }

  private enum DayOfMonth: Hashable {
    /// The month's last day where it is shorter (`ews.md` 4.3).
    case number(Int64)
    case relative(Mailbox.DayOfWeek, Mailbox.WeekOfMonth)
  }

  /// 4500-08-31, which Exchange's calendar stores for series without an end.
  private static let endOfTime: Int64 = Timestamp.daysSince1970(4500, 8, 31)

  /// Nil where a date of the range is none, or an interval or a count is below 1.
  package init?(_ recurrence: Mailbox.Recurrence) {
    guard let start = Timestamp.day(recurrence.range.start),
      let rhythm = Self.rhythm(recurrence.pattern, from: start)
    else { return nil }
    self.start = start
    self.rhythm = rhythm
    switch recurrence.range {
    case .noEnd: isEndless = true
    case .endDate(_, let text):
      isEndless = false
      guard let day = Timestamp.day(text) else { return nil }
      end = min(end, day)
    case .numbered(_, let count):
      isEndless = false
      guard count > 0 else { return nil }
      end = min(end, day(unboundedAt: count))
    }
  }

  /// Nil where the range ends before the first match.
  package var first: Int64? { day(at: 1) }

  /// Nil where there is none, or no end.
  package var last: Int64? {
    guard !isEndless, first != nil else { return nil }
    var turn = turn(of: end)
    while turn >= 0 {
      if let day = days(inTurn: turn).last(where: { $0 <= end }) { return day }
      turn -= 1
    }
    return nil
  }

  package func day(at place: Int) -> Int64? {
    guard place > 0 else { return nil }
    let day = day(unboundedAt: place)
    return day <= end ? day : nil
  }

  /// Nil for a day that the pattern does not yield.
  package func place(of day: Int64) -> Int? {
    guard day >= start, day <= end else { return nil }
    let turn = turn(of: day)
    guard turn >= 0, let place = days(inTurn: turn).firstIndex(of: day) else { return nil }
    return count(before: turn) + place + 1
  }

  /// Ascending; costs no more than the days asked for.
  package func days(from earliest: Int64, through latest: Int64) -> [Int64] {
    let latest = min(latest, end)
    guard max(earliest, start) <= latest else { return [] }
    var found: [Int64] = []
    var turn = max(0, turn(of: max(earliest, start)))
    while true {
      let days = days(inTurn: turn)
      if let first = days.first, first > latest { return found }
      found += days.filter { (earliest...latest).contains($0) }
      turn += 1
    }
  }

  /// The fewest days from one occurrence to the next.
  package var shortestStep: Int64 {
    switch rhythm {
    case .days(let interval): return interval
    case .weeks(let interval, let days, _):
      let round = days.dropFirst() + [(days.first ?? 0) + 7 * interval]
      return zip(days, round).map { $1 - $0 }.min() ?? 7 * interval
    case .months(let interval, _, _): return 28 * interval
    }
  }
}

extension RecurrenceDays {
  private static func rhythm(
    _ pattern: Mailbox.RecurrencePattern,
    from start: Int64
  ) -> Rhythm? {
    let date = Timestamp.civil(start)
    let month = Int64(date.year * 12 + date.month - 1)
    func yearly(_ name: Mailbox.Month, _ day: DayOfMonth) -> Rhythm {
      .months(interval: 12, month: Int64(date.year * 12 + name.number - 1), day: day)
    }
    switch pattern {
    case .daily(let interval):
      return interval > 0 ? .days(interval: Int64(interval)) : nil
    case .weekly(let interval, let days, let firstDay):
      guard interval > 0, !days.isEmpty else { return nil }
      let first = (firstDay ?? .sunday).number
      let week = start - (Mailbox.Weekday(ofDay: start).number - first + 7) % 7
      return .weeks(
        interval: Int64(interval),
        days: Set(days.map { ($0.number - first + 7) % 7 }).sorted(),
        week: week
      )
    case .absoluteMonthly(let interval, let day):
      guard interval > 0, day > 0 else { return nil }
      return .months(interval: Int64(interval), month: month, day: .number(Int64(day)))
    case .relativeMonthly(let interval, let days, let index):
      guard interval > 0 else { return nil }
      return .months(interval: Int64(interval), month: month, day: .relative(days, index))
    case .absoluteYearly(let day, let name):
      return day > 0 ? yearly(name, .number(Int64(day))) : nil
    case .relativeYearly(let days, let index, let name):
      return yearly(name, .relative(days, index))
    }
  }

  /// The days of one turn, ascending; those before the start left out.
  private func days(inTurn turn: Int64) -> [Int64] {
    switch rhythm {
    case .days(let interval): return [start + turn * interval]
    case .weeks(let interval, let days, let week):
      let first = week + turn * 7 * interval
      return days.map { first + $0 }.filter { $0 >= start }
    case .months(let interval, let month, let day):
      let found = Self.day(day, ofMonth: month + turn * interval)
      return found >= start ? [found] : []
    }
  }

  /// The turn that a day lies in, or the one before it.
  private func turn(of day: Int64) -> Int64 {
    switch rhythm {
    case .days(let interval): return Timestamp.floorDivide(day - start, interval)
    case .weeks(let interval, _, let week): return Timestamp.floorDivide(day - week, 7 * interval)
    case .months(let interval, let month, _):
      let date = Timestamp.civil(day)
      return Timestamp.floorDivide(Int64(date.year * 12 + date.month - 1) - month, interval)
    }
  }

  /// Only the first turn can have fewer days than the others.
  private var daysInLaterTurns: Int {
    switch rhythm {
    case .days, .months: 1
    case .weeks(_, let days, _): days.count
    }
  }

  private func count(before turn: Int64) -> Int {
    turn <= 0 ? 0 : days(inTurn: 0).count + Int(turn - 1) * daysInLaterTurns
  }

  private func day(unboundedAt place: Int) -> Int64 {
    let first = days(inTurn: 0)
    if place <= first.count { return first[place - 1] }
    let (turn, rest) = (place - first.count - 1).quotientAndRemainder(
      dividingBy: daysInLaterTurns
    )
    return days(inTurn: Int64(turn) + 1)[rest]
  }

  private static func day(_ day: DayOfMonth, ofMonth month: Int64) -> Int64 {
    func firstDay(of month: Int64) -> Int64 {
      let year = Timestamp.floorDivide(month, 12)
      return Timestamp.daysSince1970(Int(year), Int(month - year * 12) + 1, 1)
    }
    let first = firstDay(of: month)
    let afterLast = firstDay(of: month + 1)
    switch day {
    case .number(let number): return min(first + number, afterLast) - 1
    case .relative(let days, let index):
      // Every month has each weekday at least four times.
      let found = (first..<afterLast).filter { days.holds(Mailbox.Weekday(ofDay: $0)) }
      switch index {
      case .first: return found[0]
      case .second: return found[1]
      case .third: return found[2]
      case .fourth: return found[3]
      case .last: return found[found.count - 1]
      }
    }
  }
}
