internal import RegistryAPI
internal import SyncModel

/// What a resource's row says of its agent's attempts; the same whatever order they come in.
struct Standing {
  /// Which attempt is newer: by its start, then by its number.
  private struct Rank: Comparable {
    let started: Instant
    let run: RunID

    static func < (left: Rank, right: Rank) -> Bool {
      (left.started, left.run) < (right.started, right.run)
    }
  }

  private var last: Rank?
  private var outcome: Outcome?
  private var policy: Int?
  private var nextDue: Instant?
  private var ended: Rank?
  private var endedOutcome: Outcome?
  private var reason: String?
  private var lastSuccess: Instant?
  private var held: Int
  let heldBefore: Int
  private let version: String

  /// Throws `.revoked` where the agent does not serve the resource any more.
  init(of identity: AgentIdentity, in db: any RegistrySession) throws {
    let found = try db.row(
      of: "resource",
      """
      SELECT r.last_attempt, r.last_run, r.outcome, r.policy, r.next_due, r.ended_attempt,
        r.ended_run, r.ended_outcome, r.reason, r.last_success, r.held, a.version
      FROM resource r JOIN agent a ON a.resource = r.number
      WHERE r.number = ? AND a.agent = ? AND a.revoked IS NULL
      """,
      identity.resource,
      identity.agent
    )
    guard var row = found else { throw AgentTable.revoked }
    last = try Self.rank(&row)
    outcome = try row.optionalWord()
    policy = try row.optionalNumber().map(Int.init)
    nextDue = try row.optionalInstant()
    ended = try Self.rank(&row)
    endedOutcome = try row.optionalWord()
    reason = try row.optionalText()
    lastSuccess = try row.optionalInstant()
    held = try row.count()
    heldBefore = held
    version = try row.text()
  }

  private static func rank(_ row: inout RowReader) throws -> Rank? {
    let started = try row.optionalInstant()
    let run = try row.optionalNumber()
    guard let started, let run else { return nil }
    return Rank(started: started, run: RunID(run))
  }

  /// True where the report says what is held now.
  mutating func take(_ report: AttemptReport, now: Instant) -> Bool {
    // A clock that is ahead must not make its report the newest for ever.
    let rank = Rank(started: min(report.started.instant, now), run: report.run)
    if last.map({ rank >= $0 }) ?? true {
      last = rank
      outcome = report.outcome
      policy = report.policy
      nextDue = report.nextDue?.instant
    }
    guard report.isOver else { return false }
    if [.success, .successWithErrors].contains(report.outcome) {
      lastSuccess = max(lastSuccess ?? rank.started, rank.started)
    }
    guard ended.map({ rank >= $0 }) ?? true else { return false }
    ended = rank
    endedOutcome = report.outcome
    reason = report.notes.first
    held = Set(report.holds.map(\.digest)).count
    return true
  }

  func write(version: String, of identity: AgentIdentity, in db: any RegistrySession) throws {
    try db.run(
      """
      UPDATE resource SET last_attempt = ?, last_run = ?, outcome = ?, policy = ?, next_due = ?,
        ended_attempt = ?, ended_run = ?, ended_outcome = ?, reason = ?, last_success = ?, held = ?
      WHERE number = ?
      """,
      last?.started,
      last?.run,
      outcome,
      policy,
      nextDue,
      ended?.started,
      ended?.run,
      endedOutcome,
      reason,
      lastSuccess,
      held,
      identity.resource
    )
    if version != self.version {
      try db.run(
        "UPDATE agent SET version = ? WHERE agent = ? AND revoked IS NULL",
        version,
        identity.agent
      )
    }
  }
}
