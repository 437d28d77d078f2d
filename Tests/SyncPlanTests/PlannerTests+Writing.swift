import SyncModel
import SyncPlan
import Testing

/// Existence, time and content, and what refuses them (`rules.md` 2 and 3).
extension PlannerTests {
  // MARK: Existence

  @Test func `a copy that keeps vanishing is made again three times in a day, then held`() throws {
    var (world, _, theirs) = linked()
    for number in 0..<4 {
      world.remove(try counterpart(of: theirs, world))
      // Once it was suppressed before it changed, else both are seen at once.
      if number == 1 { world.settle() }
      world.change(theirs) { $0.title = "Theirs \(number)" }
      #expect(world.plan.operations.count == (number < 3 ? 1 : 0))
      world.apply(world.plan)
    }
    #expect(world.plan.holds.map(\.items.count) == [1])
    world.now = world.now.advanced(byDays: 1)
    #expect(world.settle().map(\.count) == [1, 0])
  }

  @Test func `what is accepted and declined all day is no second tool`() throws {
    var (world, mine, _) = linked()
    for _ in 0..<5 {
      world.change(mine) { $0.response = .declined }
      #expect(world.settle().map(\.count) == [1, 0])
      world.change(mine) { $0.response = .accepted }
      #expect(world.settle().map(\.count) == [1, 0])
    }
  }

  @Test func `an edit on the deciding side recreates what the other side deleted`() throws {
    var (world, mine, theirs) = linked()
    world.remove(try counterpart(of: mine, world))
    world.remove(try counterpart(of: theirs, world))
    world.change(mine) { $0.title = "Edited" }
    world.change(theirs) { $0.title = "Edited" }
    world.mode.mayCreate = false
    #expect(world.plan.operations.isEmpty)
    world.mode.mayCreate = true
    #expect(world.settle().map(\.count) == [2, 0])
  }

  @Test func `an excluded item that also becomes private is masked while the brake holds`() throws {
    var world = SmallWorld()
    let ids = (0..<8).map { world.inExchange("Canary \($0)", at: Self.hour * Int64($0)) }
    world.settle()
    for id in ids {
      world.change(id) {
        $0.response = .declined
        $0.sensitivity = .private
      }
    }
    #expect(Set(world.plan.operations.map(\.verb)) == [.mask])
    #expect(world.plan.operations.count == 8)
  }

  @Test func `an excluded item whose delete was refused is masked when it becomes private`() throws
  {
    var (world, mine, _) = linked()
    world.change(mine) { $0.response = .declined }
    let operation = try #require(world.plan.operations.first)
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    world.links[index] = operation.refused(
      on: world.links[index],
      words: "no",
      settings: world.settings,
      quick
    )
    #expect(world.plan.operations.isEmpty)
    world.change(mine) { $0.sensitivity = .private }
    #expect(world.plan.operations.map(\.verb) == [.mask])
  }

  @Test func `what an incomplete reading lacks is not gone`() throws {
    var (world, mine, _) = linked()
    world.remove(mine)
    for whole in [nil, false] as [Bool?] {
      world.isExchangeWhole = whole
      #expect(world.plan.operations.isEmpty && world.plan.forgotten.isEmpty)
    }
    world.isExchangeWhole = true
    #expect(world.plan.operations.map(\.verb) == [.delete])
    world.isLookedUp = false
    #expect(world.plan.operations.isEmpty)
  }

  // MARK: Time and content

  @Test func `a meeting moved in the PSA is put back three times in a day, then held`() throws {
    var (world, mine, _) = linked { $0.attendees = [guest] }
    let other = try counterpart(of: mine, world)
    for _ in 0..<3 {
      world.change(other) { $0.end = $0.end.advanced(bySeconds: 600) }
      #expect(world.plan.lines == ["psa update \(other)"])
      world.settle()
    }
    world.change(other) { $0.end = $0.end.advanced(bySeconds: 600) }
    #expect(world.plan.operations.isEmpty)
    #expect(world.plan.holds.count == 1)
    world.apply(world.plan)
    world.change(mine) { $0.sensitivity = .private }
    #expect(world.plan.operations.map(\.verb) == [.mask], "a held item is masked too")
    world.settle()
    #expect(world.psa(other)?.title == "Appointment")
    world.now = world.now.advanced(byDays: 1)
    #expect(world.plan.lines == ["psa update \(other)"])
    world.rules.meetingTimes = .both
    #expect(world.plan.lines == ["exchange update \(mine)"])
  }

