import Testing
import World

/// What a dispatcher does to to-dos and service calls, and how a world lists them.
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
    #expect(Set(kinds) == ["appointment", "to-do", "service-call"])
    #expect(kinds.filter { $0 == "appointment" }.count == 160)
    #expect(try await self.world(items: 160).dump(zones: .utc) == world.dump(zones: .utc))
    #expect(try await self.world(items: 160, seed: 2).officeListing() != items)
  }
}
