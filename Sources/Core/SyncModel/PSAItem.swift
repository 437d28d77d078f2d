/// An item of the PSA as it was last read.
package struct PSAItem: Hashable, Sendable, Codable {
  package var kind: Kind
  package var id: PSAID
  /// The company that a to-do or a contact is written under; nil for the rest.
  package var parent: PSAID?
  package var resource: ResourceID
  package var title: String
  /// The description as it stands there, reference line included (`rules.md` 7).
  package var text: String
  package var start: Instant
  package var end: Instant
  package var created: Instant
  /// `updateDateTime`, or the creation where the PSA gave none.
  package var modified: Instant
  package var creator: ResourceID?
  /// Fields of other kinds; empty for appointments.
  package var place: String

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
    place: String = ""
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
  }

  package var span: Span { Span(start: start, end: end) }

  package var key: ItemKey { ItemKey(side: .psa, kind: kind, id: id.description) }
}
