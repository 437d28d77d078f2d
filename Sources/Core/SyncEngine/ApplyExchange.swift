import SyncModel
import SyncPlan

extension Cycle {
  /// Journals, sends, reads back and settles writes of one verb to Exchange.
  func writeExchange(_ all: [Operation], _ run: inout Run) async throws {
    for operation in all where operation.link.exchange?.originalDate != nil {
      try await writeDate(operation, &run)
    }
    let batch = all.filter { $0.link.exchange?.originalDate == nil }
    let known = try await knownLinks(batch)
    let sources = try await cache.psaItems(batch.compactMap { $0.link.psa?.id }, of: .appointment)
    let targets = try await cache.exchangeItems(batch.compactMap { $0.link.exchange?.item })
    var prepared: [Prepared] = []
    for operation in batch {
      let source = operation.link.psa.flatMap { sources[$0.id] }
      let target = operation.link.exchange.flatMap { targets[$0.item] }
      guard let write = try draft(operation, source, target, run) else { continue }
      prepared.append(Prepared(operation, write, nextSequence(&run), target))
    }
    guard !prepared.isEmpty else { return }
    try await cache.intend(
      prepared.map { intent($0, run) },
      links: prepared.compactMap { known[$0.operation.link.id] }
    )
    try await cache.markSent(run.number, prepared.map(\.sequence))
    let results = try await send(prepared, run)
    try await settle(prepared, results, known, &run)
  }

  private enum Write {
    case create(ExchangeDraft)
    case update(ExchangeEdit)
    case delete(ExchangeTarget)
  }

  private struct Prepared {
    let operation: Operation
    let write: Write
    let sequence: Int
    let target: ExchangeItem?

    init(_ operation: Operation, _ write: Write, _ sequence: Int, _ target: ExchangeItem?) {
      self.operation = operation
      self.write = write
      self.sequence = sequence
      self.target = target
    }
  }

  /// Nil where the mirror no longer holds what the plan was made from.
  private func draft(
    _ operation: Operation,
    _ source: PSAItem?,
    _ target: ExchangeItem?,
    _ run: Run
  ) throws -> Write? {
    let projection = Projection(installation.rules)
    switch operation.action {
    case .create(let order):
      guard let source else { return nil }
      let content = projection.exchangeContent(of: source)
      let uid = chosenUID()
      let stamp = Stamp(
        kind: operation.link.kind,
        id: source.id,
        tenant: run.desk.tenant,
        resource: run.desk.resource,
        uid: uid,
        surroundings.fingerprinter
      )
      return .create(
        ExchangeDraft(
          stamp: stamp,
          uid: uid,
          when: order.when,
          zone: order.zone,
          title: content.title,
          text: content.text,
          place: content.place
        )
      )
    case .update(let order):
      guard let half = operation.link.exchange else { return nil }
      let content = source.map { projection.exchangeContent(of: $0) }
      if content == nil, !order.fields.isEmpty { return nil }
      return .update(
        ExchangeEdit(
          id: half.item,
          expected: ChangeKey(order.expectedVersion),
          when: order.when,
          zone: order.zone,
          turnsAllDay: order.turnsAllDay,
          title: order.fields.contains(.title) ? content?.title : nil,
          text: order.fields.contains(.text) ? content?.text : nil,
          place: order.fields.contains(.place) ? content?.place : nil
        )
      )
    case .delete(let order):
      guard let half = operation.link.exchange else { return nil }
      return .delete(ExchangeTarget(id: half.item, expected: ChangeKey(order.expectedVersion)))
    }
  }

