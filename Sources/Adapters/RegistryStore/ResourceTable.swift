internal import Foundation
internal import RegistryAPI
package import SyncModel

/// Rows of `resource`: whom the PSA knows, and what their agents reported last.
enum ResourceTable {
  /// What a person may type to find a resource; case does not count.
  static func searchKey(_ name: String, _ mail: String, _ number: ResourceID) -> String {
    "\(name)\n\(mail)\n\(number)".lowercased()
  }

  /// The list with each one's state as a number of `ResourceState.urgency`; takes `now` once.
  static let listed = """
    WITH listed AS (
      SELECT r.number, r.name, r.mail, r.search_key, r.is_active, r.is_enabled,
        a.agent, a.machine, a.version, r.last_attempt, r.last_success, r.outcome, r.reason,
        r.next_due, r.held, r.policy,
        CASE
          WHEN r.is_enabled = 0 OR r.is_active = 0 THEN \(rank(.disabled))
          WHEN r.last_attempt IS NULL THEN \(rank(.never))
          WHEN coalesce(
            r.next_due, r.last_attempt + 60 * coalesce((SELECT minutes FROM settings), 15)
          ) + \(RegistryStore.silence) < ? THEN \(rank(.overdue))
          WHEN r.ended_outcome IS NULL THEN \(rank(.never))
          WHEN r.ended_outcome IN ('failed', 'interrupted') THEN \(rank(.failing))
          WHEN r.held > 0 THEN \(rank(.waiting))
          WHEN r.ended_outcome = 'success-with-errors' THEN \(rank(.withErrors))
          ELSE \(rank(.inStep))
        END AS state
      FROM resource r LEFT JOIN agent a ON a.resource = r.number AND a.revoked IS NULL
    )
    """

  static let columns = """
    number, name, mail, is_active, is_enabled, agent, machine, version, last_attempt,
    last_success, outcome, reason, next_due, held, policy, state
    """

  private static func rank(_ state: ResourceState) -> Int {
    ResourceState.allCases.firstIndex(of: state) ?? ResourceState.allCases.count
  }

  static func status(_ values: [SQLValue]) throws -> ResourceStatus {
    var row = RowReader(values, of: "resource")
    let number: ResourceID = try row.id()
    let (name, mail) = (try row.text(), try row.text())
    let (isActive, isEnabled) = (try row.flag(), try row.flag())
    let agent: AgentID? = try row.optionalName()
    let (machine, version) = (try row.optionalText(), try row.optionalText())
    let (lastAttempt, lastSuccess) = (try row.optionalInstant(), try row.optionalInstant())
    let outcome: Outcome? = try row.optionalWord()
    let reason = try row.optionalText()
    let nextDue = try row.optionalInstant()
    let held = try row.count()
    let policy = try row.optionalNumber().map(Int.init)
    return ResourceStatus(
      number: number,
      name: name,
      mail: mail,
      isActive: isActive,
      isEnabled: isEnabled,
      state: try state(&row),
      agent: agent,
      machine: machine,
      version: version,
      lastAttempt: lastAttempt,
      lastSuccess: lastSuccess,
      outcome: outcome,
      reason: reason,
      nextDue: nextDue,
      held: held,
      policyVersion: policy
    )
  }

  static func state(_ row: inout RowReader) throws -> ResourceState {
    let rank = try row.count()
    guard ResourceState.allCases.indices.contains(rank) else {
      throw RegistryStoreFailure.unreadable(table: "resource")
    }
    return ResourceState.allCases[rank]
  }

  /// The name of a resource; throws `.notFound`.
  static func name(of resource: ResourceID, in db: any RegistrySession) throws -> String {
    var row = try db.row(of: "resource", "SELECT name FROM resource WHERE number = ?", resource)
    guard let name = try row?.text() else { throw notFound(resource) }
    return name
  }

  static func notFound(_ resource: ResourceID) -> RegistryProblem {
    RegistryProblem(
      .notFound,
      "There is no resource \(resource). New people come with 'lockstep-registry resources import'."
    )
  }

