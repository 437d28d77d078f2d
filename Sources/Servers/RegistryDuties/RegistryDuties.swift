package import Logging
package import RegistryStore
package import SyncModel

/// What a registry does by itself while it serves: looks for trouble, sends mail, forgets what is old.
///
/// Of several processes over one database one at a time does it; another one takes over within two
/// minutes where it dies.
package struct RegistryDuties: Sendable {
  /// Attempts are kept for so many days.
  package static let daysOfAttempts = 90
  private static let lease: Int64 = 120

  private let store: RegistryStore
  /// Nil where no mail server is set: mails wait.
  private let mails: MailRound?
  private let holder: String
  private let clock: @Sendable () -> Instant
  private let logger: Logger

  /// - Parameter holder: a name that no other process has.
  package init(
    store: RegistryStore,
    mails: MailRound?,
    holder: String,
    clock: @escaping @Sendable () -> Instant,
    logger: Logger
  ) {
    self.store = store
    self.mails = mails
    self.holder = holder
    self.clock = clock
    self.logger = logger
  }

  /// Goes round once a minute until the task is cancelled.
  package func run() async throws {
    while true {
      await round()
      try await Task.sleep(for: .seconds(60))
    }
  }

  /// One round; what fails is logged, and the rest goes on.
  package func round() async {
    let now = clock()
    let store = store
    await attempt("the lease") {
      guard
        try await store.lease("duties", holder: holder, seconds: Self.lease, now: now)
      else { return }
      await attempt("the look for trouble") {
        try await TroubleRound(store: store).run(now: now)
      }
      await attempt("sending mail") {
        guard let mails else { return }
        for complaint in try await mails.run(now: now).complaints { logger.error("\(complaint)") }
      }
      await attempt("forgetting old attempts") {
        _ = try await store.dropAttempts(before: now.advanced(byDays: -Self.daysOfAttempts))
      }
    }
  }

  private func attempt(_ what: String, _ work: () async throws -> Void) async {
    do {
      try await work()
    } catch is CancellationError {
      // The process is asked to stop.
    } catch {
      logger.error("\(what) failed and is tried again in a minute: \(error)")
    }
  }
}
