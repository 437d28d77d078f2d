/// Lets at most three requests at a time to one object endpoint, as the PSA does.
///
/// The others wait in order, changes first, for they may hide detail (`autotask.md` 4.7, `rules.md` 3).
/// Owned by an actor.
struct EndpointLanes {
  private var busy: [String: Int] = [:]
  private typealias Turn = CheckedContinuation<Void, Never>
  private var waiting: [String: (urgent: [Turn], others: [Turn])] = [:]
  static let limit = 3

  /// Takes a free lane; false when there is none.
  mutating func take(_ endpoint: String, of limit: Int = EndpointLanes.limit) -> Bool {
    guard busy[endpoint, default: 0] < limit else { return false }
    busy[endpoint, default: 0] += 1
    return true
  }

  /// Is resumed with a lane.
  mutating func queue(
    _ turn: CheckedContinuation<Void, Never>,
    at endpoint: String,
    isUrgent: Bool = false
  ) {
    if isUrgent {
      waiting[endpoint, default: ([], [])].urgent.append(turn)
    } else {
      waiting[endpoint, default: ([], [])].others.append(turn)
    }
  }

  /// Gives the lane to the one who waits longest, or frees it.
  mutating func leave(_ endpoint: String) {
    if waiting[endpoint]?.urgent.isEmpty == false,
      let turn = waiting[endpoint]?.urgent.removeFirst()
    {
      turn.resume()
    } else if waiting[endpoint]?.others.isEmpty == false,
      let turn = waiting[endpoint]?.others.removeFirst()
    {
      turn.resume()
    } else {
      busy[endpoint, default: 1] -= 1
    }
  }
}
