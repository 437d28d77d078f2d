import SyncModel
import SyncPlan
import Testing

/// `rules.md` 1, the table: each kind in each direction, from the first sync on.
///
/// Contacts have a planner of their own, and `ContactPlannerTests` the rows of theirs.
@Suite struct KindRows {
  private static let hour = SmallWorld.hour
  private static let dock = PSALocation(name: "Dock")

  static let rows: [RuleRow] = [
    RuleRow(
      "appointment, PSA → Exchange: created as an appointment, never a meeting",
      .theirs,
      .init(["exchange update title"], sees: "Board 13:00 | Board 13:00 | linked") { world in
        expectPlainAppointment(world)
        world.office { $0.title = "Board" }
      },
      .init(sees: "Board 13:00 | Board 13:00 | linked") { expectPlainAppointment($0) }
    ),
    RuleRow(
      "appointment, Exchange → PSA: created in full and kept in step",
      .init(["psa create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.inExchange("Visit") {
          $0.text = "Bring disks"
          $0.place = "Room 2"
        }
      },
      .init(["psa update time text title"], sees: "Board 17:00 | Board 17:00 | linked") { world in
        #expect(words(world) == ["Location: Room 2\n\nBring disks"])
        world.user {
          $0.title = "Board"
          $0.text = "Bring cables"
        }
        world.userMoves(to: 9 * hour)
      },
      .init(sees: "Board 17:00 | Board 17:00 | linked") {
        #expect(words($0) == ["Location: Room 2\n\nBring cables"])
      }
    ),
    RuleRow(
      "appointment, Exchange → PSA: created masked and kept in step",
      .init(["psa create"], sees: "Visit 13:00 | Appointment 13:00 | linked") {
        $0.inExchange("Visit") {
          $0.text = "Bring disks"
          $0.sensitivity = .private
        }
      },
      .init(["psa update time"], sees: "Board 17:00 | Appointment 17:00 | linked") { world in
        #expect(words(world) == [""])
        world.user { $0.title = "Board" }
        world.userMoves(to: 9 * hour)
      }
    ),
    RuleRow(
      "service call, PSA → Exchange: one appointment, with location",
      .init(["exchange create"], sees: "Service call: Harbour 13:00 |  13:00 | linked") {
        $0.inOffice(.serviceCall) { $0.about?.location = PSALocation(name: "Quay") }
      },
      .init(
        ["exchange update time place text"],
        sees: "Service call: Harbour 17:00 |  17:00 | linked"
      ) { world in
        #expect(world.exchange.map(\.place) == ["Quay"])
        expectPlainAppointment(world)
        world.office { $0.about?.location = dock }
        world.officeMoves(to: 9 * hour)
      },
      .init(sees: "Service call: Harbour 17:00 |  17:00 | linked") {
        #expect($0.exchange.map(\.place) == ["Dock"])
      }
    ),
    RuleRow(
      "service call, Exchange → PSA: nothing",
      .call,
      .init(
        ["exchange update time title"],
        sees: "Service call: Harbour 13:00 |  13:00 | linked"
      ) { world in
        world.user { $0.title = "Mine" }
        world.userMoves(to: 9 * hour)
      },
      .init(["exchange create"], sees: "Service call: Harbour 13:00 |  13:00 | linked") {
        $0.userDeletes()
      }
    ),
    RuleRow(
      "service call that is off, PSA → Exchange: nothing",
      .init(sees: "– |  13:00 | –") {
        $0.inOffice(.serviceCall)
        $0.rules.serviceCalls = false
      }
    ),
    RuleRow(
      "to-do, PSA → Exchange: created as an appointment",
      .toDo,
      .init(["exchange update time text"], sees: "Call: Harbour 17:00 |  17:00 | linked") { world in
        expectPlainAppointment(world)
        world.office { $0.text = "Bring cables" }
        world.officeMoves(to: 9 * hour)
      },
      .init(sees: "Call: Harbour 17:00 |  17:00 | linked") { expectPlainAppointment($0) }
    ),
    RuleRow(
      "to-do, Exchange → PSA: date and time, nothing else",
      .toDo,
      .init(["psa update time"], sees: "Mine 17:00 |  17:00 | linked") { world in
        world.user { item in
          item.title = "Mine"
          item.text = "Mine"
          item.place = "Mine"
        }
        world.userMoves(to: 9 * hour)
      },
      .init(sees: "– |  17:00 | suppressed deleted-in-exchange") { $0.userDeletes() }
    ),
    RuleRow(
      "to-do that is off, PSA → Exchange: nothing",
      .init(sees: "– |  13:00 | –") {
        $0.inOffice(.toDo)
        $0.rules.toDos = false
      }
    ),
    RuleRow(
      "to-do and service call, Exchange → PSA: what is made in Exchange is an appointment",
      .init(
        ["psa create"],
        sees: "Service call: Harbour 13:00 | Service call: Harbour 13:00 | linked"
      ) { world in
        world.rules.toDos = true
        world.rules.serviceCalls = true
        world.inExchange("Service call: Harbour")
      },
      .init(["psa update title"], sees: "Call: Harbour 13:00 | Call: Harbour 13:00 | linked") {
        #expect($0.psa.map(\.kind) == [.appointment])
        $0.user { $0.title = "Call: Harbour" }
      }
    ),
  ]

  @Test(arguments: rows) func `each cell of the table of kinds`(row: RuleRow) {
    row.expectEachStep()
  }

  /// Nobody is invited to it, and it takes place once.
  private static func expectPlainAppointment(_ world: SmallWorld) {
    #expect(world.exchange.count == 1)
    for item in world.exchange {
      #expect(item.attendees.isEmpty && item.role == .single && item.recurrence == nil)
    }
  }

  /// What the PSA's descriptions say, the reference line left out.
  private static func words(_ world: SmallWorld) -> [String] {
    world.psa.map { Reference.split($0.text).text }
  }
}
