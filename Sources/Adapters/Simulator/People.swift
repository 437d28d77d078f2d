import SyncModel
import World

/// Does in the world what a person or a dispatcher does; sentences for the trace come back.
struct People: Sendable {
  let world: World
  let zones: WorldZones
  let watch: Watch

  static let zoneNames = [
    Seeding.zone, "Eastern Standard Time", "GMT Standard Time", "India Standard Time",
    "Tokyo Standard Time",
  ]

  /// Nil where there was nothing to do it to, or the side refused it.
  func act(_ step: Step, number: Int) async -> String? {
    var dice = Dice(seed: step.seed)
    let token = Tokens.token(number)
    let sight = watch.ledger.sight
    let told: String?
    do {
      if let done = try await exchange(step.deed, token, sight, &dice) {
        told = done
      } else {
        told = try await psa(step.deed, token, sight, &dice)
      }
    } catch let problem as EditProblem {
      told = "refused: \(problem)"
    } catch let refusal as Mailbox.Refusal {
      told = "refused: \(refusal.code.rawValue)"
    } catch {
      told = "refused: \(error)"
    }
    await watch.take(by: .person(number))
    return told
  }

  // MARK: Times

  /// A stretch around now: some of it past, some of it beyond every window.
  func stretch(_ dice: inout Dice) async -> (start: Int64, end: Int64) {
    let day = dice.weighted([
      (dice.number(0...12), 12), (dice.number(-9...(-1)), 3),
      (dice.number(20...45), 3), (dice.number(360...380), 1),
    ])
    let midnight = await world.now / 86_400 * 86_400
    let start = midnight + Int64(day) * 86_400 + Int64(dice.number(12...40)) * 1_800
    return (start, start + Int64(dice.number(1...6)) * 1_800)
  }

  private func make(
    _ appointment: Mailbox.Appointment,
    withoutUID: Bool = false
  ) async throws -> String {
    let offsets = zones.offsets
    return try await world.mailbox { mailbox, now in
      let around = Mailbox.Surroundings(now: now, zones: offsets, contextZone: Seeding.zone)
      let item = try mailbox.create(
        appointment,
        in: mailbox.folderID(.calendar),
        withoutUID: withoutUID,
        around
      )
      return "item \(item.born ?? 0)"
    }
  }

  private func change(_ item: SeenExchangeItem, _ changes: [Mailbox.Change]) async throws -> String
  {
    let offsets = zones.offsets
    try await world.mailbox { mailbox, now in
      let around = Mailbox.Surroundings(now: now, zones: offsets, contextZone: Seeding.zone)
      _ = try mailbox.update(
        mailbox.itemID(item.id),
        changes,
        changeKey: nil,
        conflict: .alwaysOverwrite,
        around
      )
    }
    return "item \(item.born)"
  }

  private func calendar(_ verb: CalendarEdit.Verb, on date: SeenDate? = nil) async throws {
    let day = date.map { LocalDate(daysSince1970: Int32($0.day)).description }
    _ = try await world.make(
      Edit(.exchange, .calendar(CalendarEdit(verb, occurrence: day))),
      zones: zones.offsets
    )
  }

  // MARK: Exchange

  private func exchange(
    _ deed: Step.Deed,
    _ token: String,
    _ sight: Sight,
    _ dice: inout Dice
  ) async throws -> String? {
    let items = sight.exchange.filter { $0.place == .calendar && !$0.isContact }
    let singles = items.filter { $0.appointment.recurrence == nil }
    let series = items.filter { $0.appointment.recurrence != nil && !$0.dates.isEmpty }
    switch deed {
    case .make, .makePrivate, .makeFree, .makeMeeting, .makeWholeDay, .makeWithoutUID:
      return try await makeItem(deed, token, &dice)
    case .makeSeries: return try await makeSeries(token, &dice)
    case .move:
      guard let item = dice.pick(singles) else { return nil }
      let (start, end) = await stretch(&dice)
      return try await change(item, [.start(start), .end(end)])
    case .retitle:
      guard let item = dice.pick(items) else { return nil }
      return try await change(item, [.subject("Visit \(token)")])
    case .rewrite:
      guard let item = dice.pick(items) else { return nil }
      return try await change(
        item,
        [.body(Mailbox.Body("Bring \(token)\nand keys")), .location("Room \(token)")]
      )
    case .delete:
      guard let item = dice.pick(items) else { return nil }
      let isHard = dice.once(in: 4)
      try await world.mailbox { mailbox, now in
        _ = try mailbox.delete(
          mailbox.itemID(item.id),
          isHard ? .softDelete : .moveToDeletedItems,
          at: now
        )
      }
      return "item \(item.born)"
    case .hide:
      guard let item = dice.pick(items) else { return nil }
      let degree = dice.pick([Mailbox.Sensitivity.private, .personal, .confidential]) ?? .private
      return try await change(item, [.sensitivity(degree), .subject("Secret \(token)")])
    case .show:
      guard let item = dice.pick(items.filter { $0.appointment.sensitivity != .normal }) else {
        return nil
      }
      return try await change(item, [.sensitivity(.normal)])
    case .free, .busy:
      guard let item = dice.pick(items) else { return nil }
      return try await change(item, [.showAs(deed == .free ? .free : .busy)])
    case .cancel, .decline, .accept:
      guard let item = dice.pick(singles.filter { $0.appointment.organizer != nil }) else {
        return nil
      }
      let mark: CalendarEdit.Mark =
        deed == .cancel ? .cancel : deed == .decline ? .decline : .accept
      try await calendar(.mark(id: item.id, mark))
      return "item \(item.born)"
    case .copy, .copyWithUID, .copyAndMove: return try await copy(deed, items, &dice)
    case .takeAway, .bringBack: return try await carry(deed, sight, &dice)
    case .touch:
      guard let item = dice.pick(items) else { return nil }
      try await world.mailbox { mailbox, now in
        _ = try mailbox.touch(mailbox.itemID(item.id), at: now)
      }
      return "item \(item.born)"
    case .invite:
      guard let item = dice.pick(singles) else { return nil }
      let guest = Mailbox.Attendee(Mailbox.Person(name: "Guest", address: "guest@example.com"))
      return try await change(item, [.required([guest])])
    case .moveDate, .retitleDate, .deleteDate, .hideDate, .changeRule, .endSeries:
      return try await changeSeries(deed, series, token, &dice)
    default: return nil
    }
  }

