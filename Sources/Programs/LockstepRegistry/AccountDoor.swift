import Exchange
import HTTP
import RegistryAPI
import RegistryStore
import Settings
import SettingsChecks
import SyncModel
import ZoneData

/// The synchronization account at the server that settings name, tried without writing anything.
struct AccountDoor: AccountProbe {
  let url: String
  let trust: TrustPolicy
  let credential: Credential

  func signIn() async throws -> String { try await asking("") { try await $0.signIn() } }

  func impersonate(_ mailbox: String) async throws {
    try await asking(mailbox) { _ = try await $0.open() }
  }

  func mayMakePublicFolders() async throws -> Bool {
    try await asking("") { try await $0.mayMakePublicFolders() }
  }

  func asking<Answer>(
    _ mailbox: String,
    patience: Duration = .seconds(15),
    _ question: (EWSMailbox) async throws -> Answer
  ) async throws -> Answer {
    let client = HTTPClient(trust: trust, userAgent: "Lockstep/\(LockstepRegistry.version)")
    let account = EWSAccount(
      url: url,
      mailbox: mailbox,
      credential: credential,
      impersonates: !mailbox.isEmpty
    )
    let box = EWSMailbox(
      account: account,
      client: client,
      zones: ZoneDatabase(),
      timeout: patience
    )
    do {
      let answer = try await question(box)
      await client.close()
      return answer
    } catch {
      await client.close()
      throw error
    }
  }
}

extension House {
  /// The synchronization account at the server of these settings; nil where it has no name or no
  /// password.
  func accountDoor(_ admin: AdminSettings) async throws -> AccountDoor? {
    guard let password = try await store.accountPassword(), !admin.accountUser.isEmpty else {
      return nil
    }
    let user = admin.accountLogin
    let secret = Secret(password)
    let credential: Credential =
      switch settings.exchangeAuthentication {
      case .basic: .basic(user: user, password: secret)
      case .ntlm: .ntlm(user: user, password: secret)
      case .negotiate: .negotiate
      case .bearer: .bearer(secret)
      }
    return AccountDoor(
      url: settings.exchangeURL
        ?? "https://\(admin.serverAddress):\(admin.serverPort)/\(admin.webServicesPath)",
      trust: settings.exchangeTrust,
      credential: credential
    )
  }

  /// What a look at the servers finds: with the account's password where it is kept, and with the
  /// mailbox of somebody who is enabled.
  func checks(_ admin: AdminSettings) async throws -> [SettingCheck] {
    let probe = try await accountDoor(admin)
    var filter = ResourceFilter()
    filter.isEnabled = true
    let enabled = try await store.resources(filter, now: now).rows
    return await SettingsCheck(
      admin,
      trust: settings.exchangeTrust,
      probe: probe,
      mailbox: enabled.first { $0.isActive && !$0.mail.isEmpty }?.mail
    ).findings()
  }
}
