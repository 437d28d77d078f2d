import Foundation
import Settings

/// Settings as small as they may be, and places that lead nowhere real.
enum Sample {
  static let places = SettingsPlaces(
    home: "/home/technician",
    state: "/home/technician/.local/state",
    configuration: "/home/technician/.config",
    credentials: nil
  )

  static let exchange = """
    [exchange]
    server = "mail.example.com"
    mailbox = "Technician@Example.com"
    user = 'EXAMPLE\\technician'
    password_file = "password"
    """

  static let psa = """
    [psa]
    user = "api-user@example.com"
    integration_code = "CODE-CANARY"
    secret_file = "secret"
    """

  static func settings(
    _ top: String = "",
    exchange: String = exchange,
    psa: String = psa,
    more: String = "",
    own: UserProfile = UserProfile()
  ) throws -> LockstepSettings {
    try LockstepSettings.parse(
      "\(top)\n\(exchange)\n\(psa)\n\(more)\n",
      file: "/etc/lockstep/settings.toml",
      own: own,
      places: places
    )
  }

  /// What is refused of the sample with these lines added at the end.
  static func problems(_ more: String) -> [String] {
    problems { try settings(more: more) }
  }

  static func problems(_ body: () throws -> LockstepSettings) -> [String] {
    do {
      _ = try body()
      return []
    } catch let refusal as SettingsRefusal {
      return refusal.problems.map(\.sentence)
    } catch {
      return ["\(error)"]
    }
  }
}

/// A folder for one test, removed with it.
final class Folder {
  let path: String

  init() throws {
    let place = FileManager.default.temporaryDirectory
      .appendingPathComponent("lockstep-settings-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    path = place.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
    let file = path + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    return file
  }
}
