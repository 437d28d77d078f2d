internal import GRDB
internal import SyncModel

/// The one row of `position` and the one of `sync_state`.
enum PositionTable {
  private static let columns = ColumnNames([
    "tenant", "resource", "mailbox", "folder", "exchange_is_whole", "enumerations_owed",
    "confirmed_mark", "announced_mark", "epoch", "personal_zone", "zone_read_at", "watermark",
    "psa_ending_from", "psa_listed_at", "highest_psa", "settings", "is_beside_another_tool",
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
      positions.watermark = try columns.optionalInstant()
      positions.psaEndingFrom = try columns.optionalInstant()
      positions.psaListedAt = try columns.optionalInstant()
      positions.highestPSA = try columns.optionalNumber().map(PSAID.init(rawValue:))
      positions.settings = try columns.optionalText()
      positions.isBesideAnotherTool = try columns.flag()
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
    row.add(positions.watermark)
    row.add(positions.psaEndingFrom)
    row.add(positions.psaListedAt)
    row.add(positions.highestPSA)
    row.add(positions.settings)
    row.add(positions.isBesideAnotherTool)
    try db.run(
      "REPLACE INTO position (number, \(columns.list)) VALUES (1, \(columns.places))",
      row.values
    )
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
