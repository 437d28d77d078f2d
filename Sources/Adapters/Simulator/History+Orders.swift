import Store
import SyncEngine
import SyncModel
import SyncPlan
import World

/// What a person asks of an agent beside its runs.
extension History {
  /// A run, and directly afterwards the run that takes it back (`promises.md` I12).
  func takeBack() throws {
    try loop.complete { [watch] in _ = await watch.take(by: .person(-1)) }
    let before = watch.ledger.sight
    guard let result = try run(.sync(SyncOptions())), result.failure == nil,
      result.attempt.outcome == .success, result.attempt.writeCount > 0
    else { return }
    let undone = try run(.undo(result.attempt.run))
    guard let undone, undone.failure == nil, undone.attempt.outcome == .success else { return }
    judgeUndo(before, watch.ledger.sight, undone)
  }

  /// Some run of late is taken back, whatever people did since.
  func undo(_ dice: inout Dice) throws {
    let runs = try loop.complete { [agent] in try await agent.cache.attempts(limit: 6) }
    guard let run = dice.pick(runs.filter { $0.writeCount > 0 }) else { return }
    try self.run(.undo(run.run), strikes(&dice))
  }

  /// A hold is ended by hand.
  func release(_ dice: inout Dice) throws {
    let links = try loop.complete { [agent] in try await agent.cache.links() }
    guard let link = dice.pick(links.filter { $0.state == .held || !$0.refusals.isEmpty }) else {
      return
    }
    past.hasOrdered = true
    let keeping = dice.pick([Keeping.exchange, .psa, .both])
    let life = Life(name: agent.name)
    let cycle = agent.cycle(in: self, life)
    let id = link.id
    do {
      try loop.complete { _ = try await cycle.release(id, keeping: keeping) }
      note("releases link \(id), keeping \(keeping.map { "\($0)" } ?? "nothing")")
    } catch let failure as any SyncFailure {
      note("link \(id) is not released: \(failure)")
    }
    life.end()
  }

  /// Audits both sides; nil where it could not.
  ///
  /// It may change neither a side nor the cache.
  func verify(by agent: Agent) throws -> AuditReport? {
    let life = Life(name: agent.name)
    let cycle = agent.cycle(in: self, life)
    let before = try agent.cache.contents()
    defer { life.end() }
    let report: AuditReport
    do {
      report = try loop.complete { try await cycle.verify() }
    } catch let failure as any SyncFailure {
      note("the audit ends: \(failure)")
      return nil
    }
    let difference = try loop.complete { [watch] in await watch.take(by: .lockstep) }
    if !difference.isEmpty { watch.broken("I5", "an audit changed a calendar") }
    if try agent.cache.contents() != before { watch.broken("I5", "an audit changed the cache") }
    note("the audit finds \(report.audit.findings.count) things")
    return report
  }

  // MARK: What was taken back

  private func judgeUndo(_ before: Sight, _ after: Sight, _ result: SyncResult) {
    // What was left as it was is told, each with its reason.
    let isWhole = !result.attempt.notes.contains { $0.hasPrefix("Left as it is") }
    guard isWhole else { return }
    var old: [Int: SeenExchangeItem] = [:]
    for item in before.exchange { old[item.born] = item }
    for item in after.exchange where !item.isContact {
      guard let was = old[item.born] else {
        if item.place == .calendar { taken("item \(item.born), made by the run, is still there") }
        continue
      }
      if was.place != item.place { taken("item \(item.born) is in \(item.place.rawValue)") }
      if was.place == .calendar, was.hasOtherTime(than: item) {
        taken("item \(item.born) has not the time that it had")
      }
      if was.place == .calendar, was.hasOtherContent(than: item) {
        taken("item \(item.born) does not say what it said")
      }
    }
    judgeUndoneRows(before, after)
  }

  private func judgeUndoneRows(_ before: Sight, _ after: Sight) {
    var old: [PSAKey: SeenPSARow] = [:]
    for row in before.psa { old[row.key] = row }
    for row in after.psa where row.kind != .contact && row.isOwn {
      guard let was = old.removeValue(forKey: row.key) else {
        // What was deleted is made again under another number.
        let isAgain = before.psa.contains { $0.start == row.start && $0.end == row.end }
        if !isAgain { taken("\(row.key), made by the run, is still there") }
        continue
      }
      if was.start != row.start || was.end != row.end {
        taken("\(row.key) has not the time that it had")
      }
    }
    for row in before.psa where row.kind == .appointment && row.isOwn && old[row.key] != nil {
      let isAgain = after.psa.contains { $0.isOwn && $0.start == row.start && $0.end == row.end }
      if !isAgain { taken("\(row.key), deleted by the run, is not made again") }
    }
  }

  private func taken(_ words: String) {
    watch.broken("I12", "after a run was taken back, " + words)
  }
}
