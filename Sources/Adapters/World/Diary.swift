/// Finds times for a person's items so that no two begin and end alike: working hours on working
/// days, quarter hours of the person's own zone.
struct Diary {
  let now: Int64
  let zones: ZoneOffsets
  /// Days since 1970 of the first and the last day that gets items.
  private let days: ClosedRange<Int64>
  private var taken: Set<Stretch> = []
  /// Times of day that series have, counted from midnight.
  private var slots: Set<Stretch> = []

  struct Stretch: Hashable {
    let start: Int64
    let end: Int64
  }

  /// The more entries, the further the diary reaches, up to eleven months.
  init(now: Int64, zones: ZoneOffsets, entries: Int) {
    self.now = now
    self.zones = zones
    let today = zones.wallClock(now, in: Seeding.zone) / 86_400
    let ahead = Int64(min(330, max(25, entries / 5)))
    days = today - 14...today + ahead
  }

  /// A stretch of working time; one of the next four days where it has to be `soon`.
  mutating func meeting(_ dice: inout Dice, soon: Bool = false) -> Stretch {
    let today = zones.wallClock(now, in: Seeding.zone) / 86_400
    return find(&dice, on: soon ? today + 1...today + 4 : days) { day, dice in
      let quarter = Int64.random(in: 28..<72, using: &dice)
      let length = Int64(dice.pick([1, 2, 2, 3, 4, 4, 4, 6, 8, 10, 12, 16]) ?? 4)
      let start = day * 86_400 + quarter * 900
      return (start, start + length * 900)
    }
  }

  /// Whole days in the person's zone.
  mutating func wholeDays(_ dice: inout Dice) -> Stretch {
    find(&dice, on: days) { day, dice in
      let length = Int64(dice.pick([1, 1, 1, 2, 3, 5]) ?? 1)
      return (day * 86_400, (day + length) * 86_400)
    }
  }

  /// A time of day that no other series has, on one of the last working days.
  ///
  /// It is five minutes off the quarter hours of everything else: no date of a series has the times
  /// of anything else.
  mutating func slot(_ dice: inout Dice) -> (day: Int64, stretch: Stretch) {
    let today = zones.wallClock(now, in: Seeding.zone) / 86_400
    var shift: Int64 = 0
    while true {
      let day = Int64.random(in: today - 13...today, using: &dice)
      if [2, 3].contains(day % 7) { continue }
      let begin = Int64.random(in: 28..<72, using: &dice) * 900 + 300
      let length = Int64(dice.pick([1, 2, 3, 4, 6]) ?? 4) * 900 + shift / 64 * 60
      shift += 1
      guard slots.insert(Stretch(start: begin, end: begin + length)).inserted else { continue }
      let start = zones.instant(wallClock: day * 86_400 + begin, in: Seeding.zone)
      return (day, Stretch(start: start, end: start + length))
    }
  }

  private mutating func find(
    _ dice: inout Dice,
    on days: ClosedRange<Int64>,
    _ wall: (Int64, inout Dice) -> (start: Int64, end: Int64)
  ) -> Stretch {
    var shift: Int64 = 0
    while true {
      let day = Int64.random(in: days, using: &dice)
      // 1970-01-01 was a Thursday: 2 and 3 are Saturday and Sunday.
      if [2, 3].contains(day % 7), !dice.once(in: 12) { continue }
      let (start, end) = wall(day, &dice)
      // In a full diary the minutes give way.
      let stretch = Stretch(
        start: zones.instant(wallClock: start, in: Seeding.zone),
        end: zones.instant(wallClock: end, in: Seeding.zone) + shift / 64 * 60
      )
      if taken.insert(stretch).inserted { return stretch }
      shift += 1
    }
  }
}
