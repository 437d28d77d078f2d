package import HTTP
internal import SyncModel

/// What `lockstep-registry` is told by its settings file, `registry.toml`.
///
/// Holds where secrets lie; only the address of a PostgreSQL database may be one itself.
package struct HouseSettings: Sendable {
  package enum Listening: Hashable, Sendable {
    case tcp(host: String, port: Int)
    case unix(path: String)
  }

  package struct MailSettings: Sendable {
    package let host: String
    package let port: Int
    package let encryption: MailServer.Encryption
    package let user: String
    package let sender: String
    let passwordFile: String?
    let trust: TrustPolicy

    /// The server to hand mails to, with the password as its file has it now.
    package func server() async throws(SecretFailure) -> MailServer {
      var password: Secret?
      if let passwordFile {
        password = try await SecretSource(
          purpose: "the mail server's password",
          places: [.file(passwordFile)]
        ).secret()
      }
      return MailServer(
        host: host,
        port: port,
        encryption: encryption,
        trust: trust,
        user: user,
        password: password
      )
    }
  }

  package let file: String
  /// A file's path, or `postgres://…`.
  package let database: Secret
  package let isSQLite: Bool
  package let keyFile: String
  package let listening: Listening
  /// As people and agents reach the registry; nil where it is only for this machine.
  package let address: String?
  /// Certificate and key of the registry's own, in PEM files; nil where a proxy speaks TLS for it.
  package let certificate: (file: String, key: String)?
  package let mail: MailSettings?
  /// Lines for the settings of agents that the registry runs itself: how the PSA is reached; nil
  /// where nothing is said of it.
  package let psaLines: [String]?
  /// The API user with which the registry itself reaches the PSA; whose resource is nobody's.
  package let psa: PSASettings?
  /// The registry is the gateway to the PSA for its agents.
  package let isGateway: Bool
  /// The same of Exchange, where it differs from what the admin's settings say.
  package let exchangeLines: [String]
  package let exchangeURL: String?
  package let exchangeAuthentication: ExchangeSettings.Authentication
  package let exchangeTrust: TrustPolicy
  /// The agent's program; nil for the one beside this program.
  package let agentProgram: String?

  /// A text as TOML has it.
  package static func quoted(_ text: String) -> String { SettingsReader.quoted(text) }

  /// Where the settings are looked for when no file is named.
  package static func usualFile(_ places: SettingsPlaces = .ofProcess()) -> String {
    places.configuration + "/lockstep/registry.toml"
  }

  /// Reads the file; where none is named and the usual one is missing, everything has its default.
  ///
  /// Refuses unknown keys, wrong values and files that others may write, all problems at once.
  package static func load(
    from named: String?,
    places: SettingsPlaces = .ofProcess()
  ) throws(SettingsRefusal) -> HouseSettings {
    let file = named ?? usualFile(places)
    let text = try SettingsFile.text(of: file, mayBeMissing: named == nil) ?? ""
    var reader = try SettingsFile.reader(of: text, file: file)
    let files = SettingsPaths(places: places, folder: SettingsFile.folder(of: file))
    let folder = places.state + "/lockstep-registry"
    let given = reader.string("database")
    let isURL = given.map { $0.hasPrefix("postgres://") || $0.hasPrefix("postgresql://") } ?? false
    let database =
      isURL ? given : given.map(files.absolute) ?? folder + "/registry.sqlite"
    let keyFile = reader.string("key_file").map(files.absolute) ?? folder + "/registry.key"
    let certificate = reader.certificate(files)
    let listening = reader.listening(files, isOpen: certificate != nil)
    let address = reader.address("url")?.url
    let mail = reader.mail(files)
    let agentProgram = reader.string("agent_program").map(files.absolute)
    let exchangeLines = reader.exchangeLines(files)
    let exchangeURL = reader.address("exchange.url")?.url
    let authentication = reader.authentication()
    let exchangeTrust = reader.trust("exchange", files)
    let (psaLines, psa, isGateway) = reader.psaOfHouse(files)
    let problems = reader.finish()
    guard problems.isEmpty else { throw SettingsRefusal(file: file, problems: problems) }
    return HouseSettings(
      file: file,
      database: Secret(database ?? ""),
      isSQLite: !isURL,
      keyFile: keyFile,
      listening: listening ?? .tcp(host: "127.0.0.1", port: 8460),
      address: address,
      certificate: certificate,
      mail: mail,
      psaLines: psaLines,
      psa: psa,
      isGateway: isGateway,
      exchangeLines: exchangeLines,
      exchangeURL: exchangeURL,
      exchangeAuthentication: authentication,
      exchangeTrust: exchangeTrust,
      agentProgram: agentProgram
    )
  }
}

