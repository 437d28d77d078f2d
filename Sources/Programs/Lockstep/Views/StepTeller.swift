import Console
import SyncModel
import SyncPlan

/// Tells the writes of one item to the person whose it is.
struct StepTeller {
  let started: [RunID: Instant]
  let days: WholeDays
  /// The zone in which the item's link projects its days.
  let zone: ZoneName?
  /// What stood in the PSA before is then shown no more.
  let isMasked: Bool

  func run(_ run: RunID) -> String {
    "run \(run)" + (started[run].map { " of \(WallClock.shown($0))" } ?? "")
  }

  private func shown(_ when: When) -> String { WallClock.shown(days.read(when, in: zone)) }

  private func title(_ title: String?) -> String? {
    guard let title else { return nil }
    return isMasked && title != Projection.maskedTitle ? nil : title
  }

  /// Such as `from Exchange by run 12 of 2026-03-02 09:15: 09:00–10:00 → 10:00–11:00`.
  func origin(of field: Provenance.Field, _ step: Provenance.Step) -> String {
    let place = step.side.place
    var text = "from \(step.source.place) by \(run(step.run))"
    switch field {
    case .existence:
      switch step.verb {
      case .create: text += ": made in \(place)"
      case .restore: text += ": put back in \(place)"
      case .delete, .update, .mask: text += ": deleted in \(place)"
      }
    case .time:
      if let change = timeChange(step) { text += ": \(change)" }
    case .title:
      if let change = titleChange(step) { text += ": \(change)" }
    case .text, .place: break
    }
    if field != .existence, step.isMasked { text += ", masked" }
    if field == .time || field == .title, let loser = loser(step) { text += "; \(loser)" }
    return text
  }

  private func timeChange(_ step: Provenance.Step) -> String? {
    guard let when = step.after.when else { return nil }
    return WallClock.shown(
      days.read(when, in: zone),
      instead: step.before?.when.map { days.read($0, in: zone) }
    )
  }

  private func titleChange(_ step: Provenance.Step) -> String? {
    guard let new = title(step.after.title) else { return nil }
    let old = step.before?.title
    let before = old.map { title($0).map { "“\($0.onOneLine)”" } ?? "detail" }
    return (before.map { "\($0) → " } ?? "") + "“\(new.onOneLine)”"
  }

  /// Who had another opinion.
  private func loser(_ step: Provenance.Step) -> String? {
    let old = step.before?.when.map(shown)
    let place = step.side == .exchange ? "Exchange" : "the PSA"
    let winner = step.source == .exchange ? "Exchange" : "the PSA"
    if step.isConflict {
      return "both sides moved it; \(winner) won" + (old.map { "; \(place) had \($0)" } ?? "")
    }
    return step.isPutBack ? "it was changed in \(place), which does not decide" : nil
  }

  /// A write with its values, its reason and what came of it.
  func lines(_ step: Provenance.Step) -> [String] {
    let changes = step.fields.compactMap { field -> String? in
      switch field {
      case .time: timeChange(step)
      case .title: titleChange(step)
      case .text: "text"
      case .place: "place"
      case .existence: nil
      }
    }
    let what = changes.isEmpty ? "" : " (\(changes.joined(separator: "; ")))"
    var lines = [
      "  \(run(step.run)), \(step.sequence). \(step.side.shown) \(step.verb.rawValue)\(what): "
        + "\(step.reason) [\(step.status.rawValue)]"
    ]
    if let loser = loser(step) { lines.append("      \(loser)") }
    if let proof = step.proof {
      lines.append("      proof: \(proof.ground.rawValue): \(proof.evidence)")
    }
    if let note = step.note { lines.append("      \(note)") }
    return lines
  }

  /// The same for scripts.
  func encoded(_ step: Provenance.Step) -> WhyView.Step {
    WhyView.Step(
      run: step.run.rawValue,
      sequence: step.sequence,
      started: started[step.run]?.description,
      side: step.side.rawValue,
      from: step.source.rawValue,
      verb: step.verb.rawValue,
      status: step.status.rawValue,
      fields: step.fields.map(\.rawValue),
      oldStart: step.before?.when?.start,
      oldEnd: step.before?.when?.end,
      start: step.after.when?.start,
      end: step.after.when?.end,
      oldTitle: title(step.before?.title),
      title: title(step.after.title),
      masked: step.isMasked,
      conflict: step.isConflict,
      putBack: step.isPutBack,
      reason: step.reason,
      note: step.note,
      proof: step.proof.map { "\($0.ground.rawValue): \($0.evidence)" }
    )
  }
}
