import Foundation

/// Holds those who come until a number of them is there, then is open for good.
final class Gate: @unchecked Sendable {
  // `missing` is touched only under `condition`.
  private let condition = NSCondition()
  private var missing: Int

  init(_ number: Int) { missing = number }

  func pass() {
    condition.lock()
    defer { condition.unlock() }
    missing -= 1
    condition.broadcast()
    while missing > 0 { condition.wait() }
  }
}
