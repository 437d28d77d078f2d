import SyncModel
import SyncPlan
import Testing

/// `rules.md` 5, sentence by sentence, on plain values.
@Suite struct SeriesTests {
  static let hour = SmallWorld.hour

  private func daily() -> (world: SmallWorld, series: ExchangeItemID) {
    var world = SmallWorld()
    let id = world.series("Stand-up", on: Array(0..<5))
    world.settle()
    return (world, id)
  }

  private func link(_ day: Int, _ world: SmallWorld) throws -> Link {
    try #require(world.links.first { $0.exchange?.originalDate == SmallWorld.day(day) })
  }

  private func counterpart(_ day: Int, _ world: SmallWorld) throws -> PSAItem {
    let id = try #require(try link(day, world).psa?.id)
    return try #require(world.psa(id))
  }

  @Test func `a deleted date is removed with the series as its proof`() throws {
    var (world, series) = daily()
    let gone = try counterpart(3, world).id
    world.delete(SmallWorld.day(3), of: series)
    let plan = world.plan
    #expect(plan.lines == ["psa delete \(gone)"])
    guard case .delete(let order)? = plan.operations.first?.action else {
      Issue.record("no delete")
      return
    }
    #expect(order.proof.record.ground == .unexpanded)
    world.settle()
    #expect(world.psa.count == 4 && world.links.count == 4)
  }

  @Test func `a series that ends takes its dates along as one item for the brake`() {
    var world = SmallWorld()
    let id = world.series("Stand-up", on: Array(0..<20))
    world.settle()
    #expect(world.psa.count == 20)
    world.remove(id)
    #expect(world.settle().map(\.count) == [20, 0])
    #expect(world.psa.isEmpty && world.links.isEmpty)
  }

  @Test func `after a change of the rule dates pair first, then the rest in order`() throws {
    var (world, series) = daily()
    let kept = try counterpart(2, world).id
    let first = try counterpart(0, world).id
    world.pattern[series] = [1, 2, 6, 7, 8].map(SmallWorld.day)
    world.change(series) { _ in }
    let written = world.settle()
    #expect(Set(written[0].map(\.verb)) == [.update], "nothing is created or deleted")
    #expect(written.dropFirst().joined().isEmpty)
    #expect(try counterpart(2, world).id == kept)
    #expect(try counterpart(6, world).id == first)
    let reference = try #require(try link(6, world).reference)
    #expect(try counterpart(6, world).text.hasSuffix(reference.line), "and found again by it")
    let dates = try #require(world.series[series]?.dates)
    #expect(dates.first { $0.originalDate == SmallWorld.day(6) }?.reference == reference)
  }

  @Test func `what a dispatcher called one date does not stay when it becomes another one`() throws
  {
    var (world, series) = daily()
    world.change(try counterpart(4, world).id) { $0.title = "The dispatcher's words" }
    #expect(world.settle().map(\.count) == [0])
    world.pattern[series] = [0, 1, 2, 3, 7].map(SmallWorld.day)
    world.change(series) { _ in }
    world.settle()
    #expect(world.psa.allSatisfy { $0.title == "Stand-up" })
  }

  @Test func `a date that somebody deletes is not taken for a change of the rule`() throws {
    var (world, series) = daily()
    world.delete(SmallWorld.day(1), of: series)
    world.pattern[series]?.append(SmallWorld.day(5))
    #expect(Set(world.settle()[0].map(\.verb)) == [.create, .delete])
  }

