import SyncModel
import SyncPlan

/// What is sent for one operation.
enum Write<Draft, Edit, Target> {
  case create(Draft)
  case update(Edit)
  case delete(Target)
  case restore(Target)
}

/// What became of one write.
enum WriteOutcome {
  /// The version where the side tells it.
  case done(id: String, version: String?)
  case missing
  /// Nothing was written; planned again by the next run.
  case dropped(String)
  /// It may have been written or not.
  case unknown(String)
  /// The side refuses this for good; its own words.
  case refused(String)
}

/// One side as writes of one verb and kind go to it: everything in which the two sides differ.
protocol WritingSide {
  associatedtype Item
  associatedtype Draft
  associatedtype Edit
  associatedtype Target

  var side: Side { get }

  /// Every operation, in its order: what is no longer as it was planned with is skipped.
  func prepared(_ batch: [Operation]) async throws -> [Prepared<Self>]

  func create(_ drafts: [Draft]) async throws -> [WriteOutcome]
  func update(_ edits: [Edit]) async throws -> [WriteOutcome]
  func delete(_ targets: [Target]) async throws -> [WriteOutcome]
  /// Moves items back out of Deleted Items.
  func restore(_ targets: [Target]) async throws -> [WriteOutcome]

  /// Those of the items that are there now, by id.
  func items(_ ids: [String]) async throws -> [String: Item]
  func values(of item: Item) -> ItemValues

  /// Puts into the link what the side says after the write; the item is nil where it was not read.
  func settle(
    _ link: inout Link,
    _ write: PreparedWrite<Self>,
    id: String,
    version: String?,
    _ item: Item?
  ) -> Mirrored
}

/// An operation once its item was looked at directly before the write.
enum Prepared<Place: WritingSide> {
  case ready(PreparedWrite<Place>)
  /// Told in the journal and not sent; the link as it is kept then.
  case skipped(Operation, why: String, link: Link? = nil)

  var operation: Operation {
    switch self {
    case .ready(let write): write.operation
    case .skipped(let operation, _, _): operation
    }
  }

  /// The mirror no longer holds what the plan was made from.
  static func forgotten(_ operation: Operation) -> Prepared {
    .skipped(operation, why: Cycle.notRead)
  }
}

/// An operation that is ready to be journaled and sent.
struct PreparedWrite<Place: WritingSide> {
  let operation: Operation
  let write: Write<Place.Draft, Place.Edit, Place.Target>
  /// The item that stands there now; nil for a create.
  let target: Place.Item?
  let wanted: ItemValues
  /// By what a lost create is found.
  var idempotencyKey: String?
  var expectedVersion: String?
  var highestBefore: PSAID?
}

/// The mirror's row of an item that was written and read back.
struct Mirrored {
  var version: String?
  var exchange: MirroredExchange?
  var psa: MirroredPSA?
}

extension WritingSide {
  /// All writes are of one verb.
  func send(_ writes: [Write<Draft, Edit, Target>]) async throws -> [WriteOutcome] {
    var drafts: [Draft] = []
    var edits: [Edit] = []
    var targets: [Target] = []
    var deleted: [Target] = []
    for write in writes {
      switch write {
      case .create(let draft): drafts.append(draft)
      case .update(let edit): edits.append(edit)
      case .delete(let target): targets.append(target)
      case .restore(let target): deleted.append(target)
      }
    }
    if !drafts.isEmpty { return try await create(drafts) }
    if !edits.isEmpty { return try await update(edits) }
    if !deleted.isEmpty { return try await restore(deleted) }
    return try await delete(targets)
  }
}

extension Cycle {
  static let notRead = "what it was planned from was not read; planned again by the next run"

  /// Journals, sends, reads back and settles writes of one verb and kind to one side.
  func write<Place: WritingSide>(
    _ batch: [Operation],
    to place: Place,
    _ run: inout Run
  ) async throws {
    let known = try await knownLinks(batch)
    var writes: [(sequence: Int, write: PreparedWrite<Place>)] = []
    var intents: [Intent] = []
    var skipped: [Settlement] = []
    for one in try await place.prepared(batch) {
      run.sequence += 1
      intents.append(intent(one, run.sequence, known, place, run))
      switch one {
      case .ready(let write):
        writes.append((run.sequence, write))
      case .skipped(_, let why, let link):
        skipped.append(dropped(run.sequence, why, run, link))
      }
    }
    try await cache.intend(
      intents,
      links: writes.compactMap { known[$0.write.operation.link.id] }
    )
    if !skipped.isEmpty { try await cache.settle(skipped) }
    guard !writes.isEmpty else { return }
    run.hasWritten = true
    try await cache.markSent(run.number, writes.map(\.sequence))
    let outcomes = try await place.send(writes.map(\.write.write))
    let written = zip(writes, outcomes).compactMap { one, outcome -> String? in
      guard case .done(let id, _) = outcome, one.write.operation.verb != .delete else { return nil }
      return id
    }
    let items = written.isEmpty ? [:] : try await place.items(written)
    var settlements: [Settlement] = []
    for ((sequence, write), outcome) in zip(writes, outcomes) {
      let operation = write.operation
      switch outcome {
      case .done(let id, _) where operation.verb == .delete:
        settlements.append(deleted(operation, id, sequence, &run))
      case .missing where operation.verb == .delete:
        settlements.append(deleted(operation, operation.item, sequence, &run))
      case .done(let id, let version):
        count(operation, &run)
        if operation.side == .psa, let made = Int64(id).map({ PSAID($0) }) {
          let kind = operation.link.kind
          run.positions[kind].highest = max(run.positions[kind].highest ?? made, made)
        }
        var link = operation.settled(on: known[operation.link.id])
        let mirrored = place.settle(&link, write, id: id, version: version, items[id])
        settlements.append(
          Settlement(
            run: run.number,
            sequence: sequence,
            status: .done,
            resultID: id,
            resultVersion: mirrored.version,
            link: operation.leavesLink ? nil : link,
            exchange: mirrored.exchange,
            psa: mirrored.psa
          )
        )
      case .missing:
        settlements.append(dropped(sequence, Self.goneMeanwhile, run))
      case .dropped(let words):
        settlements.append(dropped(sequence, words, run))
      case .unknown(let words):
        // The entry stays `sent`: the next run looks it up before anything is created again.
        run.attempt.notes.append(
          "The answer to a write was lost (\(words)); the next run looks it up."
        )
        run.attempt.failedItems += 1
      case .refused(let words):
        let link = known[operation.link.id]
        settlements.append(refused(operation, link, words, sequence, &run))
      }
    }
    try await cache.settle(settlements)
  }

