internal import SyncEngine
internal import SyncModel

/// Between an item on the wire and an item of the model, in both directions.
struct CalendarItemMapping: Sendable {
  let zones: ZoneMapping
  /// The person's own zone, for an all-day item whose own is not known.
  let mailboxZone: ZoneName?

  /// Why an item cannot be written as it stands.
  struct Unwritable: Error {
    let reason: String
  }

  // MARK: From the wire

  /// What was read; `folder` is where the item was asked for.
  func reading(of wire: WireItem, isBodyWhole: Bool, folder: FolderID) -> ItemReading {
    let itemClass = wire.itemClass ?? "IPM.Appointment"
    guard wire.element == Word.calendarItem.rawValue, Self.isAppointment(itemClass) else {
      return .foreign(itemClass: wire.itemClass ?? wire.element)
    }
    guard !wire.itemID.id.isEmpty, !wire.itemID.changeKey.isEmpty else {
      return .unreadable("Exchange gave it no id")
    }
    guard let start = wire.start.flatMap({ Instant(iso8601: $0) }),
      let end = wire.end.flatMap({ Instant(iso8601: $0) })
    else { return .unreadable("Exchange gave it no start or end") }
    let modified = wire.lastModifiedTime.flatMap { Instant(iso8601: $0) }
    let created = wire.dateTimeCreated.flatMap { Instant(iso8601: $0) }
    let uid = wire.uid.flatMap { $0.isEmpty ? nil : $0 }
    return .found(
      ExchangeItem(
        id: ExchangeItemID(wire.itemID.id),
        changeKey: ChangeKey(wire.itemID.changeKey),
        folder: wire.parentFolderID.map { FolderID($0) } ?? folder,
        itemClass: itemClass,
        role: role(wire.calendarItemType),
        uid: uid,
        cleanUID: wire.cleanGlobalObjectID.flatMap { GlobalObjectID.clean(base64: $0) }
          ?? uid.flatMap { GlobalObjectID.clean(uid: $0) },
        when: when(wire, start: start, end: end),
        windowsZone: wire.zones.map(\.id).first { $0 != "" },
        title: wire.subject ?? "",
        text: wire.body ?? "",
        isTextWhole: isBodyWhole && !wire.isTruncated,
        place: wire.location ?? "",
        sensitivity: sensitivity(wire.sensitivity),
        showAs: showAs(wire.legacyFreeBusyStatus),
        isMeeting: wire.isMeeting ?? false,
        isCancelled: wire.isCancelled ?? false,
        response: response(wire.myResponseType),
        organizer: wire.organizer.flatMap { person($0) },
        attendees: attendees(wire),
        categories: wire.categories,
        reminderMinutes: reminder(wire),
        created: created ?? modified ?? Instant(seconds: 0),
        modified: modified ?? created ?? Instant(seconds: 0),
        stamp: wire.stamp,
        recurrence: wire.recurrence.flatMap { RecurrencePattern($0) },
        exceptions: wire.modifiedOccurrences.compactMap { exception($0) },
        deletedOccurrences: wire.deletedOccurrences.compactMap { Instant(iso8601: $0) },
        originalStart: wire.originalStart.flatMap { Instant(iso8601: $0) }
      )
    )
  }

  // MARK: To the wire

  func newItem(_ draft: ExchangeDraft) throws(Unwritable) -> NewCalendarItem {
    let (start, end) = try times(draft.when, zone: draft.zone)
    let zone = draft.zone.flatMap { zones.windowsID(of: $0) }
    if draft.when.isAllDay, zone == nil { throw noWindowsZone(draft.zone) }
    return NewCalendarItem(
      subject: draft.title,
      body: draft.text,
      stamp: draft.stamp.description,
      uid: draft.uid,
      start: start,
      end: end,
      isAllDay: draft.when.isAllDay,
      location: draft.place,
      timeZone: zone ?? "UTC"
    )
  }

  /// Only the fields that change; a timed `when` never names a zone (`rules.md` 5).
  func change(_ edit: ExchangeEdit) throws(Unwritable) -> CalendarItemChange {
    var updates: [FieldUpdate] = []
    if let title = edit.title { updates.append(.subject(title)) }
    if let text = edit.text { updates.append(.body(text)) }
    if let place = edit.place { updates.append(.location(place)) }
    if let when = edit.when {
      let (start, end) = try times(when, zone: edit.zone)
      if when.isAllDay {
        // The server snaps to the midnights of the item's zone, which must be that of the dates.
        guard let zone = edit.zone.flatMap({ zones.windowsID(of: $0) }) else {
          throw noWindowsZone(edit.zone)
        }
        updates += [.startTimeZone(zone), .endTimeZone(zone)]
      }
      if edit.turnsAllDay { updates.append(.isAllDay(when.isAllDay)) }
      updates += [.start(start), .end(end)]
    }
    return CalendarItemChange(
      item: WireItemID(id: edit.id.rawValue, changeKey: edit.expected.rawValue),
      updates: updates
    )
  }
}

// MARK: - Times

