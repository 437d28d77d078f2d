import SyncModel
import SyncPlan

extension Cycle {
  /// How many contacts are journaled, sent and settled together.
  private static let contactBatch = 25

  /// Carries out the plan of the contacts in its order; a stop leaves the rest to the next plan.
  func apply(_ plan: ContactPlan, _ run: inout Run) async throws {
    guard let ports = contacts, let rules = installation.rules.contacts else { return }
    if plan.newLinks > 0 { _ = try await cache.reserveLinkIDs(plan.newLinks) }
    try await cache.keep(plan.links, forget: plan.forgotten)
    guard !plan.operations.isEmpty else { return try await settleContacts(run) }
    try await confirmMark(&run)
    var isDone = true
    do {
      let folder = try await contactsFolder(ports, rules, &run)
      var rest = plan.operations[...]
      while let first = rest.first {
        try Task.checkCancellation()
        let batch = rest.prefix { $0.verb == first.verb }.prefix(Cycle.contactBatch)
        rest = rest.dropFirst(batch.count)
        try await requireOwnMark(run)
        let isBatchDone = try await write(Array(batch), ports, rules, in: folder, &run)
        isDone = isDone && isBatchDone
        let done = plan.operations.count - rest.count
        surroundings.progress(.counted("contacts", done: done, of: plan.operations.count))
      }
      if isDone { try await settleContacts(run) }
    } catch let failure as any SyncFailure {
      run.failure = failure
    }
  }

  /// Nothing is left to do: the next runs need not read contacts for a while.
  private func settleContacts(_ run: Run) async throws {
    guard let readAt = run.contactsReadAt, !run.mode.isCareful else { return }
    var positions = try await cache.contactPositions()
    try await keepSettled(readAt, &positions)
  }

  /// The folder that the run found, or a new one.
  private func contactsFolder(
    _ ports: ContactPorts,
    _ rules: ContactRules,
    _ run: inout Run
  ) async throws -> FolderID {
    if let place = run.contactsPlace { return place.id }
    guard let name = rules.folder else {
      throw StopFailure("The mailbox has no contacts folder; no contact was written.")
    }
    let place = try await ports.folder.makeContactsFolder(named: name)
    run.hasWritten = true
    run.contactsPlace = place
    var harvest = ContactHarvest()
    var positions = try await cache.contactPositions()
    (positions.folder, positions.folderName) = (place.id, name)
    harvest.positions = positions
    try await cache.keep(harvest)
    return place.id
  }

  private struct ContactWrite {
    let operation: ContactOperation
    let sequence: Int
    let card: ContactCard
    let before: ExchangeContact?
  }

  /// False where something is left for the next run.
  private func write(
    _ batch: [ContactOperation],
    _ ports: ContactPorts,
    _ rules: ContactRules,
    in folder: FolderID,
    _ run: inout Run
  ) async throws -> Bool {
    var known: [LinkID: Link] = [:]
    for link in try await cache.links(Set(batch.map(\.link.id))) { known[link.id] = link }
    let mapping = ContactMapping(rules)
    var sources: [PSAID: ContactCard] = [:]
    for contact in try await cache.psaContacts(Set(batch.compactMap { $0.link.psa?.id })) {
      sources[contact.id] = mapping.card(of: contact)
    }
    var targets: [ExchangeItemID: ExchangeContact] = [:]
    let ids = Set(batch.compactMap { $0.link.exchange?.item })
    for row in try await cache.exchangeContacts(ids) { targets[row.id] = row.contact }
    var writes: [ContactWrite] = []
    var skipped: [ContactWrite] = []
    for operation in batch {
      let card = operation.link.psa.flatMap { sources[$0.id] }
      run.sequence += 1
      let write = ContactWrite(
        operation: operation,
        sequence: run.sequence,
        card: card ?? ContactCard(),
        before: operation.verb == .create
          ? nil : operation.link.exchange.flatMap { targets[$0.item] }
      )
      if card != nil || operation.verb == .delete {
        writes.append(write)
      } else {
        skipped.append(write)
      }
    }
    try await cache.intend(
      (writes + skipped).map { intent($0, run) },
      links: writes.compactMap { known[$0.operation.link.id] }
    )
    if !skipped.isEmpty {
      try await cache.settle(skipped.map { dropped($0.sequence, Cycle.notRead, run) })
    }
    guard !writes.isEmpty else { return false }
    run.hasWritten = true
    try await cache.markSent(run.number, writes.map(\.sequence))
    let results = try await send(writes, ports, in: folder, run)
    let written = results.compactMap { result -> ExchangeItemID? in
      if case .done(let id, _) = result { id } else { nil }
    }
    var items: [ExchangeItemID: ExchangeContact] = [:]
    if batch.first?.verb != .delete, !written.isEmpty {
      for case .found(let contact) in try await ports.folder.contacts(written) {
        items[contact.id] = contact
      }
    }
    var settlements: [Settlement] = []
    for (write, result) in zip(writes, results) {
      let link = known[write.operation.link.id]
      settlements.append(settlement(write, result, link, items, in: folder, &run))
    }
    try await cache.settle(settlements)
    return skipped.isEmpty && settlements.allSatisfy { $0.status == .done }
  }

