package import RegistryAPI
package import SyncEngine
package import SyncModel

/// The gateway's view of the PSA, as its reader keeps it.
extension RegistryStore {
  package static let gatewayLease = "gateway"

  /// Keeps what a question brought, and gives the service calls whose crew is another one now.
  ///
  /// Throws `LostLease` where the changes name a holder that has the lease no more.
  @discardableResult
  package func keep(_ changes: MirrorChanges, now: Instant) async throws -> Set<PSAID> {
    try await database.write(.everything) { db in
      if let holder = changes.holder { try Self.requireLease(holder, now, in: db) }
      var writer = try MirrorWriter(db, now: now)
      try writer.keep(changes)
      try writer.close()
      return writer.calls
    }
  }

  private static func requireLease(
    _ holder: String,
    _ now: Instant,
    in db: any RegistrySession
  ) throws {
    let count = try db.count(
      "SELECT count(*) FROM lease WHERE name = ? AND holder = ? AND ends > ?",
      [gatewayLease.sql, holder.sql, now.sql]
    )
    guard count > 0 else { throw LostLease() }
  }

  package func mirrorPart(_ part: PSAViewPart) async throws -> MirrorPart {
    try await database.read { db in
      let found = try db.row(
        of: "psa_part",
        """
        SELECT watermark, ending_from, listed_at, read_at, hidden FROM psa_part WHERE part = ?
        """,
        part
      )
      var known = MirrorPart()
      guard var row = found else { return known }
      known.watermark = try row.optionalInstant()
      known.endingFrom = try row.optionalInstant()
      known.listedAt = try row.optionalInstant()
      known.readAt = try row.optionalInstant()
      known.hidden = try row.optionalText()
      return known
    }
  }

  package func keep(
    _ state: MirrorPart,
    of part: PSAViewPart,
    holder: String,
    now: Instant
  ) async throws {
    try await database.write(.everything) { db in
      try Self.requireLease(holder, now, in: db)
      try db.run(
        """
        INSERT INTO psa_part (part, watermark, ending_from, listed_at, read_at, hidden)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (part) DO UPDATE SET watermark = excluded.watermark,
          ending_from = excluded.ending_from, listed_at = excluded.listed_at,
          read_at = excluded.read_at, hidden = excluded.hidden
        """,
        part,
        state.watermark,
        state.endingFrom,
        state.listedAt,
        state.readAt,
        state.hidden
      )
    }
  }

  /// Ids of rows that were read before this moment, ascending; `endingFrom` of items of calendars.
  package func mirrorIdentities(
    of part: PSAViewPart,
    endingFrom: Instant? = nil,
    endingBefore: Instant? = nil,
    readBefore: Int64 = .max
  ) async throws -> [PSAID] {
    try await database.read { db in
      var sql = "SELECT id FROM psa_row WHERE part = ? AND read < ?"
      var values = [part.sql, readBefore.sql]
      if let endingFrom {
        sql += " AND ending >= ?"
        values.append(endingFrom.sql)
      }
      if let endingBefore {
        sql += " AND ending < ?"
        values.append(endingBefore.sql)
      }
      return try db.rows(sql + " ORDER BY id", values).map { values in
        var row = RowReader(values, of: "psa_row")
        return try row.id()
      }
    }
  }

  package func mirrorCount(
    of part: PSAViewPart,
    endingFrom: Instant? = nil
  ) async throws -> Int {
    try await database.read { db in
      let sql = "SELECT count(*) FROM psa_row WHERE part = ?"
      guard let endingFrom else { return try db.count(sql, [part.sql]) }
      return try db.count(sql + " AND ending >= ?", [part.sql, endingFrom.sql])
    }
  }

  /// Items as the gateway read them last, whosever they are.
  package func mirrorRows(
    _ ids: [PSAID],
    of part: PSAViewPart
  ) async throws -> [PSAID: TenantRow] {
    try await database.read { db in
      var rows: [PSAID: TenantRow] = [:]
      for start in stride(from: 0, to: ids.count, by: 500) {
        let some = ids[start..<min(start + 500, ids.count)]
        let found = try db.rows(
          """
          SELECT id, owner, parent, body, crew FROM psa_row
          WHERE part = ? AND id IN \(places(some.count))
          """,
          [part.sql] + some.map(\.sql)
        )
        for values in found {
          var row = RowReader(values, of: "psa_row")
          let read = try Self.tenantRow(&row, of: part)
          rows[read.id] = read
        }
      }
      return rows
    }
  }

