import SyncModel
import SyncPlan
import Testing

/// `rules.md` 8: what a person orders goes only where nobody changed it since Lockstep wrote it.
@Suite struct AsWrittenTests {
  /// A world in step, with one item of each origin.
  private func world() -> SmallWorld {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.inPSA("Theirs", at: 8 * SmallWorld.hour)
    world.settle()
    return world
  }

  private func purged(_ world: SmallWorld) -> PurgePlan { purgePlan(.mine, world.input) }

  @Test func `what nobody changed is removed on the side that did not make it`() throws {
    let plan = purged(world())
    #expect(Set(plan.operations.map(\.side)) == [.exchange, .psa])
    #expect(plan.operations.allSatisfy { $0.verb == .delete })
    #expect(plan.links.allSatisfy { $0.state == .suppressed && $0.reason == .purged })
    for operation in plan.operations {
      guard case .delete(let order) = operation.action else { continue }
      #expect(order.proof.record.ground == .ordered)
      #expect(order.proof.record.evidence.contains("version \(order.expectedVersion)"))
    }
  }

  @Test func `a version mark alone is no change`() throws {
    var world = world()
    for item in world.exchange { world.change(item.id) { $0.reminderMinutes = 5 } }
    for other in world.psa { world.change(other.id) { $0.isComplete = true } }
    #expect(purged(world).operations.count == 2)
  }

  @Test(arguments: 0..<6)
  func `what somebody changed in a copy keeps it`(_ way: Int) throws {
    var world = world()
    let copy = try #require(world.exchange.first { $0.title == "Theirs" }?.id)
    let other = try #require(world.psa.first { $0.title == "Mine" }?.id)
    switch way {
    case 0: world.change(copy) { $0.title = "Edited" }
    case 1: world.change(copy) { $0.when = SmallWorld.when(20 * SmallWorld.hour) }
    case 2:
      world.change(copy) { item in
        item.attendees = [
          Attendee(
            person: Person(name: "B", address: "b@example.com"),
            role: .required,
            response: .unknown
          )
        ]
      }
    case 3: world.change(copy) { $0.place = "Room 3" }
    case 4: world.change(other) { $0.title = "Edited" }
    default: world.change(other) { $0.start = $0.start.advanced(bySeconds: -600) }
    }
    let plan = purged(world)
    #expect(plan.operations.count == 1)
    #expect(plan.skipped.map(\.why) == ["it is not as Lockstep wrote it last"])
    #expect(plan.skipped.map(\.key.side) == [way < 4 ? .exchange : .psa])
  }

  @Test func `the same order has the same digest, another one has another`() throws {
    var world = world()
    let first = purged(world)
    #expect(purged(world).digest == first.digest)
    let copy = try #require(world.exchange.first { $0.title == "Theirs" }?.id)
    world.change(copy) { $0.title = "Edited" }
    #expect(purged(world).digest != first.digest)
  }

  @Test func `only what settings exclude is meant by parked`() throws {
    var world = world()
    #expect(purgePlan(.parked, world.input).operations.isEmpty)
    world.rules.importDetail = .off
    world.settle()
    #expect(purgePlan(.parked, world.input).operations.map(\.side) == [.psa])
    world.rules.importDetail = .all
    world.rules.pastDays = 1
    world.now = world.now.advanced(byDays: 20)
    world.settle()
    #expect(world.links.contains { $0.state == .parked })
    #expect(purgePlan(.parked, world.input).operations.isEmpty, "settings allow it again")
  }
}
