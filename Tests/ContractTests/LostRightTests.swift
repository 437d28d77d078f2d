import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// `rules.md` 8 over both roads: a right that is lost in the middle of a run deletes nothing.
@Suite struct LostRightTests {
  let start = Grounds.monday + 5 * Grounds.hour

  /// An agent in step, whose user then deleted one item on each side.
  private func prepare(_ agent: Agent) async throws {
    let grounds = agent.grounds
    var made: (exchange: [String], psa: [String]) = ([], [])
    for number in 0..<3 {
      let at = start + Int64(number) * Grounds.hour
      made.exchange.append(
        try await grounds.make(.exchange, .create(title: "E\(number)", start: at, end: at + 60))
      )
      made.psa.append(
        try await grounds.make(.psa, .create(title: "P\(number)", start: at, end: at + 60))
      )
    }
    try await agent.settle()
    try await grounds.make(.exchange, .delete(id: made.exchange[0]))
    try await grounds.make(.psa, .delete(id: made.psa[0]))
  }

  private func expectDeferred(_ result: SyncResult, _ agent: Agent, says words: String) async throws
  {
    #expect(result.attempt.exchange.deleted + result.attempt.psa.deleted == 0)
    #expect(result.attempt.outcome == .successWithErrors && result.attempt.failedItems == 2)
    #expect(result.attempt.notes.contains { $0.contains(words) }, "\(result.attempt.notes)")
    #expect(await agent.exchangeItems.count == 5)
    #expect(await agent.psaItems.count == 5)
  }

  private func setActive(_ isActive: Bool, _ grounds: Grounds) async throws {
    try await grounds.world.tenant { tenant, _ in
      let entity = try #require(Schema.entity("Resources"))
      let column = try #require(entity.column("isActive"))
      tenant.tables["Resources"]?.change(Seeding.technician) { $0.cells[column] = .bool(isActive) }
    }
  }

  @Test(arguments: [Road.world, .wire])
  func `where the resource is shut off in the PSA after the run began, nothing is deleted`(
    road: Road
  ) async throws {
    let grounds = try Grounds()
    try await road.agent(grounds) { agent in
      try await prepare(agent)
      await agent.mailbox.planAfterMark { try await setActive(false, grounds) }
      let result = try await agent.sync()
      try await expectDeferred(result, agent, says: "does not show this agent's resource")
      try await setActive(true, grounds)
      try await agent.settle()
      #expect(await agent.exchangeItems.count == 4)
      #expect(await agent.psaItems.count == 4)
    }
  }

  @Test(arguments: Road.allCases)
  func `where linked items of the PSA vanish after they were listed, nothing is deleted`(
    road: Road
  ) async throws {
    let grounds = try Grounds()
    try await road.agent(grounds) { agent in
      try await prepare(agent)
      let rows = await grounds.world.tenant { tenant, _ in tenant.tables["Appointments"] }
      await agent.mailbox.planAfterMark {
        for item in await grounds.world.psaListing() {
          try await grounds.make(.psa, .delete(id: item.id))
        }
      }
      let result = try await agent.sync()
      #expect(result.attempt.exchange.deleted + result.attempt.psa.deleted == 0)
      #expect(
        result.attempt.notes.contains { $0.contains("the PSA does not find") },
        "\(result.attempt.notes)"
      )
      #expect(await agent.exchangeItems.count == 5)
      await grounds.world.tenant { tenant, _ in tenant.tables["Appointments"] = rows }
    }
  }

  @Test(arguments: Road.allCases)
  func `where linked items of Exchange vanish after they were listed, nothing is deleted`(
    road: Road
  ) async throws {
    let grounds = try Grounds()
    try await road.agent(grounds) { agent in
      try await prepare(agent)
      await agent.mailbox.planAfterMark {
        for item in await grounds.world.exchangeListing() {
          try await grounds.make(.exchange, .delete(id: item.id))
        }
      }
      let result = try await agent.sync()
      #expect(result.attempt.exchange.deleted + result.attempt.psa.deleted == 0)
      #expect(
        result.attempt.notes.contains { $0.contains("Exchange does not find") },
        "\(result.attempt.notes)"
      )
      #expect(await agent.psaItems.count == 5)
    }
  }

  @Test(arguments: Road.allCases)
  func `an audit over both roads finds nothing in step, and what vanished on either side`(
    road: Road
  ) async throws {
    let grounds = try Grounds(items: 12)
    try await road.agent(grounds) { agent in
      try await agent.settle()
      let before = try await agent.cache.links()
      let clean = try await agent.cycle().verify()
      #expect(clean.isClean, "\(clean.audit.findings)")
      try await prepare(agent)
      let found = try await agent.cycle().verify()
      #expect(found.audit.findings.map(\.check) == [.surplus, .surplus])
      try await agent.settle()
      let again = try await agent.cycle().verify()
      #expect(again.isClean, "\(again.audit.findings)")
      #expect(try await agent.cache.links().count == before.count + 4)
    }
  }
}
