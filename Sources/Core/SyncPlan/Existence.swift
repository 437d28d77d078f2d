package import SyncModel

/// Whether an item is there, as far as it is proven.
package enum Presence: Hashable, Sendable { case present, gone }

/// What follows for a link (`design.md` 2).
package enum ExistenceVerdict: Hashable, Sendable {
  /// Both are there: time and content are compared.
  case keep
  /// Both are gone: the link ends.
  case forget
  /// The counterpart on this side is removed.
  case remove(Side)
  /// The deciding item stays, its counterpart is not made again until it changes.
  case suppress
  case recreate(Side)
}

/// The first of the two tables that decide (`rules.md` 2).
package func existence(
  exchange: Presence,
  psa: Presence,
  authority: ExistenceAuthority
) -> ExistenceVerdict {
  switch (exchange, psa, authority) {
  case (.present, .present, _): .keep
  case (.gone, .gone, _): .forget
  case (.gone, .present, .neither), (.present, .gone, .neither): .suppress
  case (.gone, .present, .psaReasserted): .recreate(.exchange)
  case (.present, .gone, .psa), (.present, .gone, .psaReasserted): .remove(.exchange)
  case (.gone, .present, .exchange): .remove(.psa)
  case (.gone, .present, .psa), (.present, .gone, .exchange): .suppress
  }
}
