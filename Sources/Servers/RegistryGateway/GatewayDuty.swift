package import Logging
internal import Platform
internal import RegistryAPI
package import RegistryStore
package import SyncEngine
package import SyncModel

/// Looks at the PSA once a minute for everybody, in one process of several.
///
/// Another one takes over within fifteen seconds where it dies.
package struct GatewayDuty: Sendable {
  package static let secondsBetweenLooks: Int64 = 60
  private static let lease: Int64 = 12
  private static let daysOfTombstones = 60

  private let store: RegistryStore
  private let psa: any PSATenant
  private let holder: String
  private let clock: @Sendable () -> Instant
  private let stamp: @Sendable () async throws -> Int64
  private let contactsEvery: Int64
  private let logger: Logger
  /// When the PSA refused the sign-in: more tries lock the one account that everybody needs.
  private let refusedAt = Locked<Instant?>(nil)
  private static let secondsAfterRefusal = Instant.hour

  /// - Parameters:
  ///   - holder: a name that no other process has
  ///   - stamp: microseconds since 1970 by one clock for all processes
  ///   - contactsEvery: seconds from one reading of contacts to the next
  package init(
    store: RegistryStore,
    psa: any PSATenant,
    holder: String,
    clock: @escaping @Sendable () -> Instant,
    stamp: @escaping @Sendable () async throws -> Int64,
    contactsEvery: Int64 = Instant.hour,
    logger: Logger
  ) {
    self.store = store
    self.psa = psa
    self.holder = holder
    self.clock = clock
    self.stamp = stamp
    self.contactsEvery = contactsEvery
    self.logger = logger
  }

  /// Goes round until the task is cancelled.
  package func run() async throws {
    while true {
      try await round(sleep: { try await Task.sleep(for: $0) })
      try await Task.sleep(for: .seconds(3))
    }
  }

  /// Looks where that is due and nobody else does it; `sleep` waits between two signs of life.
  package func round(
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) async throws {
    do {
      if let refused = refusedAt.withLock({ $0 }),
        refused.isWithin(seconds: Self.secondsAfterRefusal, before: clock())
      {
        return
      }
      guard try await holdsLease() else { return }
      let last = try await store.lastLook()
      if let last, last.isWithin(seconds: Self.secondsBetweenLooks, before: clock()) { return }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          while true {
            try await sleep(.seconds(4))
            guard try await holdsLease() else { throw LostLease() }
          }
        }
        group.addTask { try await look() }
        // The look has ended, or the lease is lost.
        try await group.next()
        group.cancelAll()
      }
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      logger.error("The look at the PSA failed and is tried again in a minute: \(error)")
    }
  }

  private func holdsLease() async throws -> Bool {
    try await store.lease(
      RegistryStore.gatewayLease,
      holder: holder,
      seconds: Self.lease,
      now: clock()
    )
  }

  /// One look; what hinders it stands in the registry afterwards.
  package func look() async throws {
    let began = clock()
    try await store.beginLook(holder: holder, now: began)
    do {
      let place = try await psa.whereabouts()
      let allowance = try await psa.allowance()
      try await store.keepPlace(
        tenant: place.tenant,
        server: place.server,
        allowance: allowance,
        holder: holder,
        now: clock()
      )
      if let rest = GatewayBudget(allowance).rest(at: place.server) { throw rest }
      let reader = TenantReader(
        store: store,
        psa: psa,
        holder: holder,
        clock: clock,
        stamp: stamp,
        contactsEvery: contactsEvery,
        checkBudget: budget(at: place.server, since: await psa.requests)
      )
      for kind in try await store.settings().settings.gatewayKinds {
        try await reader.read(kind)
      }
      try await store.dropTombstones(before: began.advanced(byDays: -Self.daysOfTombstones))
    } catch {
      try Task.checkCancellation()
      if error is LostLease { throw error }
      var words = "\(error)"
      if let failure = error as? any SyncFailure, failure.remedy == .signIn {
        refusedAt.withLock { $0 = began }
        words += " It is tried again in an hour, or when serve is started anew."
      }
      try await store.endLook(began: began, complaint: words, holder: holder, now: clock())
      if error is GatewayBudget.Rest { return }
      throw error
    }
    try await store.endLook(began: began, complaint: nil, holder: holder, now: clock())
  }

  /// Asks once more how much is used after every hundred requests of a look.
  private func budget(
    at server: String,
    since before: Int
  ) -> @Sendable () async throws -> Void {
    let psa = psa
    let asked = Locked(before)
    return {
      let now = await psa.requests
      let isDue = asked.withLock { asked in
        guard now - asked >= 100 else { return false }
        asked = now
        return true
      }
      guard isDue else { return }
      if let rest = GatewayBudget(try await psa.allowance()).rest(at: server) { throw rest }
    }
  }
}

extension AdminSettings {
  /// Kinds that the gateway reads and shows, appointments first.
  var gatewayKinds: [Kind] {
    var kinds: [Kind] = [.appointment]
    if allowsToDos { kinds.append(.toDo) }
    if allowsServiceCalls { kinds.append(.serviceCall) }
    if allowsContacts { kinds.append(.contact) }
    return kinds
  }
}

/// How much of the tenant's allowance a gateway takes (`design.md` 4).
package struct GatewayBudget: Sendable {
  /// Of a hundred requests that are used by all integrations together.
  package static let percent = 45

  private let allowance: Allowance

  package init(_ allowance: Allowance) { self.allowance = allowance }

  /// Why nothing is asked at present.
  package struct Rest: Error, CustomStringConvertible {
    package let description: String
  }

  /// Nil while there is room.
  package func rest(at server: String) -> Rest? {
    guard allowance.limit > 0, allowance.used * 100 >= allowance.limit * Self.percent else {
      return nil
    }
    return Rest(
      description: "\(allowance.used) of the \(allowance.limit) requests that \(server) allows in "
        + "an hour are used, all integrations together. The registry leaves the rest to people and "
        + "goes on when fewer are used."
    )
  }
}
