import Testing
import World

/// What a dispatcher does to to-dos, service calls and contacts, and how a world lists them.
@Suite struct OfficeEditTests {
  private static let now: Int64 = 1_772_438_400

  private func world(items: Int = 0, seed: UInt64 = 1) throws -> World {
    let sides = try Seeding(seed: seed, items: items, zones: .utc, now: Self.now).sides()
    return World(mailbox: sides.mailbox, tenant: sides.tenant, clock: { Self.now })
  }

  private func item(_ id: String, in world: World) async -> ListedOfficeItem? {
    await world.officeListing().first { $0.id == id }
  }

  @Test func `edits survive their own JSON, and an appointment's is none of theirs`() throws {
    let verbs: [OfficeEdit.Verb] = [
      .create(title: "A", start: 60, end: 120), .move(id: "4", start: 60, end: 120),
      .retitle(id: "4", title: "B"), .delete(id: "4"), .assign(id: "4"), .unassign(id: "4"),
      .cancel(id: "4"), .complete(id: "4"),
    ]
    for kind in OfficeEdit.Kind.allCases {
      for verb in verbs {
        let edit = OfficeEdit(kind, verb)
        #expect(edit.json["side"] == "psa")
        #expect(try OfficeEdit(json: edit.json) == edit)
      }
    }
    #expect(try OfficeEdit(json: Edit(.psa, .delete(id: "4")).json) == nil)
    #expect(throws: EditProblem.self) { _ = try OfficeEdit(json: ["kind": "to-do", "verb": "x"]) }
    #expect(throws: EditProblem.self) {
      _ = try OfficeEdit(json: ["kind": "to-do", "verb": "delete", "side": "exchange", "id": "4"])
    }
  }

  @Test func `a to-do is made, moved, reworded, given away, taken back, done and deleted`()
    async throws
  {
    let world = try world()
    func make(_ verb: OfficeEdit.Verb) async throws -> String {
      try await world.make(OfficeEdit(.toDo, verb))
    }
    let id = try await make(.create(title: "Call back", start: Self.now, end: Self.now + 900))
    var item = try #require(await item(id, in: world))
    #expect(item.title == "Phone Call: Harbour branch" && item.text == "Call back")
    #expect(item.kind == .toDo && item.state == .open && item.start == Self.now)
    _ = try await make(.move(id: id, start: Self.now + 60, end: Self.now + 120))
    _ = try await make(.retitle(id: id, title: "Call again"))
    _ = try await make(.complete(id: id))
    item = try #require(await self.item(id, in: world))
    #expect(item.start == Self.now + 60 && item.end == Self.now + 120)
    #expect(item.text == "Call again" && item.state == .complete)
    _ = try await make(.unassign(id: id))
    #expect(await self.item(id, in: world) == nil)
    _ = try await make(.assign(id: id))
    #expect(await self.item(id, in: world) != nil)
    _ = try await make(.delete(id: id))
    #expect(await self.item(id, in: world) == nil)
    for verb in [
      OfficeEdit.Verb.cancel(id: "2204"), .delete(id: id), .move(id: "x", start: 1, end: 2),
    ] {
      await #expect(throws: EditProblem.self) { _ = try await make(verb) }
    }
  }

  @Test func `a service call is made with a row for the technician, which may come and go`()
    async throws
  {
    let world = try world()
    func make(_ verb: OfficeEdit.Verb) async throws -> String {
      try await world.make(OfficeEdit(.serviceCall, verb))
    }
    let id = try await make(.create(title: "Disk", start: Self.now, end: Self.now + 900))
    var item = try #require(await item(id, in: world))
    #expect(item.title == "Service call: Harbour branch" && item.location == "Warehouse")
    #expect(item.kind == .serviceCall && item.text == "Disk" && item.state == .open)
    _ = try await make(.move(id: id, start: Self.now + 60, end: Self.now + 120))
    _ = try await make(.retitle(id: id, title: "Two disks"))
    _ = try await make(.unassign(id: id))
    #expect(await self.item(id, in: world) == nil)
    _ = try await make(.assign(id: id))
    item = try #require(await self.item(id, in: world))
    #expect(item.text == "Two disks" && item.end == Self.now + 120)
    _ = try await make(.complete(id: id))
    #expect(await self.item(id, in: world)?.state == .complete)
    _ = try await make(.cancel(id: id))
    #expect(await self.item(id, in: world)?.state == .cancelled)
    _ = try await make(.delete(id: id))
    #expect(await self.item(id, in: world) == nil)
    // The seeded one names the technician twice, by a ticket and by a task.
    _ = try await make(.unassign(id: "4021"))
    #expect(await self.item("4021", in: world) == nil)
    await #expect(throws: EditProblem.self) { _ = try await make(.assign(id: "1")) }
  }

  @Test func `edits of contacts survive their own JSON, and are none of other kinds`() throws {
    let edits: [OfficeContactEdit] = [
      .create(name: "Jane Doe"), .rename(id: "4", name: "Jane Roe"), .delete(id: "4"),
      .assign(id: "4"), .unassign(id: "4"),
    ]
    for edit in edits {
      #expect(edit.json["side"] == "psa")
      #expect(try OfficeContactEdit(json: edit.json) == edit)
    }
    #expect(try OfficeContactEdit(json: Edit(.psa, .delete(id: "4")).json) == nil)
    #expect(try OfficeContactEdit(json: OfficeEdit(.toDo, .delete(id: "4")).json) == nil)
    let odd: [JSONValue] = [
      ["kind": "contact", "side": "psa", "verb": "complete", "id": "4"],
      ["kind": "contact", "side": "psa", "verb": "create"],
      ["kind": "contact", "side": "exchange", "verb": "delete", "id": "4"],
    ]
    for json in odd { #expect(throws: EditProblem.self) { _ = try OfficeContactEdit(json: json) } }
  }

  @Test func `a contact is made, renamed, deleted, and follows its company's account manager`()
    async throws
  {
    let world = try world()
    func names() async -> [String] { await world.psaContactListing().map(\.title) }
    let seeded = ["Office Contact 30700", "Office Contact 30712"]
    #expect(await names() == seeded)
    let id = try await world.make(.create(name: "Jane B. Doe") as OfficeContactEdit)
    #expect(await names() == ["Jane B. Doe"] + seeded)
    #expect(await world.psaContactListing().first?.id == id)
    _ = try await world.make(.rename(id: id, name: "Zoë Roe") as OfficeContactEdit)
    #expect(await names() == seeded + ["Zoë Roe"])
    // The bakery goes to a colleague with both of its contacts; the other one an opportunity names.
    _ = try await world.make(.unassign(id: id) as OfficeContactEdit)
    #expect(await names() == ["Office Contact 30712"])
    _ = try await world.make(.assign(id: "30700") as OfficeContactEdit)
    #expect(await names() == seeded + ["Zoë Roe"])
    // Of the school an opportunity names one, its account manager looks after two.
    _ = try await world.make(.assign(id: "30712") as OfficeContactEdit)
    #expect(await names().contains("Office Contact 30713"))
    _ = try await world.make(.delete(id: id) as OfficeContactEdit)
    #expect(await !names().contains("Zoë Roe"))
    let refused: [OfficeContactEdit] = [
      .create(name: "Jane"), .rename(id: id, name: "Jane Doe"), .delete(id: id),
      .assign(id: "1"), .unassign(id: "x"),
    ]
    for edit in refused {
      await #expect(throws: EditProblem.self) { _ = try await world.make(edit) }
    }
  }

  @Test func `in Exchange a contact is retitled, copied and deleted by its id`() async throws {
    let world = try world()
    func names() async -> [String] { await world.contactListing().map(\.title) }
    func make(_ verb: Edit.Verb) async throws -> String {
      let edit = Edit(.exchange, verb)
      #expect(try Edit(json: edit.json) == edit)
      return try await world.make(edit, zones: .utc)
    }
    let id = try await world.mailbox { mailbox, now in
      let item = try mailbox.create(
        Mailbox.Contact([.displayName: "Jane Doe"]),
        in: mailbox.folderID(.contacts),
        Mailbox.Surroundings(now: now, zones: .utc)
      )
      return mailbox.text(of: item.id)
    }
    let before = await names()
    #expect(before.contains("Jane Doe"))
    #expect(try await make(.retitle(id: id, title: "Jane Roe")) == id)
    let copy = try await make(.calendar(CalendarEdit(.copy(id: id))))
    #expect(copy != id)
    #expect(await names().filter { $0 == "Jane Roe" }.count == 2)
    _ = try await make(.delete(id: id))
    #expect(await world.contactListing().filter { $0.title == "Jane Roe" }.map(\.id) == [copy])
    #expect(await names().count == before.count)
    await #expect(throws: EditProblem.self) {
      _ = try await world.make(
        Edit(.psa, .calendar(CalendarEdit(.copy(id: "4")))),
        zones: .utc
      )
    }
  }

  @Test func `every world has the technician's to-dos and calls, larger ones have more`()
    async throws
  {
    let none = try await world().officeListing()
    #expect(Set(none.map(\.id)) == ["2204", "4021"])
    let world = try world(items: 160)
    let items = await world.officeListing()
    #expect(items.filter { $0.kind == .toDo }.count == 15)
    #expect(items.filter { $0.kind == .serviceCall }.count == 15)
    // No two of the technician's items have the same times, whatever they are.
    let spans = items.filter { $0.id != "2204" }.map { "\($0.start)|\($0.end)" }
    let appointments = await world.psaListing().map { "\($0.start)|\($0.end)" }
    #expect(Set(spans).count == spans.count)
    #expect(Set(spans).isDisjoint(with: appointments))
    let kinds =
      await world.dump(zones: .utc)["psa"]?.elements?.compactMap { $0["kind"]?.text } ?? []
    #expect(Set(kinds) == ["appointment", "to-do", "service-call", "contact"])
    #expect(kinds.filter { $0 == "appointment" }.count == 160)
    #expect(try await self.world(items: 160).dump(zones: .utc) == world.dump(zones: .utc))
    #expect(try await self.world(items: 160, seed: 2).officeListing() != items)
  }
}
