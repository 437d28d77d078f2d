import SyncModel
import SyncPlan

/// The PSA as writes go to it: it has no versions, so its items are read once more directly before
/// (`rules.md` 2).
struct PSASide: WritingSide {
  let cycle: Cycle
  let run: Run
  let kind: Kind

  var side: Side { .psa }

  func prepared(_ batch: [Operation]) async throws -> [Prepared<PSASide>] {
    let sources = try await cycle.cache.exchangeItems(batch.compactMap(\.source))
    let ids = batch.filter { $0.verb != .create }.compactMap { $0.link.psa?.id }
    let planned = try await cycle.cache.psaItems(ids, of: kind)
      .merging(elsewhere) { mirrored, _ in mirrored }
    let current = ids.isEmpty ? [:] : try await items(ids.map(\.description))
    return batch.map { operation in
      let source = operation.source.flatMap { sources[$0] }
      let target = operation.verb == .create ? nil : current[operation.item]
      if operation.verb == .delete, target == nil {
        let link = operation.linkAfterDelete
        return .skipped(
          operation,
          why: "it was not there any more",
          link: link.state == .closed ? link : nil
        )
      }
      // Whole items are compared, for the PSA's own marks are only as fine as a second.
      guard target?.bare == operation.link.psa.flatMap({ planned[$0.id]?.bare }) else {
        let what = target == nil ? "the item is gone" : "the item changed meanwhile"
        return .skipped(operation, why: what + "; planned again by the next run")
      }
      return self.prepared(operation, source, target).map { .ready($0) } ?? .forgotten(operation)
    }
  }

  /// Items of another resource, which the mirror does not hold.
  private var elsewhere: [PSAID: PSAItem] {
    var items: [PSAID: PSAItem] = [:]
    for item in run.reassigned.values where item.kind == kind { items[item.id] = item }
    return items
  }

  private func prepared(
    _ operation: Operation,
    _ source: ExchangeItem?,
    _ target: PSAItem?
  ) -> PreparedWrite<PSASide>? {
    let reference = operation.link.reference
    func ending(_ text: String) -> String {
      reference?.ending(text, limit: Projection.psaTextLimit) ?? text
    }
    switch operation.action {
    case .create(let order):
      let content = content(of: operation, source, planned: order.mask)
      guard let content, let reference, case .timed(let start, let end, _) = order.when else {
        return nil
      }
      let draft = PSADraft(
        kind: kind,
        resource: run.desk.resource,
        title: content.title,
        text: ending(content.text),
        span: Span(start: start, end: end)
      )
      return PreparedWrite(
        operation: operation,
        write: .create(draft),
        target: nil,
        wanted: ItemValues(when: order.when, title: draft.title, text: draft.text),
        idempotencyKey: reference.description,
        highestBefore: run.positions[kind].highest ?? PSAID(0)
      )
    case .update(let order):
      // What is away is not mirrored, and a mask needs nothing of it.
      let content =
        order.isMasking ? Projection.masked : content(of: operation, source, planned: order.mask)
      guard let half = operation.link.psa, content != nil || order.fields.isEmpty else {
        return nil
      }
      var span: Span?
      if case .timed(let start, let end, _)? = order.when { span = Span(start: start, end: end) }
      let edit = PSAEdit(
        kind: kind,
        id: half.id,
        // The company as it was read a moment ago.
        parent: target?.parent ?? half.parent,
        title: order.fields.contains(.title) ? content?.title : nil,
        text: order.fields.contains(.text) ? content.map { ending($0.text) } : nil,
        span: span
      )
      return PreparedWrite(
        operation: operation,
        write: .update(edit),
        target: target,
        wanted: ItemValues(when: order.when, title: edit.title, text: edit.text),
        expectedVersion: target?.modified.description
      )
    case .delete:
      guard let half = operation.link.psa else { return nil }
      return PreparedWrite(
        operation: operation,
        write: .delete(PSATarget(kind: kind, id: half.id, parent: half.parent)),
        target: target,
        wanted: ItemValues(),
        expectedVersion: target?.modified.description
      )
    case .restore:
      // The PSA keeps nothing that was deleted.
      return nil
    }
  }

  /// What goes out: of the item as it is, or what stood there before; never more than both allow.
  private func content(
    of operation: Operation,
    _ source: ExchangeItem?,
    planned: Mask
  ) -> Projection.PSAContent? {
    let projection = Projection(cycle.installation.rules)
    guard let values = run.putBack[LinkHalf(operation.link.id, side)] else {
      return source.map { projection.psaContent(of: $0, planned: planned) }
    }
    let present = source.map { projection.mask(of: $0.sensitivity) } ?? planned
    return present == .masked || planned == .masked
      ? Projection.masked : Projection.PSAContent(values)
  }

  // MARK: Sending

  func create(_ drafts: [PSADraft]) async throws -> [WriteOutcome] {
    try await cycle.psa.create(drafts).map(outcome)
  }

  func update(_ edits: [PSAEdit]) async throws -> [WriteOutcome] {
    try await cycle.psa.update(edits).map(outcome)
  }

  func delete(_ targets: [PSATarget]) async throws -> [WriteOutcome] {
    try await cycle.psa.delete(targets).map(outcome)
  }

  func restore(_ targets: [PSATarget]) async throws -> [WriteOutcome] {
    targets.map { _ in .dropped("the PSA keeps nothing that was deleted") }
  }

  private func outcome(_ result: PSAWriteResult) -> WriteOutcome {
    switch result {
    case .done(let id): .done(id: id.description, version: nil)
    case .missing: .missing
    case .refused(let words): .refused(words)
    case .unknown(let words): .unknown(words)
    case .notTried(let words): .dropped(words)
    }
  }

  // MARK: Settling

  func items(_ ids: [String]) async throws -> [String: PSAItem] {
    let numbers = ids.compactMap { Int64($0) }.map { PSAID($0) }
    var items: [String: PSAItem] = [:]
    let known = kind == .appointment ? [:] : try await cycle.cache.psaItems(numbers, of: kind)
    for case var item? in try await cycle.psa.items(numbers, of: kind) {
      // A write of ours changes its time alone, and not what it is about.
      if let mirrored = known[item.id], mirrored.related == item.related {
        item.about = mirrored.about
      }
      items[item.id.description] = item
    }
    return items
  }

  func values(of item: PSAItem) -> ItemValues {
    ItemValues(
      when: .timed(start: item.start, end: item.end, zone: nil),
      title: item.title,
      text: item.text
    )
  }

  func settle(
    _ link: inout Link,
    _ write: PreparedWrite<PSASide>,
    id: String,
    version: String?,
    _ item: PSAItem?
  ) -> Mirrored {
    let mirrored = item.map { MirroredPSA(item: $0, fact: run.maker.fact(of: $0)) }
    let parent = item?.parent ?? link.psa?.parent
    link.psa = Int64(id).map { PSAIdentity(id: PSAID($0), parent: parent) }
    if let item { link.psaModified = item.modified }
    if write.operation.writesContent { link.base.returned = mirrored?.fact.own ?? link.base.sent }
    let isOurs = item?.resource == run.desk.resource
    return Mirrored(version: item?.modified.description, psa: isOurs ? mirrored : nil)
  }
}
