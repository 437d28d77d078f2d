import RegistryAPI
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
