import RegistryAPI
import Store
import SyncEngine
import SyncModel
import SyncPlan
import World

/// What is judged after each run, and in the quiet at the end.
extension History {
  func judgeRun(_ life: Life, _ result: SyncResult?) {
    for kind in life.asked.sorted(by: { $0.rawValue < $1.rawValue })
    where kind != .appointment && !rules.exports(kind) {
      watch.broken("I10", "the PSA is asked for \(kind.rawValue)s, which are off")
    }
    judgeWords()
    if let result, result.failure == nil, life.troubles == RunTroubles(),
      result.attempt.purpose == .sync
    {
      past.clean.append(step)
    }
  }

  /// Neither a title nor the secret is ever said, or told to the registry.
  private func judgeWords() {
    for (place, words) in [("a message", said), ("the registry", registry.heard)] {
      let told = Tokens.of(words)
      if !told.isEmpty {
        watch.broken("I7", "\(place) tells \(told.sorted().joined(separator: ", "))")
      }
      if words.contains(watch.secret) { watch.broken("I14", "\(place) tells the secret") }
    }
  }

  func judgeInQuiet() throws {
    note("all is quiet")
    registry.isAway = false
    settleClock()
    let owner = try ownerOfMark()
    if try hasLostMark(owner) { try run(.adopt(createMissing: false), by: owner) }
    // What is owed after a refused state, a backup or a lie takes runs of its own; contacts an hour.
    let owes = !past.isPlain || past.hasLied || past.hasExpired || past.hasNewSettings
    for _ in 0..<(owes ? 3 : 1) {
      clock.advance(3_700)
      try run(.sync(SyncOptions()), by: owner)
      if watch.isBroken { return }
    }
    for number in 1...3 {
      guard let result = try run(.sync(SyncOptions()), by: owner) else { continue }
      if let failure = result.failure { watch.broken("I5", "a quiet run fails: \(failure)") }
      if number == 3, result.attempt.writeCount > 0 {
        watch.broken("I5", "the third run in quiet still writes \(result.attempt.writeCount) times")
      }
    }
    guard !watch.isBroken else { return }
    let (links, holds, contents) = try loop.complete { [owner] in
      (
        try await owner.cache.links(), try await owner.cache.holds(), try owner.cache.contents()
      )
    }
    if String(decoding: contents, as: UTF8.self).contains(watch.secret) {
      watch.broken("I14", "the cache holds the secret")
    }
    let judgement = Judgement(
      watch: watch,
      past: past,
      rules: rules,
      now: clock.now,
      links: links,
      holds: holds,
      zones: zones
    )
    judgement.judge()
    if isTraced, !watch.violations.isEmpty { tellStanding(links) }
    judgeWitness(owner)
    try judgeAudit(owner, links)
    count(judgement)
  }

  /// Where people, caches and servers did nothing out of the way, an audit finds nothing.
  private func judgeAudit(_ owner: Agent, _ links: [Link]) throws {
    guard let report = try verify(by: owner), past.isPlain, !past.hasLied else { return }
    // What the dispatcher calls a masked item is no detail of Exchange's.
    let isRenamed = watch.ledger.psa.values.contains {
      $0.maker == .lockstep && $0.contentStep != nil
    }
    let hasCopies = watch.ledger.exchange.values.contains { $0.copyOf != nil }
    for finding in report.audit.findings {
      switch finding.check {
      case .masks where isRenamed, .orphans where hasCopies, .doubles where hasCopies: continue
      default: break
      }
      watch.broken("I5", "an audit finds in quiet: \(finding.check.rawValue): \(finding.words)")
    }
  }

  private func judgeWitness(_ owner: Agent) {
    for run in owner.witnessed.sorted() {
      let report = registry.reports[TestedRegistry.Key(agent: owner.id, run: run)]
      guard let report else {
        watch.broken("I11", "the registry has never heard of run \(run)")
        continue
      }
      if report.outcome == .running {
        watch.broken("I11", "to the registry run \(run) is still under way")
      }
    }
  }

  /// Both sides and the links between them, for a person who looks for the cause.
  private func tellStanding(_ links: [Link]) {
    for item in watch.ledger.sight.exchange where item.place != .elsewhere {
      note(
        "item \(item.born) in \(item.place.rawValue): “\(item.appointment.subject)” "
          + "\(Instant(seconds: item.appointment.start))–\(Instant(seconds: item.appointment.end))"
          + (item.stamp.map { " stamp \($0.prefix(40))" } ?? "")
      )
    }
    for row in watch.ledger.sight.psa where row.isOwn && row.kind != .contact {
      note(
        "\(row.key): “\(row.title)” \(Instant(seconds: row.start))–\(Instant(seconds: row.end)) "
          + row.text.split(separator: "\n").suffix(1).joined()
      )
    }
    for link in links where link.kind != .contact {
      let born = link.exchange.flatMap { watch.ledger.item($0.item.rawValue) }?.born
      note(
        "link \(link.id) \(link.origin.rawValue) \(link.state.rawValue) "
          + "\(link.reason?.rawValue ?? ""): item \(born.map(String.init) ?? "-")"
          + "\(link.exchange?.originalDate.map { "@\($0)" } ?? "") "
          + "\(link.kind.rawValue) \(link.psa?.id.description ?? "-")"
      )
    }
  }

  private func count(_ judgement: Judgement) {
    tally.items += judgement.itemCount
    tally.held += judgement.heldCount
  }
}

extension Attempt {
  /// How many writes it made.
  var writeCount: Int {
    exchange.created + exchange.updated + exchange.deleted + psa.created + psa.updated
      + psa.deleted
  }
}
