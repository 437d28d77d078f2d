import Testing
import World

@Suite struct MailboxContactTests {
  private func jane() -> Mailbox.Contact {
    Mailbox.Contact([.givenName: "Jane", .surname: "Doe", .companyName: "ACME"])
  }

  private func add(
    _ contact: Mailbox.Contact,
    to sample: inout MailboxSample
  ) throws -> Mailbox.Item {
    try sample.mailbox.create(
      contact,
      in: sample.mailbox.folderID(.contacts),
      MailboxSample.around()
    )
  }

  @Test func `a contact is shown by its name and filed by its surname`() throws {
    var sample = MailboxSample()
    let item = try add(jane(), to: &sample)
    #expect(item.contact?[.displayName] == "Jane Doe")
    #expect(item.appointment.subject == "Jane Doe")
    #expect(item.contact?[.fileAs] == "Doe, Jane")
    #expect(sample.mailbox.changeKey(of: item).hasPrefix("EQAAABYAAA"))
    let company = try add(Mailbox.Contact([.companyName: "ACME"]), to: &sample)
    #expect(company.contact?[.displayName] == "ACME")
  }

  @Test(arguments: [
    (Mailbox.Contact.FileAsMapping.lastCommaFirst, "Doe, Jane"), (.firstSpaceLast, "Jane Doe"),
    (.company, "ACME"), (.companyLastCommaFirst, "ACME\r\nDoe, Jane"),
    (.lastFirstCompany, "Doe Jane\r\nACME"), (.displayName, "Jane Doe"), (.firstName, "Jane"),
    (.byHand, "As I like"),
  ])
  func `a mapping makes the name to file by, whatever is written`(
    mapping: Mailbox.Contact.FileAsMapping,
    expected: String
  ) throws {
    var sample = MailboxSample()
    var contact = jane()
    contact.fileAsMapping = mapping
    contact[.fileAs] = "As I like"
    #expect(try add(contact, to: &sample).contact?[.fileAs] == expected)
  }

  @Test func `one entry changes without the others, and the same one twice is a conflict`() throws {
    var sample = MailboxSample()
    var contact = jane()
    contact.emails = [.first: Mailbox.Contact.Email("a@example.com")]
    contact.phones = [.mobilePhone: "1", .businessPhone: "2"]
    let item = try add(contact, to: &sample)
    let after = try sample.change(
      item,
      [
        .contact(.email(.second, Mailbox.Contact.Email("b@example.com"))),
        .contact(.phone(.mobilePhone, nil)), .contact(.address(.business, .city, "Bonn")),
        .contact(.text(.surname, "Roe")),
      ]
    )
    #expect(after.contact?.emails.count == 2)
    #expect(after.contact?.phones == [.businessPhone: "2"])
    #expect(after.contact?.addresses == [.business: [.city: "Bonn"]])
    #expect(after.contact?[.fileAs] == "Roe, Jane")
    let merged = try sample.change(
      item,
      [.contact(.phone(.businessPhone, "3"))],
      conflict: .autoResolve
    )
    #expect(merged.contact?.phones == [.businessPhone: "3"])
    #expect(throws: Mailbox.Refusal(.errorIrresolvableConflict)) {
      try sample.change(item, [.contact(.phone(.mobilePhone, "4"))], conflict: .autoResolve)
    }
  }

  @Test func `an address is found by its MAPI property, a name by its own`() throws {
    var sample = MailboxSample()
    var contact = jane()
    contact.emails = [.first: Mailbox.Contact.Email("a@example.com")]
    let item = try add(contact, to: &sample)
    let path = try #require(
      Mailbox.ExtendedPath(distinguished: "Address", .id(0x8083), type: "String")
    )
    for restriction in [
      Mailbox.Restriction.compares(.extended(path), .equal, "a@example.com"),
      .compares(.field("contacts:Surname"), .equal, "Doe"),
    ] {
      let found = try sample.mailbox.find(in: sample.mailbox.folderID(.contacts), restriction)
      #expect(found.items.map(\.id) == [item.id])
    }
  }

  @Test func `contacts live in contacts folders, appointments do not`() throws {
    var sample = MailboxSample()
    let root = sample.mailbox.folderID(.contacts)
    let partners = try sample.mailbox.createFolder(
      "Partners",
      folderClass: "IPF.Contact",
      in: root,
      at: 0
    )
    let item = try add(jane(), to: &sample)
    let moved = try sample.mailbox.move(item.id, to: partners, at: 0)
    #expect(moved.contact == item.contact)
    #expect(throws: Mailbox.Refusal(.errorCannotCreateContactInNonContactFolder)) {
      try sample.mailbox.move(moved.id, to: sample.calendar, at: 0)
    }
    #expect(throws: Mailbox.Refusal(.errorCannotCreateContactInNonContactFolder)) {
      try sample.mailbox.create(jane(), in: sample.calendar, MailboxSample.around())
    }
    #expect(throws: Mailbox.Refusal(.errorCannotCreateCalendarItemInNonCalendarFolder)) {
      try sample.mailbox.create(
        MailboxSample.appointment("Visit"),
        in: partners,
        MailboxSample.around()
      )
    }
    let deleted = try sample.mailbox.delete(moved.id, .moveToDeletedItems, at: 0)
    #expect(deleted?.contact == item.contact)
  }

  @Test func `public folders can be read and not written without the right`() throws {
    var sample = MailboxSample()
    let root = sample.mailbox.folderID(.publicfoldersroot)
    let all = try sample.mailbox.createFolder(
      "All contacts",
      folderClass: "IPF.Contact",
      in: root,
      at: 0
    )
    let around = MailboxSample.around()
    let item = try sample.mailbox.create(jane(), in: all, around)
    let own = try add(jane(), to: &sample)
    sample.mailbox.mayWritePublicFolders = false
    #expect(!sample.mailbox.mayWrite(in: all))
    #expect(sample.mailbox.mayWrite(in: sample.calendar))
    #expect(sample.mailbox.items(in: all) == [item])
    let denied = Mailbox.Refusal(.errorAccessDenied)
    #expect(throws: denied) {
      try sample.mailbox.createFolder("More", folderClass: "IPF.Contact", in: root, at: 0)
    }
    #expect(throws: Mailbox.Refusal(.errorCreateItemAccessDenied)) {
      try sample.mailbox.create(jane(), in: all, around)
    }
    #expect(throws: Mailbox.Refusal(.errorCreateItemAccessDenied)) {
      try sample.mailbox.copy(own.id, to: all, at: 0)
    }
    #expect(throws: denied) { try sample.change(item, [.subject("Other")]) }
    #expect(throws: denied) { try sample.mailbox.delete(item.id, .hardDelete, at: 0) }
    #expect(throws: denied) {
      try sample.mailbox.move(item.id, to: sample.mailbox.folderID(.contacts), at: 0)
    }
    #expect(throws: denied) { try sample.mailbox.deleteFolder(all, .hardDelete, at: 0) }
    _ = try sample.change(own, [.subject("Other")])
  }
}
