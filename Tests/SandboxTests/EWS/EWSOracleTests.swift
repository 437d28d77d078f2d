import Foundation
import Sandbox
import TestGround
import Testing
import World
import ZoneData

/// The world's own expansion against one that nobody here has written.
@Suite struct EWSOracleTests {
  /// 2,000, or as many as `LOCKSTEP_SERIES` says.
  private var number: Int {
    ProcessInfo.processInfo.environment["LOCKSTEP_SERIES"].flatMap { Int($0) } ?? 2_000
  }

  private static let zones = [
    "W. Europe Standard Time", "Eastern Standard Time", "UTC", "India Standard Time",
    "AUS Eastern Standard Time", "Newfoundland Standard Time", "Lord Howe Standard Time",
    "Samoa Standard Time", "Pacific Standard Time", "Nepal Standard Time",
  ]

  /// Days 29 to 31 are left out here: their table is written by hand (`RecurrenceDaysTests`).
  @Test func `calendar views are equal to dateutil's and zoneinfo's, at random`() async throws {
    guard let python = try await PythonJudge.interpreter(importing: "dateutil") else { return }
    let script = try #require(Bundle.module.url(forResource: "dateutil_judge", withExtension: "py"))
    var dice = Dice(seed: 20_260_302)
    var lines: [String] = []
    while lines.count < number { lines.append(try Self.line(&dice)) }
    let judge = try await Child.finished(
      python,
      [script.path],
      input: Array((lines.joined(separator: "\n") + "\n").utf8)
    )
    #expect(
      judge.status == 0 && judge.output == "\(lines.count) series are equal\n",
      "\(judge.output) \(judge.errors)"
    )
  }

  /// One random series in a mailbox of its own, and what a random window shows of it.
  private static func line(_ dice: inout Dice) throws -> String {
    let zone = zones[Int.random(in: 0..<zones.count, using: &dice)]
    let offsets = EWSBench.zones.offsets
    let day = Int64.random(in: 16_000...21_000, using: &dice)
    // Quarter hours, so that turns of the clock are met; up to a day and a quarter.
    let begin = Int64.random(in: 0..<96, using: &dice) * 900
    let (recurrence, rule) = pattern(on: day, &dice)
    var length = Int64.random(in: 0...120, using: &dice) * 900
    if let step = RecurrenceDays(recurrence)?.shortestStep { length = min(length, step * 86_400) }
    var series = Mailbox.Appointment("Series", start: 0, end: 0)
    series.startZone = zone
    series.endZone = zone
    // The master's own day sets the wall times only; the dates are the pattern's.
    let anchor = wholesome(day, begin, length, zone)
    series.start = offsets.instant(wallClock: anchor * 86_400 + begin, in: zone)
    series.end = offsets.instant(wallClock: anchor * 86_400 + begin + length, in: zone)
    series.recurrence = recurrence
    var mailbox = Mailbox(
      owner: Mailbox.Person(name: "Technician", address: EWSBench.user),
      seed: 1,
      at: 0
    )
    let around = Mailbox.Surroundings(now: 0, zones: offsets)
    let calendar = mailbox.folderID(.calendar)
    let from = (day + Int64.random(in: -30...2_000, using: &dice)) * 86_400
    let to = from + Int64.random(in: 1...200, using: &dice) * 86_400
    var shown: [[Int64]] = []
    do throws(Mailbox.Refusal) {
      let master = try mailbox.create(series, in: calendar, around)
      let dates = try mailbox.series(master.id, offsets)
      for item in try mailbox.calendarView(of: calendar, from: from, to: to, offsets).items {
        let place = item.occurrence.flatMap { dates.days.place(of: $0.day) } ?? 0
        shown.append([item.appointment.start, item.appointment.end, Int64(place)])
      }
    } catch {
      guard error.code == .errorRecurrenceHasNoOccurrence else { throw error }
    }
    let iana = WindowsZones.iana(forWindows: zone) ?? "UTC"
    return """
      {"rule": {\(rule)}, "start": "\(Timestamp.date(day))", "begin": \(begin), \
      "length": \(length), "zone": "\(iana)", "from": \(from), "to": \(to), "shown": \(shown)}
      """
  }

  /// A day near the first on which the wall times exist once, so that they are read as they are meant.
  private static func wholesome(
    _ day: Int64,
    _ begin: Int64,
    _ length: Int64,
    _ zone: String
  ) -> Int64 {
    let offsets = EWSBench.zones.offsets
    return (0..<30).map { day + $0 }.first { day in
      let noon = day * 86_400 + 43_200
      return Set(
        [-2, -1, 0, 1, 2, 3].map { offsets.offset(zone, noon + $0 * 86_400) ?? 0 }
      ).count == 1
    } ?? day
  }
}

