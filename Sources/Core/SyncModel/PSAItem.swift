/// An item of the PSA as it was last read.
package struct PSAItem: Hashable, Sendable, Codable {
  package var kind: Kind
  package var id: PSAID
  /// The company that a to-do is written under; nil for the rest.
  package var parent: PSAID?
  /// Whose it is; of a service call the one for whom it was read.
  package var resource: ResourceID
  /// Blank for to-dos and service calls, which have none in the PSA (`rules.md` 10).
  package var title: String
  /// The description as it stands there, reference line included (`rules.md` 7).
  package var text: String
  package var start: Instant
  package var end: Instant
  package var created: Instant
  /// The row's own mark of change, or the creation where the PSA gave none.
  package var modified: Instant
  package var creator: ResourceID?
  /// A place as the PSA has it, which is none so far: a service call's is in `about`.
  package var place: String
  /// A service call that was called off; it is then not to be kept in Exchange.
  package var isCancelled: Bool
  /// A service call or a to-do that was done; it stays.
  package var isComplete: Bool
  /// The rows that its own row names.
  package var related: PSARelated
  /// What people are told of these rows; nil until `PSAService.described` has looked them up.
  package var about: PSAContext?

  package init(
    kind: Kind,
    id: PSAID,
    parent: PSAID? = nil,
    resource: ResourceID,
    title: String,
    text: String,
    start: Instant,
    end: Instant,
    created: Instant,
    modified: Instant,
    creator: ResourceID? = nil,
    place: String = "",
    isCancelled: Bool = false,
    isComplete: Bool = false,
    related: PSARelated = PSARelated(),
    about: PSAContext? = nil
  ) {
    self.kind = kind
    self.id = id
    self.parent = parent
    self.resource = resource
    self.title = title
    self.text = text
    self.start = start
    self.end = end
    self.created = created
    self.modified = modified
    self.creator = creator
    self.place = place
    self.isCancelled = isCancelled
    self.isComplete = isComplete
    self.related = related
    self.about = about
  }

  /// The item as its own row has it, to see whether that row changed.
  package var bare: PSAItem {
    var bare = self
    bare.about = nil
    return bare
  }

  package var span: Span { Span(start: start, end: end) }

  package var key: ItemKey { ItemKey(side: .psa, kind: kind, id: id.description) }
}