  private func intent(_ write: ContactWrite, _ run: Run) -> Intent {
    let operation = write.operation
    var expected: ChangeKey?
    var proof: ProofRecord?
    let fields: [ContactField]
    switch operation.action {
    case .create:
      fields = ContactField.allCases.filter { !write.card[$0].isEmpty }
    case .update(let changed, let version):
      fields = ContactField.allCases.filter(changed.contains)
      expected = version
    case .delete(let ground, let version):
      fields = []
      (expected, proof) = (version, ground.record)
    }
    let replaced = operation.verb == .update ? fields : ContactField.allCases
    return Intent(
      run: run.number,
      sequence: write.sequence,
      link: operation.link.id,
      kind: .contact,
      side: .exchange,
      verb: operation.verb,
      groups: operation.groups,
      target: operation.verb == .create ? nil : operation.item,
      expectedVersion: expected?.rawValue,
      wanted: operation.verb == .delete
        ? ItemValues()
        : ItemValues(title: write.card[.displayName], text: write.card.text(of: fields)),
      idempotencyKey: operation.verb == .create ? stamp(of: operation.link).description : nil,
      highestBefore: nil,
      before: write.before.map {
        ItemValues(title: $0.card[.displayName], text: $0.card.text(of: replaced))
      },
      beforeMask: .none,
      proof: proof,
      reason: operation.reason
    )
  }

  private func stamp(of link: Link) -> Stamp {
    Stamp(contact: link.psa?.id ?? PSAID(0), tenant: link.tenant)
  }

  /// All writes are of one verb.
  private func send(
    _ writes: [ContactWrite],
    _ ports: ContactPorts,
    in folder: FolderID,
    _ run: Run
  ) async throws -> [ExchangeWriteResult] {
    var drafts: [ContactDraft] = []
    var edits: [ContactEdit] = []
    var targets: [ExchangeTarget] = []
    for write in writes {
      let link = write.operation.link
      let id = link.exchange?.item ?? ExchangeItemID("")
      switch write.operation.action {
      case .create:
        drafts.append(ContactDraft(stamp: stamp(of: link), card: write.card))
      case .update(let fields, let version):
        edits.append(ContactEdit(id: id, expected: version, card: write.card, fields: fields))
      case .delete(_, let version):
        targets.append(ExchangeTarget(id: id, expected: version))
      }
    }
    if !drafts.isEmpty { return try await ports.folder.create(contacts: drafts, in: folder) }
    if !edits.isEmpty { return try await ports.folder.update(contacts: edits) }
    return try await ports.folder.delete(targets)
  }

