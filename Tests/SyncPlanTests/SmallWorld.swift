import SyncModel
import SyncPlan

/// A digest that is quick and spreads well; these tests need no cryptography.
let quick = Fingerprinter { bytes in
  var state: [UInt64] = [0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9, 1, 2]
  for byte in bytes {
    for index in 0..<4 {
      state[index] = (state[index] ^ UInt64(byte)) &* (0x100_0000_01B3 &+ UInt64(index) &* 2)
      state[index] ^= state[index] >> 29
    }
  }
  return state.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
}

/// Two calendars and the links between them, as plain values: plans are made from it and applied
/// to it as the engine would, without any port.
struct SmallWorld: Sendable {
  /// 2026-11-23T08:00:00Z, a Monday.
  static let monday = Instant(seconds: 1_795_420_800)
  static let hour: Int64 = 3_600
  static let tenant = TenantID(42)
  static let resource = ResourceID(7)
  static let mailbox = MailboxID("technician@example.com")
  static let folder = FolderID("calendar")
  static let zone = ZoneName("Europe/Berlin")

  var exchange: [ExchangeItem] = []
  var psa: [PSAItem] = []
  var links: [Link] = []
  /// The days of each series, as its pattern yields them.
  var pattern: [ExchangeItemID: [LocalDate]] = [:]
  var deletedDates: [ExchangeItemID: Set<LocalDate>] = [:]
  var changedDates: [ExchangeItemID: [LocalDate: ExchangeItem]] = [:]
  /// Items that cannot be read out.
  var unread: Set<ExchangeItemID> = []
  var rules = SyncRules()
  var settings = "settings"
  var mode = PlanMode()
  var now = SmallWorld.monday
  var zone: ZoneName? = SmallWorld.zone
  /// Seconds east of UTC in every zone but UTC.
  var offset: Int64 = 3_600
  /// Answers other than the true one: an item is there or it is not.
  var lookUps: [ItemKey: LookUp] = [:]
  var isLookedUp = true
  /// The rows of the service calls, where all of them were read.
  var assignments: AssignmentReading?
  /// Each run reads all of them, and none names this resource.
  var readsAssignments = false
  var away: [LinkID: ExchangeItem] = [:]
  /// PSA items of another resource.
  var reassigned: [PSAItem] = []
  var isExchangeWhole: Bool? = true
  var isPSAWhole: Bool? = true
  var approved: Set<PlanDigest> = []
  var run = RunID(1)
  var nextLink = LinkID(1)
  var nextPSA: Int64 = 1_000
  var nextItem = 1

  var maker: FactMaker {
    FactMaker(
      tenant: SmallWorld.tenant,
      resource: SmallWorld.resource,
      rules: rules,
      fingerprinter: quick
    )
  }

  // MARK: People

  @discardableResult
  mutating func inExchange(
    _ title: String,
    at start: Int64 = 5 * SmallWorld.hour,
    _ shape: (inout ExchangeItem) -> Void = { _ in }
  ) -> ExchangeItemID {
    let id = ExchangeItemID("x\(nextItem)")
    var item = ExchangeItem(
      id: id,
      changeKey: ChangeKey("k1"),
      folder: SmallWorld.folder,
      uid: "uid\(nextItem)",
      cleanUID: CleanUID("UID\(nextItem)"),
      when: SmallWorld.when(start),
      title: title,
      created: now,
      modified: now
    )
    nextItem += 1
    shape(&item)
    exchange.append(item)
    return id
  }

  @discardableResult
  mutating func inPSA(
    _ title: String,
    at start: Int64 = 5 * SmallWorld.hour,
    _ shape: (inout PSAItem) -> Void = { _ in }
  ) -> PSAID {
    var item = PSAItem(
      kind: .appointment,
      id: PSAID(nextPSA),
      resource: SmallWorld.resource,
      title: title,
      text: "",
      start: SmallWorld.monday.advanced(bySeconds: start),
      end: SmallWorld.monday.advanced(bySeconds: start + SmallWorld.hour),
      created: now,
      modified: now
    )
    nextPSA += 1
    shape(&item)
    psa.append(item)
    return item.id
  }

  static func when(_ start: Int64, length: Int64 = SmallWorld.hour) -> When {
    .timed(
      start: monday.advanced(bySeconds: start),
      end: monday.advanced(bySeconds: start + length),
      zone: nil
    )
  }

  /// A person, or our own write, touches an item: its version moves.
  mutating func change(_ id: ExchangeItemID, _ edit: (inout ExchangeItem) -> Void) {
    guard let index = exchange.firstIndex(where: { $0.id == id }) else { return }
    edit(&exchange[index])
    exchange[index].changeKey = ChangeKey(exchange[index].changeKey.rawValue + "+")
    exchange[index].modified = exchange[index].modified.advanced(bySeconds: 1)
  }

  mutating func change(_ id: PSAID, _ edit: (inout PSAItem) -> Void) {
    if let index = psa.firstIndex(where: { $0.id == id }) {
      edit(&psa[index])
      psa[index].modified = psa[index].modified.advanced(bySeconds: 1)
    } else if let index = reassigned.firstIndex(where: { $0.id == id }) {
      edit(&reassigned[index])
      reassigned[index].modified = reassigned[index].modified.advanced(bySeconds: 1)
      lookUps[reassigned[index].key] = lookUp(of: reassigned[index])
    }
  }

