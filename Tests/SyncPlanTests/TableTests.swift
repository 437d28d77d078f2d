import SyncModel
import SyncPlan
import Testing

/// `rules.md` 2: who decides what, and the two tables that follow from it.
@Suite struct TableTests {
  struct Row: Sendable {
    let origin: Origin
    let kind: Kind
    let hasAttendees: Bool
    let meetingTimes: SyncRules.MeetingTimes
    let time: TimeAuthority
    let content: ContentAuthority
    let existence: ExistenceAuthority
  }

  private static func rows(
    _ origin: Origin,
    _ kind: Kind,
    _ time: TimeAuthority,
    _ content: ContentAuthority,
    _ existence: ExistenceAuthority
  ) -> [Row] {
    [(false, .exchange), (false, .both), (true, .exchange), (true, .both)].map {
      (attendees: Bool, times: SyncRules.MeetingTimes) in
      Row(
        origin: origin,
        kind: kind,
        hasAttendees: attendees,
        meetingTimes: times,
        time: origin == .exchange && attendees && times == .exchange ? .exchangeReasserted : time,
        content: content,
        existence: existence
      )
    }
  }

  static let table: [Row] =
    rows(.psa, .appointment, .both, .psa, .psa) + rows(.psa, .toDo, .both, .psa, .psa)
    + rows(.psa, .serviceCall, .psaReasserted, .psaReasserted, .psaReasserted)
    + rows(.psa, .contact, .psaReasserted, .psaReasserted, .psaReasserted)
    + Kind.allCases.flatMap { rows(.exchange, $0, .both, .exchange, .exchange) }
    + rows(.paired, .appointment, .both, .neither, .neither)
    + rows(.paired, .toDo, .both, .neither, .neither)
    + rows(.paired, .serviceCall, .psaReasserted, .neither, .neither)
    + rows(.paired, .contact, .psaReasserted, .neither, .neither)

  @Test(arguments: table)
  func `each origin and kind has the authority that the rules give it`(_ row: Row) {
    let authority = Authority(
      origin: row.origin,
      kind: row.kind,
      hasAttendees: row.hasAttendees,
      meetingTimes: row.meetingTimes
    )
    #expect(authority.time == row.time)
    #expect(authority.content == row.content)
    #expect(authority.existence == row.existence)
  }

  @Test func `the table of authority is whole`() {
    #expect(Self.table.count == 3 * Kind.allCases.count * 4)
  }

  // MARK: Existence

  static let existences: [(Presence, Presence, ExistenceAuthority, ExistenceVerdict)] = [
    (.present, .present, .psa, .keep), (.present, .present, .exchange, .keep),
    (.present, .present, .psaReasserted, .keep), (.present, .present, .neither, .keep),
    (.gone, .gone, .psa, .forget), (.gone, .gone, .exchange, .forget),
    (.gone, .gone, .psaReasserted, .forget), (.gone, .gone, .neither, .forget),
    (.gone, .present, .psa, .suppress), (.gone, .present, .exchange, .remove(.psa)),
    (.gone, .present, .psaReasserted, .recreate(.exchange)),
    (.gone, .present, .neither, .suppress),
    (.present, .gone, .psa, .remove(.exchange)), (.present, .gone, .exchange, .suppress),
    (.present, .gone, .psaReasserted, .remove(.exchange)), (.present, .gone, .neither, .suppress),
  ]

  @Test(arguments: existences)
  func `every cell of the table of existence`(
    _ exchange: Presence,
    _ psa: Presence,
    _ authority: ExistenceAuthority,
    _ verdict: ExistenceVerdict
  ) {
    #expect(existence(exchange: exchange, psa: psa, authority: authority) == verdict)
    switch (verdict, authority) {
    case (.remove(.psa), .exchange), (.remove(.exchange), .psa),
      (.remove(.exchange), .psaReasserted), (.recreate(.exchange), .psaReasserted),
      (.keep, _), (.forget, _), (.suppress, _):
      break
    default:
      Issue.record("\(verdict) writes to a side that decides")
    }
  }

  // MARK: Time

