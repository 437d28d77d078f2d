import Recurrence
import SyncModel

/// The days that a pattern yields, its end included, none of them deleted or moved.
///
/// Asks libical for short stretches only. Where days have to be counted, it skips whole periods:
/// each period of a pattern (an interval of days, weeks, months or years) but the first yields the
/// same number of days, for Exchange leaves no month out.
struct PatternDates: Sendable {
  let rule: RecurrenceRule
  let firstDay: LocalDate
  private let end: RecurrencePattern.End

  /// Nil for numbers that no pattern has.
  init?(_ pattern: RecurrencePattern) {
    guard let rule = pattern.rule else { return nil }
    // Exchange's own limit is 999.
    if case .after(let occurrences) = pattern.end, !(1...9_999).contains(occurrences) { return nil }
    self.rule = rule
    firstDay = pattern.firstDay
    end = pattern.end
  }

  /// The days from `first` to `last`, both included, in order.
  func dates(from first: LocalDate, through last: LocalDate) throws(CalendarError) -> [LocalDate] {
    switch end {
    case .never:
      return try endless(from: first, through: last)
    case .on(let day):
      return try endless(from: first, through: min(last, day))
    case .after(let occurrences):
      let found = try endless(from: first, through: last)
      guard !found.isEmpty, let final = try date(number: occurrences) else { return found }
      return found.filter { $0 <= final }
    }
  }

  /// The first day of all; nil where the pattern yields none.
  func first() throws(CalendarError) -> LocalDate? {
    guard let first = try date(number: 1) else { return nil }
    return try dates(from: first, through: first).first
  }

  /// The 1-based place of a day; nil where the pattern does not yield it.
  func number(of date: LocalDate) throws(CalendarError) -> Int? {
    guard try dates(from: date, through: date) == [date] else { return nil }
    let period = self.period(of: date)
    let inPeriod = try endless(from: beginning(ofPeriod: period), through: date).count
    guard period > 0 else { return inPeriod }
    return try daysInFirstPeriod() + (period - 1) * daysInPeriod + inPeriod
  }

  /// The day at a 1-based place, whether or not the pattern ends before it; nil where there is none
  /// that libical reaches.
  private func date(number: Int) throws(CalendarError) -> LocalDate? {
    let early = try daysInFirstPeriod()
    let rest = number - early - 1
    let period = rest < 0 ? 0 : rest / daysInPeriod + 1
    let days = try endless(
      from: beginning(ofPeriod: period),
      through: beginning(ofPeriod: period + 1).advanced(byDays: -1)
    )
    let place = rest < 0 ? number - 1 : rest % daysInPeriod
    return days.indices.contains(place) ? days[place] : nil
  }

  private func daysInFirstPeriod() throws(CalendarError) -> Int {
    try endless(from: firstDay, through: beginning(ofPeriod: 1).advanced(byDays: -1)).count
  }

  private func endless(
    from first: LocalDate,
    through last: LocalDate
  ) throws(CalendarError) -> [LocalDate] {
    guard first <= last else { return [] }
    return try rule.days(from: firstDay.calendarDay, in: first.calendarDay...last.calendarDay)
      .map { LocalDate(year: $0.year, month: $0.month, day: $0.day) }
  }
}

extension PatternDates {
  private var daysInPeriod: Int { rule.frequency == .weekly ? rule.days.count : 1 }

  private func beginning(ofPeriod period: Int) -> LocalDate {
    switch rule.frequency {
    case .daily:
      return firstDay.advanced(byDays: period * rule.interval)
    case .weekly:
      return firstWeek.advanced(byDays: period * rule.interval * 7)
    case .monthly:
      let (year, month, _) = firstDay.parts
      let months = month - 1 + period * rule.interval
      return LocalDate(year: year + months / 12, month: months % 12 + 1, day: 1)
    case .yearly:
      return LocalDate(year: firstDay.parts.year + period, month: 1, day: 1)
    }
  }

  /// The period in which a day lies that is not before the first.
  private func period(of date: LocalDate) -> Int {
    let (year, month, _) = date.parts
    let (firstYear, firstMonth, _) = firstDay.parts
    switch rule.frequency {
    case .daily: return firstDay.days(to: date) / rule.interval
    case .weekly: return firstWeek.days(to: date) / (rule.interval * 7)
    case .monthly: return ((year - firstYear) * 12 + month - firstMonth) / rule.interval
    case .yearly: return year - firstYear
    }
  }

  /// The first day of the week in which the first day lies.
  private var firstWeek: LocalDate {
    var day = firstDay
    while day.weekday.day != rule.weekStart { day = day.advanced(byDays: -1) }
    return day
  }
}

extension LocalDate {
  fileprivate var calendarDay: CalendarDay {
    let (year, month, day) = parts
    return CalendarDay(year: year, month: month, day: day)
  }

  fileprivate func days(to later: LocalDate) -> Int {
    Int(later.daysSince1970) - Int(daysSince1970)
  }
}
