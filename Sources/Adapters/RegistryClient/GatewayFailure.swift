package import SyncModel

/// Why nothing can be decided by what the gateway to the PSA says.
package enum GatewayFailure: Error, Hashable, Sendable {
  /// Its view is older than what this agent wrote or read before (`rules.md` 2).
  case behind(server: String)
  /// It has not read the PSA for a long time.
  case stale(server: String, since: Instant, words: String)
  /// It leaves the rest of the PSA's allowance to people; its words.
  case resting(String)
  /// It tells nothing of the kind; its words.
  case hidden(Kind, words: String)
  case malformed(server: String, reason: String)
  /// A kind that was asked for as if its items were in a calendar.
  case noCalendarItem(Kind)
}

extension GatewayFailure: SyncFailure {
  package var remedy: Remedy {
    switch self {
    case .behind: .retry(after: .seconds(60))
    case .stale: .retry(after: .seconds(300))
    case .resting: .retry(after: .seconds(900))
    case .hidden: .skipItem
    case .malformed, .noCalendarItem: .stop
    }
  }

  package var description: String {
    switch self {
    case .behind(let server):
      "What the registry at \(server) knows of the PSA is older than what this agent wrote there. "
        + "Nothing is decided by it; the next run asks again."
    case .stale(let server, let since, let words):
      "The registry at \(server) has not read the PSA since \(since), and nothing is decided by what "
        + "it knew then. "
        + (words.isEmpty ? "Its admin sees why with 'lockstep-registry gateway'." : words)
    case .resting(let words): words
    case .hidden(_, let words): words
    case .malformed(let server, let reason):
      "The answer of the registry at \(server) cannot be used: \(reason)."
    case .noCalendarItem(let kind):
      "The PSA has no calendar items of the kind \(kind.rawValue)."
    }
  }
}
