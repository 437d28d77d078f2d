internal import Foundation
package import RegistryAPI
package import SyncModel

/// Rows of `settings`, `sealed` and `own_attempt`.
enum SettingsTable {
  static func saved(in db: any RegistrySession) throws -> SavedSettings {
    let sql = "SELECT version, settings, full_reading, saved_at, saved_by FROM settings"
    guard var row = try db.row(of: "settings", sql) else {
      return SavedSettings(
        version: 0,
        settings: AdminSettings(),
        fullReading: 0,
        savedAt: nil,
        savedBy: nil
      )
    }
    return SavedSettings(
      version: try row.count(),
      settings: try settings(try row.text()),
      fullReading: try row.count(),
      savedAt: try row.optionalInstant(),
      savedBy: try row.optionalName()
    )
  }

  static func replace(with saved: SavedSettings, in db: any RegistrySession) throws {
    try db.run("DELETE FROM settings")
    try db.run(
      """
      INSERT INTO settings (number, version, settings, minutes, full_reading, saved_at, saved_by)
      VALUES (1, ?, ?, ?, ?, ?, ?)
      """,
      saved.version,
      try text(of: saved.settings),
      saved.settings.interval,
      saved.fullReading,
      saved.savedAt,
      saved.savedBy
    )
  }

  /// By the names of their fields, so that a field that is added later does not make old rows
  /// unreadable.
  private static func text(of settings: AdminSettings) throws -> String {
    let texts = SettingKey.allCases.compactMap { key in
      settings.text(of: key).map { (key.rawValue, $0) }
    }
    return try JSONText.text(of: Dictionary(uniqueKeysWithValues: texts))
  }

  private static func settings(_ text: String) throws -> AdminSettings {
    let texts: [String: String] = try JSONText.value(text, of: "settings")
    var settings = AdminSettings()
    for key in SettingKey.allCases {
      guard let text = texts[key.rawValue] else { continue }
      do {
        try settings.set(key, to: text)
      } catch {
        throw RegistryStoreFailure.unreadable(table: "settings")
      }
    }
    return settings
  }
}

extension RegistryStore {
  /// An attempt of the registry's own that said nothing for so long counts as interrupted.
  static let silence: Int64 = 15 * 60

  package func settings() async throws -> SavedSettings {
    try await database.read { try SettingsTable.saved(in: $0) }
  }

  /// Throws `.invalid`, `.changed`, or `.busy` while an attempt of the registry's own is under way.
  package func save(
    _ settings: AdminSettings,
    expecting version: Int,
    by admin: AdminName,
    now: Instant
  ) async throws -> SavedSettings {
    let problems = settings.problems
    guard problems.isEmpty else {
      throw RegistryProblem(.invalid, problems.map(\.description).joined(separator: " "))
    }
    return try await database.write(.everything) { db in
      let former = try SettingsTable.saved(in: db)
      guard former.version == version else {
        throw RegistryProblem(
          .changed,
          "Somebody else saved the settings meanwhile. Look at them again; nothing was saved."
        )
      }
      let underWay = try db.rows(
        "SELECT purpose FROM own_attempt WHERE finished IS NULL AND heard > ?",
        now.advanced(bySeconds: -Self.silence)
      )
      if let first = underWay.first {
        var row = RowReader(first, of: "own_attempt")
        throw RegistryProblem(
          .busy,
          "The registry is at work itself (\(try row.text())). Save again when it is done, or in "
            + "15 minutes at the latest where it hangs; nothing was saved."
        )
      }
      let isRead = former.version > 0 && former.settings.needsFullReading(under: settings)
      let saved = SavedSettings(
        version: version + 1,
        settings: settings,
        fullReading: former.fullReading + (isRead ? 1 : 0),
        savedAt: now,
        savedBy: admin
      )
      try SettingsTable.replace(with: saved, in: db)
      let changed = SettingKey.allCases.filter {
        settings.text(of: $0) != former.settings.text(of: $0)
      }
      try AuditTable.add(
        .saveSettings,
        "version \(saved.version)",
        changed.map { "\($0.rawValue)=\(settings.text(of: $0) ?? "")" }.joined(separator: ", "),
        by: admin,
        now: now,
        in: db
      )
      return saved
    }
  }

  /// The synchronization account's password; an empty one forgets it.
  package func sealAccountPassword(
    _ password: String,
    by admin: AdminName,
    now: Instant
  ) async throws {
    if case .secret(let limit) = SettingKey.accountPassword.field, password.count > limit {
      throw RegistryProblem(.invalid, "The password may have up to \(limit) characters.")
    }
    let name = Seal.Label.accountPassword
    let box = password.isEmpty ? nil : try seal.seal(password, as: name)
    try await database.write(.everything) { db in
      try db.run("DELETE FROM sealed WHERE name = ?", name.rawValue)
      if let box { try db.run("INSERT INTO sealed (name, box) VALUES (?, ?)", name.rawValue, box) }
      try AuditTable.add(
        box == nil ? .forgetAccountPassword : .setAccountPassword,
        "synchronization account",
        by: admin,
        now: now,
        in: db
      )
    }
  }

  package func hasAccountPassword() async throws -> Bool { try await accountPasswordBox() != nil }

  /// Nil where there is none.
  package func accountPassword() async throws -> String? {
    try await accountPasswordBox().map { try seal.open($0, as: .accountPassword) }
  }

  private func accountPasswordBox() async throws -> String? {
    try await database.read { db in
      var row = try db.row(
        of: "sealed",
        "SELECT box FROM sealed WHERE name = ?",
        Seal.Label.accountPassword.rawValue
      )
      return try row?.text()
    }
  }

  /// Begins an attempt that the registry itself runs (synchronization account, public folder).
  ///
  /// Settings cannot be saved until it ends, or says nothing for 15 minutes.
  package func beginOwnAttempt(_ purpose: String, now: Instant) async throws -> Int64 {
    try await database.write(.everything) { db in
      let rows = try db.rows(
        "INSERT INTO own_attempt (purpose, started, heard) VALUES (?, ?, ?) RETURNING number",
        purpose,
        now,
        now
      )
      var row = RowReader(rows.first ?? [], of: "own_attempt")
      return try row.number()
    }
  }

  /// Says that it still goes on.
  package func touchOwnAttempt(_ number: Int64, now: Instant) async throws {
    try await database.write(.everything) { db in
      _ = try db.run("UPDATE own_attempt SET heard = ? WHERE number = ?", now, number)
    }
  }

  package func endOwnAttempt(_ number: Int64, now: Instant) async throws {
    try await database.write(.everything) { db in
      _ = try db.run(
        "UPDATE own_attempt SET heard = ?, finished = ? WHERE number = ?",
        now,
        now,
        number
      )
      try db.run("DELETE FROM own_attempt WHERE heard < ?", now.advanced(byDays: -90))
    }
  }
}
