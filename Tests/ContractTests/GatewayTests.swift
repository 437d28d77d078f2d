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

  /// Titles of the two people's appointments, those apart that every world begins with.
  private func titles(_ grounds: Grounds) async -> [String] {
    await grounds.world.tenant { tenant, _ in
      guard let entity = Schema.entity("Appointments"), let title = entity.column("title") else {
        return []
      }
      let wanted: Set = [
        "mine", "made", "theirs", "once", "lost", "died", "Appointment", "taken", "for them",
      ]
      return (tenant.tables["Appointments"]?.rows ?? []).compactMap { $0.cells[title].text }
        .filter { wanted.contains($0) || $0.hasPrefix("Job ") }
    }
  }

  private func order(_ key: String, _ draft: PSADraft) -> WriteOrders {
    WriteOrders([WriteOrder(key: key + String(repeating: "0", count: 16), create: draft)])
  }

  private func gateway(_ ground: GatewayGround) -> Gateway {
    let clock = ground.grounds.clock
    return Gateway(
      store: ground.store,
      psa: ground.tenant,
      clock: { Instant(seconds: clock.now) },
      stamp: { clock.now * 1_000_000 }
    )
  }

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
        _ = try await gateway(ground).changes(
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
        let changes = try await gateway(ground).changes(
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
      let made = try await service.create([Draft.psa("new")])
      guard case .notTried(let words)? = made.only else {
        Issue.record("a create went through: \(made)")
        return
      }
      #expect(words.contains("leaves the rest to people"))
      let gone = try await service.delete([PSATarget(kind: .appointment, id: id)])
      guard case .notTried? = gone.only else {
        Issue.record("a delete went through: \(gone)")
        return
      }
      let mask = PSAEdit(kind: .appointment, id: id, title: "Appointment", text: "")
      #expect(try await service.update([mask]) == [.done(id)])
      #expect(await titles(grounds) == ["Appointment"])
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
      #expect(await titles(grounds).sorted() == ["mine", "theirs"])
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
        try await gateway(ground).changes(of: resource, kinds: [.serviceCall], since: 0).rows
          .first { $0.part == .serviceCall && $0.id == call }?.item?.about
      }
      #expect(try await about(first)?.others == ["Second Technician"])
      let mine = try #require(try await about(first))
      #expect(mine.tickets.map(\.title) == ["Ticket 7602", "Ticket 7611"])
      if let theirs = try await about(second) { #expect(!theirs.others.isEmpty) }
      let since = try await gateway(ground).changes(of: first, kinds: [.serviceCall], since: 0)
        .sequence
      try await grounds.office(.serviceCall, .unassign(id: "4021"))
      try await ground.look()
      let changes = try await gateway(ground).changes(
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

  // MARK: Writes happen once

  @Test func `a write that is sent again with its key happens once`() async throws {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let gateway = gateway(ground)
      let resource = ResourceID(Seeding.technician)
      let orders = order("a", Draft.psa("once"))
      let first = try await gateway.write(orders, of: resource)
      #expect(first.answers.map(\.outcome) == [.done])
      #expect(try await gateway.write(orders, of: resource).answers == first.answers)
      #expect(await titles(grounds) == ["once"])
      _ = try await gateway.write(order("b", Draft.psa("once")), of: resource)
      #expect(await titles(grounds) == ["once", "once"])
    }
  }

  @Test(arguments: [FaultKind.lostAnswer, .cutBody])
  func `a create whose answer the PSA lost is found by its reference, and made once`(
    fault: FaultKind
  ) async throws {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let gateway = gateway(ground)
      let resource = ResourceID(Seeding.technician)
      let orders = order("a", Draft.psa("lost", text: "Text\nRef: abcdefghijklmnop"))
      await grounds.faults.arrange(fault)
      let answer = try await gateway.write(orders, of: resource)
      #expect(answer.answers.map(\.outcome) == [.done])
      #expect(try await gateway.write(orders, of: resource).answers == answer.answers)
      #expect(await titles(grounds) == ["lost"])
      // The view knows of it without another look.
      let rows = try await gateway.changes(of: resource, kinds: [.appointment], since: 0).rows
      #expect(rows.map(\.id) == [answer.answers[0].id])
    }
  }

  @Test func `a write whose process died is under way for a while, then looked up`() async throws {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let gateway = gateway(ground)
      let resource = ResourceID(Seeding.technician)
      let draft = Draft.psa("died", text: "Ref: abcdefghijklmnop")
      let orders = order("a", draft)
      _ = try await ground.store.beginWrite(
        orders.writes[0],
        of: resource,
        above: PSAID(0),
        now: Instant(seconds: grounds.clock.now)
      )
      let made = try #require(try await ground.tenant.create([draft])[0].id)
      do {
        _ = try await gateway.write(orders, of: resource)
        Issue.record("it was answered while it was under way")
      } catch let problem as RegistryProblem {
        #expect(problem.code == .busy)
      }
      grounds.clock.advance(200)
      let answer = try await gateway.write(orders, of: resource)
      #expect(answer.answers.map(\.id) == [made])
      #expect(await titles(grounds) == ["died"])
    }
  }

  @Test func `while a write is under way nothing is told that could be older than it`()
    async throws
  {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let gateway = gateway(ground)
      let resource = ResourceID(Seeding.technician)
      _ = try await ground.store.beginWrite(
        order("a", Draft.psa("slow", text: "Ref: abcdefghijklmnop")).writes[0],
        of: resource,
        above: PSAID(0),
        now: Instant(seconds: grounds.clock.now)
      )
      let questions: [@Sendable () async throws -> Void] = [
        { _ = try await gateway.changes(of: resource, kinds: [.appointment], since: 0) },
        {
          _ = try await gateway.list(
            ListQuestion(.count, PSAQuery(kind: .appointment)),
            of: resource
          )
        },
        { _ = try await gateway.write(order("b", Draft.psa("other")), of: resource) },
      ]
      for question in questions {
        do {
          try await question()
          Issue.record("it was answered")
        } catch let problem as RegistryProblem {
          #expect(problem.code == .busy)
        }
      }
      // Somebody else's agent does not wait for it.
      try await ground.enable([ResourceID(Self.dispatcher)])
      let dispatcher = ResourceID(Self.dispatcher)
      _ = try await gateway.changes(of: dispatcher, kinds: [.appointment], since: 0)
      grounds.clock.advance(200)
      _ = try await gateway.changes(of: resource, kinds: [.appointment], since: 0)
    }
  }

  @Test func `an agent whose connection was cut sends its writes again, and they happen once`()
    async throws
  {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let port = try #require(Int(ground.address.split(separator: ":").last ?? ""))
      let cuts = Locked(3)
      let relay = try LoopbackServer { request, peer in
        guard let upstream = try? Peer(connectingTo: port) else { return false }
        let headers = request.headers.filter { $0.name.lowercased() != "connection" }
          .map { "\($0.name): \($0.value)\r\n" }.joined()
        upstream.send("\(request.line)\r\n\(headers)Connection: close\r\n\r\n")
        upstream.send(request.body)
        let answer = upstream.rest()
        let isCut = cuts.withLock { left in
          guard request.path.hasSuffix("/writes"), left > 0 else { return false }
          left -= 1
          return true
        }
        // The registry has done it, and the agent does not hear of it.
        if isCut { return false }
        peer.send(answer)
        return false
      }
      let service = ground.through(relay.url).service()
      let drafts = (0..<5).map { Draft.psa("Job \($0)") }
      let results = try await service.create(drafts)
      #expect(results.compactMap(\.id).count == 5)
      #expect(await titles(grounds).sorted() == drafts.map(\.title))
    }
  }

  // MARK: Old views

  @Test func `a view that is older than the agent's last write says nothing`() async throws {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let service = ground.service()
      _ = try await service.create([Draft.psa("mine")])
      var position = try await ground.replica.replicaPosition()
      #expect(position.lastWrite > 0)
      // As after a backup of the registry was put back.
      position.lastWrite += 1_000_000_000
      try await ground.replica.keep([], replacing: [], isLast: false, at: position)
      let failure = await caught { _ = try await ground.service().open() }
      #expect(failure?.remedy == .retry(after: .seconds(60)))
      grounds.clock.advance(2_000)
      try await ground.look()
      #expect(try await ground.service().open().resource == ResourceID(Seeding.technician))
    }
  }

  @Test func `a registry that has not read the PSA for an hour is not believed`() async throws {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      let early = await caught { _ = try await ground.service().open() }
      #expect(early?.remedy == .retry(after: .seconds(60)))
      try await ground.look()
      _ = try await ground.service().open()
      grounds.clock.advance(3_700)
      let failure = await caught { _ = try await ground.service().open() }
      #expect(failure?.remedy == .retry(after: .seconds(300)))
    }
  }

  @Test func `once a day everything is told again, and what nobody tells of goes`() async throws {
    let grounds = try Grounds()
    let id = try await grounds.enter("there")
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      _ = try await ground.service().open()
      let ghost = PSAViewRow(part: .company, id: PSAID(99_999))
      try await ground.replica.keep(
        [ghost],
        replacing: [],
        isLast: false,
        at: try await ground.replica.replicaPosition()
      )
      for hours in [12, 13, 1] as [Int64] {
        grounds.clock.advance(hours * Grounds.hour)
        try await ground.look()
        _ = try await ground.service().open()
      }
      let scope = try await ground.replica.viewScope()
      #expect(!scope.companies.contains(PSAID(99_999)))
      let query = PSAQuery(kind: .appointment, endingFrom: Instant(seconds: 0))
      #expect(try await ground.replica.viewIdentities(of: query) == [id])
    }
  }

  @Test func `a lost right to see service calls takes none away, and stops no appointment`()
    async throws
  {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let before = try await ground.service().assignments(since: nil)
      #expect(before.rows.count == 2)
      await grounds.world.tenant { tenant, _ in tenant.permissions.viewsServiceCalls = false }
      grounds.clock.advance(700)
      let id = try await grounds.enter("new")
      try await ground.look()
      let service = ground.service()
      let query = PSAQuery(kind: .appointment, endingFrom: Instant(seconds: 0))
      #expect(try await service.identities(of: query) == [id])
      let failure = await caught { _ = try await service.assignments(since: nil) }
      #expect(failure?.remedy == .skipItem)
      #expect(try await ground.replica.viewAssignments() == before.rows)
      await grounds.world.tenant { tenant, _ in tenant.permissions.viewsServiceCalls = true }
      try await ground.look()
      #expect(try await ground.service().assignments(since: nil) == before)
    }
  }

  @Test func `who knows an item's reference may mask it, whoever made it when`() async throws {
    let grounds = try Grounds()
    let text = "Words\nRef: abcdefghijklmnop"
    let id = try await grounds.enter("theirs", text: text, resource: Self.dispatcher)
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      func mask(_ text: String?) -> PSAEdit {
        PSAEdit(kind: .appointment, id: id, title: "Appointment", text: text)
      }
      let results = try await ground.service().update([
        mask(nil), mask(""), mask("Ref: ponmlkjihgfedcba"), mask("Ref: abcdefghijklmnop"),
      ])
      #expect(results.map(\.isRefused) == [true, true, true, false])
    }
  }

  @Test func `a resource that is switched off gets nothing, and a kind that is off is said to be`()
    async throws
  {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let resource = ResourceID(Seeding.technician)
      let now = Instant(seconds: grounds.clock.now)
      var settings = AdminSettings()
      (settings.profileName, settings.serverAddress) = ("Firm", "mail.example.com")
      settings.allowsToDos = false
      _ = try await ground.store.save(
        settings,
        expecting: 0,
        by: GatewayGround.boss,
        now: now
      )
      let failure = await caught {
        _ = try await ground.service().count(
          of: PSAQuery(kind: .toDo, endingFrom: Instant(seconds: 0))
        )
      }
      #expect(failure?.remedy == .skipItem)
      _ = try await ground.store.setEnabled([resource], false, by: GatewayGround.boss, now: now)
      let closed = await caught { _ = try await ground.service().open() }
      #expect(closed?.remedy == .stop)
      let write = await caught { _ = try await ground.service().create([Draft.psa("made")]) }
      #expect(write?.remedy == .stop)
      #expect(await titles(grounds) == [])
    }
  }

  @Test func `a listing that leaves items out takes nothing away`() async throws {
    let grounds = try Grounds()
    let ids = try await grounds.enter(many: 40)
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let service = ground.service()
      _ = try await service.open()
      await grounds.faults.setRate(1, of: .truncatedListing)
      grounds.clock.advance(25 * Grounds.hour)
      await #expect(throws: (any Error).self) { try await ground.look() }
      await grounds.faults.setRate(0, of: .truncatedListing)
      let rows = try await gateway(ground).changes(
        of: ResourceID(Seeding.technician),
        kinds: [.appointment],
        since: 0
      ).rows
      #expect(rows.map(\.id).sorted() == ids)
      try await grounds.make(.psa, .delete(id: ids[7].description))
      try await ground.look()
      let query = PSAQuery(kind: .appointment, endingFrom: Instant(seconds: 0))
      #expect(try await ground.service().identities(of: query) == ids.filter { $0 != ids[7] })
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
