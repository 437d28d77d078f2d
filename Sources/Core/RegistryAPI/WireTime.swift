package import SyncModel

/// An instant as it stands in JSON: ISO 8601 in UTC with whole seconds.
package struct WireTime: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  package let instant: Instant

  package init(_ instant: Instant) { self.instant = instant }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let instant = Instant(iso8601: text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "“\(text)” is no time such as 2026-03-02T08:00:00Z."
      )
    }
    self.instant = instant
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(instant.description)
  }

  package var description: String { instant.description }

  package static func < (left: WireTime, right: WireTime) -> Bool { left.instant < right.instant }
}
