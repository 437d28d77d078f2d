package import RegistryAPI
package import SyncEngine
package import SyncModel

/// What the view knows of one row for one resource.
package enum Sight: Hashable, Sendable {
  case never
  /// It was the resource's once.
  case lost
  case shown
}

/// The gateway's view of the PSA, as one resource sees it, and what its agent wrote.
extension RegistryStore {
  private static let rowsOnPage = 500

  /// What has changed for a resource since a sequence, in the order in which it did.
  ///
  /// Kinds that were not read yet, or not of late, are `hidden` with the reason. Throws `.busy`
  /// where that is so of appointments.
  ///
  /// - Parameter isWhole: `since` is a page of a reading that began with 0.
  package func viewChanges(
    of resource: ResourceID,
    kinds: [Kind],
    since: Int64,
    isWhole: Bool = false
  ) async throws -> ViewChanges {
    let parts = Set(kinds.flatMap(PSAViewPart.parts)).sorted()
    return try await database.read { db in
      let found = try db.row(
        of: "psa_state",
        "SELECT tenant, server, sequence, bottom, read_at, complaint FROM psa_state"
      )
      let notYet = RegistryProblem(
        .busy,
        "The registry is still reading the PSA for the first time. Come again in a minute."
      )
      guard var state = found, let tenant = try state.optionalNumber() else { throw notYet }
      let server = try state.optionalText() ?? ""
      let sequence = try state.number()
      let bottom = try state.number()
      let lookedAt = try state.optionalInstant()
      let complaint = try state.optionalText()
      guard let readAt = lookedAt else {
        throw complaint.map { RegistryProblem(.psa, $0) } ?? notYet
      }
      var hidden = try Self.hidden(in: db)
      let ready = try Self.readyParts(readAt, in: db)
      for kind in kinds where !ready.isSuperset(of: PSAViewPart.parts(of: kind)) {
        if kind == .appointment { throw notYet }
        hidden[kind.rawValue] = hidden[kind.rawValue] ?? notYet.message
      }
      let replaces = since > 0 && since < bottom && !isWhole
      let from = replaces ? 0 : since
      let rows = try Self.viewRows(of: resource, in: parts, since: from, in: db)
      let isLast = rows.count <= Self.rowsOnPage
      let page = rows.prefix(Self.rowsOnPage)
      return ViewChanges(
        tenant: TenantID(tenant),
        resource: resource,
        server: server,
        sequence: isLast ? sequence : page.last?.sequence ?? sequence,
        isLast: isLast,
        replaces: replaces,
        readAt: WireTime(readAt),
        complaint: complaint,
        hidden: hidden,
        rows: page.map(\.row)
      )
    }
  }

  /// Parts that were listed whole, and read within the two hours before the last look.
  private static func readyParts(
    _ readAt: Instant,
    in db: any RegistrySession
  ) throws -> Set<PSAViewPart> {
    let rows = try db.rows(
      "SELECT part FROM psa_part WHERE listed_at IS NOT NULL AND read_at >= ?",
      readAt.advanced(bySeconds: -2 * Instant.hour)
    )
    return Set(
      try rows.compactMap { values in
        var row = RowReader(values, of: "psa_part")
        return try row.optionalWord()
      }
    )
  }

  private static func viewRows(
    of resource: ResourceID,
    in parts: [PSAViewPart],
    since: Int64,
    in db: any RegistrySession
  ) throws -> [(sequence: Int64, row: PSAViewRow)] {
    let found = try db.rows(
      """
      SELECT v.sequence, v.is_gone, v.part, v.id, r.owner, r.parent, r.body, r.crew
      FROM psa_view v LEFT JOIN psa_row r ON r.part = v.part AND r.id = v.id
      WHERE v.resource = ? AND v.sequence > ? AND v.part IN \(places(parts.count))
        AND (v.is_gone = 0 OR ? > 0)
      ORDER BY v.sequence LIMIT ?
      """,
      [resource.sql, since.sql] + parts.map(\.sql) + [since.sql, (rowsOnPage + 1).sql]
    )
    return try found.map { values in
      var row = RowReader(values, of: "psa_view")
      let sequence = try row.number()
      let isGone = try row.flag()
      guard let part: PSAViewPart = try row.optionalWord() else {
        throw RegistryStoreFailure.unreadable(table: "psa_view")
      }
      if isGone { return (sequence, PSAViewRow(part: part, id: try row.id(), isGone: true)) }
      let read = try tenantRow(&row, of: part)
      return (
        sequence,
        PSAViewRow(
          part: part,
          id: read.id,
          parent: read.parent,
          item: read.item(for: resource),
          contact: read.contact
        )
      )
    }
  }

  /// What a resource sees of these rows, or once saw.
  package func sight(
    of ids: [PSAID],
    in part: PSAViewPart,
    by resource: ResourceID
  ) async throws -> [PSAID: Sight] {
    try await database.read { db in
      var sight: [PSAID: Sight] = [:]
      for start in stride(from: 0, to: ids.count, by: 500) {
        let some = ids[start..<min(start + 500, ids.count)]
        let rows = try db.rows(
          """
          SELECT id, is_gone FROM psa_view
          WHERE resource = ? AND part = ? AND id IN \(places(some.count))
          """,
          [resource.sql, part.sql] + some.map(\.sql)
        )
        for values in rows {
          var row = RowReader(values, of: "psa_view")
          let id: PSAID = try row.id()
          sight[id] = try row.flag() ? .lost : .shown
        }
      }
      return sight
    }
  }

