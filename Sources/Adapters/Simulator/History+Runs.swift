import Store
import SyncEngine
import SyncModel
import World

/// Runs of agents, whole, struck, killed, and two at once.
extension History {
  /// A run that is under way.
  private final class Running: @unchecked Sendable {
    // Touched on the history's one thread only.
    let agent: Agent
    let life: Life
    let work: Task<Void, Never>
    let result: ResultBox<SyncResult?>

    init(
      _ agent: Agent,
      _ life: Life,
      _ begun: (work: Task<Void, Never>, result: ResultBox<SyncResult?>)
    ) {
      self.agent = agent
      self.life = life
      (work, result) = begun
    }
  }

  /// One run; nil where its process was killed, or where it only planned.
  @discardableResult
  func run(
    _ errand: Errand,
    _ troubles: RunTroubles = RunTroubles(),
    by other: Agent? = nil
  ) throws -> SyncResult? {
    try prepare(seesAll: troubles.lie == nil)
    watch.isOrdered = errand.isOrder
    defer { watch.isOrdered = false }
    if errand.isOrder { past.hasOrdered = true }
    let running = begin(errand, by: other ?? agent, troubles)
    loop.run()
    return try end(running)
  }

  private func prepare(seesAll: Bool = true) throws {
    try loop.complete { [watch] in _ = await watch.take(by: .person(-1)) }
    watch.beginRun(rules, seesAll: seesAll)
    watch.linksWereLost = past.hasLostLinks
  }

  private func begin(
    _ errand: Errand,
    by agent: Agent,
    _ troubles: RunTroubles,
    turns: Turns? = nil
  ) -> Running {
    let life = Life(name: agent.name, troubles: troubles)
    life.note = { [unowned self] in note($0) }
    life.act = { [unowned self] in await actMeanwhile($0) }
    life.turns = turns
    let cycle = agent.cycle(in: self, life)
    let begun = loop.begin { () async throws -> SyncResult? in
      switch errand {
      case .sync(let options): return try await cycle.sync(options)
      case .adopt(let createMissing): return try await cycle.adopt(createMissing: createMissing)
      case .undo(let run): return try await cycle.undo(run)
      case .purge(let what): return try await cycle.purge(what)
      case .plan:
        _ = try await cycle.plan()
        return nil
      }
    }
    life.interrupt = { begun.work.cancel() }
    return Running(agent, life, begun)
  }

  private func end(_ running: Running) throws -> SyncResult? {
    tally.runs += 1
    tally.effects += running.life.effects
    lastEffects = running.life.effects
    running.agent.witness(running.life.runs)
    if running.result.result == nil {
      tally.crashes += 1
      running.life.bury()
      loop.run()
      return nil
    }
    running.life.end()
    guard let result = running.result.result else { throw Stalled() }
    var ended: SyncResult?
    do {
      ended = try result.get()
    } catch let failure as any SyncFailure {
      // A plan that could not be made; a run would have kept it.
      hear(failure.description)
    } catch is CancellationError {
      hear("it was asked to end")
    }
    let agent = running.agent
    let registry = registry
    try loop.complete { try await agent.deliver(to: registry) }
    if let ended {
      note(ended.line)
      for words in ended.attempt.notes { hear(words) }
      for hold in ended.holds { hear(hold.reason + hold.items.map(\.line).joined(separator: "\n")) }
    }
    judgeRun(running.life, ended)
    return ended
  }

  /// Two agents with caches of their own, at once, on one mailbox.
  func collide(_ dice: inout Dice) throws {
    // Two that begin on a calendar without a mark within one moment are no rivals yet.
    guard try hasMark() else { return }
    let rival = try rivalAgent()
    past.hasCollided = true
    note("another agent begins at the same moment")
    try prepare()
    let turns = Turns(Dice(seed: dice.next()))
    let both = [agent, rival].map {
      begin(.sync(SyncOptions()), by: $0, RunTroubles(), turns: turns)
    }
    repeat { loop.run() } while turns.next()
    for running in both { _ = try end(running) }
  }
}

extension SyncResult {
  /// One line for a trace.
  fileprivate var line: String {
    func counts(_ side: SideCounts) -> String {
      "+\(side.created) ~\(side.updated) -\(side.deleted) held \(side.held)"
    }
    return "run \(attempt.run) \(attempt.purpose.rawValue): \(attempt.outcome.rawValue), "
      + "Exchange \(counts(attempt.exchange)), PSA \(counts(attempt.psa))"
      + (failure.map { "; \($0)" } ?? "")
  }
}
