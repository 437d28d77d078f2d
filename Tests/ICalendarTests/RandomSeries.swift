import Foundation
import SyncModel
import ZoneData

/// A series in terms of its own zone, from which a master of Exchange is made.
struct RandomSeries: CustomStringConvertible {
  struct Moment {
    /// By the pattern.
    var date: LocalDate
    /// How far Exchange's idea of the original start is off, in seconds.
    var slip: Int64 = 0
    /// How much later it really begins: seconds, or days of an all-day series.
    var shift: Int64 = 0
    /// Seconds, or days of an all-day series.
    var length: Int64 = 0
  }

  var windowsZone = "W. Europe Standard Time"
  var pattern: RecurrencePattern
  var isAllDay = false
  var timeOfDay = 9 * 3_600
  /// Seconds by the clock on the wall, or days of an all-day series.
  var length: Int64 = 3_600
  var changed: [Moment] = []
  var deleted: [Moment] = []
  var from: Instant
  var until: Instant

  var description: String {
    """
    \(windowsZone), \(isAllDay ? "all day" : "\(timeOfDay) s after midnight"), length \(length),
    \(pattern.rhythm) from \(pattern.firstDay), end \(pattern.end),
    window \(from) to \(until),
    changed \(changed.map { "\($0.date) slip \($0.slip) shift \($0.shift) length \($0.length)" }),
    deleted \(deleted.map { "\($0.date) slip \($0.slip)" })
    """
  }

  func zone(_ zones: ZoneDatabase) throws -> Zone {
    try zones.zone(WindowsZones.iana(forWindows: windowsZone) ?? "")
  }

  /// The item as the mirror holds it.
  func master(_ zones: ZoneDatabase) throws -> ExchangeItem {
    let zone = try zone(zones)
    func instant(_ local: Int64) -> Instant { Instant(seconds: zone.instant(localSeconds: local)) }
    func begin(_ date: LocalDate) -> Int64 { date.start + Int64(timeOfDay) }
    var item = Sample.exchange("SERIES", when(zone))
    item.role = .master
    item.windowsZone = windowsZone
    item.recurrence = pattern
    item.deletedOccurrences = deleted.map { instant(begin($0.date)).advanced(bySeconds: $0.slip) }
    item.exceptions = changed.map { moment in
      let start = begin(moment.date) + moment.shift * (isAllDay ? 86_400 : 1)
      let end = start + moment.length * (isAllDay ? 86_400 : 1)
      return SeriesException(
        id: ExchangeItemID("E\(moment.date)"),
        originalStart: instant(begin(moment.date)).advanced(bySeconds: moment.slip),
        start: instant(start),
        end: max(instant(start), instant(end))
      )
    }
    return item
  }

  /// The master's own time, on a day near the first on which clocks show both ends.
  private func when(_ zone: Zone) -> When {
    var day = pattern.firstDay
    if isAllDay { return .allDay(first: day, afterLast: day.advanced(byDays: Int(length))) }
    for _ in 0..<10 {
      let local = [day.start + Int64(timeOfDay), day.start + Int64(timeOfDay) + length]
      let ends = local.map { zone.instant(localSeconds: $0) }
      if ends.map({ zone.localSeconds(at: $0) }) == local {
        return .timed(
          start: Instant(seconds: ends[0]),
          end: Instant(seconds: ends[1]),
          zone: ZoneName(zone.name)
        )
      }
      day = day.advanced(byDays: 1)
    }
    return .timed(start: Instant(seconds: 0), end: Instant(seconds: 0), zone: nil)
  }
}

extension LocalDate {
  /// The day's midnight, counted as if UTC.
  var start: Int64 { Int64(daysSince1970) * 86_400 }
}

// MARK: - Dice

extension RandomSeries {
  /// The series that these dice throw: always the same for one seed.
  init(seed: UInt64) {
    var dice = Dice(state: seed)
    let window = LocalDate(year: 2019, month: 1, day: 1).advanced(byDays: dice.below(4_000))
    from = Instant(seconds: window.start + Int64(dice.below(86_400)))
    until = from.advanced(bySeconds: Int64(dice.below(60 * 86_400)))
    // Some have just begun, some are years old.
    let age = dice.below(dice.of([60, 400, 2_200])) - 30
    let firstDay = window.advanced(byDays: -age)
    pattern = RecurrencePattern(
      rhythm: Self.rhythm(&dice),
      firstDay: firstDay,
      end: Self.end(&dice, window: window, firstDay: firstDay)
    )
    windowsZone = dice.of(WindowsZones.allWindowsIDs)
    isAllDay = dice.below(5) == 0
    if isAllDay {
      timeOfDay = 0
      length = Int64(dice.of([1, 1, 1, 2, 5]))
    } else {
      timeOfDay = 300 * dice.below(dice.of([288, 48]))
      length = Int64(dice.of([0, 900, 3_600, 3_600, 28_800, 36_000, 86_400, 200_000]))
    }
    var days: Set<LocalDate> = []
    for _ in 0..<dice.of([0, 0, 1, 3, 8]) {
      let date = window.advanced(byDays: dice.below(90) - 15)
      guard days.insert(date).inserted else { continue }
      let scale: Int64 = isAllDay ? 1 : 900
      let moment = Moment(
        date: date,
        slip: Int64(dice.of([0, 0, 0, 3_600, -3_600])),
        shift: Int64(dice.below(dice.of([4, 100, 3_000])) - 2) * scale,
        length: Int64(dice.below(20) + (isAllDay ? 1 : 0)) * scale
      )
      if dice.below(2) == 0 { changed.append(moment) } else { deleted.append(moment) }
    }
  }

