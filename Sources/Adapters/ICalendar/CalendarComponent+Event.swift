import Recurrence
import SyncModel
import SyncPlan
import ZoneData

extension CalendarComponent {
  /// The event of an item; `zone` is where its times are written, nil for UTC.
  init(event item: ExportedItem, uid: String, zone: Zone?, place: SeriesPlace) {
    self.init(.event)
    switch item {
    case .exchange(let item, let link): write(item, link, uid, zone, place)
    case .psa(let item, let link): write(item, link, uid)
    }
  }

  private mutating func write(
    _ item: ExchangeItem,
    _ link: LinkID?,
    _ uid: String,
    _ zone: Zone?,
    _ place: SeriesPlace
  ) {
    add("UID", .text(uid))
    addVersion(created: item.created, modified: item.modified)
    switch place {
    case .single, .unexpanded:
      addTimes(item.when, zone)
    case .master(let times):
      lines += times
    case .date(let identity):
      lines.append(identity)
      addTimes(item.when, zone)
    }
    addTexts(title: item.title, text: item.text, place: item.place)
    add("CLASS", .token(item.sensitivity.calendarClass))
    add("TRANSP", .token(item.showAs == .free ? "TRANSPARENT" : "OPAQUE"))
    if let status = item.showAs.busyStatus { add("X-MICROSOFT-CDO-BUSYSTATUS", .text(status)) }
    if item.isCancelled { add("STATUS", .token("CANCELLED")) }
    for category in item.categories where !category.isEmpty { add("CATEGORIES", .entry(category)) }
    if item.isMeeting || !item.attendees.isEmpty {
      if let organizer = item.organizer { lines.append(line(organizer)) }
      for attendee in item.attendees { lines.append(line(attendee)) }
    }
    addProvenance(.exchange, item.id.rawValue, link)
    if let windowsZone = item.windowsZone { add("X-LOCKSTEP-ZONE", .text(windowsZone)) }
    if !item.isTextWhole { add("X-LOCKSTEP-TEXT", .text("not-whole")) }
    if case .unexpanded = place { add("X-LOCKSTEP-SERIES", .text("not-written")) }
    if let minutes = item.reminderMinutes { parts.append(alarm(minutes, title: item.title)) }
  }

  private mutating func write(_ item: PSAItem, _ link: LinkID?, _ uid: String) {
    add("UID", .text(uid))
    addVersion(created: item.created, modified: item.modified)
    addTimes(.timed(start: item.start, end: item.end, zone: nil), nil)
    addTexts(of: item)
    addProvenance(.psa, item.id.description, link)
    add("X-LOCKSTEP-KIND", .text(item.kind.rawValue))
  }

  /// The to-do of a PSA item.
  init(toDo item: PSAItem, link: LinkID?, uid: String) {
    self.init(.toDo)
    add("UID", .text(uid))
    addVersion(created: item.created, modified: item.modified)
    // A due time has to be later than the start; without a length only that is said.
    if item.end > item.start { lines.append(.moment("DTSTART", item.start, nil)) }
    lines.append(.moment("DUE", max(item.start, item.end), nil))
    addTexts(of: item)
    add("STATUS", .token(item.isComplete ? "COMPLETED" : "NEEDS-ACTION"))
    addProvenance(.psa, item.id.description, link)
    add("X-LOCKSTEP-KIND", .text(item.kind.rawValue))
  }

  private mutating func add(_ name: String, _ value: CalendarValue) {
    lines.append(CalendarLine(name, value))
  }

  private mutating func addVersion(created: Instant, modified: Instant) {
    // The moment of export would make every export another file.
    add("DTSTAMP", .clock(CalendarClock(utc: modified)))
    add("CREATED", .clock(CalendarClock(utc: created)))
    add("LAST-MODIFIED", .clock(CalendarClock(utc: modified)))
  }

  private mutating func addTimes(_ when: When, _ zone: Zone?) {
    switch when {
    case .timed(let start, let end, _):
      lines.append(.moment("DTSTART", start, zone))
      // An end has to be later than its start; without one the event has no length.
      if end > start { lines.append(.moment("DTEND", end, zone)) }
    case .allDay(let first, let afterLast):
      add("DTSTART", .date(first))
      if afterLast > first { add("DTEND", .date(afterLast)) }
    }
  }

  /// Kinds without titles are called as they are in Exchange.
  private mutating func addTexts(of item: PSAItem) {
    addTexts(title: Projection.exchangeTitle(of: item), text: item.text, place: item.place)
  }

