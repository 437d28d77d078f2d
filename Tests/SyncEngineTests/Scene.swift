import Cryptography
import Foundation
import ICalendar
import Store
import SyncEngine
import SyncModel
import SyncPlan
import TestGround
import Testing
import World
import ZoneData

/// A clock that only moves when it is told to.
final class HandClock: Sendable {
  private let seconds: Locked<Int64>

  init(_ seconds: Int64) { self.seconds = Locked(seconds) }

  var now: Int64 { seconds.withLock { $0 } }

  func advance(_ distance: Int64) { seconds.withLock { $0 += distance } }
}

/// One person's two calendars, an agent with a real cache, and a clock moved by hand.
final class Scene: @unchecked Sendable {
  // Each test drives its scene from one task.
  /// 2026-11-23T08:00:00Z, a Monday.
  static let monday: Int64 = 1_795_420_800
  static let hour: Int64 = 3_600
  static let zone = "W. Europe Standard Time"

  let clock: HandClock
  let world: World
  private(set) var cache: SQLiteCache
  private(set) var folder: URL
  private let home: TemporaryFolder
  var rules = SyncRules(zone: ZoneName("Europe/Berlin"))
  var agent = AgentID("agent-one")
  private let database = ZoneDatabase()
  let zones: WorldZones

  init(items: Int = 0, fillsLikeVendor: Bool = false, now: Int64 = Scene.monday) throws {
    let clock = HandClock(now)
    let database = database
    zones = WorldZones(
      offsets: ZoneOffsets { windows, instant in
        guard let name = WindowsZones.iana(forWindows: windows) else { return nil }
        return try? database.zone(name).offset(at: instant)
      },
      windows: { WindowsZones.windows(forIANA: $0) },
      iana: { WindowsZones.iana(forWindows: $0) }
    )
    let seeding = Seeding(
      items: items,
      fillsLikeVendor: fillsLikeVendor,
      zones: zones.offsets,
      now: clock.now
    )
    let (mailbox, tenant) = try seeding.sides()
    world = World(mailbox: mailbox, tenant: tenant, clock: { clock.now })
    self.clock = clock
    home = try TemporaryFolder()
    folder = URL(filePath: home("first"))
    cache = try SQLiteCache(folder: folder.path)
    ThreeRuns.add(self)
  }

  /// Another agent on the same two calendars, with a cache of its own.
  init(sharing other: Scene) throws {
    clock = other.clock
    world = other.world
    zones = other.zones
    rules = other.rules
    home = try TemporaryFolder()
    folder = URL(filePath: home("first"))
    cache = try SQLiteCache(folder: folder.path)
    ThreeRuns.add(self)
  }

  private func newFolder() -> URL { URL(filePath: home(UUID().uuidString)) }

  /// Throws the cache away, as a new machine would.
  func loseCache() throws {
    folder = newFolder()
    cache = try SQLiteCache(folder: folder.path)
  }

  /// A copy of the cache as a backup would hold it.
  func copyCache() throws -> URL {
    let copy = newFolder()
    try FileManager.default.copyItem(at: folder, to: copy)
    return copy
  }

  /// Puts a backup of the cache in place of what is there.
  func restoreCache(_ copy: URL) throws {
    folder = copy
    cache = try SQLiteCache(folder: folder.path)
  }

  func cycle(
    mailbox: (any ExchangeMailbox & ExchangeWriting)? = nil,
    psa: (any PSAService & PSAWriting)? = nil,
    contacts: ContactPorts? = nil
  ) -> Cycle {
    let clock = clock
    let database = database
    return Cycle(
      mailbox: mailbox ?? worldMailbox,
      psa: psa ?? worldPSA,
      contacts: contacts ?? worldContacts,
      cache: cache,
      installation: Installation(
        agent: agent,
        machine: "desk",
        rules: rules,
        settingsDigest: rules.canonicalText
      ),
      surroundings: Surroundings(
        now: { Instant(seconds: clock.now) },
        dice: { UInt64.random(in: 0...UInt64.max) },
        fingerprinter: Fingerprinter(digest: SHA256.digest),
        zones: ZoneClock(
          instant: { local, name in
            guard let zone = try? database.zone(name.rawValue) else { return nil }
            return Instant(seconds: zone.instant(localSeconds: local.secondsSince1970))
          },
          local: { instant, name in
            guard let zone = try? database.zone(name.rawValue) else { return nil }
            return LocalDateTime(
              secondsSince1970: instant.seconds + Int64(zone.offset(at: instant.seconds))
            )
          }
        ),
        series: SeriesCalendar(zones: database),
        progress: { _ in }
      )
    )
  }

