import ICalendar
import Recurrence
import SyncModel
import TestGround
import Testing
import ZoneData

/// The PSA's to-dos and contacts as files, and as Python reads them.
@Suite struct ToDoExportTests {
  private func toDo(_ shape: (inout PSAItem) -> Void = { _ in }) -> PSAItem {
    var item = PSAItem(
      kind: .toDo,
      id: PSAID(77),
      parent: PSAID(174),
      resource: ResourceID(29_682_885),
      title: "",
      text: "Grüße, call; back\nabout \\ the switch " + String(repeating: "ü", count: 90),
      start: Sample.instant("2026-03-03T12:00:00Z"),
      end: Sample.instant("2026-03-03T12:15:00Z"),
      created: Sample.instant("2026-01-05T10:00:00Z"),
      modified: Sample.instant("2026-02-01T11:12:13Z"),
      about: PSAContext(actionType: "Phone call", company: "Harbour, Ltd.")
    )
    shape(&item)
    return item
  }

  private func document(_ items: [PSAItem], toDos: Bool = true) throws -> [UInt8] {
    try CalendarExport.document(
      of: items.map { .psa($0, link: LinkID(3)) },
      toDos: toDos,
      zones: ZoneDatabase()
    )
  }

  @Test func `a to-do is one on request, and an event otherwise`() throws {
    let asked = try CalendarComponent.read(document([toDo()])).parts
    #expect(asked.map(\.kind) == [.toDo])
    #expect(asked.first?["UID"] == .text("lockstep-to-do-77"))
    #expect(asked.first?["SUMMARY"] == .text("Phone call: Harbour, Ltd."))
    #expect(asked.first?["X-LOCKSTEP-LINK"] == .text("3"))
    let plain = try CalendarComponent.read(document([toDo()], toDos: false)).parts
    #expect(plain.map(\.kind) == [.event])
    let appointment = try document([Sample.psa()])
    #expect(try CalendarComponent.read(appointment).parts.map(\.kind) == [.event])
  }

  @Test func `icalendar reads to-dos as they were meant, and lines fold by octets`() async throws {
    let bytes = try document([
      toDo(),
      toDo {
        $0.id = PSAID(78)
        $0.isComplete = true
        $0.end = $0.start
      },
    ])
    #expect(
      bytes
        == (try document([
          toDo(), toDo { ($0.id, $0.isComplete, $0.end) = (PSAID(78), true, $0.start) },
        ]))
    )
    #expect(bytes.split(separator: 0x0A).allSatisfy { $0.count <= 76 })
    let script = """
      import sys
      from icalendar import Calendar
      for todo in Calendar.from_ical(sys.stdin.buffer.read()).walk("VTODO"):
          assert not todo.errors, todo.errors
          start = todo["DTSTART"].dt.isoformat() if "DTSTART" in todo else ""
          print(todo["UID"], start, todo["DUE"].dt.isoformat(), todo["STATUS"],
                repr(str(todo["SUMMARY"])), repr(str(todo["DESCRIPTION"])), sep="|")
      """
    guard
      let answer = try await PythonJudge.answer(to: script, input: bytes, importing: "icalendar")
    else { return }
    let words =
      #"'Phone call: Harbour, Ltd.'|'Grüße, call; back\nabout \\ the switch "#
      + String(repeating: "ü", count: 90) + "'"
    #expect(
      answer.split(separator: "\n").map(String.init) == [
        "lockstep-to-do-77|2026-03-03T12:00:00+00:00|2026-03-03T12:15:00+00:00|NEEDS-ACTION|\(words)",
        "lockstep-to-do-78||2026-03-03T12:00:00+00:00|COMPLETED|\(words)",
      ]
    )
  }

  private func contact() -> PSAContact {
    PSAContact(
      id: PSAID(12),
      company: PSAID(174),
      companyName: "Harbour; Docks, Ltd.",
      firstName: "Zoë",
      middleName: "B.",
      lastName: "Müller-Lüdenscheidt",
      prefix: "Dr.",
      suffix: "Jr.",
      jobTitle: "Head of \\ everything",
      mail: "zoe@example.com",
      mail2: "z@example.com",
      phone: "555-0100 x12",
      mobilePhone: "555-0101",
      address: PSAAddress(
        street: ["Long Street 1", "Gate 7"],
        city: "Hamburg",
        postalCode: "20457",
        country: "Germany"
      ),
      room: "3.14",
      note: "One\r\ntwo, three; " + String(repeating: "😀", count: 60),
      created: Sample.instant("2026-01-05T10:00:00Z"),
      modified: Sample.instant("2026-02-01T11:12:13Z")
    )
  }

  @Test func `vobject reads a contact as it was meant`() async throws {
    let bytes = VCard(of: contact(), link: LinkID(9)).bytes
    #expect(bytes == VCard(of: contact(), link: LinkID(9)).bytes)
    let lines = bytes.split(separator: 0x0A)
    #expect(lines.allSatisfy { $0.count <= 76 && $0.last == 0x0D })
    #expect(lines.allSatisfy { String(validating: $0, as: UTF8.self) != nil })
    let script = """
      import sys, vobject
      card = vobject.readOne(sys.stdin.buffer.read().decode("utf-8"))
      card.validate()
      n, a = card.n.value, card.adr.value
      print(repr([card.version.value, card.fn.value, n.family, n.given, n.additional, n.prefix,
          n.suffix, card.org.value, card.title.value]))
      print(repr([m.value for m in card.contents["email"]] +
          [(t.value, t.type_paramlist) for t in card.contents["tel"]]))
      print(repr([a.box, a.extended, a.street, a.city, a.region, a.code, a.country]))
      print(repr([card.note.value, card.uid.value, card.rev.value,
          card.contents["x-lockstep-link"][0].value]))
      """
    guard
      let answer = try await PythonJudge.answer(to: script, input: bytes, importing: "vobject")
    else { return }
    let smiles = String(repeating: "😀", count: 60)
    #expect(
      answer.split(separator: "\n").map(String.init) == [
        #"['3.0', 'Dr. Zoë B. Müller-Lüdenscheidt Jr.', 'Müller-Lüdenscheidt', 'Zoë', 'B.', 'Dr.', "#
          + #"'Jr.', ['Harbour; Docks, Ltd.'], 'Head of \\ everything']"#,
        "['zoe@example.com', 'z@example.com', ('555-0100 x12', ['WORK', 'VOICE', 'PREF']), "
          + "('555-0101', ['CELL'])]",
        #"['', '3.14', 'Long Street 1\nGate 7', 'Hamburg', '', '20457', 'Germany']"#,
        #"['One\ntwo, three; "# + smiles
          + "', 'lockstep-contact-12', '2026-02-01T11:12:13Z', '9']",
      ]
    )
  }

  @Test func `a contact without a name has a card with one`() {
    var contact = contact()
    (contact.firstName, contact.middleName, contact.lastName) = ("", "", "")
    (contact.prefix, contact.suffix) = ("", "")
    let named = String(decoding: VCard(of: contact).bytes, as: UTF8.self)
    #expect(named.contains("\r\nFN:Harbour\\; Docks\\, Ltd.\r\n"))
    #expect(!named.contains("X-LOCKSTEP-LINK"))
  }
}
