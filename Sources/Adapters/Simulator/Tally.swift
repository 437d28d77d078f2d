import SyncModel

/// What histories were made of.
package struct Tally: Hashable, Sendable {
  package var days = 0.0
  package var edits = 0
  package var runs = 0
  package var crashes = 0
  package var effects = 0
  package var writes = 0
  package var deletes = 0
  /// Items of both sides at the ends of histories.
  package var items = 0
  /// Of those, held for another reason than the brake, added attendees or recurrence, or copies.
  package var held = 0

  mutating func add(_ other: Tally) {
    days += other.days
    edits += other.edits
    runs += other.runs
    crashes += other.crashes
    effects += other.effects
    writes += other.writes
    deletes += other.deletes
    items += other.items
    held += other.held
  }
}

/// What has happened in a history that explains more than its last run's work.
struct Past: Hashable, Sendable {
  /// Steps of runs that lifted suppression.
  var full: Set<Int> = []
  /// Steps at which a whole run had done its work.
  var clean: [Int] = []
  var hasCreatedMissing = false
  /// The cache was lost, or an older one was put back.
  var hasLostLinks = false
  /// A side was restored from a backup.
  var hasRestoredSide = false
  var hasLied = false
  /// Sync states were refused.
  var hasExpired = false
  var hasApproved = false
  var hasCollided = false
  var hasNewSettings = false
  /// A person had something taken back, removed or released.
  var hasOrdered = false

  /// Nothing but people's edits, crashes and lost answers.
  var isPlain: Bool {
    !hasOrdered && !hasLostLinks && !hasRestoredSide && !hasCollided && !hasApproved
      && !hasCreatedMissing
  }

  /// What a person had taken back stays so, and the cache that knew of it is gone.
  var hasForgottenOrders: Bool { hasOrdered && (hasLostLinks || hasRestoredSide || hasCollided) }

  /// The last step before this one after which both sides were in step.
  func cleanStep(before step: Int) -> Int { clean.last { $0 < step } ?? 0 }
}

/// How one history went.
package struct HistoryResult: Sendable {
  let script: Script
  /// The promise that was looked for is broken: any, or that of the bug on purpose.
  package let isBroken: Bool
  package let violations: [Violation]
  package let tally: Tally
  package let trace: [String]
  /// How many effects the run had that was to be killed.
  let killedEffects: Int

  package var seed: UInt64 { script.seed }
}
