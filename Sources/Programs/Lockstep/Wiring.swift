import Console
import Cryptography
import Glibc
import ICalendar
import RegistryAPI
import Settings
import Store
import SyncEngine
import SyncModel
import SyncPlan
import ZoneData

/// One agent, put together from top to bottom: the only place where all the rooms meet.
struct Wiring {
  var settings: LockstepSettings
  let zones: ZoneDatabase
  /// False for runs by the timetable: they leave the rest of the PSA's allowance to people.
  var isAskedFor = true

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

  /// Says so where the registry, the settings or the person's profile have switched everything off.
  func isSwitchedOn(_ invocation: Invocation) -> Bool {
    if settings.kept?.policy.usesAccountForEverybody == true, !settings.exchange.impersonates {
      Terminal.say(
        "lockstep: The registry serves the mailboxes itself, with an account for everybody, and "
          + "agents do not run beside it. Both sides stay as they are."
      )
      return false
    }
    if settings.switches.isEnabled { return true }
    Terminal.say(switchedOff(invocation))
    return false
  }

  /// What being switched off means, for items that turn private above all.
  func switchedOff(_ invocation: Invocation) -> String {
    let mend =
      settings.policy.isEnabled
      ? "in your profile; 'lockstep profile set enabled=' switches it on again"
      : settings.allowed?.isEnabled == false
        ? "in the registry, by its admin" : "in \(settings.file) (enabled under [sync])"
    return
      "lockstep: Synchronization is switched off \(invocation.spelled(mend)). "
      + "Both sides stay as they are: what turns private meanwhile keeps its detail in the PSA until "
      + "it is switched on again."
  }

  func cache(readOnly: Bool = false) throws -> SQLiteCache {
    try SQLiteCache(folder: settings.cacheDirectory, readOnly: readOnly)
  }

  /// The cache of a run, whose reports say what the registry wants to know; `posted` hears of each.
  func cache(posted: @escaping @Sendable () -> Void) throws -> SQLiteCache {
    try SQLiteCache(folder: settings.cacheDirectory, reporting: try reporting(posted: posted))
  }

  func timetable() throws -> Timetable {
    Timetable(interval: settings.interval, agent: try agent(), digest: SHA256.digest)
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

  static var machine: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return text(name)
  }

  /// The newest runs; one without an end on which nobody works any more was interrupted.
  func attempts(limit: Int, in cache: SQLiteCache) async throws -> [Attempt] {
    let open = try await cache.attempts(limit: limit).filter { $0.outcome == .running }.map(\.run)
    let holder = open.isEmpty ? nil : try ProfileLock.holder(of: settings.cacheDirectory)
    // Read once more: a run that has ended meanwhile has its own outcome by now.
    return try await cache.attempts(limit: limit).map { attempt in
      guard attempt.outcome == .running, open.contains(attempt.run),
        holder.map({ $0.since > attempt.started }) ?? true
      else { return attempt }
      var attempt = attempt
      attempt.outcome = .interrupted
      return attempt
    }
  }

  /// The zone of the mailbox's person, as last read or set.
  func personalZone(in cache: SQLiteCache) async throws -> ZoneName? {
    try await cache.positions().personalZone ?? settings.zone
  }

  /// What the cache alone can plan from; for comparing, for nothing in it proves an absence.
  func planInput(in cache: SQLiteCache) async throws -> PlanInput {
    let positions = try await cache.positions()
    return PlanInput(
      links: [],
      exchange: [],
      psa: [],
      exchangeCoverage: nil,
      psaCoverage: [:],
      rules: settings.rules,
      settings: positions.settings ?? "",
      zone: positions.personalZone ?? settings.zone,
      clock: ZoneClock(zones),
      now: WallClock.now(),
      run: RunID(0),
      tenant: positions.tenant ?? TenantID(0),
      resource: positions.resource ?? ResourceID(0),
      mailbox: positions.mailbox ?? settings.exchange.mailbox,
      folder: positions.folder ?? FolderID(""),
      nextLink: LinkID(0),
      fingerprinter: Wiring.fingerprinter
    )
  }

  /// The dates of series that the cache knows, as far as no server is needed for them.
  func series(
    in cache: SQLiteCache,
    _ input: PlanInput
  ) async throws -> [ExchangeItemID: SeriesFacts] {
    let masters = try await cache.exchangeFacts().filter { $0.role == .master && !$0.isStampOwn }
    return try await reader(cache, input).series(of: masters, cache.links()).series
  }

  /// The same of these series alone; `links` are those whose dates matter, wherever they lie.
  func series(
    of masters: Set<ExchangeItemID>,
    _ links: [Link],
    in cache: SQLiteCache
  ) async throws -> [SeriesFacts] {
    guard !masters.isEmpty else { return [] }
    let input = try await planInput(in: cache)
    let items = try await cache.exchangeItems(Array(masters)).values.filter { $0.role == .master }
    let facts = items.map(input.facts.fact(of:)).sorted { $0.id.rawValue < $1.id.rawValue }
    return Array(try await reader(cache, input).series(of: facts, links).series.values)
  }

