/// What stays on one side only until somebody wants it on the other (`rules.md` 2 and 7).
package struct LeftAlone: Hashable, Sendable {
  /// Why, and by whose wish.
  package enum Cause: String, Hashable, Sendable, CaseIterable {
    case deletedInExchange = "deleted-in-exchange"
    case deletedInPSA = "deleted-in-psa"
    case reassigned
    /// A person had its counterpart taken back, or removed, or kept it as it was.
    case undone, purged, released
    /// Nothing proves a counterpart since the links were lost.
    case unproven
    /// Lockstep made it, and what it was made from is not there.
    case orphaned
    /// It bears the identity of an item that is linked with another one.
    case double
  }

  package let cause: Cause
  package let item: HeldItem

  package init(_ cause: Cause, _ item: HeldItem) {
    self.cause = cause
    self.item = item
  }

  /// Nil for a link that joins both sides, or that is not there to join them.
  package init?(_ link: Link) {
    switch link.state {
    case .suppressed:
      switch link.reason {
      case .deletedInPSA: cause = .deletedInPSA
      case .reassigned: cause = .reassigned
      case .undone: cause = .undone
      case .purged: cause = .purged
      case .released: cause = .released
      default: cause = .deletedInExchange
      }
    case .unmatched: cause = .unproven
    case .linked, .parked, .away, .closed, .held: return nil
    }
    item = HeldItem(.wait, of: link)
  }
}