  private func chosenUID() -> String {
    let letters = [surroundings.dice(), surroundings.dice()].map { number in
      let text = String(number, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    return "lockstep-" + letters.joined()
  }

  private func intent(_ prepared: Prepared, _ run: Run) -> Intent {
    let operation = prepared.operation
    var wanted = ItemValues()
    var key: String?
    var version: String?
    switch prepared.write {
    case .create(let draft):
      wanted = ItemValues(
        when: draft.when,
        zone: draft.zone,
        title: draft.title,
        text: draft.text,
        place: draft.place
      )
      key = draft.stamp.description
    case .update(let edit):
      wanted = ItemValues(
        when: edit.when,
        zone: edit.zone,
        title: edit.title,
        text: edit.text,
        place: edit.place
      )
      version = edit.expected.rawValue
    case .delete(let target):
      version = target.expected.rawValue
    }
    return Intent(
      run: run.number,
      sequence: prepared.sequence,
      link: operation.link.id,
      kind: operation.link.kind,
      side: .exchange,
      verb: operation.verb,
      groups: operation.groups,
      target: operation.verb == .create ? nil : operation.link.exchange?.item.rawValue,
      expectedVersion: version,
      wanted: wanted,
      idempotencyKey: key,
      highestBefore: nil,
      before: prepared.target.map { before($0, operation) },
      beforeMask: .none,
      proof: operation.proof,
      reason: operation.reason
    )
  }

  /// What stood there: all of it before a delete, else only the fields that the write replaces.
  private func before(_ item: ExchangeItem, _ operation: Operation) -> ItemValues {
    let all = ItemValues(
      when: item.when,
      title: item.title,
      text: item.text,
      place: item.place
    )
    guard case .update(let order) = operation.action else { return all }
    return all.only(time: order.when != nil, order.fields)
  }

  private func send(_ prepared: [Prepared], _ run: Run) async throws -> [ExchangeWriteResult] {
    var creates: [ExchangeDraft] = []
    var updates: [ExchangeEdit] = []
    var deletes: [ExchangeTarget] = []
    for one in prepared {
      switch one.write {
      case .create(let draft): creates.append(draft)
      case .update(let edit): updates.append(edit)
      case .delete(let target): deletes.append(target)
      }
    }
    if !creates.isEmpty { return try await mailbox.create(creates, in: run.folder.id) }
    if !updates.isEmpty { return try await mailbox.update(updates) }
    return try await mailbox.delete(deletes)
  }

  private func settle(
    _ prepared: [Prepared],
    _ results: [ExchangeWriteResult],
    _ known: [LinkID: Link],
    _ run: inout Run
  ) async throws {
    let written = zip(prepared, results).compactMap { one, result -> ExchangeItemID? in
      guard case .done(let id, _) = result, one.operation.verb != .delete else { return nil }
      return id
    }
    var items: [ExchangeItemID: ExchangeItem] = [:]
    if !written.isEmpty {
      for (id, reading) in zip(written, try await mailbox.items(written, in: run.folder.id)) {
        if case .found(let item) = reading { items[id] = item }
      }
    }
    var settlements: [Settlement] = []
    for (one, result) in zip(prepared, results) {
      let operation = one.operation
      switch result {
      case .done(let id, let changeKey):
        count(operation.verb, .exchange, &run)
        settlements.append(
          operation.verb == .delete
            ? deleted(operation, id, one.sequence, run)
            : settled(one, known[operation.link.id], id, changeKey, items[id], run)
        )
      case .missing where operation.verb == .delete:
        count(.delete, .exchange, &run)
        let id = operation.link.exchange?.item ?? ExchangeItemID("")
        settlements.append(deleted(operation, id, one.sequence, run))
      case .missing, .conflict:
        let note = "the item changed meanwhile; planned again by the next run"
        settlements.append(dropped(one.sequence, note, run))
      case .notTried(let words):
        settlements.append(dropped(one.sequence, words, run))
      case .refused(let words):
        let link = known[operation.link.id]
        settlements.append(refused(operation, link, words, sequence: one.sequence, &run))
      }
    }
    try await cache.settle(settlements)
  }

  private func settled(
    _ prepared: Prepared,
    _ known: Link?,
    _ id: ExchangeItemID,
    _ changeKey: ChangeKey,
    _ item: ExchangeItem?,
    _ run: Run
  ) -> Settlement {
    let operation = prepared.operation
    var link = operation.settled(on: known)
    if case .create(let draft) = prepared.write { link.stamp = draft.stamp }
    let mirrored = item.map { MirroredExchange(item: $0, fact: run.maker.fact(of: $0)) }
    link.exchange = ExchangeIdentity(
      folder: run.folder.id,
      item: id,
      cleanUID: item?.cleanUID ?? link.exchange?.cleanUID,
      originalDate: link.exchange?.originalDate,
      seriesZone: link.exchange?.seriesZone,
      copy: link.exchange?.copy ?? 0
    )
    link.changeKey = changeKey
    // Where somebody wrote between our write and our reading, the next run compares again.
    let isAsWritten = item?.changeKey == changeKey
    if isAsWritten { link.exchangeModified = item?.modified }
    if operation.writesContent {
      link.base.returned = isAsWritten ? mirrored?.fact.own : link.base.sent
    }
    return Settlement(
      run: run.number,
      sequence: prepared.sequence,
      status: .done,
      resultID: id.rawValue,
      resultVersion: changeKey.rawValue,
      link: link,
      exchange: mirrored
    )
  }

  private func deleted(
    _ operation: Operation,
    _ id: ExchangeItemID,
    _ sequence: Int,
    _ run: Run
  ) -> Settlement {
    Settlement(
      run: run.number,
      sequence: sequence,
      status: .done,
      resultID: id.rawValue,
      link: afterDelete(operation),
      exchangeGone: id
    )
  }
}

extension Operation {
  /// The Exchange item whose text goes out: of a series the changed date's own, else the master.
  var source: ExchangeItemID? { seen ?? link.exchange?.item }

  var proof: ProofRecord? {
    guard case .delete(let order) = action else { return nil }
    return order.proof.record
  }
}

extension ItemValues {
  func only(time: Bool, _ fields: Set<ContentField>) -> ItemValues {
    ItemValues(
      when: time ? when : nil,
      zone: time ? zone : nil,
      title: fields.contains(.title) ? title : nil,
      text: fields.contains(.text) ? text : nil,
      place: fields.contains(.place) ? place : nil
    )
  }
}
