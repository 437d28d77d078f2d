package import SyncModel

/// Rows of `mail` and `lease`.
///
/// Bodies are sealed: those of new users hold codes.
enum MailTable {
  /// Whoever took a mail and says nothing more has died.
  static let claim: Int64 = 10 * 60
  /// What could not be sent for so long is of no use any more.
  static let lifetimeDays = 7

  /// Longer after each failure, up to six hours.
  static func pause(after failures: Int) -> Int64 {
    min(60 << Int64(min(max(failures - 1, 0), 10)), 6 * 3_600)
  }

  static func insert(
    _ mail: OutgoingMail,
    _ sealedBody: String,
    now: Instant,
    in db: any RegistrySession
  ) throws {
    try db.run(
      """
      INSERT INTO mail (recipient, subject, body, topic, queued, due, failures)
      VALUES (?, ?, ?, ?, ?, ?, 0)
      """,
      mail.to,
      mail.subject,
      sealedBody,
      mail.group,
      now,
      now
    )
  }
}

extension RegistryStore {
  package func queue(_ mails: [OutgoingMail], now: Instant) async throws {
    let sealed = try sealedBodies(of: mails)
    try await database.write(.everything) { db in
      for (mail, body) in sealed {
        if !mail.group.isEmpty {
          // One that somebody is sending at the moment stays.
          try db.run(
            "DELETE FROM mail WHERE topic = ? AND recipient = ? AND sent IS NULL AND due <= ?",
            mail.group,
            mail.to,
            now
          )
        }
        try MailTable.insert(mail, body, now: now, in: db)
      }
    }
  }

  func sealedBodies(of mails: [OutgoingMail]) throws -> [(OutgoingMail, String)] {
    try mails.map { ($0, try seal.seal($0.body, as: .mail)) }
  }

  /// Takes mails that are due; nobody else gets them for the next ten minutes.
  package func dueMails(limit: Int = 20, now: Instant) async throws -> [QueuedMail] {
    let rows = try await database.write(.everything) { db in
      try db.run(
        "DELETE FROM mail WHERE sent IS NULL AND queued < ?",
        now.advanced(byDays: -MailTable.lifetimeDays)
      )
      let rows = try db.rows(
        """
        SELECT number, recipient, subject, body, topic, queued, failures FROM mail
        WHERE sent IS NULL AND due <= ? ORDER BY number LIMIT ?
        """,
        now,
        limit
      )
      if !rows.isEmpty {
        _ = try db.change(
          "UPDATE mail SET due = ? WHERE number IN \(places(rows.count))",
          [now.advanced(bySeconds: MailTable.claim).sql] + rows.map { $0[0] }.map(Self.number)
        )
      }
      return rows
    }
    return try rows.map { values in
      var row = RowReader(values, of: "mail")
      let number = try row.number()
      let (to, subject) = (try row.text(), try row.text())
      let body = try seal.open(try row.text(), as: .mail)
      return QueuedMail(
        number: number,
        mail: OutgoingMail(to: to, subject: subject, body: body, group: try row.text()),
        queued: try row.instant(),
        failures: try row.count()
      )
    }
  }

  /// Its body is forgotten.
  package func markSent(_ number: Int64, now: Instant) async throws {
    try await database.write(.everything) { db in
      try db.run("UPDATE mail SET sent = ?, body = '' WHERE number = ?", now, number)
      try db.run("DELETE FROM mail WHERE sent < ?", now.advanced(byDays: -90))
    }
  }

  /// Due again after a pause that grows.
  package func markFailed(_ number: Int64, _ words: String, now: Instant) async throws {
    try await database.write(.everything) { db in
      var row = try db.row(
        of: "mail",
        "SELECT failures FROM mail WHERE number = ? AND sent IS NULL",
        number
      )
      guard let failures = try row?.count() else { return }
      try db.run(
        "UPDATE mail SET failures = ?, complaint = ?, due = ? WHERE number = ?",
        failures + 1,
        words,
        now.advanced(bySeconds: MailTable.pause(after: failures + 1)),
        number
      )
    }
  }

  /// When a mail of the group was sent last, within 90 days.
  package func lastSent(group: String) async throws -> Instant? {
    try await database.read { db in
      var row = try db.row(of: "mail", "SELECT max(sent) FROM mail WHERE topic = ?", group)
      return try row?.optionalInstant()
    }
  }

  /// True while `holder` has the lease: it was free, had run out, or was the holder's already.
  package func lease(
    _ name: String,
    holder: String,
    seconds: Int64,
    now: Instant
  ) async throws -> Bool {
    try await database.write(.everything) { db in
      try db.run(
        """
        INSERT INTO lease (name, holder, ends) VALUES (?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, ends = excluded.ends
        WHERE lease.holder = excluded.holder OR lease.ends <= ?
        """,
        name,
        holder,
        now.advanced(bySeconds: seconds),
        now
      ) > 0
    }
  }

  package func releaseLease(_ name: String, holder: String) async throws {
    try await database.write(.everything) { db in
      _ = try db.run("DELETE FROM lease WHERE name = ? AND holder = ?", name, holder)
    }
  }

  /// PostgreSQL gives numbers as text.
  private static func number(_ value: SQLValue) throws -> SQLValue {
    var row = RowReader([value], of: "mail")
    return try row.number().sql
  }
}
