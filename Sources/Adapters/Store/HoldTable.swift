internal import GRDB
internal import SyncEngine
internal import SyncModel

/// Rows of `hold` and `held_item`: what waits for a person.
enum HoldTable {
  private static let itemColumns = ColumnNames([
    "digest", "position", "verb", "side", "kind", "link", "item", "original_date",
    "psa_id", "words",
  ])

  static func all(in db: Database) throws -> [Hold] {
    var items: [String: [HeldItem]] = [:]
    try db.forEachRow("SELECT \(itemColumns.list) FROM held_item ORDER BY digest, position") {
      row in
      var columns = ColumnReader(row, of: "held_item")
      let digest = try columns.text()
      columns.skip()
      items[digest, default: []].append(
        HeldItem(
          try columns.word(),
          side: try columns.optionalWord(),
          kind: try columns.word(),
          link: try columns.optionalNumber().map(LinkID.init(rawValue:)),
          exchange: try columns.optionalText().map(ExchangeItemID.init(rawValue:)),
          originalDate: try columns.optionalDate(),
          psa: try columns.optionalNumber().map(PSAID.init(rawValue:)),
          words: try columns.optionalText()
        )
      )
    }
    var holds: [Hold] = []
    let sql = "SELECT digest, reason, mend, needs_approval, is_approved FROM hold ORDER BY position"
    try db.forEachRow(sql) { row in
      var columns = ColumnReader(row, of: "hold")
      let digest = try columns.text()
      holds.append(
        Hold(
          digest: PlanDigest(digest),
          reason: try columns.text(),
          items: items[digest] ?? [],
          mend: try columns.text(),
          needsApproval: try columns.flag(),
          isApproved: try columns.flag()
        )
      )
    }
    return holds
  }

  static func replace(with holds: [Hold], in db: Database) throws {
    let approved = try String.fetchSet(db, sql: "SELECT digest FROM hold WHERE is_approved <> 0")
    try db.run("DELETE FROM hold", [])
    for (position, hold) in holds.enumerated() {
      var row = ColumnWriter(capacity: 6)
      row.add(word: hold.digest)
      row.add(position)
      row.add(hold.reason)
      row.add(hold.mend)
      row.add(hold.needsApproval)
      row.add(hold.isApproved || approved.contains(hold.digest.rawValue))
      try db.run(
        """
        REPLACE INTO hold (digest, position, reason, mend, needs_approval, is_approved)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        row.values
      )
      for (position, item) in hold.items.enumerated() {
        try insert(item, at: position, of: hold.digest, in: db)
      }
    }
  }

  private static func insert(
    _ item: HeldItem,
    at position: Int,
    of digest: PlanDigest,
    in db: Database
  ) throws {
    var row = ColumnWriter(capacity: itemColumns.names.count)
    row.add(word: digest)
    row.add(position)
    row.add(word: item.verb)
    row.add(word: item.side)
    row.add(word: item.kind)
    row.add(item.link)
    row.add(word: item.exchange)
    row.add(item.originalDate)
    row.add(item.psa)
    row.add(item.words)
    try db.run(
      "INSERT INTO held_item (\(itemColumns.list)) VALUES (\(itemColumns.places))",
      row.values
    )
  }

  static func approve(_ digest: PlanDigest, in db: Database) throws -> Bool {
    try db.run("UPDATE hold SET is_approved = 1 WHERE digest = ?", [digest.rawValue.databaseValue])
    return db.changesCount > 0
  }
}
