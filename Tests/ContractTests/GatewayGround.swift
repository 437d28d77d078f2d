import Autotask
import Cryptography
import Foundation
import HTTP
import Logging
import RegistryAPI
import RegistryClient
import RegistryGateway
import RegistryPages
import RegistryServer
import RegistryStore
import Sandbox
import Store
import SyncEngine
import SyncModel
import TestGround
import World

/// A registry on a real file and a real port that is the gateway to the sandbox's tenant.
struct GatewayGround: Sendable {
  static let boss = AdminName(rawValue: "dispatcher")

  let grounds: Grounds
  let store: RegistryStore
  let tenant: any PSATenant
  /// The same with a secret that is none.
  let lockedOut: any PSATenant
  let duty: GatewayDuty
  private(set) var address: String
  /// The first person's; garbage for one who has no agent.
  let token: String
  /// Kept from run to run, as an agent's cache is.
  let replica: SQLiteCache
  private let http: HTTPClient

  static func serving<T: Sendable>(
    _ grounds: Grounds,
    as person: PSAPort.Person = .technician,
    _ body: @escaping @Sendable (GatewayGround) async throws -> T
  ) async throws -> T {
    let folder = try TemporaryFolder()
    let now: @Sendable () -> Instant = { Instant(seconds: grounds.clock.now) }
    let store = try await RegistryStore.open(
      .sqlite(path: folder("registry.sqlite")),
      keyFile: folder("registry.key"),
      dice: { try RandomBytes.bytes($0) }
    )
    let replica = try SQLiteCache(folder: folder("replica"))
    let (psaClient, http) = (HTTPClient(trust: .system), HTTPClient(trust: .system))
    let result: T
    do {
      result = try await grounds.serving { ports in
        let user = Seeding.account(password: Grounds.password)
        func account(_ secret: String) -> AutotaskAccount {
          AutotaskAccount(
            address: .entryPoint("http://127.0.0.1:\(ports.psa)/ATServicesRest/"),
            user: user.userName,
            secret: Secret(secret),
            integrationCode: Secret(user.trackingIdentifier),
            resource: nil
          )
        }
        let lockedOut = AutotaskService(account: account("none"), http: psaClient)
        let psa = AutotaskService(account: account(user.secret), http: psaClient, sleep: { _ in })
        let ticks = Locked<Int64>(0)
        let stamp: @Sendable () -> Int64 = {
          ticks.withLock {
            $0 += 1; return $0
          }
        }
        let logger = Logger(label: "registry") { _ in SwiftLogNoOpLogHandler() }
        let server = try RegistryServer(
          store: store,
          acts: RegistryPages.Acts(check: { _ in [] }, setEnabled: { _, _, _, _ in [] }),
          gateway: Gateway(store: store, psa: psa, clock: now, stamp: stamp),
          configuration: RegistryServer.Configuration(address: .tcp(host: "127.0.0.1", port: 0)),
          clock: now,
          logger: logger
        )
        let duty = GatewayDuty(
          store: store,
          psa: psa,
          holder: "this one",
          clock: now,
          stamp: stamp,
          contactsEvery: 0,
          logger: logger
        )
        let token = try await enrol(person, in: store, at: now())
        let (bound, isBound) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await server.run { isBound.yield($0) } }
          var address = ""
          for await port in bound {
            address = "http://127.0.0.1:\(port)"
            break
          }
          let ground = GatewayGround(
            grounds: grounds,
            store: store,
            tenant: psa,
            lockedOut: lockedOut,
            duty: duty,
            address: address,
            token: token,
            replica: replica,
            http: http
          )
          let result: T
          do {
            result = try await body(ground)
          } catch {
            group.cancelAll()
            throw error
          }
          group.cancelAll()
          return result
        }
      }
    } catch {
      await psaClient.close()
      await http.close()
      throw error
    }
    await psaClient.close()
    await http.close()
    try store.close()
    return result
  }

  private static func enrol(
    _ person: PSAPort.Person,
    in store: RegistryStore,
    at now: Instant
  ) async throws -> String {
    let number: Int64 =
      switch person {
      case .number(let number): number
      // All three addresses of the technician.
      case .mail(let mail) where !mail.hasPrefix("nobody") && !mail.hasPrefix("retired"):
        Seeding.technician
      case .mail: 0
      }
    guard [Seeding.technician, 29_682_861].contains(number) else { return "garbage" }
    return try await token(ResourceID(number), in: store, at: now)
  }

  /// People whom the admin has switched on.
  func enable(_ resources: [ResourceID]) async throws {
    let now = Instant(seconds: grounds.clock.now)
    let rows = resources.map {
      ResourceRow(number: $0, name: "Resource \($0)", mail: "", isActive: true)
    }
    try await store.keepResources(rows, now: now)
    _ = try await store.setEnabled(resources, true, by: Self.boss, now: now)
  }

  /// A token for somebody's agent.
  static func token(
    _ resource: ResourceID,
    in store: RegistryStore,
    at now: Instant
  ) async throws -> String {
    let row = ResourceRow(
      number: resource,
      name: "Resource \(resource)",
      mail: "r\(resource)@example.com",
      isActive: true
    )
    try await store.keepResources([row], now: now)
    _ = try await store.setEnabled([resource], true, by: boss, now: now)
    let code = try await store.makeCode(for: resource, by: boss, now: now)
    let request = EnrolmentRequest(
      code: code,
      agent: AgentID(rawValue: "agent-\(resource)"),
      machine: "desk",
      version: "0.1.0",
      takesOver: false
    )
    return try await store.enrol(request, now: now).token
  }

  /// Looks at the PSA as the registry does each minute.
  func look() async throws {
    let now = Instant(seconds: grounds.clock.now)
    _ = try await store.lease(
      RegistryStore.gatewayLease,
      holder: "this one",
      seconds: 3_600,
      now: now
    )
    try await duty.look()
  }

  /// The same, for an agent that reaches it there.
  func through(_ address: String) -> GatewayGround {
    var other = self
    other.address = address
    return other
  }

  /// The agent's way to the PSA, as each run opens it.
  func service(_ kinds: [Kind] = Kind.allCases) -> GatewayService {
    service(token: token, replica: replica, kinds)
  }

  func service(
    token: String,
    replica: SQLiteCache,
    _ kinds: [Kind] = Kind.allCases
  ) -> GatewayService {
    let clock = grounds.clock
    return GatewayService(
      registry: RegistryService(url: address, token: Secret(token), http: http),
      replica: replica,
      kinds: kinds,
      now: { Instant(seconds: clock.now) },
      key: { SHA256.hexadecimal(of: try RandomBytes.bytes(16)) },
      sleep: { _ in }
    )
  }
}

