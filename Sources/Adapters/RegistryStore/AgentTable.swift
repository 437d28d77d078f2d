package import RegistryAPI
package import SyncModel

/// Rows of `agent`, one for each enrolment; of one resource and of one agent at most one counts.
enum AgentTable {
  static let lifetimeDays = 400

  /// Ends what counts for the resource or the agent now; nothing where there is nothing.
  static func revoke(
    resource: ResourceID,
    agent: AgentID,
    by admin: AdminName,
    now: Instant,
    in db: any RegistrySession
  ) throws {
    try db.run(
      """
      UPDATE agent SET revoked = ?, revoked_by = ?
      WHERE revoked IS NULL AND (resource = ? OR agent = ?)
      """,
      now,
      admin,
      resource,
      agent
    )
  }

  /// Throws `.revoked` where the agent does not serve the resource any more.
  static func require(_ identity: AgentIdentity, in db: any RegistrySession) throws {
    let live = try db.count(
      "SELECT count(*) FROM agent WHERE agent = ? AND resource = ? AND revoked IS NULL",
      [identity.agent.sql, identity.resource.sql]
    )
    guard live > 0 else { throw revoked }
  }

  static let servedByRegistry = RegistryProblem(
    .revoked,
    "The registry serves the mailboxes itself now, with an account for everybody, and agents do not "
      + "run beside it. Both calendars stay as they are."
  )

  static let revoked = RegistryProblem(
    .revoked,
    "This agent may not report any more: another one took over, or an admin revoked it. Ask your "
      + "admin for a new code."
  )
}

extension RegistryStore {
  /// Gives an agent its token for a code.
  ///
  /// Throws `.unknownCode`, `.expired`, `.taken`, or `.invalid` where the code is for somebody else
  /// than the agent's settings serve; a code is used up only where it was good.
  package func enrol(_ request: EnrolmentRequest, now: Instant) async throws -> Enrolment {
    let token = try Token.made(Token.agentPrefix, dice)
    let expires = now.advanced(byDays: AgentTable.lifetimeDays)
    return try await database.write(.everything) { db in
      let wanted = request.resource.map { ResourceID($0) }
      let (resource, takesOver) = try CodeTable.use(request.code, for: wanted, now: now, in: db)
      let name = try ResourceTable.name(of: resource, in: db)
      var former = try db.row(
        of: "agent",
        """
        SELECT machine FROM agent
        WHERE resource = ? AND agent <> ? AND revoked IS NULL AND expires > ?
        """,
        resource,
        request.agent,
        now
      )
      if let machine = try former?.text(), !takesOver, !request.takesOver {
        throw RegistryProblem(
          .taken,
          "\(name) already has an agent on \(machine). With --take-over this one takes its place "
            + "and the other one stops."
        )
      }
      let actor = AdminName("agent \(request.agent)")
      try AgentTable.revoke(
        resource: resource,
        agent: request.agent,
        by: AdminName("take-over"),
        now: now,
        in: db
      )
      try db.run(
        """
        INSERT INTO agent (agent, resource, machine, version, digest, enrolled, expires)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        request.agent,
        resource,
        request.machine,
        request.version,
        Token.digest(token),
        now,
        expires
      )
      try AuditTable.add(.enrol, "resource \(resource)", name, by: actor, now: now, in: db)
      var mail = try db.row(
        of: "resource",
        "SELECT mail FROM resource WHERE number = ?",
        resource
      )
      return Enrolment(
        token: token,
        expires: WireTime(expires),
        resource: resource.rawValue,
        resourceName: name,
        resourceMail: try mail?.text()
      )
    }
  }

  /// Throws `.unknownToken`, `.revoked`, `.expired`, or `.forbidden` for an admin's token.
  package func agent(token: String, now: Instant) async throws -> AgentIdentity {
    guard !token.hasPrefix(Token.adminPrefix), !token.hasPrefix(Token.sessionPrefix) else {
      throw RegistryProblem(.forbidden, "This is an admin's token. Agents enrol with a code.")
    }
    return try await database.glance { db in
      let sql = "SELECT agent, resource, expires, revoked FROM agent WHERE digest = ?"
      guard var row = try db.row(of: "agent", sql, Token.digest(token)) else {
        throw RegistryProblem(
          .unknownToken,
          "Nobody gave out this token. Ask your admin for a code and enrol again."
        )
      }
      let identity = AgentIdentity(agent: try row.name(), resource: try row.id())
      let expires = try row.instant()
      guard try row.optionalInstant() == nil else {
        let isServed = try SettingsTable.saved(in: db).settings.usesAccountForEverybody
        throw isServed ? AgentTable.servedByRegistry : AgentTable.revoked
      }
      guard now < expires else {
        throw RegistryProblem(
          .expired,
          "This agent's token was good until \(expires). Ask your admin for a code and enrol again."
        )
      }
      return identity
    }
  }

  /// The newest enrolment first.
  package func agents(
    _ page: Page = Page(),
    onlyLive: Bool = false
  ) async throws -> Listed<AgentRow> {
    try await database.read { db in
      let condition = onlyLive ? "WHERE a.revoked IS NULL" : ""
      let rows = try db.rows(
        """
        SELECT a.number, a.agent, a.resource, coalesce(r.name, ''), a.machine, a.version,
          a.enrolled, a.expires, a.revoked, a.revoked_by
        FROM agent a LEFT JOIN resource r ON r.number = a.resource \(condition)
        ORDER BY a.number DESC LIMIT ? OFFSET ?
        """,
        page.size,
        page.offset
      ).map { values in
        var row = RowReader(values, of: "agent")
        return AgentRow(
          number: try row.number(),
          agent: try row.name(),
          resource: try row.id(),
          resourceName: try row.text(),
          machine: try row.text(),
          version: try row.text(),
          enrolled: try row.instant(),
          expires: try row.instant(),
          revoked: try row.optionalInstant(),
          revokedBy: try row.optionalName()
        )
      }
      let total = try db.count("SELECT count(*) FROM agent a \(condition)")
      return Listed(rows: rows, total: total)
    }
  }

  /// Throws `.notFound` where no such agent counts.
  package func revoke(_ agent: AgentID, by admin: AdminName, now: Instant) async throws {
    try await database.write(.everything) { db in
      let changed = try db.run(
        "UPDATE agent SET revoked = ?, revoked_by = ? WHERE agent = ? AND revoked IS NULL",
        now,
        admin,
        agent
      )
      guard changed > 0 else {
        throw RegistryProblem(.notFound, "There is no agent \(agent) that could be revoked.")
      }
      try AuditTable.add(.revokeAgent, "agent \(agent)", by: admin, now: now, in: db)
    }
  }
}
