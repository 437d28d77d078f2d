/// A zone by its own rules, as items and the server's list of zones carry it (`ews.md` 3.3).
package struct ZoneRules: Hashable, Codable, Sendable {
  package struct Period: Hashable, Codable, Sendable {
    package let id: String
    package let name: String
    /// Seconds east of UTC.
    package let offset: Int

    package init(id: String, name: String, offset: Int) {
      self.id = id
      self.name = name
      self.offset = offset
    }
  }

  /// When a period begins, each year anew.
  package struct Turn: Hashable, Codable, Sendable {
    package enum Day: Hashable, Codable, Sendable {
      /// Weeks are 1 to 4, and -1 for the last.
      case weekday(Mailbox.Weekday, week: Int)
      case date(Int)
    }

    package let period: String
    package let month: Int
    package let day: Day
    /// Seconds from midnight, by the clock of the period before.
    package let time: Int

    package init(period: String, month: Int, day: Day, time: Int) {
      self.period = period
      self.month = month
      self.day = day
      self.time = time
    }
  }

  package struct Group: Hashable, Codable, Sendable {
    package let id: String
    /// The period of a group without turns.
    package let always: String?
    package let turns: [Turn]

    package init(id: String, always: String? = nil, turns: [Turn] = []) {
      self.id = id
      self.always = always
      self.turns = turns
    }
  }

  /// From when a group or a period counts.
  package struct Step: Hashable, Codable, Sendable {
    package enum Target: Hashable, Codable, Sendable {
      case group(String)
      case period(String)
    }

    package let target: Target
    /// Seconds since 1970 UTC; nil from the beginning.
    package let from: Int64?

    package init(_ target: Target, from: Int64? = nil) {
      self.target = target
      self.from = from
    }
  }

  package let name: String?
  package let periods: [Period]
  package let groups: [Group]
  package let steps: [Step]

  /// Nil where a turn or a step names what is not there.
  package init?(name: String?, periods: [Period], groups: [Group], steps: [Step]) {
    self.name = name
    self.periods = periods
    self.groups = groups
    self.steps = steps
    let known = Set(periods.map(\.id))
    let named = groups.flatMap { [$0.always].compactMap(\.self) + $0.turns.map(\.period) }
    let areGroupsWhole = groups.allSatisfy { $0.always != nil || !$0.turns.isEmpty }
    let areStepsWhole = steps.allSatisfy { step in
      switch step.target {
      case .group(let id): groups.contains { $0.id == id }
      case .period(let id): known.contains(id)
      }
    }
    guard !periods.isEmpty, named.allSatisfy(known.contains), areGroupsWhole, areStepsWhole else {
      return nil
    }
  }

  /// Seconds east of UTC at an instant.
  package func offset(at instant: Int64) -> Int {
    let begun = steps.filter { ($0.from ?? .min) <= instant }
    switch (begun.last ?? steps.first)?.target {
    case .period(let id): return offset(ofPeriod: id)
    case .group(let id):
      let group = groups.first { $0.id == id }
      return group.map { offset(in: $0, at: instant) } ?? 0
    case nil: return periods[0].offset
    }
  }

  private func offset(ofPeriod id: String) -> Int {
    periods.first { $0.id == id }?.offset ?? 0
  }

  private func offset(in group: Group, at instant: Int64) -> Int {
    guard !group.turns.isEmpty else { return group.always.map { offset(ofPeriod: $0) } ?? 0 }
    let year = Timestamp.civil(Timestamp.floorDivide(instant, 86_400)).year
    let changes = (year - 1...year + 1)
      .flatMap { year in group.turns.map { (local: $0.local(in: year), period: $0.period) } }
      .sorted { $0.local < $1.local }
    var current = offset(ofPeriod: changes[changes.count - 1].period)
    for change in changes {
      guard change.local - Int64(current) <= instant else { break }
      current = offset(ofPeriod: change.period)
    }
    return current
  }
}

extension ZoneRules.Turn {
  /// The wall clock of the turn in a year, counted as if UTC.
  fileprivate func local(in year: Int) -> Int64 {
    let first = Timestamp.daysSince1970(year, month, 1)
    let afterLast = Timestamp.daysSince1970(month == 12 ? year + 1 : year, month % 12 + 1, 1)
    let date: Int64
    switch day {
    case .date(let number): date = min(first + Int64(number), afterLast) - 1
    case .weekday(let weekday, let week):
      let step = (weekday.number - Mailbox.Weekday(ofDay: first).number + 7) % 7
      let found = first + step + Int64(week < 0 ? 4 : week - 1) * 7
      date = found < afterLast ? found : found - 7
    }
    return date * 86_400 + Int64(time)
  }
}

extension ZoneOffsets {
  /// Knows the zones that an item brings itself before those of the server.
  package func knowing(_ appointment: Mailbox.Appointment) -> ZoneOffsets {
    knowing(appointment.endZone, appointment.endRules)
      .knowing(appointment.startZone, appointment.startRules)
  }

  /// Knows one more zone, whose rules come first.
  package func knowing(_ name: String?, _ rules: ZoneRules?) -> ZoneOffsets {
    guard let name, let rules else { return self }
    return ZoneOffsets { zone, instant in
      zone == name ? rules.offset(at: instant) : offset(zone, instant)
    }
  }
}