  static let changes: [Change] = [.unchanged, .updated]
  static let timeAuthorities: [TimeAuthority] = [.both, .exchangeReasserted, .psaReasserted]

  /// The rules once more, as sentences instead of a switch.
  private func expectedTime(
    _ exchange: Change,
    _ psa: Change,
    _ areEqual: Bool,
    _ authority: TimeAuthority,
    _ winner: SyncRules.Winner
  ) -> MergeVerdict {
    let anyone = exchange == .updated || psa == .updated
    guard anyone else { return .nothing }
    if areEqual { return .moveBase }
    if authority == .exchangeReasserted {
      return exchange == .updated ? .write(.psa) : .reassert(.psa)
    }
    if authority == .psaReasserted {
      return psa == .updated ? .write(.exchange) : .reassert(.exchange)
    }
    if exchange == .updated, psa == .updated {
      return .conflict(writeTo: winner == .psa ? .exchange : .psa)
    }
    return .write(exchange == .updated ? .psa : .exchange)
  }

  @Test(arguments: timeAuthorities, [SyncRules.Winner.psa, .exchange])
  func `every cell of the table of times`(
    _ authority: TimeAuthority,
    _ winner: SyncRules.Winner
  ) {
    for exchange in Self.changes {
      for psa in Self.changes {
        for areEqual in [false, true] {
          let verdict = timeVerdict(
            exchange: exchange,
            psa: psa,
            areEqual: areEqual,
            authority: authority,
            winner: winner
          )
          #expect(verdict == expectedTime(exchange, psa, areEqual, authority, winner))
          switch (authority, verdict) {
          case (.exchangeReasserted, .write(.exchange)),
            (.exchangeReasserted, .reassert(.exchange)),
            (.exchangeReasserted, .conflict), (.psaReasserted, .write(.psa)),
            (.psaReasserted, .reassert(.psa)), (.psaReasserted, .conflict), (.both, .reassert):
            Issue.record("\(authority) does not entitle \(verdict)")
          default: break
          }
        }
      }
    }
  }

  // MARK: Content

  static let contents: [(Change, Change, ContentAuthority, MergeVerdict)] = [
    (.unchanged, .unchanged, .psa, .nothing), (.updated, .unchanged, .psa, .nothing),
    (.unchanged, .updated, .psa, .write(.exchange)), (.updated, .updated, .psa, .write(.exchange)),
    (.unchanged, .unchanged, .exchange, .nothing), (.updated, .unchanged, .exchange, .write(.psa)),
    (.unchanged, .updated, .exchange, .nothing), (.updated, .updated, .exchange, .write(.psa)),
    (.unchanged, .unchanged, .psaReasserted, .nothing),
    (.updated, .unchanged, .psaReasserted, .reassert(.exchange)),
    (.unchanged, .updated, .psaReasserted, .write(.exchange)),
    (.updated, .updated, .psaReasserted, .write(.exchange)),
    (.unchanged, .unchanged, .neither, .nothing), (.updated, .unchanged, .neither, .nothing),
    (.unchanged, .updated, .neither, .nothing), (.updated, .updated, .neither, .nothing),
  ]

  @Test(arguments: contents)
  func `every cell of the table of content`(
    _ exchange: Change,
    _ psa: Change,
    _ authority: ContentAuthority,
    _ verdict: MergeVerdict
  ) {
    #expect(contentVerdict(exchange: exchange, psa: psa, authority: authority) == verdict)
  }

  // MARK: Brake

  @Test(arguments: [
    (0, 0, false), (1, 1, false), (5, 5, false), (5, 0, false), (6, 6, true), (6, 59, true),
    (6, 60, false), (7, 60, true), (10, 100, false), (11, 100, true), (11, 109, true),
    (11, 110, false), (100, 1_000, false), (101, 1_000, true), (101, 1_009, true),
  ])
  func `more than five and more than a tenth of the linked items wait for a person`(
    _ count: Int,
    _ linked: Int,
    _ holds: Bool
  ) {
    #expect(SafetyBrake.standard.holds(count, ofLinked: linked) == holds)
  }
}
