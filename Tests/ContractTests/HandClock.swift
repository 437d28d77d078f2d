import Foundation

/// A clock that only moves when it is told to.
final class HandClock: @unchecked Sendable {
  // The lock guards `seconds`.
  private let lock = NSLock()
  private var seconds: Int64

  init(_ seconds: Int64) { self.seconds = seconds }

  var now: Int64 {
    lock.lock()
    defer { lock.unlock() }
    return seconds
  }

  func advance(_ distance: Int64) {
    lock.lock()
    defer { lock.unlock() }
    seconds += distance
  }
}
