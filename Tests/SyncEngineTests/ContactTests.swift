import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// `rules.md` 1 and 2: contacts of the PSA, kept in step in a contacts folder.
@Suite(.threeRuns) struct ContactTests {
  // MARK: Created and kept in step

  @Test func `the resource's active contacts are created with all that the PSA says of them`()
    async throws
  {
    let office = try ContactScene(link: "https://psa.example.com/contact/{id}")
    let first = try await office.settle()
    #expect(first.attempt.exchange.created == 2)
    var baker = try #require(try await office.contact(of: ContactScene.baker))
    // Exchange ends its lines in its own way.
    baker.card[.note] = baker.card[.note].normalised
    #expect(
      baker.card
        == ContactCard([
          .prefix: "Mrs.", .givenName: "Office", .middleName: "B", .surname: "Contact 30700",
          .suffix: "II", .fileAs: "Contact 30700, Office",
          .displayName: "Office B Contact 30700", .jobTitle: "Front desk",
          .companyName: "Bakery", .mail: "contact-30700@example.net",
          .mail2: "desk-190@example.net", .businessPhone: "555-0142 x0",
          .businessPhone2: "555-0177", .mobilePhone: "555-0199", .businessFax: "555-0178",
          .street: "Main street 190", .city: "Port", .postalCode: "12345", .country: "Germany",
          .office: "4.11",
          .note: "Mornings only\n\nOpen in the PSA: https://psa.example.com/contact/30700",
        ])
    )
    #expect(baker.stamp == "lockstep1;contact;30700;123456")
    #expect(try await office.contacts().count == 2)
  }

  @Test func `a change in the PSA is written, and nothing but the changed fields`() async throws {
    let office = try ContactScene()
    try await office.settle()
    try await office.change(ContactScene.baker, "lastName", to: "Miller")
    try await office.change(ContactScene.baker, "mobilePhone", to: .null)
    let folder = TroubledContacts(office.scene.worldMailbox)
    let result = try await office.sync(SyncOptions(), folder)
    #expect(result.attempt.exchange.updated == 1)
    let edit = try #require(await folder.edits.first)
    #expect(edit.fields == [.fileAs, .displayName, .mobilePhone, .surname])
    let baker = try #require(try await office.contact(of: ContactScene.baker))
    #expect(baker.card[.fileAs] == "Miller, Office" && baker.card[.mobilePhone] == "")
    try await office.settle()
  }

  @Test func `what somebody changes in Exchange is put back, and what they add beside it stays`()
    async throws
  {
    let office = try ContactScene()
    try await office.settle()
    let baker = try #require(try await office.contact(of: ContactScene.baker))
    try await office.change(
      baker,
      .contact(.text(.jobTitle, "Boss")),
      .contact(.text(.nickname, "Bee")),
      .contact(.phone(.homePhone, "555-0001"))
    )
    let folder = TroubledContacts(office.scene.worldMailbox)
    try await office.sync(SyncOptions(), folder)
    #expect(await folder.edits.map(\.fields) == [[.jobTitle]])
    #expect(
      try await office.contact(of: ContactScene.baker)?.card[.jobTitle] == "Front desk"
    )
    let nickname = try await office.scene.inMailbox { mailbox, _ in
      mailbox.items(in: mailbox.folderID(.contacts)).compactMap { $0.contact?[.nickname] }
    }
    #expect(nickname == ["Bee"])
    try await office.settle()
  }

  @Test func `a contact that is removed in Exchange is created again`() async throws {
    let office = try ContactScene()
    try await office.settle()
    try await office.delete(try #require(try await office.contact(of: ContactScene.baker)))
    let result = try await office.settle()
    #expect(result.attempt.exchange.created == 1)
    #expect(try await office.contact(of: ContactScene.baker) != nil)
    #expect(try await office.links().count == 2)
  }

  @Test(arguments: [false, true])
  func `what is removed or changed a fourth time within a day is held, and shown`(
    isRemoved: Bool
  ) async throws {
    let office = try ContactScene()
    try await office.settle()
    func disturb() async throws {
      let baker = try #require(try await office.contact(of: ContactScene.baker))
      if isRemoved {
        try await office.delete(baker)
      } else {
        try await office.change(baker, .contact(.text(.jobTitle, "Boss")))
      }
    }
    for _ in 0..<3 {
      try await disturb()
      // What was made and removed between two listings shows in the count, and by the next one.
      let writes = try await office.sync().attempt.writes + office.sync().attempt.writes
      #expect(writes == 1)
    }
    try await disturb()
    let held = try await office.sync()
    #expect(held.attempt.writes == 0 && held.attempt.exchange.held == 1)
    #expect(held.holds.contains { $0.reason.contains("did not last") })
    // A day later it is tried again.
    office.scene.clock.advance(90_000)
    #expect(try await office.sync().attempt.writes == 1)
    try await office.settle()
  }

  // MARK: Out of scope

  @Test func `an inactive contact goes from Exchange, and comes back when it is active again`()
    async throws
  {
    let office = try ContactScene()
    try await office.settle()
    try await office.change(ContactScene.baker, "isActive", to: 0)
    let result = try await office.settle()
    #expect(result.attempt.exchange.deleted == 1)
    #expect(try await office.contact(of: ContactScene.baker) == nil)
    let link = try #require(
      try await office.links().first { $0.psa?.id == ContactScene.baker }
    )
    #expect(link.state == .closed && link.reason == .inactive && link.exchange == nil)
    let entries = try await office.scene.cache.entries(of: result.attempt.run)
    let proof = try #require(entries.first?.intent.proof)
    #expect(proof.ground == .excluded && proof.evidence.hasSuffix("isActive is 0"))
    try await office.change(ContactScene.baker, "isActive", to: 1)
    #expect(try await office.settle().attempt.exchange.created == 1)
    #expect(try await office.links().count == 2)
  }

  @Test func `contacts of a company that gets another account manager go, and return with it`()
    async throws
  {
    let office = try ContactScene()
    try await office.settle()
    try await office.change("Companies", PSAID(190), "ownerResourceID", to: 29_682_861)
    let result = try await office.settle()
    #expect(result.attempt.exchange.deleted == 1)
    let entries = try await office.scene.cache.entries(of: result.attempt.run)
    let proof = try #require(entries.first?.intent.proof)
    #expect(proof.evidence.contains("its company is 190"))
    #expect(proof.evidence.contains("read to their end by run \(result.attempt.run)"))
    #expect(try await office.contacts().count == 1)
    try await office.change("Companies", PSAID(190), "ownerResourceID", to: 29_682_885)
    #expect(try await office.settle().attempt.exchange.created == 1)
  }

  @Test func `a contact that is deleted in the PSA goes to Deleted Items`() async throws {
    let office = try ContactScene()
    try await office.settle()
    try await office.change("Opportunities", PSAID(5_501), "contactID", to: .null)
    try await office.remove(ContactScene.teacher)
    let result = try await office.settle()
    #expect(result.attempt.exchange.deleted == 1)
    let entries = try await office.scene.cache.entries(of: result.attempt.run)
    #expect(entries.first?.intent.proof?.ground == .gone)
    #expect(entries.first?.intent.before?.title == "Office B Contact 30712")
    #expect(try await office.links().count == 1)
    let deleted = try await office.scene.inMailbox { mailbox, _ in
      mailbox.items(in: mailbox.folderID(.deleteditems)).count
    }
    #expect(deleted == 1)
  }

  // MARK: What people made

  @Test func `what people made in the folder is never touched, nor kept in the cache`()
    async throws
  {
    let office = try ContactScene()
    let own = try await office.scene.inMailbox { mailbox, now in
      let around = Mailbox.Surroundings(now: now, zones: ZoneOffsets { _, _ in nil })
      let made = try mailbox.create(
        Mailbox.Contact([.givenName: "Canary", .surname: "Contact 30700"]),
        in: mailbox.folderID(.contacts),
        around
      )
      return mailbox.changeKey(of: made)
    }
    try await office.settle()
    let contacts = try await office.contacts()
    #expect(contacts.count == 3)
    let canary = try #require(contacts.first { $0.card[.givenName] == "Canary" })
    #expect(canary.changeKey.rawValue == own && canary.stamp == nil)
    let kept = try await office.scene.cache.exchangeContacts()
    #expect(kept.count == 3 && kept.compactMap(\.contact).count == 2)
  }

  @Test func `a copy of a contact is left alone`() async throws {
    let office = try ContactScene()
    try await office.settle()
    let baker = try #require(try await office.contact(of: ContactScene.baker))
    try await office.scene.inMailbox { mailbox, now in
      let folder = mailbox.folderID(.contacts)
      _ = try mailbox.copy(mailbox.itemID(baker.id.rawValue), to: folder, at: now)
    }
    #expect(try await office.settle().attempt.writes == 0)
    try await office.change(ContactScene.baker, "title", to: "Owner")
    #expect(try await office.sync().attempt.exchange.updated == 1)
    let titles = try await office.contacts().map { $0.card[.jobTitle] }.sorted()
    #expect(titles == ["Front desk", "Front desk", "Owner"])
  }

  @Test func `a contact in another folder is left alone, and found again when it returns`()
    async throws
  {
    let office = try ContactScene()
    try await office.settle()
    try await office.move(
      try #require(try await office.contact(of: ContactScene.baker)),
      toFolder: "Friends"
    )
    #expect(try await office.settle().attempt.writes == 0)
    var link = try await office.links().first { $0.psa?.id == ContactScene.baker }
    #expect(link?.state == .away)
    try await office.change(ContactScene.baker, "title", to: "Owner")
    #expect(try await office.settle().attempt.writes == 0)
    try await office.scene.inMailbox { mailbox, now in
      let root = mailbox.folderID(.msgfolderroot)
      let folder = try #require(
        mailbox.folders(below: root, deep: false).first { $0.name == "Friends" }
      )
      let item = try #require(mailbox.items(in: folder.id).first)
      _ = try mailbox.move(item.id, to: mailbox.folderID(.contacts), at: now)
    }
    #expect(try await office.settle().attempt.exchange.updated == 1)
    link = try await office.links().first { $0.psa?.id == ContactScene.baker }
    #expect(link?.state == .linked)
    #expect(try await office.contact(of: ContactScene.baker)?.card[.jobTitle] == "Owner")
  }

  // MARK: The folder

  @Test func `an own folder is made below Contacts by the first run that writes`() async throws {
    let office = try ContactScene(folder: "PSA")
    let plan = try await office.cycle().plan()
    #expect(plan.operations.filter { $0.kind == .contact }.map(\.verb) == [.create, .create])
    #expect(try await office.contacts(in: "PSA").isEmpty)
    #expect(try await office.settle().attempt.exchange.created == 2)
    #expect(try await office.contacts(in: "PSA").count == 2)
    #expect(try await office.contacts().isEmpty)
  }

  @Test func `an own folder that was renamed is still the one`() async throws {
    let office = try ContactScene(folder: "PSA")
    try await office.settle()
    try await office.scene.inMailbox { mailbox, now in
      let contacts = mailbox.folderID(.contacts)
      let folder = try #require(mailbox.folders(below: contacts, deep: false).first)
      try mailbox.updateFolder(folder.id, [.name("Customers")], at: now)
    }
    #expect(try await office.settle().attempt.writes == 0)
  }

  @Test
  func `many contacts that are moved to another folder at once are away, and nobody is asked`()
    async throws
  {
    let office = try ContactScene()
    try await office.enter(many: 20)
    try await office.settle()
    let moved = try await office.contacts().prefix(8).map(\.id.rawValue)
    try await office.scene.inMailbox { mailbox, now in
      let folder = try mailbox.createFolder(
        "Friends",
        folderClass: "IPF.Contact",
        in: mailbox.folderID(.msgfolderroot),
        at: now
      )
      for id in moved { _ = try mailbox.move(mailbox.itemID(id), to: folder, at: now) }
    }
    let result = try await office.settle()
    #expect(result.attempt.writes == 0 && result.holds.isEmpty)
    #expect(try await office.links().filter { $0.state == .away }.count == 8)
  }

  @Test(arguments: [false, true])
  func `under another folder's name the old contacts wait until they are moved or deleted`(
    areMoved: Bool
  ) async throws {
    let office = try ContactScene()
    try await office.settle()
    office.scene.rules.contacts = ContactRules(folder: "PSA")
    #expect(try await office.settle().attempt.writes == 0)
    #expect(try await office.links().map(\.state) == [.away, .away])
    if areMoved {
      try await office.scene.inMailbox { mailbox, now in
        let contacts = mailbox.folderID(.contacts)
        let folder = try mailbox.createFolder(
          "PSA",
          folderClass: "IPF.Contact",
          in: contacts,
          at: now
        )
        for item in mailbox.items(in: contacts) {
          _ = try mailbox.move(item.id, to: folder, at: now)
        }
      }
      #expect(try await office.settle().attempt.writes == 0)
    } else {
      for contact in try await office.contacts() { try await office.delete(contact) }
      let result = try await office.sync(SyncOptions(full: true))
      #expect(result.attempt.exchange.created == 2)
      try await office.settle()
    }
    #expect(try await office.links().map(\.state) == [.linked, .linked])
    #expect(try await office.contacts(in: "PSA").count == 2)
    #expect(try await office.contacts().isEmpty)
  }

  @Test func `an own folder that was deleted is made again with its contacts`() async throws {
    let office = try ContactScene(folder: "PSA")
    try await office.settle()
    try await office.scene.inMailbox { mailbox, now in
      let contacts = mailbox.folderID(.contacts)
      let folder = try #require(mailbox.folders(below: contacts, deep: false).first)
      try mailbox.deleteFolder(folder.id, .moveToDeletedItems, at: now)
    }
    #expect(try await office.settle().attempt.exchange.created == 2)
    #expect(try await office.contacts(in: "PSA").count == 2)
  }
}
