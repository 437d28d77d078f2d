/// Requests of the last 60 minutes, counted for the whole tenant (`facts/autotask.md` 4.7).
package struct Threshold: Codable, Hashable, Sendable {
  package var limit = 10_000
  package let minutes = 60
  /// Requests by the minute since 1970 in which they came, oldest first.
  private var buckets: [Bucket] = []

  private struct Bucket: Codable, Hashable, Sendable {
    let minute: Int64
    var count: Int
  }

  private enum CodingKeys: CodingKey { case limit, buckets }

  package init(limit: Int = 10_000) { self.limit = limit }

  /// Requests in the 60 minutes before `now`.
  package func count(at now: Int64) -> Int {
    let oldest = now / 60 - Int64(minutes)
    return buckets.reduce(0) { $1.minute > oldest ? $0 + $1.count : $0 }
  }

  /// Counts a request and answers the milliseconds that the PSA adds to it; throws 429 above the
  /// limit.
  package mutating func admit(at now: Int64) throws(Refusal) -> Int {
    let oldest = now / 60 - Int64(minutes)
    buckets.removeAll { $0.minute <= oldest }
    let used = buckets.reduce(0) { $0 + $1.count }
    guard used < limit else {
      let free = ((buckets.first?.minute ?? now / 60) + Int64(minutes) + 1) * 60
      throw Refusal(
        429,
        ["The request threshold of \(limit) requests in \(minutes) minutes was exceeded."],
        retryAfter: Int(max(1, free - now))
      )
    }
    if let last = buckets.indices.last, buckets[last].minute == now / 60 {
      buckets[last].count += 1
    } else {
      buckets.append(Bucket(minute: now / 60, count: 1))
    }
    return used * 4 >= limit * 3 ? 1000 : used * 2 >= limit ? 500 : 0
  }
}
