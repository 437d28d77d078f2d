internal import GRDB
package import SyncEngine
package import SyncModel

/// Rows of `mirror_exchange_contact`, `mirror_psa_contact` and the one of `contact_position`.
enum ContactTables {
  static func keep(_ mirrored: MirroredContact, in db: Database) throws {
    var row = ColumnWriter(capacity: 5)
    row.add(word: mirrored.id)
    row.add(word: mirrored.changeKey)
    row.add(mirrored.contact?.card[.displayName])
    try row.add(value: mirrored.contact)
    row.add(mirrored.unread)
    try db.run(
      """
      REPLACE INTO mirror_exchange_contact (id, change_key, name, contact, unread)
      VALUES (?, ?, ?, ?, ?)
      """,
      row.values
    )
  }

  static func keep(_ contact: PSAContact, in db: Database) throws {
    let names = [contact.firstName, contact.lastName].filter { !$0.isEmpty }
    var row = ColumnWriter(capacity: 3)
    row.add(contact.id)
    row.add(names.joined(separator: " "))
    try row.add(value: contact)
    try db.run(
      "REPLACE INTO mirror_psa_contact (id, name, contact) VALUES (?, ?, ?)",
      row.values
    )
  }

  static func remove(exchange id: ExchangeItemID, in db: Database) throws {
    try db.run(
      "DELETE FROM mirror_exchange_contact WHERE id = ?",
      [id.rawValue.databaseValue]
    )
  }

  static func remove(psa id: PSAID, in db: Database) throws {
    try db.run("DELETE FROM mirror_psa_contact WHERE id = ?", [id.rawValue.databaseValue])
  }

  static func name(exchange id: ExchangeItemID, in db: Database) throws -> String? {
    try String.fetchOne(
      db,
      sql: "SELECT name FROM mirror_exchange_contact WHERE id = ? AND name IS NOT NULL",
      arguments: [id.rawValue]
    )
  }

  static func name(psa id: PSAID, in db: Database) throws -> String? {
    try String.fetchOne(
      db,
      sql: "SELECT name FROM mirror_psa_contact WHERE id = ?",
      arguments: [id.rawValue]
    )
  }

  static func exchange(
    _ condition: String = "",
    _ values: [DatabaseValue] = [],
    in db: Database
  ) throws -> [MirroredContact] {
    var read: [MirroredContact] = []
    let columns = "id, change_key, contact, unread"
    let sql = "SELECT \(columns) FROM mirror_exchange_contact \(condition) ORDER BY id"
    try db.forEachRow(sql, values) { row in
      var columns = ColumnReader(row, of: "mirror_exchange_contact")
      read.append(
        MirroredContact(
          id: ExchangeItemID(try columns.text()),
          changeKey: ChangeKey(try columns.text()),
          contact: try columns.optionalValue(),
          unread: try columns.optionalText()
        )
      )
    }
    return read
  }

  static func psa(
    _ condition: String = "",
    _ values: [DatabaseValue] = [],
    in db: Database
  ) throws -> [PSAContact] {
    var read: [PSAContact] = []
    let sql = "SELECT contact FROM mirror_psa_contact \(condition) ORDER BY id"
    try db.forEachRow(sql, values) { row in
      var columns = ColumnReader(row, of: "mirror_psa_contact")
      if let contact: PSAContact = try columns.optionalValue() { read.append(contact) }
    }
    return read
  }

  static func positions(in db: Database) throws -> ContactPositions {
    var positions = ContactPositions()
    try db.forEachRow("SELECT positions FROM contact_position") { row in
      var columns = ColumnReader(row, of: "contact_position")
      positions = try columns.optionalValue() ?? positions
    }
    return positions
  }

  static func keep(_ positions: ContactPositions, in db: Database) throws {
    var row = ColumnWriter(capacity: 1)
    try row.add(value: positions)
    try db.run(
      "REPLACE INTO contact_position (number, positions) VALUES (1, ?)",
      row.values
    )
  }
}

extension SQLiteCache {
  package func contactPositions() async throws -> ContactPositions {
    try await read { try ContactTables.positions(in: $0) }
  }

  package func keep(_ harvest: ContactHarvest) async throws {
    try await write { db in
      for id in harvest.exchangeGone { try ContactTables.remove(exchange: id, in: db) }
      for id in harvest.psaGone { try ContactTables.remove(psa: id, in: db) }
      for mirrored in harvest.exchange { try ContactTables.keep(mirrored, in: db) }
      for contact in harvest.psa { try ContactTables.keep(contact, in: db) }
      for coverage in harvest.coverage { try CoverageTable.insert(coverage, in: db) }
      if let positions = harvest.positions { try ContactTables.keep(positions, in: db) }
    }
  }

  package func exchangeContacts() async throws -> [MirroredContact] {
    try await read { try ContactTables.exchange(in: $0) }
  }

  package func exchangeContacts(_ ids: Set<ExchangeItemID>) async throws -> [MirroredContact] {
    guard !ids.isEmpty else { return [] }
    return try await read { db in
      try ids.flatMap {
        try ContactTables.exchange("WHERE id = ?", [$0.rawValue.databaseValue], in: db)
      }
    }
  }

  package func psaContacts() async throws -> [PSAContact] {
    try await read { try ContactTables.psa(in: $0) }
  }

  package func psaContacts(_ ids: Set<PSAID>) async throws -> [PSAContact] {
    guard !ids.isEmpty else { return [] }
    return try await read { db in
      try ids.flatMap { try ContactTables.psa("WHERE id = ?", [$0.rawValue.databaseValue], in: db) }
    }
  }
}
