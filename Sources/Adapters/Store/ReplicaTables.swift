internal import GRDB
package import SyncEngine
package import SyncModel

/// Rows of `replica_item`, `replica_relation`, `replica_contact` and the one of `replica_position`.
enum ReplicaTables {
  static func keep(_ row: PSAViewRow, in db: Database) throws {
    if row.isGone { return try remove(row.part, row.id, in: db) }
    if let item = row.item {
      var line = ColumnWriter(capacity: 5)
      line.add(word: row.part)
      line.add(row.id)
      line.add(item.end)
      line.add(item.modified)
      try line.add(value: item)
      return try db.run(
        "REPLACE INTO replica_item (kind, id, ends, modified, item) VALUES (?, ?, ?, ?, ?)",
        line.values
      )
    }
    if let contact = row.contact {
      var line = ColumnWriter(capacity: 2)
      line.add(row.id)
      try line.add(value: contact)
      return try db.run(
        "REPLACE INTO replica_contact (id, contact) VALUES (?, ?)",
        line.values
      )
    }
    var line = ColumnWriter(capacity: 3)
    line.add(word: row.part)
    line.add(row.id)
    line.add(row.parent)
    try db.run(
      "REPLACE INTO replica_relation (part, id, parent) VALUES (?, ?, ?)",
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

  static func clear(_ part: PSAViewPart, in db: Database) throws {
    switch part {
    case .appointment, .toDo, .serviceCall:
      try db.run("DELETE FROM replica_item WHERE kind = ?", [part.rawValue.databaseValue])
    case .contact: try db.run("DELETE FROM replica_contact", [])
    case .ticketRow, .taskRow, .company, .opportunity:
      try db.run("DELETE FROM replica_relation WHERE part = ?", [part.rawValue.databaseValue])
    }
  }

  static func condition(
    _ query: PSAQuery,
    above id: PSAID? = nil
  ) -> (sql: String, values: [DatabaseValue]) {
    var sql = "WHERE kind = ?"
    var values = [query.kind.rawValue.databaseValue]
    func add(_ condition: String, _ numbers: Int64...) {
      sql += " AND " + condition
      values += numbers.map(\.databaseValue)
    }
    if let since = query.modifiedSince { add("modified >= ?", since.seconds) }
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
    try await read { db in
      var position = ReplicaPosition()
      try db.forEachRow("SELECT position FROM replica_position") { row in
        var columns = ColumnReader(row, of: "replica_position")
        position = try columns.optionalValue() ?? position
      }
      return position
    }
  }

  package func keep(
    _ rows: [PSAViewRow],
    replacing parts: [PSAViewPart],
    at position: ReplicaPosition
  ) async throws {
    try await write { db in
      for part in parts { try ReplicaTables.clear(part, in: db) }
      for row in rows { try ReplicaTables.keep(row, in: db) }
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
      var condition = ReplicaTables.condition(query, above: id)
      condition.sql += " ORDER BY id LIMIT \(limit)"
      return try ReplicaTables.items(condition, in: db)
    }
  }

  package func viewIdentities(of query: PSAQuery) async throws -> [PSAID] {
    try await read { db in
      let (condition, values) = ReplicaTables.condition(query)
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
        let condition = ReplicaTables.condition(PSAQuery(kind: kind, ids: id...id))
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

  package func viewContacts() async throws -> [PSAContact] {
    try await read { db in
      var read: [PSAContact] = []
      try db.forEachRow("SELECT contact FROM replica_contact ORDER BY id") { row in
        var columns = ColumnReader(row, of: "replica_contact")
        if let contact: PSAContact = try columns.optionalValue() { read.append(contact) }
      }
      return read
    }
  }
}