  /// What a filter asks for, as conditions and their values.
  static func conditions(_ filter: ResourceFilter) -> (sql: String, values: [SQLValue]) {
    var conditions: [String] = []
    var values: [SQLValue] = []
    if !filter.search.isEmpty {
      conditions.append("search_key LIKE ? ESCAPE '!'")
      var pattern = filter.search.lowercased()
      for special in ["!", "%", "_"] { pattern = pattern.replacing(special, with: "!" + special) }
      values.append("%\(pattern)%".sql)
    }
    if let state = filter.state {
      conditions.append("state = ?")
      values.append(rank(state).sql)
    }
    if let time = filter.olderThan {
      conditions.append("(last_success IS NULL OR last_success < ?)")
      values.append(time.sql)
    }
    if let reason = filter.reason {
      conditions.append("reason = ?")
      values.append(reason.sql)
    }
    if let isEnabled = filter.isEnabled {
      conditions.append("is_enabled = ?")
      values.append(isEnabled.sql)
    }
    let sql = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    return (sql, values)
  }

  /// Rows without the value stand last in both directions.
  static func order(_ filter: ResourceFilter) -> String {
    let column =
      switch filter.sort {
      case .name: "search_key"
      case .number: "number"
      case .state: "state"
      case .lastAttempt: "last_attempt"
      case .lastSuccess: "last_success"
      case .nextDue: "next_due"
      case .reason: "reason"
      case .held: "held"
      case .version: "version"
      }
    let direction = filter.isDescending ? "DESC" : "ASC"
    return "ORDER BY \(column) IS NULL, \(column) \(direction), number \(direction)"
  }
}

extension RegistryStore {
  /// Takes over names and addresses from the PSA or from a list; new ones are not enabled.
  ///
  /// With `isWhole` those that are not named become inactive. Nil for `admin`: the registry itself.
  package func keepResources(
    _ rows: [ResourceRow],
    isWhole: Bool = false,
    by admin: AdminName? = nil,
    now: Instant
  ) async throws {
    // PostgreSQL does not take one row twice in a statement: the last one counts.
    let unique = Dictionary(rows.map { ($0.number, $0) }) { $1 }
      .values.sorted { $0.number < $1.number }
    try await database.write(.everything) { db in
      let listing = try db.count("SELECT max(listing) FROM resource") + 1
      for start in stride(from: 0, to: unique.count, by: 200) {
        let part = unique[start..<min(start + 200, unique.count)]
        let lines = Array(repeating: "(?, ?, ?, ?, ?, 0, ?, 0)", count: part.count)
        _ = try db.change(
          """
          INSERT INTO resource
            (number, name, mail, search_key, is_active, is_enabled, listing, held)
          VALUES \(lines.joined(separator: ", "))
          ON CONFLICT (number) DO UPDATE SET name = excluded.name, mail = excluded.mail,
            search_key = excluded.search_key, is_active = excluded.is_active,
            listing = excluded.listing
          """,
          part.flatMap { row in
            [
              row.number.sql, row.name.sql, row.mail.sql,
              ResourceTable.searchKey(row.name, row.mail, row.number).sql, row.isActive.sql,
              listing.sql,
            ]
          }
        )
      }
      if isWhole { try db.run("UPDATE resource SET is_active = 0 WHERE listing <> ?", listing) }
      if let admin {
        try AuditTable.add(
          .keepResources,
          "\(unique.count) resources",
          by: admin,
          now: now,
          in: db
        )
      }
    }
  }

  package func resources(
    _ filter: ResourceFilter = ResourceFilter(),
    now: Instant
  ) async throws -> Listed<ResourceStatus> {
    try await database.read { db in
      let (conditions, values) = ResourceTable.conditions(filter)
      let total = try db.count(
        "\(ResourceTable.listed) SELECT count(*) FROM listed \(conditions)",
        [now.sql] + values
      )
      let rows = try db.rows(
        """
        \(ResourceTable.listed) SELECT \(ResourceTable.columns) FROM listed \(conditions)
        \(ResourceTable.order(filter)) LIMIT ? OFFSET ?
        """,
        [now.sql] + values + [filter.page.size.sql, filter.page.offset.sql]
      )
      return Listed(rows: try rows.map(ResourceTable.status), total: total)
    }
  }