extension SettingsReader {
  fileprivate mutating func certificate(_ files: SettingsPaths) -> (file: String, key: String)? {
    let certificate = string("tls.certificate").map(files.absolute)
    let key = string("tls.key").map(files.absolute)
    if let certificate, let key { return (certificate, key) }
    if certificate != nil { complain("tls.certificate", "tls.certificate needs tls.key.") }
    if key != nil { complain("tls.key", "tls.key is of no use without tls.certificate.") }
    return nil
  }

  /// `127.0.0.1:8460`, `[::1]:8460` or `unix:/run/lockstep-registry/socket`; where it `isOpen`,
  /// also an address that others reach, such as `0.0.0.0:443`.
  fileprivate mutating func listening(
    _ files: SettingsPaths,
    isOpen: Bool
  ) -> HouseSettings.Listening? {
    guard let text = string("listen") else { return nil }
    if text.hasPrefix("unix:") { return .unix(path: files.absolute(String(text.dropFirst(5)))) }
    if isOpen, let colon = text.lastIndex(of: ":"), colon != text.startIndex,
      let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
    {
      let host = text[..<colon].trimmingPrefix("[")
      return .tcp(host: String(host.hasSuffix("]") ? host.dropLast() : host), port: port)
    }
    let hosts = ["127.0.0.1:": "127.0.0.1", "[::1]:": "::1", "localhost:": "localhost"]
    for (start, host) in hosts where text.hasPrefix(start) {
      if let port = Int(text.dropFirst(start.count)), (0...65_535).contains(port) {
        return .tcp(host: host, port: port)
      }
    }
    complain(
      "listen",
      isOpen
        ? "listen must be HOST:PORT or unix:PATH."
        : "listen must be 127.0.0.1:PORT, [::1]:PORT or unix:PATH: what others reach goes through a "
          + "TLS proxy, or needs [tls]."
    )
    return nil
  }

  /// All of `[psa]` but the resource, checked as an agent would.
  fileprivate mutating func psaOfHouse(
    _ files: SettingsPaths
  ) -> (lines: [String]?, psa: PSASettings?, isGateway: Bool) {
    let isGateway = flag("psa.gateway") ?? false
    let given = keys(under: "psa.").filter { $0 != "psa.gateway" }
    guard !given.isEmpty else {
      if isGateway { complain("psa.gateway", "psa.gateway = true needs the API user under [psa].") }
      return (nil, nil, false)
    }
    if given.contains("psa.resource") {
      complain("psa.resource", "psa.resource has no place here: the registry serves all of them.")
    }
    let psa = psa(mailbox: MailboxID("somebody@example.com"), files)
    let lines = given.compactMap {
      line(for: $0, files, paths: ["psa.secret_file", "psa.ca_file"])
    }
    return (lines, psa, isGateway)
  }

  /// `[exchange]` says only how; where and who are the admin's to set.
  fileprivate mutating func exchangeLines(_ files: SettingsPaths) -> [String] {
    [
      "exchange.url", "exchange.authentication", "exchange.ca_file", "exchange.pinned_key",
    ].compactMap { line(for: $0, files, paths: ["exchange.ca_file"]) }
  }

  fileprivate mutating func mail(_ files: SettingsPaths) -> HouseSettings.MailSettings? {
    let keys = [
      "mail.port", "mail.encryption", "mail.user", "mail.password_file", "mail.from",
      "mail.ca_file", "mail.pinned_key",
    ]
    let given = keys.filter { has($0) }
    let host = string("mail.server")
    let encryption: MailServer.Encryption =
      choice(
        "mail.encryption",
        ["tls": MailServer.Encryption.tls, "starttls": .startTLS, "none": .none]
      ) ?? .startTLS
    let port = integer("mail.port", 1...65_535)
    let user = string("mail.user") ?? ""
    let passwordFile = string("mail.password_file").map(files.absolute)
    let sender = string("mail.from")
    let trust = trust("mail", files)
    guard let host else {
      if let key = given.first { complain(key, "\(key) is of no use without mail.server.") }
      return nil
    }
    guard let sender, sender.contains("@") else {
      complain("mail.from", "mail.from must be the address that mails come from.")
      return nil
    }
    if !user.isEmpty, passwordFile == nil {
      complain("mail.user", "mail.user needs mail.password_file.")
    }
    if encryption == .none, !["127.0.0.1", "::1", "localhost"].contains(host) {
      complain(
        "mail.encryption",
        "mail.encryption = \"none\" is for a server on this machine only."
      )
    }
    let usual = [MailServer.Encryption.tls: 465, .startTLS: 587, .none: 25]
    return HouseSettings.MailSettings(
      host: host,
      port: port ?? usual[encryption] ?? 587,
      encryption: encryption,
      user: user,
      sender: sender,
      passwordFile: passwordFile,
      trust: trust
    )
  }
}