extension GatewayGround {
  /// Titles of the two people's appointments, those apart that every world begins with.
  var titles: [String] {
    get async {
      await grounds.world.tenant { tenant, _ in
        guard let entity = Schema.entity("Appointments"), let title = entity.column("title") else {
          return []
        }
        let wanted: Set = [
          "mine", "made", "theirs", "once", "lost", "died", "Appointment", "taken", "for them",
        ]
        return (tenant.tables["Appointments"]?.rows ?? []).compactMap { $0.cells[title].text }
          .filter { wanted.contains($0) || $0.hasPrefix("Job ") }
      }
    }
  }

  static func order(_ key: String, _ draft: PSADraft) -> WriteOrders {
    WriteOrders([WriteOrder(key: key + String(repeating: "0", count: 16), create: draft)])
  }

  /// What the registry's API calls.
  var gateway: Gateway {
    let clock = grounds.clock
    return Gateway(
      store: store,
      psa: tenant,
      clock: { Instant(seconds: clock.now) },
      stamp: { clock.now * 1_000_000 }
    )
  }
}

/// The gateway as a port: the registry looks at the PSA before whatever is asked of it.
actor GatewayPort: PSAService, PSAWriting, PSAContacts {
  typealias Service = GatewayService

  private let ground: GatewayGround
  /// For contracts, in which people edit between two questions; else once a run, as it is opened.
  private let isFreshEachCall: Bool
  private var service: GatewayService
  private var seen: [String: Int] = [:]
  private var seenAt: Int64 = 0
  private var spent = 0

  init(_ ground: GatewayGround, isFreshEachCall: Bool) {
    self.ground = ground
    self.isFreshEachCall = isFreshEachCall
    service = ground.service()
  }

  var requests: Int {
    get async { spent + (await service.requests) }
  }

  private func renew() async throws {
    spent += await service.requests
    service = ground.service()
    do {
      try await ground.look()
    } catch is any SyncFailure {
      // The PSA is at its limit, say: the registry goes on with what it knows.
    }
  }

  private func current() async throws -> GatewayService {
    guard isFreshEachCall else { return service }
    let now = ground.grounds.clock.now
    let tables = await ground.grounds.world.tenant { tenant, _ in
      tenant.tables.mapValues(\.count)
    }
    if (tables, now) != (seen, seenAt) {
      (seen, seenAt) = (tables, now)
      try await renew()
    }
    return service
  }

  func open() async throws -> PSADesk {
    if !isFreshEachCall { try await renew() }
    return try await current().open()
  }

  func reopen() async throws -> PSADesk { try await current().reopen() }

  func page(of query: PSAQuery, continuing token: PageToken?) async throws -> PSAPage {
    try await current().page(of: query, continuing: token)
  }

  func count(of query: PSAQuery) async throws -> Int { try await current().count(of: query) }

  func identities(of query: PSAQuery) async throws -> [PSAID] {
    try await current().identities(of: query)
  }

  func items(_ ids: [PSAID], of kind: Kind) async throws -> [PSAItem?] {
    try await current().items(ids, of: kind)
  }

  func described(_ items: [PSAItem]) async throws -> [PSAItem] {
    try await current().described(items)
  }

  func assignments(since marks: AssignmentMarks?) async throws -> Assignments {
    try await current().assignments(since: marks)
  }

  func contactScope() async throws -> ContactScope { try await current().contactScope() }

  func page(of query: ContactQuery, continuing token: PageToken?) async throws -> ContactPage {
    try await current().page(of: query, continuing: token)
  }

  func count(of query: ContactQuery) async throws -> Int { try await current().count(of: query) }

  func identities(of query: ContactQuery) async throws -> [PSAID] {
    try await current().identities(of: query)
  }

  func contacts(_ ids: [PSAID]) async throws -> [PSAContact?] {
    try await current().contacts(ids)
  }

  func create(_ drafts: [PSADraft]) async throws -> [PSAWriteResult] {
    try await current().create(drafts)
  }

  func update(_ edits: [PSAEdit]) async throws -> [PSAWriteResult] {
    try await current().update(edits)
  }

  func delete(_ targets: [PSATarget]) async throws -> [PSAWriteResult] {
    try await current().delete(targets)
  }
}
