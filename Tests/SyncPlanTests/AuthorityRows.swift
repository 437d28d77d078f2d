import SyncModel
import SyncPlan
import Testing

/// `rules.md` 2, the table: what is written when one field group changes on one side.
@Suite struct AuthorityRows {
  /// A line of the table: an item and who made it.
  struct Line: Sendable {
    let name: String
    let make: @Sendable (inout SmallWorld) -> Void
    /// What is written when its time, its content or its existence changes in Exchange.
    let exchange: [String]
    /// What is written when they change in the PSA.
    let psa: [String]
  }

  static let lines: [Line] = [
    Line(
      name: "PSA appointment",
      make: { $0.inPSA("Visit") },
      exchange: ["psa update time", "", "suppressed"],
      psa: ["exchange update time", "exchange update title", "exchange delete"]
    ),
    Line(
      name: "PSA to-do",
      make: { $0.inOffice(.toDo) },
      exchange: ["psa update time", "", "suppressed"],
      psa: ["exchange update time", "exchange update text title", "exchange delete"]
    ),
    Line(
      name: "PSA service call",
      make: { $0.inOffice(.serviceCall) },
      exchange: ["exchange update time", "exchange update title", "exchange create"],
      psa: ["exchange update time", "exchange update text title", "exchange delete"]
    ),
    Line(
      name: "Exchange appointment",
      make: { $0.inExchange("Visit") },
      exchange: ["psa update time", "psa update title", "psa delete"],
      psa: ["exchange update time", "", "suppressed"]
    ),
    Line(
      name: "Exchange item with attendees",
      make: { $0.inExchange("Visit") { $0.attendees = [SmallWorld.guest] } },
      exchange: ["psa update time", "psa update title", "psa delete"],
      psa: ["psa update time", "", "suppressed"]
    ),
    Line(
      name: "Exchange item with attendees, meeting_times = \"both\"",
      make: {
        $0.rules.meetingTimes = .both
        $0.inExchange("Visit") { $0.attendees = [SmallWorld.guest] }
      },
      exchange: ["psa update time", "psa update title", "psa delete"],
      psa: ["exchange update time", "", "suppressed"]
    ),
  ]

  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable (inout SmallWorld) -> Void
    let change: @Sendable (inout SmallWorld) -> Void
    let writes: String
    var testDescription: String { name }
  }

  static let changes: [(name: String, Side, @Sendable (inout SmallWorld) -> Void)] = [
    ("time", .exchange, { $0.userMoves(to: 9 * SmallWorld.hour) }),
    ("content", .exchange, { $0.user { $0.title = "Theirs" } }),
    ("existence", .exchange, { $0.userDeletes() }),
    ("time", .psa, { $0.officeMoves(to: 9 * SmallWorld.hour) }),
    (
      "content", .psa,
      {
        $0.office { item in
          item.title = "Theirs"
          item.about?.company = "Quay"
        }
      }
    ),
    ("existence", .psa, { $0.officeDeletes() }),
  ]

  static let table: [Row] = lines.flatMap { line in
    zip(changes, line.exchange + line.psa).map { change, writes in
      Row(
        name: "\(line.name): \(change.name) in \(change.1 == .psa ? "the PSA" : "Exchange")",
        make: line.make,
        change: change.2,
        writes: writes
      )
    }
  }

  @Test(arguments: table) func `each cell of the table of who decides what`(row: Row) {
    var world = SmallWorld()
    row.make(&world)
    world.settle()
    #expect(world.links.map(\.state) == [.linked])
    row.change(&world)
    let plan = world.plan
    world.expectTargetsAsPlanned(plan)
    let isSuppressed = row.writes == "suppressed"
    let nothing = isSuppressed || row.writes.isEmpty
    #expect(plan.operations.map(\.words) == (nothing ? [] : [row.writes]))
    world.apply(plan)
    let next = world.plan
    #expect(next.operations.isEmpty)
    world.apply(next)
    let isDeleted = row.writes.hasSuffix("delete")
    #expect(world.links.map(\.state) == (isDeleted ? [] : [isSuppressed ? .suppressed : .linked]))
  }
}
