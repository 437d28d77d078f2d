import SyncModel

/// What a plan tells people: what is left alone from now on, and what is held.
extension Planner {
  /// Nothing is written for it, so that only a note can tell which run it was.
  mutating func noteNewlyAlone() {
    for reason in LinkReason.allCases {
      guard let links = newlyAlone[reason] else { continue }
      let side: Side = reason == .deletedInExchange ? .psa : .exchange
      let keys = links.compactMap { $0.key(on: side) }
      let shown = keys.prefix(5).map(\.description).joined(separator: ", ")
      let rest = keys.count > 5 ? " and \(keys.count - 5) more" : ""
      notes.append(
        "Left alone in \(name(side)) from now on, for \(reason.sentence): \(shown)\(rest). "
          + "'lockstep sync --full' brings back what was left alone."
      )
    }
  }

  mutating func listHolds() {
    // What is proposed as a pair, or waits for a choice among pairs, is listed there.
    let paired = Set(pairing?.exchange.map(\.id) ?? [])
    let doubles = roster.doubles.filter { double in
      double.exchange.map { !paired.contains($0.rawValue) } ?? true
    }
    for reason in LinkReason.allCases {
      let items = (reasons[reason] ?? []) + (reason == .copies ? doubles : [])
      guard !items.isEmpty, let mend = reason.mend else { continue }
      let digest = digest(reason.rawValue, items.map(\.line))
      holds.append(
        Hold(
          digest: digest,
          reason: reason == .restored ? restored.sentence : reason.sentence,
          items: items,
          mend: reason == .restored
            ? "Look at both calendars. 'lockstep sync --approve \(digest)' does what stands before "
              + "each item; until then they stay as they are." : mend,
          needsApproval: reason == .restored
        )
      )
    }
    guard !refusals.isEmpty else { return }
    holds.append(
      Hold(
        digest: digest("refused", refusals.map(\.line)),
        reason: "a side refused these writes; they are tried again when item or settings change",
        items: refusals,
        mend: "Read the reason beside each item, and change the item or the settings; 'lockstep "
          + "release ITEM' tries one again.",
        needsApproval: false
      )
    )
  }
}
