import RegistryAPI
import RegistryClient
import RegistryGateway
import RegistryStore
import Sandbox
import Store
import SyncEngine
import SyncModel
import TestGround
import Testing
import World

/// The gateway to the PSA: what it costs, whom it lets see what, and that writes happen once.
@Suite(.timeLimit(.minutes(10))) struct GatewayTests {
  static let dispatcher: Int64 = 29_682_861

  // MARK: Cost

  @Test(arguments: [10, 1_000])
  func `resting agents cost the PSA as little as nobody, however many they are`(
    agents: Int
  ) async throws {
    let grounds = try Grounds(items: 40)
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let now = Instant(seconds: grounds.clock.now)
      try await ground.enable((1...agents).map { ResourceID(Int64($0)) })
      for number in 1...agents {
        _ = try await ground.gateway.changes(
          of: ResourceID(Int64(number)),
          kinds: Kind.allCases,
          since: 0
        )
      }
      _ = try await ground.service().open()
      let before = await ground.tenant.requests
      grounds.clock.advance(60)
      try await ground.look()
      let look = await ground.tenant.requests - before
      for number in 1...agents {
        let changes = try await ground.gateway.changes(
          of: ResourceID(Int64(number)),
          kinds: Kind.allCases,
          since: now.seconds * 1_000_000
        )
        #expect(changes.isLast)
      }
      _ = try await ground.service().open()
      #expect(await ground.tenant.requests - before == look)
      // The allowance, two for each kind, and four for who is on which call; contacts each hour,
      // which these grounds read at once.
      #expect(look <= 20)
      print("a look at rest for \(agents) agents: \(look) requests")
    }
  }

  @Test func `a tenant that is used by others is left alone, and what hides detail goes through`()
    async throws
  {
    let grounds = try Grounds()
    let id = try await grounds.enter("On site")
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      await grounds.world.tenant { tenant, _ in
        tenant.threshold.limit = tenant.threshold.count(at: grounds.clock.now) * 100 / 46
      }
      let before = await ground.tenant.requests
      grounds.clock.advance(60)
      try await ground.look()
      // Nothing but the question how much is used.
      #expect(await ground.tenant.requests - before == 1)
      let status = try await ground.store.gatewayStatus()
      #expect(status.complaint?.contains("leaves the rest to people") == true)
      let service = ground.service()
      // The run ends and says so, or it would look as if all were in step.
      let made = await caught { _ = try await service.create([Draft.psa("new")]) }
      #expect(made?.description.contains("leaves the rest to people") == true)
      #expect(made?.remedy == .retry(after: .seconds(900)))
      let gone = await caught {
        _ = try await service.delete([PSATarget(kind: .appointment, id: id)])
      }
      #expect(gone?.remedy == .retry(after: .seconds(900)))
      // Nobody makes the PSA look for what is not the agent's own.
      let strangers = await caught {
        _ = try await service.items([PSAID(9_999_999)], of: .appointment)
      }
      #expect(strangers != nil)
      let mask = PSAEdit(kind: .appointment, id: id, title: "Appointment", text: "")
      #expect(try await service.update([mask]) == [.done(id)])
      #expect(await ground.titles == ["Appointment"])
    }
  }

  // MARK: Whose it is

  @Test func `an agent sees and writes its own resource's items, and nobody else's`() async throws {
    let grounds = try Grounds()
    let own = try await grounds.enter("mine")
    let theirs = try await grounds.enter("theirs", text: "secret", resource: Self.dispatcher)
    let toDo = try await grounds.enterToDo("their call", resource: Self.dispatcher)
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let service = ground.service()
      for query in [
        PSAQuery(kind: .appointment),
        PSAQuery(kind: .appointment, endingFrom: Instant(seconds: 0)),
        PSAQuery(kind: .appointment, ids: PSAID(1)...PSAID(.max)),
      ] {
        #expect(try await service.page(of: query, continuing: nil).items.map(\.id) == [own])
        #expect(try await service.identities(of: query) == [own])
        #expect(try await service.count(of: query) == 1)
      }
      let seen = try await service.items([own, theirs], of: .appointment)
      #expect(seen.map { $0?.title } == ["mine", ""] && seen[1]?.text == "")
      // Its times are nobody else's either.
      #expect(seen[1]?.start == seen[1]?.created)
      #expect(try await service.items([toDo], of: .toDo)[0]?.text == "")
      // A call that the technician is not on, and a contact of somebody else's company.
      #expect(
        try await service.items([PSAID(4_029)], of: .serviceCall)[0]?.resource == ResourceID(0)
      )
      #expect(try await service.contacts([PSAID(30_690)])[0]?.lastName == "")
      let span = Draft.span(Grounds.monday, 900)
      let results = try await service.update([
        PSAEdit(kind: .appointment, id: theirs, title: "taken"),
        PSAEdit(kind: .appointment, id: theirs, title: "Appointment", text: ""),
        PSAEdit(kind: .toDo, id: toDo, parent: PSAID(174), span: span),
      ])
      #expect(results.map(\.isRefused) == [true, true, true])
      let deleted = try await service.delete([PSATarget(kind: .appointment, id: theirs)])
      #expect(deleted.map(\.isRefused) == [true])
      let made = try await service.create([Draft.psa("for them", resource: Self.dispatcher)])
      #expect(made.map(\.isRefused) == [true])
      #expect(await ground.titles.sorted() == ["mine", "theirs"])
    }
  }

  @Test func `of what was given to somebody else its times stay visible, and its words do not`()
    async throws
  {
    let grounds = try Grounds()
    let id = try await grounds.enter("mine", text: "words")
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let service = ground.service()
      let made = try #require(
        try await service.create([Draft.psa("made", text: "by me\nRef: abcdefghijklmnop")])[0].id
      )
      for item in [id, made] {
        try await grounds.change(
          "Appointments",
          item,
          "resourceID",
          to: .int(Self.dispatcher)
        )
      }
      let seen = try await service.items([id, made], of: .appointment)
      for item in seen {
        #expect(item?.resource == ResourceID(Self.dispatcher))
        #expect(item?.title == "" && item?.text == "")
      }
      let start = Instant(seconds: Grounds.monday + 5 * Grounds.hour)
      #expect(seen.map { $0?.start } == [start, start])
      // What its agent wrote there it may take back, and nothing more.
      let results = try await service.update([
        PSAEdit(kind: .appointment, id: made, title: "Appointment", text: ""),
        PSAEdit(kind: .appointment, id: made, title: "Appointment", text: "more"),
        PSAEdit(kind: .appointment, id: id, title: "Appointment", text: ""),
      ])
      #expect(results.map(\.isRefused) == [false, true, true])
      try await ground.look()
      let query = PSAQuery(kind: .appointment, endingFrom: Instant(seconds: 0))
      #expect(try await ground.service().identities(of: query) == [])
    }
  }

  @Test func `a call tells each of its people of the others, and one who left sees no more of it`()
    async throws
  {
    let grounds = try Grounds()
    let call = PSAServiceCallTests.seeded
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let (first, second) = (ResourceID(Seeding.technician), ResourceID(29_682_890))
      try await ground.enable([second])
      func about(_ resource: ResourceID) async throws -> PSAContext? {
        try await ground.gateway.changes(of: resource, kinds: [.serviceCall], since: 0).rows
          .first { $0.part == .serviceCall && $0.id == call }?.item?.about
      }
      #expect(try await about(first)?.others == ["Second Technician"])
      let mine = try #require(try await about(first))
      #expect(mine.tickets.map(\.title) == ["Ticket 7602", "Ticket 7611"])
      if let theirs = try await about(second) { #expect(!theirs.others.isEmpty) }
      let since = try await ground.gateway.changes(of: first, kinds: [.serviceCall], since: 0)
        .sequence
      try await grounds.office(.serviceCall, .unassign(id: "4021"))
      try await ground.look()
      let changes = try await ground.gateway.changes(
        of: first,
        kinds: [.serviceCall],
        since: since
      )
      let gone = changes.rows.filter(\.isGone)
      #expect(gone.contains { $0.part == .serviceCall && $0.id == call })
      #expect(gone.contains { $0.part == .ticketRow } && gone.contains { $0.part == .taskRow })
      #expect(try await about(first) == nil)
      let left = try await ground.service().items([call], of: .serviceCall)
      #expect(left[0]?.text == "" && left[0]?.start != nil)
    }
  }

  // MARK: One reader

  @Test
  func `another process takes over within fifteen seconds, and the first keeps its hands off`()
    async throws
  {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      let clock = grounds.clock
      func lease(_ holder: String) async throws -> Bool {
        try await ground.store.lease(
          RegistryStore.gatewayLease,
          holder: holder,
          seconds: 12,
          now: Instant(seconds: clock.now)
        )
      }
      let isFirst = try await lease("one")
      #expect(isFirst)
      #expect(try await lease("two") == false)
      clock.advance(15)
      #expect(try await lease("two"))
      var late = MirrorChanges(.company, read: 1, holder: "one")
      late.rows = [TenantRow(part: .company, id: PSAID(1), owner: ResourceID(1))]
      await #expect(throws: LostLease.self) {
        try await ground.store.keep(late, now: Instant(seconds: clock.now))
      }
    }
  }
}
