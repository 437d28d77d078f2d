import SyncModel

/// Plans the inverse of one run's writes, link by link and field group by field group.
struct UndoPlanner {
  let input: UndoInput
  let roster: Roster
  let maker: FactMaker
  let projection: Projection
  var steps: [UndoStep] = []
  var links: [Link] = []
  var skipped: [SkippedItem] = []

  init(_ input: UndoInput) {
    self.input = input
    roster = Roster(input.now)
    maker = input.now.facts
    projection = Projection(input.now.rules)
  }

  func plan() -> UndoPlan {
    var planner = self
    let done = input.entries.filter { $0.status == .done }
    var entriesOf: [LinkID: [JournalEntry]] = [:]
    for entry in done { entriesOf[entry.intent.link, default: []].append(entry) }
    for (id, entries) in entriesOf.sorted(by: { $0.key < $1.key }) {
      planner.takeBack(entries, of: id)
    }
    let steps = planner.steps.sorted { $0.operation.precedes($1.operation) }
    return UndoPlan(
      steps: steps,
      links: planner.links,
      skipped: planner.skipped,
      digest: input.now.fingerprinter.planDigest(
        "undo \(input.run)",
        steps.map { "\($0.sequences) \($0.operation.canonicalLine)" }
      )
    )
  }

  private mutating func takeBack(_ entries: [JournalEntry], of id: LinkID) {
    guard let first = entries.first else { return }
    if first.intent.kind == .contact {
      let why = "the PSA decides it, and the next run would write it again"
      return skip(entries, why)
    }
    // What was made or removed is taken back as a whole; what was changed in it goes with it.
    let existence = Side.allCases.compactMap { side in
      entries.last { $0.intent.side == side && $0.intent.groups == [.existence] }
    }
    if !existence.isEmpty {
      for entry in existence { takeBackExistence(entry) }
      return
    }
    takeBackChanges(entries, roster.links.first { $0.id == id })
  }

  private mutating func takeBackExistence(_ entry: JournalEntry) {
    switch (entry.intent.verb, entry.intent.side) {
    case (.create, _), (.restore, _): remove(entry)
    case (.delete, .psa): makeAgain(entry)
    case (.delete, .exchange): bringBack(entry)
    case (.update, _), (.mask, _): break
    }
  }

  // MARK: Changes

  /// What of one half is put back.
  private struct Revision {
    let side: Side
    var when: When?
    var fields: Set<ContentField> = []
    var values = ItemValues()
    let sequences: [Int]
  }

  private mutating func takeBackChanges(_ entries: [JournalEntry], _ link: Link?) {
    guard let link, let item = roster.exchange[link.id], let other = roster.psa[link.id] else {
      return skip(entries, "it is not there any more, or not kept in step now")
    }
    var revisions: [Revision] = []
    for side in Side.allCases {
      let own = entries.filter { $0.intent.side == side }
      guard !own.isEmpty else { continue }
      let half: HalfFact = side == .exchange ? .exchange(item) : .psa(other)
      if let revision = revision(of: half, side, link, item, own) { revisions.append(revision) }
    }
    guard !revisions.isEmpty else { return }
    let sides = Set(revisions.map(\.side))
    for side in Side.allCases where sides == [side] {
      if isOtherHalfChanged(link, side) { return skip(entries, AsWritten.waits) }
    }
    let after = pinned(link, item, other, revisions)
    links.append(after)
    for revision in revisions {
      let operation = operation(revision, after, item, other)
      steps.append(UndoStep(operation, of: revision.sequences, values: revision.values))
    }
  }

  /// Nil where nothing of the half can be put back; each group that stays is named.
  private mutating func revision(
    of half: HalfFact,
    _ side: Side,
    _ link: Link,
    _ item: ExchangeFact,
    _ entries: [JournalEntry]
  ) -> Revision? {
    let key = half.key(of: link.kind)
    if side == .exchange, let why = immovable(link, item) {
      skipped.append(SkippedItem(key, why))
      return nil
    }
    if side == .psa, entries.contains(where: { $0.intent.target != link.psa?.id.description }) {
      skip(entries, "another item bears its reference now")
      return nil
    }
    let wanted = merged(entries.map(\.intent.wanted).reversed())
    let before = merged(entries.compactMap(\.intent.before))
    var revision = Revision(side: side, sequences: entries.map(\.intent.sequence))
    if let mine = wanted.when, let old = before.when {
      if half.when.isSameTime(as: old) {
        skipped.append(SkippedItem(key, "its time is the one before already"))
      } else if half.when.isSameTime(as: mine) {
        revision.when = old
      } else {
        skipped.append(SkippedItem(key, "its time was changed since"))
      }
    }
    let written = Written(values: wanted, link: link, maker: maker)
    if !written.fields.isEmpty, let why = contentStays(half, side, link, item, written, before) {
      skipped.append(SkippedItem(key, why))
    } else {
      revision.fields = written.fields
      revision.values = before
    }
    return revision.when == nil && revision.fields.isEmpty ? nil : revision
  }

  /// Why the content of a half is not put back; nil where it is.
  private func contentStays(
    _ half: HalfFact,
    _ side: Side,
    _ link: Link,
    _ item: ExchangeFact,
    _ written: Written,
    _ before: ItemValues
  ) -> String? {
    let kept = Written(values: before, link: nil, maker: maker).fields
    if !written.fields.isSubset(of: kept) { return "what it held before is not kept any more" }
    if side == .exchange, !item.isTextWhole { return "its text could not be read whole" }
    if half.own.changed(from: half.prints(with: before, maker)).isEmpty {
      return "its content is the one before already"
    }
    let changed = written.changed(in: half)
    if !changed.isEmpty {
      let names = ContentField.allCases.filter(changed.contains).map(\.rawValue)
      return "its \(names.joined(separator: " and ")) changed since"
    }
    if side == .psa, mask(of: link, item) == .masked {
      return "the PSA may have no detail of it now"
    }
    return nil
  }

