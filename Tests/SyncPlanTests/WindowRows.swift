import SyncModel
import SyncPlan
import Testing

/// `rules.md` 4, row by row: what is kept in step, and what becomes of the rest.
@Suite struct WindowRows {
  private static let hour = SmallWorld.hour
  private static let day: Int64 = 86_400

  // MARK: Edges

  /// An item of one hour that lies so that it is just inside; a second further it is outside.
  struct Edge: Sendable, CustomTestStringConvertible {
    let name: String
    var rules = SyncRules()
    /// The start in seconds from now, and where the next second outside is.
    let start: Int64
    let outwards: Int64
    var isOccurrence = false
    var testDescription: String { name }
  }

  static let edges: [Edge] = [
    Edge(name: "past calendar items: default 7 days", start: -7 * day - hour, outwards: -1),
    Edge(
      name: "past calendar items: 1 day",
      rules: SyncRules(pastDays: 1),
      start: -1 * day - hour,
      outwards: -1
    ),
    Edge(
      name: "past calendar items: 30 days",
      rules: SyncRules(pastDays: 30),
      start: -30 * day - hour,
      outwards: -1
    ),
    Edge(name: "single items ahead: 366 days", start: 366 * day, outwards: 1),
    Edge(
      name: "single items ahead: 366 days, whatever holds for recurring ones",
      rules: SyncRules(recurringDays: 1),
      start: 366 * day,
      outwards: 1
    ),
    Edge(
      name: "recurring calendar items: default 30 days ahead",
      start: 30 * day,
      outwards: 1,
      isOccurrence: true
    ),
    Edge(
      name: "recurring calendar items: 1 day ahead",
      rules: SyncRules(recurringDays: 1),
      start: day,
      outwards: 1,
      isOccurrence: true
    ),
    Edge(
      name: "past calendar items: default 7 days, of a series too",
      start: -7 * day - hour,
      outwards: -1,
      isOccurrence: true
    ),
  ]

