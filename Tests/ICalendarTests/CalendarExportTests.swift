import ICalendar
import Recurrence
import SyncModel
import Testing
import ZoneData

@Suite struct CalendarExportTests {
  private let zones = ZoneDatabase()

  private func document(_ items: ExportedItem...) throws -> String {
    String(decoding: try CalendarExport.document(of: items, zones: zones), as: UTF8.self)
  }

  /// The events of a document, read by libical.
  private func events(_ items: ExportedItem...) throws -> [CalendarComponent] {
    let calendar = try CalendarComponent.read(CalendarExport.document(of: items, zones: zones))
    return calendar.parts.filter { $0.kind == .event }
  }

  @Test func `an item of Exchange is written in full`() throws {
    let item = Sample.exchange { item in
      item.text = "Line one\nline two, with; marks \\ and more"
      item.place = "Room 5"
      item.sensitivity = .personal
      item.showAs = .away
      item.isMeeting = true
      item.organizer = Person(name: "A dispatcher", address: "dispatcher@example.com")
      item.attendees = [
        Attendee(
          person: Person(name: "A technician", address: "technician@example.com"),
          role: .required,
          response: .tentative
        ),
        Attendee(person: Person(name: "Nobody", address: ""), role: .optional, response: .unknown),
        Attendee(
          person: Person(name: "", address: "room5@example.com"),
          role: .resource,
          response: .accepted
        ),
      ]
      item.categories = ["Red, deep", "Blue"]
      item.reminderMinutes = 15
      item.isTextWhole = false
    }
    let text = try document(.exchange(item, link: LinkID(12)))
    let start = try #require(text.firstRange(of: "BEGIN:VEVENT"))
    let wanted: [String] = [
      "BEGIN:VEVENT", "UID:uid-AAMkAD=", "DTSTAMP:20260201T111213Z",
      "CREATED:20260105T100000Z", "LAST-MODIFIED:20260201T111213Z",
      "DTSTART;TZID=Europe/Berlin:20260302T090000",
      "DTEND;TZID=Europe/Berlin:20260302T103000", "SUMMARY:Server room",
      #"DESCRIPTION:Line one\nline two\, with\; marks \\ and more"#, "LOCATION:Room 5",
      "CLASS:PRIVATE", "TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF",
      #"CATEGORIES:Red\, deep"#, "CATEGORIES:Blue",
      "ORGANIZER;CN=A dispatcher:mailto:dispatcher@example.com",
      "ATTENDEE;CN=A technician;ROLE=REQ-PARTICIPANT;PARTSTAT=TENTATIVE:mailto:",
      " technician@example.com",
      "ATTENDEE;CN=Nobody;ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION:invalid:",
      " nomail",
      "ATTENDEE;CUTYPE=RESOURCE;ROLE=NON-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:",
      " room5@example.com", "X-LOCKSTEP-SIDE:exchange", "X-LOCKSTEP-ID:AAMkAD=",
      "X-LOCKSTEP-LINK:12", "X-LOCKSTEP-ZONE:W. Europe Standard Time",
      "X-LOCKSTEP-TEXT:not-whole", "BEGIN:VALARM", "ACTION:DISPLAY",
      "DESCRIPTION:Server room", "TRIGGER:-PT15M", "END:VALARM", "END:VEVENT",
      "END:VCALENDAR", "",
    ]
    #expect(text[start.lowerBound...] == wanted.joined(separator: "\r\n"))
  }

