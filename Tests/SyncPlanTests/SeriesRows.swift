import SyncModel
import SyncPlan
import Testing

/// `rules.md` 5, row by row, on dates that are listed: the expansion has rows of its own.
@Suite struct SeriesRows {
  private static let hour = SmallWorld.hour
  private static let day: Int64 = 86_400

  /// Monday, Tuesday and Wednesday at 13:00.
  private static let daily = RuleRow.Step(
    ["psa create", "psa create", "psa create"],
    sees: "Call 13:00 | Call 13:00, Call +1d 13:00, Call +2d 13:00 | 3 linked"
  ) { $0.series("Call", on: [0, 1, 2]) }

  private static func change(
    _ number: Int,
    _ world: inout SmallWorld,
    _ edit: (inout ExchangeItem) -> Void
  ) {
    world.change(SmallWorld.day(number), of: world.exchange[0].id, edit)
  }

  private static func rhythm(_ days: [Int], _ world: inout SmallWorld) {
    world.pattern[world.exchange[0].id] = days.map(SmallWorld.day)
    world.user { _ in }
  }

  /// The dispatcher changes the PSA appointment of a date.
  private static func office(
    _ number: Int,
    _ world: inout SmallWorld,
    _ edit: (inout PSAItem) -> Void
  ) {
    let link = world.links.first { $0.exchange?.originalDate == SmallWorld.day(number) }
    if let id = link?.psa?.id { world.change(id, edit) }
  }

  /// A date to which its person alone was invited; all of them bear the UID of the series.
  private static func orphan(_ number: Int, _ world: inout SmallWorld) {
    let start = Int64(number) * day + 5 * hour
    world.inExchange("Call", at: start) { item in
      item.role = .exception
      item.cleanUID = CleanUID("SERIES")
      item.originalStart = SmallWorld.monday.advanced(bySeconds: start)
    }
  }