  private func reader(_ cache: SQLiteCache, _ input: PlanInput) -> SeriesReader {
    SeriesReader(
      cache: cache,
      engine: SeriesCalendar(zones: zones),
      clock: input.clock,
      rules: input.rules,
      now: input.now,
      maker: input.facts
    )
  }

  func wholeDays(in cache: SQLiteCache) async throws -> WholeDays {
    WholeDays(of: try await personalZone(in: cache), ZoneClock(zones))
  }

  // MARK: The engine

  private func surroundings(_ progress: @escaping @Sendable (Progress) -> Void) -> Surroundings {
    Surroundings(
      now: { WallClock.now() },
      dice: {
        var dice = SystemRandomNumberGenerator()
        return dice.next()
      },
      fingerprinter: Wiring.fingerprinter,
      zones: ZoneClock(zones),
      series: SeriesCalendar(zones: zones),
      progress: progress,
      unhurried: Wiring.unhurried
    )
  }

  /// Waits three times as long as the work took, for another machine's may take as long; and never
  /// so shortly that a busy machine could not keep up.
  private static func unhurried(_ work: () async throws -> Void) async throws {
    let begun = ContinuousClock.now
    try await work()
    try await Task.sleep(for: max(.milliseconds(250), (ContinuousClock.now - begun) * 3))
  }

  private static let fingerprinter = Fingerprinter(digest: { SHA256.digest($0) })

  /// As long as a person waits for another run of the profile.
  static let patience = Duration.seconds(300)

  /// Takes the profile, opens the cache, signs in nowhere yet, and runs `body` with the engine.
  ///
  /// Everything is given back afterwards, also when `body` fails. With `readOnly` nothing in the
  /// cache can be changed, and a gateway's view is read into memory.
  func withCycle<Result>(
    readOnly: Bool = false,
    _ body: (Cycle) async throws -> Result
  ) async throws -> Result {
    let lock = try await lock(patience: Wiring.patience)
    defer { lock.release() }
    let cache = try cache(readOnly: readOnly)
    return try await cycle(
      cache,
      installation(),
      secrets(),
      replica: readOnly ? cache.replicaForOneLook() : nil,
      progress: ProgressLine.show,
      body
    )
  }

  /// The same for a run on record: one without its passwords is there too, so that nobody takes
  /// silence for health.
  func record(
    _ purpose: Attempt.Purpose,
    patience: Duration = Wiring.patience,
    progress: @escaping @Sendable (Progress) -> Void = ProgressLine.show,
    _ body: (Cycle) async throws -> SyncResult
  ) async throws -> SyncResult {
    let lock = try await lock(patience: patience)
    defer { lock.release() }
    let (bells, ring) = AsyncStream.makeStream(of: Void.self)
    let cache = try cache(posted: { ring.yield() })
    // Ends with this run at the latest: its end is told by whoever began it.
    async let _ = tellBeginning(bells, cache)
    let installation = try installation()
    let secrets: Secrets
    do {
      secrets = try await self.secrets()
    } catch let failure as any SyncFailure {
      try Task.checkCancellation()
      return try await cache.recordFailure(
        failure,
        of: purpose,
        at: WallClock.now(),
        settings: installation.settingsDigest
      )
    }
    return try await cycle(cache, installation, secrets, progress: progress, body)
  }

  private func cycle<Result>(
    _ cache: SQLiteCache,
    _ installation: Installation,
    _ secrets: Secrets,
    replica: SQLiteCache? = nil,
    progress: @escaping @Sendable (Progress) -> Void,
    _ body: (Cycle) async throws -> Result
  ) async throws -> Result {
    try Task.checkCancellation()
    return try await exchange(secrets.exchange).use { mailbox in
      try await psa(secrets.psa, replica: replica ?? cache).use { service in
        try await body(
          Cycle(
            mailbox: mailbox,
            psa: service,
            contacts: installation.rules.contacts.map { _ in
              ContactPorts(folder: mailbox, psa: service)
            },
            cache: cache,
            installation: installation,
            surroundings: surroundings(progress)
          )
        )
      }
    }
  }

  /// One run at a time: another one of this profile is waited for.
  func lock(patience: Duration) async throws -> ProfileLock {
    try await ProfileLock.inTurn(
      folder: settings.cacheDirectory,
      patience: patience,
      now: { WallClock.now() },
      waiting: { holder in
        Terminal.say(
          "Process \(holder.process) is at work since \(WallClock.shownWithZone(holder.since)); "
            + "waiting for it."
        )
      }
    )
  }
}
