import Recurrence
import SyncEngine
import SyncModel
import TestGround
import Testing
import ZoneData

@testable import ICalendar

/// Whatever a calendar claims to repeat like: expanded or refused, never a crash or endless work.
@Suite struct SeriesFuzzTests {
  private let zones = ZoneDatabase()

  private static let numbers = [
    -1, 0, 1, 2, 3, 7, 12, 28, 29, 31, 32, 52, 366, 999, 1_200, 1_201, 9_999, 10_000, 65_536,
    Int(Int32.max), Int(Int32.max) + 1, .max, .min,
  ]

  /// Numbers as only a hostile server sends them: the wire's readers let every number through.
  @Test func `a series with impossible numbers is expanded or refused`() throws {
    try Fuzz("series", Fragments.numbers, corpus: ["x"]).run { _, dice, seed in
      var item = Sample.exchange("SERIES", when(&dice))
      item.role = .master
      item.windowsZone = dice.one(of: [
        "W. Europe Standard Time", "UTC", "Samoa Standard Time", nil,
      ])
      item.recurrence = pattern(&dice)
      item.deletedOccurrences = (0..<dice.number(below: 4)).map { _ in moment(&dice) }
      item.exceptions = (0..<dice.number(below: 4)).map { number in
        SeriesException(
          id: ExchangeItemID("E\(number)"),
          originalStart: moment(&dice),
          start: moment(&dice),
          end: moment(&dice)
        )
      }
      let calendar = SeriesCalendar(zones: zones)
      let from = Instant(seconds: 1_795_420_800)
      do {
        let expansion = try calendar.expansion(
          of: item,
          from: from,
          until: from.advanced(bySeconds: 60 * 86_400)
        )
        if case .dates(let dates) = expansion {
          #expect(dates.count < 1_827 + 62 + 4, "seed \(seed)")
        }
        _ = try calendar.index(of: LocalDate(year: 2026, month: 12, day: 1), in: item)
        _ = calendar.originalDate(of: moment(&dice), in: item)
        _ = try CalendarExport.document(of: [.exchange(item, link: nil)], zones: zones)
        _ = item.recurrence?.line(isAllDay: item.when.isAllDay, zone: nil)
      } catch let failure as any SyncFailure {
        #expect("\(failure)".count > 10, "seed \(seed)")
      }
    }
  }

  @Test func `a garbled rule is read or is none`() throws {
    let corpus = [
      "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SU;COUNT=10",
      "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20261231T225959Z", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
      "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", "FREQ=DAILY;UNTIL=20261231",
    ]
    let berlin = try zones.zone("Europe/Berlin")
    let start = LocalDateTime(secondsSince1970: 1_795_420_800)
    try Fuzz("rules", Fragments.text, corpus: corpus).run { bytes, _, _ in
      let line = String(decoding: bytes, as: UTF8.self)
      if let pattern = RecurrencePattern(line: line, start: start, zone: berlin) {
        _ = pattern.line(isAllDay: false, zone: berlin)
      }
      guard let rule = RecurrenceRule(line) else { return }
      do throws(CalendarError) {
        let day = CalendarDay(year: 2026, month: 1, day: 1)
        let days = try rule.days(from: day, in: day...CalendarDay(year: 2027, month: 1, day: 1))
        #expect(days.count <= 366)
      } catch {
        #expect(!"\(error)".isEmpty)
      }
    }
  }

  private func pattern(_ dice: inout Garbler) -> RecurrencePattern? {
    func number() -> Int { dice.one(of: Self.numbers) }
    let days = RecurrencePattern.Weekday.allCases.filter { _ in dice.number(below: 2) == 0 }
    let week = dice.one(of: [RecurrencePattern.WeekOfMonth.first, .fourth, .last])
    let rhythm: RecurrencePattern.Rhythm =
      switch dice.number(below: 6) {
      case 0: .daily(interval: number())
      case 1: .weekly(interval: number(), days: days, firstDayOfWeek: .monday)
      case 2: .monthly(interval: number(), dayOfMonth: number())
      case 3: .monthlyByWeek(interval: number(), week: week, days: days)
      case 4: .yearly(month: number(), dayOfMonth: number())
      default: .yearlyByWeek(month: number(), week: week, days: days)
      }
    let end: RecurrencePattern.End =
      switch dice.number(below: 3) {
      case 0: .never
      case 1: .after(occurrences: number())
      default: .on(day(&dice))
      }
    return RecurrencePattern(rhythm: rhythm, firstDay: day(&dice), end: end)
  }

  private func day(_ dice: inout Garbler) -> LocalDate {
    LocalDate(
      year: dice.one(of: [1, 1601, 1899, 1970, 2026, 2026, 2026, 2582, 4500, 9999]),
      month: 1 + dice.number(below: 12),
      day: 1 + dice.number(below: 28)
    )
  }

  private func moment(_ dice: inout Garbler) -> Instant {
    let texts = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-12-01T08:00:00+23:59"]
    let read = Instant(iso8601: dice.one(of: texts + Fragments.moments))
    return read ?? Instant(seconds: 1_795_420_800 + Int64(dice.number(below: 90 * 86_400)))
  }

  private func when(_ dice: inout Garbler) -> When {
    switch dice.number(below: 3) {
    case 0: .allDay(first: day(&dice), afterLast: day(&dice))
    default: .timed(start: moment(&dice), end: moment(&dice), zone: nil)
    }
  }
}
