internal import GRDB
internal import SyncModel

/// Rows of `assignment`: what puts the resource on service calls.
enum AssignmentTable {
  static func all(in db: Database) throws -> [Assignment] {
    var rows: [Assignment] = []
    try db.forEachRow("SELECT source, row, call FROM assignment ORDER BY source, row") { row in
      var columns = ColumnReader(row, of: "assignment")
      rows.append(
        Assignment(
          table: try columns.word(),
          row: PSAID(try columns.number()),
          call: try columns.optionalNumber().map(PSAID.init(rawValue:))
        )
      )
    }
    return rows
  }

  static func replace(with rows: [Assignment], in db: Database) throws {
    try db.run("DELETE FROM assignment", [])
    for one in rows {
      var row = ColumnWriter(capacity: 3)
      row.add(word: one.table)
      row.add(one.row)
      row.add(one.call)
      try db.run("INSERT INTO assignment (source, row, call) VALUES (?, ?, ?)", row.values)
    }
  }
}
