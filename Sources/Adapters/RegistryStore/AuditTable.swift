internal import SyncModel

/// Rows of `audit`: every act of an admin, written in the act's own transaction.
enum AuditTable {
  /// Words for what was done.
  enum Act: String {
    case saveSettings = "save-settings"
    case setAccountPassword = "set-account-password"
    case forgetAccountPassword = "forget-account-password"
    case keepResources = "keep-resources"
    case enable, disable
    case makeCode = "make-code"
    case withdrawCode = "withdraw-code"
    case enrol
    case revokeAgent = "revoke-agent"
    case setProfile = "set-profile"
    case approve
    case makeAdmin = "make-admin"
    case setPassword = "set-password"
    case removeAdmin = "remove-admin"
    case makeToken = "make-token"
    case revokeToken = "revoke-token"
  }

  static func add(
    _ act: Act,
    _ subject: String,
    _ details: String = "",
    by admin: AdminName,
    now: Instant,
    in db: any RegistrySession
  ) throws {
    try db.run(
      "INSERT INTO audit (at, actor, act, subject, details) VALUES (?, ?, ?, ?, ?)",
      now,
      admin,
      act.rawValue,
      subject,
      details
    )
  }
}

extension RegistryStore {
  /// The newest first.
  package func audit(_ page: Page = Page()) async throws -> Listed<AuditRow> {
    try await database.read { db in
      let rows = try db.rows(
        """
        SELECT number, at, actor, act, subject, details FROM audit
        ORDER BY number DESC LIMIT ? OFFSET ?
        """,
        page.size,
        page.offset
      ).map { values in
        var row = RowReader(values, of: "audit")
        return AuditRow(
          number: try row.number(),
          at: try row.instant(),
          by: try row.name(),
          act: try row.text(),
          subject: try row.text(),
          details: try row.text()
        )
      }
      return Listed(rows: rows, total: try db.count("SELECT count(*) FROM audit"))
    }
  }
}

extension Page {
  var offset: Int { number * size }
}
