import SyncModel
import SyncPlan
import Testing

/// `rules.md` 2, the sentences below the table.
@Suite struct DecisionRows {
  private static let hour = SmallWorld.hour
  static let changed: [RuleRow] = [
    RuleRow(
      "a reminder dismissed is no change",
      .mine,
      .init(sees: "Visit 13:00 | Visit 13:00 | linked") { $0.user { $0.reminderMinutes = nil } }
    ),
    RuleRow(
      "a change key bumped is no change",
      .theirs,
      .init(sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.user { _ in }
        $0.office { _ in }
      }
    ),
    RuleRow(
      "both sides equal: the base moves, nothing is written",
      .mine,
      .init(sees: "Board 15:00 | Board 15:00 | linked") {
        $0.user { $0.title = "Board" }
        $0.office { $0.title = "Board" }
        $0.userMoves(to: 7 * hour)
        $0.officeMoves(to: 7 * hour)
      },
      .init(["psa update time"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.userMoves(to: 5 * hour)
      }
    ),
    RuleRow(
      "a time is compared to the minute",
      .mine,
      .init(sees: "Visit 13:00 | Visit 13:00 | linked") { $0.userMoves(to: 5 * hour + 59) },
      .init(["psa update time"], sees: "Visit 13:01 | Visit 13:01 | linked") {
        $0.userMoves(to: 5 * hour + 60)
      }
    ),
    RuleRow(
      "time on both sides: the PSA wins",
      .mine,
      .init(["exchange update time"], sees: "Visit 17:00 | Visit 17:00 | linked") {
        $0.userMoves(to: 7 * hour)
        $0.officeMoves(to: 9 * hour)
      }
    ),
    RuleRow(
      "time on both sides: Exchange wins by conflict = \"exchange\"",
      .theirs,
      .init(["psa update time"], sees: "Visit 15:00 | Visit 15:00 | linked") {
        $0.rules.conflict = .exchange
        $0.userMoves(to: 7 * hour)
        $0.officeMoves(to: 9 * hour)
      }
    ),
    RuleRow(
      "content on both sides: the side that decides it is written, made in Exchange",
      .mine,
      .init(["psa update title"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.user { $0.title = "Board" }
        $0.office { $0.title = "Other" }
      }
    ),
    RuleRow(
      "content on both sides: the side that decides it is written, made in the PSA",
      .theirs,
      .init(["exchange update title"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.user { $0.title = "Other" }
        $0.office { $0.title = "Board" }
      }
    ),
    RuleRow(
      "deleted in Exchange, which decides, and edited in the PSA: the delete goes through",
      .mine,
      .init(["psa delete"], sees: "– | – | –") {
        $0.officeMoves(to: 9 * hour)
        $0.userDeletes()
      }
    ),
    RuleRow(
      "deleted in the PSA, which decides, and edited in Exchange: the delete goes through",
      .theirs,
      .init(["exchange delete"], sees: "– | – | –") {
        $0.userMoves(to: 9 * hour)
        $0.officeDeletes()
      }
    ),
    RuleRow(
      "deleted in Exchange, edited in the PSA, which decides: the edit recreates it",
      .theirs,
      .init(["exchange create"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.office { $0.title = "Board" }
        $0.userDeletes()
      }
    ),
    RuleRow(
      "deleted in the PSA, edited in Exchange, which decides: the edit recreates it",
      .mine,
      .init(["psa create"], sees: "Visit 17:00 | Visit 17:00 | linked") {
        $0.userMoves(to: 9 * hour)
        $0.officeDeletes()
      }
    ),
  ]

  @Test(arguments: changed) func `what counts as changed, and who wins`(row: RuleRow) {
    row.expectEachStep()
  }

  // MARK: Re-asserted

  /// Three times in a day it is put back, the fourth time it is held; after a day it goes on.
  private static func reasserted(
    _ name: String,
    _ first: RuleRow.Step,
    back: RuleRow.Step,
    held: RuleRow.Step,
    later: RuleRow.Step
  ) -> RuleRow {
    RuleRow(name, [first, back, back, back, held, later])
  }

  static let reassertions: [RuleRow] = [
    reasserted(
      "a meeting's time, moved in the PSA",
      .meeting,
      back: .init(["psa update time"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.officeMoves(to: 9 * hour)
      },
      held: .init(
        sees: "Visit 13:00 | Visit 17:00 | held reassertions",
        holds: "something else keeps changing it"
      ) { $0.officeMoves(to: 9 * hour) },
      later: .init(["psa update time"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.pass(days: 1)
      }
    ),
    reasserted(
      "a service call's time, moved in Exchange",
      .call,
      back: .init(
        ["exchange update time"],
        sees: "Service call: Harbour 13:00 |  13:00 | linked"
      ) { $0.userMoves(to: 9 * hour) },
      held: .init(
        sees: "Service call: Harbour 17:00 |  13:00 | held reassertions",
        holds: "something else keeps changing it"
      ) { $0.userMoves(to: 9 * hour) },
      later: .init(
        ["exchange update time"],
        sees: "Service call: Harbour 13:00 |  13:00 | linked"
      ) { $0.pass(days: 1) }
    ),
    reasserted(
      "a service call's title, changed in Exchange",
      .call,
      back: .init(
        ["exchange update title"],
        sees: "Service call: Harbour 13:00 |  13:00 | linked"
      ) { $0.user { $0.title = "Mine" } },
      held: .init(
        sees: "Mine 13:00 |  13:00 | held reassertions",
        holds: "something else keeps changing it"
      ) { $0.user { $0.title = "Mine" } },
      later: .init(
        ["exchange update title"],
        sees: "Service call: Harbour 13:00 |  13:00 | linked"
      ) { $0.pass(days: 1) }
    ),
    reasserted(
      "a service call, removed in Exchange",
      .call,
      back: .init(["exchange create"], sees: "Service call: Harbour 13:00 |  13:00 | linked") {
        $0.userDeletes()
      },
      held: .init(
        sees: "– |  13:00 | held reassertions",
        holds: "something else keeps changing it"
      ) { $0.userDeletes() },
      later: .init(["exchange create"], sees: "Service call: Harbour 13:00 |  13:00 | linked") {
        $0.pass(days: 1)
      }
    ),
    RuleRow(
      "it compares with what the side stored, not with what was sent",
      .call,
      .init(sees: "SERVICE CALL 13:00 |  13:00 | linked") { world in
        world.exchange[0].title = "SERVICE CALL"
        world.links[0].base.returned = world.maker.fact(of: world.exchange[0]).own
      },
      .init(["exchange update title"], sees: "Service call: Harbour 13:00 |  13:00 | linked") {
        $0.user { $0.title = "Mine" }
      }
    ),
  ]

  @Test(arguments: reassertions) func `what is put back is put back three times in a day`(
    row: RuleRow
  ) {
    row.expectEachStep()
  }

  // MARK: Refused, odd and held

  static let held: [RuleRow] = [
    RuleRow(
      "refused: held for that item and group, tried again when the item changes",
      .mine,
      .init(
        sees: "Board 13:00 | Visit 13:00 | linked",
        holds: "a side refused these writes"
      ) {
        $0.user { $0.title = "Board" }
        $0.refuse()
      },
      .init(
        ["psa update time"],
        sees: "Board 17:00 | Visit 17:00 | linked",
        holds: "a side refused these writes"
      ) { $0.userMoves(to: 9 * hour) },
      .init(["psa update title"], sees: "Meeting 17:00 | Meeting 17:00 | linked") {
        $0.user { $0.title = "Meeting" }
      }
    ),
    RuleRow(
      "refused: tried again when the settings change",
      .theirs,
      .init(
        sees: "Visit 13:00 | Visit 17:00 | linked",
        holds: "a side refused these writes"
      ) {
        $0.officeMoves(to: 9 * hour)
        $0.refuse()
      },
      .init(["exchange update time"], sees: "Visit 17:00 | Visit 17:00 | linked") {
        $0.admin { $0.singleDays = 365 }
      }
    ),
    RuleRow(
      "end before start is never sent to the PSA, what else changed is",
      .init(sees: "Visit 13:00–12:59 | – | linked") {
        $0.inExchange("Visit") { $0.when = SmallWorld.when(5 * hour, length: -60) }
      },
      .init(["psa create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.userMoves(to: 5 * hour)
      },
      .init(["psa update title"], sees: "Board 13:00–12:59 | Board 13:00 | linked") {
        $0.user {
          $0.title = "Board"
          $0.when = SmallWorld.when(5 * hour, length: -60)
        }
      }
    ),
    RuleRow(
      "end before start is never sent to Exchange, what else changed is",
      .init(sees: "– | Visit 13:00–12:59 | linked") {
        $0.inPSA("Visit") { $0.end = $0.start.advanced(bySeconds: -60) }
      },
      .init(["exchange create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.officeMoves(to: 5 * hour)
      },
      .init(["exchange update title"], sees: "Board 13:00 | Board 13:00–12:59 | linked") {
        $0.office {
          $0.title = "Board"
          $0.end = $0.start.advanced(bySeconds: -60)
        }
      }
    ),
    RuleRow(
      "a blank title becomes Appointment, in the PSA",
      .init(["psa create"], sees: "  13:00 | Appointment 13:00 | linked") { $0.inExchange(" ") },
      .init(["psa update title"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.user { $0.title = "Visit" }
      },
      .init(["psa update title"], sees: " 13:00 | Appointment 13:00 | linked") {
        $0.user { $0.title = "" }
      }
    ),
    RuleRow(
      "a blank title becomes Appointment, in Exchange",
      .init(["exchange create"], sees: "Appointment 13:00 |  13:00 | linked") { $0.inPSA("") },
      .init(["exchange update title"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.office { $0.title = "Visit" }
      },
      .init(["exchange update title"], sees: "Appointment 13:00 |   13:00 | linked") {
        $0.office { $0.title = " " }
      }
    ),
    RuleRow(
      "only fields that changed are written",
      .mine,
      .init(["psa update title"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.user { $0.title = "Board" }
      },
      .init(["psa update text"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.user { $0.text = "Bring disks" }
      },
      .init(["psa update text"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.user { $0.place = "Room 2" }
      },
      .init(["psa update time"], sees: "Board 17:00 | Board 17:00 | linked") {
        $0.userMoves(to: 9 * hour)
      }
    ),
    RuleRow(
      "never alters an item that a person made in Exchange except its time",
      .mine,
      .init(sees: "Visit 13:00 | Theirs 13:00 | linked") {
        $0.office { item in
          item.title = "Theirs"
          item.text = "Theirs"
        }
      },
      .init(["exchange update time"], sees: "Visit 17:00 | Theirs 17:00 | linked") {
        $0.officeMoves(to: 9 * hour)
      }
    ),
    RuleRow(
      "a PSA-made item to which its user added attendees is held: neither moved nor deleted",
      .theirs,
      .init(
        sees: "Visit 13:00 | Board 17:00 | held attendees",
        holds: "its user added attendees"
      ) {
        $0.user { $0.attendees = [SmallWorld.guest] }
        $0.office { $0.title = "Board" }
        $0.officeMoves(to: 9 * hour)
      },
      .init(["exchange update time title"], sees: "Board 17:00 | Board 17:00 | linked") {
        $0.user { $0.attendees = [] }
      },
      .init(
        sees: "Board 17:00 | – | held attendees",
        holds: "its user added attendees"
      ) {
        $0.user { $0.attendees = [SmallWorld.guest] }
        $0.officeDeletes()
      }
    ),
    RuleRow(
      "a PSA-made item to which its user added a recurrence is held: neither moved nor deleted",
      .theirs,
      .init(
        sees: "Visit 13:00 | Visit 17:00 | held attendees",
        holds: "its user added attendees or a recurrence"
      ) {
        $0.user { $0.role = .master }
        $0.pattern[$0.exchange[0].id] = [0, 1].map(SmallWorld.day)
        $0.officeMoves(to: 9 * hour)
      },
      .init(
        sees: "Visit 13:00 | – | held attendees",
        holds: "its user added attendees or a recurrence"
      ) { $0.officeDeletes() }
    ),
  ]

  @Test(arguments: held) func `what is refused, odd or held by its user`(row: RuleRow) {
    row.expectEachStep()
  }
}
