import SyncModel

/// An attempt as `sync --json` and `adopt --json` print it; scripts rely on the names.
struct AttemptView: View {
  struct SideView: Encodable {
    let created: Int
    let updated: Int
    let deleted: Int
    let held: Int
    let requests: Int
    let started: String
    let finished: String?
  }

  let run: Int64
  let purpose: String
  let outcome: String
  let exchange: SideView
  let psa: SideView
  let failedItems: Int
  let notes: [String]
  let holds: [HoldView]
  let started: String
  let finished: String?

  private let attempt: Attempt
  private let invocation: Invocation

  private enum CodingKeys: String, CodingKey {
    case run, purpose, outcome, exchange, psa, failedItems, notes, holds, started, finished
  }

  init(_ attempt: Attempt, holds: [HoldView], _ invocation: Invocation) {
    self.attempt = attempt
    self.invocation = invocation
    run = attempt.run.rawValue
    purpose = attempt.purpose.rawValue
    outcome = attempt.outcome.rawValue
    let started = attempt.started.description
    let finished = attempt.finished?.description
    func side(_ counts: SideCounts) -> SideView {
      SideView(
        created: counts.created,
        updated: counts.updated,
        deleted: counts.deleted,
        held: counts.held,
        requests: counts.requests,
        started: started,
        finished: finished
      )
    }
    exchange = side(attempt.exchange)
    psa = side(attempt.psa)
    failedItems = attempt.failedItems
    notes = attempt.notes
    self.holds = holds
    self.started = started
    self.finished = finished
  }

  var longLists: [LongList] { holds.flatMap(\.longLists) }
  var showsTimes: Bool { !holds.isEmpty }

  var description: String {
    var lines = ["Run \(run): \(attempt.outcome.shown)\(attempt.duration)"]
    lines.append(
      Columns.table([
        ["", "created", "updated", "deleted", "held", "requests"],
        ["Exchange"] + attempt.exchange.cells,
        ["PSA"] + attempt.psa.cells,
      ])
    )
    lines += notes.folded.map { "  \(invocation.spelled($0))" }
    lines += holds.map(\.description)
    return lines.joined(separator: "\n")
  }
}

extension Outcome {
  /// In the colour that it deserves.
  var shown: String {
    switch self {
    case .success: Terminal.coloured(rawValue, .green)
    case .successWithErrors, .running: Terminal.coloured(rawValue, .yellow)
    case .failed, .interrupted: Terminal.coloured(rawValue, .red)
    }
  }
}

extension Attempt {
  /// How long it took, for the end of a line.
  var duration: String {
    guard let finished else { return "" }
    let seconds = finished.seconds - started.seconds
    return seconds < 120 ? " in \(seconds) s" : " in \(seconds / 60) min"
  }
}

extension SideCounts {
  var cells: [String] { [created, updated, deleted, held, requests].map { String($0) } }
}