  private func settlement(
    _ write: ContactWrite,
    _ result: ExchangeWriteResult,
    _ known: Link?,
    _ items: [ExchangeItemID: ExchangeContact],
    in folder: FolderID,
    _ run: inout Run
  ) -> Settlement {
    let operation = write.operation
    switch (result, operation.action) {
    case (.done(_, _), .delete):
      run.attempt.exchange.deleted += 1
      var link = operation.link
      let id = link.exchange?.item
      link.exchange = nil
      if link.state != .closed, link.state != .suppressed { link.psa = nil }
      return Settlement(
        run: run.number,
        sequence: write.sequence,
        status: .done,
        resultID: id?.rawValue,
        link: link,
        contactGone: id
      )
    case (.done(let id, let version), .create), (.done(let id, let version), .update):
      if operation.verb == .create {
        run.attempt.exchange.created += 1
      } else {
        run.attempt.exchange.updated += 1
      }
      return Settlement(
        run: run.number,
        sequence: write.sequence,
        status: .done,
        resultID: id.rawValue,
        resultVersion: version.rawValue,
        link: settled(operation, id, version, items[id], in: folder),
        contact: items[id].map { mirrored($0, run) }
      )
    case (.conflict, _):
      return dropped(
        write.sequence,
        "the contact changed meanwhile; planned again by the next run",
        run
      )
    case (.missing, _):
      return dropped(write.sequence, "the contact is gone; planned again by the next run", run)
    case (.notTried(let words), _):
      return dropped(write.sequence, words, run)
    case (.refused(let words), _):
      run.attempt.failedItems += 1
      run.attempt.notes.append(
        "Exchange refused to \(operation.verb.rawValue) \(operation.key): \(words)"
      )
      return Settlement(
        run: run.number,
        sequence: write.sequence,
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

  /// The link with what Exchange says after the write.
  private func settled(
    _ operation: ContactOperation,
    _ id: ExchangeItemID,
    _ version: ChangeKey,
    _ item: ExchangeContact?,
    in folder: FolderID
  ) -> Link {
    var link = operation.link
    link.refusals = []
    link.stamp = stamp(of: link)
    link.exchange = ExchangeIdentity(folder: folder, item: id, cleanUID: nil)
    link.changeKey = version
    // Where somebody wrote between our write and our reading, the next run compares again.
    if let item, item.changeKey == version {
      link.exchangeModified = item.modified
      link.base.cardReturned = ContactPrints(item.card, surroundings.fingerprinter)
    }
    return link
  }

  // MARK: Recovery

  /// Looks up what became of one journaled write; one is left open while contacts are switched off.
  func recoverContact(_ entry: JournalEntry, _ link: Link?) async throws {
    guard let ports = contacts else { return }
    let intent = entry.intent
    let outcome: Settlement
    if intent.verb == .create {
      outcome = try await recoverCreate(intent, link, ports)
    } else if let target = intent.target {
      let reading = try await ports.folder.contacts([ExchangeItemID(target)]).first
      switch (intent.verb, reading) {
      case (.delete, .missing?):
        var link = link
        link?.exchange = nil
        // The next plan says why it stays closed.
        if intent.proof?.ground == .excluded {
          link?.enter(.closed, nil, intent.run)
        }
        outcome = done(intent, target, nil, link)
      default:
        // What is there now is compared, not what was sent before.
        var link = link
        link?.base.cardSent = nil
        link?.base.cardReturned = nil
        outcome = dropped(intent, intent.verb == .update && entry.status == .sent ? link : nil)
      }
    } else {
      outcome = dropped(intent)
    }
    try await cache.settle([outcome])
  }

  private func recoverCreate(
    _ intent: Intent,
    _ link: Link?,
    _ ports: ContactPorts
  ) async throws -> Settlement {
    let folder = try await ports.folder.contactsPlace(
      named: installation.rules.contacts?.folder,
      known: try await cache.contactPositions().folder
    )
    guard let folder, let stamp = intent.idempotencyKey.flatMap({ Stamp($0) }) else {
      return dropped(intent)
    }
    let traces = try await ports.folder.traces(ofContact: stamp, in: folder.id)
    let here = traces.filter { $0.place == .folder }
    let candidates = here.isEmpty ? traces.filter { $0.place == .otherFolder } : here
    guard let trace = candidates.first, candidates.count == 1 else { return dropped(intent) }
    var link = link
    link?.stamp = stamp
    // Where it was made: that it lies elsewhere now is for the plan to see.
    link?.exchange = ExchangeIdentity(folder: folder.id, item: trace.id, cleanUID: nil)
    return done(intent, trace.id.rawValue, trace.changeKey.rawValue, link)
  }
}
