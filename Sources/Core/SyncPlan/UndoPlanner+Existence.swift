import SyncModel

/// Takes back what a run made, and brings back what it removed (`rules.md` 8).
extension UndoPlanner {
  // MARK: What it made

  /// Removes an item that the run made or brought back, if it is still as the run left it.
  mutating func remove(_ entry: JournalEntry) {
    let (side, kind) = (entry.intent.side, entry.intent.kind)
    guard let id = entry.resultID, let half = half(id, side, kind) else {
      return skip([entry], "it is not there any more")
    }
    let link = roster.links.first { link in
      link.kind == kind && link.key(on: side) == half.key(of: kind)
    }
    let written = Written(values: entry.intent.wanted, link: link, maker: maker)
    guard let target = AsWritten(written, half, kind: kind) else {
      return skip([entry], "it was changed since")
    }
    if let link, isOtherHalfChanged(link, side) { return skip([entry], AsWritten.waits) }
    var after = link ?? newLink(entry)
    if let link {
      after.enter(.suppressed, .undone, input.now.run)
      after.pin = nil
      let left: HalfFact? =
        side == .psa
        ? roster.exchange[link.id].map { .exchange($0) } : roster.psa[link.id].map { .psa($0) }
      remember(&after, left)
      links.append(after)
    } else {
      bind(&after, half)
    }
    let proof = DeleteProof.ordered(.undo(of: input.run), target)
    steps.append(
      UndoStep(
        Operation(
          link: after,
          side: side,
          action: .delete(DeleteOrder(proof: proof, expectedVersion: half.version)),
          reason: reason,
          isUnlinked: link == nil
        ),
        of: [entry.intent.sequence]
      )
    )
  }

  private func half(_ id: String, _ side: Side, _ kind: Kind) -> HalfFact? {
    switch side {
    case .exchange: input.now.exchange.first { $0.id.rawValue == id }.map { .exchange($0) }
    case .psa:
      input.now.psa.first { $0.kind == kind && $0.id.description == id }.map { .psa($0) }
    }
  }

  /// What is left looks like this now: it comes back only when it is changed.
  private func remember(_ link: inout Link, _ half: HalfFact?) {
    switch half {
    case .exchange(let item)?:
      link.base.source = item.projected
      link.base.span = item.when.span(in: input.now.zone, input.now.clock) ?? link.base.span
    case .psa(let other)?:
      link.base.source = other.source
      link.base.span = other.span
    case nil: break
    }
  }

  private func bind(_ link: inout Link, _ half: HalfFact) {
    switch half {
    case .exchange(let item): link.exchange = input.now.identity(of: item)
    case .psa(let other): link.psa = PSAIdentity(id: other.id, parent: other.parent)
    }
  }

  /// For the journal alone: what the item belonged to is gone, and no link is kept.
  private func newLink(_ entry: JournalEntry) -> Link {
    input.now.newLink(
      entry.intent.link,
      kind: entry.intent.kind,
      origin: entry.intent.side == .psa ? .exchange : .psa
    )
  }

  // MARK: What it removed

  /// Makes a PSA item again, as a new one, with no more detail than its Exchange item has now.
  mutating func makeAgain(_ entry: JournalEntry) {
    let intent = entry.intent
    guard let before = intent.before, case .timed(let start, let end, _)? = before.when,
      let title = before.title, let text = before.text
    else { return skip([entry], "what it held is not kept any more") }
    guard let reference = Reference.split(text).reference else {
      return skip([entry], "it had lost its reference, by which it would be known")
    }
    guard !input.now.psa.contains(where: { $0.reference == reference }) else {
      return skip([entry], "it is there again")
    }
    let link =
      roster.links.first { $0.reference == reference }
      ?? roster.links.first { $0.id == intent.link }
    guard link.map({ roster.psa[$0.id] == nil }) ?? true else {
      return skip([entry], "its counterpart has another one now")
    }
    // Back in the calendar, and perhaps private by now: its counterpart is the next run's to make.
    let isBack =
      link == nil
      && input.now.exchange.flatMap(input.now.dates).contains {
        $0.reference == reference || maker.referenceOfCopy($0) == reference
      }
    if isBack { return skip([entry], "what it was made from is in Exchange again") }
    let item = link.flatMap { roster.exchange[$0.id] }
    var mask = link.map { self.mask(of: $0, item) } ?? .none
    if item == nil, intent.beforeMask == .masked || input.now.rules.importDetail != .all {
      mask = .masked
    }
    let span = Span(start: start, end: end)
    var after = link ?? newLink(entry)
    after.psa = nil
    after.reference = reference
    let values = ItemValues(title: title, text: Reference.split(text).text)
    if let link, link.exchange != nil {
      keepWaiting(link)
      after.enter(.linked, nil, input.now.run)
      after.repin { $0.staysExcluded = true }
      if let item {
        let sent = mask == .masked ? maker.masked(item) : maker.prints(of: values, like: item.own)
        pin(&after, exchange: item.when, psa: span)
        pin(&after, source: item.projected, compared: item.projected, sent: sent)
        after.base.mask = mask
        if mask == .masked { after.repin { $0.source = nil } }
      }
    }
    steps.append(
      UndoStep(
        Operation(
          link: after,
          side: .psa,
          action: .create(
            CreateOrder(
              when: .timed(start: start, end: end, zone: nil),
              zone: nil,
              mask: mask,
              sourceVersion: item?.changeKey.rawValue ?? ""
            )
          ),
          reason: reason,
          seen: item?.id,
          isUnlinked: link?.exchange == nil
        ),
        of: [intent.sequence],
        values: values
      )
    )
  }

  /// Moves an Exchange item back out of Deleted Items.
  mutating func bringBack(_ entry: JournalEntry) {
    let intent = entry.intent
    switch input.deleted[intent.sequence] {
    case .there?: skip([entry], "it is there again")
    case .several?: skip([entry], "several deleted items bear its stamp")
    case .nothing?, nil: skip([entry], "it is not among the deleted items any more")
    case .lying(let item)?:
      let link = roster.links.first { $0.id == intent.link } ?? linked(to: item)
      guard link?.exchange == nil else {
        return skip([entry], "its counterpart has another one now")
      }
      var after = link ?? newLink(entry)
      after.exchange = input.now.identity(of: item)
      after.exchange?.folder = input.now.folder
      after.stamp = item.stamp
      if let link, link.psa != nil {
        keepWaiting(link)
        after.enter(.linked, nil, input.now.run)
        after.repin { $0.staysExcluded = true }
        if let other = roster.psa[link.id] {
          pin(&after, exchange: item.when, psa: other.span)
          pin(&after, source: other.source, compared: other.projected, sent: item.own)
        }
      }
      let order = RestoreOrder(item: item.id, expectedVersion: item.changeKey.rawValue)
      steps.append(
        UndoStep(
          Operation(
            link: after,
            side: .exchange,
            action: .restore(order),
            reason: reason,
            isUnlinked: link?.psa == nil
          ),
          of: [intent.sequence],
          values: intent.before ?? ItemValues()
        )
      )
    }
  }

  /// The link of what the item was made from, if it was linked anew meanwhile.
  private func linked(to item: ExchangeFact) -> Link? {
    guard let stamp = item.stamp else { return nil }
    return roster.links.first { $0.kind == stamp.kind && $0.psa?.id == stamp.id }
  }

  /// A crash between the write and its result must not have it removed a second time.
  private mutating func keepWaiting(_ link: Link) {
    var waiting = link
    waiting.repin { $0.staysExcluded = true }
    links.append(waiting)
  }
}
