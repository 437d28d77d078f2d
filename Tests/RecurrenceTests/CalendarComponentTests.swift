import Recurrence
import Testing

@Suite struct CalendarComponentTests {
  private func text(_ lines: CalendarLine...) throws -> String {
    String(decoding: try CalendarComponent(.event, lines: lines).bytes(), as: UTF8.self)
  }

  @Test func `each kind of value is written as RFC 5545 wants it`() throws {
    let clock = CalendarClock(year: 2026, month: 3, day: 2, hour: 9, minute: 30, second: 0)
    let utc = CalendarClock(
      year: 2026,
      month: 3,
      day: 2,
      hour: 8,
      minute: 30,
      second: 0,
      isUTC: true
    )
    let written =
      try text(
        CalendarLine("SUMMARY", .text("a, b; c \\ d\ne")),
        CalendarLine("DTSTART", .clock(clock), [CalendarParameter("TZID", "Europe/Berlin")]),
        CalendarLine("DTSTAMP", .clock(utc)),
        CalendarLine("DTEND", .date(year: 2026, month: 3, day: 3)),
        CalendarLine("CLASS", .token("PRIVATE")),
        CalendarLine("CATEGORIES", .entry("red, blue")),
        CalendarLine(
          "ATTENDEE",
          .address("mailto:t@example.com"),
          [CalendarParameter("CN", "A; \"B\""), CalendarParameter("ROLE", "REQ-PARTICIPANT")]
        ),
        CalendarLine("X-LOCKSTEP-ID", .text("AAM+/=")),
        CalendarLine("TZOFFSETTO", .offset(-12_600)),
        CalendarLine("RRULE", .token("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"))
      )
    let wanted: [String] = [
      "BEGIN:VEVENT", #"SUMMARY:a\, b\; c \\ d\ne"#,
      "DTSTART;TZID=Europe/Berlin:20260302T093000", "DTSTAMP:20260302T083000Z",
      "DTEND;VALUE=DATE:20260303", "CLASS:PRIVATE", #"CATEGORIES:red\, blue"#,
      #"ATTENDEE;CN="A; ^'B^'";ROLE=REQ-PARTICIPANT:mailto:t@example.com"#,
      "X-LOCKSTEP-ID:AAM+/=", "TZOFFSETTO:-0330", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
      "END:VEVENT", "",
    ]
    #expect(written == wanted.joined(separator: "\r\n"))
  }

  @Test(arguments: ["ä", "😀", "a", ",", "\\", "€;"])
  func `lines are folded at 75 octets and never inside a character`(unit: String) throws {
    for count in 20...120 {
      let bytes = try CalendarComponent(
        .event,
        lines: [
          CalendarLine("SUMMARY", .text(String(repeating: unit, count: count))),
          CalendarLine("CATEGORIES", .entry(String(repeating: unit, count: count))),
        ]
      )
      .bytes()
      let text = try #require(String(validating: bytes, as: UTF8.self))
      for line in text.split(separator: "\r\n") {
        #expect(line.utf8.count <= 75)
        #expect(String(validating: Array(line.utf8), as: UTF8.self) != nil)
      }
      let unfolded = text.replacing("\r\n ", with: "")
      let escaped = unit.replacing("\\", with: "\\\\").replacing(",", with: "\\,")
        .replacing(";", with: "\\;")
      #expect(unfolded.contains("SUMMARY:\(String(repeating: escaped, count: count))\r\n"))
      #expect(unfolded.contains("CATEGORIES:\(String(repeating: escaped, count: count))\r\n"))
    }
  }

  @Test func `line ends of all kinds become one, control characters go`() throws {
    #expect(
      try text(CalendarLine("DESCRIPTION", .text("a\r\nb\rc\nd\u{1}\u{0}\u{86}\te\u{2028}f")))
        == "BEGIN:VEVENT\r\nDESCRIPTION:a\\nb\\nc\\nd\te\u{2028}f\r\nEND:VEVENT\r\n"
    )
  }

  @Test func `no value can begin a line of its own`() throws {
    let evil = "x\r\nSUMMARY:evil\nSUMMARY:evil"
    let written = try text(
      CalendarLine("DESCRIPTION", .text(evil)),
      CalendarLine("CATEGORIES", .entry(evil)),
      CalendarLine("ORGANIZER", .address("mailto:\(evil)"), [CalendarParameter("CN", evil)]),
      CalendarLine("X-LOCKSTEP-ID", .text(evil))
    )
    #expect(!written.replacing("\r\n ", with: "").contains("\nSUMMARY"))
  }

  @Test func `names that iCalendar does not know are refused`() {
    #expect(throws: CalendarError.refusedLine(name: "COLOUR-OF-HAT")) {
      try text(CalendarLine("COLOUR-OF-HAT", .text("red")))
    }
    #expect(throws: CalendarError.refusedParameter(name: "HAT")) {
      try text(CalendarLine("SUMMARY", .text("red"), [CalendarParameter("HAT", "x")]))
    }
    #expect(throws: CalendarError.refusedLine(name: "RRULE")) {
      try text(CalendarLine("RRULE", .token("FREQ=SOMETIMES")))
    }
  }

  @Test func `what was written is read again`() throws {
    let event = CalendarComponent(
      .event,
      lines: [
        CalendarLine("SUMMARY", .text("Größe, \\ ; 😀\nzwei")),
        CalendarLine("CATEGORIES", .entry("one")),
        CalendarLine("X-LOCKSTEP-ID", .text("AAM+/=")),
        CalendarLine("ORGANIZER", .address("mailto:d@example.com")),
        CalendarLine(
          "DTSTAMP",
          .clock(
            CalendarClock(year: 2026, month: 3, day: 2, hour: 8, minute: 30, second: 0, isUTC: true)
          )
        ),
      ],
      parts: [CalendarComponent(.alarm, lines: [CalendarLine("TRIGGER", .token("-PT15M"))])]
    )
    #expect(try CalendarComponent.read(event.bytes()) == event)
  }

  @Test(arguments: [
    "", "x", "BEGIN:VEVENT", "BEGIN:VEVENT\r\nDTSTART:tomorrow\r\nEND:VEVENT\r\n", "\0",
  ])
  func `text that is none is refused`(text: String) {
    #expect(throws: CalendarError.unreadable) { try CalendarComponent.read(Array(text.utf8)) }
  }

  @Test func `a parameter that stands twice is read twice, and the reading ends`() throws {
    let line = "ATTENDEE;ROLE=CHAIR;CN=\"Ada, B.\";ROLE=NON-PARTICIPANT:mailto:ada@example.com"
    let text = "BEGIN:VEVENT\r\n\(line)\r\nEND:VEVENT\r\n"
    let read = try CalendarComponent.read(Array(text.utf8))
    #expect(
      read.lines.map(\.parameters) == [
        [
          CalendarParameter("ROLE", "CHAIR"), CalendarParameter("CN", "Ada, B."),
          CalendarParameter("ROLE", "NON-PARTICIPANT"),
        ]
      ]
    )
  }

  @Test func `many tasks may write at the same time`() async throws {
    let event = CalendarComponent(
      .event,
      lines: (1...50).map { CalendarLine("CATEGORIES", .entry("category \($0)")) }
    )
    let expected = try event.bytes()
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<200 {
        group.addTask {
          let bytes = try event.bytes()
          return try bytes == expected && CalendarComponent.read(bytes) == event
        }
      }
      for try await isSame in group { #expect(isSame) }
    }
  }
}
