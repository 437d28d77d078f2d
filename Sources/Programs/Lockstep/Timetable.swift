import SyncModel

/// When an agent runs: on a grid of its own, so that the agents of one tenant do not all come at once.
struct Timetable: Equatable {
  /// Seconds between two runs.
  let interval: Int64
  /// Where the agent's grid lies, 0 up to the interval.
  let phase: Int64

  init(interval: Duration, agent: AgentID, digest: ([UInt8]) -> [UInt8]) {
    self.interval = max(600, interval.components.seconds)
    let start = digest(Array(agent.rawValue.utf8)).prefix(7).reduce(Int64(0)) {
      $0 << 8 | Int64($1)
    }
    phase = start % self.interval
  }

  /// The first point of the grid that is a whole interval after `last`, give or take a minute.
  func due(after last: Instant) -> Instant {
    let earliest = last.seconds + interval - 60
    let past = (earliest - phase) % interval
    return Instant(seconds: earliest + (past == 0 ? 0 : interval - past))
  }

  /// When to begin after a start of the daemon; nil means at once.
  func first(after last: Instant?, now: Instant) -> Instant? {
    guard let last else { return nil }
    let due = due(after: last)
    // After a morning's reboot everybody is overdue: spread over a minute.
    return due > now ? due : now.advanced(bySeconds: phase % 60)
  }
}
