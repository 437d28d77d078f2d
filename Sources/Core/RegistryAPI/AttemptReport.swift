package import SyncModel

/// One run as the registry hears of it; told once when it begins and again when it is over.
///
/// The registry knows it by agent and run: a report that comes twice counts once, and one of a run's
/// beginning never takes the place of its end. Holds no titles, no texts, no secrets.
package struct AttemptReport: Hashable, Sendable, Codable {
  package let run: RunID
  package let purpose: Attempt.Purpose
  package let outcome: Outcome
  package let exchange: SideCounts
  package let psa: SideCounts
  package let failedItems: Int
  /// Sentences for people.
  package let notes: [String]
  package let started: WireTime
  /// Nil while it is under way.
  package let finished: WireTime?
  /// The policy's version that it began with; nil without one.
  package let policy: Int?
  /// When the next run is due, as far as the agent knows.
  package let nextDue: WireTime?
  /// What waits for approval or for a person when the run was over.
  package let holds: [HoldReport]

  package init(
    run: RunID,
    purpose: Attempt.Purpose,
    outcome: Outcome,
    exchange: SideCounts = SideCounts(),
    psa: SideCounts = SideCounts(),
    failedItems: Int = 0,
    notes: [String] = [],
    started: WireTime,
    finished: WireTime? = nil,
    policy: Int? = nil,
    nextDue: WireTime? = nil,
    holds: [HoldReport] = []
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
    self.policy = policy
    self.nextDue = nextDue
    self.holds = holds
  }
}

/// Held operations as the admin sees them: how many of which sort, never which (`rules.md` 8).
package struct HoldReport: Hashable, Sendable, Codable {
  package struct Count: Hashable, Sendable, Codable {
    package let verb: HeldItem.Verb
    package let side: Side?
    package let kind: Kind
    package let number: Int

    package init(verb: HeldItem.Verb, side: Side?, kind: Kind, number: Int) {
      self.verb = verb
      self.side = side
      self.kind = kind
      self.number = number
    }
  }

  package let digest: PlanDigest
  /// A sentence without names of items.
  package let reason: String
  package let needsApproval: Bool
  package let counts: [Count]

  package init(digest: PlanDigest, reason: String, needsApproval: Bool, counts: [Count]) {
    self.digest = digest
    self.reason = reason
    self.needsApproval = needsApproval
    self.counts = counts
  }

  /// A hold without its items; counts in a fixed order.
  package init(_ hold: Hold) {
    var counts: [Count] = []
    for item in hold.items {
      let same = counts.firstIndex {
        $0.verb == item.verb && $0.side == item.side && $0.kind == item.kind
      }
      let number = same.map { counts.remove(at: $0).number } ?? 0
      let count = Count(verb: item.verb, side: item.side, kind: item.kind, number: number + 1)
      counts.insert(count, at: same ?? counts.endIndex)
    }
    self.init(
      digest: hold.digest,
      reason: hold.reason,
      needsApproval: hold.needsApproval,
      counts: counts
    )
  }
}

/// `POST /v1/agent/attempts`: up to `limit` reports, the oldest first.
package struct AttemptBatch: Hashable, Sendable, Codable {
  package static let limit = 100

  /// The program's version.
  package let version: String
  package let attempts: [AttemptReport]

  package init(version: String, attempts: [AttemptReport]) {
    self.version = version
    self.attempts = attempts
  }
}

/// The answer: these runs are on disk and need not be told again.
package struct AttemptReceipt: Hashable, Sendable, Codable {
  package let accepted: [RunID]

  package init(accepted: [RunID]) { self.accepted = accepted }
}
