internal import Cryptography
internal import RegistryAPI
package import SyncModel

/// Rows of `code`: one-time codes for enrolment, of which only digests are kept.
enum CodeTable {
  static func made(_ dice: RegistryStore.Dice) throws -> String {
    let letters = EnrolmentCode.alphabet
    // A byte above the last whole round of letters would make the first ones likelier.
    let limit = 256 - 256 % letters.count
    var code = ""
    while code.count < EnrolmentCode.length {
      for byte in try dice(EnrolmentCode.length) where Int(byte) < limit {
        if code.count < EnrolmentCode.length { code.append(letters[Int(byte) % letters.count]) }
      }
    }
    return code
  }

  /// Uses a code up, and says for whom it is; nil for `wanted`: for anybody.
  static func use(
    _ typed: String,
    for wanted: ResourceID?,
    now: Instant,
    in db: any RegistrySession
  ) throws -> (resource: ResourceID, takesOver: Bool) {
    let digest = Token.digest(EnrolmentCode.normalised(typed))
    let sql = "SELECT resource, takes_over, expires, used, withdrawn FROM code WHERE digest = ?"
    guard var row = try db.row(of: "code", sql, digest) else {
      throw RegistryProblem(
        .unknownCode,
        "Nobody gave out this code. Compare it with the mail, or ask your admin for a new one."
      )
    }
    let resource: ResourceID = try row.id()
    let takesOver = try row.flag()
    let expires = try row.instant()
    guard try row.optionalInstant() == nil else {
      throw RegistryProblem(
        .unknownCode,
        "This code was used already. Ask your admin for a new one."
      )
    }
    guard try row.optionalInstant() == nil else {
      throw RegistryProblem(.unknownCode, "This code was withdrawn. Ask your admin for a new one.")
    }
    guard now < expires else {
      throw RegistryProblem(
        .expired,
        "This code was good until \(expires). Ask your admin for a new one."
      )
    }
    if let wanted, wanted != resource {
      throw RegistryProblem(
        .invalid,
        "This code is for resource \(resource), and the agent's settings serve resource \(wanted). "
          + "It is not used up. Ask your admin for a code of the right resource, or mend `resource` "
          + "under [psa]."
      )
    }
    try db.run("UPDATE code SET used = ? WHERE digest = ?", now, digest)
    return (resource, takesOver)
  }
}

extension RegistryStore {
  /// 16 letters of `EnrolmentCode.alphabet`, shown this once; good for 7 days unless said otherwise.
  ///
  /// With `takeOver` it revokes the agent that the resource has, as the agent's own `--take-over`
  /// does. Throws `.notFound`.
  package func makeCode(
    for resource: ResourceID,
    takeOver: Bool = false,
    by admin: AdminName,
    now: Instant,
    lifetime seconds: Int64 = 7 * 86_400
  ) async throws -> String {
    let code = try CodeTable.made(dice)
    try await database.write(.everything) { db in
      let name = try ResourceTable.name(of: resource, in: db)
      try db.run(
        """
        INSERT INTO code (digest, resource, takes_over, made, made_by, expires)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        Token.digest(code),
        resource,
        takeOver,
        now,
        admin,
        now.advanced(bySeconds: seconds)
      )
      try AuditTable.add(.makeCode, "resource \(resource)", name, by: admin, now: now, in: db)
    }
    return code
  }

  /// The newest first, a thousand at most.
  package func codes() async throws -> [CodeRow] {
    try await database.read { db in
      try db.rows(
        """
        SELECT c.number, c.resource, coalesce(r.name, ''), c.takes_over, c.made, c.made_by,
          c.expires, c.used, c.withdrawn
        FROM code c LEFT JOIN resource r ON r.number = c.resource
        ORDER BY c.number DESC LIMIT 1000
        """
      ).map { values in
        var row = RowReader(values, of: "code")
        return CodeRow(
          number: try row.number(),
          resource: try row.id(),
          resourceName: try row.text(),
          takesOver: try row.flag(),
          made: try row.instant(),
          madeBy: try row.name(),
          expires: try row.instant(),
          used: try row.optionalInstant(),
          withdrawn: try row.optionalInstant()
        )
      }
    }
  }

  /// Throws `.notFound` where no such code waits.
  package func withdrawCode(_ number: Int64, by admin: AdminName, now: Instant) async throws {
    try await database.write(.everything) { db in
      let changed = try db.run(
        "UPDATE code SET withdrawn = ? WHERE number = ? AND used IS NULL AND withdrawn IS NULL",
        now,
        number
      )
      guard changed > 0 else {
        throw RegistryProblem(.notFound, "There is no code \(number) that waits to be used.")
      }
      try AuditTable.add(.withdrawCode, "code \(number)", by: admin, now: now, in: db)
    }
  }
}
