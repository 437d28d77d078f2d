import SyncModel
import SyncPlan

/// Exchange as writes go to it: it refuses what is no longer at its expected version by itself.
struct ExchangeSide: WritingSide {
  let cycle: Cycle
  let run: Run
  let kind: Kind

  var side: Side { .exchange }

  func prepared(_ batch: [Operation]) async throws -> [Prepared<ExchangeSide>] {
    let sources = try await cycle.cache.psaItems(batch.compactMap { $0.link.psa?.id }, of: kind)
    let targets = try await cycle.cache.exchangeItems(batch.compactMap { $0.link.exchange?.item })
    let elsewhere = try await foundElsewhere(batch)
    return batch.map { operation in
      if let link = elsewhere[operation.link.id] {
        return .skipped(operation, why: LinkReason.otherFolder.sentence, link: link)
      }
      let write = prepared(
        operation,
        source: operation.link.psa.flatMap { sources[$0.id] },
        target: operation.link.exchange.flatMap { targets[$0.item] }
      )
      return write.map { .ready($0) } ?? .forgotten(operation)
    }
  }

  /// What the lost links would have known: made before, and moved to another calendar by its person.
  private func foundElsewhere(_ batch: [Operation]) async throws -> [LinkID: Link] {
    let creates = batch.filter { $0.verb == .create }
    guard !creates.isEmpty else { return [:] }
    var kept: [LinkID: Link] = [:]
    for link in try await cycle.cache.links(Set(creates.map(\.link.id))) { kept[link.id] = link }
    let areLost = run.mode.cacheWasLost || run.mode.createsMissing
    var found: [LinkID: Link] = [:]
    for operation in creates
    where areLost || isOldWithoutStamp(kept[operation.link.id]) {
      var link = operation.link
      guard let half = link.psa else { continue }
      let mark = ItemMark.madeFrom(kind: link.kind, id: half.id, tenant: link.tenant)
      let traces = try await cycle.mailbox.traces(of: mark, calendar: run.folder.id)
      guard let trace = traces.first(where: { $0.place == .otherCalendar }) else { continue }
      link.enter(.away, .otherFolder, run.number)
      link.exchange = ExchangeIdentity(folder: run.folder.id, item: trace.id, cleanUID: nil)
      found[link.id] = link
    }
    return found
  }

  /// It was unmatched before this run, and nobody knows what had been made of it.
  private func isOldWithoutStamp(_ link: Link?) -> Bool {
    guard let link else { return false }
    return link.id < run.firstNewLink && link.stamp == nil && link.exchange == nil
  }

  /// Nil where the mirror no longer holds what the plan was made from.
  private func prepared(
    _ operation: Operation,
    source: PSAItem?,
    target: ExchangeItem?
  ) -> PreparedWrite<ExchangeSide>? {
    let content =
      run.putBack[LinkHalf(operation.link.id, side)].map(Projection.ExchangeContent.init)
      ?? source.map { Projection(cycle.installation.rules).exchangeContent(of: $0) }
    switch operation.action {
    case .create(let order):
      guard let source, let content else { return nil }
      let draft = draft(order, of: source, content)
      return PreparedWrite(
        operation: operation,
        write: .create(draft),
        target: nil,
        wanted: ItemValues(
          when: draft.when,
          zone: draft.zone,
          title: draft.title,
          text: draft.text,
          place: draft.place
        ),
        idempotencyKey: draft.stamp.description
      )
    case .update(let order):
      guard let half = operation.link.exchange, content != nil || order.fields.isEmpty else {
        return nil
      }
      let edit = ExchangeEdit(
        id: half.item,
        expected: ChangeKey(order.expectedVersion),
        when: order.when,
        zone: order.zone,
        turnsAllDay: order.turnsAllDay,
        title: order.fields.contains(.title) ? content?.title : nil,
        text: order.fields.contains(.text) ? content?.text : nil,
        place: order.fields.contains(.place) ? content?.place : nil
      )
      return PreparedWrite(
        operation: operation,
        write: .update(edit),
        target: target,
        wanted: ItemValues(
          when: edit.when,
          zone: edit.zone,
          title: edit.title,
          text: edit.text,
          place: edit.place
        ),
        expectedVersion: order.expectedVersion
      )
    case .delete(let order):
      guard let half = operation.link.exchange else { return nil }
      let expected = ChangeKey(order.expectedVersion)
      return PreparedWrite(
        operation: operation,
        write: .delete(ExchangeTarget(id: half.item, expected: expected)),
        target: target,
        wanted: ItemValues(),
        expectedVersion: order.expectedVersion
      )
    case .restore(let order):
      let expected = ChangeKey(order.expectedVersion)
      return PreparedWrite(
        operation: operation,
        write: .restore(ExchangeTarget(id: order.item, expected: expected)),
        target: nil,
        wanted: run.putBack[LinkHalf(operation.link.id, side)] ?? ItemValues(),
        idempotencyKey: operation.link.stamp?.description,
        expectedVersion: order.expectedVersion
      )
    }
  }