  private func makeItem(
    _ deed: Step.Deed,
    _ token: String,
    _ dice: inout Dice
  ) async throws -> String {
    var (start, end) = await stretch(&dice)
    if deed == .makeWholeDay {
      (start, end) = zones.offsets.wholeDays(start: start, end: end, in: Seeding.zone)
    }
    var item = Mailbox.Appointment("Talk \(token)", start: start, end: end)
    item.startZone = dice.once(in: 4) ? dice.pick(Self.zoneNames) : Seeding.zone
    item.endZone = item.startZone
    item.location = dice.once(in: 3) ? "Hall \(token)" : ""
    if dice.once(in: 2) { item.body = Mailbox.Body("About \(token)") }
    switch deed {
    case .makePrivate:
      item.sensitivity = dice.pick([.private, .personal, .confidential]) ?? .private
    case .makeFree: item.showAs = .free
    case .makeMeeting:
      item.required = [
        Mailbox.Attendee(Mailbox.Person(name: "Customer", address: "customer@example.com"))
      ]
      if dice.once(in: 2) {
        item.organizer = Mailbox.Person(name: "Boss", address: "boss@example.com")
      }
    case .makeWholeDay:
      item.isAllDay = true
      (item.startZone, item.endZone) = (Seeding.zone, Seeding.zone)
    default: break
    }
    return try await make(item, withoutUID: deed == .makeWithoutUID)
  }

  private func makeSeries(_ token: String, _ dice: inout Dice) async throws -> String {
    let (start, end) = await stretch(&dice)
    let rule =
      dice.pick(["daily times 5", "weekly MO,WE times 6", "weekly TU every 2", "daily every 3"])
      ?? "daily times 5"
    try await calendar(
      .create(
        title: "Round \(token)",
        start: start,
        end: end,
        isAllDay: dice.once(in: 6),
        repetition: rule
      )
    )
    return rule
  }

  private func copy(
    _ deed: Step.Deed,
    _ items: [SeenExchangeItem],
    _ dice: inout Dice
  ) async throws -> String? {
    guard let item = dice.pick(items.filter { $0.appointment.recurrence == nil }) else {
      return nil
    }
    let copy = try await world.mailbox { mailbox, now in
      let id = try mailbox.itemID(item.id)
      let copy = try mailbox.copy(
        id,
        to: mailbox.folderID(.calendar),
        keepingUID: deed != .copy,
        at: now
      )
      if deed == .copyAndMove {
        let other = try mailbox.otherCalendar(at: now)
        _ = try mailbox.move(id, to: other, at: now)
      }
      return copy.born ?? 0
    }
    await watch.take(by: .person(-1))
    watch.ledger.name(copy, copyOf: item.born)
    return "item \(item.born) as item \(copy)"
  }

  private func carry(
    _ deed: Step.Deed,
    _ sight: Sight,
    _ dice: inout Dice
  ) async throws -> String? {
    let from: SeenExchangeItem.Place = deed == .takeAway ? .calendar : .otherCalendar
    let items = sight.exchange.filter { $0.place == from && !$0.isContact }
    guard let item = dice.pick(items) else { return nil }
    try await world.mailbox { mailbox, now in
      let home =
        deed == .takeAway
        ? try mailbox.otherCalendar(at: now) : mailbox.folderID(.calendar)
      _ = try mailbox.move(mailbox.itemID(item.id), to: home, at: now)
    }
    return "item \(item.born)"
  }

  private func changeSeries(
    _ deed: Step.Deed,
    _ series: [SeenExchangeItem],
    _ token: String,
    _ dice: inout Dice
  ) async throws -> String? {
    guard let item = dice.pick(series) else { return nil }
    if deed == .changeRule || deed == .endSeries {
      let (start, end) = (item.appointment.start, item.appointment.end)
      let rule =
        deed == .endSeries ? "never" : dice.pick(["daily times 4", "weekly MO,TU,FR times 5"])
      try await calendar(.move(id: item.id, start: start, end: end, repetition: rule))
      return "item \(item.born)"
    }
    guard let date = dice.pick(item.dates) else { return nil }
    let (start, end) = (date.appointment.start, date.appointment.end)
    switch deed {
    case .moveDate:
      let distance = Int64(dice.number(1...6)) * 1_800
      try await calendar(
        .move(id: item.id, start: start + distance, end: end + distance, repetition: nil),
        on: date
      )
    case .retitleDate: try await calendar(.retitle(id: item.id, title: "Once \(token)"), on: date)
    case .hideDate: try await calendar(.mark(id: item.id, .private), on: date)
    default: try await calendar(.delete(id: item.id), on: date)
    }
    return "item \(item.born) on day \(date.day)"
  }
}

extension Mailbox {
  /// Where people put what they want out of the way.
  fileprivate mutating func otherCalendar(at now: Int64) throws(Refusal) -> FolderID {
    let name = "Aside"
    let there = folders(below: folderID(.calendar), deep: false).first { $0.name == name }
    if let there { return there.id }
    return try createFolder(name, folderClass: "IPF.Appointment", in: folderID(.calendar), at: now)
  }
}