  /// Why no write of ours may touch an Exchange item; nil where it may.
  private func immovable(_ link: Link, _ item: ExchangeFact) -> String? {
    if item.role == .master { return "it repeats by now" }
    guard item.hasAttendees else { return nil }
    return link.origin == .exchange && input.now.rules.meetingTimes == .both
      ? nil : "other people were invited to it"
  }

  /// A person changed the half that is not written to, and no run has carried that over yet.
  func isOtherHalfChanged(_ link: Link, _ side: Side) -> Bool {
    let planner = LinkPlanner(input.now)
    return switch side {
    case .exchange: roster.psa[link.id].map { planner.isChanged(link, $0) } ?? false
    case .psa: roster.exchange[link.id].map { planner.isChanged(link, $0) } ?? false
    }
  }

  func mask(of link: Link, _ item: ExchangeFact?) -> Mask {
    if let strictest = roster.strictest[link.id] {
      return projection.mask(of: strictest.sensitivity)
    }
    let seen = item ?? roster.series[link.id]?.master ?? input.now.awayFacts[link.id]
    if let seen { return projection.mask(of: seen.sensitivity) }
    return input.now.rules.importDetail == .all ? link.base.mask : .masked
  }

  /// Each field by the first of these that has it.
  private func merged(_ all: [ItemValues]) -> ItemValues {
    all.reduce(into: ItemValues()) { merged, values in
      merged.when = merged.when ?? values.when
      merged.title = merged.title ?? values.title
      merged.text = merged.text ?? values.text
      merged.place = merged.place ?? values.place
    }
  }

  // MARK: What follows for the link

  private func pinned(
    _ link: Link,
    _ item: ExchangeFact,
    _ other: PSAFact,
    _ revisions: [Revision]
  ) -> Link {
    var after = link
    let inExchange = revisions.first { $0.side == .exchange }
    let inPSA = revisions.first { $0.side == .psa }
    if inExchange?.when != nil || inPSA?.when != nil {
      pin(
        &after,
        exchange: inExchange?.when ?? item.when,
        psa: inPSA?.when?.span(in: nil, input.now.clock) ?? other.span
      )
    }
    if let inPSA, !inPSA.fields.isEmpty {
      let sent = maker.prints(of: inPSA.values, over: other)
      pin(&after, source: item.projected, compared: item.projected, sent: sent)
    }
    if let inExchange, !inExchange.fields.isEmpty {
      let sent = maker.prints(of: inExchange.values, over: item)
      pin(&after, source: other.source, compared: other.projected, sent: sent)
    }
    return after
  }

  /// Both times as they are from now on; where they are the same, the next move is one again.
  func pin(_ link: inout Link, exchange: When, psa: Span) {
    let zone = link.base.allDay?.zone ?? input.now.zone
    link.base.span = Span(start: psa.start.onTheMinute, end: psa.end.onTheMinute)
    link.base.allDay = nil
    if case .allDay(let first, let afterLast) = exchange, let zone {
      link.base.allDay = AllDayBase(first: first, afterLast: afterLast, zone: zone)
    }
    let isSame = exchange.span(in: zone, input.now.clock)?.isSame(as: psa) ?? false
    link.repin { $0.time = isSame ? nil : Pin.Time(exchange: exchange, psa: psa) }
  }

  func pin(
    _ link: inout Link,
    source: ContentPrints,
    compared: ContentPrints,
    sent: ContentPrints
  ) {
    link.base.source = source
    link.base.sent = sent
    link.base.returned = sent
    link.base.mask = .none
    link.repin { $0.source = compared }
  }

  private func operation(
    _ revision: Revision,
    _ after: Link,
    _ item: ExchangeFact,
    _ other: PSAFact
  ) -> Operation {
    let isInPSA = revision.side == .psa
    let zone = after.base.allDay?.zone ?? input.now.zone
    return Operation(
      link: after,
      side: revision.side,
      action: .update(
        UpdateOrder(
          when: revision.when,
          zone: revision.when?.isAllDay ?? false ? zone : nil,
          turnsAllDay: !isInPSA && revision.when.map { $0.isAllDay != item.when.isAllDay } ?? false,
          fields: revision.fields,
          mask: .none,
          isMasking: false,
          expectedVersion: isInPSA ? other.modified.description : item.changeKey.rawValue,
          expectedSpan: isInPSA ? other.span : nil,
          sourceVersion: isInPSA ? item.changeKey.rawValue : other.modified.description
        )
      ),
      reason: reason,
      seen: item.id
    )
  }

  var reason: String { "run \(input.run) is taken back" }

  // MARK: What stays

  mutating func skip(_ entries: [JournalEntry], _ why: String) {
    var named: Set<ItemKey> = []
    for entry in entries where named.insert(key(of: entry)).inserted {
      skipped.append(SkippedItem(key(of: entry), why))
    }
  }

  func key(of entry: JournalEntry) -> ItemKey {
    ItemKey(
      side: entry.intent.side,
      kind: entry.intent.kind,
      id: entry.resultID ?? entry.intent.target ?? "-"
    )
  }
}