  static let rows: [RuleRow] = [
    RuleRow(
      "each occurrence inside the window becomes one PSA appointment, and the window slides",
      .init(
        ["psa create", "psa create"],
        sees: "Call 13:00 | Call 13:00, Call +28d 13:00 | 2 linked"
      ) { $0.series("Call", on: [-10, 0, 28, 31]) },
      .init(
        ["psa create"],
        sees: "Call 13:00 | Call 13:00, Call +28d 13:00, Call +31d 13:00 | 3 linked"
      ) { $0.pass(days: 2) },
      .init(
        sees: "Call 13:00 | Call 13:00, Call +28d 13:00, Call +31d 13:00 | "
          + "parked outside-window, 2 linked"
      ) { $0.pass(days: 7) }
    ),
    RuleRow(
      "a deleted occurrence is left out from the start",
      .init(
        ["psa create", "psa create"],
        sees: "Call 13:00 | Call 13:00, Call +2d 13:00 | 2 linked"
      ) { world in
        let id = world.series("Call", on: [0, 1, 2])
        world.delete(SmallWorld.day(1), of: id)
      }
    ),
    RuleRow(
      "an occurrence that is deleted later is removed, the others stay",
      daily,
      .init(["psa delete"], sees: "Call 13:00 | Call 13:00, Call +2d 13:00 | 2 linked") {
        $0.delete(SmallWorld.day(1), of: $0.exchange[0].id)
      }
    ),
    RuleRow(
      "a deleted series takes its occurrences along",
      daily,
      .init(["psa delete", "psa delete", "psa delete"], sees: "– | – | –") { $0.userDeletes() }
    ),
    RuleRow(
      "an exception is where it was moved to from the start, whatever its original date",
      .init(
        ["psa create", "psa create"],
        sees: "Call 13:00, Call +3d 15:00 | Call 13:00, Call +3d 15:00 | 2 linked"
      ) { world in
        world.series("Call", on: [0, 38])
        change(38, &world) { $0.when = SmallWorld.when(3 * day + 7 * hour) }
      }
    ),
    RuleRow(
      "an exception that was moved beyond the recurring days is outside, whatever its original date",
      .init(
        ["psa create"],
        sees: "Call 13:00, Call +31d 15:00 | Call 13:00 | linked"
      ) { world in
        world.series("Call", on: [0, 1])
        change(1, &world) { $0.when = SmallWorld.when(31 * day + 7 * hour) }
      }
    ),
    RuleRow(
      "an occurrence that is moved beyond the recurring days is written first, then parked",
      .init(
        ["psa create", "psa create"],
        sees: "Call 13:00 | Call 13:00, Call +1d 13:00 | 2 linked"
      ) { $0.series("Call", on: [0, 1]) },
      .init(
        ["psa update time"],
        sees: "Call 13:00, Call +31d 15:00 | Call 13:00, Call +31d 15:00 | "
          + "linked, parked outside-window"
      ) { change(1, &$0) { $0.when = SmallWorld.when(31 * day + 7 * hour) } }
    ),
    RuleRow(
      "a moved occurrence updates the same PSA appointment",
      daily,
      .init(
        ["psa update time"],
        sees: "Call 13:00, Call +1d 15:00 | Call 13:00, Call +1d 15:00, Call +2d 13:00 | 3 linked"
      ) { change(1, &$0) { $0.when = SmallWorld.when(day + 7 * hour) } },
      .init(
        ["psa update title"],
        sees: "Call 13:00, Walk +1d 15:00 | Call 13:00, Walk +1d 15:00, Call +2d 13:00 | 3 linked"
      ) { change(1, &$0) { $0.title = "Walk" } }
    ),
    RuleRow(
      "a new title of the series reaches each occurrence but those with their own",
      daily,
      .init(
        ["psa update title"],
        sees: "Call 13:00, Walk +1d 13:00 | Call 13:00, Walk +1d 13:00, Call +2d 13:00 | 3 linked"
      ) { change(1, &$0) { $0.title = "Walk" } },
      .init(
        ["psa update title", "psa update title"],
        sees: "Board 13:00, Walk +1d 13:00 | Board 13:00, Walk +1d 13:00, Board +2d 13:00 | "
          + "3 linked"
      ) { $0.user { $0.title = "Board" } }
    ),
    RuleRow(
      "after a change of the rule, dates pair first and then the rest in order",
      daily,
      .init(
        ["psa update time text", "psa update time text"],
        sees: "Call 13:00 | Call +2d 13:00, Call +4d 13:00, Call +6d 13:00 | 3 linked"
      ) { rhythm([2, 4, 6], &$0) }
    ),
    RuleRow(
      "after a change of the rule, only leftovers are created",
      daily,
      .init(
        ["psa create"],
        sees: "Call 13:00 | Call 13:00, Call +1d 13:00, Call +2d 13:00, Call +3d 13:00 | 4 linked"
      ) { rhythm([0, 1, 2, 3], &$0) }
    ),
    RuleRow(
      "after a change of the rule, only leftovers are deleted",
      daily,
      .init(["psa delete"], sees: "Call 13:00 | Call 13:00, Call +2d 13:00 | 2 linked") {
        rhythm([0, 2], &$0)
      }
    ),
    RuleRow(
      "the time of one occurrence changed in the PSA becomes an exception in Exchange",
      daily,
      .init(
        ["exchange update time"],
        sees: "Call 13:00, Call +1d 15:00 | Call 13:00, Call +1d 15:00, Call +2d 13:00 | 3 linked"
      ) {
        office(1, &$0) { item in
          item.start = item.start.advanced(bySeconds: 2 * hour)
          item.end = item.end.advanced(bySeconds: 2 * hour)
        }
      }
    ),
    RuleRow(
      "the title of one occurrence changed in the PSA stays there",
      daily,
      .init(sees: "Call 13:00 | Call 13:00, Walk +1d 13:00, Call +2d 13:00 | 3 linked") {
        office(1, &$0) { $0.title = "Walk" }
      }
    ),
    RuleRow(
      "a move that Exchange refuses is put back in the PSA and reported",
      daily,
      .init(
        ["psa update time"],
        sees: "Call 13:00 | Call 13:00, Call +1d 13:00, Call +2d 13:00 | 3 linked"
      ) { world in
        office(1, &world) { item in
          item.start = item.start.advanced(bySeconds: 3 * day)
          item.end = item.end.advanced(bySeconds: 3 * day)
        }
        world.refuse()
        #expect(world.plan.notes.contains { $0.contains("put back in the PSA") })
      }
    ),
    RuleRow(
      "a single that becomes a series keeps its link as the occurrence of its date, and back",
      .mine,
      .init(
        ["psa update text", "psa create"],
        sees: "Visit 13:00 | Visit 13:00, Visit +7d 13:00 | 2 linked"
      ) {
        $0.user { $0.role = .master }
        rhythm([0, 7], &$0)
      },
      .init(["psa update text", "psa delete"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.user { $0.role = .single }
        $0.pattern = [:]
      }
    ),
    RuleRow(
      "no UID: the ItemId is the key",
      .init(
        ["psa create", "psa create"],
        sees: "Call 13:00 | Call 13:00, Call +1d 13:00 | 2 linked"
      ) {
        $0.series("Call", on: [0, 1]) { item in
          item.uid = nil
          item.cleanUID = nil
        }
      },
      .init(
        ["psa update time"],
        sees: "Call 13:00, Call +1d 15:00 | Call 13:00, Call +1d 15:00 | 2 linked"
      ) { change(1, &$0) { $0.when = SmallWorld.when(day + 7 * hour) } }
    ),
    RuleRow(
      "a series under another ItemId is known by its CleanGlobalObjectId",
      daily,
      .init(sees: "Call 13:00 | Call 13:00, Call +1d 13:00, Call +2d 13:00 | 3 linked") { world in
        let days = world.pattern.removeValue(forKey: world.exchange[0].id)
        world.exchange[0].id = ExchangeItemID("moved")
        world.pattern[world.exchange[0].id] = days
      },
      .init(["psa delete"], sees: "Call 13:00 | Call 13:00, Call +2d 13:00 | 2 linked") {
        $0.delete(SmallWorld.day(1), of: $0.exchange[0].id)
      }
    ),
    RuleRow(
      "a series under another ItemId and without a CleanGlobalObjectId is known by its stamp",
      .theirs,
      .init(
        sees: "Visit 13:00 | Visit 17:00 | held attendees",
        holds: "its user added attendees or a recurrence"
      ) { world in
        world.exchange[0].id = ExchangeItemID("moved")
        world.exchange[0].cleanUID = nil
        world.user { $0.role = .master }
        rhythm([0, 1], &world)
        world.officeMoves(to: 9 * hour)
      }
    ),
    RuleRow(
      "an occurrence deleted in the PSA is suppressed; its own change counts, not its series'",
      daily,
      .init(
        sees: "Call 13:00 | Call +1d 13:00, Call +2d 13:00 | suppressed deleted-in-psa, 2 linked"
      ) { $0.officeDeletes() },
      .init(
        ["psa update title", "psa update title"],
        sees: "Board 13:00 | Board +1d 13:00, Board +2d 13:00 | "
          + "suppressed deleted-in-psa, 2 linked"
      ) { $0.user { $0.title = "Board" } },
      .init(
        sees: "2 Board 13:00 | Board +1d 13:00, Board +2d 13:00 | "
          + "suppressed deleted-in-psa, 2 linked"
      ) { change(0, &$0) { $0.categories = ["Yellow"] } },
      .init(
        ["psa create"],
        sees: "Board 13:00, Board 15:00 | Board 15:00, Board +1d 13:00, Board +2d 13:00 | 3 linked"
      ) { change(0, &$0) { $0.when = SmallWorld.when(7 * hour) } }
    ),
    RuleRow(
      "an exception deleted in the PSA stays away though its series gives it another title",
      daily,
      .init(
        ["psa update time"],
        sees: "Call 13:00, Call 15:00 | Call 15:00, Call +1d 13:00, Call +2d 13:00 | 3 linked"
      ) { change(0, &$0) { $0.when = SmallWorld.when(7 * hour) } },
      .init(
        sees: "Call 13:00, Call 15:00 | Call +1d 13:00, Call +2d 13:00 | "
          + "suppressed deleted-in-psa, 2 linked"
      ) { $0.officeDeletes() },
      .init(
        ["psa update title", "psa update title"],
        sees: "Board 13:00, Board 15:00 | Board +1d 13:00, Board +2d 13:00 | "
          + "suppressed deleted-in-psa, 2 linked"
      ) { $0.changeSeries($0.exchange[0].id) { $0.title = "Board" } },
      .init(
        ["psa create"],
        sees: "Board 13:00, Walk 15:00 | Walk 15:00, Board +1d 13:00, Board +2d 13:00 | 3 linked"
      ) { change(0, &$0) { $0.title = "Walk" } }
    ),
    RuleRow(
      "a series that becomes a single item goes on as the date in step that lay next to it",
      .init(
        ["psa create", "psa create"],
        sees: "Call 13:00 | Call +1d 13:00, Call +9d 13:00 | 2 linked"
      ) { $0.series("Call", on: [1, 9]) },
      .init(
        sees: "Call 13:00 | Call +1d 13:00, Call +9d 13:00 | parked outside-window, linked"
      ) { $0.pass(days: 9) },
      .init(
        ["psa update time text"],
        sees: "Call +12d 15:00 | Call +1d 13:00, Call +12d 15:00 | "
          + "parked outside-window, linked"
      ) {
        $0.user {
          $0.role = .single
          $0.when = SmallWorld.when(12 * day + 7 * hour)
        }
        $0.pattern = [:]
      }
    ),
    RuleRow(
      "a single item deleted in the PSA stays away though it becomes a series on other days",
      .mine,
      .init(sees: "Visit 13:00 | – | suppressed deleted-in-psa") { $0.officeDeletes() },
      .init(
        ["psa create", "psa create"],
        sees: "Visit 13:00 | Visit +1d 13:00, Visit +2d 13:00 | "
          + "suppressed deleted-in-psa, 2 linked"
      ) {
        $0.user { $0.role = .master }
        rhythm([1, 2], &$0)
      }
    ),
    RuleRow(
      "dates of a series that was not sent whole are items of their own",
      .init(
        ["psa create", "psa create"],
        sees: "Call 13:00, Call +1d 13:00 | Call 13:00, Call +1d 13:00 | 2 linked"
      ) { world in
        orphan(0, &world)
        orphan(1, &world)
      },
      .init(
        ["psa update time"],
        sees: "Call 13:00, Call +1d 15:00 | Call 13:00, Call +1d 15:00 | 2 linked"
      ) { world in
        world.change(world.exchange[1].id) { $0.when = SmallWorld.when(day + 7 * hour) }
      },
      .init(["psa delete"], sees: "Call +1d 15:00 | Call +1d 15:00 | linked") {
        $0.userDeletes()
      }
    ),
    RuleRow(
      "a refused move beyond the window is put back, and the date stays in step",
      daily,
      .init(
        ["psa update time"],
        sees: "Call 13:00 | Call 13:00, Call +1d 13:00, Call +2d 13:00 | 3 linked"
      ) { world in
        office(1, &world) { item in
          item.start = item.start.advanced(bySeconds: 40 * day)
          item.end = item.end.advanced(bySeconds: 40 * day)
        }
        world.refuse()
      }
    ),
  ]

  @Test func `a parked date keeps its series changed only until its mask is settled`() {
    var world = SmallWorld()
    world.series("Call", on: [0, 1])
    world.settle()
    world.pass(days: 9)
    world.settle()
    #expect(world.links.map(\.state) == [.parked, .parked])
    world.user { $0.title = "Board" }
    world.settle()
    #expect(Set(world.links.map(\.changeKey)) == [world.exchange[0].changeKey])
  }

  @Test func `each occurrence bears a reference of its own`() {
    var world = SmallWorld()
    world.series("Call", on: Array(0..<5))
    world.settle()
    #expect(Set(world.psa.compactMap { Reference.split($0.text).reference }).count == 5)
  }

  @Test(arguments: rows) func `each row holds, run by run`(row: RuleRow) { row.expectEachStep() }
}
