import Recurrence
import SyncModel
import ZoneData

extension CalendarComponent {
  /// How a zone's clocks go from 1970 on, without end.
  ///
  /// Made from the tz database alone, not from the items, so that it is the same in every export.
  init(zone: Zone) {
    let rule = zone.finalRule
    let past = zone.transitions(in: 0..<(rule?.beginning ?? Self.lastListed))
    self.init(.zone, lines: [CalendarLine("TZID", .text(zone.name))])
    parts.append(Self.observance(beginningAt: zone.observance(at: 0)))
    var seen: [Shift] = []
    for shift in past.map(Shift.init) where !seen.contains(shift) {
      seen.append(shift)
      parts.append(Self.observance(shift, at: past.filter { Shift($0) == shift }.map(\.instant)))
    }
    guard let rule else { return }
    for change in rule.changes {
      if let text = change.recurrence {
        let first = zone.transitions(in: rule.beginning..<(rule.beginning + Self.twoYears))
          .first { $0.before == change.before && $0.after == change.after }
        guard let first else { continue }
        var part = Self.observance(Shift(first), at: [first.instant])
        part.lines.append(CalendarLine("RRULE", .token(text)))
        parts.append(part)
      } else {
        let moments = zone.transitions(in: rule.beginning..<Self.lastListed)
          .filter { $0.before == change.before && $0.after == change.after }
        guard let first = moments.first else { continue }
        parts.append(Self.observance(Shift(first), at: moments.map(\.instant)))
      }
    }
  }

  /// 2100: where the list ends of a rule that iCalendar cannot say.
  private static let lastListed: Int64 = 4_102_444_800
  private static let twoYears: Int64 = 2 * 366 * 86_400

  /// A change of clocks without its moment.
  private struct Shift: Hashable {
    let before: Int
    let after: ZoneObservance

    init(_ transition: ZoneTransition) {
      before = transition.before.offset
      after = transition.after
    }
  }

  private static func observance(beginningAt first: ZoneObservance) -> CalendarComponent {
    CalendarComponent(
      first.isDaylight ? .daylight : .standard,
      lines: [
        CalendarLine("TZNAME", .text(first.abbreviation)),
        CalendarLine("TZOFFSETFROM", .offset(first.offset)),
        CalendarLine("TZOFFSETTO", .offset(first.offset)),
        CalendarLine("DTSTART", .clock(clock(0, offset: first.offset))),
      ]
    )
  }

  private static func observance(_ shift: Shift, at instants: [Int64]) -> CalendarComponent {
    var part = CalendarComponent(
      shift.after.isDaylight ? .daylight : .standard,
      lines: [
        CalendarLine("TZNAME", .text(shift.after.abbreviation)),
        CalendarLine("TZOFFSETFROM", .offset(shift.before)),
        CalendarLine("TZOFFSETTO", .offset(shift.after.offset)),
      ]
    )
    for (index, instant) in instants.enumerated() {
      let clock = clock(instant, offset: shift.before)
      part.lines.append(
        index == 0
          ? CalendarLine("DTSTART", .clock(clock)) : CalendarLine("RDATE", .token(clock.text))
      )
    }
    return part
  }

  private static func clock(_ instant: Int64, offset: Int) -> CalendarClock {
    CalendarClock(LocalDateTime(secondsSince1970: instant + Int64(offset)), isUTC: false)
  }
}

extension CalendarClock {
  /// Such as `19961027T030000`.
  fileprivate var text: String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let years = String(year)
    return String(repeating: "0", count: max(0, 4 - years.count)) + years + two(month) + two(day)
      + "T" + two(hour) + two(minute) + two(second)
  }
}

extension ZoneRule.Change {
  /// The rule that iCalendar has for it; nil where it has none.
  ///
  /// A time before midnight or past the day's end shifts the day: Jerusalem's fourth Thursday at
  /// 26 hours is a Friday from the 23rd to the 29th at 2.
  fileprivate var recurrence: String? {
    let names = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"]
    let shift = Int((Double(time) / 86_400).rounded(.down))
    let day = names[((weekday + shift) % 7 + 7) % 7]
    let head = "FREQ=YEARLY;BYMONTH=\(month)"
    if shift == 0 { return "\(head);BYDAY=\(week == 5 ? -1 : week)\(day)" }
    let first = week == 5 ? -7 + shift : (week - 1) * 7 + 1 + shift
    let last = first + 6
    let isInMonth = week == 5 ? last <= -1 : first >= 1 && last <= (month == 2 ? 28 : 30)
    guard isInMonth else { return nil }
    let days = (first...last).map(String.init).joined(separator: ",")
    return "\(head);BYDAY=\(day);BYMONTHDAY=\(days)"
  }
}
