import Console
import SyncEngine
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
  /// How many are on one side only and stay so, by the cause.
  let alone: [String: Int]
  let started: String
  let finished: String?

  private let attempt: Attempt
  private let told: [String]

  private enum CodingKeys: String, CodingKey {
    case run, purpose, outcome, exchange, psa, failedItems, notes, holds, alone, started, finished
  }

  /// `captions` know the items that `named` names.
  init(
    _ result: SyncResult,
    holds: [HoldView],
    _ captions: Captions,
    _ invocation: Invocation
  ) {
    let attempt = result.attempt
    self.attempt = attempt
    let summary = result.alone.summary(invocation).map { [$0] } ?? []
    let unproven =
      attempt.purpose == .adopt ? result.alone.unproven(captions, invocation) : []
    told = captions.told(attempt.notes, invocation) + summary + unproven
    alone = result.alone.counts
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

  static func named(in result: SyncResult) -> [HeldItem] {
    Captions.items(in: result.attempt.notes)
      + (result.attempt.purpose == .adopt ? result.alone.named : [])
  }

  var longLists: [LongList] { holds.flatMap(\.longLists) }
  var showsTimes: Bool { !holds.isEmpty || !told.isEmpty }

  var description: String {
    var lines = ["Run \(run): \(attempt.outcome.shown)\(attempt.duration)"]
    lines.append(
      Columns.table([
        ["", "created", "updated", "deleted", "held", "requests"],
        ["Exchange"] + attempt.exchange.cells,
        ["PSA"] + attempt.psa.cells,
      ])
    )
    lines += told.map { "  \($0)" }
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
