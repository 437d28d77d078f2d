import SyncModel
import SyncPlan
import Testing

/// `rules.md` 2, 3 and 5: the corners of comparing both halves of a link.
@Suite struct ComparisonRows {
  private static let hour = SmallWorld.hour

  static let corners: [RuleRow] = [
    RuleRow(
      "a time that ends as it starts is sent to Exchange",
      .theirs,
      .init(
        ["exchange update time"],
        sees: "Visit 17:00–17:00 | Visit 17:00–17:00 | linked"
      ) {
        $0.officeMoves(to: 9 * hour)
        $0.office { $0.end = $0.start }
      }
    ),
    RuleRow(
      "a time that ends as it starts is sent to the PSA",
      .mine,
      .init(["psa update time"], sees: "Visit 17:00–17:00 | Visit 17:00–17:00 | linked") {
        $0.user { $0.when = SmallWorld.when(9 * hour, length: 0) }
      }
    ),
    RuleRow(
      "an end before the start in Exchange is no change: the PSA's move goes there, whoever wins",
      .mine,
      .init(["exchange update time"], sees: "Visit 17:00 | Visit 17:00 | linked") {
        $0.rules.conflict = .exchange
        $0.user { $0.when = SmallWorld.when(5 * hour, length: -60) }
        $0.officeMoves(to: 9 * hour)
      }
    ),
    RuleRow(
      "an end before the start in the PSA is no change: the user's move goes there, whoever wins",
      .mine,
      .init(["psa update time"], sees: "Visit 17:00 | Visit 17:00 | linked") {
        $0.userMoves(to: 9 * hour)
        $0.office { $0.end = $0.start.advanced(bySeconds: -60) }
      }
    ),
    RuleRow(
      "refused: what was taken back meanwhile is forgotten, and tried again when it comes back",
      .mine,
      .init(sees: "Visit 17:00 | Visit 13:00 | linked", holds: "a side refused these writes") {
        $0.userMoves(to: 9 * hour)
        $0.refuse()
      },
      .init(["psa update title"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.userMoves(to: 5 * hour)
        $0.user { $0.title = "Board" }
      },
      .init(["psa update time"], sees: "Board 17:00 | Board 17:00 | linked") {
        $0.userMoves(to: 9 * hour)
      }
    ),
  ]

  @Test(arguments: corners) func `what is compared, and what is sent of it`(row: RuleRow) {
    row.expectEachStep()
  }

  // MARK: Series

  /// The reference line is written once the body can be: half of one is no text to write.
  @Test func `a date that becomes another one waits with its text for the whole body`() {
    var world = SmallWorld()
    let series = world.series("Stand-up", on: Array(0..<5))
    world.settle()
    world.pattern[series] = [0, 1, 2, 3, 7].map(SmallWorld.day)
    world.change(series) { $0.isTextWhole = false }
    #expect(world.settle()[0].map(\.words) == ["psa update time"])
    world.change(series) { $0.isTextWhole = true }
    #expect(world.settle()[0].map(\.words) == ["psa update text"])
  }

  // MARK: Reasons

  @Test func `a write names what changed in one order`() {
    var world = SmallWorld()
    world.inPSA("Theirs")
    world.settle()
    world.office { ($0.title, $0.text, $0.place) = ("Renamed", "New", "Hamburg") }
    #expect(world.plan.operations.map(\.reason) == ["place, text, title changed in the PSA"])
  }

  @Test func `a write says what changed where, and why detail goes`() {
    var world = SmallWorld()
    world.inExchange("Visit")
    world.settle()
    func reasons() -> [String] { world.plan.operations.map(\.reason) }
    world.userMoves(to: 7 * Self.hour)
    world.officeMoves(to: 9 * Self.hour)
    #expect(reasons() == ["time changed in the PSA; both sides moved it"])
    var renamed = world
    renamed.user { $0.title = "Renamed" }
    #expect(renamed.plan.operations.map(\.reason).contains("title changed in Exchange"))
    world.settle()
    world.rules.importDetail = .none
    #expect(reasons() == ["the settings let the PSA have no detail: it is taken away"])
    world.rules.importDetail = .all
    world.user { $0.sensitivity = .private }
    #expect(reasons() == ["it is private in Exchange: detail is taken away"])
    world.settle()
    world.userMoves(to: 11 * Self.hour)
    #expect(reasons() == ["time changed in Exchange"])
  }
}
