package import RegistryAPI
internal import RegistryStore
internal import SyncEngine
package import SyncModel
internal import SyncPlan

extension Gateway {
  /// Writes to the PSA for the resource; each order of a key happens once, however often it comes.
  ///
  /// Throws `.busy` where one of them, or another write of the resource's, is under way at this moment;
  /// nothing is begun then.
  package func write(
    _ orders: WriteOrders,
    of resource: ResourceID
  ) async throws -> WriteAnswers {
    try check(orders.writes)
    try await checkSwitchedOn(resource)
    let keys = orders.writes.map(\.key)
    try await checkWrites(of: resource, except: keys)
    let rest = try await rest()
    let refusals = try await refusals(of: orders.writes, by: resource)
    let above = try await store.mirrorHighest(of: .appointment)
    var answers = [WriteAnswer?](repeating: nil, count: orders.writes.count)
    var open: [Int] = []
    for (index, order) in orders.writes.enumerated() {
      if let refusal = refusals[index] {
        answers[index] = WriteAnswer(refusal)
        continue
      }
      let known = try await store.beginWrite(order, of: resource, above: above, now: clock())
      if let known {
        answers[index] = try await outcome(of: order, known, resource)
      } else if let rest, order.update == nil {
        // What changes an item may mask it, and goes through (`rules.md` 3).
        try await store.endWrite(order.key, of: resource, nil)
        answers[index] = WriteAnswer(.notTried(rest))
      } else {
        open.append(index)
      }
    }
    let sent = open.map { orders.writes[$0] }
    let endings = try await alive(sent.map(\.key), resource) {
      try await self.results(of: sent)
    }
    for (index, result) in zip(open, endings) {
      let order = orders.writes[index]
      var answer = WriteAnswer(result)
      if case .unknown = result, order.create != nil {
        answer = try await lookedUp(order, above: above, resource) ?? answer
      }
      if case .notTried = result {
        try await store.endWrite(order.key, of: resource, nil)
      } else {
        try await store.endWrite(order.key, of: resource, answer)
      }
      answers[index] = answer
    }
    do {
      try await showWrites(of: resource)
    } catch is any SyncFailure {
      // They stay on record as not shown: the next question for changes reads them first.
    }
    let sequence = try await store.viewSequence()
    return WriteAnswers(
      answers.map { $0 ?? WriteAnswer(.notTried("The PSA was not asked.")) },
      sequence: sequence
    )
  }

  private func check(_ orders: [WriteOrder]) throws(RegistryProblem) {
    guard orders.count <= WriteOrders.limit else {
      throw RegistryProblem(.tooLarge, "At most \(WriteOrders.limit) writes at a time.")
    }
    guard Set(orders.map(\.key)).count == orders.count,
      orders.allSatisfy({ (16...64).contains($0.key.utf8.count) })
    else {
      throw RegistryProblem(.invalid, "Each write needs a key of its own, 16 to 64 letters long.")
    }
    for order in orders {
      let given = [order.create != nil, order.update != nil, order.delete != nil]
      guard given.count(where: { $0 }) == 1 else {
        throw RegistryProblem(.invalid, "Each write is a create, an update or a delete.")
      }
    }
  }

  /// Why creates and deletes wait at present.
  func rest() async throws -> String? {
    let status = try await store.gatewayStatus()
    guard let used = status.used, let limit = status.allowed else { return nil }
    return GatewayBudget(Allowance(used: used, limit: limit)).rest(at: status.server ?? "the PSA")?
      .description
  }

  // MARK: Whose it is

  /// What an agent may not do is answered without a write; nil lets it through.
  private func refusals(
    of orders: [WriteOrder],
    by resource: ResourceID
  ) async throws -> [PSAWriteResult?] {
    let settings = try await store.settings().settings
    var refusals = orders.map { order -> PSAWriteResult? in
      if let kind = order.kind, !settings.gatewayKinds.contains(kind) {
        return .refused(Gateway.switchedOff(kind))
      }
      guard let draft = order.create else { return nil }
      if settings.importDetail == .off {
        return .refused("The registry's admin has switched off what goes into the PSA.")
      }
      return draft.resource == resource
        ? nil : .refused("An agent makes appointments of its own resource only.")
    }
    for kind in [Kind.appointment, .toDo] {
      let indices = orders.indices.filter {
        refusals[$0] == nil && orders[$0].kind == kind && orders[$0].target != nil
      }
      let targets = Set(indices.compactMap { orders[$0].target }).sorted()
      if targets.isEmpty { continue }
      var rows: [PSAID: TenantRow] = [:]
      for case let row? in try await psa.rows(targets, of: kind.part) { rows[row.id] = row }
      let made = try await store.made(targets, of: kind, by: resource)
      let sight = try await store.sight(of: targets, in: kind.part, by: resource)
      for index in indices {
        guard let target = orders[index].target else { continue }
        guard let row = rows[target] else {
          refusals[index] = .missing
          continue
        }
        // What its agent put there it may still take back, whosever it is by now (`rules.md` 3).
        let isKnown = made.contains(target) || sight[target] != nil
        let isOwnMask = orders[index].update.map { $0.masks(row, isKnown: isKnown) } ?? false
        if row.owner != resource, !isOwnMask {
          refusals[index] = .refused("\(kind.rawValue) \(target) belongs to another resource.")
        }
      }
    }
    return refusals
  }

