import SyncModel
import SyncPlan
import Testing

/// `rules.md` 8: which writes of a run are taken back, and as what.
@Suite struct UndoPlanTests {
  /// A pair that Exchange began, whose title became `B` there and then in the PSA.
  private func world() throws -> (world: SmallWorld, mine: ExchangeItemID, link: Link) {
    var world = SmallWorld()
    let mine = world.inExchange("A")
    world.settle()
    world.change(mine) { $0.title = "B" }
    world.settle()
    return (world, mine, try #require(world.links.first))
  }

  private func entry(
    _ link: Link,
    _ before: String,
    _ wanted: String,
    sequence: Int = 1,
    kind: Kind = .appointment,
    _ status: IntentStatus = .done
  ) -> JournalEntry {
    JournalEntry(
      intent: Intent(
        run: RunID(1),
        sequence: sequence,
        link: link.id,
        kind: kind,
        side: .psa,
        verb: .update,
        groups: [.content],
        target: link.psa?.id.description,
        expectedVersion: nil,
        wanted: ItemValues(title: wanted),
        idempotencyKey: nil,
        highestBefore: nil,
        before: ItemValues(title: before),
        beforeMask: .none,
        proof: nil,
        reason: "title changed in Exchange"
      ),
      status: status,
      resultID: link.psa?.id.description,
      resultVersion: nil,
      note: nil
    )
  }

  private func plan(_ world: SmallWorld, _ entries: [JournalEntry]) -> UndoPlan {
    undoPlan(UndoInput(now: world.input, run: RunID(1), entries: entries, deleted: [:]))
  }

  @Test func `what was written is put back, and its link rests`() throws {
    let (world, mine, link) = try world()
    let plan = plan(world, [entry(link, "A", "B")])
    let step = try #require(plan.steps.first)
    #expect(plan.steps.count == 1 && plan.skipped.isEmpty)
    #expect(step.operation.verb == .update && step.operation.side == .psa)
    #expect(step.operation.groups == [.content] && step.values.title == "A")
    let item = try #require(world.exchange(mine))
    #expect(plan.links.first?.pin?.source == world.maker.fact(of: item).projected)
    #expect(plan.links.first?.pin?.time == nil, "only what was put back rests")
    var after = world
    after.links = plan.links
    let copy = try #require(link.psa?.id)
    after.change(copy) { $0.title = "A" }
    #expect(after.settle().map(\.count) == [0])
    after.change(mine) { $0.title = "C" }
    #expect(after.settle().map(\.count) == [1, 0])
    #expect(after.psa(copy)?.title == "C")
  }

  @Test func `several writes of one run to one item are taken back by one`() throws {
    var (world, mine, link) = try world()
    world.change(mine) { $0.title = "C" }
    world.settle()
    let plan = plan(world, [entry(link, "A", "B"), entry(link, "B", "C", sequence: 2)])
    #expect(plan.steps.map(\.sequences) == [[1, 2]])
    #expect(plan.steps.map(\.values.title) == ["A"])
  }

  @Test(arguments: [IntentStatus.refused, .dropped, .undone])
  func `what was not done, or is undone, is not taken back`(_ status: IntentStatus) throws {
    let (world, _, link) = try world()
    let plan = plan(world, [entry(link, "A", "B", status)])
    #expect(plan.steps.isEmpty && plan.skipped.isEmpty && plan.links.isEmpty)
  }

  @Test func `what somebody changed since, and what may not be shown, is named`() throws {
    var (world, mine, link) = try world()
    let copy = try #require(link.psa?.id)
    let title = try #require(world.psa(copy)?.title)
    world.change(copy) { $0.title = "Edited" }
    #expect(plan(world, [entry(link, "A", "B")]).skipped.map(\.why) == ["its title changed since"])
    world.change(copy) { $0.title = title }
    world.change(mine) { $0.sensitivity = .private }
    let masked = plan(world, [entry(link, "A", "B")])
    #expect(masked.steps.isEmpty)
    #expect(masked.skipped.map(\.why) == ["the PSA may have no detail of it now"])
    #expect(masked.skipped.map(\.key.side) == [.psa])
  }

  @Test func `the digest is that of what would be done`() throws {
    let (world, _, link) = try world()
    let first = plan(world, [entry(link, "A", "B")]).digest
    #expect(plan(world, [entry(link, "A", "B")]).digest == first)
    #expect(plan(world, []).digest != first)
  }

  @Test func `contacts are named and left to the PSA`() throws {
    let (world, _, link) = try world()
    let plan = plan(world, [entry(link, "A", "B", kind: .contact)])
    #expect(plan.steps.isEmpty)
    #expect(plan.skipped.first?.why.hasPrefix("the PSA decides it") == true)
  }
}
