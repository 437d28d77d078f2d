import Logging
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

/// Views that are old, cut short, or of what nobody may see.
@Suite(.timeLimit(.minutes(10))) struct GatewayViewTests {
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
    let id = try await grounds.enter("theirs", text: text, resource: GatewayTests.dispatcher)
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
      let gateway = ground.gateway
      let questions: [@Sendable () async throws -> Void] = [
        {
          _ = try await gateway.items(ItemQuestion(kind: .toDo, ids: [PSAID(2_204)]), of: resource)
        },
        { _ = try await gateway.list(ListQuestion(.page, PSAQuery(kind: .toDo)), of: resource) },
      ]
      for question in questions {
        do {
          try await question()
          Issue.record("a kind that is off was told of")
        } catch let problem as RegistryProblem {
          #expect(problem.code == .forbidden)
        }
      }
      let moved = PSAEdit(
        kind: .toDo,
        id: PSAID(2_204),
        parent: PSAID(174),
        span: Draft.span(Grounds.monday, 900)
      )
      #expect(try await ground.service().update([moved]).map(\.isRefused) == [true])
      // Who has left is off too.
      try await ground.enable([resource])
      let others = [
        ResourceRow(number: ResourceID(1), name: "Somebody else", mail: "", isActive: true)
      ]
      try await ground.store.keepResources(others, isWhole: true, now: now)
      let left = await caught { _ = try await ground.service().open() }
      #expect(left?.remedy == .stop)
      try await ground.enable([resource])
      _ = try await ground.service().open()
      _ = try await ground.store.setEnabled([resource], false, by: GatewayGround.boss, now: now)
      let closed = await caught { _ = try await ground.service().open() }
      #expect(closed?.remedy == .stop)
      let write = await caught { _ = try await ground.service().create([Draft.psa("made")]) }
      #expect(write?.remedy == .stop)
      #expect(await ground.titles == [])
    }
  }

  @Test func `after a refused sign-in nobody tries again for an hour, and it is said`() async throws
  {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      let clock = grounds.clock
      let duty = GatewayDuty(
        store: ground.store,
        psa: ground.lockedOut,
        holder: "that one",
        clock: { Instant(seconds: clock.now) },
        stamp: { clock.now * 1_000_000 },
        logger: Logger(label: "registry") { _ in SwiftLogNoOpLogHandler() }
      )
      let waits: @Sendable (Duration) async throws -> Void = { _ in
        try await Task.sleep(for: .seconds(3_600))
      }
      try await duty.round(sleep: waits)
      let asked = await ground.lockedOut.requests
      #expect(asked > 0)
      let complaint = try await ground.store.gatewayStatus().complaint ?? ""
      #expect(complaint.contains("refused the sign-in") && complaint.contains("in an hour"))
      for _ in 0..<5 {
        clock.advance(600)
        try await duty.round(sleep: waits)
      }
      #expect(await ground.lockedOut.requests == asked)
      clock.advance(700)
      try await duty.round(sleep: waits)
      #expect(await ground.lockedOut.requests > asked)
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
      let rows = try await ground.gateway.changes(
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
}
