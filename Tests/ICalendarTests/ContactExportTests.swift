import ICalendar
import SyncModel
import TestGround
import Testing

/// Contacts of both sides as cards, and as Python reads them.
@Suite struct ContactExportTests {
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
    let bytes = VCard(of: .psa(contact(), link: LinkID(9))).bytes
    #expect(bytes == VCard(of: .psa(contact(), link: LinkID(9))).bytes)
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
        #"['3.0', 'Zoë B. Müller-Lüdenscheidt', 'Müller-Lüdenscheidt', 'Zoë', 'B.', 'Dr.', "#
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
    let named = text(.psa(contact, link: nil))
    #expect(named.contains("\r\nFN:Harbour\\; Docks\\, Ltd.\r\n"))
    #expect(!named.contains("X-LOCKSTEP-LINK"))
    let blank = ExchangeContact(
      id: ExchangeItemID("AAMk=+/"),
      changeKey: ChangeKey("1"),
      folder: FolderID("f"),
      modified: Sample.instant("2026-02-01T11:12:13Z"),
      card: ContactCard()
    )
    #expect(text(.exchange(blank, link: nil)).contains("\r\nFN:Contact\r\nN:;;;;\r\n"))
  }

  @Test func `a contact in Exchange says what was read, with its own id and version`() {
    let bare = PSAContact(
      id: PSAID(12),
      company: PSAID(174),
      firstName: "Ann",
      lastName: "Lee",
      note: "At noon",
      created: Sample.instant("2026-01-05T10:00:00Z"),
      modified: Sample.instant("2026-02-01T11:12:13Z")
    )
    let read = ExchangeContact(
      id: ExchangeItemID("AAMk=+/"),
      changeKey: ChangeKey("1"),
      folder: FolderID("f"),
      modified: Sample.instant("2026-02-03T04:05:06Z"),
      stamp: "lockstep1;contact;12;7",
      card: ContactCard([
        .displayName: "Ann Lee", .givenName: "Ann", .surname: "Lee", .note: "At noon",
      ]),
      isNoteWhole: false
    )
    let own = ["UID", "REV", "X-LOCKSTEP-SIDE", "X-LOCKSTEP-ID", "X-LOCKSTEP-TEXT"]
    func lines(_ contact: ExportedContact, isOwn: Bool) -> [String] {
      text(contact).split(separator: "\r\n").map(String.init).filter { line in
        own.contains { line.hasPrefix("\($0):") } == isOwn
      }
    }
    #expect(
      lines(.exchange(read, link: LinkID(9)), isOwn: true) == [
        "UID:AAMk=+/", "REV:2026-02-03T04:05:06Z", "X-LOCKSTEP-SIDE:exchange",
        "X-LOCKSTEP-ID:AAMk=+/", "X-LOCKSTEP-TEXT:not-whole",
      ]
    )
    // In step: all else is equal on both sides.
    #expect(
      lines(.exchange(read, link: LinkID(9)), isOwn: false)
        == lines(.psa(bare, link: LinkID(9)), isOwn: false)
    )
  }

  private func text(_ contact: ExportedContact) -> String {
    String(decoding: VCard(of: contact).bytes, as: UTF8.self)
  }
}
