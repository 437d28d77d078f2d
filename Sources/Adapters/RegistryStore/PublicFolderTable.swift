package import RegistryAPI
package import SyncModel
package import SyncPlan

extension RegistrySchema {
  /// The public folder of all contacts: what the PSA says of each, and what became of it there.
  static let publicFolder = [
    """
    CREATE TABLE public_contact (
      contact BIGINT NOT NULL PRIMARY KEY,
      body TEXT, is_active BIGINT NOT NULL, item TEXT, change_key TEXT,
      sent TEXT, returned TEXT, is_suppressed BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE public_folder (
      number BIGINT NOT NULL PRIMARY KEY CHECK (number = 1),
      folder TEXT, watermark BIGINT, listed_at BIGINT, looked_at BIGINT, complaint TEXT,
      held BIGINT NOT NULL, digest TEXT, approved TEXT
    )
    """,
    "INSERT INTO public_folder (number, held) VALUES (1, 0)",
  ]
}

/// How far the public folder was brought.
package struct PublicFolderState: Hashable, Sendable {
  package var folder: FolderID?
  package var watermark: Instant?
  package var listedAt: Instant?
  package var lookedAt: Instant?
  package var complaint: String?
  package var held = 0
  package var digest: PlanDigest?
  package var approved: PlanDigest?

  package init() {}
}

extension RegistryStore {
  package static let publicFolderLease = "public-folder"

  package func publicFolder() async throws -> PublicFolderState {
    try await database.read { db in
      var state = PublicFolderState()
      let found = try db.row(
        of: "public_folder",
        """
        SELECT folder, watermark, listed_at, looked_at, complaint, held, digest, approved
        FROM public_folder
        """
      )
      guard var row = found else { return state }
      state.folder = try row.optionalName()
      state.watermark = try row.optionalInstant()
      state.listedAt = try row.optionalInstant()
      state.lookedAt = try row.optionalInstant()
      state.complaint = try row.optionalText()
      state.held = try row.count()
      state.digest = try row.optionalName()
      state.approved = try row.optionalName()
      return state
    }
  }

  /// All but what a person approved, which `approvePublicFolder` alone writes and this takes back
  /// where it was used.
  package func keep(_ state: PublicFolderState) async throws {
    try await database.write(.everything) { db in
      try db.run(
        """
        UPDATE public_folder SET folder = ?, watermark = ?, listed_at = ?, looked_at = ?,
          complaint = ?, held = ?, digest = ?
        """,
        state.folder?.rawValue,
        state.watermark,
        state.listedAt,
        state.lookedAt,
        state.complaint,
        state.held,
        state.digest
      )
      if state.digest == nil { try db.run("UPDATE public_folder SET approved = NULL") }
    }
  }

  /// Throws `.notFound` where nothing waits under this digest.
  package func approvePublicFolder(
    _ digest: PlanDigest,
    by admin: AdminName,
    now: Instant
  ) async throws {
    try await database.write(.everything) { db in
      let count = try db.run(
        "UPDATE public_folder SET approved = ? WHERE digest = ?",
        digest,
        digest
      )
      guard count > 0 else {
        throw RegistryProblem(
          .notFound,
          "Nothing waits in the public folder under \(digest). Look again: it may be another one now."
        )
      }
      try AuditTable.add(.approve, "public folder", "\(digest)", by: admin, now: now, in: db)
    }
  }

  /// All of them, or those of these contacts.
  package func publicContacts(
    _ ids: [PSAID]? = nil
  ) async throws -> [PSAID: PublicContactRow] {
    try await database.read { db in
      var rows: [PSAID: PublicContactRow] = [:]
      let condition = ids.map {
        $0.isEmpty ? "WHERE 1 = 0" : "WHERE contact IN \(places($0.count))"
      }
      let found = try db.rows(
        """
        SELECT contact, body, is_active, item, change_key, sent, returned, is_suppressed
        FROM public_contact \(condition ?? "")
        """,
        (ids ?? []).map(\.sql)
      )
      for values in found {
        var row = RowReader(values, of: "public_contact")
        let id: PSAID = try row.id()
        let contact: PSAContact? = try row.optionalText().map {
          try JSONText.value($0, of: "public_contact")
        }
        var known = PublicContactRow(contact: contact, isActive: try row.flag())
        known.item = try row.optionalName()
        known.changeKey = try row.optionalName()
        known.sent = try row.optionalText().map { try JSONText.value($0, of: "public_contact") }
        known.returned = try row.optionalText().map {
          try JSONText.value($0, of: "public_contact")
        }
        known.isSuppressed = try row.flag()
        rows[id] = known
      }
      return rows
    }
  }

  /// Rows that are nothing to anybody any more, neither active nor in the folder, go.
  package func keep(_ rows: [PSAID: PublicContactRow]) async throws {
    guard !rows.isEmpty else { return }
    try await database.write(.everything) { db in
      for (id, row) in rows.sorted(by: { $0.key < $1.key }) {
        if !row.isActive, row.item == nil {
          try db.run("DELETE FROM public_contact WHERE contact = ?", id)
          continue
        }
        try db.run(
          """
          INSERT INTO public_contact
            (contact, body, is_active, item, change_key, sent, returned, is_suppressed)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (contact) DO UPDATE SET body = excluded.body,
            is_active = excluded.is_active, item = excluded.item,
            change_key = excluded.change_key, sent = excluded.sent,
            returned = excluded.returned, is_suppressed = excluded.is_suppressed
          """,
          id,
          try row.contact.map { try JSONText.text(of: $0) },
          row.isActive,
          row.item?.rawValue,
          row.changeKey?.rawValue,
          try row.sent.map { try JSONText.text(of: $0) },
          try row.returned.map { try JSONText.text(of: $0) },
          row.isSuppressed
        )
      }
    }
  }

  /// Forgets what is in the folder: it is another one.
  package func forgetPublicItems() async throws {
    try await database.write(.everything) { db in
      _ = try db.run(
        """
        UPDATE public_contact SET item = NULL, change_key = NULL, sent = NULL, returned = NULL,
          is_suppressed = 0
        """
      )
    }
  }

  package func publicFolderStatus(isWanted: Bool) async throws -> PublicFolderStatus {
    let state = try await publicFolder()
    return try await database.read { db in
      var status = PublicFolderStatus(isWanted: isWanted)
      func count(_ condition: String) throws -> Int {
        try db.count("SELECT count(*) FROM public_contact WHERE \(condition)")
      }
      status.contacts = try count("is_active = 1")
      status.written = try count("item IS NOT NULL AND is_suppressed = 0")
      status.suppressed = try count("is_suppressed = 1")
      status.lookedAt = state.lookedAt.map(WireTime.init)
      status.complaint = state.complaint
      (status.held, status.digest) = (state.held, state.digest)
      status.isApproved = state.digest != nil && state.approved == state.digest
      return status
    }
  }
}
