package import RegistryAPI
package import SyncModel

/// Rows of `attempt`, known by agent and run.
enum AttemptTable {
  /// Puts reports down that say more than what is there, and gives those.
  static func keep(
    _ batch: AttemptBatch,
    of identity: AgentIdentity,
    now: Instant,
    in db: any RegistrySession
  ) throws -> [AttemptReport] {
    try batch.attempts.filter { report in
      // The end of a run is its last word; a beginning says nothing new about one that is known.
      try db.run(
        """
        INSERT INTO attempt (agent, run, resource, outcome, started, version, received, report)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (agent, run) DO UPDATE SET resource = excluded.resource,
          outcome = excluded.outcome, started = excluded.started, version = excluded.version,
          received = excluded.received, report = excluded.report
        WHERE attempt.outcome = ? AND excluded.outcome <> ?
        """,
        identity.agent,
        report.run,
        identity.resource,
        report.outcome,
        report.started.instant,
        batch.version,
        now,
        try JSONText.text(of: report),
        Outcome.running,
        Outcome.running
      ) > 0
    }
  }

  static let columns = """
    t.agent, t.resource, coalesce(r.name, ''), t.version, t.received, t.report
    FROM attempt t LEFT JOIN resource r ON r.number = t.resource
    """

  static func attempt(_ values: [SQLValue]) throws -> AttemptRow {
    var row = RowReader(values, of: "attempt")
    return AttemptRow(
      agent: try row.name(),
      resource: try row.id(),
      resourceName: try row.text(),
      version: try row.text(),
      received: try row.instant(),
      report: try JSONText.value(try row.text(), of: "attempt")
    )
  }

  static func conditions(_ filter: AttemptFilter) -> (sql: String, values: [SQLValue]) {
    var conditions: [String] = []
    var values: [SQLValue] = []
    if let resource = filter.resource {
      conditions.append("t.resource = ?")
      values.append(resource.sql)
    }
    if let outcome = filter.outcome {
      conditions.append("t.outcome = ?")
      values.append(outcome.sql)
    }
    if let before = filter.before {
      conditions.append("t.started < ?")
      values.append(before.sql)
    }
    if let since = filter.since {
      conditions.append("t.started >= ?")
      values.append(since.sql)
    }
    let sql = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    return (sql, values)
  }
}

extension AttemptReport {
  var isOver: Bool { outcome != .running }
}

extension Outcome {
  /// What stands for an hour in which there were several; the worst is greatest.
  var gravity: Int {
    switch self {
    case .running: 0
    case .success: 1
    case .successWithErrors: 2
    case .interrupted: 3
    case .failed: 4
    }
  }
}

extension RegistryStore {
  /// Keeps an agent's reports; when this returns they are on disk and need not come again.
  ///
  /// Reports may come twice and in any order. Throws `.tooLarge`, or `.revoked` where the agent lost
  /// its resource meanwhile.
  package func keep(
    _ batch: AttemptBatch,
    of agent: AgentIdentity,
    now: Instant
  ) async throws -> AttemptReceipt {
    guard batch.attempts.count <= AttemptBatch.limit else {
      throw RegistryProblem(
        .tooLarge,
        "\(batch.attempts.count) reports are too many for one batch; send \(AttemptBatch.limit)."
      )
    }
    let receipt = AttemptReceipt(accepted: batch.attempts.map(\.run))
    if batch.attempts.isEmpty { return receipt }
    return try await database.write(.resource(agent.resource)) { db in
      var standing = try Standing(of: agent, in: db)
      let kept = try AttemptTable.keep(batch, of: agent, now: now, in: db)
      var holds: [HoldReport]?
      for report in kept where standing.take(report, now: now) { holds = report.holds }
      if let holds, standing.heldBefore > 0 || !holds.isEmpty {
        try HoldTable.replace(of: agent, with: holds, in: db)
      }
      if !kept.isEmpty { try standing.write(version: batch.version, of: agent, in: db) }
      return receipt
    }
  }

  /// The newest first.
  package func attempts(
    _ filter: AttemptFilter = AttemptFilter(),
    page: Page = Page()
  ) async throws -> Listed<AttemptRow> {
    try await database.read { db in
      let (conditions, values) = AttemptTable.conditions(filter)
      let rows = try db.rows(
        """
        SELECT \(AttemptTable.columns) \(conditions)
        ORDER BY t.started DESC, t.agent, t.run DESC LIMIT ? OFFSET ?
        """,
        values + [page.size.sql, page.offset.sql]
      )
      let total = try db.count("SELECT count(*) FROM attempt t \(conditions)", values)
      return Listed(rows: try rows.map(AttemptTable.attempt), total: total)
    }
  }

  /// Throws `.notFound`.
  package func attempt(_ run: RunID, of agent: AgentID) async throws -> AttemptRow {
    try await database.read { db in
      let rows = try db.rows(
        "SELECT \(AttemptTable.columns) WHERE t.agent = ? AND t.run = ?",
        agent,
        run
      )
      guard let values = rows.first else {
        throw RegistryProblem(.notFound, "Agent \(agent) has reported no run \(run).")
      }
      return try AttemptTable.attempt(values)
    }
  }

  /// The worst outcome of each of the last hours, the oldest first; nil where there was none.
  package func strip(
    _ resources: [ResourceID],
    hours: Int = 24,
    now: Instant
  ) async throws -> [ResourceID: [Outcome?]] {
    guard !resources.isEmpty, hours > 0 else { return [:] }
    let first = now.seconds / 3_600 - Int64(hours - 1)
    return try await database.read { db in
      var strips: [ResourceID: [Outcome?]] = [:]
      for resource in resources { strips[resource] = Array(repeating: nil, count: hours) }
      let rows = try db.rows(
        """
        SELECT resource, started / 3600 AS hour, outcome FROM attempt
        WHERE resource IN \(places(resources.count)) AND started >= ? AND started <= ?
        GROUP BY resource, started / 3600, outcome
        """,
        resources.map(\.sql) + [(first * 3_600).sql, now.sql]
      )
      for values in rows {
        var row = RowReader(values, of: "attempt")
        let resource: ResourceID = try row.id()
        let hour = Int(try row.number() - first)
        guard let outcome: Outcome = try row.optionalWord(), (0..<hours).contains(hour) else {
          continue
        }
        let worst = strips[resource]?[hour]?.gravity ?? -1
        if outcome.gravity > worst { strips[resource]?[hour] = outcome }
      }
      return strips
    }
  }

  /// Drops attempts that started before; says how many went.
  @discardableResult
  package func dropAttempts(before: Instant) async throws -> Int {
    var dropped = 0
    while true {
      // In parts: agents report meanwhile.
      let part = try await database.write(.everything) { db in
        try db.run(
          """
          DELETE FROM attempt WHERE (agent, run) IN
            (SELECT agent, run FROM attempt WHERE started < ? LIMIT 5000)
          """,
          before
        )
      }
      dropped += part
      if part < 5_000 { return dropped }
    }
  }
}