  @Test func `a move that Exchange refuses is put back in the PSA and said`() throws {
    var (world, series) = daily()
    let item = try counterpart(2, world)
    world.change(item.id) { $0.end = $0.end.advanced(bySeconds: 7 * 86_400) }
    let refused = try #require(world.plan.operations.first)
    let index = try #require(world.links.firstIndex { $0.id == refused.link.id })
    world.links[index].refusals = [
      Refusal(
        side: .exchange,
        group: .time,
        wanted: refused.wanted(quick),
        settings: world.settings,
        text: "ErrorOccurrenceCrossingBoundary"
      )
    ]
    let plan = world.plan
    #expect(plan.operations.map(\.side) == [.psa])
    #expect(plan.notes.contains { $0.contains("put back") })
    var hidden = world
    hidden.change(series) { $0.sensitivity = .private }
    let ours = hidden.plan.operations.filter { $0.link.id == refused.link.id }
    #expect(ours.map(\.verb) == [.mask, .update], "first of all detail is taken away")
    world.settle()
    #expect(try counterpart(2, world).end == item.end)
  }

  @Test func `a date is as private as the stricter of itself and its series`() throws {
    var (world, series) = daily()
    world.change(SmallWorld.day(1), of: series) { $0.sensitivity = .private }
    #expect(world.settle()[0].map(\.verb) == [.mask])
    #expect(try counterpart(1, world).title == "Appointment")
    world.change(series) { $0.sensitivity = .private }
    #expect(world.settle()[0].map(\.verb) == [.mask, .mask, .mask, .mask])
    #expect(world.psa.allSatisfy { $0.title == "Appointment" })
  }

  @Test func `dates that leave the window are parked, and still masked`() throws {
    var (world, series) = daily()
    world.now = world.now.advanced(byDays: 10)
    #expect(world.settle().map(\.count) == [0])
    #expect(try link(0, world).state == .parked && link(4, world).state == .linked)
    world.change(series) { $0.sensitivity = .confidential }
    world.settle()
    #expect(world.psa.allSatisfy { $0.title == "Appointment" })
  }

  @Test func `without the cache the references prove every date, and nothing is made twice`() {
    var (world, _) = daily()
    world.links = []
    world.mode.cacheWasLost = true
    world.mode.mayDelete = false
    #expect(world.settle().map(\.count) == [0])
    #expect(world.links.count == 5 && world.links.allSatisfy { $0.psa != nil })
  }

  @Test func `a cancelled date is removed, and one of a declined series never arrives`() throws {
    var (world, series) = daily()
    world.change(SmallWorld.day(2), of: series) { $0.isCancelled = true }
    #expect(world.settle()[0].map(\.verb) == [.delete])
    #expect(world.psa.count == 4)
    var other = SmallWorld()
    other.series("Not for me", on: [0, 1]) { $0.response = .declined }
    #expect(other.settle().map(\.count) == [0])
  }

  @Test func `a series that changed and cannot be read brings no date and takes none away`()
    throws
  {
    var (world, series) = daily()
    world.change(SmallWorld.day(1), of: series) { $0.title = "In the garden" }
    world.settle()
    world.change(SmallWorld.day(1), of: series) { $0.title = "Old words" }
    world.pattern[series] = [0, 1, 2, 3, 7].map(SmallWorld.day)
    world.delete(SmallWorld.day(2), of: series)
    world.unread = [series]
    #expect(world.plan.operations.isEmpty && world.plan.forgotten.isEmpty)
    var hidden = world
    hidden.change(series) { $0.sensitivity = .private }
    #expect(Set(hidden.plan.operations.map(\.verb)) == [.mask], "it hides all that it shows")
    world.unread = []
    #expect(Set(world.plan.operations.map(\.verb)) == [.update, .delete])
  }

  @Test func `a date that goes while its series turns private is masked before it is removed`()
    throws
  {
    var (world, series) = daily()
    let gone = try counterpart(3, world).id
    world.delete(SmallWorld.day(3), of: series)
    world.change(series) { $0.sensitivity = .private }
    world.mode.mayDelete = false
    #expect(world.plan.operations.filter { $0.item == "\(gone)" }.map(\.verb) == [.mask])
    world.mode.mayDelete = true
    #expect(world.plan.operations.filter { $0.item == "\(gone)" }.map(\.verb) == [.mask, .delete])
    #expect(world.settle().map(\.count) == [6, 0])
    #expect(world.psa.count == 4 && world.psa.allSatisfy { $0.title == "Appointment" })
  }

