internal import GRDB
package import SyncEngine
package import SyncModel

/// Rows of `replica_item`, `replica_relation`, `replica_contact` and the one of `replica_position`.
enum ReplicaTables {
  /// So many readings back a row counts as told of late.
  private static let late: Int64 = 50

  /// - Parameter reading: 0 for rows of a part that is told for the first time: all are asked for anyway.
  static func keep(_ row: PSAViewRow, reading: Int64, in db: Database) throws {
    if row.isGone { return try remove(row.part, row.id, in: db) }
    if let item = row.item {
      var line = ColumnWriter(capacity: 6)
      line.add(word: row.part)
      line.add(row.id)
      line.add(item.end)
      line.add(item.modified)
      try line.add(value: item)
      line.add(reading)
      return try db.run(
        """
        INSERT INTO replica_item (kind, id, ends, modified, item, told, is_stale)
        VALUES (?, ?, ?, ?, ?, ?, 0)
        ON CONFLICT (kind, id) DO UPDATE SET ends = excluded.ends, modified = excluded.modified,
          told = CASE WHEN item = excluded.item THEN told ELSE excluded.told END,
          item = excluded.item, is_stale = 0
        """,
        line.values
      )
    }
    if let contact = row.contact {
      var line = ColumnWriter(capacity: 4)
      line.add(row.id)
      line.add(contact.modified)
      try line.add(value: contact)
      line.add(reading)
      return try db.run(
        """
        INSERT INTO replica_contact (id, modified, contact, told, is_stale) VALUES (?, ?, ?, ?, 0)
        ON CONFLICT (id) DO UPDATE SET modified = excluded.modified,
          told = CASE WHEN contact = excluded.contact THEN told ELSE excluded.told END,
          contact = excluded.contact, is_stale = 0
        """,
        line.values
      )
    }
    var line = ColumnWriter(capacity: 3)
    line.add(word: row.part)
    line.add(row.id)
    line.add(row.parent)
    try db.run(
      "REPLACE INTO replica_relation (part, id, parent, is_stale) VALUES (?, ?, ?, 0)",
      line.values
    )
  }

  private static func remove(_ part: PSAViewPart, _ id: PSAID, in db: Database) throws {
    switch part {
    case .appointment, .toDo, .serviceCall:
      try db.run(
        "DELETE FROM replica_item WHERE kind = ? AND id = ?",
        [part.rawValue.databaseValue, id.rawValue.databaseValue]
      )
    case .contact:
      try db.run("DELETE FROM replica_contact WHERE id = ?", [id.rawValue.databaseValue])
    case .ticketRow, .taskRow, .company, .opportunity:
      try db.run(
        "DELETE FROM replica_relation WHERE part = ? AND id = ?",
        [part.rawValue.databaseValue, id.rawValue.databaseValue]
      )
    }
  }

  /// Everything of the part is told again from here on.
  static func doubt(_ part: PSAViewPart, in db: Database) throws {
    switch part {
    case .appointment, .toDo, .serviceCall:
      try db.run(
        "UPDATE replica_item SET is_stale = 1 WHERE kind = ?",
        [part.rawValue.databaseValue]
      )
    case .contact: try db.run("UPDATE replica_contact SET is_stale = 1", [])
    case .ticketRow, .taskRow, .company, .opportunity:
      try db.run(
        "UPDATE replica_relation SET is_stale = 1 WHERE part = ?",
        [part.rawValue.databaseValue]
      )
    }
  }

  /// What was not told again is not there any more.
  static func dropDoubtful(in db: Database) throws {
    for table in ["replica_item", "replica_relation", "replica_contact"] {
      try db.run("DELETE FROM \(table) WHERE is_stale = 1", [])
    }
  }

  static func position(in db: Database) throws -> ReplicaPosition {
    var position = ReplicaPosition()
    try db.forEachRow("SELECT position FROM replica_position") { row in
      var columns = ColumnReader(row, of: "replica_position")
      position = try columns.optionalValue() ?? position
    }
    return position
  }

  /// The first reading of which what it told counts as told of late.
  static func late(in db: Database) throws -> Int64 {
    max(1, try position(in: db).readings - late + 1)
  }

  static func condition(
    _ query: PSAQuery,
    above id: PSAID? = nil,
    in db: Database
  ) throws -> (sql: String, values: [DatabaseValue]) {
    var sql = "WHERE kind = ?"
    var values = [query.kind.rawValue.databaseValue]
    func add(_ condition: String, _ numbers: Int64...) {
      sql += " AND " + condition
      values += numbers.map(\.databaseValue)
    }
    if let since = query.modifiedSince {
      add("(modified >= ? OR told >= ?)", since.seconds, try late(in: db))
    }
    if let end = query.endingFrom { add("ends >= ?", end.seconds) }
    if let ids = query.ids {
      add("id BETWEEN ? AND ?", ids.lowerBound.rawValue, ids.upperBound.rawValue)
    }
    if let among = query.among {
      sql += " AND id IN (\(among.map { _ in "?" }.joined(separator: ", ")))"
      values += among.map(\.rawValue.databaseValue)
    }
    if let id { add("id > ?", id.rawValue) }
    return (sql, values)
  }

