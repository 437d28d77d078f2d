/// How a run ended.
package enum Outcome: String, Sendable, Codable, CaseIterable {
  case success
  /// Done, but some items failed or wait.
  case successWithErrors = "success-with-errors"
  case failed
  /// Ended without a word: killed, or silent for too long.
  case interrupted
  /// Still under way.
  case running
}

/// What a run did on one side.
package struct SideCounts: Hashable, Sendable, Codable {
  package var created = 0
  package var updated = 0
  package var deleted = 0
  package var held = 0
  package var requests = 0

  package init() {}
}

/// One run, as it is reported.
package struct Attempt: Hashable, Sendable, Codable {
  package enum Purpose: String, Sendable, Codable { case sync, adopt, undo, purge }

  package let run: RunID
  package let purpose: Purpose
  package var outcome: Outcome
  package var exchange: SideCounts
  package var psa: SideCounts
  /// Items that could not be read or written this time.
  package var failedItems: Int
  /// Why it failed or what is held, as sentences for people; never titles or texts.
  package var notes: [String]
  package let started: Instant
  package var finished: Instant?
  /// SHA-256 of the settings' canonical text, in hexadecimal.
  package let settings: String
  /// The version of the registry's policy that it began with; nil without one.
  package var policy: Int?

  package init(
    run: RunID,
    purpose: Purpose,
    outcome: Outcome = .running,
    exchange: SideCounts = SideCounts(),
    psa: SideCounts = SideCounts(),
    failedItems: Int = 0,
    notes: [String] = [],
    started: Instant,
    finished: Instant? = nil,
    settings: String,
    policy: Int? = nil
  ) {
    self.run = run
    self.purpose = purpose
    self.outcome = outcome
    self.exchange = exchange
    self.psa = psa
    self.failedItems = failedItems
    self.notes = notes
    self.started = started
    self.finished = finished
    self.settings = settings
    self.policy = policy
  }
}
