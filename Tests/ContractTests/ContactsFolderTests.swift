import Exchange
import SyncEngine
import SyncModel
import Testing
import World

/// `ContactsFolder`: where contacts lie in Exchange, how they are read and written.
@Suite struct ContactsFolderTests {
  static let full = ContactCard(
    Dictionary(
      uniqueKeysWithValues: ContactField.allCases.map { ($0, "<\($0.rawValue)> & Grüße 🛠️") }
    )
  )

  static func stamp(_ number: Int64) -> Stamp {
    Stamp(contact: PSAID(number), tenant: TenantID(123_456))
  }

  static func draft(_ number: Int64, _ card: ContactCard? = nil) -> ContactDraft {
    ContactDraft(
      stamp: stamp(number),
      card: card ?? ContactCard([.fileAs: "Doe, \(number)", .displayName: "\(number) Doe"])
    )
  }

  private func contact(
    _ id: ExchangeItemID,
    in mailbox: any ExchangePort.Way
  ) async throws -> ExchangeContact {
    guard case .found(var contact)? = try await mailbox.contacts([id]).first else {
      throw StopFailure("The contact is not there.")
    }
    contact.card[.note] = contact.card[.note].normalised
    return contact
  }

  @Test(arguments: ExchangePort.allCases)
  func `a contact is made as drafted, with each of its fields and its stamp`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let place = try #require(try await mailbox.contactsPlace(named: nil, known: nil))
      #expect(place.itemCount == 0 && place.canWrite)
      let drafts = [
        ContactsFolderTests.draft(7, ContactsFolderTests.full), ContactsFolderTests.draft(8),
      ]
      let results = try await mailbox.create(contacts: drafts, in: place.id)
      let ids = try results.map { try #require($0.id) }
      for (draft, id) in zip(drafts, ids) {
        let made = try await contact(id, in: mailbox)
        #expect(made.card == draft.card)
        #expect(made.stamp == draft.stamp.description)
        #expect(made.folder == place.id && made.isNoteWhole)
      }
      let read = try await contact(ids[0], in: mailbox)
      #expect(read.changeKey == results[0].changeKey)
      #expect(try await mailbox.contactsPlace(named: nil, known: nil)?.itemCount == 2)
      #expect(await grounds.mailsSent == 0)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `only the fields of an edit are written, and blank ones taken away`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let place = try #require(try await mailbox.contactsPlace(named: nil, known: nil))
      let made = try await mailbox.create(
        contacts: [ContactsFolderTests.draft(7, ContactsFolderTests.full)],
        in: place.id
      )
      let id = try #require(made.only?.id)
      let key = try #require(made.only?.changeKey)
      var wanted = ContactsFolderTests.full
      let taken: Set<ContactField> = [
        .note, .prefix, .mail2, .mobilePhone, .city, .suffix, .jobTitle,
      ]
      for field in taken { wanted[field] = "" }
      let changed: Set<ContactField> = [.displayName, .fileAs, .surname, .street, .mail, .office]
      for field in changed { wanted[field] = "New \(field.rawValue)" }
      let edit = ContactEdit(id: id, expected: key, card: wanted, fields: taken.union(changed))
      let results = try await mailbox.update(contacts: [edit])
      let after = try await contact(id, in: mailbox)
      #expect(after.card == wanted)
      #expect(after.stamp == ContactsFolderTests.stamp(7).description)
      #expect(after.changeKey == results.only?.changeKey && after.changeKey != key)
      #expect(try await mailbox.update(contacts: [edit]) == [.conflict])
      let gone = ContactEdit(
        id: ExchangeItemID(id.rawValue.replacing("A", with: "B")),
        expected: key,
        card: wanted,
        fields: [.surname]
      )
      #expect(try await mailbox.update(contacts: [gone]).only?.id == nil)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a delete goes to Deleted Items, unless the contact has changed`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let place = try #require(try await mailbox.contactsPlace(named: nil, known: nil))
      let drafts = [ContactsFolderTests.draft(7), ContactsFolderTests.draft(8)]
      let made = try await mailbox.create(contacts: drafts, in: place.id)
      let ids = try made.map { try #require($0.id) }
      let keys = try made.map { try #require($0.changeKey) }
      try await grounds.change(ids[1], .contact(.text(.nickname, "Bee")))
      let targets = zip(ids, keys).map { ExchangeTarget(id: $0, expected: $1) }
      let results = try await mailbox.delete(targets)
      #expect(results[0].id == ids[0] && results[1] == .conflict)
      #expect(try await mailbox.contacts(ids).first == .missing)
      let traces = try await mailbox.traces(
        ofContact: ContactsFolderTests.stamp(7),
        in: place.id
      )
      #expect(traces.map(\.place) == [.deleted])
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `by its stamp a contact is found in the folder, in another one and among deleted ones`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let friends = try await grounds.addFolder(
      "Friends",
      folderClass: "IPF.Contact",
      in: .msgfolderroot
    )
    try await port.open(grounds) { mailbox in
      let place = try #require(try await mailbox.contactsPlace(named: nil, known: nil))
      let drafts = (1...3).map { ContactsFolderTests.draft(Int64($0)) }
      let ids = try await mailbox.create(contacts: drafts, in: place.id).compactMap(\.id)
      _ = try await grounds.move(ids[1], to: friends)
      try await grounds.delete(ids[2])
      var places: [[ContactTrace.Place]] = []
      for number in 1...4 {
        let stamp = ContactsFolderTests.stamp(Int64(number))
        places.append(try await mailbox.traces(ofContact: stamp, in: place.id).map(\.place))
      }
      #expect(places == [[.folder], [.otherFolder], [.deleted], []])
      #expect(
        try await mailbox.traces(ofContact: ContactsFolderTests.stamp(1), in: nil).map(\.place)
          == [.otherFolder]
      )
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a folder of its own is made once, and found by name and by id`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      #expect(try await mailbox.contactsPlace(named: "PSA", known: nil) == nil)
      let made = try await mailbox.makeContactsFolder(named: "PSA")
      #expect(try await mailbox.contactsPlace(named: "psa", known: nil) == made)
      #expect(try await mailbox.contactsPlace(named: "other", known: made.id) == made)
      #expect(try await mailbox.contactsPlace(named: "other", known: nil) == nil)
      await #expect(throws: (any Error).self) {
        _ = try await mailbox.makeContactsFolder(named: "PSA")
      }
      _ = try await mailbox.create(contacts: [ContactsFolderTests.draft(7)], in: made.id)
      #expect(try await mailbox.contactsPlace(named: "PSA", known: nil)?.itemCount == 1)
      #expect(try await mailbox.contactsPlace(named: nil, known: nil)?.itemCount == 0)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `what moves in the folder is listed, and many contacts are read in their order`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let place = try #require(try await mailbox.contactsPlace(named: nil, known: nil))
      let drafts = (0..<70).map { ContactsFolderTests.draft(Int64($0)) }
      let ids = try await mailbox.create(contacts: drafts, in: place.id).compactMap(\.id)
      let listed = try await mailbox.allChanges(since: nil, in: place.id)
      #expect(Set(listed.present) == Set(ids))
      let readings = try await mailbox.contacts(ids)
      let names = readings.compactMap { reading in
        if case .found(let contact) = reading { contact.card[.displayName] } else { nil }
      }
      #expect(names == drafts.map { $0.card[.displayName] })
      try await grounds.delete(ids[3])
      let later = try await mailbox.allChanges(since: listed.next, in: place.id)
      #expect(later.gone == [ids[3]] && later.present.isEmpty)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `what is no contact is named as such`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    let id = try await grounds.add("Planning")
    try await port.open(grounds) { mailbox in
      guard case .unreadable(let why)? = try await mailbox.contacts([id]).first else {
        Issue.record("An appointment was read as a contact.")
        return
      }
      #expect(why == "not a contact: IPM.Appointment")
    }
  }
}