  @Test func `a parked date that its series has lost is kept, and still masked`() throws {
    var (world, series) = daily()
    world.now = world.now.advanced(byDays: 10)
    world.settle()
    world.delete(SmallWorld.day(0), of: series)
    world.change(series) { $0.sensitivity = .private }
    #expect(Set(world.settle()[0].map(\.verb)) == [.mask])
    #expect(world.psa.count == 5 && world.psa.allSatisfy { $0.title == "Appointment" })
  }

  @Test func `dates that another tool brought to the PSA are proposed as pairs`() throws {
    var world = SmallWorld()
    world.mode.looksForPairs = true
    let series = world.series("Stand-up", on: [0, 1, 2])
    for day in 0..<3 {
      guard
        case .timed(let start, let end, _) = world.when(
          of: try #require(world.exchange(series)),
          on: SmallWorld.day(day)
        )
      else { continue }
      world.inPSA("Stand-up") { ($0.start, $0.end) = (start, end) }
    }
    let plan = world.plan
    #expect(plan.operations.isEmpty && plan.isBesideAnotherTool)
    let hold = try #require(plan.holds.first)
    #expect(hold.items.map(\.originalDate) == (0..<3).map(SmallWorld.day))
    world.approved = [hold.digest]
    #expect(world.settle().map(\.count) == [0])
    #expect(world.links.count == 3 && world.links.allSatisfy { $0.origin == .paired })
  }

  @Test func `a series that becomes one item elsewhere goes on as its nearest date`() throws {
    var (world, series) = daily()
    let nearest = try link(4, world)
    world.pattern[series] = nil
    world.change(series) { $0.role = .single }
    let when = world.when(of: try #require(world.exchange(series)), on: SmallWorld.day(6))
    world.change(series) { $0.when = when }
    world.settle()
    #expect(world.links.map(\.id) == [nearest.id])
    #expect(world.psa.map(\.id) == [nearest.psa?.id])
  }

  @Test func `a copied series that becomes one item keeps a reference of its own`() throws {
    var (world, series) = daily()
    var copy = try #require(world.exchange(series))
    copy.id = ExchangeItemID("copy")
    world.exchange.append(copy)
    world.pattern[copy.id] = world.pattern[series]
    world.settle()
    world.pattern[copy.id] = [0, 1, 2, 3, 7].map(SmallWorld.day)
    world.change(copy.id) { _ in }
    world.settle()
    let date = try #require(world.series[copy.id]?.dates.last)
    let moved = world.links.first {
      $0.exchange?.item == copy.id && $0.exchange?.originalDate == date.originalDate
    }
    #expect(moved?.reference == world.maker.referenceOfCopy(date))
    world.pattern[copy.id] = nil
    world.change(copy.id) { $0.role = .single }
    world.settle()
    let left = world.links.filter { $0.exchange?.item == copy.id }
    let item = world.maker.fact(of: try #require(world.exchange(copy.id)))
    #expect(left.map(\.reference) == [world.maker.referenceOfCopy(item)])
    #expect(world.psa.count == 6)
  }

  @Test func `a date keeps its reference though the UID of its series is known only later`() {
    var world = SmallWorld()
    let series = world.series("Stand-up", on: [0, 1]) { $0.cleanUID = nil }
    world.settle()
    world.change(series) { $0.cleanUID = CleanUID("LATE") }
    #expect(world.settle().map(\.count) == [0])
  }

  @Test func `what a person removed far ahead is masked with its series`() throws {
    var (world, series) = daily()
    let index = try #require(
      world.links.firstIndex { $0.exchange?.originalDate == SmallWorld.day(4) }
    )
    let other = try counterpart(4, world).id
    world.links[index].exchange?.originalDate = SmallWorld.day(60)
    world.links[index].state = .suppressed
    world.change(series) { $0.sensitivity = .private }
    #expect(world.plan.lines.contains("psa mask \(other)"))
  }
}
