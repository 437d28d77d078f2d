import Glibc
package import HTTP
internal import RegistryAPI
internal import SyncModel

/// Where the registry is that tells this agent what is allowed.
package struct RegistrySettings: Hashable, Sendable {
  /// Without `/v1`.
  package let address: ServerAddress
  package let trust: TrustPolicy
  /// The file beside the settings that opens the registry for this agent alone.
  package let tokenFile: String

  /// What the registry gave when the agent was enrolled.
  package func token() async throws(SecretFailure) -> Secret {
    try await SecretSource(purpose: RegistrySettings.purpose, places: [.file(tokenFile)]).secret()
  }

  /// Whether the agent was enrolled at all.
  package var hasToken: Bool {
    do {
      _ = try FileContent(of: tokenFile, limit: 65_536)
      return true
    } catch {
      return error.code != ENOENT
    }
  }

  /// Puts a token in the place of the one that is there, for its owner's eyes alone.
  package func keep(_ token: Secret) throws(SettingsRefusal) {
    try SettingsFile.replace(tokenFile, with: token.reveal() + "\n")
  }

  private static let purpose = "the registry's token"
}

extension SettingsReader {
  mutating func registry(profile: String, _ files: SettingsPaths) -> RegistrySettings? {
    let address = address("registry.url")
    let trust = trust("registry", files)
    let keys = ["registry.ca_file", "registry.pinned_key"]
    if !has("registry.url"), let key = keys.first(where: { has($0) }) {
      complain(key, "\(key) is of no use without registry.url.")
    }
    return address.map {
      RegistrySettings(
        address: $0,
        trust: trust,
        tokenFile: "\(files.folder)/\(profile).token"
      )
    }
  }
}
