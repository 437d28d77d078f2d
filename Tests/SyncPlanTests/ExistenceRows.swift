import SyncModel
import SyncPlan
import Testing

/// `rules.md` 2, suppressed and excluded: what is on one side only, and what brings it back.
@Suite struct ExistenceRows {
  private static let hour = SmallWorld.hour

  // MARK: Suppressed

  private static let leftInPSA = RuleRow.Step(
    sees: "– | Visit 13:00 | suppressed deleted-in-exchange"
  ) { $0.userDeletes() }
  private static let leftInExchange = RuleRow.Step(
    sees: "Visit 13:00 | – | suppressed deleted-in-psa"
  ) { $0.officeDeletes() }

  static let suppressed: [RuleRow] = [
    RuleRow(
      "a PSA appointment that its user deletes in Exchange stays, and returns with a new time",
      .theirs,
      leftInPSA,
      .init(sees: "– | Visit 13:00 | suppressed deleted-in-exchange") { $0.office { _ in } },
      .init(["exchange create"], sees: "Visit 17:00 | Visit 17:00 | linked") {
        $0.officeMoves(to: 9 * hour)
      }
    ),
    RuleRow(
      "a PSA appointment that its user deletes in Exchange returns with a new title",
      .theirs,
      leftInPSA,
      .init(["exchange create"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.office { $0.title = "Board" }
      }
    ),
    RuleRow(
      "a to-do that its user deletes in Exchange stays, and derived text does not count",
      .toDo,
      .init(sees: "– |  13:00 | suppressed deleted-in-exchange") { $0.userDeletes() },
      .init(sees: "– |  13:00 | suppressed deleted-in-exchange") {
        $0.office { item in
          item.about?.company = "Quay"
          item.about?.contact = PSAPerson(name: "Jo", phone: "", mail: "")
          item.about?.tickets = [PSAWork(number: "T1", title: "Router")]
        }
      },
      .init(["exchange create"], sees: "Call: Quay 13:00 |  13:00 | linked") {
        $0.office { $0.text = "Bring cables" }
      }
    ),
    RuleRow(
      "an Exchange appointment that somebody deletes in the PSA stays, and returns with a new time",
      .mine,
      leftInExchange,
      .init(sees: "Visit 13:00 | – | suppressed deleted-in-psa") {
        $0.user { item in
          item.reminderMinutes = 5
          item.response = .accepted
        }
      },
      .init(["psa create"], sees: "Visit 17:00 | Visit 17:00 | linked") {
        $0.userMoves(to: 9 * hour)
      }
    ),
    RuleRow(
      "an Exchange appointment that somebody deletes in the PSA returns with a new title",
      .mine,
      leftInExchange,
      .init(["psa create"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.user { $0.title = "Board" }
      }
    ),
    RuleRow(
      "a change that only hides detail does not count",
      .mine,
      leftInExchange,
      .init(sees: "Visit 13:00 | – | suppressed deleted-in-psa") {
        $0.user { $0.sensitivity = .private }
      },
      .init(sees: "Board 13:00 | – | suppressed deleted-in-psa") { $0.user { $0.title = "Board" } },
      .init(sees: "Board 13:00 | – | suppressed deleted-in-psa") {
        $0.admin { $0.importDetail = .none }
      },
      .init(["psa create"], sees: "Board 17:00 | Appointment 17:00 | linked") {
        $0.userMoves(to: 9 * hour)
      }
    ),
    RuleRow(
      "a change that shows detail counts: a private item that becomes public",
      .init(["psa create"], sees: "Visit 13:00 | Appointment 13:00 | linked") {
        $0.inExchange("Visit") { $0.sensitivity = .private }
      },
      leftInExchange,
      .init(["psa create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.user { $0.sensitivity = .normal }
      }
    ),
    RuleRow(
      "a setting that shows more is no change of the item's own",
      .init(["psa create"], sees: "Visit 13:00 | Appointment 13:00 | linked") {
        $0.rules.importDetail = .none
        $0.inExchange("Visit")
      },
      leftInExchange,
      .init(sees: "Visit 13:00 | – | suppressed deleted-in-psa") {
        $0.admin { $0.importDetail = .all }
      }
    ),
    RuleRow(
      "sync --full asked for by the user brings it back",
      .theirs,
      leftInPSA,
      .init(["exchange create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.mode.liftsSuppression = true
      }
    ),
    RuleRow(
      "sync --full asked for by the user brings it back, of an Exchange appointment too",
      .mine,
      leftInExchange,
      .init(["psa create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.mode.liftsSuppression = true
      }
    ),
    RuleRow(
      "settings that read everything again lift no suppression",
      .theirs,
      leftInPSA,
      .init(sees: "– | Visit 13:00 | suppressed deleted-in-exchange") {
        $0.admin { $0.singleDays = 365 }
      }
    ),
    RuleRow(
      "a suppressed link whose item is seen again under its id is linked again",
      .mine,
      leftInExchange,
      .init(sees: "Visit 13:00 | Visit 13:00 | linked") { world in
        world.inPSA("Visit") { $0.id = PSAID(1_000) }
      },
      .init(["psa update title"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.user { $0.title = "Board" }
      }
    ),
  ]

  @Test(arguments: suppressed) func `what is suppressed comes back by its own change`(row: RuleRow)
  {
    row.expectEachStep()
  }

  // MARK: Excluded

  private static func excluded(
    _ name: String,
    by end: @escaping @Sendable (inout ExchangeItem) -> Void,
    until begin: @escaping @Sendable (inout ExchangeItem) -> Void
  ) -> RuleRow {
    RuleRow(
      name,
      .init(["psa create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.rules.sendsFreeTime = false
        $0.inExchange("Visit") { $0.response = .accepted }
      },
      .init(["psa delete"], sees: "Visit 13:00 | – | closed excluded") { $0.user(end) },
      .init(sees: "Board 13:00 | – | closed excluded") { $0.user { $0.title = "Board" } },
      .init(["psa create"], sees: "Board 13:00 | Board 13:00 | linked") { $0.user(begin) }
    )
  }

  static let exclusions: [RuleRow] = [
    excluded(
      "a cancelled meeting",
      by: { $0.isCancelled = true },
      until: { $0.isCancelled = false }
    ),
    excluded(
      "a declined meeting, accepted again",
      by: { $0.response = .declined },
      until: { $0.response = .accepted }
    ),
    excluded(
      "a busy item that turns free while free time is not sent, busy again",
      by: { $0.showAs = .free },
      until: { $0.showAs = .busy }
    ),
    RuleRow(
      "a cancelled service call, and not cancelled any more",
      .call,
      .init(["exchange delete"], sees: "– |  13:00 | closed cancelled") {
        $0.office { $0.isCancelled = true }
      },
      .init(["exchange create"], sees: "Service call: Harbour 13:00 |  13:00 | linked") {
        $0.office { $0.isCancelled = false }
      }
    ),
    RuleRow(
      "an unassigned resource, and assigned again",
      .call,
      .init(["exchange delete"], sees: "– | – | closed unassigned") { world in
        guard let item = world.psa.first else { return }
        world.remove(item.id)
        world.reassigned = [item]
        world.lookUps[item.key] = .unassigned(world.maker.fact(of: item))
        world.readsAssignments = true
      },
      .init(["exchange create"], sees: "Service call: Harbour 13:00 |  13:00 | linked") { world in
        world.psa = world.reassigned
        (world.reassigned, world.lookUps) = ([], [:])
      }
    ),
    RuleRow(
      "an appointment that another resource gets, and gets it back",
      .theirs,
      .init(["exchange delete"], sees: "– | – | closed reassigned") { world in
        if let id = world.psa.first?.id { world.reassign(id) }
      },
      .init(["exchange create"], sees: "Visit 13:00 | Visit 13:00 | linked") { world in
        world.psa = world.reassigned
        (world.reassigned, world.lookUps) = ([], [:])
      }
    ),
    RuleRow(
      "a completed service call stays",
      .call,
      .init(sees: "Service call: Harbour 13:00 |  13:00 | linked") {
        $0.office { $0.isComplete = true }
      }
    ),
    RuleRow(
      "a completed to-do stays",
      .toDo,
      .init(sees: "Call: Harbour 13:00 |  13:00 | linked") { $0.office { $0.isComplete = true } }
    ),
  ]

  @Test(arguments: exclusions) func `what is excluded is removed, and comes back`(row: RuleRow) {
    row.expectEachStep()
  }
}
