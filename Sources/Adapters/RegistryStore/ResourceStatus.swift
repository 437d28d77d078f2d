package import SyncModel

/// A resource as the PSA or a list names it.
package struct ResourceRow: Hashable, Sendable {
  package let number: ResourceID
  package let name: String
  package let mail: String
  package let isActive: Bool

  package init(number: ResourceID, name: String, mail: String, isActive: Bool) {
    self.number = number
    self.name = name
    self.mail = mail
    self.isActive = isActive
  }
}

/// How a resource is doing, in one word; what needs a person most stands first.
package enum ResourceState: String, Hashable, Sendable, CaseIterable {
  /// It should have reported long ago.
  case overdue
  case failing
  /// Something is held.
  case waiting
  case withErrors = "with-errors"
  /// No attempt is over yet.
  case never
  case inStep = "in-step"
  case disabled
}

/// A resource with what its agent reported last.
package struct ResourceStatus: Hashable, Sendable {
  package let number: ResourceID
  package let name: String
  package let mail: String
  package let isActive: Bool
  package let isEnabled: Bool
  package let state: ResourceState
  package let agent: AgentID?
  package let machine: String?
  /// The program's version.
  package let version: String?
  package let lastAttempt: Instant?
  /// The last that was carried to its end, with or without errors.
  package let lastSuccess: Instant?
  /// Of the last attempt, which may be under way.
  package let outcome: Outcome?
  /// The first note of the last attempt that is over.
  package let reason: String?
  package let nextDue: Instant?
  package let held: Int
  /// That the last attempt began with.
  package let policyVersion: Int?
}

/// Which resources are listed, and in which order.
package struct ResourceFilter: Hashable, Sendable {
  package enum Sort: String, Hashable, Sendable, CaseIterable {
    case name, number, state, lastAttempt = "last-attempt", lastSuccess = "last-success"
    case nextDue = "next-due", reason, held, version
  }

  /// In name, mail or number; case does not count.
  package var search = ""
  package var state: ResourceState?
  /// Without a success since then.
  package var olderThan: Instant?
  /// Exactly this one.
  package var reason: String?
  package var isEnabled: Bool?
  package var sort = Sort.name
  package var isDescending = false
  package var page = Page()

  package init() {}
}
