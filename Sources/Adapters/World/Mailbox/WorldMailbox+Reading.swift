import SyncModel

extension WorldMailbox {
  /// The item in the engine's words; whole days in the item's own zone (`ews.md` 3.4).
  func reading(_ item: Mailbox.Item, in mailbox: Mailbox) -> ExchangeItem {
    let appointment = item.appointment
    let zone = appointment.startZone ?? appointment.endZone
    return ExchangeItem(
      id: ExchangeItemID(mailbox.text(of: item.id)),
      changeKey: ChangeKey(mailbox.changeKey(of: item)),
      folder: SyncModel.FolderID(mailbox.text(of: item.id.folder)),
      itemClass: item.itemClass,
      role: appointment.recurrence == nil ? .single : .master,
      uid: item.uid,
      cleanUID: item.globalObjectID.map { CleanUID(hexadecimal($0.bytes)) },
      when: when(appointment, zone: zone ?? mailbox.timeZone ?? "UTC"),
      windowsZone: zone,
      title: appointment.subject,
      text: plainText(appointment.body),
      place: appointment.location,
      sensitivity: sensitivity(appointment.sensitivity),
      showAs: showAs(appointment.showAs),
      isMeeting: appointment.isMeeting,
      isCancelled: appointment.isCancelled,
      response: response(item.myResponse),
      organizer: person(appointment.organizer ?? mailbox.owner),
      attendees: attendees(appointment.required, .required)
        + attendees(appointment.optional, .optional)
        + attendees(appointment.resources, .resource),
      categories: appointment.categories,
      reminderMinutes: appointment.reminderIsSet ? appointment.reminderMinutes : nil,
      created: Instant(seconds: item.createdTime),
      modified: Instant(seconds: item.lastModifiedTime),
      stamp: appointment.extended(stamp)?.first,
      recurrence: appointment.recurrence.flatMap { pattern($0) },
      exceptions: [],
      deletedOccurrences: appointment.deletedOccurrences.map { Instant(seconds: $0) }
    )
  }

  private func when(_ appointment: Mailbox.Appointment, zone: String) -> When {
    guard appointment.isAllDay else {
      return .timed(
        start: Instant(seconds: appointment.start),
        end: Instant(seconds: appointment.end),
        zone: zones.iana(zone).map { ZoneName($0) }
      )
    }
    let first = date(appointment.start, in: zone)
    return .allDay(
      first: first,
      afterLast: max(date(appointment.end, in: zone), first.advanced(byDays: 1))
    )
  }

  private func date(_ instant: Int64, in zone: String) -> LocalDate {
    LocalDateTime(secondsSince1970: zones.offsets.wallClock(instant, in: zone)).date
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
      as: UTF8.self
    )
  }

  private func plainText(_ body: Mailbox.Body) -> String {
    switch body.format {
    case .text: body.content
    case .html: HTMLText.plain(body.content)
    }
  }

  private func sensitivity(_ sensitivity: Mailbox.Sensitivity) -> SyncModel.Sensitivity {
    switch sensitivity {
    case .normal: .normal
    case .personal: .personal
    case .private: .private
    case .confidential: .confidential
    }
  }

  private func showAs(_ showAs: Mailbox.ShowAs) -> SyncModel.ShowAs {
    switch showAs {
    case .free: .free
    case .tentative: .tentative
    case .busy: .busy
    case .away: .away
    case .workingElsewhere: .workingElsewhere
    case .noData: .noData
    }
  }

  private func response(_ response: Mailbox.Response) -> MeetingResponse {
    switch response {
    case .unknown: .unknown
    case .organizer: .organizer
    case .tentative: .tentative
    case .accept: .accepted
    case .decline: .declined
    case .noResponseReceived: .notReceived
    }
  }

  private func person(_ person: Mailbox.Person) -> SyncModel.Person {
    SyncModel.Person(name: person.name, address: person.address)
  }

  private func attendees(
    _ attendees: [Mailbox.Attendee],
    _ role: SyncModel.Attendee.Role
  ) -> [SyncModel.Attendee] {
    attendees.map {
      SyncModel.Attendee(
        person: person($0.person),
        role: role,
        response: response($0.response ?? .unknown)
      )
    }
  }
}

extension WorldMailbox {
  private func pattern(_ recurrence: Mailbox.Recurrence) -> RecurrencePattern? {
    let firstDay: String
    let end: RecurrencePattern.End
    switch recurrence.range {
    case .noEnd(let start): (firstDay, end) = (start, .never)
    case .endDate(let start, let last):
      guard let last = LocalDate(iso8601: last) else { return nil }
      (firstDay, end) = (start, .on(last))
    case .numbered(let start, let count): (firstDay, end) = (start, .after(occurrences: count))
    }
    guard let first = LocalDate(iso8601: firstDay), let rhythm = rhythm(recurrence.pattern) else {
      return nil
    }
    return RecurrencePattern(rhythm: rhythm, firstDay: first, end: end)
  }

  private func rhythm(_ pattern: Mailbox.RecurrencePattern) -> RecurrencePattern.Rhythm? {
    switch pattern {
    case .daily(let interval): .daily(interval: interval)
    case .weekly(let interval, let days, let firstDay):
      .weekly(
        interval: interval,
        days: days.flatMap { weekdays($0) },
        firstDayOfWeek: firstDay.flatMap { weekdays($0).first } ?? .sunday
      )
    case .absoluteMonthly(let interval, let day): .monthly(interval: interval, dayOfMonth: day)
    case .relativeMonthly(let interval, let days, let index):
      week(index).map { .monthlyByWeek(interval: interval, week: $0, days: weekdays(days)) }
    case .absoluteYearly(let day, let name):
      month(name).map { .yearly(month: $0, dayOfMonth: day) }
    case .relativeYearly(let days, let index, let name):
      month(name).flatMap { month in
        week(index).map { .yearlyByWeek(month: month, week: $0, days: weekdays(days)) }
      }
    }
  }

  private func weekdays(_ name: String) -> [RecurrencePattern.Weekday] {
    switch name {
    case "Sunday": [.sunday]
    case "Monday": [.monday]
    case "Tuesday": [.tuesday]
    case "Wednesday": [.wednesday]
    case "Thursday": [.thursday]
    case "Friday": [.friday]
    case "Saturday": [.saturday]
    case "Day": RecurrencePattern.Weekday.allCases
    case "Weekday": [.monday, .tuesday, .wednesday, .thursday, .friday]
    case "WeekendDay": [.sunday, .saturday]
    default: []
    }
  }

  private func week(_ index: String) -> RecurrencePattern.WeekOfMonth? {
    RecurrencePattern.WeekOfMonth(rawValue: index.lowercased())
  }

  private func month(_ name: String) -> Int? {
    [
      "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December",
    ].firstIndex(of: name).map { $0 + 1 }
  }
}
