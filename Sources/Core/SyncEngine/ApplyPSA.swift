import SyncModel
import SyncPlan

extension Cycle {
  /// Reads once more, journals, sends, reads back and settles writes of one verb to the PSA.
  func writePSA(_ batch: [Operation], _ run: inout Run) async throws {
    let known = try await knownLinks(batch)
    let sources = try await cache.exchangeItems(batch.compactMap(\.source))
    let planned = try await cache.psaItems(batch.compactMap { $0.link.psa?.id }, of: .appointment)
    let current = try await readAgain(batch)
    var prepared: [Prepared] = []
    var gone: [Operation] = []
    for operation in batch {
      let source = operation.source.flatMap { sources[$0] }
      let target = operation.link.psa.flatMap { current[$0.id] }
      if operation.verb == .delete, target == nil {
        gone.append(operation)
        continue
      }
      // Whole items are compared, for the PSA's own marks are only as fine as a second.
      let isAsPlanned = operation.verb == .create || target == planned[target?.id ?? PSAID(0)]
      guard isAsPlanned, let write = draft(operation, source, target, run) else {
        continue
      }
      prepared.append(Prepared(operation, write, nextSequence(&run), target))
    }
    try await cache.keep(gone.map(afterDelete).filter { $0.state == .closed }, forget: [])
    guard !prepared.isEmpty else { return }
    try await cache.intend(
      prepared.map { intent($0, known[$0.operation.link.id], run) },
      links: prepared.compactMap { known[$0.operation.link.id] }
    )
    try await cache.markSent(run.number, prepared.map(\.sequence))
    let results = try await send(prepared)
    try await settle(prepared, results, known, &run)
  }

  private enum Write {
    case create(PSADraft)
    case update(PSAEdit)
    case delete(PSATarget)
  }

  private struct Prepared {
    let operation: Operation
    let write: Write
    let sequence: Int
    let target: PSAItem?

    init(_ operation: Operation, _ write: Write, _ sequence: Int, _ target: PSAItem?) {
      self.operation = operation
      self.write = write
      self.sequence = sequence
      self.target = target
    }
  }

  /// The PSA has no version to write against: its items are read directly before (`rules.md` 2).
  private func readAgain(_ batch: [Operation]) async throws -> [PSAID: PSAItem] {
    var current: [PSAID: PSAItem] = [:]
    let ids = batch.filter { $0.verb != .create }.compactMap { $0.link.psa?.id }
    guard !ids.isEmpty else { return current }
    for item in try await psa.items(ids, of: .appointment) {
      if let item { current[item.id] = item }
    }
    return current
  }

  private func draft(
    _ operation: Operation,
    _ source: ExchangeItem?,
    _ target: PSAItem?,
    _ run: Run
  ) -> Write? {
    let projection = Projection(installation.rules)
    switch operation.action {
    case .create(let order):
      guard let source, let reference = operation.link.reference,
        case .timed(let start, let end, _) = order.when
      else { return nil }
      let content = projection.psaContent(of: source)
      return .create(
        PSADraft(
          kind: operation.link.kind,
          resource: run.desk.resource,
          title: content.title,
          text: reference.ending(content.text, limit: Projection.psaTextLimit),
          span: Span(start: start, end: end)
        )
      )
    case .update(let order):
      guard let half = operation.link.psa else { return nil }
      // What is away is not mirrored, and a mask needs nothing of it.
      let content =
        order.isMasking ? Projection.masked : source.map { projection.psaContent(of: $0) }
      if content == nil, !order.fields.isEmpty { return nil }
      var span: Span?
      if case .timed(let start, let end, _)? = order.when { span = Span(start: start, end: end) }
      let reference = operation.link.reference
      return .update(
        PSAEdit(
          kind: operation.link.kind,
          id: half.id,
          parent: half.parent,
          title: order.fields.contains(.title) ? content?.title : nil,
          text: order.fields.contains(.text)
            ? content.map { text in
              reference?.ending(text.text, limit: Projection.psaTextLimit) ?? text.text
            } : nil,
          span: span
        )
      )
    case .delete:
      guard let half = operation.link.psa else { return nil }
      return .delete(PSATarget(kind: operation.link.kind, id: half.id, parent: half.parent))
    }
  }

