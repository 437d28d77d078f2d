package import HTTP
internal import RegistryAPI
package import SyncModel

/// How the agent reaches the PSA.
package struct PSASettings: Hashable, Sendable {
  /// Where requests begin.
  package enum Address: Hashable, Sendable {
    /// Any of the vendor's hosts; it names the tenant's zone (`autotask.md` 4.1).
    case entryPoint(ServerAddress)
    /// The tenant's zone itself.
    case zone(ServerAddress)

    package var server: ServerAddress {
      switch self {
      case .entryPoint(let server), .zone(let server): server
      }
    }
  }

  /// Whose items are kept in step.
  package enum Owner: Hashable, Sendable {
    /// In lower case.
    case mailAddress(String)
    case number(ResourceID)
  }

  package let address: Address
  /// The API user's name.
  package let user: String
  /// The tracking identifier; no secret by itself, and yet kept out of logs.
  package let integrationCode: Secret
  package let secret: SecretSource
  package let resource: Owner
  package let trust: TrustPolicy

  package static let entryPoint = "https://webservices.autotask.net/atservicesrest/"
}

extension SettingsReader {
  /// Whether the registry's gateway reaches the PSA; nothing else belongs under `[psa]` then.
  mutating func usesGateway() -> Bool {
    guard flag("psa.gateway") ?? false else { return false }
    if !has("registry.url") {
      complain("psa.gateway", "psa.gateway = true needs registry.url: the registry is the gateway.")
    }
    for key in keys(under: "psa.") where key != "psa.gateway" {
      complain(key, "\(key) is of no use with psa.gateway = true: the registry knows it.")
    }
    return true
  }

  mutating func psa(mailbox: MailboxID?, _ files: SettingsPaths) -> PSASettings? {
    let address = psaAddress()
    let user = required("psa.user")
    let code = required("psa.integration_code")
    let secret = secretSource("psa.secret", for: "the API user's secret for the PSA", files)
    if secret.places.isEmpty {
      complain(
        "psa.secret_command",
        "psa says nowhere where its secret comes from; give secret_command, secret_keyring, "
          + "secret_credential or secret_file."
      )
    }
    let resource: PSASettings.Owner? =
      switch numberOrText("psa.resource") {
      case .integer(let number): .number(ResourceID(Int64(number)))
      case .string(let text): owner(text)
      default: mailbox.map { .mailAddress($0.rawValue) }
      }
    let trust = trust("psa", files)
    guard let address, let user, let code, let resource else { return nil }
    return PSASettings(
      address: address,
      user: user,
      integrationCode: Secret(code),
      secret: secret,
      resource: resource,
      trust: trust
    )
  }

  private mutating func owner(_ text: String) -> PSASettings.Owner? {
    if let number = Int64(text), number > 0 { return .number(ResourceID(number)) }
    guard isMailAddress(text) else {
      complain("psa.resource", "psa.resource must be the resource's mail address or its number.")
      return nil
    }
    return .mailAddress(text.lowercased())
  }

  private mutating func psaAddress() -> PSASettings.Address? {
    if has("psa.url") {
      if has("psa.entry_point") {
        complain(
          "psa.entry_point",
          "psa.entry_point is of no use beside psa.url; give one of them."
        )
      }
      return address("psa.url").map(PSASettings.Address.zone)
    }
    return address("psa.entry_point", standard: PSASettings.entryPoint)
      .map(PSASettings.Address.entryPoint)
  }
}
