/// The side on which a person made an item; *paired* where both sides had it before Lockstep came.
package enum Origin: String, Sendable, Codable { case psa, exchange, paired }

/// Where a link stands (`rules.md` 2, 4, 7).
package enum LinkState: String, Sendable, Codable, CaseIterable {
  /// Both items are kept in step.
  case linked
  /// Outside the window or excluded by a setting: nothing is written but masks.
  case parked
  /// The Exchange item lies in another calendar folder.
  case away
  /// A person deleted the copy that does not decide.
  case suppressed
  /// Excluded: the counterpart was removed.
  case closed
  /// The cache was lost and nothing proves a counterpart.
  case unmatched
  /// A person has to decide.
  case held
}

/// How much of an item was last written to the other side.
package enum Mask: String, Sendable, Codable { case none, masked }

/// The Exchange half of a link.
package struct ExchangeIdentity: Hashable, Sendable, Codable {
  package var folder: FolderID
  /// The item itself, or the master for an occurrence.
  package var item: ExchangeItemID
  package var cleanUID: CleanUID?
  package var originalDate: LocalDate?
  package var seriesZone: ZoneName?
  /// 0 for the original; a person's copies with the same UID are counted from 1.
  package var copy: Int

  package init(
    folder: FolderID,
    item: ExchangeItemID,
    cleanUID: CleanUID?,
    originalDate: LocalDate? = nil,
    seriesZone: ZoneName? = nil,
    copy: Int = 0
  ) {
    self.folder = folder
    self.item = item
    self.cleanUID = cleanUID
    self.originalDate = originalDate
    self.seriesZone = seriesZone
    self.copy = copy
  }
}

/// The PSA half of a link.
package struct PSAIdentity: Hashable, Sendable, Codable {
  package var id: PSAID
  package var parent: PSAID?

  package init(id: PSAID, parent: PSAID? = nil) {
    self.id = id
    self.parent = parent
  }
}

/// What both sides held when they were last in step.
package struct Base: Hashable, Sendable, Codable {
  /// The time last sent, as instants to the minute; nil after adoption: not known.
  package var span: Span?
  /// The days of an all-day item and the zone of its projection.
  package var allDay: AllDayBase?
  /// The content of the deciding side, unmasked and projected, when it was last sent.
  package var source: ContentPrints?
  /// The content that was sent, after masking.
  package var sent: ContentPrints?
  /// The content that the receiving side returned for what was sent.
  package var returned: ContentPrints?
  package var mask: Mask
  /// Of a contact: what was sent, and what Exchange returned for it.
  package var cardSent: ContactPrints?
  package var cardReturned: ContactPrints?
  /// The rules under which the fingerprints were made; a new version is computed again.
  package var rulesVersion: Int

  package static let currentRules = 1

  package init(
    span: Span? = nil,
    allDay: AllDayBase? = nil,
    source: ContentPrints? = nil,
    sent: ContentPrints? = nil,
    returned: ContentPrints? = nil,
    mask: Mask = .none,
    cardSent: ContactPrints? = nil,
    cardReturned: ContactPrints? = nil,
    rulesVersion: Int = Base.currentRules
  ) {
    self.span = span
    self.allDay = allDay
    self.source = source
    self.sent = sent
    self.returned = returned
    self.mask = mask
    self.cardSent = cardSent
    self.cardReturned = cardReturned
    self.rulesVersion = rulesVersion
  }
}

/// The days of an all-day item and the zone in which they were projected (`rules.md` 6).
package struct AllDayBase: Hashable, Sendable, Codable {
  package let first: LocalDate
  package let afterLast: LocalDate
  package let zone: ZoneName

  package init(first: LocalDate, afterLast: LocalDate, zone: ZoneName) {
    self.first = first
    self.afterLast = afterLast
    self.zone = zone
  }
}

/// Writes that put back what somebody else keeps changing, or make again what somebody else keeps
/// removing (`rules.md` 2).
package struct Reassertions: Hashable, Sendable, Codable {
  package let count: Int
  package let since: Instant

  private static let limit = 3

  package init(count: Int, since: Instant) {
    self.count = count
    self.since = since
  }

  /// True within a day of the first one.
  package func isFresh(at now: Instant) -> Bool { now < since.advanced(byDays: 1) }

  /// True once a day's writes did not last: the item is held.
  package func isSpent(at now: Instant) -> Bool {
    count >= Reassertions.limit && isFresh(at: now)
  }

  /// The count with one more.
  package static func next(after old: Reassertions?, at now: Instant) -> Reassertions {
    guard let old, old.isFresh(at: now) else { return Reassertions(count: 1, since: now) }
    return Reassertions(count: old.count + 1, since: old.since)
  }
}

