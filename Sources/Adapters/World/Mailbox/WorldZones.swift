/// All the world knows of time zones, as three functions handed in.
package struct WorldZones: Sendable {
  package let offsets: ZoneOffsets
  /// The Windows id of an IANA name.
  package let windows: @Sendable (_ iana: String) -> String?
  /// The IANA name of a Windows id.
  package let iana: @Sendable (_ windows: String) -> String?

  package init(
    offsets: ZoneOffsets,
    windows: @escaping @Sendable (_ iana: String) -> String?,
    iana: @escaping @Sendable (_ windows: String) -> String?
  ) {
    self.offsets = offsets
    self.windows = windows
    self.iana = iana
  }

  /// UTC alone.
  package static let utc = WorldZones(
    offsets: .utc,
    windows: { $0 == "UTC" ? "UTC" : nil },
    iana: { $0 == "UTC" ? "UTC" : nil }
  )
}
