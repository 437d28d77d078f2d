/// The two changes of clocks that a zone repeats each year, for writing it down elsewhere.
package struct ZoneRule: Hashable, Sendable {
  /// A weekday of a month, and a wall-clock time on it or near it.
  package struct Change: Hashable, Sendable {
    /// 1 to 12.
    package let month: Int
    /// 1 to 4 from the month's start; 5 is the last.
    package let week: Int
    /// 0 is Sunday.
    package let weekday: Int
    /// Seconds after that day's midnight by the clock before the change; may be negative or lie
    /// days later.
    package let time: Int
    package let before: ZoneObservance
    package let after: ZoneObservance
  }

  /// The rule holds from this instant on: its first change, or the change after the last that
  /// does not follow it.
  package let beginning: Int64
  /// In the order in which they first happen.
  package let changes: [Change]
}

extension Zone {
  /// The rule that holds without end; nil for a zone whose clocks no longer change, or whose rule
  /// is not made of weekdays.
  package var finalRule: ZoneRule? { history.finalRule }
}

extension ZoneHistory {
  var finalRule: ZoneRule? {
    guard let rule, let daylight = rule.daylight,
      let begin = change(daylight.begin, from: rule.standard, to: daylight.observance),
      let end = change(daylight.end, from: daylight.observance, to: rule.standard)
    else { return nil }
    let last = lastIrregular(rule)
    let next = rule.transitions(in: (last + 1)..<(last + 3 * 366 * 86_400)).first
    guard let next else { return nil }
    return ZoneRule(
      beginning: next.instant,
      changes: next.after == daylight.observance ? [begin, end] : [end, begin]
    )
  }

  private func change(
    _ moment: YearlyRule.Moment,
    from before: ZoneObservance,
    to after: ZoneObservance
  ) -> ZoneRule.Change? {
    guard case .weekday(let month, let week, let weekday) = moment.day else { return nil }
    return ZoneRule.Change(
      month: month,
      week: week,
      weekday: weekday,
      time: moment.time,
      before: before,
      after: after
    )
  }

  /// The last moment at which the listed transitions and those of the rule part ways.
  private func lastIrregular(_ rule: YearlyRule) -> Int64 {
    guard let first = instants.first, let last = instants.last else { return 0 }
    var listed = transitions(in: first..<(last + 1))
    var made = rule.transitions(in: first..<(last + 1))
    while let real = listed.popLast() {
      let regular = made.popLast()
      guard real == regular else { return max(real.instant, regular?.instant ?? real.instant) }
    }
    return made.last?.instant ?? first - 1
  }
}