  private mutating func addTexts(title: String, text: String, place: String) {
    if !title.isEmpty { add("SUMMARY", .text(title)) }
    if !text.isEmpty { add("DESCRIPTION", .text(text)) }
    if !place.isEmpty { add("LOCATION", .text(place)) }
  }

  private mutating func addProvenance(_ side: Side, _ id: String, _ link: LinkID?) {
    add("X-LOCKSTEP-SIDE", .text(side.rawValue))
    add("X-LOCKSTEP-ID", .text(id))
    if let link { add("X-LOCKSTEP-LINK", .text(link.description)) }
  }

  private func line(_ organizer: Person) -> CalendarLine {
    CalendarLine("ORGANIZER", .address(organizer.uri), organizer.nameParameter)
  }

  private func line(_ attendee: Attendee) -> CalendarLine {
    var parameters = attendee.person.nameParameter
    switch attendee.role {
    case .required: parameters.append(CalendarParameter("ROLE", "REQ-PARTICIPANT"))
    case .optional: parameters.append(CalendarParameter("ROLE", "OPT-PARTICIPANT"))
    case .resource:
      parameters.append(CalendarParameter("CUTYPE", "RESOURCE"))
      parameters.append(CalendarParameter("ROLE", "NON-PARTICIPANT"))
    }
    parameters.append(CalendarParameter("PARTSTAT", attendee.response.participation))
    return CalendarLine("ATTENDEE", .address(attendee.person.uri), parameters)
  }

  private func alarm(_ minutes: Int, title: String) -> CalendarComponent {
    CalendarComponent(
      .alarm,
      lines: [
        CalendarLine("ACTION", .token("DISPLAY")),
        CalendarLine("DESCRIPTION", .text(title.isEmpty ? "Reminder" : title)),
        CalendarLine("TRIGGER", .token("-PT\(max(minutes, 0))M")),
      ]
    )
  }
}

extension CalendarLine {
  /// A moment in the zone's wall clock, or in UTC where that would not tell it: no zone, or the
  /// second pass of an hour that a zone shows twice.
  static func moment(_ name: String, _ instant: Instant, _ zone: Zone?) -> CalendarLine {
    if let zone {
      let local = zone.localSeconds(at: instant.seconds)
      if zone.instant(localSeconds: local) == instant.seconds {
        return CalendarLine(
          name,
          .clock(CalendarClock(LocalDateTime(secondsSince1970: local), isUTC: false)),
          [CalendarParameter("TZID", zone.name)]
        )
      }
    }
    return CalendarLine(name, .clock(CalendarClock(utc: instant)))
  }
}

extension CalendarValue {
  static func date(_ date: LocalDate) -> CalendarValue {
    let (year, month, day) = date.parts
    return .date(year: year, month: month, day: day)
  }
}

extension CalendarClock {
  init(utc instant: Instant) {
    self.init(LocalDateTime(secondsSince1970: instant.seconds), isUTC: true)
  }

  init(_ time: LocalDateTime, isUTC: Bool) {
    let (year, month, day) = time.date.parts
    self.init(
      year: year,
      month: month,
      day: day,
      hour: time.secondOfDay / 3_600,
      minute: time.secondOfDay / 60 % 60,
      second: time.secondOfDay % 60,
      isUTC: isUTC
    )
  }
}

extension Person {
  /// Some people have no address that can be read; iCalendar wants one of each.
  fileprivate var uri: String { address.contains("@") ? "mailto:\(address)" : "invalid:nomail" }

  fileprivate var nameParameter: [CalendarParameter] {
    name.isEmpty ? [] : [CalendarParameter("CN", name)]
  }
}

extension Sensitivity {
  fileprivate var calendarClass: String {
    switch self {
    case .normal: "PUBLIC"
    case .personal, .private: "PRIVATE"
    case .confidential: "CONFIDENTIAL"
    }
  }
}

extension ShowAs {
  /// The word that calendar programs know from Exchange; nil where it says nothing.
  fileprivate var busyStatus: String? {
    switch self {
    case .free: "FREE"
    case .tentative: "TENTATIVE"
    case .busy: "BUSY"
    case .away: "OOF"
    case .workingElsewhere: "WORKINGELSEWHERE"
    case .noData: nil
    }
  }
}

extension MeetingResponse {
  fileprivate var participation: String {
    switch self {
    case .unknown, .notReceived: "NEEDS-ACTION"
    case .organizer, .accepted: "ACCEPTED"
    case .tentative: "TENTATIVE"
    case .declined: "DECLINED"
    }
  }
}
