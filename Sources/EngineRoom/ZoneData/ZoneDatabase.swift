internal import Platform

/// The tz database of this system, each zone read once.
package final class ZoneDatabase: Sendable {
  private let directory: String?
  private let known = Locked<[String: Zone]>([:])

  /// `directory` is the tz database, by default `ZONEINFO_DIR`, else `/usr/share/zoneinfo`.
  package init(directory: String? = nil) {
    self.directory = directory
  }

  /// The zone of that name of the tz database; what failed is tried again the next time.
  package func zone(_ iana: String) throws(ZoneError) -> Zone {
    if let zone = known.withLock({ $0[iana] }) { return zone }
    let zone = try Zone.load(iana, in: directory)
    known.withLock { $0[iana] = zone }
    return zone
  }
}
