import SyncModel

/// How many items may vanish in one run before a person is asked (`rules.md` 8).
package struct SafetyBrake: Hashable, Sendable {
  package let floor: Int
  package let percent: Int

  package static let standard = SafetyBrake(floor: 5, percent: 10)

  /// More than `max(floor, percent of the linked items)` are held, all of them.
  package func holds(_ count: Int, ofLinked total: Int) -> Bool {
    count > floor && count * 100 > percent * total
  }
}

extension SafetyBrake {
  /// What approval does, what happens without it, and how a hold that nobody wanted ends.
  static func mend(_ digest: PlanDigest, vanishedFrom side: Side) -> String {
    let wayBack =
      switch side {
      case .exchange:
        "move them from Deleted Items back to where they were, and the next run goes on with them"
      case .psa: "once the PSA shows them again, the next run goes on with them"
      }
    return "If people meant it, 'lockstep sync --approve \(digest)' does what stands before each "
      + "item; what it deletes in Exchange goes to Deleted Items. Without that they stay as they "
      + "are, however long. If nobody meant it, \(wayBack)."
  }
}
