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

  @Test func `a released hold ends while nothing is due in Exchange, and until its cause is over`()
    throws
  {
    var world = SmallWorld()
    let theirs = world.inPSA("Theirs")
    world.settle()
    world.user { $0.attendees = [guest] }
    #expect(world.plan.holds.count == 1)
    world.links[0].pin = Pin(released: .attendees)
    #expect(world.plan.holds.isEmpty)
    var due = world
    due.change(theirs) { $0.title = "Renamed" }
    #expect(due.plan.holds.count == 1 && due.plan.operations.isEmpty)
    world.user { $0.attendees = [] }
    world.settle()
    #expect(world.links.map(\.pin) == [nil])
  }

  @Test func `whole days without a zone that a person released rest until there is one`() throws {
    var world = SmallWorld()
    world.inExchange("Mine") {
      $0.when = .allDay(first: SmallWorld.day(1), afterLast: SmallWorld.day(2))
    }
    world.settle()
    world.zone = nil
    let moved = When.allDay(first: SmallWorld.day(3), afterLast: SmallWorld.day(4))
    world.user { $0.when = moved }
    #expect(world.plan.holds.count == 1)
    world.links[0].pin = Pin(
      time: Pin.Time(exchange: moved, psa: world.psa[0].span),
      released: .noZone
    )
    #expect(world.plan.holds.isEmpty)
    #expect(world.settle().map(\.count) == [0])
    #expect(world.links[0].pin?.released == .noZone)
    let input = world.input
    let standing = Standing(of: world.links[0], input.exchange[0], input.psa[0], in: input)
    #expect(standing == .differs)
    world.links[0].pin = Pin(released: .noZone)
    world.zone = SmallWorld.zone
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(world.links.map(\.pin) == [nil])
  }

  @Test func `nothing excludes a pair, whatever its pin says`() throws {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.inPSA("Mine")
    world.mode.looksForPairs = true
    world.approved = [try #require(world.plan.holds.first?.digest)]
    world.settle()
    #expect(world.links.map(\.origin) == [.paired])
    world.links[0].pin = Pin(staysExcluded: true)
    world.userMoves(to: 7 * Self.hour)
    #expect(world.plan.operations.map(\.words) == ["psa update time"])
  }

  @Test func `what is reassigned stays where a setting or a pin excludes it`() throws {
    for isPinned in [true, false] {
      var (world, _, theirs) = linked()
      let index = try #require(world.links.firstIndex { $0.psa?.id == theirs })
      if isPinned {
        world.links[index].pin = Pin(staysExcluded: true)
      } else {
        world.rules.appointmentsToExchange = false
      }
      world.reassign(theirs)
      #expect(world.plan.operations.isEmpty)
    }
  }

  @Test func `a mask that goes before a time leaves the pin of the time`() throws {
    var (world, mine, _) = linked()
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    let item = try #require(world.exchange(mine))
    let span = try #require(world.psa(try counterpart(of: mine, world))?.span)
    world.links[index].pin = Pin(time: Pin.Time(exchange: item.when, psa: span))
    let kept = world.links[index]
    world.change(mine) {
      $0.sensitivity = .private
      $0.when = SmallWorld.when(7 * Self.hour)
    }
    let written = world.plan.operations
    #expect(written.map(\.groups) == [[.content], [.time]])
    #expect(written.map { $0.settled(on: kept).pin?.time } == [kept.pin?.time, nil])
  }
}
