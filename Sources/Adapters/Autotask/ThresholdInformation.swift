/// How much of the tenant's allowance is used, all integrations together (`autotask.md` 4.7).
package struct ThresholdInformation: Hashable, Sendable {
  static let entity = "ThresholdInformation"

  /// Requests allowed in the time frame.
  package let limit: Int
  package let minutes: Int
  /// Requests of the time frame so far.
  package let used: Int

  init(_ body: [UInt8]) throws(JSONReader.Fault) {
    guard let limit = try JSONReader.member("externalRequestThreshold", of: body) else {
      throw .wrong("externalRequestThreshold")
    }
    guard let minutes = try JSONReader.member("requestThresholdTimeframe", of: body) else {
      throw .wrong("requestThresholdTimeframe")
    }
    guard let used = try JSONReader.member("currentTimeframeRequestCount", of: body) else {
      throw .wrong("currentTimeframeRequestCount")
    }
    self.limit = Int(limit)
    self.minutes = Int(minutes)
    self.used = Int(used)
  }

  /// Whether the PSA answers with a second's delay by now: 75 % or more are used.
  package var isSlowed: Bool { limit > 0 && Double(used) * 4 >= Double(limit) * 3 }
}
