import TestGround

/// A clock that only moves when it is told to.
final class HandClock: Sendable {
  private let seconds: Locked<Int64>

  init(_ seconds: Int64) { self.seconds = Locked(seconds) }

  var now: Int64 { seconds.withLock { $0 } }

  func advance(_ distance: Int64) { seconds.withLock { $0 += distance } }
}
