extension World {
  /// Makes so many plausible changes, the same ones for the same seed and world, and answers them.
  package func makeRandomEdits(
    _ number: Int,
    seed: UInt64,
    zones: ZoneOffsets
  ) throws -> [Edit] {
    var dice = Dice(seed: seed)
    var made: [Edit] = []
    for _ in 0..<max(0, number) {
      let edit = randomEdit(&dice, zones)
      _ = try make(edit, zones: zones)
      made.append(edit)
    }
    return made
  }

  private func randomEdit(_ dice: inout Dice, _ zones: ZoneOffsets) -> Edit {
    let side: Edit.Side = dice.once(in: 2) ? .exchange : .psa
    if side == .exchange, dice.once(in: 4), let edit = randomSeriesEdit(&dice, zones) {
      return Edit(.exchange, edit)
    }
    let items = side == .exchange ? exchangeListing() : psaListing()
    // What lies ahead is what people move; cancelled meetings are left alone.
    let open = items.filter { $0.kind == "appointment" && $0.start > now && !$0.isAllDay }
    let taken = Set(items.map { "\($0.title)|\($0.start)|\($0.end)" })
    var diary = Diary(now: now, zones: zones, entries: 100)
    func title() -> String { side == .exchange ? Wording.office(&dice) : Wording.job(&dice) }
    while true {
      let verb: Edit.Verb
      let after: String
      let roll = Int.random(in: 0..<10, using: &dice)
      let stretch = diary.meeting(&dice)
      if roll >= 3, let item = dice.pick(open) {
        switch roll {
        case 3..<7:
          verb = .move(id: item.id, start: stretch.start, end: stretch.end)
          after = "\(item.title)|\(stretch.start)|\(stretch.end)"
        case 7..<9:
          let title = title()
          verb = .retitle(id: item.id, title: title)
          after = "\(title)|\(item.start)|\(item.end)"
        default: return Edit(side, .delete(id: item.id))
        }
      } else {
        let title = title()
        verb = .create(title: title, start: stretch.start, end: stretch.end)
        after = "\(title)|\(stretch.start)|\(stretch.end)"
      }
      guard stretch.start > now, !taken.contains(after) else { continue }
      return Edit(side, verb)
    }
  }

  /// A new series, another title for one, or a single date moved, renamed or taken out; nil where
  /// nothing of it is possible.
  private func randomSeriesEdit(_ dice: inout Dice, _ zones: ZoneOffsets) -> Edit.Verb? {
    let roll = Int.random(in: 0..<10, using: &dice)
    let title = Wording.series(&dice)
    let taken = Set(exchangeListing().map { "\($0.title)|\($0.start)|\($0.end)" })
    if roll < 2 {
      var diary = Diary(now: now, zones: zones, entries: 100)
      let (day, stretch) = diary.slot(&dice)
      guard !taken.contains("\(title)|\(stretch.start)|\(stretch.end)") else { return nil }
      let weekday = Mailbox.Weekday(ofDay: day).rawValue.prefix(2)
      let repetition = dice.pick([
        "weekly \(weekday)", "weekly \(weekday) every 2", "weekly \(weekday) times 5",
      ])
      return .calendar(
        CalendarEdit(
          .create(
            title: title,
            start: stretch.start,
            end: stretch.end,
            isAllDay: false,
            repetition: repetition
          )
        )
      )
    }
    let dates = occurrenceListing(zones: zones).filter { $0.start > now && !$0.isAllDay }
    guard let date = dice.pick(dates), let series = date.series else { return nil }
    let verb: CalendarEdit.Verb
    switch roll {
    case 2:
      let isFree = !taken.contains { $0.hasPrefix("\(title)|") }
      return isFree ? .retitle(id: series, title: title) : nil
    case 3..<6:
      // Later on the same day, which no neighbour shares.
      let distance = Int64.random(in: 1...4, using: &dice) * 1_800
      verb = .move(
        id: series,
        start: date.start + distance,
        end: date.end + distance,
        repetition: nil
      )
    case 6..<8: verb = .retitle(id: series, title: "\(date.title) (changed)")
    default: verb = .delete(id: series)
    }
    return .calendar(CalendarEdit(verb, occurrence: date.originalDate))
  }
}
