package import SyncModel

/// Whether a field group differs from its base on one side.
package enum Change: Hashable, Sendable {
  case unchanged, updated

  package init(_ isUpdated: Bool) { self = isUpdated ? .updated : .unchanged }
}

/// What follows for a field group.
package enum MergeVerdict: Hashable, Sendable {
  case nothing
  /// Both sides say the same already.
  case moveBase
  /// The value of the other side is written to this one.
  case write(Side)
  /// As `write`, putting back what a side without a say changed.
  case reassert(Side)
  /// Both changed: the winner is written to this side, the loser stays in the history.
  case conflict(writeTo: Side)
}

/// The second table, for the time (`rules.md` 2).
package func timeVerdict(
  exchange: Change,
  psa: Change,
  areEqual: Bool,
  authority: TimeAuthority,
  winner: SyncRules.Winner
) -> MergeVerdict {
  if areEqual {
    switch (exchange, psa) {
    case (.unchanged, .unchanged): return .nothing
    case (.updated, _), (_, .updated): return .moveBase
    }
  }
  return switch (exchange, psa, authority) {
  case (.unchanged, .unchanged, _): .nothing
  case (.updated, .unchanged, .both): .write(.psa)
  case (.unchanged, .updated, .both): .write(.exchange)
  case (.updated, .updated, .both): .conflict(writeTo: winner == .psa ? .exchange : .psa)
  case (.updated, _, .exchangeReasserted): .write(.psa)
  case (.unchanged, .updated, .exchangeReasserted): .reassert(.psa)
  case (_, .updated, .psaReasserted): .write(.exchange)
  case (.updated, .unchanged, .psaReasserted): .reassert(.exchange)
  }
}

/// The second table, for the content: the side that does not decide is never read from.
package func contentVerdict(
  exchange: Change,
  psa: Change,
  authority: ContentAuthority
) -> MergeVerdict {
  switch (exchange, psa, authority) {
  case (_, _, .neither): .nothing
  case (_, .updated, .psa), (_, .updated, .psaReasserted): .write(.exchange)
  case (_, .unchanged, .psa): .nothing
  case (.updated, .unchanged, .psaReasserted): .reassert(.exchange)
  case (.unchanged, .unchanged, .psaReasserted): .nothing
  case (.updated, _, .exchange): .write(.psa)
  case (.unchanged, _, .exchange): .nothing
  }
}
