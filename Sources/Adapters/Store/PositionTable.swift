internal import GRDB
internal import SyncModel

/// The one row of `position`, the one of `sync_state`, and a row of `psa_position` for each kind.
enum PositionTable {
  private static let columns = ColumnNames([
    "tenant", "resource", "mailbox", "folder", "exchange_is_whole", "enumerations_owed",
    "confirmed_mark", "announced_mark", "epoch", "personal_zone", "zone_read_at", "settings",
    "is_beside_another_tool",
  ])
  private static let kindColumns = ColumnNames([
    "kind", "watermark", "ending_from", "listed_at", "highest",
  ])

  static func positions(in db: Database) throws -> Positions {
    var positions = Positions()
    try db.forEachRow("SELECT \(columns.list) FROM position") { row in
      var columns = ColumnReader(row, of: "position")
      positions.tenant = try columns.optionalNumber().map(TenantID.init(rawValue:))
      positions.resource = try columns.optionalNumber().map(ResourceID.init(rawValue:))
      positions.mailbox = try columns.optionalText().map(MailboxID.init(rawValue:))
      positions.folder = try columns.optionalText().map(FolderID.init(rawValue:))
      positions.exchangeIsWhole = try columns.flag()
      positions.enumerationsOwed = try columns.count()
      positions.confirmedMark = try columns.optionalNumber().map(RunID.init(rawValue:))
      positions.announcedMark = try columns.optionalNumber().map(RunID.init(rawValue:))
      positions.epoch = try columns.count()
      positions.personalZone = try columns.optionalText().map(ZoneName.init(rawValue:))
      positions.zoneReadAt = try columns.optionalInstant()
      positions.settings = try columns.optionalText()
      positions.isBesideAnotherTool = try columns.flag()
    }
    try db.forEachRow("SELECT \(kindColumns.list) FROM psa_position") { row in
      var columns = ColumnReader(row, of: "psa_position")
      let kind: Kind = try columns.word()
      var position = PSAPosition()
      position.watermark = try columns.optionalInstant()
      position.endingFrom = try columns.optionalInstant()
      position.listedAt = try columns.optionalInstant()
      position.highest = try columns.optionalNumber().map(PSAID.init(rawValue:))
      positions[kind] = position
    }
    try db.forEachRow("SELECT state FROM sync_state") { row in
      var columns = ColumnReader(row, of: "sync_state")
      positions.syncState = try columns.optionalText().map(SyncState.init(rawValue:))
    }
    return positions
  }

  static func keep(_ positions: Positions, in db: Database) throws {
    var row = ColumnWriter(capacity: columns.names.count)
    row.add(positions.tenant)
    row.add(positions.resource)
    row.add(word: positions.mailbox)
    row.add(word: positions.folder)
    row.add(positions.exchangeIsWhole)
    row.add(positions.enumerationsOwed)
    row.add(positions.confirmedMark)
    row.add(positions.announcedMark)
    row.add(positions.epoch)
    row.add(word: positions.personalZone)
    row.add(positions.zoneReadAt)
    row.add(positions.settings)
    row.add(positions.isBesideAnotherTool)
    try db.run(
      "REPLACE INTO position (number, \(columns.list)) VALUES (1, \(columns.places))",
      row.values
    )
    try db.run("DELETE FROM psa_position", [])
    for (kind, position) in positions.psa {
      var row = ColumnWriter(capacity: kindColumns.names.count)
      row.add(word: kind)
      row.add(position.watermark)
      row.add(position.endingFrom)
      row.add(position.listedAt)
      row.add(position.highest)
      let sql = "INSERT INTO psa_position (\(kindColumns.list)) VALUES (\(kindColumns.places))"
      try db.run(sql, row.values)
    }
    try db.run(
      """
      INSERT INTO sync_state (number, state) VALUES (1, ?)
      ON CONFLICT (number) DO UPDATE SET state = excluded.state
      WHERE state IS NOT excluded.state
      """,
      [positions.syncState?.rawValue.databaseValue ?? .null]
    )
  }
}