/// A write that a side refused: not tried again until the item or the settings change.
package struct Refusal: Hashable, Sendable, Codable {
  package let side: Side
  package let group: FieldGroup
  /// The fingerprint of what was refused.
  package let wanted: Fingerprint
  /// The digest of the settings under which it was refused.
  package let settings: String
  /// The side's own words.
  package let text: String

  package init(
    side: Side,
    group: FieldGroup,
    wanted: Fingerprint,
    settings: String,
    text: String
  ) {
    self.side = side
    self.group = group
    self.wanted = wanted
    self.settings = settings
    self.text = text
  }
}

/// What is decided separately (`rules.md` 2).
package enum FieldGroup: String, Sendable, Codable, CaseIterable {
  case time, content, existence
  /// The content of an item that only bears the link's reference.
  case double
}

/// Two items, or one that waits for its counterpart, kept as one.
package struct Link: Hashable, Sendable, Codable {
  package let id: LinkID
  package let kind: Kind
  package let tenant: TenantID
  package let resource: ResourceID
  package var mailbox: MailboxID
  package var origin: Origin
  package var state: LinkState
  /// Nil while linked.
  package var reason: LinkReason?
  /// The run that put it there.
  package var stateRun: RunID?
  /// Set by `undo` and `release`; nil where nothing is left alone.
  package var pin: Pin?
  package var exchange: ExchangeIdentity?
  package var psa: PSAIdentity?
  /// The stamp on the Exchange item, where Lockstep made it.
  package var stamp: Stamp?
  package var reference: Reference?
  package var changeKey: ChangeKey?
  package var exchangeModified: Instant?
  package var psaModified: Instant?
  /// The gateway's sequence of our last write; 0 with a direct connection.
  package var psaSequence: Int64
  package var epoch: Int
  package var base: Base
  package var reassertions: Reassertions?
  /// At most one for each side and group.
  package var refusals: [Refusal]

  package init(
    id: LinkID,
    kind: Kind,
    tenant: TenantID,
    resource: ResourceID,
    mailbox: MailboxID,
    origin: Origin,
    state: LinkState = .linked,
    reason: LinkReason? = nil,
    stateRun: RunID? = nil,
    pin: Pin? = nil,
    exchange: ExchangeIdentity? = nil,
    psa: PSAIdentity? = nil,
    stamp: Stamp? = nil,
    reference: Reference? = nil,
    changeKey: ChangeKey? = nil,
    exchangeModified: Instant? = nil,
    psaModified: Instant? = nil,
    psaSequence: Int64 = 0,
    epoch: Int = 0,
    base: Base = Base(),
    reassertions: Reassertions? = nil,
    refusals: [Refusal] = []
  ) {
    self.id = id
    self.kind = kind
    self.tenant = tenant
    self.resource = resource
    self.mailbox = mailbox
    self.origin = origin
    self.state = state
    self.reason = reason
    self.stateRun = stateRun
    self.pin = pin
    self.exchange = exchange
    self.psa = psa
    self.stamp = stamp
    self.reference = reference
    self.changeKey = changeKey
    self.exchangeModified = exchangeModified
    self.psaModified = psaModified
    self.psaSequence = psaSequence
    self.epoch = epoch
    self.base = base
    self.reassertions = reassertions
    self.refusals = refusals
  }
}

extension Link {
  /// Its half on that side.
  package func key(on side: Side) -> ItemKey? {
    switch side {
    case .exchange:
      exchange.map {
        ItemKey(side: side, kind: kind, id: $0.item.rawValue, originalDate: $0.originalDate)
      }
    case .psa: psa.map { ItemKey(side: side, kind: kind, id: $0.id.description) }
    }
  }

  /// Puts the link into a state; the run is kept in which it came to be as it is.
  package mutating func enter(_ state: LinkState, _ reason: LinkReason?, _ run: RunID) {
    guard self.state != state || self.reason != reason else { return }
    (self.state, self.reason, stateRun) = (state, reason, run)
  }
}
