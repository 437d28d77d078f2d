package import RegistryAPI
package import SyncModel

/// Who acts for the house: an admin's name, or the name of a token.
package struct AdminName: TextIdentity {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// The admin's settings as they were saved last.
package struct SavedSettings: Hashable, Sendable {
  /// 0 where nobody has saved anything yet.
  package let version: Int
  package let settings: AdminSettings
  /// Goes up when everything has to be read again.
  package let fullReading: Int
  package let savedAt: Instant?
  package let savedBy: AdminName?
}

/// Which agent calls, by its token.
package struct AgentIdentity: Hashable, Sendable {
  package let agent: AgentID
  package let resource: ResourceID

  package init(agent: AgentID, resource: ResourceID) {
    self.agent = agent
    self.resource = resource
  }
}

/// A one-time code as it is listed; the code itself is not kept.
package struct CodeRow: Hashable, Sendable {
  package let number: Int64
  package let resource: ResourceID
  package let resourceName: String
  package let takesOver: Bool
  package let made: Instant
  package let madeBy: AdminName
  package let expires: Instant
  package let used: Instant?
  package let withdrawn: Instant?
}

/// One enrolment of an agent; it counts until it is revoked or expires.
package struct AgentRow: Hashable, Sendable {
  package let number: Int64
  package let agent: AgentID
  package let resource: ResourceID
  package let resourceName: String
  package let machine: String
  package let version: String
  package let enrolled: Instant
  package let expires: Instant
  package let revoked: Instant?
  /// Who revoked it: an admin, or `take-over`.
  package let revokedBy: AdminName?
}

/// An attempt as the registry keeps it.
package struct AttemptRow: Hashable, Sendable {
  package let agent: AgentID
  package let resource: ResourceID
  package let resourceName: String
  /// The program's version.
  package let version: String
  package let received: Instant
  package let report: AttemptReport
}

/// Which attempts are listed; the newest stand first.
package struct AttemptFilter: Hashable, Sendable {
  package var resource: ResourceID?
  package var outcome: Outcome?
  /// Those that started before this one.
  package var before: Instant?
  package var since: Instant?

  package init(
    resource: ResourceID? = nil,
    outcome: Outcome? = nil,
    before: Instant? = nil,
    since: Instant? = nil
  ) {
    self.resource = resource
    self.outcome = outcome
    self.before = before
    self.since = since
  }
}

/// A part of a list; pages count from 0.
package struct Page: Hashable, Sendable {
  package static let sizes = 1...500

  package let number: Int
  package let size: Int

  /// Numbers and sizes that cannot be are brought to the nearest that can.
  package init(_ number: Int = 0, size: Int = 50) {
    self.number = min(max(number, 0), 1_000_000)
    self.size = min(max(size, Page.sizes.lowerBound), Page.sizes.upperBound)
  }
}

/// What a page shows, and how many rows there are in all.
package struct Listed<Row: Hashable & Sendable>: Hashable, Sendable {
  package let rows: [Row]
  package let total: Int
}

/// What waits for a person at one resource.
package struct HoldRow: Hashable, Sendable {
  package let resource: ResourceID
  package let resourceName: String
  package let agent: AgentID
  package let hold: HoldReport
  package let approvedBy: AdminName?
  package let approvedAt: Instant?
}

/// An admin who has signed in.
package struct AdminSession: Hashable, Sendable {
  package let name: AdminName
  /// What a form has to send back; follows from the session's token.
  package let csrf: String
}

/// A token of the admin's API; the token itself is not kept.
package struct AdminTokenRow: Hashable, Sendable {
  package let number: Int64
  package let name: String
  package let made: Instant
  package let madeBy: AdminName
  package let revoked: Instant?
}

/// One act of an admin.
package struct AuditRow: Hashable, Sendable {
  package let number: Int64
  package let at: Instant
  package let by: AdminName
  /// A word, such as `save-settings`.
  package let act: String
  /// What it was done to.
  package let subject: String
  /// More about it, without secrets.
  package let details: String
}

/// A mail that is to be sent.
package struct OutgoingMail: Hashable, Sendable {
  package let to: String
  package let subject: String
  package let body: String
  /// Of mails to one address with the same key only the last that was not sent yet is kept; blank
  /// for those that stand alone.
  package let group: String

  package init(to: String, subject: String, body: String, group: String = "") {
    self.to = to
    self.subject = subject
    self.body = body
    self.group = group
  }
}

/// A mail that waits to be sent.
package struct QueuedMail: Hashable, Sendable {
  package let number: Int64
  package let mail: OutgoingMail
  package let queued: Instant
  /// How often sending it failed.
  package let failures: Int
}

/// Figures for `/metrics`.
package struct RegistryCounts: Hashable, Sendable {
  package let resources: [ResourceState: Int]
  package let agents: Int
  /// Attempts that started within the last hour.
  package let attempts: [Outcome: Int]
  package let holds: Int
  package let mailsWaiting: Int
}
