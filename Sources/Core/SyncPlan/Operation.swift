package import SyncModel

/// One write to one side: a value that can be printed and hashed, without any text of an item.
package struct Operation: Hashable, Sendable {
  package enum Action: Hashable, Sendable {
    /// Makes the counterpart of the link's item on the other side.
    case create(CreateOrder)
    case update(UpdateOrder)
    case delete(DeleteOrder)
    /// Moves an Exchange item back out of Deleted Items.
    case restore(RestoreOrder)
  }

  /// The link as it will be once the write is done, but for what the side returns.
  package let link: Link
  /// The side that is written to.
  package let side: Side
  package let action: Action
  package internal(set) var reason: String
  /// The Exchange item that was compared: of a series the changed date's own, else the master;
  /// nil where the link's item is meant.
  package let seen: ExchangeItemID?
  /// True where no link is kept of the item: what it belonged to is gone.
  package let isUnlinked: Bool

  package init(
    link: Link,
    side: Side,
    action: Action,
    reason: String,
    seen: ExchangeItemID? = nil,
    isUnlinked: Bool = false
  ) {
    self.link = link
    self.side = side
    self.action = action
    self.reason = reason
    self.seen = seen
    self.isUnlinked = isUnlinked
  }
}

/// What a create needs besides the item's text.
package struct CreateOrder: Hashable, Sendable {
  /// The time to be written; for the PSA a stretch, for Exchange perhaps whole days.
  package let when: When
  package let zone: ZoneName?
  package let mask: Mask
  /// The version of the source that was planned with.
  package let sourceVersion: String

  package init(when: When, zone: ZoneName?, mask: Mask, sourceVersion: String) {
    self.when = when
    self.zone = zone
    self.mask = mask
    self.sourceVersion = sourceVersion
  }
}

/// Which fields an update writes.
package struct UpdateOrder: Hashable, Sendable {
  /// The new time; nil leaves it alone.
  package let when: When?
  package let zone: ZoneName?
  /// True where `when` makes an all-day item timed, or a timed one all-day.
  package let turnsAllDay: Bool
  package let fields: Set<ContentField>
  package let mask: Mask
  /// True where this write takes detail away: it goes before everything else.
  package let isMasking: Bool
  /// The target's version that was planned with.
  package let expectedVersion: String
  /// The target's time that was planned with, to be read once more before a PSA write.
  package let expectedSpan: Span?
  package let sourceVersion: String
  /// True where the target only bears the link's reference: whatever comes of it, the link stays.
  package let isOfDouble: Bool
  /// True where it puts back what a side without a say changed: such writes are counted.
  package let isReassertion: Bool

  package init(
    when: When?,
    zone: ZoneName?,
    turnsAllDay: Bool,
    fields: Set<ContentField>,
    mask: Mask,
    isMasking: Bool,
    expectedVersion: String,
    expectedSpan: Span?,
    sourceVersion: String,
    isOfDouble: Bool = false,
    isReassertion: Bool = false
  ) {
    self.when = when
    self.zone = zone
    self.turnsAllDay = turnsAllDay
    self.fields = fields
    self.mask = mask
    self.isMasking = isMasking
    self.expectedVersion = expectedVersion
    self.expectedSpan = expectedSpan
    self.sourceVersion = sourceVersion
    self.isOfDouble = isOfDouble
    self.isReassertion = isReassertion
  }
}

/// A delete, which nobody can build without its proof.
package struct DeleteOrder: Hashable, Sendable {
  package let proof: DeleteProof
  package let expectedVersion: String

  package init(proof: DeleteProof, expectedVersion: String) {
    self.proof = proof
    self.expectedVersion = expectedVersion
  }
}

/// What lies in Deleted Items and goes back from there.
package struct RestoreOrder: Hashable, Sendable {
  package let item: ExchangeItemID
  package let expectedVersion: String

  package init(item: ExchangeItemID, expectedVersion: String) {
    self.item = item
    self.expectedVersion = expectedVersion
  }
}

extension Operation {
  package var verb: Verb {
    switch action {
    case .create: .create
    case .update(let order): order.isMasking ? .mask : .update
    case .delete: .delete
    case .restore: .restore
    }
  }

  package var groups: [FieldGroup] {
    switch action {
    case .create, .delete, .restore: [.existence]
    case .update(let order):
      (order.when == nil ? [] : [.time]) + (order.fields.isEmpty ? [] : [.content])
    }
  }

  /// The link once this is written: groups that it does not write stay as they are kept.
  ///
  /// A plan may write twice to one link, and each write may fail alone.
  package func settled(on kept: Link?) -> Link {
    guard let kept else { return link }
    var link = link
    link.refusals = kept.refusals.filter { $0.side != side || !covers($0.group) }
    if let known = kept.psaModified { link.psaModified = max(known, link.psaModified ?? known) }
    // The plan sees no CleanGlobalObjectId; the kept link has it from the mirror.
    if link.exchange?.cleanUID == nil, link.exchange?.item == kept.exchange?.item {
      link.exchange?.cleanUID = kept.exchange?.cleanUID
    }
    guard case .update(let order) = action else { return link }
    if order.when == nil {
      (link.base.span, link.base.allDay) = (kept.base.span, kept.base.allDay)
      link.repin { $0.time = kept.pin?.time }
    }
    if !order.isReassertion { link.reassertions = kept.reassertions }
    if order.fields.isEmpty {
      (link.base.source, link.base.sent) = (kept.base.source, kept.base.sent)
      (link.base.returned, link.base.mask) = (kept.base.returned, kept.base.mask)
      link.repin { $0.source = kept.pin?.source }
    }
    return link
  }

