internal import RegistryAPI
package import SyncModel

/// Rows of `hold`: what waits for a person, and whether it is approved.
enum HoldTable {
  static func approvals(
    of resource: ResourceID,
    in db: any RegistrySession
  ) throws -> [PlanDigest] {
    try db.rows(
      "SELECT digest FROM hold WHERE resource = ? AND approved IS NOT NULL ORDER BY place",
      resource
    ).map { values in
      var row = RowReader(values, of: "hold")
      return try row.name()
    }
  }

  /// What is held no more goes, with its approval.
  static func replace(
    of identity: AgentIdentity,
    with holds: [HoldReport],
    in db: any RegistrySession
  ) throws {
    var digests: Set<PlanDigest> = []
    let unique = holds.filter { digests.insert($0.digest).inserted }
    let others = unique.isEmpty ? "" : "AND digest NOT IN \(places(unique.count))"
    _ = try db.change(
      "DELETE FROM hold WHERE resource = ? \(others)",
      [identity.resource.sql] + unique.map(\.digest.sql)
    )
    for (place, hold) in unique.enumerated() {
      try db.run(
        """
        INSERT INTO hold (resource, digest, agent, place, report) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (resource, digest) DO UPDATE SET agent = excluded.agent,
          place = excluded.place, report = excluded.report
        """,
        identity.resource,
        hold.digest,
        identity.agent,
        place,
        try JSONText.text(of: hold)
      )
    }
  }
}

extension RegistryStore {
  /// What waits, by name of the resource.
  package func holds(of resource: ResourceID? = nil) async throws -> [HoldRow] {
    try await database.read { db in
      try db.rows(
        """
        SELECT h.resource, coalesce(r.name, ''), h.agent, h.report, h.approved_by, h.approved
        FROM hold h LEFT JOIN resource r ON r.number = h.resource
        \(resource == nil ? "" : "WHERE h.resource = ?")
        ORDER BY r.search_key, h.resource, h.place
        """,
        resource.map { [$0.sql] } ?? []
      ).map { values in
        var row = RowReader(values, of: "hold")
        return HoldRow(
          resource: try row.id(),
          resourceName: try row.text(),
          agent: try row.name(),
          hold: try JSONText.value(try row.text(), of: "hold"),
          approvedBy: try row.optionalName(),
          approvedAt: try row.optionalInstant()
        )
      }
    }
  }

  /// Lets the next run do what is held under the digest.
  ///
  /// Throws `.notFound` if no such hold waits, `.invalid` if approval would change nothing.
  package func approve(
    _ digest: PlanDigest,
    of resource: ResourceID,
    by admin: AdminName,
    now: Instant
  ) async throws {
    try await database.write(.resource(resource)) { db in
      let sql = "SELECT report FROM hold WHERE resource = ? AND digest = ?"
      guard var row = try db.row(of: "hold", sql, resource, digest) else {
        throw RegistryProblem(
          .notFound,
          "Resource \(resource) holds nothing under \(digest). Look again: it may be done, or "
            + "something else may be held by now."
        )
      }
      let hold: HoldReport = try JSONText.value(try row.text(), of: "hold")
      guard hold.needsApproval else {
        throw RegistryProblem(.invalid, "Approving this changes nothing: \(hold.reason)")
      }
      try db.run(
        """
        UPDATE hold SET approved = ?, approved_by = ?
        WHERE resource = ? AND digest = ? AND approved IS NULL
        """,
        now,
        admin,
        resource,
        digest
      )
      try AuditTable.add(
        .approve,
        "resource \(resource)",
        digest.rawValue,
        by: admin,
        now: now,
        in: db
      )
    }
  }
}
