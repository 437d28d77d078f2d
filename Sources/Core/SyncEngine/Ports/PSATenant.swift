package import SyncModel

/// A table of the PSA as a gateway keeps it for everybody.
package enum PSAViewPart: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
  case ticketRow = "ticket-row"
  case taskRow = "task-row"
  case company, opportunity
  case appointment
  case toDo = "to-do"
  case serviceCall = "service-call"
  case contact

  /// Relations come before what they make somebody's.
  package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// The kind whose items these are; nil for a relation.
  package var kind: Kind? {
    switch self {
    case .appointment: .appointment
    case .toDo: .toDo
    case .serviceCall: .serviceCall
    case .contact: .contact
    case .ticketRow, .taskRow, .company, .opportunity: nil
    }
  }

  /// All that has to be read for the items of a kind: relations first.
  package static func parts(of kind: Kind) -> [PSAViewPart] {
    switch kind {
    case .appointment: [.appointment]
    case .toDo: [.toDo]
    case .serviceCall: [.ticketRow, .taskRow, .serviceCall]
    case .contact: [.company, .opportunity, .contact]
    }
  }

  /// The table of rows that put somebody on service calls.
  package var assignments: Assignment.Table? {
    switch self {
    case .ticketRow: .tickets
    case .taskRow: .tasks
    case .appointment, .toDo, .serviceCall, .contact, .company, .opportunity: nil
    }
  }
}

/// A question to the PSA about one part, whosever the rows are; all conditions hold together.
///
/// Of contacts and companies the active ones answer.
package struct TenantQuery: Hashable, Sendable {
  package var part: PSAViewPart
  /// This resource's only; of parts whose rows name one.
  package var owner: ResourceID?
  /// Created or modified at this instant of the server or later; of items and contacts.
  package var modifiedSince: Instant?
  /// Ending at this instant or later; of items of a calendar.
  package var endingFrom: Instant?
  /// Ids from the lower to the upper bound, both included.
  package var ids: ClosedRange<PSAID>?

  package init(
    _ part: PSAViewPart,
    owner: ResourceID? = nil,
    modifiedSince: Instant? = nil,
    endingFrom: Instant? = nil,
    ids: ClosedRange<PSAID>? = nil
  ) {
    self.part = part
    self.owner = owner
    self.modifiedSince = modifiedSince
    self.endingFrom = endingFrom
    self.ids = ids
  }
}

/// Somebody on a service call.
package struct CrewMember: Hashable, Sendable, Codable {
  package let resource: ResourceID
  /// Blank where the PSA does not show it.
  package let name: String

  package init(resource: ResourceID, name: String) {
    self.resource = resource
    self.name = name
  }
}

/// A row of the PSA, whosever it is.
package struct TenantRow: Hashable, Sendable {
  package var part: PSAViewPart
  package var id: PSAID
  /// Whose it is; nil for service calls and contacts, of which relations tell that.
  package var owner: ResourceID?
  /// The call of an assignment, the contact of an opportunity, the company of a contact.
  package var parent: PSAID?
  /// Of a service call `resource` is 0, and `about` names none of the crew.
  package var item: PSAItem?
  package var contact: PSAContact?
  /// Everybody on a service call, by number, ascending; empty until it was described.
  package var crew: [CrewMember]

  package init(
    part: PSAViewPart,
    id: PSAID,
    owner: ResourceID? = nil,
    parent: PSAID? = nil,
    item: PSAItem? = nil,
    contact: PSAContact? = nil,
    crew: [CrewMember] = []
  ) {
    self.part = part
    self.id = id
    self.owner = owner
    self.parent = parent
    self.item = item
    self.contact = contact
    self.crew = crew
  }

  package var modified: Instant? { item?.modified ?? contact?.modified }

  /// The item as this resource sees it: its own name is not among the others'.
  package func item(for resource: ResourceID) -> PSAItem? {
    guard var item, part == .serviceCall else { return item }
    item.resource = resource
    item.about?.others = crew.filter { $0.resource != resource && !$0.name.isEmpty }.map(\.name)
    return item
  }
}

/// One page of a tenant's rows, in the order of their ids.
package struct TenantPage: Sendable {
  package let rows: [TenantRow]
  /// Nil on the last page.
  package let next: PageToken?

  package init(rows: [TenantRow], next: PageToken?) {
    self.rows = rows
    self.next = next
  }
}

/// How many of the tenant's requests are used, all integrations together.
package struct Allowance: Hashable, Sendable, Codable {
  package let used: Int
  package let limit: Int

  package init(used: Int, limit: Int) {
    self.used = used
    self.limit = limit
  }
}

/// Everybody's rows in the PSA, read.
///
/// Errors meet `SyncFailure`.
package protocol PSATenantRows: Sendable {
  func page(of query: TenantQuery, continuing token: PageToken?) async throws -> TenantPage
  func count(of query: TenantQuery) async throws -> Int
  func identities(of query: TenantQuery) async throws -> [PSAID]
  /// The rows with these ids as they are now, in the order asked; nil for one that is not there.
  func rows(_ ids: [PSAID], of part: PSAViewPart) async throws -> [TenantRow?]
  /// The same items in the same order with `about` and `crew` filled.
  func described(_ rows: [TenantRow]) async throws -> [TenantRow]
  /// Throws with the remedy `skipItem` where the API user may not see the part, which would look
  /// like no rows at all; at most one request.
  func checkVisible(_ part: PSAViewPart) async throws
}

/// Everybody's items in the PSA, as a gateway reads and writes them with the one API user.
package protocol PSATenant: PSATenantRows, PSAWriting {
  /// Which tenant it is, and the host that answers.
  func whereabouts() async throws -> (tenant: TenantID, server: String)
  /// One request.
  func allowance() async throws -> Allowance
  /// Requests sent so far.
  var requests: Int { get async }
}
