/// The technician's series.
extension Seeding {
  /// The series of this place, if it has one: five in the first forty, later one in forty.
  func series(_ index: Int, _ diary: inout Diary, _ dice: inout Dice) -> ExchangeEntry? {
    switch index {
    case 8: return ExchangeEntry(standUp)
    case 11: return ExchangeEntry(monthEnd)
    case 21: return ExchangeEntry(anniversary)
    case 29: return ExchangeEntry(lesson)
    case 37: return ExchangeEntry(workshop, isDisturbed: true)
    default:
      guard index % 40 == 37 else { return nil }
      return ExchangeEntry(
        ordinarySeries(index / 40, &diary, &dice),
        isDisturbed: dice.once(in: 2)
      )
    }
  }

  /// The first coming date begins two hours later, the next has another title, the next is gone.
  func disturb(
    _ master: Mailbox.Item,
    in mailbox: inout Mailbox,
    _ around: Mailbox.Surroundings
  ) throws {
    let today = self.today
    let dates = try mailbox.series(master.id, zones)
    let coming = dates.days.days(from: today + 1, through: today + 60).prefix(3)
    for (place, day) in coming.enumerated() {
      let date = try dates.occurrence(on: day)
      let (start, end) = (date.appointment.start, date.appointment.end)
      switch place {
      case 0:
        _ = try mailbox.change(date.id, [.start(start + 7_200), .end(end + 7_200)], around)
      case 1:
        _ = try mailbox.change(
          date.id,
          [.subject("\(date.appointment.subject), at the depot")],
          around
        )
      default: try mailbox.delete(date.id, .moveToDeletedItems, at: around.now)
      }
    }
  }

  private var today: Int64 { Timestamp.floorDivide(zones.wallClock(now, in: Self.zone), 86_400) }

  /// Series keep times of five minutes off the quarter hours of everything else.
  private func appointment(
    _ title: String,
    on day: Int64,
    from hour: Int64,
    _ minute: Int64,
    minutes: Int64,
    _ pattern: Mailbox.RecurrencePattern,
    range: (String) -> Mailbox.RecurrenceRange = { .noEnd(start: $0) }
  ) -> Mailbox.Appointment {
    let begin = day * 86_400 + hour * 3_600 + minute * 60
    var item = Mailbox.Appointment(
      title,
      start: zones.instant(wallClock: begin, in: Self.zone),
      end: zones.instant(wallClock: begin + minutes * 60, in: Self.zone)
    )
    setZone(Self.zone, of: &item)
    item.recurrence = Mailbox.Recurrence(pattern, range(Timestamp.date(day)))
    return item
  }

  private var standUp: Mailbox.Appointment {
    var item = appointment(
      "Stand-up",
      on: today - 60,
      from: 8,
      50,
      minutes: 15,
      .weekly(
        interval: 1,
        days: [.monday, .tuesday, .wednesday, .thursday, .friday],
        firstDay: .monday
      )
    )
    item.location = "Meeting room 1"
    return item
  }

  private var monthEnd: Mailbox.Appointment {
    appointment(
      "Close of the month",
      on: today - 400,
      from: 15,
      5,
      minutes: 50,
      .relativeMonthly(interval: 1, days: .friday, index: .last)
    )
  }

  /// Nine days from now, as it was three years ago.
  private var anniversary: Mailbox.Appointment {
    let date = Timestamp.civil(today + 9)
    let first = Timestamp.daysSince1970(date.year - 3, date.month, 1)
    var item = appointment(
      "Founders' day",
      on: first,
      from: 0,
      0,
      minutes: 1_440,
      .absoluteYearly(day: date.day, month: Mailbox.Month.allCases[date.month - 1])
    )
    item.isAllDay = true
    item.showAs = .free
    return item
  }

  private var lesson: Mailbox.Appointment {
    var item = appointment(
      "Piano lesson",
      on: today - 45,
      from: 17,
      20,
      minutes: 45,
      .weekly(interval: 1, days: [.wednesday], firstDay: .monday),
      range: { .numbered(start: $0, count: 30) }
    )
    item.sensitivity = .private
    return item
  }

  private var workshop: Mailbox.Appointment {
    var item = appointment(
      "Stock check",
      on: today - 30,
      from: 13,
      5,
      minutes: 30,
      .weekly(interval: 1, days: [.tuesday, .thursday], firstDay: .monday),
      range: { .endDate(start: $0, end: Timestamp.date(today + 180)) }
    )
    item.location = "Workshop bench"
    return item
  }

  /// What larger worlds have more of, each in a slot of its own.
  private func ordinarySeries(
    _ round: Int,
    _ diary: inout Diary,
    _ dice: inout Dice
  ) -> Mailbox.Appointment {
    let slot = diary.slot(&dice)
    let weekday = Mailbox.Weekday(ofDay: slot.day)
    let kind = Mailbox.DayOfWeek(rawValue: weekday.rawValue) ?? .weekday
    let pattern: Mailbox.RecurrencePattern =
      switch round % 4 {
      case 0: .weekly(interval: 1, days: [weekday], firstDay: .monday)
      case 1: .weekly(interval: 2, days: [weekday], firstDay: .monday)
      case 2: .relativeMonthly(interval: 1, days: kind, index: .second)
      default: .absoluteMonthly(interval: 1, day: 31)
      }
    var item = Mailbox.Appointment(
      Wording.series(&dice),
      start: slot.stretch.start,
      end: slot.stretch.end
    )
    setZone(Self.zone, of: &item)
    item.location = Wording.place(&dice)
    item.recurrence = Mailbox.Recurrence(pattern, .noEnd(start: Timestamp.date(slot.day)))
    return item
  }
}
