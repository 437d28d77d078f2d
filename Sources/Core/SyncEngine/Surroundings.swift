package import SyncModel
package import SyncPlan

/// What a run is told while it works, for a person who waits.
package enum Progress: Hashable, Sendable {
  case step(String)
  case counted(String, done: Int, of: Int?)
}

/// Everything that the engine takes from the world besides its ports.
package struct Surroundings: Sendable {
  package let now: @Sendable () -> Instant
  package let dice: @Sendable () -> UInt64
  package let fingerprinter: Fingerprinter
  package let zones: ZoneClock
  package let series: any Occurrences
  package let progress: @Sendable (Progress) -> Void
  /// Does something and then waits, so that others who began it before have done it too.
  package let unhurried: @Sendable (_ work: () async throws -> Void) async throws -> Void

  /// Without `unhurried` nobody waits.
  package init(
    now: @escaping @Sendable () -> Instant,
    dice: @escaping @Sendable () -> UInt64,
    fingerprinter: Fingerprinter,
    zones: ZoneClock,
    series: any Occurrences,
    progress: @escaping @Sendable (Progress) -> Void,
    unhurried: @escaping @Sendable (_ work: () async throws -> Void) async throws -> Void = {
      try await $0()
    }
  ) {
    self.now = now
    self.dice = dice
    self.fingerprinter = fingerprinter
    self.zones = zones
    self.series = series
    self.progress = progress
    self.unhurried = unhurried
  }
}

/// Who the agent is and what it may do.
package struct Installation: Sendable {
  package let agent: AgentID
  /// The machine's name, for people who read the folder mark.
  package let machine: String
  package let rules: SyncRules
  /// Changes with every setting that decides what is read or written.
  package let settingsDigest: String

  package init(agent: AgentID, machine: String, rules: SyncRules, settingsDigest: String) {
    self.agent = agent
    self.machine = machine
    self.rules = rules
    self.settingsDigest = settingsDigest
  }
}

/// What a person asked of a run.
package struct SyncOptions: Hashable, Sendable {
  /// Releases what is held under this digest, if this run's plan builds it again.
  package var approve: PlanDigest?
  /// What an admin approved: released too as far as this run's plan builds it again, and no obstacle
  /// where it does not.
  package var approvals: Set<PlanDigest>
  /// Both sides are read completely, and suppressed items come back.
  package var full: Bool

  package init(
    approve: PlanDigest? = nil,
    approvals: Set<PlanDigest> = [],
    full: Bool = false
  ) {
    self.approve = approve
    self.approvals = approvals
    self.full = full
  }
}

/// A run with what it left for a person.
package struct SyncResult: Sendable {
  package let attempt: Attempt
  package let holds: [Hold]
  /// What is on one side only and stays so; empty where the run did not come to its plan.
  package let alone: [LeftAlone]
  /// What ended the run before its time.
  package let failure: (any SyncFailure)?

  package init(
    attempt: Attempt,
    holds: [Hold],
    alone: [LeftAlone] = [],
    failure: (any SyncFailure)?
  ) {
    self.attempt = attempt
    self.holds = holds
    self.alone = alone
    self.failure = failure
  }
}

/// One operation of a plan, for a person.
package struct PlannedLine: Hashable, Sendable {
  package let side: Side
  package let kind: Kind
  package let verb: Verb
  /// The id of the item that is written to, or for a create of the one that it is made from.
  package let item: String
  /// The same item by its halves.
  package let named: HeldItem
  package let reason: String
  /// The time that is written; nil where it stays or the item goes.
  package let when: When?
  /// True where a text is written that tells nothing but that there is an appointment.
  package let isMasked: Bool

  package init(_ operation: Operation) {
    side = operation.side
    kind = operation.link.kind
    verb = operation.verb
    item = operation.item
    let link = operation.link
    let isInExchange = (operation.side == .exchange) != (operation.verb == .create)
    named = HeldItem(
      HeldItem.Verb(operation.verb),
      kind: link.kind,
      exchange: isInExchange ? link.exchange?.item : nil,
      originalDate: isInExchange ? link.exchange?.originalDate : nil,
      psa: isInExchange ? nil : link.psa?.id
    )
    reason = operation.reason
    when =
      switch operation.action {
      case .create(let order): order.when
      case .update(let order): order.when
      case .delete, .restore: nil
      }
    isMasked =
      switch operation.action {
      case .create(let order): order.mask == .masked
      case .update(let order): order.mask == .masked && !order.fields.isEmpty
      case .delete, .restore: false
      }
  }
}

extension PlannedLine {
  package init(_ operation: ContactOperation) {
    side = .exchange
    kind = .contact
    verb = operation.verb
    item = operation.item
    let isNew = operation.verb == .create
    named = HeldItem(
      HeldItem.Verb(operation.verb),
      kind: .contact,
      exchange: isNew ? nil : operation.link.exchange?.item,
      psa: isNew ? operation.link.psa?.id : nil
    )
    reason = operation.reason
    when = nil
    isMasked = false
  }
}

/// What a run would do, and why.
package struct PlanReport: Sendable {
  package let operations: [PlannedLine]
  package let holds: [Hold]
  package let notes: [String]
  /// What is on one side only and stays so.
  package let alone: [LeftAlone]

  package init(
    operations: [PlannedLine],
    holds: [Hold],
    notes: [String],
    alone: [LeftAlone]
  ) {
    self.operations = operations
    self.holds = holds
    self.notes = notes
    self.alone = alone
  }
}
