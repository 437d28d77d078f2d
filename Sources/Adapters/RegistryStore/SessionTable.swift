internal import Cryptography
internal import RegistryAPI
package import SyncModel

/// Rows of `session` and `admin_token`: who is known to be an admin.
enum SessionTable {
  static let lifetime: Int64 = 12 * 3_600
  static let idleTime: Int64 = 30 * 60
  /// Uses are noted this often at most.
  static let grain: Int64 = 60

  static func begin(
    _ token: String,
    of key: String,
    now: Instant,
    in db: any RegistrySession
  ) throws {
    try db.run(
      "DELETE FROM session WHERE made <= ? OR seen <= ?",
      now.advanced(bySeconds: -lifetime),
      now.advanced(bySeconds: -idleTime)
    )
    try db.run(
      "INSERT INTO session (digest, key, made, seen) VALUES (?, ?, ?, ?)",
      Token.digest(token),
      key,
      now,
      now
    )
  }

  /// Follows from the session's token, so it need not be kept.
  static func csrf(_ token: String) throws -> String {
    Token.base64URL(try HMAC.code(of: Array("csrf".utf8), key: Array(token.utf8)))
  }
}

extension RegistryStore {
  /// Throws `.unknownToken`, or `.expired` (12 hours, or 30 minutes without a call).
  package func session(token: String, now: Instant) async throws -> AdminSession {
    let digest = Token.digest(token)
    let (name, seen): (AdminName, Instant) = try await database.read { db in
      let sql = """
        SELECT a.name, s.made, s.seen FROM session s JOIN admin a ON a.key = s.key
        WHERE s.digest = ?
        """
      guard var row = try db.row(of: "session", sql, digest) else {
        throw RegistryProblem(.unknownToken, "Sign in first.")
      }
      let name: AdminName = try row.name()
      let (made, seen) = (try row.instant(), try row.instant())
      guard now < made.advanced(bySeconds: SessionTable.lifetime),
        now < seen.advanced(bySeconds: SessionTable.idleTime)
      else { throw RegistryProblem(.expired, "The session is over. Sign in again.") }
      return (name, seen)
    }
    if now >= seen.advanced(bySeconds: SessionTable.grain) {
      try await database.write(.everything) { db in
        _ = try db.run(
          "UPDATE session SET seen = ? WHERE digest = ? AND seen < ?",
          now,
          digest,
          now
        )
      }
    }
    return AdminSession(name: name, csrf: try SessionTable.csrf(token))
  }

  package func signOut(token: String) async throws {
    try await database.write(.everything) { db in
      _ = try db.run("DELETE FROM session WHERE digest = ?", Token.digest(token))
    }
  }

  /// A token for the admin's API, shown this once.
  ///
  /// Throws `.invalid`.
  package func makeToken(_ name: String, by admin: AdminName, now: Instant) async throws -> String {
    guard (1...64).contains(name.count), !name.contains(where: \.isNewline) else {
      throw RegistryProblem(.invalid, "A token's name is one line of up to 64 characters.")
    }
    let token = try Token.made(Token.adminPrefix, dice)
    try await database.write(.everything) { db in
      try db.run(
        "INSERT INTO admin_token (name, digest, made, made_by) VALUES (?, ?, ?, ?)",
        name,
        Token.digest(token),
        now,
        admin
      )
      try AuditTable.add(.makeToken, "token \(name)", by: admin, now: now, in: db)
    }
    return token
  }

  /// Who calls with an API token.
  ///
  /// Throws `.unknownToken`, `.revoked`, or `.forbidden` for an agent's.
  package func admin(token: String, now: Instant) async throws -> AdminName {
    guard !token.hasPrefix(Token.agentPrefix) else {
      throw RegistryProblem(.forbidden, "This is an agent's token. Make one for admins.")
    }
    return try await database.read { db in
      let sql = "SELECT name, revoked FROM admin_token WHERE digest = ?"
      guard var row = try db.row(of: "admin_token", sql, Token.digest(token)) else {
        throw RegistryProblem(.unknownToken, "Nobody gave out this token. Make a new one.")
      }
      let name = try row.text()
      guard try row.optionalInstant() == nil else {
        throw RegistryProblem(.revoked, "This token was revoked. Make a new one.")
      }
      return AdminName("token \(name)")
    }
  }

  /// The newest first.
  package func tokens() async throws -> [AdminTokenRow] {
    try await database.read { db in
      try db.rows(
        "SELECT number, name, made, made_by, revoked FROM admin_token ORDER BY number DESC"
      ).map { values in
        var row = RowReader(values, of: "admin_token")
        return AdminTokenRow(
          number: try row.number(),
          name: try row.text(),
          made: try row.instant(),
          madeBy: try row.name(),
          revoked: try row.optionalInstant()
        )
      }
    }
  }

  /// Throws `.notFound` where no such token counts.
  package func revokeToken(_ number: Int64, by admin: AdminName, now: Instant) async throws {
    try await database.write(.everything) { db in
      let changed = try db.run(
        "UPDATE admin_token SET revoked = ? WHERE number = ? AND revoked IS NULL",
        now,
        number
      )
      guard changed > 0 else {
        throw RegistryProblem(.notFound, "There is no token \(number) that could be revoked.")
      }
      try AuditTable.add(.revokeToken, "token \(number)", by: admin, now: now, in: db)
    }
  }
}
