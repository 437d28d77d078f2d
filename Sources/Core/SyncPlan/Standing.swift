package import SyncModel

/// How both halves of a linked item stand, as last read: for people, nothing follows from it.
package enum Standing: String, Hashable, Sendable {
  /// Both sides say the same, as far as each of them may.
  case inStep
  /// The next run would write it.
  case pending
  /// They differ, and nothing follows: it was changed on the side that does not decide.
  case differs

  package init(of link: Link, _ item: ExchangeFact, _ other: PSAFact, in input: PlanInput) {
    let comparison = Comparison(input, link: link, item: item, other: other)
    let isAtRest = comparison.decision.operations.isEmpty
    switch (isAtRest, comparison.isLeftDifferent) {
    case (false, _): self = .pending
    case (true, true): self = .differs
    case (true, false): self = .inStep
    }
  }
}
