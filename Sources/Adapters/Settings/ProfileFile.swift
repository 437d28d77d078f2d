import Glibc
package import RegistryAPI
import SyncModel

/// The file of a person's own switches: `profile.toml` beside the settings.
package struct ProfileFile: Hashable, Sendable {
  package let path: String

  /// The profile file that belongs to a settings file.
  package init(besideSettings file: String) {
    path = SettingsFile.folder(of: file) + "/profile.toml"
  }

  /// What the person chose; nothing where there is no file yet.
  package func read() throws(SettingsRefusal) -> UserProfile {
    guard let text = try SettingsFile.text(of: path, mayBeMissing: true) else {
      return UserProfile()
    }
    var reader = try SettingsFile.reader(of: text, file: path)
    let profile = reader.profile(under: "")
    let problems = reader.finish()
    guard problems.isEmpty else { throw SettingsRefusal(file: path, problems: problems) }
    return profile
  }

  /// Replaces the file in one step; it is the person's own to read and write.
  package func write(_ profile: UserProfile) throws(SettingsRefusal) {
    var text = "# Your own switches; `lockstep profile set KEY=VALUE` writes this file.\n"
    for key in ProfileKey.allCases {
      guard let value = profile.text(of: key) else { continue }
      let isWord = if case .detail = key.field { true } else { false }
      text += "\(key.rawValue) = \(isWord ? "\"\(value)\"" : value)\n"
    }
    try SettingsFile.replace(path, with: text)
  }
}

extension SettingsReader {
  /// The switches that stand under a table (`sync.`), or at the top of the profile file.
  mutating func profile(under prefix: String) -> UserProfile {
    var profile = UserProfile()
    for key in ProfileKey.allCases {
      let name = prefix + key.rawValue
      switch key.field {
      case .flag(_, let own): profile[keyPath: own] = flag(name)
      case .detail(_, let own):
        profile[keyPath: own] = choice(
          name,
          ["all": SyncRules.Detail.all, "none": SyncRules.Detail.none, "off": SyncRules.Detail.off]
        )
      case .days(_, let own): profile[keyPath: own] = integer(name, SyncRules.daysAllowed)
      }
    }
    return profile
  }
}
