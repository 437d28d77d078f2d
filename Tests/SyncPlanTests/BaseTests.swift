import SyncModel
import SyncPlan
import Testing

/// `rules.md` 2: what a link remembers of a run that writes nothing, and what follows from it later.
@Suite struct BaseTests {
  /// Linked, its cache lost, and adopted again.
  private func adopted(_ make: (inout SmallWorld) -> Void) -> SmallWorld {
    var world = SmallWorld()
    make(&world)
    world.settle()
    world.loseCache()
    #expect(world.settle().map(\.count) == [0])
    world.mode = PlanMode()
    return world
  }

  @Test func `once adopted, a title that a person changes where it is not decided stays`() {
    var world = adopted { $0.inPSA("Theirs") }
    world.user { $0.title = "By the technician" }
    #expect(world.settle().map(\.count) == [0])
    #expect(world.exchange.map(\.title) == ["By the technician"])
  }

  @Test func `once adopted, what a person changes in a service call is put back`() {
    var world = adopted { $0.inOffice(.serviceCall) }
    world.user { $0.title = "Mine" }
    #expect(world.plan.operations.map(\.words) == ["exchange update title"])
  }

  @Test func `once adopted, everything is in step`() throws {
    let world = adopted {
      $0.inExchange("Mine") { $0.place = "Room 2" }
      $0.inPSA("Theirs", at: 9 * SmallWorld.hour)
    }
    let input = world.input
    for link in world.links {
      let item = try #require(input.exchange.first { $0.id == link.exchange?.item })
      let other = try #require(input.psa.first { $0.id == link.psa?.id })
      #expect(Standing(of: link, item, other, in: input) == .inStep)
    }
  }

  /// A text that both sides were given was forgotten: the former one could be put in unseen.
  @Test func `a person who writes what is coming has settled it, and the former text is an edit`() {
    var world = SmallWorld()
    world.inOffice(.serviceCall) { $0.text = "First" }
    world.settle()
    let first = world.exchange[0].text
    world.office { $0.text = "Second" }
    let second = Projection(world.rules).exchangeContent(of: world.psa[0]).text
    world.user { $0.text = second }
    #expect(world.settle().map(\.count) == [0])
    world.user { $0.text = first }
    #expect(world.plan.operations.map(\.words) == ["exchange update text"])
  }

  @Test func `a link knows the latest modification that was seen of each half`() {
    var world = SmallWorld()
    world.inExchange("Mine")
    world.settle()
    world.user { $0.reminderMinutes = nil }
    world.office { $0.place = "Site" }
    world.settle()
    let later = (world.exchange[0].modified, world.psa[0].modified)
    #expect(world.links[0].exchangeModified == later.0)
    #expect(world.links[0].psaModified == later.1)
    world.exchange[0].modified = later.0.advanced(bySeconds: -60)
    world.psa[0].modified = later.1.advanced(bySeconds: -60)
    world.settle()
    #expect(world.links[0].exchangeModified == later.0)
    #expect(world.links[0].psaModified == later.1)
  }
}
