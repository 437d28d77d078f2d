/// How something repeats by days: an RRULE (RFC 5545 section 3.3.10) without `UNTIL` and `COUNT`.
///
/// An end is a moment of some zone or a number counted from the start, so it is the caller's.
package struct RecurrenceRule: Hashable, Sendable {
  package enum Frequency: String, Hashable, Sendable {
    case daily = "DAILY"
    case weekly = "WEEKLY"
    case monthly = "MONTHLY"
    case yearly = "YEARLY"
  }

  package enum Weekday: String, Hashable, Sendable, CaseIterable {
    case sunday = "SU"
    case monday = "MO"
    case tuesday = "TU"
    case wednesday = "WE"
    case thursday = "TH"
    case friday = "FR"
    case saturday = "SA"
  }

  /// A weekday: each of them, or the nth of a month (-1 is the last).
  package struct Day: Hashable, Sendable {
    package let weekday: Weekday
    package let ordinal: Int?

    package init(_ weekday: Weekday, ordinal: Int? = nil) {
      self.weekday = weekday
      self.ordinal = ordinal
    }
  }

  package var frequency: Frequency
  package var interval: Int
  package var weekStart: Weekday
  package var days: [Day]
  /// Days of the month; negative ones count from its end.
  package var monthDays: [Int]
  package var months: [Int]
  /// Which of the days that a period yields are meant; negative ones count from its end.
  package var positions: [Int]

  package init(
    _ frequency: Frequency,
    interval: Int = 1,
    weekStart: Weekday = .monday,
    days: [Day] = [],
    monthDays: [Int] = [],
    months: [Int] = [],
    positions: [Int] = []
  ) {
    self.frequency = frequency
    self.interval = interval
    self.weekStart = weekStart
    self.days = days
    self.monthDays = monthDays
    self.months = months
    self.positions = positions
  }
}

extension RecurrenceRule: CustomStringConvertible {
  /// As iCalendar writes it; the week's first day is named for weeks alone, where it counts.
  package var description: String {
    var parts = ["FREQ=\(frequency.rawValue)"]
    if interval != 1 { parts.append("INTERVAL=\(interval)") }
    func add(_ name: String, _ values: [String]) {
      if !values.isEmpty { parts.append(name + "=" + values.joined(separator: ",")) }
    }
    add("BYDAY", days.map(\.description))
    add("BYMONTHDAY", monthDays.map(String.init))
    add("BYMONTH", months.map(String.init))
    add("BYSETPOS", positions.map(String.init))
    if frequency == .weekly { parts.append("WKST=\(weekStart.rawValue)") }
    return parts.joined(separator: ";")
  }

  /// Reads what stands in an RRULE without `UNTIL` and `COUNT`; nil for any part but those above.
  package init?(_ text: some StringProtocol) {
    var parts: [Substring: Substring] = [:]
    for part in Substring(text).uppercased().split(separator: ";") {
      let halves = part.split(separator: "=", maxSplits: 1)
      guard halves.count == 2, parts.updateValue(halves[1], forKey: halves[0]) == nil else {
        return nil
      }
    }
    func numbers(_ name: Substring) -> [Int]? {
      guard let list = parts.removeValue(forKey: name) else { return [] }
      let entries = list.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = entries.compactMap { Int($0) }
      return numbers.count == entries.count ? numbers : nil
    }
    let dayTexts = parts.removeValue(forKey: "BYDAY")?.split(separator: ",") ?? []
    let days = dayTexts.compactMap { Day($0) }
    guard
      let frequency = parts.removeValue(forKey: "FREQ").flatMap({ Frequency(rawValue: String($0)) }
      ),
      let interval = parts.removeValue(forKey: "INTERVAL").map({ Int($0) }) ?? 1,
      let weekStart = parts.removeValue(forKey: "WKST").map({ Weekday(rawValue: String($0)) })
        ?? .monday,
      days.count == dayTexts.count, let monthDays = numbers("BYMONTHDAY"),
      let months = numbers("BYMONTH"), let positions = numbers("BYSETPOS"), parts.isEmpty
    else { return nil }
    self.init(
      frequency,
      interval: interval,
      weekStart: weekStart,
      days: days,
      monthDays: monthDays,
      months: months,
      positions: positions
    )
  }
}

extension RecurrenceRule.Day: CustomStringConvertible {
  package var description: String { (ordinal.map(String.init) ?? "") + weekday.rawValue }

  fileprivate init?(_ text: Substring) {
    guard let weekday = RecurrenceRule.Weekday(rawValue: String(text.suffix(2))) else { return nil }
    let number = text.dropLast(2)
    if number.isEmpty {
      self.init(weekday)
    } else {
      guard let ordinal = Int(number), ordinal != 0 else { return nil }
      self.init(weekday, ordinal: ordinal)
    }
  }
}
