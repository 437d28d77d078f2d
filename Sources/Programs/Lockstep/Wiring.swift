import Autotask
import Cryptography
import Exchange
import Glibc
import HTTP
import ICalendar
import Settings
import Store
import SyncEngine
import SyncModel
import ZoneData

/// One agent, put together from top to bottom: the only place where all the rooms meet.
struct Wiring {
  let settings: LockstepSettings
  let zones: ZoneDatabase

  /// The agent of a settings file; without one, that of the place where settings usually lie.
  init(settings file: String?) throws {
    zones = ZoneDatabase()
    let places = SettingsPlaces.ofProcess()
    settings = try LockstepSettings.load(
      from: file.map(Wiring.absolute) ?? places.settingsFile,
      places: places,
      zones: zones
    )
  }

  /// A path as it is from everywhere.
  static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    var folder = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard getcwd(&folder, folder.count) != nil else { return path }
    return text(folder) + "/" + path
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  // MARK: What lies on this machine

  /// Says so where the settings or the person's profile have switched everything off.
  func isSwitchedOn() -> Bool {
    if settings.switches.isEnabled { return true }
    let place = settings.policy.isEnabled ? "your profile" : settings.file
    Terminal.say(
      "lockstep: Synchronization is switched off in \(place) (enabled). Both sides stay as they are."
    )
    return false
  }

  func cache(readOnly: Bool = false) throws -> SQLiteCache {
    try SQLiteCache(folder: settings.cacheDirectory, readOnly: readOnly)
  }

  /// The agent's name lies beside the settings, never in the cache.
  var agentFile: String {
    let folder = settings.file.lastIndex(of: "/").map { settings.file[..<$0] } ?? "."
    return "\(folder)/\(settings.profile).agent"
  }

  func agent() throws -> AgentID {
    try AgentIdentity.agent(in: agentFile) { try RandomBytes.bytes(16) }
  }

  func installation() throws -> Installation {
    Installation(
      agent: try agent(),
      machine: Wiring.machine,
      rules: settings.rules,
      settingsDigest: SHA256.hexadecimal(of: Array(settings.canonicalText.utf8))
    )
  }

  private static var machine: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return text(name)
  }

  // MARK: The two sides

  func exchange() async throws -> Connection<any ExchangeMailbox & ExchangeWriting> {
    let client = HTTPClient(trust: settings.exchange.trust, userAgent: Wiring.userAgent)
    let account = EWSAccount(
      url: settings.exchange.address.url,
      mailbox: settings.exchange.mailbox.rawValue,
      credential: try await settings.exchange.credential()
    )
    let mailbox = EWSMailbox(account: account, client: client, zones: zones, zone: settings.zone)
    return Connection(port: mailbox, client: client)
  }

  func psa() async throws -> Connection<any PSAService & PSAWriting> {
    let client = HTTPClient(
      trust: .system,
      userAgent: Wiring.userAgent,
      // The tenant's limit is three at an endpoint, over all agents (`autotask.md` 4.7).
      maximumConnectionsPerHost: 2
    )
    let resource: AutotaskAccount.Resource =
      switch settings.psa.resource {
      case .mailAddress(let address): .mail(address)
      case .number(let number): .id(number)
      }
    let address: AutotaskAccount.Address =
      switch settings.psa.address {
      case .entryPoint(let server): .entryPoint(server.url)
      case .zone(let server): .zone(server.url)
      }
    let account = AutotaskAccount(
      address: address,
      user: settings.psa.user,
      secret: try await settings.psa.secret.secret(),
      integrationCode: settings.psa.integrationCode,
      resource: resource
    )
    return Connection(port: AutotaskService(account: account, http: client), client: client)
  }

  private static let userAgent = "Lockstep/\(Lockstep.version)"

  // MARK: The engine

  private func surroundings(_ progress: @escaping @Sendable (Progress) -> Void) -> Surroundings {
    Surroundings(
      now: { WallClock.now() },
      dice: {
        var dice = SystemRandomNumberGenerator()
        return dice.next()
      },
      fingerprinter: Fingerprinter(digest: { SHA256.digest($0) }),
      zones: ZoneClock(zones),
      series: SeriesCalendar(zones: zones),
      progress: progress
    )
  }

  /// Takes the profile, opens the cache, signs in nowhere yet, and runs `body` with the engine.
  ///
  /// Everything is given back afterwards, also when `body` fails.
  func withCycle<Result>(
    patience: Duration = .seconds(15),
    progress: @escaping @Sendable (Progress) -> Void = ProgressLine.show,
    _ body: (Cycle) async throws -> Result
  ) async throws -> Result {
    let lock = try await lock(patience: patience)
    defer { lock.release() }
    let cache = try cache()
    let installation = try installation()
    return try await exchange().use { mailbox in
      try await psa().use { service in
        try await body(
          Cycle(
            mailbox: mailbox,
            psa: service,
            cache: cache,
            installation: installation,
            surroundings: surroundings(progress)
          )
        )
      }
    }
  }

  /// One run at a time: another one of this profile is waited for, a little.
  private func lock(patience: Duration) async throws -> ProfileLock {
    let step = Duration.milliseconds(250)
    var rest = patience
    while rest > .zero, let holder = try ProfileLock.holder(of: settings.cacheDirectory) {
      if rest == patience { Terminal.say("Process \(holder.process) is at work; waiting for it.") }
      try await Task.sleep(for: step)
      rest -= step
    }
    return try ProfileLock(folder: settings.cacheDirectory, now: WallClock.now())
  }
}

/// A side with the client that reaches it.
struct Connection<Port> {
  fileprivate let port: Port
  fileprivate let client: HTTPClient

  /// Runs `body` with the side and closes its connections, also when `body` fails.
  func use<Result>(_ body: (Port) async throws -> Result) async throws -> Result {
    let result: Result
    do {
      result = try await body(port)
    } catch {
      await client.close()
      throw error
    }
    await client.close()
    return result
  }
}

extension ZoneClock {
  /// Local time by the system's tz database.
  init(_ zones: ZoneDatabase) {
    @Sendable func zone(_ name: ZoneName) -> Zone? {
      do { return try zones.zone(name.rawValue) } catch { return nil }
    }
    self.init(
      instant: { local, name in
        zone(name).map { Instant(seconds: $0.instant(localSeconds: local.secondsSince1970)) }
      },
      local: { instant, name in
        zone(name).map { LocalDateTime(secondsSince1970: $0.localSeconds(at: instant.seconds)) }
      }
    )
  }
}