  private func draft(
    _ order: CreateOrder,
    of source: PSAItem,
    _ content: Projection.ExchangeContent
  ) -> ExchangeDraft {
    let uid = chosenUID()
    return ExchangeDraft(
      stamp: Stamp(
        kind: kind,
        id: source.id,
        tenant: run.desk.tenant,
        resource: run.desk.resource,
        uid: uid,
        cycle.surroundings.fingerprinter
      ),
      uid: uid,
      when: order.when,
      zone: order.zone,
      title: content.title,
      text: content.text,
      place: content.place
    )
  }

  private func chosenUID() -> String {
    let letters = [cycle.surroundings.dice(), cycle.surroundings.dice()].map { number in
      let text = String(number, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    return "lockstep-" + letters.joined()
  }

  // MARK: Sending

  func create(_ drafts: [ExchangeDraft]) async throws -> [WriteOutcome] {
    try await cycle.mailbox.create(drafts, in: run.folder.id).map(outcome)
  }

  func update(_ edits: [ExchangeEdit]) async throws -> [WriteOutcome] {
    try await cycle.mailbox.update(edits).map(outcome)
  }

  func delete(_ targets: [ExchangeTarget]) async throws -> [WriteOutcome] {
    try await cycle.mailbox.delete(targets).map { result in
      // It was there when this was planned: whether it is gone now, the next listing says for
      // certain, where this answer may be another mailbox's.
      if case .missing = result { return .dropped(Cycle.goneMeanwhile) }
      return outcome(result)
    }
  }

  func restore(_ targets: [ExchangeTarget]) async throws -> [WriteOutcome] {
    // A move has no check of the version, and gets none of Exchange's: each is read once more.
    let readings = try await cycle.mailbox.items(targets.map(\.id), in: run.folder.id)
    let isSame = zip(targets, readings).map { target, reading in
      if case .found(let item) = reading { item.changeKey == target.expected } else { false }
    }
    let unchanged = zip(targets, isSame).filter(\.1).map(\.0.id)
    var moved =
      unchanged.isEmpty
      ? [] : try await cycle.mailbox.move(unchanged, to: run.folder.id)
    return isSame.map { isSame in
      isSame && !moved.isEmpty
        ? outcome(moved.removeFirst())
        : .dropped("the deleted item changed meanwhile")
    }
  }

  private func outcome(_ result: ExchangeWriteResult) -> WriteOutcome {
    switch result {
    case .done(let id, let changeKey): .done(id: id.rawValue, version: changeKey.rawValue)
    case .conflict: .dropped("the item changed meanwhile; planned again by the next run")
    case .missing: .missing
    case .refused(let words): .refused(words)
    case .notTried(let words): .dropped(words)
    }
  }

  // MARK: Settling

  func items(_ ids: [String]) async throws -> [String: ExchangeItem] {
    let asked = ids.map { ExchangeItemID($0) }
    var items: [String: ExchangeItem] = [:]
    for (id, reading) in zip(ids, try await cycle.mailbox.items(asked, in: run.folder.id)) {
      if case .found(let item) = reading { items[id] = item }
    }
    return items
  }

  func values(of item: ExchangeItem) -> ItemValues {
    ItemValues(when: item.when, title: item.title, text: item.text, place: item.place)
  }

  func settle(
    _ link: inout Link,
    _ write: PreparedWrite<ExchangeSide>,
    id: String,
    version: String?,
    _ item: ExchangeItem?
  ) -> Mirrored {
    let mirrored = item.map { MirroredExchange(item: $0, fact: run.maker.fact(of: $0)) }
    if case .create(let draft) = write.write { link.stamp = draft.stamp }
    link.exchange = ExchangeIdentity(
      folder: run.folder.id,
      item: ExchangeItemID(id),
      cleanUID: link.exchange?.cleanUID ?? item?.cleanUID,
      originalDate: link.exchange?.originalDate,
      seriesZone: link.exchange?.seriesZone,
      copy: link.exchange?.copy ?? 0
    )
    link.changeKey = version.map { ChangeKey($0) }
    // Where somebody wrote between our write and our reading, the next run compares again.
    let isAsWritten = item?.changeKey == link.changeKey
    if isAsWritten { link.exchangeModified = item?.modified }
    if write.operation.writesContent {
      link.base.returned = isAsWritten ? mirrored?.fact.own : link.base.sent
    }
    return Mirrored(version: version, exchange: mirrored)
  }
}
