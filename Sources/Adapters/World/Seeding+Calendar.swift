/// The technician's own items on both sides.
extension Seeding {
  /// An item that a person made in Exchange; its place decides its kind, so that small worlds have
  /// every kind too.
  func exchangeItem(
    _ index: Int,
    _ diary: inout Diary,
    _ dice: inout Dice
  ) -> ExchangeEntry {
    if let series = series(index, &diary, &dice) { return series }
    return ExchangeEntry(single(index, &diary, &dice))
  }

  private func single(
    _ index: Int,
    _ diary: inout Diary,
    _ dice: inout Dice
  ) -> Mailbox.Appointment {
    switch index % 40 {
    case 12, 28: return allDay(&diary, &dice)
    case 31:
      var item = meeting(&diary, &dice)
      item.myResponse = .decline
      item.showAs = .free
      return item
    case 34:
      var item = meeting(&diary, &dice)
      item.subject = "Canceled: \(item.subject)"
      item.isCancelled = true
      item.showAs = .free
      return item
    default: return ordinary(index, &diary, &dice)
    }
  }

  /// An appointment that a dispatcher or the technician made in the PSA.
  func psaItem(_ index: Int, _ diary: inout Diary, _ dice: inout Dice) -> PSAEntry {
    let stretch =
      index % 40 == 15
      ? diary.wholeDays(&dice) : diary.meeting(&dice, soon: isSoon(index))
    return PSAEntry(
      resource: Self.technician,
      creator: dice.once(in: 3) ? Self.technician : Self.dispatcher,
      title: Wording.job(&dice),
      text: dice.once(in: 3) ? "" : Wording.instructions(&dice),
      start: stretch.start,
      end: stretch.end
    )
  }

  /// One item as another integration leaves it on both sides: what may not be shown as
  /// `Appointment`, texts each in the other's way.
  func addPair(
    _ index: Int,
    to planned: inout PlannedItems,
    _ diary: inout Diary,
    _ dice: inout Dice
  ) {
    if index % 5 < 2 {
      let entry = psaItem(index, &diary, &dice)
      var item = Mailbox.Appointment(entry.title, start: entry.start, end: entry.end)
      item.body = Mailbox.Body(entry.text)
      item.startZone = Self.zone
      item.endZone = Self.zone
      planned.psa.append(entry)
      planned.exchange.append(ExchangeEntry(item))
      return
    }
    let item = index % 40 == 12 ? allDay(&diary, &dice) : ordinary(index, &diary, &dice)
    let isOpen = item.sensitivity == .normal
    planned.exchange.append(ExchangeEntry(item))
    planned.psa.append(
      PSAEntry(
        resource: Self.technician,
        creator: Self.apiUser,
        title: isOpen ? item.subject : "Appointment",
        text: isOpen ? item.body.content : "",
        start: item.start,
        end: item.end
      )
    )
  }

  /// The first items of a side lie in the days ahead, so that a look at the week shows some.
  private func isSoon(_ index: Int) -> Bool { index < 6 }

  private func ordinary(
    _ index: Int,
    _ diary: inout Diary,
    _ dice: inout Dice
  ) -> Mailbox.Appointment {
    var item = single(Wording.office(&dice), &diary, &dice, soon: isSoon(index))
    switch index % 40 {
    case 3, 22:
      item.subject = Wording.personal(&dice)
      item.sensitivity = .private
    case 9: item.sensitivity = .personal
    case 16: item.sensitivity = .confidential
    case 7, 26: item.showAs = .free
    case 18: item.showAs = .tentative
    case 24: item.showAs = .away
    case 33: item.showAs = .workingElsewhere
    case 5, 20, 38: addAttendees(to: &item, &dice)
    case 10: setZone("Eastern Standard Time", of: &item)
    case 19: setZone("GMT Standard Time", of: &item)
    case 30: setZone("India Standard Time", of: &item)
    case 14: item.categories = ["Travel"]
    case 36: item.importance = .high
    default: break
    }
    return item
  }

  private func single(
    _ subject: String,
    _ diary: inout Diary,
    _ dice: inout Dice,
    soon: Bool = false
  ) -> Mailbox.Appointment {
    let stretch = diary.meeting(&dice, soon: soon)
    var item = Mailbox.Appointment(subject, start: stretch.start, end: stretch.end)
    setZone(Self.zone, of: &item)
    item.location = Wording.place(&dice)
    if dice.once(in: 2) { item.body = Mailbox.Body(Wording.instructions(&dice)) }
    item.reminderIsSet = dice.once(in: 2)
    return item
  }

  private func allDay(_ diary: inout Diary, _ dice: inout Dice) -> Mailbox.Appointment {
    let stretch = diary.wholeDays(&dice)
    var item = Mailbox.Appointment(
      Wording.wholeDay(&dice),
      start: stretch.start,
      end: stretch.end
    )
    item.isAllDay = true
    item.showAs = dice.once(in: 2) ? .free : .away
    setZone(Self.zone, of: &item)
    return item
  }

  private func meeting(_ diary: inout Diary, _ dice: inout Dice) -> Mailbox.Appointment {
    var item = single(Wording.office(&dice), &diary, &dice)
    addAttendees(to: &item, &dice)
    item.organizer = Wording.customer
    return item
  }

  private func addAttendees(to item: inout Mailbox.Appointment, _ dice: inout Dice) {
    let isOwn = dice.once(in: 2)
    item.organizer = isOwn ? nil : Wording.dispatcher
    item.required = [Mailbox.Attendee(Wording.customer, response: .accept)]
    if dice.once(in: 2) {
      item.optional = [Mailbox.Attendee(Wording.lead, response: .tentative)]
    }
    if !isOwn { item.myResponse = .accept }
  }

  func setZone(_ zone: String, of item: inout Mailbox.Appointment) {
    item.startZone = zone
    item.endZone = zone
  }
}
