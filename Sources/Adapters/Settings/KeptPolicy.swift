internal import FoundationEssentials
package import RegistryAPI
internal import SyncModel

/// The registry's policy as it was last told, in `policy.json` beside the cache: while the registry
/// is away, it holds.
package struct KeptPolicy: Hashable, Sendable, Codable {
  /// Whose word it is: another registry's does not count.
  package let registry: String
  /// What to ask with the next time.
  package var etag: String?
  package var policy: AgentPolicy
  /// The person's switches that both sides last agreed on.
  package var profile: ProfileDocument?

  package init(
    registry: String,
    etag: String?,
    policy: AgentPolicy,
    profile: ProfileDocument?
  ) {
    self.registry = registry
    self.etag = etag
    self.policy = policy
    self.profile = profile
  }

  /// The file in a cache's folder.
  package static func file(in folder: String) -> String { folder + "/policy.json" }

  /// Nil where none was ever told by this registry, or what lies there says nothing to this version.
  package static func read(
    of registry: String,
    in folder: String
  ) throws(SettingsRefusal) -> KeptPolicy? {
    guard let text = try SettingsFile.text(of: file(in: folder), mayBeMissing: true) else {
      return nil
    }
    do {
      let kept = try JSONDecoder().decode(KeptPolicy.self, from: Data(text.utf8))
      _ = try SyncSwitches(texts: kept.policy.switches)
      return kept.registry == registry ? kept : nil
    } catch {
      // Asked for anew: without it nothing runs.
      return nil
    }
  }

  /// Replaces the file in one step, mode 0600; the folder has to be there.
  package func write(in folder: String) throws(SettingsRefusal) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let path = KeptPolicy.file(in: folder)
    let text: String
    do {
      text = String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    } catch {
      throw SettingsRefusal(
        file: path,
        problems: [.init(line: nil, sentence: "The registry's policy could not be written.")]
      )
    }
    try SettingsFile.replace(path, with: text)
  }
}
