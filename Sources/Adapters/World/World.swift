/// A person's world in memory: an Exchange mailbox and a PSA tenant on one clock.
///
/// It knows the two products from their documents only; the adapters that are judged by it share
/// no code with it (design, "World is a stranger").
package actor World {
  private var mailboxState: Mailbox
  private var tenantState: Tenant
  private let clock: @Sendable () -> Int64
  /// Grows with each visit, so that who keeps snapshots knows when to make one.
  private var visits = 0

  /// `clock` answers seconds since 1970 UTC.
  package init(mailbox: Mailbox, tenant: Tenant, clock: @escaping @Sendable () -> Int64) {
    mailboxState = mailbox
    tenantState = tenant
    self.clock = clock
  }

  /// Seconds since 1970 UTC.
  package var now: Int64 { clock() }

  /// Visits the mailbox; the second argument is the time of the visit.
  package func mailbox<T: Sendable>(
    _ body: (inout Mailbox, Int64) throws -> T
  ) rethrows -> T {
    visits += 1
    return try body(&mailboxState, clock())
  }

  /// Visits the tenant; the second argument is the time of the visit.
  package func tenant<T: Sendable>(
    _ body: (inout Tenant, Int64) throws -> T
  ) rethrows -> T {
    visits += 1
    return try body(&tenantState, clock())
  }

  /// Both sides as they are now.
  package func snapshot() -> WorldSnapshot {
    WorldSnapshot(mailbox: mailboxState, tenant: tenantState, version: visits)
  }
}
