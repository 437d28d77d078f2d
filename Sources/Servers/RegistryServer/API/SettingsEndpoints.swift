internal import HTTPTypes
internal import RegistryAPI
internal import RegistryPages
internal import RegistryStore
internal import SyncModel

/// The admin's settings: read, changed, and tried without saving.
struct SettingsEndpoints: Sendable {
  let store: RegistryStore
  let acts: RegistryPages.Acts

  var all: [Endpoint] {
    [
      Endpoint(.get, "/v1/settings", .admin) { call in
        try call.allow()
        return try await answer(try await store.settings())
      },
      Endpoint(.patch, "/v1/settings", .admin) { try await save($0) },
      Endpoint(.post, "/v1/settings/check", .admin) { call in
        let saved = try await store.settings()
        let settings = try changed(saved.settings, by: try call.decoded())
        return try .json(try await acts.check(settings))
      },
    ]
  }

  private func answer(_ saved: SavedSettings, checks: [SettingCheck]? = nil) async throws
    -> APIAnswer
  {
    let document = saved.document(
      hasAccountPassword: try await store.hasAccountPassword(),
      checks: checks
    )
    return try .json(document, etag: String(saved.version))
  }

  /// Throws `.invalid` with a sentence for each field.
  private func changed(
    _ settings: AdminSettings,
    by change: SettingsChange
  ) throws -> AdminSettings {
    var settings = settings
    var refused = settings.take(change.values ?? [:])
    if case .secret(let limit) = SettingKey.accountPassword.field,
      (change.accountPassword ?? "").count > limit
    {
      refused[SettingKey.accountPassword.rawValue] = "It may have up to \(limit) characters."
    }
    guard refused.isEmpty else {
      let sentences = refused.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
      throw RegistryProblem(
        .invalid,
        "Nothing was saved. " + sentences.joined(separator: " "),
        fields: refused
      )
    }
    return settings
  }

  private func save(_ call: APICall) async throws -> APIAnswer {
    let change: SettingsChange = try call.decoded()
    let version = try call.expectedVersion
    let admin = try call.admin
    let former = try await store.settings()
    let settings = try changed(former.settings, by: change)
    let saved = try await store.save(settings, expecting: version, by: admin, now: call.now)
    if let password = change.accountPassword {
      try await store.sealAccountPassword(password, by: admin, now: call.now)
    }
    return try await answer(saved, checks: try await acts.check(saved.settings))
  }
}