extension CalendarItemMapping {
  /// An all-day item's dates are those of its own zone, never of the reader's (`ews.md` 3.4).
  private func when(_ wire: WireItem, start: Instant, end: Instant) -> When {
    let own = wire.zones.lazy.compactMap { zones.zone(of: $0.id) }.first
    guard wire.isAllDayEvent == true else { return .timed(start: start, end: end, zone: own) }
    let standing =
      own.map { [zones.load($0)] }
      ?? wire.zones.map { CustomZone.zone(of: $0, at: start) }
    let fallback = mailboxZone.flatMap { zones.load($0) }
    for zone in (standing + [fallback]).compactMap(\.self) {
      if let first = zones.date(beginningAt: start, in: zone),
        let afterLast = zones.date(beginningAt: end, in: zone)
      {
        return .allDay(first: first, afterLast: max(afterLast, first.advanced(byDays: 1)))
      }
    }
    let first = ZoneMapping.date(guessedFrom: start)
    // A day has 23 to 25 hours where clocks change.
    let days = max(1, Int((end.seconds - start.seconds + 43_200) / 86_400))
    return .allDay(first: first, afterLast: first.advanced(byDays: days))
  }

  private func times(
    _ when: When,
    zone: ZoneName?
  ) throws(Unwritable) -> (start: String, end: String) {
    switch when {
    case .timed(let start, let end, _):
      return (start.description, end.description)
    case .allDay(let first, let afterLast):
      guard let zone else { throw Unwritable(reason: "no zone is known for its days") }
      guard let start = zones.midnight(of: first, in: zone),
        let end = zones.midnight(of: afterLast, in: zone)
      else { throw Unwritable(reason: "the zone \(zone) is not known on this machine") }
      return (start, end)
    }
  }

  private func noWindowsZone(_ zone: ZoneName?) -> Unwritable {
    Unwritable(reason: "Exchange has no zone for \(zone?.rawValue ?? "its days")")
  }
}

// MARK: - Words

extension CalendarItemMapping {
  /// Custom forms subclass the class (`ews.md` 3.1).
  private static func isAppointment(_ itemClass: String) -> Bool {
    let lower = itemClass.lowercased()
    return lower == "ipm.appointment" || lower.hasPrefix("ipm.appointment.")
  }

  private func role(_ word: String?) -> SeriesRole {
    switch word {
    case "Occurrence": .occurrence
    case "Exception": .exception
    case "RecurringMaster": .master
    default: .single
    }
  }

  /// A word that is not known counts as private: nothing is shown by mistake.
  private func sensitivity(_ word: String?) -> Sensitivity {
    switch word {
    case nil, "Normal": .normal
    case "Personal": .personal
    case "Confidential": .confidential
    default: .private
    }
  }

  private func showAs(_ word: String?) -> ShowAs {
    switch word {
    case "Free": .free
    case "Tentative": .tentative
    case "OOF": .away
    case "WorkingElsewhere": .workingElsewhere
    case "NoData": .noData
    default: .busy
    }
  }

  private func response(_ word: String?) -> MeetingResponse {
    switch word {
    case "Organizer": .organizer
    case "Tentative": .tentative
    case "Accept": .accepted
    case "Decline": .declined
    case "NoResponseReceived": .notReceived
    default: .unknown
    }
  }

  /// Clients wrote numbers past Exchange's range into some items (`ews.md` 6.21).
  private func reminder(_ wire: WireItem) -> Int? {
    guard wire.reminderIsSet == true, let minutes = wire.reminderMinutesBeforeStart,
      (0...2_629_800).contains(minutes)
    else { return nil }
    return minutes
  }

  private func exception(_ wire: WireOccurrence) -> SeriesException? {
    guard let start = wire.start.flatMap({ Instant(iso8601: $0) }),
      let end = wire.end.flatMap({ Instant(iso8601: $0) }),
      let original = wire.originalStart.flatMap({ Instant(iso8601: $0) })
    else { return nil }
    return SeriesException(
      id: ExchangeItemID(wire.itemID.id),
      originalStart: original,
      start: start,
      end: end
    )
  }
}

// MARK: - People

extension CalendarItemMapping {
  /// Nil for a mailbox that says nothing; only an SMTP address is an address (`ews.md` 6.17, 6.25).
  ///
  /// Exchange's own addresses would have to be resolved one request each; the display name, which
  /// comes with them, says to people what they need.
  private func person(_ wire: WireMailbox) -> Person? {
    let name = Self.isInternal(wire.name) ? "" : wire.name
    let isSMTP = wire.routingType.isEmpty || wire.routingType.uppercased() == "SMTP"
    let isMail = isSMTP && wire.emailAddress.contains("@") && !Self.isInternal(wire.emailAddress)
    guard !name.isEmpty || isMail else { return nil }
    return Person(name: name, address: isMail ? wire.emailAddress : "")
  }

  /// A directory's path, bare or wrapped up as if it were a mail address; also where a server puts
  /// it in place of a name.
  private static func isInternal(_ text: String) -> Bool {
    let lower = text.lowercased()
    return lower.hasPrefix("/o=") || lower.hasPrefix("/cn=") || lower.hasPrefix("imcea")
  }

  /// In the wire's order; an address is named once in a role.
  ///
  /// Somebody whom nothing names is still there: with attendees an item is nobody's to move.
  private func attendees(_ wire: WireItem) -> [Attendee] {
    let lists: [(Attendee.Role, [WireAttendee])] = [
      (.required, wire.requiredAttendees), (.optional, wire.optionalAttendees),
      (.resource, wire.resources),
    ]
    return lists.flatMap { role, list in
      var seen: Set<String> = []
      return list.compactMap { wire -> Attendee? in
        guard !wire.mailbox.name.isEmpty || !wire.mailbox.emailAddress.isEmpty else { return nil }
        let person = person(wire.mailbox) ?? Person(name: "Unnamed recipient", address: "")
        let address = person.address.lowercased()
        guard address.isEmpty || seen.insert(address).inserted else { return nil }
        return Attendee(person: person, role: role, response: response(wire.responseType))
      }
    }
  }
}