  /// Throws `.notFound`.
  package func resource(_ number: ResourceID, now: Instant) async throws -> ResourceStatus {
    try await database.read { db in
      let rows = try db.rows(
        "\(ResourceTable.listed) SELECT \(ResourceTable.columns) FROM listed WHERE number = ?",
        now,
        number
      )
      guard let values = rows.first else { throw ResourceTable.notFound(number) }
      return try ResourceTable.status(values)
    }
  }

  /// Switches resources on or off, and gives those that were switched on just now.
  ///
  /// Throws `.notFound` where one does not exist; then none was switched.
  package func setEnabled(
    _ numbers: [ResourceID],
    _ isEnabled: Bool,
    by admin: AdminName,
    now: Instant
  ) async throws -> [ResourceID] {
    let wanted = Array(Set(numbers)).sorted()
    return try await database.write(.everything) { db in
      var switched: [ResourceID] = []
      for start in stride(from: 0, to: wanted.count, by: 500) {
        let part = Array(wanted[start..<min(start + 500, wanted.count)])
        let known = try db.rows(
          "SELECT number, is_enabled FROM resource WHERE number IN \(places(part.count))",
          part.map(\.sql)
        )
        var states: [ResourceID: Bool] = [:]
        for values in known {
          var row = RowReader(values, of: "resource")
          states[try row.id()] = try row.flag()
        }
        if let missing = part.first(where: { states[$0] == nil }) {
          throw ResourceTable.notFound(missing)
        }
        let changed = part.filter { states[$0] != isEnabled }
        if changed.isEmpty { continue }
        _ = try db.change(
          "UPDATE resource SET is_enabled = ? WHERE number IN \(places(changed.count))",
          [isEnabled.sql] + changed.map(\.sql)
        )
        switched += changed
      }
      if !switched.isEmpty {
        let named = switched.prefix(20).map(\.description).joined(separator: ", ")
        try AuditTable.add(
          isEnabled ? .enable : .disable,
          switched.count == 1 ? "resource \(named)" : "\(switched.count) resources",
          switched.count > 20 ? named + ", …" : named,
          by: admin,
          now: now,
          in: db
        )
      }
      return isEnabled ? switched : []
    }
  }

  /// Why enabled resources are not in step, and how many for each reason, the most frequent first.
  package func reasons(limit: Int = 50) async throws -> [(reason: String, count: Int)] {
    try await database.read { db in
      try db.rows(
        """
        SELECT reason, count(*) AS number FROM resource
        WHERE reason IS NOT NULL AND is_enabled = 1
        GROUP BY reason ORDER BY number DESC, reason LIMIT ?
        """,
        limit
      ).map { values in
        var row = RowReader(values, of: "resource")
        return (reason: try row.text(), count: try row.count())
      }
    }
  }

  /// Figures for `/metrics`.
  package func counts(now: Instant) async throws -> RegistryCounts {
    try await database.read { db in
      var states: [ResourceState: Int] = [:]
      let byState = "\(ResourceTable.listed) SELECT state, count(*) FROM listed GROUP BY state"
      for values in try db.rows(byState, now) {
        var row = RowReader(values, of: "resource")
        states[try ResourceTable.state(&row)] = try row.count()
      }
      var outcomes: [Outcome: Int] = [:]
      let byOutcome =
        "SELECT outcome, count(*) FROM attempt WHERE started >= ? GROUP BY outcome"
      for values in try db.rows(byOutcome, now.advanced(bySeconds: -3_600)) {
        var row = RowReader(values, of: "attempt")
        if let outcome: Outcome = try row.optionalWord() { outcomes[outcome] = try row.count() }
      }
      return RegistryCounts(
        resources: states,
        agents: try db.count("SELECT count(*) FROM agent WHERE revoked IS NULL"),
        attempts: outcomes,
        holds: try db.count("SELECT count(*) FROM hold"),
        mailsWaiting: try db.count("SELECT count(*) FROM mail WHERE sent IS NULL")
      )
    }
  }
}
