internal import GRDB
internal import SyncModel

/// Rows of `coverage`.
enum CoverageTable {
  private static let columns = ColumnNames([
    "run", "side", "kind", "mailbox", "folder", "ending_from", "first_id", "last_id", "settings",
    "epoch", "view_sequence", "began", "ended", "is_complete", "count",
  ])

  static func insert(_ coverage: Coverage, in db: Database) throws {
    var row = ColumnWriter(capacity: columns.names.count)
    row.add(coverage.run)
    row.add(word: coverage.side)
    row.add(word: coverage.kind)
    row.add(word: coverage.mailbox)
    row.add(word: coverage.folder)
    row.add(coverage.endingFrom)
    row.add(coverage.ids?.lowerBound)
    row.add(coverage.ids?.upperBound)
    row.add(coverage.settings)
    row.add(coverage.epoch)
    row.add(coverage.viewSequence)
    row.add(coverage.began)
    row.add(coverage.ended)
    row.add(coverage.isComplete)
    row.add(coverage.count)
    try db.run("INSERT INTO coverage (\(columns.list)) VALUES (\(columns.places))", row.values)
  }

  static func coverage(of run: RunID, in db: Database) throws -> [Coverage] {
    var read: [Coverage] = []
    let sql = "SELECT \(columns.list) FROM coverage WHERE run = ? ORDER BY number"
    try db.forEachRow(sql, [run.rawValue.databaseValue]) { read.append(try coverage($0)) }
    return read
  }

  static func drop(ofRunsBefore instant: Instant, in db: Database) throws {
    try db.run(
      "DELETE FROM coverage WHERE run IN (SELECT run FROM run WHERE started < ?)",
      [instant.seconds.databaseValue]
    )
  }

  private static func coverage(_ row: Row) throws -> Coverage {
    var columns = ColumnReader(row, of: "coverage")
    return Coverage(
      run: RunID(try columns.number()),
      side: try columns.word(),
      kind: try columns.word(),
      mailbox: MailboxID(try columns.text()),
      folder: try columns.optionalText().map(FolderID.init(rawValue:)),
      endingFrom: try columns.optionalInstant(),
      ids: try ids(&columns),
      settings: try columns.text(),
      epoch: try columns.count(),
      viewSequence: try columns.number(),
      began: try columns.instant(),
      ended: try columns.instant(),
      isComplete: try columns.flag(),
      count: try columns.count()
    )
  }

  private static func ids(_ columns: inout ColumnReader) throws -> ClosedRange<PSAID>? {
    let first = try columns.optionalNumber()
    let last = try columns.optionalNumber()
    guard let first, let last else { return nil }
    guard first <= last else { throw UnreadableColumn(table: "coverage") }
    return PSAID(first)...PSAID(last)
  }
}