  @Test(arguments: edges)
  func `end >= now - past and start <= now + ahead, to the second`(edge: Edge) {
    for (distance, writes) in [(0, 1), (edge.outwards, 0)] {
      var world = SmallWorld()
      world.rules = edge.rules
      let start = edge.start + distance
      if edge.isOccurrence {
        let days = Int((Double(edge.start) / Double(Self.day)).rounded(.down))
        world.series("Visit", on: [days]) {
          $0.when = SmallWorld.when(start - Int64(days) * Self.day)
        }
      } else {
        world.inExchange("Visit", at: start)
      }
      #expect(world.plan.operations.map(\.words) == Array(repeating: "psa create", count: writes))
      guard !edge.isOccurrence else { continue }
      var other = SmallWorld()
      other.rules = edge.rules
      other.inPSA("Visit", at: start)
      #expect(
        other.plan.operations.map(\.words) == Array(repeating: "exchange create", count: writes)
      )
    }
  }

  @Test func `the days of a setting are 1 to 30, the defaults 7, 30 and 366`() {
    #expect(SyncRules.daysAllowed == 1...30)
    let rules = SyncRules()
    #expect([rules.pastDays, rules.recurringDays, rules.singleDays] == [7, 30, 366])
  }

  // MARK: Parked

  static let rows: [RuleRow] = [
    RuleRow(
      "an item that reaches over both edges is inside",
      .init(
        ["psa create"],
        sees: "Visit -40d 08:00–+400d 08:00 | Visit -40d 08:00–+400d 08:00 | linked"
      ) {
        $0.inExchange("Visit") { $0.when = SmallWorld.when(-40 * day, length: 440 * day) }
      }
    ),
    RuleRow(
      "leaving the window is parked, never deleted; entering it again finds the old link",
      .mine,
      .init(sees: "Visit 13:00 | Visit 13:00 | parked outside-window") { $0.pass(days: 9) },
      .init(["psa update time"], sees: "Visit +8d 13:00 | Visit +8d 13:00 | linked") {
        $0.userMoves(to: 8 * day + 5 * hour)
      }
    ),
    RuleRow(
      "leaving and entering, made in the PSA and moved there",
      .theirs,
      .init(sees: "Visit 13:00 | Visit 13:00 | parked outside-window") { $0.pass(days: 9) },
      .init(["exchange update time"], sees: "Visit +8d 13:00 | Visit +8d 13:00 | linked") {
        $0.officeMoves(to: 8 * day + 5 * hour)
      }
    ),
    RuleRow(
      "what is parked is not written, and is once it enters by itself",
      .mine,
      .init(
        ["psa update time"],
        sees: "Visit +380d 08:00 | Visit +380d 08:00 | parked outside-window"
      ) { $0.userMoves(to: 380 * day) },
      .init(sees: "Board +380d 08:00 | Visit +380d 08:00 | parked outside-window") {
        $0.user { $0.title = "Board" }
      },
      .init(["psa update title"], sees: "Board +380d 08:00 | Board +380d 08:00 | linked") {
        $0.pass(days: 14)
      }
    ),
    RuleRow(
      "the change that carries an item across the edge is written first, from Exchange",
      .mine,
      .init(
        ["psa update time title"],
        sees: "Board -20d 08:00 | Board -20d 08:00 | parked outside-window"
      ) {
        $0.user {
          $0.title = "Board"
          $0.when = SmallWorld.when(-20 * day)
        }
      }
    ),
    RuleRow(
      "the change that carries an item across the edge is written first, from the PSA",
      .mine,
      .init(
        ["exchange update time"],
        sees: "Visit +400d 08:00 | Visit +400d 08:00 | parked outside-window"
      ) { $0.officeMoves(to: 400 * day) }
    ),
    RuleRow(
      "a parked link follows masking",
      .mine,
      .init(sees: "Visit 13:00 | Visit 13:00 | parked outside-window") { $0.pass(days: 9) },
      .init(["psa mask"], sees: "Visit 13:00 | Appointment 13:00 | parked outside-window") {
        $0.user { $0.sensitivity = .private }
      }
    ),
    RuleRow(
      "a parked link follows a deletion when its item lies in the future, in Exchange",
      .mine,
      .init(
        ["psa update time"],
        sees: "Visit +400d 08:00 | Visit +400d 08:00 | parked outside-window"
      ) { $0.userMoves(to: 400 * day) },
      .init(["psa delete"], sees: "– | – | –") { $0.userDeletes() }
    ),
    RuleRow(
      "a parked link follows a deletion when its item lies in the future, in the PSA",
      .theirs,
      .init(
        ["exchange update time"],
        sees: "Visit +400d 08:00 | Visit +400d 08:00 | parked outside-window"
      ) { $0.officeMoves(to: 400 * day) },
      .init(["exchange delete"], sees: "– | – | –") { $0.officeDeletes() }
    ),
    RuleRow(
      "a deletion of a past parked item is not followed (archiving in Exchange)",
      .mine,
      .init(sees: "Visit 13:00 | Visit 13:00 | parked outside-window") { $0.pass(days: 9) },
      .init(sees: "– | Visit 13:00 | parked outside-window") { $0.userDeletes() }
    ),
    RuleRow(
      "a deletion of a past parked item is not followed (archiving in the PSA)",
      .theirs,
      .init(sees: "Visit 13:00 | Visit 13:00 | parked outside-window") { $0.pass(days: 9) },
      .init(sees: "Visit 13:00 | – | parked outside-window") { $0.officeDeletes() }
    ),
    RuleRow(
      "a deletion inside the window is followed, past or not",
      .mine,
      .init(sees: "Visit 13:00 | Visit 13:00 | linked") { $0.pass(days: 3) },
      .init(["psa delete"], sees: "– | – | –") { $0.userDeletes() }
    ),
    RuleRow(
      "a narrower setting parks, the wider one finds the old link: past days",
      .init(["psa create"], sees: "Visit -3d 08:00 | Visit -3d 08:00 | linked") {
        $0.inExchange("Visit", at: -3 * day)
      },
      .init(sees: "Visit -3d 08:00 | Visit -3d 08:00 | parked outside-window") {
        $0.admin { $0.pastDays = 1 }
      },
      .init(sees: "Visit -3d 08:00 | Visit -3d 08:00 | linked") { $0.admin { $0.pastDays = 7 } }
    ),
    RuleRow(
      "a narrower setting parks, the wider one finds the old link: recurring days",
      .init(["psa create"], sees: "Visit 13:00 | Visit +20d 13:00 | linked") {
        $0.series("Visit", on: [20])
      },
      .init(sees: "Visit 13:00 | Visit +20d 13:00 | parked outside-window") {
        $0.admin { $0.recurringDays = 5 }
      },
      .init(sees: "Visit 13:00 | Visit +20d 13:00 | linked") { $0.admin { $0.recurringDays = 30 } }
    ),
    RuleRow(
      "a narrower profile parks: appointments to Exchange are off",
      .theirs,
      .init(sees: "Visit 13:00 | Board 13:00 | parked export-off") {
        $0.office { $0.title = "Board" }
        $0.admin { $0.appointmentsToExchange = false }
      },
      .init(["exchange update title"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.admin { $0.appointmentsToExchange = true }
      }
    ),
    RuleRow(
      "a narrower profile parks: to-dos are off",
      .init(["exchange create"], sees: "Call: Harbour 13:00 |  13:00 | linked") {
        $0.inOffice(.toDo)
      },
      .init(sees: "Call: Harbour 13:00 |  13:00 | parked to-dos-off") {
        $0.admin { $0.toDos = false }
      },
      .init(sees: "Call: Harbour 13:00 |  13:00 | linked") { $0.admin { $0.toDos = true } }
    ),
    RuleRow(
      "a narrower profile parks: service calls are off",
      .init(["exchange create"], sees: "Service call: Harbour 13:00 |  13:00 | linked") {
        $0.inOffice(.serviceCall)
      },
      .init(sees: "Service call: Harbour 13:00 |  13:00 | parked service-calls-off") {
        $0.admin { $0.serviceCalls = false }
      },
      .init(sees: "Service call: Harbour 13:00 |  13:00 | linked") {
        $0.admin { $0.serviceCalls = true }
      }
    ),
    RuleRow(
      "a narrower profile parks: free time is not sent",
      .init(["psa create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.inExchange("Visit") { $0.showAs = .free }
      },
      .init(sees: "Visit 13:00 | Visit 13:00 | parked free-time-off") {
        $0.admin { $0.sendsFreeTime = false }
      },
      .init(["psa update title"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.user { $0.title = "Board" }
        $0.admin { $0.sendsFreeTime = true }
      }
    ),
    RuleRow(
      "switching import off re-masks first, and then nothing follows but a deletion ahead",
      .mine,
      .init(["psa mask"], sees: "Visit 13:00 | Appointment 13:00 | parked import-off") {
        $0.admin { $0.importDetail = .off }
      },
      .init(sees: "Visit 15:00 | Appointment 13:00 | parked import-off") {
        $0.userMoves(to: 7 * hour)
      },
      .init(["psa update time title"], sees: "Visit 15:00 | Visit 15:00 | linked") {
        $0.admin { $0.importDetail = .all }
      }
    ),
    RuleRow(
      "nothing new of what a setting keeps out",
      .init(sees: "Visit 13:00 | Theirs 13:00 | –") {
        $0.admin { rules in
          rules.importDetail = .off
          rules.appointmentsToExchange = false
        }
        $0.inExchange("Visit")
        $0.inPSA("Theirs")
      },
      .init(
        ["psa create", "exchange create"],
        sees: "Theirs 13:00, Visit 13:00 | Theirs 13:00, Visit 13:00 | 2 linked"
      ) { $0.admin { $0 = SyncRules() } }
    ),
  ]

  @Test(arguments: rows) func `each row holds, run by run`(row: RuleRow) { row.expectEachStep() }

  // MARK: Zones

  /// Instants are compared, never dates: the same in every UTC offset.
  static let offsets = (-48...56).map { Int64($0) * 900 }

  @Test func `whole days are inside by the instants of their midnights, to the second`() throws {
    for offset in Self.offsets {
      for wobble in [-1, 0, 1] as [Int64] {
        let days = SmallWorld.day(0)
        let midnight = Int64(days.daysSince1970) * Self.day - offset
        // The end of the last day, seven days ago; the begin of the first, 366 days ahead.
        var past = SmallWorld()
        past.offset = offset
        past.now = Instant(seconds: midnight + 7 * Self.day + wobble)
        past.inExchange("past") {
          $0.when = .allDay(first: days.advanced(byDays: -1), afterLast: days)
        }
        #expect(past.plan.operations.count == (wobble <= 0 ? 1 : 0), "\(offset) \(wobble)")
        var ahead = SmallWorld()
        ahead.offset = offset
        ahead.now = Instant(seconds: midnight - 366 * Self.day + wobble)
        ahead.inExchange("ahead") {
          $0.when = .allDay(first: days, afterLast: days.advanced(byDays: 1))
        }
        #expect(ahead.plan.operations.count == (wobble >= 0 ? 1 : 0), "\(offset) \(wobble)")
      }
    }
  }

  @Test func `what leaves the window is parked, and found again under its link`() throws {
    for offset in Self.offsets {
      var world = SmallWorld()
      world.offset = offset
      // Its end lies on the edge.
      let id = world.inExchange("old", at: -7 * Self.day - SmallWorld.hour)
      world.settle()
      let made = try #require(world.psa.first)
      let link = try #require(world.links.first)
      #expect(link.state == .linked)
      world.now = world.now.advanced(bySeconds: 1)
      let written = world.settle().flatMap { $0 }
      #expect(written.isEmpty)
      #expect(world.links.map(\.state) == [.parked] && world.psa == [made])
      world.change(id) { $0.when = SmallWorld.when(-6 * Self.day) }
      world.settle()
      #expect(world.links.map(\.id) == [link.id] && world.links.map(\.state) == [.linked])
      #expect(world.psa.map(\.id) == [made.id])
      #expect(
        world.psa.map(\.start) == [SmallWorld.monday.advanced(bySeconds: -6 * Self.day)]
      )
    }
  }

  @Test func `a timed item's place in the window is the same in every UTC offset`() {
    let edges: [Int64] = [-7 * Self.day - 3_600, 366 * Self.day]
    for edge in edges {
      for wobble in [-1, 0, 1] as [Int64] {
        var counts: Set<Int> = []
        for quarter in -48...56 {
          var world = SmallWorld()
          world.offset = Int64(quarter) * 900
          world.inExchange("timed", at: edge + wobble)
          world.inPSA("other", at: edge + wobble)
          counts.insert(world.plan.operations.count)
        }
        #expect(counts == [wobble == (edge < 0 ? -1 : 1) ? 0 : 2])
      }
    }
  }
}
