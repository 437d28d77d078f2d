import SyncModel
import SyncPlan
import Testing

/// `rules.md` 6, row by row: whole days are dates in Exchange and midnights in the PSA.
///
/// The mailbox lies an hour east of UTC, so that its midnights are 23:00.
@Suite struct AllDayRows {
  private static let hour = SmallWorld.hour
  private static let day: Int64 = 86_400
  /// Midnight of Tuesday in the mailbox's zone, in seconds from this world's begin.
  private static let tuesday = 15 * hour

  private static func days(_ first: Int, _ afterLast: Int) -> When {
    .allDay(first: SmallWorld.day(first), afterLast: SmallWorld.day(afterLast))
  }

  private static func officeMoves(
    _ world: inout SmallWorld,
    _ start: Int64,
    _ end: Int64
  ) {
    world.office { item in
      item.start = SmallWorld.monday.advanced(bySeconds: start)
      item.end = SmallWorld.monday.advanced(bySeconds: end)
    }
  }

  private static let fair = RuleRow.Step(
    ["psa create"],
    sees: "Fair 2026-11-24/2026-11-25 | Fair 23:00–+1d 23:00 | linked"
  ) { $0.inExchange("Fair") { $0.when = days(1, 2) } }

  static let rows: [RuleRow] = [
    RuleRow(
      "to the PSA it goes as local midnight to midnight in the mailbox's zone",
      fair,
      .init(
        ["psa update time"],
        sees: "Fair 2026-11-25/2026-11-28 | Fair +1d 23:00–+4d 23:00 | linked"
      ) { $0.user { $0.when = days(2, 5) } }
    ),
    RuleRow(
      "it has no instants of its own: in another zone other midnights",
      .init(
        ["psa create"],
        sees: "Fair 2026-11-24/2026-11-25 | Fair 15:00–+1d 15:00 | linked"
      ) {
        $0.zone = ZoneName("Asia/Tokyo")
        $0.offset = 9 * hour
        $0.inExchange("Fair") { $0.when = days(1, 2) }
      }
    ),
    RuleRow(
      "coming back it is all-day again if both ends are midnights",
      fair,
      .init(
        ["exchange update time"],
        sees: "Fair 2026-11-25/2026-11-27 | Fair +1d 23:00–+3d 23:00 | linked"
      ) { officeMoves(&$0, tuesday + day, tuesday + 3 * day) }
    ),
    RuleRow(
      "coming back it is timed if one end is no midnight",
      fair,
      .init(
        ["exchange update time"],
        sees: "Fair 23:00–+2d 00:00 | Fair 23:00–+2d 00:00 | linked"
      ) { officeMoves(&$0, tuesday, tuesday + day + hour) }
    ),
    RuleRow(
      "coming back it is timed if both ends are midnights elsewhere",
      fair,
      .init(
        ["exchange update time"],
        sees: "Fair +1d 00:00–+2d 00:00 | Fair +1d 00:00–+2d 00:00 | linked"
      ) { officeMoves(&$0, tuesday + hour, tuesday + day + hour) }
    ),
    RuleRow(
      "only if the link remembers it: once timed, midnights are timed",
      fair,
      .init(["exchange update time"], sees: "Fair +1d 00:00 | Fair +1d 00:00 | linked") {
        officeMoves(&$0, tuesday + hour, tuesday + 2 * hour)
      },
      .init(
        ["exchange update time"],
        sees: "Fair 23:00–+1d 23:00 | Fair 23:00–+1d 23:00 | linked"
      ) { officeMoves(&$0, tuesday, tuesday + day) }
    ),
    RuleRow(
      "only if the link remembers it: a PSA appointment of midnights is timed",
      .init(
        ["exchange create"],
        sees: "Fair 23:00–+1d 23:00 | Fair 23:00–+1d 23:00 | linked"
      ) { world in
        world.inPSA("Fair")
        officeMoves(&world, tuesday, tuesday + day)
      },
      .init(
        ["exchange update time"],
        sees: "Fair +1d 23:00–+2d 23:00 | Fair +1d 23:00–+2d 23:00 | linked"
      ) { officeMoves(&$0, tuesday + day, tuesday + 2 * day) }
    ),
    RuleRow(
      "that its user makes it all-day in Exchange the link remembers too",
      .init(["exchange create"], sees: "Visit 13:00 | Visit 13:00 | linked") { $0.inPSA("Visit") },
      .init(
        ["psa update time"],
        sees: "Visit 2026-11-24/2026-11-25 | Visit 23:00–+1d 23:00 | linked"
      ) { $0.user { $0.when = days(1, 2) } },
      .init(
        ["exchange update time"],
        sees: "Visit 2026-11-25/2026-11-26 | Visit +1d 23:00–+2d 23:00 | linked"
      ) { officeMoves(&$0, tuesday + day, tuesday + 2 * day) }
    ),
    RuleRow(
      "a day that its user makes timed in Exchange is timed",
      fair,
      .init(["psa update time"], sees: "Fair 13:00 | Fair 13:00 | linked") {
        $0.userMoves(to: 5 * hour)
      }
    ),
    RuleRow(
      "the same instants as a time are another item than the day",
      fair,
      .init(sees: "Fair 23:00–+1d 23:00 | Fair 23:00–+1d 23:00 | linked") {
        $0.user { $0.when = SmallWorld.when(tuesday, length: day) }
      },
      .init(
        ["exchange update time"],
        sees: "Fair +1d 23:00–+2d 23:00 | Fair +1d 23:00–+2d 23:00 | linked"
      ) { officeMoves(&$0, tuesday + day, tuesday + 2 * day) }
    ),
    RuleRow(
      "the zone is kept in the link until the item's dates change",
      fair,
      .init(sees: "Fair 2026-11-24/2026-11-25 | Fair 23:00–+1d 23:00 | linked") { $0.zone = .utc },
      .init(
        ["exchange update time"],
        sees: "Fair 2026-11-25/2026-11-26 | Fair +1d 23:00–+2d 23:00 | linked"
      ) { officeMoves(&$0, tuesday + day, tuesday + 2 * day) },
      .init(
        ["psa update time"],
        sees: "Fair 2026-11-26/2026-11-27 | Fair +3d 00:00–+4d 00:00 | linked"
      ) { $0.user { $0.when = days(3, 4) } }
    ),
    RuleRow(
      "the zone is kept in the link: a meeting's days are put back to the midnights that they had",
      .init(
        ["psa create"],
        sees: "Fair 2026-11-24/2026-11-25 | Fair 23:00–+1d 23:00 | linked"
      ) {
        $0.inExchange("Fair") { item in
          item.when = days(1, 2)
          item.attendees = [SmallWorld.guest]
        }
      },
      .init(
        ["psa update time"],
        sees: "Fair 2026-11-24/2026-11-25 | Fair 23:00–+1d 23:00 | linked"
      ) {
        $0.zone = .utc
        officeMoves(&$0, tuesday + day, tuesday + 2 * day)
      }
    ),
    RuleRow(
      "a new title rewrites no day, and a new day no title",
      fair,
      .init(
        ["psa update title"],
        sees: "Party 2026-11-24/2026-11-25 | Party 23:00–+1d 23:00 | linked"
      ) { $0.user { $0.title = "Party" } }
    ),
    RuleRow(
      "days on both sides: the PSA wins, and they stay days",
      fair,
      .init(
        ["exchange update time"],
        sees: "Fair 2026-11-25/2026-11-26 | Fair +1d 23:00–+2d 23:00 | linked"
      ) {
        $0.user { $0.when = days(4, 5) }
        officeMoves(&$0, tuesday + day, tuesday + 2 * day)
      }
    ),
    RuleRow(
      "each all-day date of a series goes from midnight to midnight",
      .init(
        ["psa create", "psa create"],
        sees:
          "Fair 2026-11-24/2026-11-25 | Fair 23:00–+1d 23:00, Fair +1d 23:00–+2d 23:00 | 2 linked"
      ) { $0.series("Fair", on: [1, 2]) { $0.when = days(1, 2) } }
    ),
    RuleRow(
      "without any zone all-day items are held, until there is one",
      .init(
        sees: "Fair 2026-11-24/2026-11-25 | – | held no-zone",
        holds: "it takes whole days"
      ) {
        $0.zone = nil
        $0.inExchange("Fair") { $0.when = days(1, 2) }
      },
      .init(
        ["psa create"],
        sees: "Fair 2026-11-24/2026-11-25 | Fair 23:00–+1d 23:00 | linked"
      ) { $0.zone = SmallWorld.zone },
      .init(
        sees: "Fair 2026-11-25/2026-11-26 | Fair 23:00–+1d 23:00 | held no-zone",
        holds: "it takes whole days"
      ) {
        $0.zone = nil
        $0.user { $0.when = days(2, 3) }
      }
    ),
    RuleRow(
      "without any zone what is timed goes on",
      .init(["psa create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.zone = nil
        $0.inExchange("Visit")
      },
      .init(["exchange update time"], sees: "Visit 17:00 | Visit 17:00 | linked") {
        $0.officeMoves(to: 9 * hour)
      }
    ),
  ]

  @Test(arguments: rows) func `each row holds, run by run`(row: RuleRow) { row.expectEachStep() }
}
