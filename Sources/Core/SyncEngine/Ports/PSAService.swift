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
///
/// A service call names no resource: without `among`, those of the whole tenant answer. Which ones
/// are the resource's is told by `PSAService.assignments`.
package struct PSAQuery: Hashable, Sendable, Codable {
  package let kind: Kind
  /// Created or modified at this instant of the server or later.
  package let modifiedSince: Instant?
  /// Ending at this instant or later.
  package let endingFrom: Instant?
  /// Ids from the lower to the upper bound, both included.
  package let ids: ClosedRange<PSAID>?
  /// These only, at most `longestList`.
  package let among: [PSAID]?

  /// As many ids as one question may name.
  package static let longestList = 400

  package init(
    kind: Kind,
    modifiedSince: Instant? = nil,
    endingFrom: Instant? = nil,
    ids: ClosedRange<PSAID>? = nil,
    among: [PSAID]? = nil
  ) {
    self.kind = kind
    self.modifiedSince = modifiedSince
    self.endingFrom = endingFrom
    self.ids = ids
    self.among = among
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

/// One resource's items in the PSA, as the engine reads them: appointments, to-dos, service calls.
///
/// Errors meet `SyncFailure`. Nothing here changes the PSA, and nothing is asked of it that the
/// called method does not need: a kind that nobody asks for costs no request. Contacts are no
/// items; they are read by `PSAContacts`.
package protocol PSAService: Sendable {
  /// Finds the tenant and the resource (by id or mail address); reads nothing else.
  func open() async throws -> PSADesk

  /// The same, read anew: the resource's record as the PSA has it now, whatever `open` remembers.
  ///
  /// One request or two. Throws with the remedy `stop` where the PSA does not show the resource.
  func reopen() async throws -> PSADesk

  /// A page of the items that answer the query; `token` continues the same query.
  func page(of query: PSAQuery, continuing token: PageToken?) async throws -> PSAPage

  /// How many items answer the query.
  func count(of query: PSAQuery) async throws -> Int

  /// The ids of all items that answer the query, ascending.
  func identities(of query: PSAQuery) async throws -> [PSAID]

  /// The items with these ids, in the order asked; nil for one that is not there or not visible.
  func items(_ ids: [PSAID], of kind: Kind) async throws -> [PSAItem?]

  /// The same items in the same order, with `about` filled.
  ///
  /// Meant for those that are new or whose `bare` form changed: the other rows are looked up in
  /// lists, each once for a service's life, but they are several entities. A row that is gone or
  /// not shown leaves its part blank; appointments are about nothing and cost nothing.
  func described(_ items: [PSAItem]) async throws -> [PSAItem]

  /// The rows that put the resource on service calls: those above the marks, or all without them.
  ///
  /// Rows are never changed, and a deleted one leaves no trace but in the present counts. So who
  /// keeps the rows asks for all again when the counts are not those of what is kept. Without marks
  /// rows and counts come from one reading to the end. Four requests at most where nothing is new;
  /// it fails where the API user may not see service calls, which would look like no rows at all:
  /// with the remedy `skipItem`, for everything else goes on.
  func assignments(since marks: AssignmentMarks?) async throws -> Assignments

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
///
/// Of a to-do only the span may be given, with the parent that it was last read under.
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

/// What is never sent to the PSA: answered without a request (`rules.md` 1 and 2).
extension PSAWriteResult {
  private static let endsTooEarly = PSAWriteResult.refused(
    "It would end before it starts, which is never sent to the PSA."
  )

  private static func neverWritten(_ kind: Kind) -> PSAWriteResult {
    .refused("Nothing but the times of a to-do is written to the PSA for a \(kind.rawValue).")
  }

  /// Nil for a write that may be sent.
  package static func refusal(of draft: PSADraft) -> PSAWriteResult? {
    switch draft.kind {
    case .appointment: draft.span.start <= draft.span.end ? nil : endsTooEarly
    case .toDo, .serviceCall, .contact: neverWritten(draft.kind)
    }
  }

  package static func refusal(of edit: PSAEdit) -> PSAWriteResult? {
    if let span = edit.span, span.start > span.end { return endsTooEarly }
    switch edit.kind {
    case .appointment: return nil
    case .toDo:
      guard edit.title == nil, edit.text == nil else { return neverWritten(edit.kind) }
      guard edit.parent != nil || edit.span == nil else {
        return .refused(
          "To-do \(edit.id) cannot be written without the company that it belongs to."
        )
      }
      return nil
    case .serviceCall, .contact: return neverWritten(edit.kind)
    }
  }

  package static func refusal(of target: PSATarget) -> PSAWriteResult? {
    switch target.kind {
    case .appointment: nil
    case .toDo, .serviceCall, .contact: neverWritten(target.kind)
    }
  }
}

/// One resource's items in the PSA, as the engine writes them.
///
/// Appointments are created, changed and deleted; of a to-do the times are changed. Every other
/// write is refused without a request (`rules.md` 1).
/// Results are in the order of the request; a result that is not `done` never ends the others.
/// The engine reads each target once more directly before it calls (`rules.md` 2).
package protocol PSAWriting: Sendable {
  func create(_ drafts: [PSADraft]) async throws -> [PSAWriteResult]
  func update(_ edits: [PSAEdit]) async throws -> [PSAWriteResult]
  func delete(_ targets: [PSATarget]) async throws -> [PSAWriteResult]
}
