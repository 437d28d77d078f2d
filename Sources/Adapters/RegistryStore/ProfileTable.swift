package import RegistryAPI
package import SyncModel

/// Rows of `profile`: the person's own switches.
enum ProfileTable {
  static func document(
    of resource: ResourceID,
    in db: any RegistrySession
  ) throws -> ProfileDocument {
    let sql = "SELECT version, choices FROM profile WHERE resource = ?"
    guard var row = try db.row(of: "profile", sql, resource) else {
      return ProfileDocument(version: 0, choices: [:])
    }
    let version = try row.count()
    let choices: [String: String] = try JSONText.value(try row.text(), of: "profile")
    return ProfileDocument(version: version, choices: choices)
  }
}

extension RegistryStore {
  /// Throws `.notFound`.
  package func profile(of resource: ResourceID) async throws -> ProfileDocument {
    try await database.read { db in
      _ = try ResourceTable.name(of: resource, in: db)
      return try ProfileTable.document(of: resource, in: db)
    }
  }

  /// Throws `.invalid`, `.notFound` or `.changed`.
  ///
  /// Nil for `admin`: the person, through the agent.
  package func setProfile(
    of resource: ResourceID,
    to choices: [String: String],
    expecting version: Int,
    by admin: AdminName?,
    now: Instant
  ) async throws -> ProfileDocument {
    let profile: UserProfile
    do {
      profile = try ProfileDocument(version: version, choices: choices).profile()
    } catch {
      throw RegistryProblem(.invalid, error.description)
    }
    return try await database.write(.resource(resource)) { db in
      let name = try ResourceTable.name(of: resource, in: db)
      let former = try ProfileTable.document(of: resource, in: db)
      guard former.version == version else {
        throw RegistryProblem(
          .changed,
          "The profile was changed meanwhile. Look at it again; nothing was saved."
        )
      }
      let document = ProfileDocument(version: version + 1, profile)
      try db.run("DELETE FROM profile WHERE resource = ?", resource)
      try db.run(
        "INSERT INTO profile (resource, version, choices) VALUES (?, ?, ?)",
        resource,
        document.version,
        try JSONText.text(of: document.choices)
      )
      if let admin {
        let words = document.choices.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        try AuditTable.add(
          .setProfile,
          "resource \(resource)",
          ([name] + words).joined(separator: ", "),
          by: admin,
          now: now,
          in: db
        )
      }
      return document
    }
  }

  /// What a resource's agent is told before each run.
  ///
  /// Throws `.notFound`.
  package func agentPolicy(for resource: ResourceID) async throws -> AgentPolicy {
    try await database.read { db in
      let sql = "SELECT name, is_enabled * is_active FROM resource WHERE number = ?"
      guard var row = try db.row(of: "resource", sql, resource) else {
        throw ResourceTable.notFound(resource)
      }
      let (name, isEnabled) = (try row.text(), try row.flag())
      let saved = try SettingsTable.saved(in: db)
      let settings = saved.settings
      return AgentPolicy(
        version: saved.version,
        isEnabled: settings.isEnabled && isEnabled,
        resource: resource.rawValue,
        resourceName: name,
        intervalMinutes: settings.interval,
        exchange: AgentPolicy.Exchange(
          server: settings.serverAddress,
          port: settings.serverPort,
          virtualDirectory: settings.virtualDirectory,
          domain: settings.accountDomain
        ),
        switches: settings.switches.texts,
        fullReading: saved.fullReading,
        usesAccountForEverybody: settings.usesAccountForEverybody,
        profile: try ProfileTable.document(of: resource, in: db),
        approvals: try HoldTable.approvals(of: resource, in: db)
      )
    }
  }
}
