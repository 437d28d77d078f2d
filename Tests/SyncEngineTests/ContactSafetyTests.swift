import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// `rules.md` 7 to 9 for contacts: what is lost, cut short, restored or switched off.
@Suite(.threeRuns) struct ContactSafetyTests {
  @Test func `contacts that are switched off cause no request at all`() async throws {
    let office = try ContactScene()
    let folder = TroubledContacts(office.scene.worldMailbox)
    office.scene.rules.contacts = nil
    try await office.sync(SyncOptions(), folder)
    try await office.sync(SyncOptions(full: true), folder)
    #expect(await folder.calls == 0)
    #expect(await folder.writes == 0)
    let without = try Scene()
    let plain = try await without.sync()
    let other = try ContactScene()
    other.scene.rules.contacts = nil
    let counts = try await other.sync()
    #expect(counts.attempt.psa.requests == plain.attempt.psa.requests)
    #expect(counts.attempt.exchange.requests == plain.attempt.exchange.requests)
  }

  @Test func `a run with nothing to do asks little, however many contacts there are`()
    async throws
  {
    let office = try ContactScene()
    try await office.enter(many: 60)
    try await office.settle()
    let folder = TroubledContacts(office.scene.worldMailbox)
    let result = try await office.sync(SyncOptions(), folder)
    #expect(result.attempt.writes == 0)
    // Where the folder is, and what moved in it; the scope, what changed and the count.
    #expect(await folder.calls == 2)
    #expect(result.attempt.psa.requests <= 3 + 3)
  }

  @Test(arguments: [true, false])
  func `contacts in step are read by the hour, and at once in full or under new settings`(
    isFull: Bool
  ) async throws {
    let office = try ContactScene()
    try await office.settle()
    try await office.change(ContactScene.baker, "title", to: "Owner")
    let folder = TroubledContacts(office.scene.worldMailbox)
    let early = try await office.sync(SyncOptions(), folder, after: Scene.hour - 120)
    #expect(await folder.calls == 0)
    #expect(early.attempt.psa.requests <= 3 && early.attempt.writes == 0)
    #expect(try await office.cycle(folder).plan().operations.isEmpty)
    #expect(await folder.calls == 0)
    #expect(try await office.sync(after: 60).attempt.exchange.updated == 1)
    try await office.change(ContactScene.baker, "title", to: "Boss")
    if !isFull { office.scene.rules.pastDays = 8 }
    let next = try await office.sync(SyncOptions(full: isFull), after: 60)
    #expect(next.attempt.exchange.updated == 1)
  }

  @Test func `without any contact in scope they are read by the hour too`() async throws {
    let office = try ContactScene()
    try await office.change("Companies", PSAID(190), "ownerResourceID", to: 29_682_861)
    try await office.change("Opportunities", PSAID(5_501), "contactID", to: .null)
    #expect(try await office.settle().attempt.writes == 0)
    let folder = TroubledContacts(office.scene.worldMailbox)
    #expect(try await office.sync(SyncOptions(), folder, after: 60).attempt.psa.requests <= 3)
    #expect(await folder.calls == 0)
    try await office.change("Companies", PSAID(190), "ownerResourceID", to: 29_682_885)
    #expect(try await office.sync().attempt.exchange.created == 1)
  }

  @Test func `what is held is shown while contacts are not read, and goes at once if approved`()
    async throws
  {
    let office = try ContactScene()
    try await office.enter(many: 12)
    try await office.settle()
    try await office.change("Companies", PSAID(190), "ownerResourceID", to: 29_682_861)
    let hold = try #require(try await office.sync().holds.first { $0.needsApproval })
    let folder = TroubledContacts(office.scene.worldMailbox)
    let quiet = try await office.sync(SyncOptions(), folder, after: 60)
    #expect(await folder.calls == 0)
    #expect(quiet.holds.contains(hold) && quiet.attempt.exchange.held == 13)
    let done = try await office.sync(SyncOptions(approve: hold.digest), after: 60)
    #expect(done.attempt.exchange.deleted == 13)
  }

  @Test func `switched off, what is there stays as it is; switched on again it goes on`()
    async throws
  {
    let office = try ContactScene()
    try await office.settle()
    let rules = office.scene.rules.contacts
    office.scene.rules.contacts = nil
    try await office.change(ContactScene.baker, "isActive", to: 0)
    #expect(try await office.sync().attempt.writes == 0)
    #expect(try await office.contacts().count == 2)
    office.scene.rules.contacts = rules
    try await office.settle()
    #expect(try await office.contacts().count == 1)
  }