  @Test func `an item of the PSA is written in UTC`() throws {
    let events = try events(.psa(Sample.psa(), link: nil))
    let event = try #require(events.first)
    #expect(event["UID"] == .text("lockstep-appointment-4711"))
    #expect(event["SUMMARY"] == .text("On site: dispatcher's call"))
    #expect(event["DESCRIPTION"] == .text("Bring the key.\n\nRef: abcdefghijklmnop"))
    #expect(
      event["DTSTART"]
        == .clock(
          CalendarClock(year: 2026, month: 3, day: 3, hour: 12, minute: 0, second: 0, isUTC: true)
        )
    )
    #expect(event["X-LOCKSTEP-SIDE"] == .text("psa"))
    #expect(event["X-LOCKSTEP-KIND"] == .text("appointment"))
    #expect(event["X-LOCKSTEP-LINK"] == nil)
  }

  @Test func `whole days are dates, and the end is the day after the last`() throws {
    let when = When.allDay(
      first: LocalDate(year: 2026, month: 10, day: 24),
      afterLast: LocalDate(year: 2026, month: 10, day: 26)
    )
    let text = try document(.exchange(Sample.exchange("A", when), link: nil))
    #expect(text.contains("\r\nDTSTART;VALUE=DATE:20261024\r\nDTEND;VALUE=DATE:20261026\r\n"))
    #expect(!text.contains("VTIMEZONE"))
  }

  @Test(arguments: [
    (Sensitivity.normal, "PUBLIC"), (.personal, "PRIVATE"), (.private, "PRIVATE"),
    (.confidential, "CONFIDENTIAL"),
  ])
  func `the class follows the sensitivity`(sensitivity: Sensitivity, name: String) throws {
    let item = Sample.exchange { $0.sensitivity = sensitivity }
    #expect(try document(.exchange(item, link: nil)).contains("\r\nCLASS:\(name)\r\n"))
  }

  @Test(arguments: [
    (ShowAs.free, "TRANSPARENT", "FREE"), (.tentative, "OPAQUE", "TENTATIVE"),
    (.busy, "OPAQUE", "BUSY"), (.workingElsewhere, "OPAQUE", "WORKINGELSEWHERE"),
  ])
  func `free time is transparent`(showAs: ShowAs, transparency: String, status: String) throws {
    let text = try document(.exchange(Sample.exchange { $0.showAs = showAs }, link: nil))
    #expect(text.contains("\r\nTRANSP:\(transparency)\r\n"))
    #expect(text.contains("\r\nX-MICROSOFT-CDO-BUSYSTATUS:\(status)\r\n"))
  }

  @Test func `copies with one UID are told apart and a name is given once`() throws {
    let events = try events(
      .exchange(Sample.exchange("A") { $0.uid = "same" }, link: nil),
      .exchange(Sample.exchange("B") { $0.uid = "same" }, link: nil),
      .exchange(Sample.exchange("C") { $0.uid = nil }, link: nil)
    )
    #expect(events.map { $0["UID"] } == [.text("same"), .text("same/2"), .text("C")])
  }

  @Test func `a zone is written once, before the first event that needs it`() throws {
    let text = try document(
      .psa(Sample.psa(), link: nil),
      .exchange(Sample.exchange("A"), link: nil),
      .exchange(Sample.exchange("B"), link: nil)
    )
    #expect(text.components("BEGIN:VTIMEZONE") == 1)
    #expect(text.components("TZID:Europe/Berlin") == 1)
    #expect(text.components("BEGIN:VEVENT") == 3)
  }

  @Test(arguments: ["UTC", "Etc/UTC", "Europe/Atlantis", "../../etc/passwd"])
  func `UTC and zones that nobody knows are written as UTC`(zone: String) throws {
    let when = When.timed(
      start: Sample.instant("2026-03-02T08:00:00Z"),
      end: Sample.instant("2026-03-02T09:00:00Z"),
      zone: ZoneName(zone)
    )
    let text = try document(.exchange(Sample.exchange("A", when), link: nil))
    #expect(text.contains("\r\nDTSTART:20260302T080000Z\r\n"))
    #expect(!text.contains("TZID"))
  }

  /// On 25 October 2026 Berlin shows 02:30 twice; the second one is 01:30 UTC.
  @Test func `a moment that its wall clock does not tell is written in UTC`() throws {
    let when = When.timed(
      start: Sample.instant("2026-10-25T00:30:00Z"),
      end: Sample.instant("2026-10-25T01:30:00Z"),
      zone: ZoneName("Europe/Berlin")
    )
    let text = try document(.exchange(Sample.exchange("A", when), link: nil))
    #expect(text.contains("\r\nDTSTART;TZID=Europe/Berlin:20261025T023000\r\n"))
    #expect(text.contains("\r\nDTEND:20261025T013000Z\r\n"))
  }

  @Test func `an event without length has no end`() throws {
    let moment = Sample.instant("2026-03-02T08:00:00Z")
    let when = When.timed(start: moment, end: moment, zone: nil)
    #expect(try !document(.exchange(Sample.exchange("A", when), link: nil)).contains("DTEND"))
  }

  @Test(arguments: [
    ("W. Europe Standard Time", "2026-06-30T22:00:00Z"),
    ("New Zealand Standard Time", "2026-06-30T12:00:00Z"),
    ("Line Islands Standard Time", "2026-06-30T10:00:00Z"),
    ("Pacific Standard Time", "2026-07-01T07:00:00Z"),
    ("Customized Time Zone", "2026-06-30T22:00:00Z"), ("UTC", "2026-07-01T00:00:00Z"),
  ])
  func `an all-day exception stands for a day in its own zone`(zone: String, start: String) throws {
    let day = LocalDate(year: 2026, month: 7, day: 3)
    let when = When.allDay(first: day, afterLast: day.advanced(byDays: 1))
    let item = Sample.exchange("A", when) { item in
      item.role = .exception
      item.windowsZone = zone
      item.originalStart = Sample.instant(start)
    }
    let text = try document(.exchange(item, link: nil))
    #expect(text.contains("\r\nRECURRENCE-ID;VALUE=DATE:20260701\r\n"))
  }

  @Test func `equal items give equal bytes, in one piece or event by event`() throws {
    let items: [ExportedItem] = (1...40).flatMap { number in
      [
        ExportedItem.exchange(Sample.exchange("ID\(number)"), link: LinkID(Int64(number))),
        .psa(Sample.psa(Int64(number)), link: nil),
      ]
    }
    let whole = try CalendarExport.document(of: items, name: "Calendar", zones: zones)
    var export = try CalendarExport(name: "Calendar", zones: ZoneDatabase())
    var pieces = export.opening
    for item in items { pieces += try export.event(item) }
    pieces += try export.closing
    #expect(whole == pieces)
    #expect(try CalendarComponent.read(whole).parts.filter { $0.kind == .event }.count == 80)
  }

  @Test func `an export of nothing is a calendar still`() throws {
    #expect(
      try document()
        == "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Lockstep//Lockstep//EN\r\n"
        + "CALSCALE:GREGORIAN\r\nEND:VCALENDAR\r\n"
    )
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(_ part: String) -> Int { ranges(of: part).count }
}