  static func items(
    _ condition: (sql: String, values: [DatabaseValue]),
    in db: Database
  ) throws -> [PSAItem] {
    var read: [PSAItem] = []
    try db.forEachRow("SELECT item FROM replica_item \(condition.sql)", condition.values) { row in
      var columns = ColumnReader(row, of: "replica_item")
      if let item: PSAItem = try columns.optionalValue() { read.append(item) }
    }
    return read
  }

  static func relations(
    _ part: PSAViewPart,
    in db: Database
  ) throws -> [(id: PSAID, parent: PSAID?)] {
    var read: [(id: PSAID, parent: PSAID?)] = []
    let sql = "SELECT id, parent FROM replica_relation WHERE part = ? ORDER BY id"
    try db.forEachRow(sql, [part.rawValue.databaseValue]) { row in
      var columns = ColumnReader(row, of: "replica_relation")
      let id = PSAID(try columns.number())
      read.append((id, try columns.optionalNumber().map(PSAID.init(rawValue:))))
    }
    return read
  }
}

extension SQLiteCache: PSAReplica {
  package func replicaPosition() async throws -> ReplicaPosition {
    try await read { try ReplicaTables.position(in: $0) }
  }

  /// A replica in memory for a look that keeps nothing: it knows whose the view is and how far the
  /// agent's own writes went, so that an older view is refused as ever.
  package func replicaForOneLook() async throws -> SQLiteCache {
    let known = try await replicaPosition()
    let replica = try SQLiteCache.inMemory()
    let position = ReplicaPosition(
      lastWrite: known.lastWrite,
      tenant: known.tenant,
      resource: known.resource
    )
    try await replica.keep([], replacing: [], isLast: false, at: position)
    return replica
  }

  package func keep(
    _ rows: [PSAViewRow],
    replacing parts: [PSAViewPart],
    isLast: Bool,
    at position: ReplicaPosition
  ) async throws {
    try await write { db in
      for part in parts { try ReplicaTables.doubt(part, in: db) }
      for row in rows {
        let isFirst = position.firstTold[row.part] == position.readings
        let reading = isFirst ? 0 : position.readings
        try ReplicaTables.keep(row, reading: reading, in: db)
      }
      if isLast { try ReplicaTables.dropDoubtful(in: db) }
      var line = ColumnWriter(capacity: 1)
      try line.add(value: position)
      try db.run(
        "REPLACE INTO replica_position (number, position) VALUES (1, ?)",
        line.values
      )
    }
  }

  package func viewItems(
    of query: PSAQuery,
    above id: PSAID?,
    limit: Int
  ) async throws -> [PSAItem] {
    try await read { db in
      var condition = try ReplicaTables.condition(query, above: id, in: db)
      condition.sql += " ORDER BY id LIMIT \(limit)"
      return try ReplicaTables.items(condition, in: db)
    }
  }

  package func viewIdentities(of query: PSAQuery) async throws -> [PSAID] {
    try await read { db in
      let (condition, values) = try ReplicaTables.condition(query, in: db)
      let statement = try db.cachedStatement(
        sql: "SELECT id FROM replica_item \(condition) ORDER BY id"
      )
      return try Int64.fetchAll(statement, arguments: StatementArguments(values))
        .map(PSAID.init(rawValue:))
    }
  }

  package func viewItems(_ ids: [PSAID], of kind: Kind) async throws -> [PSAID: PSAItem] {
    try await read { db in
      var read: [PSAID: PSAItem] = [:]
      for id in ids {
        let condition = try ReplicaTables.condition(PSAQuery(kind: kind, ids: id...id), in: db)
        for item in try ReplicaTables.items(condition, in: db) { read[id] = item }
      }
      return read
    }
  }

  package func viewAssignments() async throws -> [Assignment] {
    try await read { db in
      try PSAViewPart.allCases.flatMap { part in
        guard let table = part.assignments else { return [Assignment]() }
        return try ReplicaTables.relations(part, in: db).map {
          Assignment(table: table, row: $0.id, call: $0.parent)
        }
      }
    }
  }

  package func viewScope() async throws -> ContactScope {
    try await read { db in
      ContactScope(
        companies: try ReplicaTables.relations(.company, in: db).map(\.id),
        contacts: Set(try ReplicaTables.relations(.opportunity, in: db).compactMap(\.parent))
          .sorted()
      )
    }
  }

  package func viewContacts(changedSince: Instant?) async throws -> [PSAContact] {
    try await read { db in
      var read: [PSAContact] = []
      let bounds = [changedSince?.seconds ?? .min, try ReplicaTables.late(in: db)]
      let sql = "SELECT contact FROM replica_contact WHERE modified >= ? OR told >= ? ORDER BY id"
      try db.forEachRow(sql, bounds.map(\.databaseValue)) { row in
        var columns = ColumnReader(row, of: "replica_contact")
        if let contact: PSAContact = try columns.optionalValue() { read.append(contact) }
      }
      return read
    }
  }
}
