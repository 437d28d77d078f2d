package import SyncModel

/// A row of a gateway's view, as one resource may see it.
package struct PSAViewRow: Hashable, Sendable, Codable {
  package let part: PSAViewPart
  package let id: PSAID
  /// It is not the resource's any more, or not there.
  package let isGone: Bool
  /// The call of an assignment, the contact of an opportunity.
  package let parent: PSAID?
  package let item: PSAItem?
  package let contact: PSAContact?

  package init(
    part: PSAViewPart,
    id: PSAID,
    isGone: Bool = false,
    parent: PSAID? = nil,
    item: PSAItem? = nil,
    contact: PSAContact? = nil
  ) {
    self.part = part
    self.id = id
    self.isGone = isGone
    self.parent = parent
    self.item = item
    self.contact = contact
  }
}

/// How far an agent has read a gateway's view.
package struct ReplicaPosition: Hashable, Sendable, Codable {
  /// The last sequence that was read of each part.
  package var read: [PSAViewPart: Int64]
  /// The sequence of the view after the agent's last write: an older view says nothing.
  package var lastWrite: Int64
  package var tenant: TenantID?
  package var resource: ResourceID?
  /// When the gateway had read the PSA, at the last reading and at the last one of everything.
  package var readAt: Instant?
  package var listedAt: Instant?
  /// How often the view was read, and which reading told of a part for the first time.
  package var readings: Int64
  package var firstTold: [PSAViewPart: Int64]

  package init(
    read: [PSAViewPart: Int64] = [:],
    lastWrite: Int64 = 0,
    tenant: TenantID? = nil,
    resource: ResourceID? = nil
  ) {
    self.read = read
    self.lastWrite = lastWrite
    self.tenant = tenant
    self.resource = resource
    readings = 0
    firstTold = [:]
  }
}

/// What an agent keeps of a gateway's view, so that only changes travel.
///
/// It holds what was read and nothing of what the engine made of it. Rows may arrive long after they
/// were modified: a question for what was modified since a time is answered with what was told of
/// late, too, which is the last fifty readings.
package protocol PSAReplica: Sendable {
  func replicaPosition() async throws -> ReplicaPosition
  /// Rows and position together or not at all.
  ///
  /// - Parameters:
  ///   - replacing: parts of which everything is told from here on; rows that are not told again go
  ///     with the last page.
  ///   - isLast: all that there is was told.
  func keep(
    _ rows: [PSAViewRow],
    replacing parts: [PSAViewPart],
    isLast: Bool,
    at position: ReplicaPosition
  ) async throws

  /// At most `limit` items that answer the query above this id, ascending.
  func viewItems(of query: PSAQuery, above id: PSAID?, limit: Int) async throws -> [PSAItem]
  func viewIdentities(of query: PSAQuery) async throws -> [PSAID]
  func viewItems(_ ids: [PSAID], of kind: Kind) async throws -> [PSAID: PSAItem]
  /// Those of both tables, each ascending.
  func viewAssignments() async throws -> [Assignment]
  func viewScope() async throws -> ContactScope
  /// All contacts, or those modified at this instant or later, or told of late; ascending.
  func viewContacts(changedSince: Instant?) async throws -> [PSAContact]
}
