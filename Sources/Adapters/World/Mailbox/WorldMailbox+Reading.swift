import SyncModel

extension WorldMailbox {
  /// The item in the engine's words; whole days in the item's own zone (`ews.md` 3.4).
  func reading(_ item: Mailbox.Item, in mailbox: Mailbox) -> ExchangeItem {
    let appointment = item.appointment
    let zone = appointment.startZone ?? appointment.endZone
    let series = Mailbox.Series(item, zones.offsets)
    return ExchangeItem(
      id: ExchangeItemID(mailbox.text(of: item.id)),
      changeKey: ChangeKey(mailbox.changeKey(of: item)),
      folder: SyncModel.FolderID(mailbox.text(of: item.id.folder)),
      itemClass: item.itemClass,
      role: role(item.type),
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
      exceptions: (series?.exceptions ?? []).map { exception($0, in: mailbox) },
      deletedOccurrences: (series?.deletedStarts ?? []).map { Instant(seconds: $0) },
      originalStart: item.occurrence.map { Instant(seconds: $0.originalStart) }
    )
  }

  private func role(_ type: Mailbox.ItemType) -> SeriesRole {
    switch type {
    case .single: .single
    case .occurrence: .occurrence
    case .exception: .exception
    case .recurringMaster: .master
    }
  }

  private func exception(_ item: Mailbox.Item, in mailbox: Mailbox) -> SeriesException {
    SeriesException(
      id: ExchangeItemID(mailbox.text(of: item.id)),
      originalStart: Instant(seconds: item.occurrence?.originalStart ?? item.appointment.start),
      start: Instant(seconds: item.appointment.start),
      end: Instant(seconds: item.appointment.end)
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
    let offsets = zones.offsets.knowing(appointment)
    let first = date(appointment.start, in: zone, offsets)
    return .allDay(
      first: first,
      afterLast: max(date(appointment.end, in: zone, offsets), first.advanced(byDays: 1))
    )
  }

  private func date(
    _ instant: Int64,
    in zone: String,
    _ offsets: ZoneOffsets
  ) -> LocalDate {
    LocalDateTime(secondsSince1970: offsets.wallClock(instant, in: zone)).date
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
      as: UTF8.self
    )
  }

  func plainText(_ body: Mailbox.Body) -> String {
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
    return LocalDate(iso8601: firstDay).map {
      RecurrencePattern(rhythm: rhythm(recurrence.pattern), firstDay: $0, end: end)
    }
  }

  private func rhythm(_ pattern: Mailbox.RecurrencePattern) -> RecurrencePattern.Rhythm {
    switch pattern {
    case .daily(let interval): .daily(interval: interval)
    case .weekly(let interval, let days, let firstDay):
      .weekly(
        interval: interval,
        days: days.map { weekday($0) },
        firstDayOfWeek: weekday(firstDay ?? .sunday)
      )
    case .absoluteMonthly(let interval, let day): .monthly(interval: interval, dayOfMonth: day)
    case .relativeMonthly(let interval, let days, let index):
      .monthlyByWeek(interval: interval, week: week(index), days: weekdays(days))
    case .absoluteYearly(let day, let month): .yearly(month: month.number, dayOfMonth: day)
    case .relativeYearly(let days, let index, let month):
      .yearlyByWeek(month: month.number, week: week(index), days: weekdays(days))
    }
  }

  private func weekdays(_ days: Mailbox.DayOfWeek) -> [RecurrencePattern.Weekday] {
    Mailbox.Weekday.allCases.filter { days.holds($0) }.map { weekday($0) }
  }

  private func weekday(_ day: Mailbox.Weekday) -> RecurrencePattern.Weekday {
    switch day {
    case .sunday: .sunday
    case .monday: .monday
    case .tuesday: .tuesday
    case .wednesday: .wednesday
    case .thursday: .thursday
    case .friday: .friday
    case .saturday: .saturday
    }
  }

  private func week(_ index: Mailbox.WeekOfMonth) -> RecurrencePattern.WeekOfMonth {
    switch index {
    case .first: .first
    case .second: .second
    case .third: .third
    case .fourth: .fourth
    case .last: .last
    }
  }
}
