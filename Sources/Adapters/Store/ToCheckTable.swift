internal import GRDB
internal import SyncEngine
internal import SyncModel

/// Rows of `to_check`: what could not be read yet.
enum ToCheckTable {
  static func all(in db: Database) throws -> [ToCheck] {
    var read: [ToCheck] = []
    let sql = """
      SELECT side, kind, id, original_date, since, tried, reason FROM to_check
      ORDER BY tried, since, side, kind, id, original_date
      """
    try db.forEachRow(sql) { row in
      var columns = ColumnReader(row, of: "to_check")
      read.append(
        ToCheck(
          key: ItemKey(
            side: try columns.word(),
            kind: try columns.word(),
            id: try columns.text(),
            originalDate: try columns.optionalDate()
          ),
          since: RunID(try columns.number()),
          tried: RunID(try columns.number()),
          reason: try columns.text()
        )
      )
    }
    return read
  }

  /// A key that is already there keeps the run since which it waits.
  static func keep(_ item: ToCheck, in db: Database) throws {
    var row = ColumnWriter(capacity: 7)
    add(item.key, to: &row)
    row.add(item.since)
    row.add(item.tried)
    row.add(item.reason)
    try db.run(
      """
      INSERT INTO to_check (side, kind, id, original_date, since, tried, reason)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (side, kind, id, ifnull(original_date, 'item'))
      DO UPDATE SET since = min(since, excluded.since), tried = max(tried, excluded.tried),
        reason = excluded.reason
      """,
      row.values
    )
  }

  static func remove(_ key: ItemKey, in db: Database) throws {
    var row = ColumnWriter(capacity: 4)
    add(key, to: &row)
    try db.run(
      "DELETE FROM to_check WHERE side = ? AND kind = ? AND id = ? AND original_date IS ?",
      row.values
    )
  }

  private static func add(_ key: ItemKey, to row: inout ColumnWriter) {
    row.add(word: key.side)
    row.add(word: key.kind)
    row.add(key.id)
    row.add(key.originalDate)
  }
}
