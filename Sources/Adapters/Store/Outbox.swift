internal import FoundationEssentials
internal import GRDB
package import RegistryAPI
package import SyncModel

/// What reports to the registry say beside the run itself, and who is told of them.
package struct Reporting: Sendable {
  /// The version of the policy that runs begin with; nil without one.
  package let policy: Int?
  /// When the next run is due after one that began then.
  package let nextDue: @Sendable (Instant) -> Instant?
  /// Called when another report waits; must not block.
  package let posted: @Sendable () -> Void

  package init(
    policy: Int?,
    nextDue: @escaping @Sendable (Instant) -> Instant?,
    posted: @escaping @Sendable () -> Void = {}
  ) {
    self.policy = policy
    self.nextDue = nextDue
    self.posted = posted
  }
}

/// A report that waits for the registry.
package struct Report: Hashable, Sendable {
  package let run: RunID
  /// An `AttemptReport` as JSON.
  package let payload: String

  /// Nil where another version wrote it.
  package var attempt: AttemptReport? {
    do {
      return try JSONDecoder().decode(AttemptReport.self, from: Data(payload.utf8))
    } catch {
      return nil
    }
  }
}

/// How many reports wait, and since when.
package struct WaitingReports: Hashable, Sendable {
  package let count: Int
  /// When the oldest of their runs began; nil where none waits.
  package let since: Instant?

  package init(count: Int, since: Instant?) {
    self.count = count
    self.since = since
  }
}

extension SQLiteCache {
  /// Reports that wait, the oldest run first.
  package func outbox(limit: Int) async throws -> [Report] {
    try await read { db in
      var reports: [Report] = []
      let sql = "SELECT run, payload FROM outbox ORDER BY run LIMIT ?"
      try db.forEachRow(sql, [max(0, limit).databaseValue]) { row in
        var columns = ColumnReader(row, of: "outbox")
        reports.append(Report(run: RunID(try columns.number()), payload: try columns.text()))
      }
      return reports
    }
  }

  package func waitingReports() async throws -> WaitingReports {
    try await read { db in
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT count(*), min(run.started)
          FROM outbox LEFT JOIN run ON run.run = outbox.run
          """
      )
      guard let row else { return WaitingReports(count: 0, since: nil) }
      var columns = ColumnReader(row, of: "outbox")
      return WaitingReports(count: try columns.count(), since: try columns.optionalInstant())
    }
  }

  /// Takes reports out of the outbox; one that was replaced meanwhile, when its run ended, stays.
  package func delivered(_ reports: [Report]) async throws {
    try await write { db in
      for report in reports {
        try db.run(
          "DELETE FROM outbox WHERE run = ? AND payload = ?",
          [report.run.rawValue.databaseValue, report.payload.databaseValue]
        )
      }
    }
  }
}

/// Rows of `outbox`: of each run its newest report, until the registry has it.
enum OutboxTable {
  /// Posts what there is to say of a run, in the transaction that writes its row.
  static func post(_ attempt: Attempt, _ reporting: Reporting?, in db: Database) throws {
    let isOver = attempt.outcome != .running
    let report = AttemptReport(
      run: attempt.run,
      purpose: attempt.purpose,
      outcome: attempt.outcome,
      exchange: attempt.exchange,
      psa: attempt.psa,
      failedItems: attempt.failedItems,
      notes: attempt.notes,
      started: WireTime(attempt.started),
      finished: attempt.finished.map(WireTime.init),
      policy: attempt.policy,
      nextDue: reporting?.nextDue(attempt.started).map(WireTime.init),
      holds: isOver ? try HoldTable.all(in: db).map(HoldReport.init) : []
    )
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let payload = String(decoding: try encoder.encode(report), as: UTF8.self)
    try db.run(
      "REPLACE INTO outbox (run, payload) VALUES (?, ?)",
      [attempt.run.rawValue.databaseValue, payload.databaseValue]
    )
    if let posted = reporting?.posted { db.afterNextTransaction { _ in posted() } }
  }

  /// What was reported under a number that its run has given up: gone where it still waits, and an
  /// end to it where the registry has it.
  static func giveUp(
    _ number: RunID,
    for attempt: Attempt,
    _ reporting: Reporting?,
    in db: Database
  ) throws {
    try db.run("DELETE FROM outbox WHERE run = ?", [number.rawValue.databaseValue])
    guard db.changesCount == 0 else { return }
    let end = Attempt(
      run: number,
      purpose: attempt.purpose,
      outcome: .interrupted,
      notes: ["It went on as run \(attempt.run)."],
      started: attempt.started,
      finished: attempt.started,
      settings: attempt.settings,
      policy: attempt.policy
    )
    try post(end, reporting, in: db)
  }

  static func drop(ofRunsBefore instant: Instant, in db: Database) throws {
    try db.run(
      "DELETE FROM outbox WHERE run IN (SELECT run FROM run WHERE started < ?)",
      [instant.seconds.databaseValue]
    )
  }
}
