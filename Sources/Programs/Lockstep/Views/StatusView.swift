import Store
import SyncModel

/// How things stand now, from the cache alone.
struct StatusView: View {
  let profile: String
  let mailbox: String
  let enabled: Bool
  /// How many links are in each state.
  let links: [String: Int]
  let exchangeItems: Int
  let psaItems: Int
  let lastAttempt: HistoryView.Line?
  let lastSuccess: String?
  /// When the daemon runs next, if it runs.
  let nextDue: String?
  let holds: [HoldView]
  /// Items that could not be read, with the reason.
  let unread: [String]

  private let states: [LinkState: Int]
  private let invocation: Invocation
  private let last: Attempt?
  private let success: Instant?
  private let next: Instant?

  private enum CodingKeys: String, CodingKey {
    case profile, mailbox, enabled, links, exchangeItems, psaItems, lastAttempt, lastSuccess
    case nextDue, holds, unread
  }

  init(
    profile: String,
    mailbox: String,
    enabled: Bool,
    counts: CacheCounts,
    attempts: [Attempt],
    nextDue: Instant?,
    holds: [HoldView],
    unread: [String],
    _ invocation: Invocation
  ) {
    self.profile = profile
    self.mailbox = mailbox
    self.enabled = enabled
    states = counts.links
    self.invocation = invocation
    links = counts.links.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value }
    exchangeItems = counts.exchange
    psaItems = counts.psa
    last = attempts.first
    success = attempts.first { $0.outcome == .success || $0.outcome == .successWithErrors }?.started
    next = nextDue
    lastAttempt = HistoryView(Array(attempts.prefix(1)), invocation).attempts.first
    lastSuccess = success?.description
    self.nextDue = nextDue?.description
    self.holds = holds
    self.unread = unread
  }

  var longLists: [LongList] { holds.flatMap(\.longLists) }

  var description: String {
    var lines = ["\(mailbox) (profile \(profile))"]
    if !enabled { lines.append("  Switched off: nothing is read or written.") }
    if let last {
      lines.append(
        "  Last run:  \(WallClock.shown(last.started)), \(last.outcome.shown)"
          + (last.changes.isEmpty ? "" : ": \(last.changes)")
      )
      lines += last.notes.map { "             \(invocation.spelled($0))" }
      if last.outcome != .success, last.outcome != .successWithErrors {
        lines.append("  Last good: \(success.map(WallClock.shown) ?? "never")")
      }
    } else {
      lines.append("  No run yet. `\(invocation.program) plan` shows what the first one would do.")
    }
    if let next { lines.append("  Next run:  \(WallClock.shown(next)), if `lockstep run` is up") }
    lines.append(
      "  \(counted(states[.linked] ?? 0, "appointment")) in step; "
        + "\(counted(exchangeItems, "item")) read in Exchange, \(psaItems) in the PSA"
    )
    lines += LinkState.allCases.compactMap { state in
      guard let count = states[state], count > 0, let words = StatusView.words(for: state) else {
        return nil
      }
      return "  \(count) \(invocation.spelled(words))"
    }
    lines += unread.map { "  Not read: \($0)" }
    lines += holds.map(\.description)
    return lines.joined(separator: "\n")
  }
  /// What a state other than in step means for the person.
  private static func words(for state: LinkState) -> String? {
    switch state {
    case .linked: nil
    case .suppressed:
      "on one side only, because the copy was deleted by hand; "
        + "'lockstep sync --full' brings them back"
    case .unmatched:
      "on one side only since the cache was lost; "
        + "'lockstep adopt --create-missing' makes the other half"
    case .parked: "parked: outside the window of days, or switched off in the settings; left as is"
    case .away: "in another calendar of Exchange now; left as is"
    case .closed: "excluded, such as cancelled or declined; the copy was removed"
    case .held: "held until you decide"
    }
  }
}
