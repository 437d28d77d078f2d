internal import GRDB
internal import SyncModel

/// Rows of `run`.
enum RunTable {
  private static let columns = ColumnNames([
    "run", "purpose", "outcome", "exchange_created", "exchange_updated", "exchange_deleted",
    "exchange_held", "exchange_requests", "psa_created", "psa_updated", "psa_deleted", "psa_held",
    "psa_requests", "failed_items", "notes", "started", "finished", "settings",
    "policy",
  ])

  static func keep(_ attempt: Attempt, in db: Database) throws {
    var row = ColumnWriter(capacity: columns.names.count)
    row.add(attempt.run)
    row.add(word: attempt.purpose)
    row.add(word: attempt.outcome)
    for counts in [attempt.exchange, attempt.psa] {
      row.add(counts.created)
      row.add(counts.updated)
      row.add(counts.deleted)
      row.add(counts.held)
      row.add(counts.requests)
    }
    row.add(attempt.failedItems)
    try row.add(list: attempt.notes)
    row.add(attempt.started)
    row.add(attempt.finished)
    row.add(attempt.settings)
    row.add(attempt.policy)
    try db.run("REPLACE INTO run (\(columns.list)) VALUES (\(columns.places))", row.values)
    try Counter.pass(.run, attempt.run.rawValue, in: db)
  }

  /// The attempts for which the condition holds, the newest first.
  ///
  /// What an interrupted run has written is counted in its journal: some of it was looked up later.
  static func attempts(
    where condition: String,
    _ values: [DatabaseValue],
    limit: Int = -1,
    in db: Database
  ) throws -> [Attempt] {
    var read: [Attempt] = []
    let sql = "SELECT \(columns.list) FROM run WHERE \(condition) ORDER BY run DESC LIMIT ?"
    try db.forEachRow(sql, values + [limit.databaseValue]) { read.append(try attempt($0)) }
    for index in read.indices where [.running, .interrupted].contains(read[index].outcome) {
      try JournalTable.tally(&read[index], in: db)
    }
    return read
  }

  /// Gives a run another number, wherever it is named.
  static func renumber(_ run: RunID, to number: RunID, in db: Database) throws {
    let values = [number.rawValue.databaseValue, run.rawValue.databaseValue]
    try db.run("UPDATE run SET run = ? WHERE run = ?", values)
    try db.run("UPDATE coverage SET run = ? WHERE run = ?", values)
    try db.run("UPDATE to_check SET since = ? WHERE since = ?", values)
    try db.run("UPDATE to_check SET tried = ? WHERE tried = ?", values)
    try db.run("UPDATE link SET state_run = ? WHERE state_run = ?", values)
  }

  private static func attempt(_ row: Row) throws -> Attempt {
    var columns = ColumnReader(row, of: "run")
    return Attempt(
      run: RunID(try columns.number()),
      purpose: try columns.word(),
      outcome: try columns.word(),
      exchange: try counts(&columns),
      psa: try counts(&columns),
      failedItems: try columns.count(),
      notes: try columns.list(),
      started: try columns.instant(),
      finished: try columns.optionalInstant(),
      settings: try columns.text(),
      policy: try columns.optionalCount()
    )
  }

  private static func counts(_ columns: inout ColumnReader) throws -> SideCounts {
    var counts = SideCounts()
    counts.created = try columns.count()
    counts.updated = try columns.count()
    counts.deleted = try columns.count()
    counts.held = try columns.count()
    counts.requests = try columns.count()
    return counts
  }
}
