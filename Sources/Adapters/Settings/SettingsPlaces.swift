import Glibc

/// The folders that settings without a path lead to.
package struct SettingsPlaces: Hashable, Sendable {
  /// The person's home folder.
  package let home: String
  /// Where programs keep what they can make again (`XDG_STATE_HOME`).
  package let state: String
  /// Where programs keep their settings (`XDG_CONFIG_HOME`).
  package let configuration: String
  /// Where systemd laid this unit's credentials, if it did.
  package let credentials: String?

  package init(home: String, state: String, configuration: String, credentials: String?) {
    self.home = home
    self.state = state
    self.configuration = configuration
    self.credentials = credentials
  }

  /// The places that this process was told of; a variable that is not an absolute path counts as
  /// not set, as the XDG specification wants it.
  package static func ofProcess() -> SettingsPlaces {
    let home = variable("HOME") ?? "/"
    return SettingsPlaces(
      home: home,
      state: variable("XDG_STATE_HOME") ?? home + "/.local/state",
      configuration: variable("XDG_CONFIG_HOME") ?? home + "/.config",
      credentials: variable("CREDENTIALS_DIRECTORY")
    )
  }

  /// Where the settings are looked for when no file is named.
  package var settingsFile: String { configuration + "/lockstep/settings.toml" }

  func cache(of profile: String) -> String { "\(state)/lockstep/\(profile)" }

  /// A path of the settings file: `~/` is the home folder, the rest is read from `folder`.
  func absolute(_ path: String, from folder: String) -> String {
    if path == "~" { return home }
    if path.hasPrefix("~/") { return home + path.dropFirst(1) }
    return path.hasPrefix("/") ? path : folder + "/" + path
  }

  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee == UInt8(ascii: "/") else { return nil }
    return String(cString: value)
  }
}