  // MARK: Writes

  /// A write as it was begun before.
  package struct KnownWrite: Hashable, Sendable {
    package let begun: Instant
    /// Nil while it is under way, or where its process died.
    package let answer: WriteAnswer?
    /// The highest id before a create.
    package let above: PSAID
  }

  /// Puts a write on record before it is sent; gives the one of this key where there is one.
  ///
  /// Throws `.invalid` where the key belongs to another write.
  package func beginWrite(
    _ order: WriteOrder,
    of resource: ResourceID,
    above: PSAID,
    now: Instant
  ) async throws -> KnownWrite? {
    let digest = Token.digest(try JSONText.text(of: order))
    return try await database.write(.resource(resource)) { db in
      let found = try db.row(
        of: "psa_write",
        "SELECT digest, begun, answer, above FROM psa_write WHERE resource = ? AND key = ?",
        resource,
        order.key
      )
      if var row = found {
        guard try row.text() == digest else {
          throw RegistryProblem(.invalid, "The key \(order.key) belongs to another write.")
        }
        return KnownWrite(
          begun: try row.instant(),
          answer: try row.optionalText().map { try JSONText.value($0, of: "psa_write") },
          above: PSAID(try row.number())
        )
      }
      try db.run(
        """
        INSERT INTO psa_write
          (resource, key, digest, kind, target, is_create, above, begun, answer, is_seen)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 0)
        """,
        resource,
        order.key,
        digest,
        order.kind,
        order.target,
        order.create != nil,
        above,
        now
      )
      return nil
    }
  }

  /// Whether a write of the resource's is under way, one of these apart: begun after this moment, and
  /// without an answer.
  package func hasOpenWrite(
    of resource: ResourceID,
    since moment: Instant,
    except keys: [String] = []
  ) async throws -> Bool {
    try await database.read { db in
      let others = keys.isEmpty ? "" : "AND key NOT IN \(places(keys.count))"
      return try db.count(
        """
        SELECT count(*) FROM psa_write
        WHERE resource = ? AND answer IS NULL AND begun > ? \(others)
        """,
        [resource.sql, moment.sql] + keys.map(\.sql)
      ) > 0
    }
  }

  /// Says that these are still under way.
  package func touchWrites(
    _ keys: [String],
    of resource: ResourceID,
    now: Instant
  ) async throws {
    try await database.write(.resource(resource)) { db in
      _ = try db.change(
        """
        UPDATE psa_write SET begun = ?
        WHERE resource = ? AND answer IS NULL AND key IN \(places(keys.count))
        """,
        [now.sql, resource.sql] + keys.map(\.sql)
      )
    }
  }

  /// What became of a write; nil takes it back, for it was not tried.
  package func endWrite(
    _ key: String,
    of resource: ResourceID,
    _ answer: WriteAnswer?
  ) async throws {
    try await database.write(.resource(resource)) { db in
      guard let answer else {
        try db.run("DELETE FROM psa_write WHERE resource = ? AND key = ?", resource, key)
        return
      }
      try db.run(
        """
        UPDATE psa_write SET answer = ?, target = coalesce(target, ?), is_seen = 0
        WHERE resource = ? AND key = ?
        """,
        try JSONText.text(of: answer),
        answer.id,
        resource,
        key
      )
    }
  }

  /// Rows that the resource's agent may have written and that the view does not show yet.
  package func unseenWrites(
    of resource: ResourceID
  ) async throws -> [(key: String, kind: Kind, target: PSAID)] {
    try await database.read { db in
      try db.rows(
        """
        SELECT key, kind, target FROM psa_write
        WHERE resource = ? AND is_seen = 0 AND target IS NOT NULL AND answer IS NOT NULL
        ORDER BY begun, key
        """,
        resource
      ).map { values in
        var row = RowReader(values, of: "psa_write")
        let key = try row.text()
        guard let kind: Kind = try row.optionalWord() else {
          throw RegistryStoreFailure.unreadable(table: "psa_write")
        }
        return (key, kind, try row.id())
      }
    }
  }

  package func markSeen(_ keys: [String], of resource: ResourceID) async throws {
    guard !keys.isEmpty else { return }
    try await database.write(.resource(resource)) { db in
      _ = try db.change(
        "UPDATE psa_write SET is_seen = 1 WHERE resource = ? AND key IN \(places(keys.count))",
        [resource.sql] + keys.map(\.sql)
      )
    }
  }

  /// Those of these rows that the resource's agent made through the gateway.
  package func made(
    _ ids: [PSAID],
    of kind: Kind,
    by resource: ResourceID
  ) async throws -> Set<PSAID> {
    try await database.read { db in
      guard !ids.isEmpty else { return [] }
      let rows = try db.rows(
        """
        SELECT target FROM psa_write
        WHERE resource = ? AND kind = ? AND is_create = 1 AND target IN \(places(ids.count))
        """,
        [resource.sql, kind.sql] + ids.map(\.sql)
      )
      return Set(
        try rows.map { values in
          var row = RowReader(values, of: "psa_write")
          return try row.id()
        }
      )
    }
  }

  /// How new the view is.
  package func viewSequence() async throws -> Int64 {
    try await database.read { db in
      var row = try db.row(of: "psa_state", "SELECT sequence FROM psa_state")
      return try row?.number() ?? 0
    }
  }
}
