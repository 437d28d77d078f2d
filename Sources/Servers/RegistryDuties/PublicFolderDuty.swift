package import Logging
package import RegistryAPI
package import RegistryStore
package import SyncEngine
package import SyncModel

/// Keeps the public folder of all contacts, one writer at a time, once an hour.
package struct PublicFolderDuty: Sendable {
  /// Opens both sides for one look; throws a `SyncFailure` that says what is missing.
  package typealias Ends =
    @Sendable (
      _ settings: AdminSettings,
      _ work: @Sendable (any PSATenant, any PublicContacts) async throws -> PublicFolderRound.Result
    ) async throws -> PublicFolderRound.Result

  private static let lease: Int64 = 600
  private static let secondsBetweenLooks = Instant.hour
  /// After one that failed.
  private static let secondsBetweenTries: Int64 = 900

  private let store: RegistryStore
  private let ends: Ends
  private let fingerprinter: Fingerprinter
  private let holder: String
  private let clock: @Sendable () -> Instant
  private let logger: Logger

  package init(
    store: RegistryStore,
    ends: @escaping Ends,
    fingerprinter: Fingerprinter,
    holder: String,
    clock: @escaping @Sendable () -> Instant,
    logger: Logger
  ) {
    self.store = store
    self.ends = ends
    self.fingerprinter = fingerprinter
    self.holder = holder
    self.clock = clock
    self.logger = logger
  }

  /// Why no look was taken.
  package enum Rest: Hashable, Sendable {
    case unwanted
    case notDue
    /// Another process is at it.
    case busy
  }

  package enum Outcome: Hashable, Sendable {
    case rested(Rest)
    case looked(PublicFolderRound.Result)
  }

  /// Goes round twice a minute until the task is cancelled.
  package func run() async throws {
    while true {
      do {
        _ = try await look()
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        logger.error("The public folder: \(error)")
      }
      try await Task.sleep(for: .seconds(30))
    }
  }

  /// Looks where that is wanted and due, or `now` in any case; what hinders it is kept too.
  package func look(now isAskedFor: Bool = false) async throws -> Outcome {
    let settings = try await store.settings().settings
    guard settings.isEnabled, settings.publishesContacts, !settings.usesGraph else {
      return .rested(.unwanted)
    }
    let began = clock()
    var state = try await store.publicFolder()
    let pause = state.complaint == nil ? Self.secondsBetweenLooks : Self.secondsBetweenTries
    let isWaited = state.approved == nil || state.approved != state.digest
    if !isAskedFor, isWaited, state.lookedAt?.isWithin(seconds: pause, before: began) ?? false {
      return .rested(.notDue)
    }
    guard try await holdsLease() else { return .rested(.busy) }
    let attempt = try await store.beginOwnAttempt("the public folder", now: began)
    do {
      let result = try await ends(settings) { psa, folder in
        try await PublicFolderRound(
          store: store,
          psa: psa,
          folder: folder,
          fingerprinter: fingerprinter,
          clock: clock,
          alive: {
            guard try await holdsLease() else { throw LostLease() }
            try await store.touchOwnAttempt(attempt, now: clock())
          }
        ).run()
      }
      try await close(attempt)
      return .looked(result)
    } catch {
      try await close(attempt)
      try Task.checkCancellation()
      if !(error is LostLease) {
        state = try await store.publicFolder()
        (state.lookedAt, state.complaint) = (clock(), "\(error)")
        try await store.keep(state)
      }
      throw error
    }
  }

  private func holdsLease() async throws -> Bool {
    try await store.lease(
      RegistryStore.publicFolderLease,
      holder: holder,
      seconds: Self.lease,
      now: clock()
    )
  }

  /// Also where the process was asked to stop.
  private func close(_ attempt: Int64) async throws {
    try await Task {
      try await store.endOwnAttempt(attempt, now: clock())
      try await store.releaseLease(RegistryStore.publicFolderLease, holder: holder)
    }.value
  }
}
