import Cryptography
import ICalendar
import RegistryAPI
import Store
import SyncEngine
import SyncModel
import SyncPlan
import World
import ZoneData

/// The registry in memory: what it was told of each run.
final class TestedRegistry: @unchecked Sendable {
  // Touched on the history's one thread only.
  struct Key: Hashable {
    let agent: AgentID
    let run: RunID
  }

  private(set) var reports: [Key: AttemptReport] = [:]
  var isAway = false
  /// Everything that ever reached it.
  private(set) var heard = ""

  /// A report of a run's beginning never takes the place of its end.
  func take(_ report: Report, from agent: AgentID) {
    heard += report.payload
    guard let attempt = report.attempt else { return }
    let key = Key(agent: agent, run: attempt.run)
    if let known = reports[key], known.outcome != .running, attempt.outcome == .running { return }
    reports[key] = attempt
  }
}

/// What a run is for.
enum Errand: Sendable {
  case sync(SyncOptions)
  case plan
  case adopt(createMissing: Bool)
  case undo(RunID)
  case purge(Purge)

  /// A person asked for what it removes.
  var isOrder: Bool {
    switch self {
    case .undo, .purge: true
    case .sync, .plan, .adopt: false
    }
  }
}

/// One agent: its cache outlives its processes.
final class Agent: @unchecked Sendable {
  // Touched on the history's one thread only.
  let id: AgentID
  let name: String
  private(set) var cache: SQLiteCache
  private var backup: SQLiteCache?
  /// Runs that the registry is to hear of.
  private(set) var witnessed: Set<RunID> = []
  private let bug: Bug?

  init(name: String, _ empty: SQLiteCache, bug: Bug?) throws {
    id = AgentID("agent-\(name)")
    self.name = name
    self.bug = bug
    cache = try empty.copiedInMemory(reporting: Agent.reporting)
  }

  private static let reporting = Reporting(policy: 1, nextDue: { $0.advanced(bySeconds: 600) })

  // MARK: The cache

  func backUp() throws { backup = try cache.copiedInMemory() }

  /// False where there is no backup yet.
  func restoreBackup() throws -> Bool {
    guard let backup else { return false }
    cache = try backup.copiedInMemory(reporting: Agent.reporting)
    witnessed = []
    return true
  }

  func lose(_ empty: SQLiteCache) throws {
    cache = try empty.copiedInMemory(reporting: Agent.reporting)
    witnessed = []
  }

  func witness(_ runs: Set<RunID>) { witnessed.formUnion(runs) }

  // MARK: Running

  func cycle(in history: History, _ life: Life) -> Cycle {
    let world = history.world
    let mailbox = WorldMailbox(world, zones: history.zones)
    let psa = WorldPSA(world, .resource(ResourceID(Seeding.technician)))
    let rules = history.rules
    let clock = history.clock
    let skew = history.skew
    let letters = LifeDice(Dice(seed: history.nextSeed()))
    let contacts = StagedContacts(mailbox: mailbox, psa: psa, life: life, watch: history.watch)
    return Cycle(
      mailbox: StagedMailbox(inner: mailbox, life: life, watch: history.watch, bug: bug),
      psa: StagedPSA(inner: psa, life: life, watch: history.watch, bug: bug),
      contacts: rules.contacts.map { _ in ContactPorts(folder: contacts, psa: contacts) },
      cache: StagedCache(inner: cache, life: life, watch: history.watch, bug: bug),
      installation: Installation(
        agent: id,
        machine: name,
        rules: rules,
        settingsDigest: rules.canonicalText
      ),
      surroundings: Surroundings(
        now: { Instant(seconds: clock.now + skew) },
        dice: { letters.next() },
        fingerprinter: Fingerprinter(digest: SHA256.digest),
        zones: history.ground.zoneClock,
        series: SeriesCalendar(zones: history.ground.database),
        progress: { step in
          if case .step(let words) = step { history.hear(words) }
        }
      )
    )
  }

  /// What waits is told, as after every run.
  func deliver(to registry: TestedRegistry) async throws {
    guard !registry.isAway else { return }
    let waiting = try await cache.outbox(limit: 1_000)
    for report in waiting { registry.take(report, from: id) }
    try await cache.delivered(waiting)
  }
}

/// The letters that a process chooses.
private final class LifeDice: @unchecked Sendable {
  // Touched on the history's one thread only.
  private var dice: Dice
  init(_ dice: Dice) { self.dice = dice }
  func next() -> UInt64 { dice.next() }
}

/// The servers' clock, moved by hand.
final class HistoryClock: @unchecked Sendable {
  // Touched on the history's one thread only.
  private(set) var now: Int64
  let beginning: Int64

  init(_ now: Int64) { (self.now, beginning) = (now, now) }

  func advance(_ seconds: Int64) { now += seconds }
}
