package import SyncModel

/// What an audit looks for, in the order of its report (`promises.md`, invariants).
package enum AuditCheck: String, Hashable, Sendable, CaseIterable {
  /// Both sides could be read to their ends, as many items as they count.
  case whole
  /// The folder mark is this agent's, and of its last run.
  case mark
  /// Every write has its result.
  case journal
  /// Every delete has its proof (I3).
  case proofs
  /// What ought to be on a side is there (I1).
  case missing
  /// No item is there twice (I2).
  case doubles
  /// What Lockstep made has its link.
  case orphans
  /// Time and content are as last kept in step (I5).
  case differing
  /// Of what is private the PSA has nothing but the time (I7).
  case masks
  /// What was removed or excluded on the deciding side is gone from the other one.
  case surplus
}

/// One thing that an audit found.
package struct AuditFinding: Hashable, Sendable {
  package let check: AuditCheck
  /// What it is about; nil where it is about a side or the cache.
  package let item: HeldItem?
  /// A sentence without titles; items stand in it by their keys.
  package let words: String
  /// What mends it, where that is not the next run.
  package let mend: String?

  package init(_ check: AuditCheck, _ item: HeldItem?, _ words: String, mend: String? = nil) {
    self.check = check
    self.item = item
    self.words = words
    self.mend = mend
  }
}

/// What an audit looked at, and what it found.
package struct Audit: Sendable {
  /// How many things each check looked at.
  package internal(set) var examined: [AuditCheck: Int] = [:]
  /// In the order of the checks, then of the items.
  package internal(set) var findings: [AuditFinding] = []
  /// How many links are in which state.
  package internal(set) var states: [LinkState: Int] = [:]
  /// Linked items that differ where the rules let them: changed on the side that does not decide.
  package internal(set) var allowedDifferences = 0
  /// Items that wait for a person.
  package internal(set) var held = 0

  package var isClean: Bool { findings.isEmpty }

  package func count(_ check: AuditCheck) -> Int { findings.count { $0.check == check } }
}

/// Everything that an audit is made from: both sides as they were read for it, and what is kept.
package struct AuditInput: Sendable {
  /// The links as they are kept, and both sides as read to their ends just now.
  package var plan: PlanInput
  /// What a run would do now.
  package var outcome: Plan
  package var verdict: MarkVerdict
  /// Whether both sides were read to their ends.
  package var isWhole: Bool
  /// Items that could not be read out, with the reason.
  package var unread: [(key: ItemKey, reason: String)]
  /// Links of contacts, and both sides of them; nil where they were not read.
  package var contacts: ContactAuditInput?
  /// Writes without a result.
  package var unsettled: [JournalEntry]
  /// Deletes that were carried out.
  package var deletes: [JournalEntry]

  package init(
    plan: PlanInput,
    outcome: Plan,
    verdict: MarkVerdict,
    isWhole: Bool,
    unread: [(key: ItemKey, reason: String)],
    contacts: ContactAuditInput?,
    unsettled: [JournalEntry],
    deletes: [JournalEntry]
  ) {
    self.plan = plan
    self.outcome = outcome
    self.verdict = verdict
    self.isWhole = isWhole
    self.unread = unread
    self.contacts = contacts
    self.unsettled = unsettled
    self.deletes = deletes
  }
}

/// The contacts of both sides as an audit read them.
package struct ContactAuditInput: Sendable {
  package var links: [Link]
  /// Every item of the contacts folder.
  package var listed: Set<ExchangeItemID>
  /// The active contacts of the resource.
  package var psa: Set<PSAID>
  /// Both were read to their ends.
  package var isWhole: Bool

  package init(links: [Link], listed: Set<ExchangeItemID>, psa: Set<PSAID>, isWhole: Bool) {
    self.links = links
    self.listed = listed
    self.psa = psa
    self.isWhole = isWhole
  }
}
