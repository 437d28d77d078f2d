/// The rule that a zone follows after its last listed transition (the POSIX TZ string of a TZif).
struct YearlyRule: Sendable {
  /// A day of the year and a wall-clock time on it.
  struct Moment: Hashable, Sendable {
    enum Day: Hashable, Sendable {
      /// Day 1 to 365; 29 February is never counted.
      case julian(Int)
      /// Day 0 to 365; 29 February is counted.
      case ordinal(Int)
      /// The nth weekday of a month (0 is Sunday); week 5 is the last.
      case weekday(month: Int, week: Int, day: Int)
    }

    let day: Day
    /// Seconds after midnight, from -167 to 167 hours.
    let time: Int

    /// Wall clock in that year, counted as if UTC.
    func localSeconds(in year: Int64) -> Int64 {
      CivilDay.seconds(dayNumber(in: year)) + Int64(time)
    }

    private func dayNumber(in year: Int64) -> Int64 {
      let newYear = CivilDay.number(year: year, month: 1, day: 1)
      switch day {
      case .julian(let count):
        let skipsLeapDay = CivilDay.isLeap(year) && count >= 60
        return newYear + Int64(count) - (skipsLeapDay ? 0 : 1)
      case .ordinal(let count):
        return newYear + Int64(count)
      case .weekday(let month, let week, let weekday):
        let first = CivilDay.number(year: year, month: month, day: 1)
        let lead = (Int64(weekday) - CivilDay.weekday(first) + 7) % 7
        var found = first + lead + Int64(week - 1) * 7
        while found >= first + Int64(CivilDay.length(of: month, in: year)) { found -= 7 }
        return found
      }
    }
  }

  /// The time of summer, from its first moment to its last, each in the wall clock before it.
  struct Daylight: Hashable, Sendable {
    let observance: ZoneObservance
    let begin: Moment
    let end: Moment
  }

  let standard: ZoneObservance
  let daylight: Daylight?

  func observance(at instant: Int64) -> ZoneObservance {
    guard let daylight else { return standard }
    let year = CivilDay.year(containing: instant &+ Int64(standard.offset))
    return latest(daylight, around: year) { $0.instant <= instant }
  }

  func observance(atLocal local: Int64) -> ZoneObservance {
    guard let daylight else { return standard }
    let year = CivilDay.year(containing: local)
    return latest(daylight, around: year) {
      $0.instant + Int64(max($0.before.offset, $0.after.offset)) <= local
    }
  }

  func transitions(in range: Range<Int64>) -> [ZoneTransition] {
    guard let daylight else { return [] }
    let first = CivilDay.year(containing: range.lowerBound) - 1
    let last = CivilDay.year(containing: range.upperBound) + 1
    let all = (first...last).flatMap { transitions(daylight, in: $0) }
    return all.filter { range.contains($0.instant) }.sorted { $0.instant < $1.instant }
  }

  private func latest(
    _ daylight: Daylight,
    around year: Int64,
    where hasPassed: (ZoneTransition) -> Bool
  ) -> ZoneObservance {
    var found: ZoneTransition?
    for candidateYear in (year - 1)...(year + 1) {
      for candidate in transitions(daylight, in: candidateYear) where hasPassed(candidate) {
        guard let best = found else {
          found = candidate
          continue
        }
        // A zone that is always on daylight time ends one year's in the moment the next begins.
        let isLater =
          candidate.instant > best.instant
          || candidate.instant == best.instant && candidate.after.isDaylight
        if isLater { found = candidate }
      }
    }
    return found?.after ?? standard
  }

  private func transitions(_ daylight: Daylight, in year: Int64) -> [ZoneTransition] {
    [
      ZoneTransition(
        instant: daylight.begin.localSeconds(in: year) - Int64(standard.offset),
        before: standard,
        after: daylight.observance
      ),
      ZoneTransition(
        instant: daylight.end.localSeconds(in: year) - Int64(daylight.observance.offset),
        before: daylight.observance,
        after: standard
      ),
    ]
  }
}