  /// The PSA gives it to another resource: it is in no listing of this one's any more.
  mutating func reassign(_ id: PSAID) {
    guard let item = psa(id) else { return }
    remove(id)
    reassigned.append(item)
    lookUps[item.key] = lookUp(of: item)
  }

  private func lookUp(of item: PSAItem) -> LookUp {
    .reassigned(maker.fact(of: item), to: ResourceID(8))
  }

  mutating func remove(_ id: ExchangeItemID) { exchange.removeAll { $0.id == id } }

  mutating func remove(_ id: PSAID) { psa.removeAll { $0.id == id } }

  /// Its mark stands on the calendar, its rows are gone.
  mutating func loseCache() {
    links = []
    mode.cacheWasLost = true
    mode.mayDelete = false
  }

  // MARK: Planning

  var input: PlanInput {
    let offset = offset
    return PlanInput(
      links: links,
      exchange: exchange.map(maker.fact(of:)),
      series: series,
      psa: psa.map(maker.fact(of:)),
      unread: unread,
      lookUps: isLookedUp ? lookUps.merging(trueLookUps) { given, _ in given } : lookUps,
      awayFacts: away.mapValues(maker.fact(of:)),
      exchangeCoverage: isExchangeWhole.map {
        coverage(.exchange, .appointment, exchange.count, $0)
      },
      psaCoverage: psaCoverage,
      assignments: assignments ?? noAssignments,
      rules: rules,
      settings: settings,
      zone: zone,
      clock: ZoneClock(
        instant: { local, name in
          Instant(seconds: local.secondsSince1970 - (name == .utc ? 0 : offset))
        },
        local: { instant, name in
          LocalDateTime(secondsSince1970: instant.seconds + (name == .utc ? 0 : offset))
        }
      ),
      now: now,
      run: run,
      tenant: SmallWorld.tenant,
      resource: SmallWorld.resource,
      mailbox: SmallWorld.mailbox,
      folder: SmallWorld.folder,
      mode: mode,
      approved: approved,
      nextLink: nextLink,
      fingerprinter: quick
    )
  }

  private var noAssignments: AssignmentReading? {
    readsAssignments
      ? AssignmentReading(run: run, resource: SmallWorld.resource, rows: []) : nil
  }

  /// Of every kind that is read.
  private var psaCoverage: [Kind: Coverage] {
    guard let isPSAWhole else { return [:] }
    var read: [Kind: Coverage] = [:]
    for kind in Kind.allCases where kind == .appointment || rules.exports(kind) {
      read[kind] = coverage(.psa, kind, psa.count, isPSAWhole)
    }
    return read
  }

  var plan: Plan { SyncPlan.plan(input) }

  /// As the engine asks: each linked item that its listing lacks, but not the half that a link
  /// that waits is known to lack.
  private var trueLookUps: [ItemKey: LookUp] {
    var found: [ItemKey: LookUp] = [:]
    let inExchange = Set(exchange.map(\.id))
    let inPSA = Set(psa.map(\.key))
    for (key, item) in zip(psa.map(\.key), psa) where item.isCancelled { found[key] = .found }
    for link in links {
      let isAsked: (Side) -> Bool = { side in
        switch link.state {
        case .linked, .parked, .away, .held: true
        case .suppressed, .closed, .unmatched: link.origin == (side == .psa ? .psa : .exchange)
        }
      }
      if let half = link.exchange, !inExchange.contains(half.item), isAsked(.exchange) {
        found[ItemKey(side: .exchange, kind: link.kind, id: half.item.rawValue)] = .nothing
      }
      let key = link.psa.map { ItemKey(side: .psa, kind: link.kind, id: $0.id.description) }
      if let key, !inPSA.contains(key), isAsked(.psa) { found[key] = .nothing }
    }
    return found
  }

  func coverage(_ side: Side, _ kind: Kind, _ count: Int, _ isComplete: Bool) -> Coverage {
    Coverage(
      run: run,
      side: side,
      kind: kind,
      mailbox: SmallWorld.mailbox,
      folder: side == .exchange ? SmallWorld.folder : nil,
      endingFrom: nil,
      ids: nil,
      settings: settings,
      epoch: 0,
      began: now,
      ended: now,
      isComplete: isComplete,
      count: count
    )
  }

  // MARK: Looking

  /// Plans and applies until nothing is written; returns what was written in each round.
  @discardableResult
  mutating func settle(rounds: Int = 3) -> [[Operation]] {
    var written: [[Operation]] = []
    for _ in 0..<rounds {
      let plan = plan
      apply(plan)
      written.append(plan.operations)
      if plan.operations.isEmpty { break }
    }
    return written
  }

  func exchange(_ id: ExchangeItemID) -> ExchangeItem? { exchange.first { $0.id == id } }
  func psa(_ id: PSAID) -> PSAItem? { psa.first { $0.id == id } }
}

extension Plan {
  /// The operations in a form that is easy to compare.
  var lines: [String] { operations.map { "\($0.side.rawValue) \($0.verb.rawValue) \($0.item)" } }
}
