import Logging
import Sandbox
import SyncModel
import World
import ZoneData

/// The world that a contract is tried on, what people do in it, and the servers before it.
struct Grounds: Sendable {
  /// 2026-11-23T08:00:00Z, a Monday.
  static let monday: Int64 = 1_795_420_800
  static let hour: Int64 = 3_600
  static let zone = "W. Europe Standard Time"
  static let password = "sandbox"
  /// An account without a mailbox that may act as everybody.
  static let account = "FIRM\\service"

  let clock: HandClock
  let world: World
  let zones: WorldZones
  let database: ZoneDatabase
  let faults: Faults
  /// What stands before the servers.
  private var front: @Sendable (any WireServer) -> any WireServer = { $0 }

  init(items: Int = 0, seed: UInt64 = 1, fillsLikeVendor: Bool = false) throws {
    let clock = HandClock(Grounds.monday)
    let database = ZoneDatabase()
    zones = WorldZones(
      offsets: ZoneOffsets { windows, instant in
        guard let name = WindowsZones.iana(forWindows: windows) else { return nil }
        return try? database.zone(name).offset(at: instant)
      },
      windows: { WindowsZones.windows(forIANA: $0) },
      // The tables say Etc/UTC; the product says UTC.
      iana: { $0 == "UTC" ? "UTC" : WindowsZones.iana(forWindows: $0) }
    )
    let seeding = Seeding(
      seed: seed,
      items: items,
      fillsLikeVendor: fillsLikeVendor,
      zones: zones.offsets,
      now: clock.now,
      password: Grounds.password
    )
    let (mailbox, tenant) = try seeding.sides()
    world = World(mailbox: mailbox, tenant: tenant, clock: { clock.now })
    faults = Faults()
    self.clock = clock
    self.database = database
  }

  /// The same, with something between the servers and those who ask them.
  func between(_ front: @escaping @Sendable (any WireServer) -> any WireServer) -> Grounds {
    var grounds = self
    grounds.front = front
    return grounds
  }

  /// Serves both sides on loopback ports while the body runs.
  func serving<T: Sendable>(
    _ body: @escaping @Sendable (Sandbox.Ports) async throws -> T
  ) async throws -> T {
    let exchange = exchangeServer
    let silent = Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
    let psa = AutotaskServer(world, faults: faults)
    return try await Sandbox(
      exchange: front(exchange),
      psa: front(psa),
      logger: silent
    )
    .running(body)
  }

  var exchangeServer: ExchangeServer {
    ExchangeServer(
      world,
      faults: faults,
      user: Seeding.mailAddress,
      password: Grounds.password,
      impersonator: ExchangeServer.Login(user: Grounds.account, password: Grounds.password),
      zones: ZoneCatalog(offsets: zones.offsets, ids: WindowsZones.allWindowsIDs)
    )
  }

  // MARK: The person's mailbox

  /// A visit to the mailbox, a minute later.
  func inMailbox<T: Sendable>(
    _ body: @Sendable (inout Mailbox, Mailbox.Surroundings) throws -> T
  ) async throws -> T {
    clock.advance(60)
    let offsets = zones.offsets
    return try await world.mailbox { mailbox, now in
      try body(
        &mailbox,
        Mailbox.Surroundings(now: now, zones: offsets, contextZone: Grounds.zone)
      )
    }
  }

  /// A person makes an item with everything that `shape` sets.
  @discardableResult
  func add(
    _ title: String = "Planning",
    start: Int64 = Grounds.monday + 5 * Grounds.hour,
    length: Int64 = Grounds.hour,
    shape: @Sendable (inout Mailbox.Appointment) -> Void = { _ in }
  ) async throws -> ExchangeItemID {
    try await inMailbox { mailbox, around in
      var item = Mailbox.Appointment(title, start: start, end: start + length)
      item.startZone = Grounds.zone
      item.endZone = Grounds.zone
      shape(&item)
      let made = try mailbox.create(item, in: mailbox.folderID(.calendar), around)
      return ExchangeItemID(mailbox.text(of: made.id))
    }
  }

  /// Many plain items at once, oldest first.
  func add(many count: Int) async throws -> [ExchangeItemID] {
    try await inMailbox { mailbox, around in
      let folder = mailbox.folderID(.calendar)
      return try (0..<count).map { number in
        let start = Grounds.monday + Int64(number) * 1_800
        let item = Mailbox.Appointment("Item \(number)", start: start, end: start + 900)
        return ExchangeItemID(mailbox.text(of: try mailbox.create(item, in: folder, around).id))
      }
    }
  }

  func change(_ id: ExchangeItemID, _ changes: Mailbox.Change...) async throws {
    try await inMailbox { mailbox, around in
      _ = try mailbox.update(
        mailbox.itemID(id.rawValue),
        changes,
        changeKey: nil,
        conflict: .alwaysOverwrite,
        around
      )
    }
  }

  func delete(_ id: ExchangeItemID) async throws {
    try await inMailbox { mailbox, around in
      _ = try mailbox.delete(mailbox.itemID(id.rawValue), .moveToDeletedItems, at: around.now)
    }
  }

  /// A folder of the person's; answers its id as the ports spell it.
  func addFolder(
    _ name: String,
    folderClass: String = "IPF.Appointment",
    in place: Mailbox.Place = .calendar
  ) async throws -> SyncModel.FolderID {
    try await inMailbox { mailbox, around in
      let id = try mailbox.createFolder(
        name,
        folderClass: folderClass,
        in: mailbox.folderID(place),
        at: around.now
      )
      return SyncModel.FolderID(mailbox.text(of: id))
    }
  }

  /// Moves an item as a person would; answers its new id.
  func move(
    _ id: ExchangeItemID,
    to folder: SyncModel.FolderID
  ) async throws -> ExchangeItemID {
    try await inMailbox { mailbox, around in
      let moved = try mailbox.move(
        mailbox.itemID(id.rawValue),
        to: mailbox.folderID(folder.rawValue),
        at: around.now
      )
      return ExchangeItemID(mailbox.text(of: moved.id))
    }
  }

  var mailsSent: Int {
    get async { await world.mailbox { mailbox, _ in mailbox.mailsSent } }
  }

  // MARK: The tenant

  /// An appointment of the PSA, entered at the clock's time, or of so many seconds before it.
  @discardableResult
  func enter(
    _ title: String = "On site",
    start: Int64 = Grounds.monday + 5 * Grounds.hour,
    length: Int64 = Grounds.hour,
    text: String = "",
    resource: Int64 = Seeding.technician
  ) async throws -> PSAID {
    try await world.tenant { tenant, now in
      guard let entity = Schema.entity("Appointments") else { throw Refusal.notFound }
      return PSAID(
        try tenant.create(
          [
            "title": .string(title), "description": .string(text), "resourceID": .int(resource),
            "startDateTime": .string(WireTime.text(start)),
            "endDateTime": .string(WireTime.text(start + length)),
          ],
          in: entity,
          at: now
        )
      )
    }
  }

  /// Many appointments of the resource, each an hour after the one before, ascending.
  func enter(many count: Int) async throws -> [PSAID] {
    var ids: [PSAID] = []
    for number in 0..<count {
      ids.append(
        try await enter("Job \(number)", start: Grounds.monday + Int64(number) * Grounds.hour)
      )
    }
    return ids
  }

  @discardableResult
  func make(_ side: Edit.Side, _ verb: Edit.Verb) async throws -> String {
    clock.advance(60)
    return try await world.make(Edit(side, verb), zones: zones.offsets)
  }
}