/// A pattern both as Exchange says it and as RFC 5545 does.
extension EWSOracleTests {
  private static func pattern(
    on day: Int64,
    _ dice: inout Dice
  ) -> (Mailbox.Recurrence, rule: String) {
    let start = Timestamp.date(day)
    let (pattern, rule) = rhythm(&dice)
    switch Int.random(in: 0..<3, using: &dice) {
    case 0: return (Mailbox.Recurrence(pattern, .noEnd(start: start)), rule)
    case 1:
      let end = Timestamp.date(day + Int64.random(in: 0...2_500, using: &dice))
      return (
        Mailbox.Recurrence(pattern, .endDate(start: start, end: end)),
        rule + ", \"until\": \"\(end)\""
      )
    default:
      let count = Int.random(in: 1...400, using: &dice)
      return (
        Mailbox.Recurrence(pattern, .numbered(start: start, count: count)),
        rule + ", \"count\": \(count)"
      )
    }
  }

  private static func rhythm(_ dice: inout Dice) -> (Mailbox.RecurrencePattern, String) {
    // dateutil counts weekdays from Monday.
    func number(_ day: Mailbox.Weekday) -> Int64 { (day.number + 6) % 7 }
    let interval = Int.random(in: 1...6, using: &dice)
    let dayOfMonth = Int.random(in: 1...28, using: &dice)
    let month = Mailbox.Month.allCases[Int.random(in: 0..<12, using: &dice)]
    let kind = Mailbox.DayOfWeek.allCases[Int.random(in: 0..<10, using: &dice)]
    let week = Int.random(in: 0..<5, using: &dice)
    let index = Mailbox.WeekOfMonth.allCases[week]
    let held = Mailbox.Weekday.allCases.filter { kind.holds($0) }.map(number)
    let relative = "\"byweekday\": \(held), \"bysetpos\": \(week == 4 ? -1 : week + 1)"
    switch Int.random(in: 0..<6, using: &dice) {
    case 0: return (.daily(interval: interval), "\"freq\": \"DAILY\", \"interval\": \(interval)")
    case 1:
      let first = Mailbox.Weekday.allCases[Int.random(in: 0..<7, using: &dice)]
      var days = Mailbox.Weekday.allCases.filter { _ in Bool.random(using: &dice) }
      if days.isEmpty { days = [first] }
      return (
        .weekly(interval: interval, days: days, firstDay: first),
        "\"freq\": \"WEEKLY\", \"interval\": \(interval), \"wkst\": \(number(first)), "
          + "\"byweekday\": \(days.map(number))"
      )
    case 2:
      return (
        .absoluteMonthly(interval: interval, day: dayOfMonth),
        "\"freq\": \"MONTHLY\", \"interval\": \(interval), \"bymonthday\": \(dayOfMonth)"
      )
    case 3:
      return (
        .relativeMonthly(interval: interval, days: kind, index: index),
        "\"freq\": \"MONTHLY\", \"interval\": \(interval), \(relative)"
      )
    case 4:
      return (
        .absoluteYearly(day: dayOfMonth, month: month),
        "\"freq\": \"YEARLY\", \"bymonth\": \(month.number), \"bymonthday\": \(dayOfMonth)"
      )
    default:
      return (
        .relativeYearly(days: kind, index: index, month: month),
        "\"freq\": \"YEARLY\", \"bymonth\": \(month.number), \(relative)"
      )
    }
  }
}