  private static func rhythm(_ dice: inout Dice) -> RecurrencePattern.Rhythm {
    let interval = dice.of([1, 1, 2, 3, dice.below(12) + 1, dice.below(99) + 1])
    let week = dice.of(
      [.first, .second, .third, .fourth, .last] as [RecurrencePattern.WeekOfMonth]
    )
    let month = dice.below(12) + 1
    let day = dice.below(4) == 0 ? 28 + dice.below(4) : dice.below(31) + 1
    switch dice.below(7) {
    case 0:
      return .daily(interval: interval)
    case 1, 2:
      var days = RecurrencePattern.Weekday.allCases.filter { _ in dice.below(3) == 0 }
      if days.isEmpty { days = [dice.of(RecurrencePattern.Weekday.allCases)] }
      return .weekly(
        interval: interval,
        days: days,
        firstDayOfWeek: dice.of(RecurrencePattern.Weekday.allCases)
      )
    case 3:
      return .monthly(interval: interval, dayOfMonth: day)
    case 4:
      return .monthlyByWeek(interval: interval, week: week, days: Self.daySet(&dice))
    case 5:
      return .yearly(month: month, dayOfMonth: day)
    default:
      return .yearlyByWeek(month: month, week: week, days: Self.daySet(&dice))
    }
  }

  private static func daySet(_ dice: inout Dice) -> [RecurrencePattern.Weekday] {
    dice.of([
      RecurrencePattern.Weekday.allCases, [.monday, .tuesday, .wednesday, .thursday, .friday],
      [.sunday, .saturday], [dice.of(RecurrencePattern.Weekday.allCases)],
      [dice.of(RecurrencePattern.Weekday.allCases)],
    ])
  }

  private static func end(
    _ dice: inout Dice,
    window: LocalDate,
    firstDay: LocalDate
  ) -> RecurrencePattern.End {
    switch dice.below(3) {
    case 0: .never
    case 1: .on(max(firstDay, window.advanced(byDays: dice.below(200) - 60)))
    default: .after(occurrences: dice.below(dice.of([5, 60, 999])) + 1)
    }
  }
}

/// Dice that fall the same way each time.
struct Dice {
  var state: UInt64

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
  mutating func of<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

// MARK: - Smaller ones

extension RandomSeries {
  /// Series that are simpler in one respect, for finding the simplest that still fails.
  var simpler: [RandomSeries] {
    var list: [RandomSeries] = []
    func add(_ change: (inout RandomSeries) -> Void) {
      var copy = self
      change(&copy)
      if copy.description != description { list.append(copy) }
    }
    add { $0.changed = [] }
    add { $0.deleted = [] }
    for place in changed.indices { add { $0.changed.remove(at: place) } }
    for place in deleted.indices { add { $0.deleted.remove(at: place) } }
    for place in changed.indices { add { $0.changed[place].slip = 0 } }
    let simpleZones = ["UTC", "W. Europe Standard Time"]
    for zone in simpleZones where !simpleZones.contains(windowsZone) {
      add { $0.windowsZone = zone }
    }
    add { $0.timeOfDay = 0 }
    add { $0.length = isAllDay ? 1 : 0 }
    add { $0.pattern = with(end: .never) }
    if case .after(let occurrences) = pattern.end {
      add { $0.pattern = with(end: .after(occurrences: (occurrences + 1) / 2)) }
    }
    let half = (until.seconds - from.seconds) / 2
    if half > 3_600 {
      add { $0.until = $0.from.advanced(bySeconds: half) }
      add { $0.from = $0.until.advanced(bySeconds: -half) }
    }
    let age = Int((from.seconds - pattern.firstDay.start) / 86_400)
    if age > 1 {
      add { $0.pattern = with(firstDay: pattern.firstDay.advanced(byDays: age / 2)) }
    }
    add { $0.pattern = with(interval: 1) }
    if interval > 2 { add { $0.pattern = with(interval: 2) } }
    return list
  }

  private var interval: Int {
    switch pattern.rhythm {
    case .daily(let interval), .weekly(let interval, _, _), .monthly(let interval, _),
      .monthlyByWeek(let interval, _, _):
      interval
    case .yearly, .yearlyByWeek: 1
    }
  }

  private func with(
    firstDay: LocalDate? = nil,
    end: RecurrencePattern.End? = nil,
    interval: Int? = nil
  ) -> RecurrencePattern {
    var rhythm = pattern.rhythm
    switch (rhythm, interval) {
    case (.daily, let interval?):
      rhythm = .daily(interval: interval)
    case (.weekly(_, let days, let first), let interval?):
      rhythm = .weekly(interval: interval, days: days, firstDayOfWeek: first)
    case (.monthly(_, let day), let interval?):
      rhythm = .monthly(interval: interval, dayOfMonth: day)
    case (.monthlyByWeek(_, let week, let days), let interval?):
      rhythm = .monthlyByWeek(interval: interval, week: week, days: days)
    case (.yearly, _), (.yearlyByWeek, _), (_, nil):
      break
    }
    return RecurrencePattern(
      rhythm: rhythm,
      firstDay: firstDay ?? pattern.firstDay,
      end: end ?? pattern.end
    )
  }
}
