package import World

/// The zones that the server knows: their offsets and their Windows ids in order.
package struct ZoneCatalog: Sendable {
  package let offsets: ZoneOffsets
  package let ids: [String]

  package init(offsets: ZoneOffsets, ids: [String]) {
    self.offsets = offsets
    self.ids = ids
  }

  /// UTC alone.
  package static let utc = ZoneCatalog(offsets: .utc, ids: ["UTC"])

  /// `(UTC+01:00) W. Europe Standard Time`, by the offset at the beginning of a year.
  func displayName(_ id: String) -> String {
    guard let offset = offsets.offset(id, 1_767_225_600) else { return id }
    guard offset != 0 else { return "(UTC) \(id)" }
    let minutes = abs(offset) / 60
    return
      "(UTC\(offset < 0 ? "-" : "+")\(Self.pair(minutes / 60)):\(Self.pair(minutes % 60))) \(id)"
  }

  /// `+01:00` or `Z`.
  static func suffix(_ offsets: ZoneOffsets, _ id: String?, at instant: Int64) -> String {
    let offset = id.flatMap { offsets.offset($0, instant) } ?? 0
    guard offset != 0 else { return "Z" }
    let minutes = abs(offset) / 60
    return "\(offset < 0 ? "-" : "+")\(pair(minutes / 60)):\(pair(minutes % 60))"
  }

  private static func pair(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