  private func intent(_ prepared: Prepared, _ known: Link?, _ run: Run) -> Intent {
    let operation = prepared.operation
    var wanted = ItemValues()
    switch prepared.write {
    case .create(let draft):
      wanted = ItemValues(
        when: .timed(start: draft.span.start, end: draft.span.end, zone: nil),
        title: draft.title,
        text: draft.text
      )
    case .update(let edit):
      wanted = ItemValues(
        when: edit.span.map { .timed(start: $0.start, end: $0.end, zone: nil) },
        title: edit.title,
        text: edit.text
      )
    case .delete:
      break
    }
    return Intent(
      run: run.number,
      sequence: prepared.sequence,
      link: operation.link.id,
      kind: operation.link.kind,
      side: .psa,
      verb: operation.verb,
      groups: operation.groups,
      target: operation.verb == .create ? nil : operation.link.psa?.id.description,
      parent: operation.link.psa?.parent,
      expectedVersion: prepared.target?.modified.description,
      wanted: wanted,
      idempotencyKey: operation.verb == .create ? operation.link.reference?.description : nil,
      highestBefore: operation.verb == .create ? run.positions.highestPSA ?? PSAID(0) : nil,
      before: prepared.target.map { before($0, operation) },
      beforeMask: known?.base.mask ?? .none,
      proof: operation.proof,
      reason: operation.reason
    )
  }

  private func before(_ item: PSAItem, _ operation: Operation) -> ItemValues {
    let all = ItemValues(
      when: .timed(start: item.start, end: item.end, zone: nil),
      title: item.title,
      text: item.text
    )
    guard case .update(let order) = operation.action else { return all }
    return all.only(time: order.when != nil, order.fields)
  }

  private func send(_ prepared: [Prepared]) async throws -> [PSAWriteResult] {
    var creates: [PSADraft] = []
    var updates: [PSAEdit] = []
    var deletes: [PSATarget] = []
    for one in prepared {
      switch one.write {
      case .create(let draft): creates.append(draft)
      case .update(let edit): updates.append(edit)
      case .delete(let target): deletes.append(target)
      }
    }
    if !creates.isEmpty { return try await psa.create(creates) }
    if !updates.isEmpty { return try await psa.update(updates) }
    return try await psa.delete(deletes)
  }

  private func settle(
    _ prepared: [Prepared],
    _ results: [PSAWriteResult],
    _ known: [LinkID: Link],
    _ run: inout Run
  ) async throws {
    let written = zip(prepared, results).compactMap { one, result -> PSAID? in
      guard case .done(let id) = result, one.operation.verb != .delete else { return nil }
      return id
    }
    var items: [PSAID: PSAItem] = [:]
    if !written.isEmpty {
      for item in try await psa.items(written, of: .appointment) {
        if let item { items[item.id] = item }
      }
    }
    var settlements: [Settlement] = []
    for (one, result) in zip(prepared, results) {
      let operation = one.operation
      switch result {
      case .done(let id):
        count(operation.verb, .psa, &run)
        run.positions.highestPSA = max(run.positions.highestPSA ?? id, id)
        settlements.append(
          operation.verb == .delete
            ? deleted(operation, id, one.sequence, run)
            : settled(operation, known[operation.link.id], id, items[id], one.sequence, run)
        )
      case .missing where operation.verb == .delete:
        count(.delete, .psa, &run)
        let id = operation.link.psa?.id ?? PSAID(0)
        settlements.append(deleted(operation, id, one.sequence, run))
      case .missing:
        let note = "the item is gone; planned again by the next run"
        settlements.append(dropped(one.sequence, note, run))
      case .notTried(let words):
        settlements.append(dropped(one.sequence, words, run))
      case .unknown(let words):
        // The entry stays `sent`: the next run looks it up before anything is created again.
        run.attempt.notes.append(
          "The answer to a write was lost (\(words)); the next run looks it up."
        )
        run.attempt.failedItems += 1
      case .refused(let words):
        let link = known[operation.link.id]
        settlements.append(refused(operation, link, words, sequence: one.sequence, &run))
      }
    }
    try await cache.settle(settlements)
  }

  private func settled(
    _ operation: Operation,
    _ known: Link?,
    _ id: PSAID,
    _ item: PSAItem?,
    _ sequence: Int,
    _ run: Run
  ) -> Settlement {
    var link = operation.settled(on: known)
    let mirrored = item.map { MirroredPSA(item: $0, fact: run.maker.fact(of: $0)) }
    link.psa = PSAIdentity(id: id, parent: item?.parent ?? link.psa?.parent)
    if let item { link.psaModified = item.modified }
    if operation.writesContent { link.base.returned = mirrored?.fact.own ?? link.base.sent }
    return Settlement(
      run: run.number,
      sequence: sequence,
      status: .done,
      resultID: id.description,
      resultVersion: item?.modified.description,
      link: link,
      psa: mirrored
    )
  }

  private func deleted(
    _ operation: Operation,
    _ id: PSAID,
    _ sequence: Int,
    _ run: Run
  ) -> Settlement {
    Settlement(
      run: run.number,
      sequence: sequence,
      status: .done,
      resultID: id.description,
      link: afterDelete(operation),
      psaGone: ItemKey(side: .psa, kind: operation.link.kind, id: id.description)
    )
  }
}
