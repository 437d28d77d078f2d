/// A part of a list: pages count from 0.
package struct EntryList<Entry: Codable & Sendable>: Codable, Sendable {
  package let entries: [Entry]
  /// How many there are on all pages.
  package let total: Int
  package let page: Int
  package let size: Int

  package init(entries: [Entry], total: Int, page: Int, size: Int) {
    self.entries = entries
    self.total = total
    self.page = page
    self.size = size
  }
}

/// A resource as admins see it; times are UTC.
package struct ResourceEntry: Hashable, Codable, Sendable {
  package let number: Int64
  package let name: String
  package let mail: String
  /// The PSA has it among its people.
  package let isActive: Bool
  package let isEnabled: Bool
  /// One of the words of the Resources page, such as `in-step`.
  package let state: String
  package let agent: String?
  package let machine: String?
  /// The agent's program.
  package let version: String?
  package let lastAttempt: WireTime?
  package let lastSuccess: WireTime?
  package let outcome: String?
  package let reason: String?
  package let nextDue: WireTime?
  package let held: Int
  package let policyVersion: Int?

  package init(
    number: Int64,
    name: String,
    mail: String,
    isActive: Bool,
    isEnabled: Bool,
    state: String,
    agent: String?,
    machine: String?,
    version: String?,
    lastAttempt: WireTime?,
    lastSuccess: WireTime?,
    outcome: String?,
    reason: String?,
    nextDue: WireTime?,
    held: Int,
    policyVersion: Int?
  ) {
    self.number = number
    self.name = name
    self.mail = mail
    self.isActive = isActive
    self.isEnabled = isEnabled
    self.state = state
    self.agent = agent
    self.machine = machine
    self.version = version
    self.lastAttempt = lastAttempt
    self.lastSuccess = lastSuccess
    self.outcome = outcome
    self.reason = reason
    self.nextDue = nextDue
    self.held = held
    self.policyVersion = policyVersion
  }
}

/// One enrolment of an agent.
package struct AgentEntry: Hashable, Codable, Sendable {
  package let agent: String
  package let resource: Int64
  package let resourceName: String
  package let machine: String
  package let version: String
  package let enrolled: WireTime
  package let expires: WireTime
  package let revoked: WireTime?
  package let revokedBy: String?

  package init(
    agent: String,
    resource: Int64,
    resourceName: String,
    machine: String,
    version: String,
    enrolled: WireTime,
    expires: WireTime,
    revoked: WireTime?,
    revokedBy: String?
  ) {
    self.agent = agent
    self.resource = resource
    self.resourceName = resourceName
    self.machine = machine
    self.version = version
    self.enrolled = enrolled
    self.expires = expires
    self.revoked = revoked
    self.revokedBy = revokedBy
  }
}

/// A run of an agent.
package struct AttemptEntry: Hashable, Codable, Sendable {
  package let agent: String
  package let resource: Int64
  package let resourceName: String
  package let version: String
  package let received: WireTime
  package let report: AttemptReport

  package init(
    agent: String,
    resource: Int64,
    resourceName: String,
    version: String,
    received: WireTime,
    report: AttemptReport
  ) {
    self.agent = agent
    self.resource = resource
    self.resourceName = resourceName
    self.version = version
    self.received = received
    self.report = report
  }
}

/// What waits for a person at one resource.
package struct HoldEntry: Hashable, Codable, Sendable {
  package let resource: Int64
  package let resourceName: String
  package let agent: String
  package let hold: HoldReport
  package let approvedBy: String?
  package let approvedAt: WireTime?

  package init(
    resource: Int64,
    resourceName: String,
    agent: String,
    hold: HoldReport,
    approvedBy: String?,
    approvedAt: WireTime?
  ) {
    self.resource = resource
    self.resourceName = resourceName
    self.agent = agent
    self.hold = hold
    self.approvedBy = approvedBy
    self.approvedAt = approvedAt
  }
}

/// A one-time code, without its letters.
package struct CodeEntry: Hashable, Codable, Sendable {
  package let number: Int64
  package let resource: Int64
  package let resourceName: String
  package let takesOver: Bool
  package let made: WireTime
  package let madeBy: String
  package let expires: WireTime
  package let used: WireTime?
  package let withdrawn: WireTime?

  package init(
    number: Int64,
    resource: Int64,
    resourceName: String,
    takesOver: Bool,
    made: WireTime,
    madeBy: String,
    expires: WireTime,
    used: WireTime?,
    withdrawn: WireTime?
  ) {
    self.number = number
    self.resource = resource
    self.resourceName = resourceName
    self.takesOver = takesOver
    self.made = made
    self.madeBy = madeBy
    self.expires = expires
    self.used = used
    self.withdrawn = withdrawn
  }
}

/// A token of the admins' API, without its letters.
package struct TokenEntry: Hashable, Codable, Sendable {
  package let number: Int64
  package let name: String
  package let made: WireTime
  package let madeBy: String
  package let revoked: WireTime?

  package init(number: Int64, name: String, made: WireTime, madeBy: String, revoked: WireTime?) {
    self.number = number
    self.name = name
    self.made = made
    self.madeBy = madeBy
    self.revoked = revoked
  }
}

/// One act of an admin.
package struct AuditEntry: Hashable, Codable, Sendable {
  package let number: Int64
  package let at: WireTime
  package let by: String
  package let act: String
  package let subject: String
  package let details: String

  package init(
    number: Int64,
    at: WireTime,
    by: String,
    act: String,
    subject: String,
    details: String
  ) {
    self.number = number
    self.at = at
    self.by = by
    self.act = act
    self.subject = subject
    self.details = details
  }
}