  @Test(.finds(.mark, for: "nobody has adopted the calendar"))
  func `a lost mark of the calendar does not come back by the write of a contact`()
    async throws
  {
    let office = try ContactScene()
    try await office.settle()
    try await office.scene.inMailbox { mailbox, now in
      let folder = try mailbox.folder(mailbox.folderID(.calendar))
      let changes = folder.extended.map { Mailbox.FolderChange.remove($0.path) }
      _ = try mailbox.updateFolder(folder.id, changes, at: now)
    }
    try await office.change(ContactScene.baker, "title", to: "Owner")
    #expect(try await office.sync().attempt.exchange.updated == 1)
    #expect(try await office.sync().attempt.notes.contains { $0.contains("lost its mark") })
  }

  @Test func `after the cache was lost stamps prove who is whose, and nothing comes twice`()
    async throws
  {
    let office = try ContactScene()
    try await office.settle()
    try office.scene.loseCache()
    #expect(try await office.settle().attempt.writes == 0)
    #expect(try await office.links().map(\.state) == [.linked, .linked])
    #expect(try await office.contacts().count == 2)
  }

  @Test func `what no stamp proves after a loss is unmatched until somebody asks for it`()
    async throws
  {
    let office = try ContactScene()
    try await office.settle()
    // A mark is written by runs that write.
    try await office.delete(try #require(try await office.contact(of: ContactScene.baker)))
    try office.scene.loseCache()
    #expect(try await office.settle().attempt.writes == 0)
    #expect(try await office.links().contains { $0.state == .unmatched })
    office.scene.clock.advance(60)
    let result = try await office.cycle().adopt(createMissing: true)
    #expect(result.attempt.exchange.created == 1)
    #expect(try await office.settle().attempt.writes == 0)
    #expect(try await office.contacts().count == 2)
  }

  @Test func `a create whose answer was lost is found by its stamp and not made twice`()
    async throws
  {
    let office = try ContactScene()
    let folder = TroubledContacts(office.scene.worldMailbox)
    await folder.set { $0.losesCreates = true }
    let broken = try await office.sync(SyncOptions(), folder)
    #expect(broken.failure != nil)
    #expect(try await office.contacts().count == 2)
    #expect(try await office.settle().attempt.writes == 0)
    #expect(try await office.contacts().count == 2)
    #expect(try await office.links().allSatisfy { $0.exchange != nil && $0.state == .linked })
  }

  @Test func `a contact that changes directly before a write is left for the next run`()
    async throws
  {
    let office = try ContactScene()
    try await office.settle()
    let baker = try #require(try await office.contact(of: ContactScene.baker))
    try await office.change(ContactScene.baker, "isActive", to: 0)
    let folder = TroubledContacts(office.scene.worldMailbox)
    await folder.set {
      $0.beforeWrite = { try await office.change(baker, .contact(.text(.jobTitle, "Boss"))) }
    }
    let result = try await office.sync(SyncOptions(), folder)
    #expect(result.attempt.writes == 0)
    #expect(try await office.contacts().count == 2)
    #expect(try await office.sync(after: 60).attempt.exchange.deleted == 1, "it waits for no hour")
    try await office.settle()
    #expect(try await office.contacts().count == 1)
  }

  @Test func `what Exchange refuses waits with its words until the contact changes`()
    async throws
  {
    let office = try ContactScene()
    let folder = TroubledContacts(office.scene.worldMailbox)
    await folder.set { $0.refuses = true }
    #expect(try await office.sync(SyncOptions(), folder).attempt.failedItems == 2)
    let second = try await office.sync()
    #expect(second.attempt.writes == 0)
    #expect(second.holds.flatMap(\.items).map(\.words) == ["too long", "too long"])
    try await office.change(ContactScene.baker, "title", to: "Owner")
    #expect(try await office.sync().attempt.exchange.created == 1)
  }

  @Test func `a listing that is cut short creates and deletes nothing`() async throws {
    let office = try ContactScene()
    try await office.settle()
    try office.scene.loseCache()
    let folder = TroubledContacts(office.scene.worldMailbox)
    await folder.set { $0.cutsListings = true }
    #expect(try await office.sync(SyncOptions(), folder).attempt.writes == 0)
    #expect(try await office.settle().attempt.writes == 0)
    #expect(try await office.contacts().count == 2)
  }

  @Test func `a sync state that Exchange refuses costs two listings and nothing else`()
    async throws
  {
    let office = try ContactScene()
    try await office.settle()
    try await office.delete(try #require(try await office.contact(of: ContactScene.baker)))
    let folder = TroubledContacts(office.scene.worldMailbox)
    await folder.set { $0.refusesStates = true }
    #expect(try await office.sync(SyncOptions(), folder).attempt.writes == 0)
    #expect(try await office.sync().attempt.exchange.created == 1)
    try await office.settle()
  }

  // MARK: The brake

  @Test func `many contacts that vanish at once are held, and go when a person approves`()
    async throws
  {
    let office = try ContactScene()
    try await office.enter(many: 12)
    try await office.settle()
    try await office.change("Companies", PSAID(190), "ownerResourceID", to: 29_682_861)
    let held = try await office.sync()
    #expect(held.attempt.writes == 0 && held.attempt.exchange.held == 13)
    let hold = try #require(held.holds.first { $0.needsApproval })
    #expect(hold.reason.hasPrefix("13 contacts vanished from the PSA at once"))
    #expect(hold.items.allSatisfy { $0.kind == .contact && $0.verb == .delete })
    #expect(try await office.contacts().count == 14)
    let done = try await office.sync(SyncOptions(approve: hold.digest))
    #expect(done.attempt.exchange.deleted == 13)
    try await office.settle()
    #expect(try await office.contacts().count == 1)
  }

  @Test func `many that are removed in Exchange are held, and created when a person approves`()
    async throws
  {
    let office = try ContactScene()
    try await office.enter(many: 12)
    try await office.settle()
    for contact in try await office.contacts().prefix(8) { try await office.delete(contact) }
    let held = try await office.sync()
    let hold = try #require(held.holds.first { $0.needsApproval })
    #expect(held.attempt.writes == 0 && hold.items.count == 8)
    let done = try await office.sync(SyncOptions(approve: hold.digest))
    #expect(done.attempt.exchange.created == 8)
    try await office.settle()
    #expect(try await office.contacts().count == 14)
  }

  @Test func `an older PSA deletes nothing; what it lacks is held under one digest`()
    async throws
  {
    let office = try ContactScene()
    try await office.settle()
    let backup = await office.scene.world.tenant { tenant, _ in tenant }
    try await office.change(ContactScene.baker, "title", to: "Owner")
    let made = try await office.enter(many: 1)
    try await office.settle()
    #expect(made.count == 1)
    await office.scene.world.tenant { tenant, _ in tenant = backup }
    let held = try await office.sync()
    #expect(held.attempt.writes == 0)
    #expect(held.attempt.notes.contains { $0.contains("was restored from a backup") })
    #expect(try await office.contacts().count == 3)
    let next = try await office.sync()
    let hold = try #require(next.holds.first { $0.needsApproval })
    #expect(hold.items.count == 2)
    let done = try await office.sync(SyncOptions(approve: hold.digest))
    #expect(done.attempt.exchange.deleted == 1 && done.attempt.exchange.updated == 1)
    try await office.settle()
    #expect(try await office.contacts().count == 2)
  }

  @Test func `an older mailbox is not written; what it lacks and what is older is held`()
    async throws
  {
    let office = try ContactScene()
    try await office.settle()
    let backup = try await office.scene.inMailbox { mailbox, _ in mailbox }
    try await office.change(ContactScene.baker, "title", to: "Owner")
    try await office.enter(many: 1)
    try await office.settle()
    try await office.scene.inMailbox { mailbox, _ in mailbox = backup }
    let held = try await office.sync()
    #expect(held.attempt.writes == 0)
    let hold = try #require(held.holds.first { $0.needsApproval })
    #expect(Set(hold.items.map(\.verb)) == [.update, .recreate])
    #expect(try await office.sync().attempt.writes == 0)
    let next = try await office.sync()
    #expect(next.holds.contains { $0.digest == hold.digest })
    let done = try await office.sync(SyncOptions(approve: hold.digest))
    #expect(done.attempt.exchange.created == 1 && done.attempt.exchange.updated == 1)
    try await office.settle()
    #expect(try await office.contacts().count == 3)
    #expect(try await office.contact(of: ContactScene.baker)?.card[.jobTitle] == "Owner")
  }

  @Test func `a PSA that shows no contacts to this user leaves the calendar in step`()
    async throws
  {
    let office = try ContactScene()
    let scene = office.scene
    let mailbox = scene.worldMailbox
    try await scene.psa(
      .create(title: "Visit", start: Scene.monday + 3_600, end: Scene.monday + 7_200)
    )
    let cycle = scene.cycle(
      mailbox: mailbox,
      contacts: ContactPorts(folder: mailbox, psa: ClosedContacts())
    )
    let result = try await cycle.sync(SyncOptions())
    #expect(result.attempt.exchange.created == 1 && result.attempt.failedItems == 1)
    #expect(result.attempt.notes.contains { $0.hasPrefix("Contacts were left as they are.") })
    #expect(try await cycle.plan().notes.contains { $0.contains("No right to read Companies.") })
  }
}

/// Contacts that the PSA does not show to the API user.
private struct ClosedContacts: PSAContacts {
  private let failure = StopFailure("No right to read Companies.")

  func contactScope() async throws -> ContactScope { throw failure }
  func page(
    of query: ContactQuery,
    continuing token: PageToken?
  ) async throws -> ContactPage { throw failure }
  func count(of query: ContactQuery) async throws -> Int { throw failure }
  func identities(of query: ContactQuery) async throws -> [PSAID] { throw failure }
  func contacts(_ ids: [PSAID]) async throws -> [PSAContact?] { throw failure }
}