  /// True where the item that is written to is no half of the link.
  package var leavesLink: Bool {
    guard case .update(let order) = action else { return isUnlinked }
    return order.isOfDouble
  }

  /// True where title, text or place are sent.
  package var writesContent: Bool {
    switch action {
    case .create: true
    case .update(let order): !order.fields.isEmpty
    case .delete, .restore: false
    }
  }

  /// A create or a delete is about everything.
  private func covers(_ group: FieldGroup) -> Bool {
    groups == [.existence] || groups.contains(group)
  }

  /// The fingerprint of what is to stand there afterwards: what a refusal is remembered by.
  package func wanted(_ fingerprinter: Fingerprinter) -> Fingerprint {
    let when: String
    let fields: [String]
    switch action {
    case .create(let order):
      when = order.when.canonicalText
      fields = ContentField.allCases.map(\.rawValue)
    case .update(let order):
      // Of several with one reference each is refused by itself, as it was then.
      when =
        order.isOfDouble ? "\(item) \(order.expectedVersion)" : order.when?.canonicalText ?? ""
      fields = order.fields.map(\.rawValue).sorted()
    case .delete(let order):
      when = order.expectedVersion
      fields = []
    case .restore(let order):
      when = order.expectedVersion
      fields = []
    }
    // What another write of the same item sends is no part of this one.
    let sent = fields.isEmpty ? nil : link.base.sent.map { "\($0.title)\($0.text)\($0.place)" }
    return fingerprinter.print(
      of: Array("\(verb.rawValue) \(when) \(fields) \(sent ?? "")".utf8)
    )
  }

  /// The link with the refusal of this write, in place of an older one of the same group.
  package func refused(
    on kept: Link,
    words: String,
    settings: String,
    _ fingerprinter: Fingerprinter
  ) -> Link {
    let refusal = Refusal(
      side: side,
      group: leavesLink ? .double : groups.first ?? .existence,
      wanted: wanted(fingerprinter),
      settings: settings,
      text: words
    )
    var link = kept
    link.refusals.removeAll {
      $0.side == refusal.side && $0.group == refusal.group
        && (!leavesLink || $0.wanted == refusal.wanted)
    }
    link.refusals.append(refusal)
    return link
  }

  /// The item that is written to, or for a create the item that it is made from.
  package var item: String {
    let exchange = link.exchange.map { half in
      half.item.rawValue + (half.originalDate.map { "@\($0)" } ?? "")
    }
    let psa = link.psa?.id.description
    return switch (side, action) {
    case (_, .restore(let order)): order.item.rawValue
    case (.exchange, .create): psa ?? ""
    case (.psa, .create): exchange ?? ""
    case (.exchange, _): exchange ?? ""
    case (.psa, _): psa ?? ""
    }
  }

  /// The same item as notes name it.
  package var key: ItemKey {
    let isInExchange = (side == .exchange) != (verb == .create)
    let half = isInExchange && verb != .restore ? link.exchange : nil
    return ItemKey(
      side: isInExchange ? .exchange : .psa,
      kind: link.kind,
      id: half?.item.rawValue ?? item,
      originalDate: half?.originalDate
    )
  }

  /// The time that it writes to the PSA.
  var spanForPSA: Span? {
    guard side == .psa, case .update(let order) = action,
      case .timed(let start, let end, _)? = order.when
    else { return nil }
    return Span(start: start, end: end)
  }

  /// One line without titles and without a clock: what a digest is made of.
  package var canonicalLine: String {
    let target = "\(side.rawValue) \(link.kind.rawValue) \(verb.rawValue) \(item)"
    return switch action {
    case .create: target
    case .update(let order):
      target + " at \(order.expectedVersion)"
        + (order.when.map { " time=\($0.canonicalText)" } ?? "")
        + " fields=" + order.fields.map(\.rawValue).sorted().joined(separator: ",")
    case .delete(let order): target + " at \(order.expectedVersion)"
    case .restore(let order): target + " at \(order.expectedVersion)"
    }
  }

  /// Masks, updates, creates, deletes (`rules.md` 8), each kind by kind, for only one kind is sent
  /// at once; of one link the PSA first.
  func precedes(_ other: Operation) -> Bool {
    place < other.place
  }

  private var place: (Int, String, LinkID, Int, String) {
    (rank, link.kind.rawValue, link.id, side == .psa ? 0 : 1, item)
  }

  private var rank: Int {
    switch verb {
    case .mask: 0
    case .update: 1
    case .create, .restore: 2
    case .delete: 3
    }
  }
}

extension When {
  /// Both ends as text, without the zone.
  package var canonicalText: String {
    switch self {
    case .timed(let start, let end, _): "\(start)/\(end)"
    case .allDay(let first, let afterLast): "\(first)/\(afterLast)"
    }
  }
}
