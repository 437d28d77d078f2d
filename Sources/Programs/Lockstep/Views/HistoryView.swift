import Console
import SyncModel

/// The attempts of the past, the newest first.
struct HistoryView: View {
  struct Line: Encodable {
    let run: Int64
    let purpose: String
    let outcome: String
    let started: String
    let finished: String?
    let exchange: SideCounts
    let psa: SideCounts
    let failedItems: Int
    let notes: [String]
  }

  let attempts: [Line]
  private let past: [Attempt]
  private let told: [[String]]

  private enum CodingKeys: String, CodingKey { case attempts }

  init(_ attempts: [Attempt], _ captions: Captions, _ invocation: Invocation) {
    past = attempts
    told = attempts.map { captions.told($0.notes, invocation) }
    self.attempts = attempts.map { attempt in
      Line(
        run: attempt.run.rawValue,
        purpose: attempt.purpose.rawValue,
        outcome: attempt.outcome.rawValue,
        started: attempt.started.description,
        finished: attempt.finished?.description,
        exchange: attempt.exchange,
        psa: attempt.psa,
        failedItems: attempt.failedItems,
        notes: attempt.notes
      )
    }
  }

  var showsTimes: Bool { !past.isEmpty }

  var description: String {
    guard !past.isEmpty else { return "No run yet." }
    return zip(past, told).map { attempt, told in
      let purpose = attempt.purpose == .sync ? "" : " (\(attempt.purpose.rawValue))"
      let head =
        "\(Columns.right(String(attempt.run.rawValue), 5))  \(WallClock.shown(attempt.started))  "
        + "\(attempt.outcome.shown)\(purpose): \(attempt.summary)"
      return ([head] + told.map { "       \($0)" })
        .joined(separator: "\n")
    }
    .joined(separator: "\n")
  }
}

/// What one run wrote, and why.
struct RunView: View {
  struct Write: Encodable {
    let sequence: Int
    let side: String
    let kind: String
    let verb: String
    let item: String?
    let title: String?
    /// When the item is after the write, or was before a delete; nothing where its time stays.
    let start: String?
    let end: String?
    /// Of a move, when the item was before.
    let oldStart: String?
    let oldEnd: String?
    let status: String
    let reason: String
    let note: String?
    let proof: String?
    /// As people read it.
    fileprivate let time: String?

    private enum CodingKeys: String, CodingKey {
      case sequence, side, kind, verb, item, title, start, end, oldStart, oldEnd, status, reason
      case note, proof
    }
  }

  let run: Int64
  let outcome: String
  let started: String
  let finished: String?
  let notes: [String]
  let writes: [Write]
  private let head: String
  private let told: [String]

  private enum CodingKeys: String, CodingKey {
    case run, outcome, started, finished, notes, writes
  }

  var showsTimes: Bool { true }

  /// `titles` name the items whose writes did not carry their title, `zones` are those of all-day
  /// items.
  init(
    _ attempt: Attempt,
    _ entries: [JournalEntry],
    titles: [LinkID: String],
    zones: [LinkID: ZoneName],
    _ days: WholeDays,
    _ captions: Captions,
    _ invocation: Invocation
  ) {
    told = captions.told(attempt.notes, invocation)
    run = attempt.run.rawValue
    outcome = attempt.outcome.rawValue
    started = attempt.started.description
    finished = attempt.finished?.description
    notes = attempt.notes
    head =
      "Run \(attempt.run) of \(WallClock.shown(attempt.started)): \(attempt.outcome.shown)"
      + attempt.duration
    writes = entries.map { entry in
      let intent = entry.intent
      let when = intent.wanted.when ?? (intent.verb == .delete ? intent.before?.when : nil)
      let old = intent.verb == .update && when != nil ? intent.before?.when : nil
      func read(_ when: When) -> When { days.read(when, in: zones[intent.link]) }
      return Write(
        sequence: intent.sequence,
        side: intent.side.rawValue,
        kind: intent.kind.rawValue,
        verb: intent.verb.rawValue,
        item: entry.resultID ?? intent.target,
        title: intent.wanted.title ?? intent.before?.title ?? titles[intent.link],
        start: when?.start,
        end: when?.end,
        oldStart: old?.start,
        oldEnd: old?.end,
        status: entry.status.rawValue,
        reason: intent.reason,
        note: entry.note,
        proof: intent.proof.map { "\($0.ground.rawValue): \($0.evidence)" },
        time: when.map { WallClock.shown(read($0), instead: old.map(read)) }
      )
    }
  }

  var description: String {
    var lines = [head] + told.map { "  \($0)" }
    if writes.isEmpty { lines.append("  It wrote nothing.") }
    for write in writes {
      let title = write.title.map { " “\($0.onOneLine)”" } ?? ""
      let when = write.time.map { ", \($0)" } ?? ""
      lines.append(
        "  \(Columns.right(String(write.sequence), 3)). \(write.side.shownSide) \(write.verb)"
          + "\(title)\(when): \(write.reason) [\(write.status)]"
      )
      if let proof = write.proof { lines.append("       proof: \(proof)") }
      if let note = write.note { lines.append("       \(note)") }
    }
    return lines.joined(separator: "\n")
  }
}

extension Attempt {
  /// What was changed, such as `Exchange 2 created, PSA 1 updated`.
  var changes: String {
    func text(_ name: String, _ counts: SideCounts) -> String? {
      let parts = [
        (counts.created, "created"), (counts.updated, "updated"), (counts.deleted, "deleted"),
        (counts.held, "held"),
      ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      return parts.isEmpty ? nil : "\(name) " + parts.joined(separator: ", ")
    }
    return [text("Exchange", exchange), text("PSA", psa)].compactMap { $0 }.joined(separator: "; ")
  }

  /// The same, never empty: only a run that went well knows that there was nothing to do.
  var summary: String {
    if !changes.isEmpty { return changes }
    switch outcome {
    case .success: return "nothing to do"
    case .successWithErrors, .failed: return "nothing written"
    case .interrupted: return "no write confirmed"
    case .running: return "nothing written yet"
    }
  }
}

extension Side {
  /// As people write it.
  var shown: String {
    switch self {
    case .exchange: "Exchange"
    case .psa: "PSA"
    }
  }
}

extension String {
  /// A side's name as people write it.
  var shownSide: String { Side(rawValue: self)?.shown ?? self }
}
