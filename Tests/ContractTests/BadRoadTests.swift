import Sandbox
import SyncEngine
import SyncModel
import Testing
import World

/// Whole runs over HTTP while the servers are in trouble: what arrives late arrives once.
@Suite struct BadRoadTests {
  /// What two equal worlds come to without trouble.
  private func calmEnd(_ seed: UInt64) async throws -> Calendars {
    let grounds = try Grounds(items: 20, seed: seed)
    return try await Road.world.agent(grounds) { agent in
      try await agent.settle()
      return await agent.calendars
    }
  }

  @Test(arguments: FaultKind.allCases)
  func `runs in trouble, then a calm one, end where calm runs end`(
    kind: FaultKind
  ) async throws {
    let expected = try await calmEnd(5)
    let grounds = try Grounds(items: 20, seed: 5)
    try await Road.wire.agent(grounds) { agent in
      await grounds.faults.setRate(0.3, of: kind)
      for _ in 0..<5 {
        grounds.clock.advance(60)
        _ = try await agent.cycle().sync(SyncOptions())
      }
      await grounds.faults.setRate(0, of: kind)
      try await agent.settle()
      #expect(await agent.calendars == expected)
    }
  }

  @Test(arguments: [FaultKind.lostAnswer, .cutBody, .busy])
  func `a create whose answer goes astray is made once`(kind: FaultKind) async throws {
    let grounds = try Grounds()
    let start = Grounds.monday + 5 * Grounds.hour
    try await Road.wire.agent(grounds) { agent in
      try await agent.settle()
      try await grounds.make(
        .exchange,
        .create(title: "E", start: start, end: start + 60)
      )
      try await grounds.make(.psa, .create(title: "P", start: start, end: start + 90))
      // Every answer is lost, so also those to the creates.
      for rate in [0.5, 0.7, 0.4] {
        await grounds.faults.setRate(rate, of: kind)
        grounds.clock.advance(60)
        _ = try await agent.cycle().sync(SyncOptions())
      }
      await grounds.faults.setRate(0, of: kind)
      try await agent.settle()
      #expect(await agent.exchangeItems.map(\.title) == ["E", "P"])
      #expect(await agent.psaItems.map(\.title) == ["E", "P"])
    }
  }

  @Test(arguments: [FaultKind.truncatedListing, .expiredState])
  func `a listing that leaves items out and a state that expired delete nothing`(
    kind: FaultKind
  ) async throws {
    let grounds = try Grounds(items: 20, seed: 6)
    try await Road.wire.agent(grounds) { agent in
      try await agent.settle()
      let before = await agent.calendars
      await grounds.faults.setRate(1, of: kind)
      for _ in 0..<3 {
        grounds.clock.advance(60)
        let result = try await agent.cycle().sync(SyncOptions(full: kind == .truncatedListing))
        #expect(result.attempt.exchange.deleted == 0)
        #expect(result.attempt.psa.deleted == 0)
      }
      await grounds.faults.setRate(0, of: kind)
      try await agent.settle()
      #expect(await agent.calendars == before)
    }
  }

  @Test func `a write whose answer is lost is told apart from one that was refused`()
    async throws
  {
    let grounds = try Grounds()
    let id = try await grounds.enter("Title")
    try await PSAPort.wire.open(grounds) { psa in
      _ = try await psa.open()
      await grounds.faults.arrange(.lostAnswer)
      let created = try await psa.create([Draft.psa("lost")])
      guard case .unknown? = created.only else {
        Issue.record("the create's answer was lost, and it says \(created)")
        return
      }
      await grounds.faults.arrange(.lostAnswer)
      let edited = try await psa.update([PSAEdit(kind: .appointment, id: id, title: "lost")])
      guard case .unknown? = edited.only else {
        Issue.record("the edit's answer was lost, and it says \(edited)")
        return
      }
      let items = try await psa.pages(of: PSAQuery(kind: .appointment)).flatMap(\.items)
      #expect(items.map(\.title) == ["lost", "lost"])
    }
  }

  @Test func `an error thrown by an Exchange create leaves it unknown, and a look-up finds it`()
    async throws
  {
    let grounds = try Grounds()
    try await ExchangePort.wire.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      for kind in [FaultKind.lostAnswer, .cutBody] {
        let draft = Draft.exchange(kind == .cutBody ? 1 : 2)
        await grounds.faults.arrange(kind)
        _ = await caught {
          _ = try await mailbox.create([draft], in: folder)
        }
        let traces = try await mailbox.traces(of: .stamp(draft.stamp), calendar: folder)
        #expect(traces.map(\.place) == [.calendar])
      }
    }
  }

  @Test func `reads are asked again after a busy, lost or cut answer`() async throws {
    let grounds = try Grounds(items: 10)
    try await ExchangePort.wire.open(grounds) { mailbox in
      let folder = try await mailbox.open()
      for kind in [FaultKind.busy, .lostAnswer, .cutBody] {
        await grounds.faults.arrange(kind)
        #expect(try await mailbox.open() == folder)
        await grounds.faults.arrange(kind)
        let listed = try await mailbox.allChanges(since: nil, in: folder.id)
        #expect(listed.present.count == 10)
        await grounds.faults.arrange(kind)
        let readings = try await mailbox.items(listed.present, in: folder.id)
        #expect(readings.compactMap(\.item).count == 10)
      }
    }
    try await PSAPort.wire.open(grounds) { psa in
      for kind in [FaultKind.busy, .lostAnswer, .cutBody] {
        await grounds.faults.arrange(kind)
        let count = try await psa.count(of: PSAQuery(kind: .appointment))
        #expect(count == 10)
        await grounds.faults.arrange(kind)
        let pages = try await psa.pages(of: PSAQuery(kind: .appointment))
        #expect(pages.flatMap(\.items).count == 10)
      }
    }
  }
}
