/// What the plan sees of an Exchange item: no text, only what decides.
///
/// A class, so that the many lists of a plan share each fact and do not copy it.
package final class ExchangeFact: Hashable, Sendable {
  package let id: ExchangeItemID
  package let changeKey: ChangeKey
  package let folder: FolderID
  package let role: SeriesRole
  /// The fingerprint of the CleanGlobalObjectId; nil where the item has none.
  package let uid: Fingerprint?
  package let when: When
  package let modified: Instant
  /// The fingerprints of the item's own content.
  package let own: ContentPrints
  /// The fingerprints of what the PSA would be given of it, unmasked.
  package let projected: ContentPrints
  package let sensitivity: Sensitivity
  package let showAs: ShowAs
  package let hasAttendees: Bool
  package let isCancelled: Bool
  package let response: MeetingResponse
  package let stamp: Stamp?
  /// True when the stamp was made for this very item, false on a person's copy.
  package let isStampOwn: Bool
  package let reference: Reference
  package let isTextWhole: Bool
  /// Of an occurrence or exception: its series, whose change key it has.
  package let master: ExchangeItemID?
  /// Of an occurrence or exception: its day by the pattern, in the series' zone.
  package let originalDate: LocalDate?
  /// Of a date that stands in the calendar without its series: when its pattern had it.
  package let originalStart: Instant?

  package init(
    id: ExchangeItemID,
    changeKey: ChangeKey,
    folder: FolderID,
    role: SeriesRole,
    uid: Fingerprint?,
    when: When,
    modified: Instant,
    own: ContentPrints,
    projected: ContentPrints,
    sensitivity: Sensitivity,
    showAs: ShowAs,
    hasAttendees: Bool,
    isCancelled: Bool,
    response: MeetingResponse,
    stamp: Stamp?,
    isStampOwn: Bool,
    reference: Reference,
    isTextWhole: Bool,
    master: ExchangeItemID? = nil,
    originalDate: LocalDate? = nil,
    originalStart: Instant? = nil
  ) {
    self.id = id
    self.changeKey = changeKey
    self.folder = folder
    self.role = role
    self.uid = uid
    self.when = when
    self.modified = modified
    self.own = own
    self.projected = projected
    self.sensitivity = sensitivity
    self.showAs = showAs
    self.hasAttendees = hasAttendees
    self.isCancelled = isCancelled
    self.response = response
    self.stamp = stamp
    self.isStampOwn = isStampOwn
    self.reference = reference
    self.isTextWhole = isTextWhole
    self.master = master
    self.originalDate = originalDate
    self.originalStart = originalStart
  }

  /// What a link knows it by: the series for an occurrence, else the item itself.
  package var identity: ExchangeItemID { master ?? id }

  package var key: ItemKey {
    ItemKey(
      side: .exchange,
      kind: .appointment,
      id: identity.rawValue,
      originalDate: originalDate
    )
  }

  package static func == (left: ExchangeFact, right: ExchangeFact) -> Bool {
    left.id == right.id && left.changeKey == right.changeKey && left.folder == right.folder
      && left.role == right.role && left.uid == right.uid && left.when == right.when
      && left.modified == right.modified && left.own == right.own
      && left.projected == right.projected && left.sensitivity == right.sensitivity
      && left.showAs == right.showAs && left.hasAttendees == right.hasAttendees
      && left.isCancelled == right.isCancelled && left.response == right.response
      && left.stamp == right.stamp && left.isStampOwn == right.isStampOwn
      && left.reference == right.reference && left.isTextWhole == right.isTextWhole
      && left.master == right.master && left.originalDate == right.originalDate
      && left.originalStart == right.originalStart
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(id)
    hasher.combine(changeKey)
  }
}

/// What the plan sees of a PSA item; a class for the same reason.
package final class PSAFact: Hashable, Sendable {
  package let kind: Kind
  package let id: PSAID
  package let parent: PSAID?
  package let span: Span
  package let created: Instant
  package let modified: Instant
  /// The fingerprints of its own content, the reference line left out.
  package let own: ContentPrints
  /// The fingerprints of what Exchange would be given of it.
  package let projected: ContentPrints
  package let reference: Reference?
  /// A service call that was called off.
  package let isCancelled: Bool

  package init(
    kind: Kind,
    id: PSAID,
    parent: PSAID?,
    span: Span,
    created: Instant,
    modified: Instant,
    own: ContentPrints,
    projected: ContentPrints,
    reference: Reference?,
    isCancelled: Bool = false
  ) {
    self.kind = kind
    self.id = id
    self.parent = parent
    self.span = span
    self.created = created
    self.modified = modified
    self.own = own
    self.projected = projected
    self.reference = reference
    self.isCancelled = isCancelled
  }

  package var key: ItemKey { ItemKey(side: .psa, kind: kind, id: id.description) }

  /// What is the item's own: words about its company or its tickets are no part of it, and bring
  /// nothing back that was suppressed (`rules.md` 2).
  package var source: ContentPrints { kind == .appointment ? projected : own }

  package static func == (left: PSAFact, right: PSAFact) -> Bool {
    left.kind == right.kind && left.id == right.id && left.parent == right.parent
      && left.span == right.span && left.created == right.created
      && left.modified == right.modified && left.own == right.own
      && left.projected == right.projected && left.reference == right.reference
      && left.isCancelled == right.isCancelled
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(id)
    hasher.combine(modified)
  }
}
