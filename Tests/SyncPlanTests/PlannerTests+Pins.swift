import SyncModel
import SyncPlan
import Testing

/// What a person had taken back or kept rests (`rules.md` 8).
extension PlannerTests {
  @Test func `a pinned link rests until a person changes it, but is masked`() throws {
    var (world, mine, _) = linked()
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    let other = try #require(world.psa.first { $0.id == world.links[index].psa?.id })
    let item = try #require(world.exchange.first { $0.id == mine })
    // What an undo would leave: another time and another title than Exchange has.
    world.change(other.id) { item in
      item.title = "Before"
      (item.start, item.end) = (item.start.advanced(bySeconds: -3_600), item.end)
    }
    let before = try #require(world.psa.first { $0.id == other.id })
    world.links[index].pin = Pin(
      time: Pin.Time(exchange: item.when, psa: before.span),
      source: world.maker.fact(of: item).projected
    )
    #expect(world.settle().map(\.count) == [0])
    world.change(mine) { $0.title = "Renamed" }
    #expect(world.settle().map(\.count) == [1, 0])
    let link = try link(of: mine, world)
    #expect(link.pin?.source == nil && link.pin?.time != nil, "each group by itself")
    #expect(world.psa.first { $0.id == other.id }?.title == "Renamed")
    world.change(mine) { $0.sensitivity = .private }
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(world.psa.first { $0.id == other.id }?.title == "Appointment")
    #expect(world.psa.first { $0.id == other.id }?.span == before.span)
  }

  @Test func `what excludes a pinned item is known, and counts again once it was over`() throws {
    var (world, mine, _) = linked()
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    world.links[index].pin = Pin(staysExcluded: true)
    world.change(mine) { $0.response = .declined }
    #expect(world.settle().map(\.count) == [0])
    world.change(mine) { $0.response = .accepted }
    world.settle()
    #expect(try link(of: mine, world).pin == nil)
    world.change(mine) { $0.response = .declined }
    #expect(world.plan.operations.map(\.verb) == [.delete])
  }

  @Test func `a pinned time that both sides come to share is pinned no more`() throws {
    var (world, mine, _) = linked()
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    let other = try counterpart(of: mine, world)
    let span = try #require(world.psa(other)?.span)
    world.links[index].pin = Pin(
      time: Pin.Time(exchange: SmallWorld.when(9 * SmallWorld.hour), psa: span)
    )
    #expect(world.settle().map(\.count) == [0])
    #expect(try link(of: mine, world).pin == nil)
  }
}