  static let goneMeanwhile = "the item is gone; planned again by the next run"

  private func knownLinks(_ batch: [Operation]) async throws -> [LinkID: Link] {
    var known: [LinkID: Link] = [:]
    for link in try await cache.links(Set(batch.map(\.link.id))) { known[link.id] = link }
    return known
  }

  private func intent<Place: WritingSide>(
    _ prepared: Prepared<Place>,
    _ sequence: Int,
    _ known: [LinkID: Link],
    _ place: Place,
    _ run: Run
  ) -> Intent {
    let operation = prepared.operation
    let write: PreparedWrite<Place>? = if case .ready(let write) = prepared { write } else { nil }
    let isPSA = place.side == .psa
    return Intent(
      run: run.number,
      sequence: sequence,
      link: operation.link.id,
      kind: operation.link.kind,
      side: place.side,
      verb: operation.verb,
      groups: operation.groups,
      target: operation.verb == .create ? nil : operation.item,
      parent: isPSA ? operation.link.psa?.parent : nil,
      expectedVersion: write?.expectedVersion,
      wanted: write?.wanted ?? ItemValues(),
      idempotencyKey: write?.idempotencyKey ?? operation.stampOfDeleted,
      highestBefore: write?.highestBefore,
      before: write?.target.map { operation.replaced(of: place.values(of: $0)) },
      beforeMask: isPSA ? known[operation.link.id]?.base.mask ?? .none : .none,
      proof: operation.proof,
      reason: operation.reason
    )
  }

  func count(_ operation: Operation, _ run: inout Run) {
    let counter: WritableKeyPath<SideCounts, Int> =
      switch operation.verb {
      case .create, .restore: \.created
      case .update, .mask: \.updated
      case .delete: \.deleted
      }
    switch operation.side {
    case .exchange: run.attempt.exchange[keyPath: counter] += 1
    case .psa: run.attempt.psa[keyPath: counter] += 1
    }
  }

  private func deleted(
    _ operation: Operation,
    _ id: String,
    _ sequence: Int,
    _ run: inout Run
  ) -> Settlement {
    count(operation, &run)
    let key = ItemKey(side: .psa, kind: operation.link.kind, id: id)
    return Settlement(
      run: run.number,
      sequence: sequence,
      status: .done,
      resultID: id,
      link: operation.leavesLink ? nil : operation.linkAfterDelete,
      exchangeGone: operation.side == .exchange ? ExchangeItemID(id) : nil,
      psaGone: operation.side == .psa ? key : nil
    )
  }

  func dropped(
    _ sequence: Int,
    _ note: String,
    _ run: Run,
    _ link: Link? = nil
  ) -> Settlement {
    Settlement(run: run.number, sequence: sequence, status: .dropped, note: note, link: link)
  }

  /// A write that the side refuses for good: remembered in the link until item or settings change.
  func refused(
    _ operation: Operation,
    _ known: Link?,
    _ words: String,
    _ sequence: Int,
    _ run: inout Run
  ) -> Settlement {
    run.attempt.failedItems += 1
    run.attempt.notes.append(
      "\(operation.side == .exchange ? "Exchange" : "The PSA") refused to \(operation.verb.rawValue) "
        + "\(operation.key): \(words)"
    )
    return Settlement(
      run: run.number,
      sequence: sequence,
      status: .refused,
      note: words,
      link: known.map {
        operation.refused(
          on: $0,
          words: words,
          settings: installation.settingsDigest,
          surroundings.fingerprinter
        )
      }
    )
  }
}

extension Operation {
  var proof: ProofRecord? {
    guard case .delete(let order) = action else { return nil }
    return order.proof.record
  }

  /// By what an Exchange item is found among the deleted ones, to be brought back.
  var stampOfDeleted: String? {
    verb == .delete && side == .exchange ? link.stamp?.description : nil
  }

  /// Of what stands there, all before a delete, else only the fields that this replaces.
  func replaced(of values: ItemValues) -> ItemValues {
    guard case .update(let order) = action else { return values }
    return ItemValues(
      when: order.when == nil ? nil : values.when,
      zone: order.when == nil ? nil : values.zone,
      title: order.fields.contains(.title) ? values.title : nil,
      text: order.fields.contains(.text) ? values.text : nil,
      place: order.fields.contains(.place) ? values.place : nil
    )
  }

  /// The link after a delete: ended when its own item is gone, closed when it was excluded, and
  /// suppressed when a person asked for it.
  var linkAfterDelete: Link {
    var link = link
    guard link.state == .closed || link.state == .suppressed else {
      (link.exchange, link.psa) = (nil, nil)
      return link
    }
    if side == .psa { (link.psa, link.psaModified) = (nil, nil) } else { link.exchange = nil }
    return link
  }
}
