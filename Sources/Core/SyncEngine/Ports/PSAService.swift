package import SyncModel

/// Who and where the agent is in the PSA.
package struct PSADesk: Hashable, Sendable {
  package let tenant: TenantID
  package let resource: ResourceID
  /// For people: the host that answers.
  package let server: String

  package init(tenant: TenantID, resource: ResourceID, server: String) {
    self.tenant = tenant
    self.resource = resource
    self.server = server
  }
}

/// A question to the PSA about the resource's items of one kind; all conditions hold together.
package struct PSAQuery: Hashable, Sendable, Codable {
  package let kind: Kind
  /// Created or modified at this instant of the server or later.
  package let modifiedSince: Instant?
  /// Ending at this instant or later.
  package let endingFrom: Instant?
  /// Ids from the lower to the upper bound, both included.
  package let ids: ClosedRange<PSAID>?

  package init(
    kind: Kind,
    modifiedSince: Instant? = nil,
    endingFrom: Instant? = nil,
    ids: ClosedRange<PSAID>? = nil
  ) {
    self.kind = kind
    self.modifiedSince = modifiedSince
    self.endingFrom = endingFrom
    self.ids = ids
  }
}

/// The PSA's own word for where the next page begins: opaque.
package struct PageToken: TextIdentity {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// One page of an answer, at most 500 items, in the order of their ids.
package struct PSAPage: Hashable, Sendable {
  package let items: [PSAItem]
  /// Nil on the last page.
  package let next: PageToken?

  package init(items: [PSAItem], next: PageToken?) {
    self.items = items
    self.next = next
  }
}

/// One resource's items in the PSA, as the engine reads them.
///
/// Errors meet `SyncFailure`. Nothing here changes the PSA.
package protocol PSAService: Sendable {
  /// Finds the tenant and the resource (by id or mail address); reads nothing else.
  func open() async throws -> PSADesk

  /// A page of the items that answer the query; `token` continues the same query.
  func page(of query: PSAQuery, continuing token: PageToken?) async throws -> PSAPage

  /// How many items answer the query.
  func count(of query: PSAQuery) async throws -> Int

  /// The ids of all items that answer the query, ascending.
  func identities(of query: PSAQuery) async throws -> [PSAID]

  /// The items with these ids, in the order asked; nil for one that is not there or not visible.
  func items(_ ids: [PSAID], of kind: Kind) async throws -> [PSAItem?]

  /// Requests sent so far.
  var requests: Int { get async }
}

/// An item to be created in the PSA.
package struct PSADraft: Hashable, Sendable, Codable {
  package let kind: Kind
  package let resource: ResourceID
  package let title: String
  /// The description, reference line included.
  package let text: String
  package let span: Span

  package init(kind: Kind, resource: ResourceID, title: String, text: String, span: Span) {
    self.kind = kind
    self.resource = resource
    self.title = title
    self.text = text
    self.span = span
  }
}

/// A change to a PSA item: only the fields that are not nil are written.
package struct PSAEdit: Hashable, Sendable, Codable {
  package let kind: Kind
  package let id: PSAID
  package let parent: PSAID?
  package let title: String?
  package let text: String?
  package let span: Span?

  package init(
    kind: Kind,
    id: PSAID,
    parent: PSAID? = nil,
    title: String? = nil,
    text: String? = nil,
    span: Span? = nil
  ) {
    self.kind = kind
    self.id = id
    self.parent = parent
    self.title = title
    self.text = text
    self.span = span
  }
}

/// A PSA item that is to be deleted.
package struct PSATarget: Hashable, Sendable, Codable {
  package let kind: Kind
  package let id: PSAID
  package let parent: PSAID?

  package init(kind: Kind, id: PSAID, parent: PSAID? = nil) {
    self.kind = kind
    self.id = id
    self.parent = parent
  }
}

/// What became of one write to the PSA.
package enum PSAWriteResult: Hashable, Sendable {
  case done(PSAID)
  case missing
  /// The PSA refuses this for good; its own words.
  case refused(String)
  /// The answer was lost: it may have been written or not.
  case unknown(String)
  /// The PSA was not asked, or turned the request away unread.
  case notTried(String)
}

/// One resource's items in the PSA, as the engine writes them.
///
/// Results are in the order of the request; a result that is not `done` never ends the others.
/// The engine reads each target once more directly before it calls (`rules.md` 2).
package protocol PSAWriting: Sendable {
  func create(_ drafts: [PSADraft]) async throws -> [PSAWriteResult]
  func update(_ edits: [PSAEdit]) async throws -> [PSAWriteResult]
  func delete(_ targets: [PSATarget]) async throws -> [PSAWriteResult]
}
