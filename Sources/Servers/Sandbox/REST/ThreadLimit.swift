/// How many requests of one integration are under way at each object endpoint
/// (`facts/autotask.md` 4.7).
package actor ThreadLimit {
  private let limit: Int
  private var running: [String: Int] = [:]

  package init(_ limit: Int) { self.limit = limit }

  /// False when the endpoint is at its limit; then there is nothing to leave.
  package func enter(_ endpoint: String) -> Bool {
    let now = running[endpoint, default: 0]
    guard now < limit else { return false }
    running[endpoint] = now + 1
    return true
  }

  package func leave(_ endpoint: String) {
    running[endpoint, default: 1] -= 1
  }
}