  /// Reads id, owner, parent, body and crew.
  static func tenantRow(_ row: inout RowReader, of part: PSAViewPart) throws -> TenantRow {
    var read = TenantRow(
      part: part,
      id: try row.id(),
      owner: try row.optionalNumber().map(ResourceID.init(rawValue:)),
      parent: try row.optionalNumber().map(PSAID.init(rawValue:))
    )
    let body = try row.text()
    switch part {
    case .appointment, .toDo, .serviceCall: read.item = try JSONText.value(body, of: "psa_row")
    case .contact: read.contact = try JSONText.value(body, of: "psa_row")
    case .ticketRow, .taskRow, .company, .opportunity: break
    }
    read.crew = try JSONText.value(try row.text(), of: "psa_row")
    return read
  }

  /// The highest id of a part, 0 where there is none.
  package func mirrorHighest(of part: PSAViewPart) async throws -> PSAID {
    try await database.read { db in
      PSAID(
        Int64(try db.count("SELECT max(id) FROM psa_row WHERE part = ?", [part.sql]))
      )
    }
  }

  // MARK: The whole view

  /// Whose tenant it is, and how much of its allowance is used.
  ///
  /// Another tenant's rows are no news of this one: they are forgotten.
  package func keepPlace(
    tenant: TenantID,
    server: String,
    allowance: Allowance,
    holder: String,
    now: Instant
  ) async throws {
    try await database.write(.everything) { db in
      try Self.requireLease(holder, now, in: db)
      var row = try db.row(of: "psa_state", "SELECT tenant FROM psa_state")
      let before = try row?.optionalNumber()
      if before != nil, before != tenant.rawValue {
        for table in ["psa_row", "psa_view", "psa_part", "psa_write"] {
          try db.run("DELETE FROM \(table)")
        }
        let sequence = try MirrorWriter(db, now: now).sequence
        try db.run("UPDATE psa_state SET read_at = NULL, bottom = ?", sequence)
      }
      try db.run(
        "UPDATE psa_state SET tenant = ?, server = ?, used = ?, allowed = ?",
        tenant,
        server,
        allowance.used,
        allowance.limit
      )
    }
  }

  /// How a look ended that began then: nil where it read everything, else why it did not.
  package func endLook(
    began: Instant,
    complaint: String?,
    holder: String,
    now: Instant
  ) async throws {
    try await database.write(.everything) { db in
      try Self.requireLease(holder, now, in: db)
      try db.run("UPDATE psa_state SET complaint = ?", complaint)
      guard complaint == nil else { return }
      try db.run("UPDATE psa_state SET read_at = ?", began)
      // The view is as new as this look, though nothing may have changed.
      try MirrorWriter(db, now: now).close()
    }
  }

  /// When the last look began, whoever looked.
  package func lastLook() async throws -> Instant? {
    try await database.read { db in
      var row = try db.row(of: "psa_state", "SELECT began_at FROM psa_state")
      return try row?.optionalInstant()
    }
  }

  package func beginLook(holder: String, now: Instant) async throws {
    try await database.write(.everything) { db in
      try Self.requireLease(holder, now, in: db)
      try db.run("UPDATE psa_state SET began_at = ?", now)
    }
  }

  /// Forgets who lost sight of what before this moment: agents that were away longer begin anew.
  package func dropTombstones(before moment: Instant) async throws {
    let bottom = moment.seconds * 1_000_000
    try await database.write(.everything) { db in
      try db.run("DELETE FROM psa_view WHERE is_gone = 1 AND sequence < ?", bottom)
      try db.run("UPDATE psa_state SET bottom = ? WHERE bottom < ?", bottom, bottom)
      try db.run("DELETE FROM psa_write WHERE is_create = 0 AND begun < ?", moment)
    }
  }

  package func gatewayStatus() async throws -> GatewayStatus {
    try await database.read { db in
      var status = GatewayStatus(isSet: true)
      let found = try db.row(
        of: "psa_state",
        "SELECT tenant, server, read_at, used, allowed, complaint FROM psa_state"
      )
      if var row = found {
        status.tenant = try row.optionalNumber().map(TenantID.init(rawValue:))
        status.server = try row.optionalText()
        status.readAt = try row.optionalInstant().map(WireTime.init)
        status.used = try row.optionalNumber().map(Int.init)
        status.allowed = try row.optionalNumber().map(Int.init)
        status.complaint = try row.optionalText()
      }
      for values in try db.rows("SELECT part, count(*) FROM psa_row GROUP BY part") {
        var row = RowReader(values, of: "psa_row")
        status.rows[try row.text()] = try row.count()
      }
      status.hidden = try Self.hidden(in: db)
      return status
    }
  }

  static func hidden(in db: any RegistrySession) throws -> [String: String] {
    var hidden: [String: String] = [:]
    for values in try db.rows("SELECT part, hidden FROM psa_part WHERE hidden IS NOT NULL") {
      var row = RowReader(values, of: "psa_part")
      let part: PSAViewPart? = try row.optionalWord()
      let reason = try row.text()
      for kind in Kind.allCases where part.map(PSAViewPart.parts(of: kind).contains) ?? false {
        hidden[kind.rawValue] = reason
      }
    }
    return hidden
  }
}
