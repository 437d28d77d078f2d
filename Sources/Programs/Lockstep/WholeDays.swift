import SyncModel

/// Times that run from midnight to midnight, read as the days that they are: the PSA knows none.
struct WholeDays {
  /// The mailbox's zone; nil where nothing tells it.
  private let zone: ZoneName?
  private let clock: ZoneClock

  init(of zone: ZoneName?, _ clock: ZoneClock) {
    self.zone = zone
    self.clock = clock
  }

  /// The time for people; `own` is the zone in which a link projected its days.
  func read(_ when: When, in own: ZoneName? = nil) -> When {
    guard case .timed(let start, let end, _) = when else { return when }
    for zone in [own, zone].compactMap(\.self) {
      if let days = clock.wholeDays(of: Span(start: start, end: end), in: zone) {
        return .allDay(first: days.first, afterLast: days.afterLast)
      }
    }
    return when
  }
}