  @Test func `a mask travels alone and first, and each settles its own group`() throws {
    var (world, mine, _) = linked()
    let other = try counterpart(of: mine, world)
    let before = try link(of: mine, world)
    world.change(mine) {
      $0.sensitivity = .private
      $0.when = SmallWorld.when(6 * Self.hour)
    }
    let plan = world.plan
    #expect(plan.lines == ["psa mask \(other)", "psa update \(other)"])
    #expect(plan.operations.map(\.groups) == [[.content], [.time]])
    let mask = try #require(plan.operations.first)
    let masked = mask.settled(on: before)
    #expect(masked.base.span == before.base.span, "a mask moves no time")
    #expect(masked.base.mask == .masked)
    let time = try #require(plan.operations.last)
    let both = time.settled(on: masked)
    #expect(both.base.sent == masked.base.sent && both.base.mask == .masked)
    #expect(both.base.span?.start == SmallWorld.monday.advanced(bySeconds: 6 * Self.hour))
    // Where the mask was refused, the time's link knows nothing of it but the refusal.
    let refused = mask.refused(on: before, words: "no", settings: world.settings, quick)
    let timeOnly = time.settled(on: refused)
    #expect(timeOnly.base.sent == before.base.sent && timeOnly.base.mask == Mask.none)
    #expect(timeOnly.refusals.map(\.group) == [.content])
    #expect(world.settle().map(\.count) == [2, 0])
    #expect(world.psa(other)?.title == "Appointment")
  }

  @Test func `a refused time and a refused mask hold up neither the other nor themselves twice`()
    throws
  {
    var (world, mine, _) = linked()
    let other = try counterpart(of: mine, world)
    world.change(mine) {
      $0.sensitivity = .private
      $0.when = SmallWorld.when(6 * Self.hour)
    }
    let operations = world.plan.operations
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    for operation in operations {
      world.links[index] = operation.refused(
        on: world.links[index],
        words: "no",
        settings: world.settings,
        quick
      )
    }
    #expect(world.links[index].refusals.count == 2)
    #expect(world.plan.operations.isEmpty)
    #expect(world.plan.holds.map(\.items.count) == [2])
    world.change(mine) { $0.when = SmallWorld.when(7 * Self.hour) }
    #expect(world.plan.operations.map(\.groups) == [[.time]])
    world.apply(world.plan)
    #expect(world.links[index].refusals.map(\.group) == [.content])
    #expect(world.psa(other)?.title == "Mine")
  }

  @Test func `what one side refused together is written apart`() throws {
    var (world, mine, _) = linked()
    world.change(mine) {
      $0.title = "Renamed"
      $0.when = SmallWorld.when(6 * Self.hour)
    }
    let operation = try #require(world.plan.operations.first)
    #expect(operation.groups == [.time, .content])
    let index = try #require(world.links.firstIndex { $0.exchange?.item == mine })
    world.links[index] = operation.refused(
      on: world.links[index],
      words: "no",
      settings: world.settings,
      quick
    )
    #expect(world.plan.operations.map(\.groups) == [[.content], [.time]])
    #expect(world.settle().map(\.count) == [2, 0])
    #expect(world.links[index].refusals.isEmpty)
  }

  @Test func `what could not be read is neither written nor believed to be gone`() throws {
    var (world, mine, theirs) = linked()
    let copy = try counterpart(of: theirs, world)
    let fresh = world.inExchange("Fresh", at: 20 * Self.hour)
    world.change(mine) { $0.title = "Old words" }
    world.change(theirs) { $0.title = "New" }
    world.unread = [mine, copy, fresh]
    #expect(world.plan.operations.isEmpty && world.plan.forgotten.isEmpty)
    world.unread = []
    #expect(world.plan.operations.count == 3)
  }
}
