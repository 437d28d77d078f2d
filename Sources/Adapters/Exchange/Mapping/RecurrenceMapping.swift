internal import SyncModel

extension RecurrencePattern {
  /// From the wire (`ews.md` 4.1); nil for a pattern that is not whole or not known.
  init?(_ wire: WireRecurrence) {
    guard let first = wire.startDate.flatMap({ LocalDate(iso8601: $0) }),
      let rhythm = Rhythm(wire), let end = End(wire)
    else { return nil }
    self.init(rhythm: rhythm, firstDay: first, end: end)
  }
}

extension RecurrencePattern.Rhythm {
  init?(_ wire: WireRecurrence) {
    let interval = wire.interval ?? 1
    let days = wire.daysOfWeek.flatMap { RecurrencePattern.Weekday.list($0) }
    let month = wire.month.flatMap { Self.months.firstIndex(of: $0) }.map { $0 + 1 }
    let week = wire.dayOfWeekIndex.flatMap {
      RecurrencePattern.WeekOfMonth(rawValue: $0.lowercased())
    }
    guard interval >= 1 else { return nil }
    switch wire.pattern {
    case .dailyRecurrence:
      self = .daily(interval: interval)
    case .weeklyRecurrence:
      guard let days else { return nil }
      let first = wire.firstDayOfWeek.flatMap { RecurrencePattern.Weekday(wire: $0) } ?? .sunday
      self = .weekly(interval: interval, days: days, firstDayOfWeek: first)
    case .absoluteMonthlyRecurrence:
      guard let day = wire.dayOfMonth else { return nil }
      self = .monthly(interval: interval, dayOfMonth: day)
    case .relativeMonthlyRecurrence:
      guard let week, let days else { return nil }
      self = .monthlyByWeek(interval: interval, week: week, days: days)
    case .absoluteYearlyRecurrence:
      guard let month, let day = wire.dayOfMonth else { return nil }
      self = .yearly(month: month, dayOfMonth: day)
    case .relativeYearlyRecurrence:
      guard let month, let week, let days else { return nil }
      self = .yearlyByWeek(month: month, week: week, days: days)
    default:
      return nil
    }
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
}

extension RecurrencePattern.End {
  init?(_ wire: WireRecurrence) {
    switch wire.range {
    case .noEndRecurrence:
      self = .never
    case .endDateRecurrence:
      guard let last = wire.endDate.flatMap({ LocalDate(iso8601: $0) }) else { return nil }
      self = .on(last)
    case .numberedRecurrence:
      guard let count = wire.numberOfOccurrences, count > 0 else { return nil }
      self = .after(occurrences: count)
    default:
      return nil
    }
  }
}

extension RecurrencePattern.Weekday {
  private static let names = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  init?(wire name: some StringProtocol) {
    guard let place = Self.names.firstIndex(of: String(name)) else { return nil }
    self.init(rawValue: place)
  }

  /// A list of names, or one of Exchange's words for several; in the order of the week.
  static func list(_ text: String) -> [Self]? {
    switch text {
    case "": return nil
    case "Day": return allCases
    case "Weekday": return allCases.filter { $0 != .sunday && $0 != .saturday }
    case "WeekendDay": return [.sunday, .saturday]
    default:
      let names = text.split(whereSeparator: \.isWhitespace)
      let days = names.compactMap { Self(wire: $0) }
      guard days.count == names.count else { return nil }
      return allCases.filter { days.contains($0) }
    }
  }
}
