package import RegistryAPI
package import SyncModel

/// Rows of `trouble` and `trouble_mail`: who is known to be in trouble, and when people were told.
package struct KnownTroubles: Hashable, Sendable {
  package var troubles: [Trouble] = []
  package var lastMails: [Trouble.Kind: Instant] = [:]
  package var lastRecovery: Instant?
}

extension RegistryStore {
  private static let recovery = "recovery"

  package func troubles() async throws -> KnownTroubles {
    try await database.read { db in
      var known = KnownTroubles()
      known.troubles = try db.rows(
        "SELECT resource, kind, since, told FROM trouble ORDER BY resource"
      ).map { values in
        var row = RowReader(values, of: "trouble")
        let resource = try row.number()
        guard let kind: Trouble.Kind = try row.optionalWord() else {
          throw RegistryStoreFailure.unreadable(table: "trouble")
        }
        return Trouble(
          resource: resource,
          kind: kind,
          since: try row.instant(),
          told: try row.optionalInstant()
        )
      }
      for values in try db.rows("SELECT sort, at FROM trouble_mail") {
        var row = RowReader(values, of: "trouble_mail")
        let (sort, at) = (try row.text(), try row.instant())
        if sort == Self.recovery { known.lastRecovery = at }
        if let kind = Trouble.Kind(rawValue: sort) { known.lastMails[kind] = at }
      }
      return known
    }
  }

  /// Remembers what a look found, and queues its mails: both or neither, so that nobody is told
  /// twice.
  package func keep(
    _ findings: TroubleWatch.Findings,
    telling mails: [OutgoingMail],
    now: Instant
  ) async throws {
    let sealed = try sealedBodies(of: mails)
    try await database.write(.everything) { db in
      try db.run("DELETE FROM trouble")
      for trouble in findings.known {
        try db.run(
          "INSERT INTO trouble (resource, kind, since, told) VALUES (?, ?, ?, ?)",
          trouble.resource,
          trouble.kind.rawValue,
          trouble.since,
          trouble.told
        )
      }
      var sorts = findings.begun.filter { !$0.value.isEmpty }.map(\.key.rawValue).sorted()
      if !findings.over.isEmpty { sorts.append(Self.recovery) }
      for sort in sorts {
        try db.run("DELETE FROM trouble_mail WHERE sort = ?", sort)
        try db.run("INSERT INTO trouble_mail (sort, at) VALUES (?, ?)", sort, now)
      }
      for (mail, body) in sealed { try MailTable.insert(mail, body, now: now, in: db) }
    }
  }
}
