import Glibc
import ICalendar
import SyncEngine
import SyncModel
import Testing
import ZoneData

/// Prints how long many series take; asserts no time.
@Suite(.enabled(if: getenv("LOCKSTEP_FIGURES") != nil), .serialized) struct SeriesFigures {
  @Test(arguments: [RecurrencePattern.End.never, .after(occurrences: 999)])
  func `ten thousand series, sixty days, five years after their start`(
    end: RecurrencePattern.End
  ) throws {
    let weekdays: [RecurrencePattern.Weekday] = [.monday, .tuesday, .wednesday, .thursday, .friday]
    let rhythms: [RecurrencePattern.Rhythm] = [
      .daily(interval: 1), .daily(interval: 3),
      .weekly(interval: 1, days: [.tuesday], firstDayOfWeek: .monday),
      .weekly(interval: 1, days: weekdays, firstDayOfWeek: .monday),
      .weekly(interval: 2, days: [.monday, .thursday], firstDayOfWeek: .sunday),
      .monthly(interval: 1, dayOfMonth: 15), .monthly(interval: 1, dayOfMonth: 31),
      .monthlyByWeek(interval: 1, week: .last, days: weekdays),
      .monthlyByWeek(interval: 3, week: .second, days: [.wednesday]),
      .yearly(month: 4, dayOfMonth: 2), .yearlyByWeek(month: 3, week: .last, days: [.sunday]),
    ]
    let masters = (0..<10_000).map { number in
      Sample.exchange("M\(number)") { item in
        item.role = .master
        item.recurrence = RecurrencePattern(
          rhythm: rhythms[number % rhythms.count],
          firstDay: LocalDate(year: 2021, month: 3, day: 1).advanced(byDays: number % 28),
          end: end
        )
      }
    }
    let calendar = SeriesCalendar(zones: ZoneDatabase())
    let from = Sample.instant("2026-03-02T00:00:00Z")
    var found = 0
    let took = try ContinuousClock().measure {
      for master in masters {
        guard
          case .dates(let dates) = try calendar.expansion(
            of: master,
            from: from,
            until: from.advanced(byDays: 60)
          )
        else { continue }
        found += dates.count
      }
    }
    print("FIGURE 10,000 series, end \(end): \(found) occurrences in \(took / .milliseconds(1)) ms")
    #expect(found > 10_000)
  }
}