  // MARK: Sending

  private func results(of orders: [WriteOrder]) async throws -> [PSAWriteResult] {
    var results = [PSAWriteResult](
      repeating: .notTried("The PSA was not asked."),
      count: orders.count
    )
    func fill(_ indices: [Int], _ work: () async throws -> [PSAWriteResult]) async {
      guard !indices.isEmpty else { return }
      do {
        for (index, result) in zip(indices, try await work()) { results[index] = result }
      } catch {
        // Thrown only where nothing was written.
        for index in indices { results[index] = .notTried("\(error)") }
      }
    }
    let updates = orders.indices.filter { orders[$0].update != nil }
    let creates = orders.indices.filter { orders[$0].create != nil }
    let deletes = orders.indices.filter { orders[$0].delete != nil }
    await fill(updates) { try await psa.update(updates.compactMap { orders[$0].update }) }
    await fill(creates) { try await psa.create(creates.compactMap { orders[$0].create }) }
    await fill(deletes) { try await psa.delete(deletes.compactMap { orders[$0].delete }) }
    return results
  }

  /// Says over and over that these writes are still under way, as long as the work takes.
  private func alive<Answer: Sendable>(
    _ keys: [String],
    _ resource: ResourceID,
    _ work: @escaping @Sendable () async throws -> Answer
  ) async throws -> Answer {
    guard !keys.isEmpty else { return try await work() }
    // A sign that fails is one that is missed; the next one follows only where it did not.
    let signs = Task {
      while true {
        try await Task.sleep(for: .seconds(15))
        try await store.touchWrites(keys, of: resource, now: clock())
      }
    }
    defer { signs.cancel() }
    return try await work()
  }

  // MARK: What became of it

  /// A write that was begun before: as it ended, or as the PSA shows it.
  private func outcome(
    of order: WriteOrder,
    _ known: RegistryStore.KnownWrite,
    _ resource: ResourceID
  ) async throws -> WriteAnswer {
    if let answer = known.answer, answer.outcome != .unknown { return answer }
    if known.answer == nil, known.begun.isWithin(seconds: Self.longestWrite, before: clock()) {
      throw RegistryProblem(.busy, "This write is under way. Ask again in a moment.")
    }
    let lost = WriteAnswer(
      .unknown("The answer of the PSA was lost. Whether it was written is looked up.")
    )
    guard order.create != nil else { return lost }
    let found = try await lookedUp(order, above: known.above, resource) ?? lost
    try await store.endWrite(order.key, of: resource, found)
    return found
  }

  /// Looks for a create whose answer was lost by its reference (`rules.md` 7); nil where there is
  /// not exactly one.
  private func lookedUp(
    _ order: WriteOrder,
    above: PSAID,
    _ resource: ResourceID
  ) async throws -> WriteAnswer? {
    guard let reference = order.create.flatMap({ Reference.split($0.text).reference }) else {
      return nil
    }
    var query = TenantQuery(.appointment, owner: resource)
    query.ids = PSAID(above.rawValue + 1)...PSAID(.max)
    var found: [PSAID] = []
    do {
      var token: PageToken?
      repeat {
        let page = try await psa.page(of: query, continuing: token)
        found += page.rows.filter {
          Reference.split($0.item?.text ?? "").reference == reference
        }.map(\.id)
        token = page.next
      } while token != nil
    } catch is any SyncFailure {
      // It stays unknown, and the agent looks for it in its next run.
      return nil
    }
    guard let id = found.first, found.count == 1 else { return nil }
    return WriteAnswer(.done(id))
  }
}

extension PSAEdit {
  /// It takes the agent's own detail away and moves nothing: the row bears a reference, and the agent
  /// knows that one, or the row itself.
  fileprivate func masks(_ row: TenantRow, isKnown: Bool) -> Bool {
    guard span == nil, title != nil || text != nil else { return false }
    let own = text.map { Reference.split($0) }
    let masked = Projection.masked.title
    guard own?.text.isEmpty ?? true, (title ?? masked) == masked,
      let reference = Reference.split(row.item?.text ?? "").reference
    else { return false }
    return isKnown || own?.reference == reference
  }
}