  var worldMailbox: WorldMailbox { WorldMailbox(world, zones: zones) }
  /// Both ports of contacts, where they are kept in step at all.
  private var worldContacts: ContactPorts? {
    rules.contacts.map { _ in ContactPorts(folder: worldMailbox, psa: worldPSA) }
  }
  var worldPSA: WorldPSA { WorldPSA(world, .resource(ResourceID(Seeding.technician))) }

  // MARK: People

  @discardableResult
  func exchange(_ verb: Edit.Verb) async throws -> String {
    clock.advance(60)
    return try await world.make(Edit(.exchange, verb), zones: zones.offsets)
  }

  @discardableResult
  func psa(_ verb: Edit.Verb) async throws -> String {
    clock.advance(60)
    return try await world.make(Edit(.psa, verb), zones: zones.offsets)
  }

  /// The dispatcher changes a to-do or a service call.
  @discardableResult
  func office(_ kind: OfficeEdit.Kind, _ verb: OfficeEdit.Verb) async throws -> String {
    clock.advance(60)
    return try await world.make(OfficeEdit(kind, verb))
  }

  /// A person makes an Exchange item with everything that `shape` sets.
  @discardableResult
  func exchangeItem(
    _ title: String,
    start: Int64,
    end: Int64,
    shape: @Sendable (inout Mailbox.Appointment) -> Void = { _ in }
  ) async throws -> String {
    clock.advance(60)
    let offsets = zones.offsets
    return try await world.mailbox { mailbox, now in
      var item = Mailbox.Appointment(title, start: start, end: end)
      item.startZone = Scene.zone
      item.endZone = Scene.zone
      shape(&item)
      let around = Mailbox.Surroundings(now: now, zones: offsets, contextZone: Scene.zone)
      return mailbox.text(
        of: try mailbox.create(item, in: mailbox.folderID(.calendar), around).id
      )
    }
  }

  func change(_ id: String, _ changes: [Mailbox.Change]) async throws {
    clock.advance(60)
    let offsets = zones.offsets
    try await world.mailbox { mailbox, now in
      let around = Mailbox.Surroundings(now: now, zones: offsets, contextZone: Scene.zone)
      _ = try mailbox.update(
        mailbox.itemID(id),
        changes,
        changeKey: nil,
        conflict: .alwaysOverwrite,
        around
      )
    }
  }

  func inMailbox<T: Sendable>(
    _ body: @Sendable (inout Mailbox, Int64) throws -> T
  ) async throws -> T {
    clock.advance(60)
    return try await world.mailbox(body)
  }

  // MARK: Looking

  /// The person's calendar, ordered by start.
  func exchangeItems() async throws -> [ExchangeItem] {
    let mailbox = worldMailbox
    let folder = try await mailbox.open()
    var ids: [ExchangeItemID] = []
    var state: SyncState?
    while case .page(let page) = try await mailbox.changes(since: state, in: folder.id) {
      ids += page.present.map(\.id)
      state = page.next
      if page.isLast { break }
    }
    var items: [ExchangeItem] = []
    for case .found(let item) in try await mailbox.items(ids, in: folder.id) { items.append(item) }
    return items.sorted { $0.title < $1.title }
  }

  func psaItems() async throws -> [PSAItem] {
    let psa = worldPSA
    _ = try await psa.open()
    var items: [PSAItem] = []
    var token: PageToken?
    repeat {
      let page = try await psa.page(of: PSAQuery(kind: .appointment), continuing: token)
      items += page.items
      token = page.next
    } while token != nil
    return items.sorted { $0.title < $1.title }
  }

  // MARK: Running

  @discardableResult
  func sync(
    _ options: SyncOptions = SyncOptions(),
    mailbox: (any ExchangeMailbox & ExchangeWriting)? = nil,
    psa: (any PSAService & PSAWriting)? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> SyncResult {
    // Contacts are read again an hour later.
    clock.advance(rules.contacts == nil ? 60 : Scene.hour)
    let result = try await cycle(mailbox: mailbox, psa: psa).sync(options)
    if let failure = result.failure {
      Issue.record("\(failure)", sourceLocation: sourceLocation)
    }
    return result
  }

  /// At most two runs settle it, and the third writes nothing (`promises.md` I5).
  ///
  /// Every scenario ends so (`ThreeRuns`); it is called for within one before the next thing happens.
  @discardableResult
  func settle(sourceLocation: SourceLocation = #_sourceLocation) async throws -> SyncResult {
    let first = try await sync(sourceLocation: sourceLocation)
    try await sync(sourceLocation: sourceLocation)
    let third = try await sync(sourceLocation: sourceLocation)
    #expect(third.attempt.writes == 0, "the third run wrote", sourceLocation: sourceLocation)
    return first
  }
}

extension Attempt {
  var writes: Int {
    exchange.created + exchange.updated + exchange.deleted + psa.created + psa.updated
      + psa.deleted
  }
}
