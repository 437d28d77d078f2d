package import SyncModel

/// An item that nobody changed since Lockstep wrote it: only what is in this file makes one.
///
/// By its time and its content (`rules.md` 2): a version mark alone is no change.
package struct AsWritten: Hashable, Sendable {
  /// Why an order leaves an item as it is whose other half a person changed since the last run.
  static let waits = "its other half was changed since the last run: sync first"

  let key: ItemKey
  let version: String

  private init(_ key: ItemKey, _ version: String) {
    self.key = key
    self.version = version
  }

  // MARK: By the link

  /// The Exchange item of a link that the PSA's began.
  ///
  /// Nil where its time or its content is another one than the link remembers, where that is not
  /// known, and where people were added to it or it was repeated.
  package init?(_ link: Link, _ item: ExchangeFact) {
    guard link.origin == .psa, item.role == .single, !item.hasAttendees, item.isTextWhole,
      let returned = link.base.returned, item.own.changed(from: returned).isEmpty
    else { return nil }
    let isInTime =
      if let pinned = link.pin?.time {
        item.when.isSameTime(as: pinned.exchange)
      } else if let days = link.base.allDay {
        item.when.isSameTime(as: .allDay(first: days.first, afterLast: days.afterLast))
      } else {
        link.base.span.map { span in
          item.when.isSameTime(as: .timed(start: span.start, end: span.end, zone: nil))
        } ?? false
      }
    guard isInTime else { return nil }
    self.init(item.key(of: link.kind), item.changeKey.rawValue)
  }

  /// The PSA item of a link that Exchange's began.
  package init?(_ link: Link, _ other: PSAFact) {
    guard link.origin == .exchange, let returned = link.base.returned,
      other.own.changed(from: returned).isEmpty,
      let span = link.pin?.time?.psa ?? link.base.span, other.span.isSame(as: span)
    else { return nil }
    self.init(other.key, other.modified.description)
  }

  /// The contact that a link holds in Exchange.
  package init?(_ link: Link, _ contact: ExchangeContactFact) {
    guard link.origin == .psa, contact.isNoteWhole, let returned = link.base.cardReturned,
      contact.prints.changed(from: returned).isEmpty
    else { return nil }
    self.init(
      ItemKey(side: .exchange, kind: .contact, id: contact.id.rawValue),
      contact.changeKey.rawValue
    )
  }

  // MARK: By the journal

  /// An item that a run made or brought back, with everything that it wrote then.
  init?(_ written: Written, _ half: HalfFact, kind: Kind) {
    if case .exchange(let item) = half {
      guard item.role == .single, !item.hasAttendees, item.isTextWhole else { return nil }
    }
    guard let when = written.values.when, half.when.isSameTime(as: when),
      written.changed(in: half).isEmpty
    else { return nil }
    self.init(half.key(of: kind), half.version)
  }
}

/// One half of a link as it is now.
enum HalfFact {
  case exchange(ExchangeFact)
  case psa(PSAFact)

  var when: When {
    switch self {
    case .exchange(let item): item.when
    case .psa(let other): .timed(start: other.span.start, end: other.span.end, zone: nil)
    }
  }

  var own: ContentPrints {
    switch self {
    case .exchange(let item): item.own
    case .psa(let other): other.own
    }
  }

  var version: String {
    switch self {
    case .exchange(let item): item.changeKey.rawValue
    case .psa(let other): other.modified.description
    }
  }

  func key(of kind: Kind) -> ItemKey {
    switch self {
    case .exchange(let item): item.key(of: kind)
    case .psa(let other): other.key
    }
  }

  /// Its content with these values in place of its own.
  func prints(with values: ItemValues, _ maker: FactMaker) -> ContentPrints {
    switch self {
    case .exchange(let item): maker.prints(of: values, over: item)
    case .psa(let other): maker.prints(of: values, over: other)
    }
  }
}

/// What a run wrote to an item, by the journal.
struct Written {
  let values: ItemValues
  /// The link as it is now; nil where there is none any more.
  let link: Link?
  let maker: FactMaker

  /// The fields that it wrote.
  var fields: Set<ContentField> {
    var fields: Set<ContentField> = []
    if values.title != nil { fields.insert(.title) }
    if values.text != nil { fields.insert(.text) }
    if values.place != nil { fields.insert(.place) }
    return fields
  }

  /// The fields that it wrote and that are not as it wrote them any more.
  ///
  /// A side may store something else than it was sent: what it returned then is as written too.
  func changed(in half: HalfFact) -> Set<ContentField> {
    let wanted = half.prints(with: values, maker)
    let changed = half.own.changed(from: wanted)
    guard let sent = link?.base.sent, let returned = link?.base.returned else { return changed }
    let stored = fields.subtracting(wanted.changed(from: sent))
      .subtracting(half.own.changed(from: returned))
    return changed.subtracting(stored)
  }
}

extension ExchangeFact {
  /// Its key as one of that kind, for the calendar folder holds what was made of every kind.
  func key(of kind: Kind) -> ItemKey {
    ItemKey(side: .exchange, kind: kind, id: identity.rawValue, originalDate: originalDate)
  }
}
