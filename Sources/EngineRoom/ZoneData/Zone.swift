/// One zone of the tz database: when its clocks stand where.
///
/// Reads the system's own data (TZif version 2 and later, RFC 8536); after the last transition of
/// the file its POSIX rule goes on. Choices at the edges: `rules.md` section 5, `ews.md` 4.5.
package struct Zone: Sendable {
  /// The name that was asked for.
  package let name: String
  let history: ZoneHistory

  /// The zone of that name.
  ///
  /// `directory` is the tz database, by default `ZONEINFO_DIR`, else `/usr/share/zoneinfo`. Reads
  /// the file each time; `ZoneDatabase` keeps what it has read.
  package static func load(_ iana: String, in directory: String? = nil) throws(ZoneError) -> Zone {
    Zone(name: iana, history: try ZoneFile(named: iana, in: directory).history())
  }

  /// The zone that TZif bytes describe.
  ///
  /// Throws `malformed` under the given name.
  package static func parse(_ bytes: [UInt8], name: String) throws(ZoneError) -> Zone {
    Zone(name: name, history: try ZoneFile(name: name, bytes: bytes).history())
  }

  /// Seconds east of UTC at an instant (seconds since 1970 UTC).
  package func offset(at instant: Int64) -> Int {
    history.observance(at: instant).offset
  }

  /// The instant at which the zone's clocks show `localSeconds` (wall clock counted as if UTC).
  ///
  /// In a gap the offset before it counts; in an overlap the first of the two (as Python's
  /// `zoneinfo` with `fold=0`).
  package func instant(localSeconds: Int64) -> Int64 {
    localSeconds &- Int64(history.observance(atLocal: localSeconds).offset)
  }

  /// What the clocks show at an instant: seconds counted as if UTC.
  package func localSeconds(at instant: Int64) -> Int64 {
    instant &+ Int64(offset(at: instant))
  }

  /// Offset, abbreviation and kind of time at an instant.
  package func observance(at instant: Int64) -> ZoneObservance {
    history.observance(at: instant)
  }

  /// The changes of observance with `range.lowerBound <= instant < range.upperBound`, in order.
  ///
  /// Entries of the file that change neither offset, name nor kind are left out.
  package func transitions(in range: Range<Int64>) -> [ZoneTransition] {
    history.transitions(in: range)
  }
}

/// What a zone's clocks keep between two transitions.
package struct ZoneObservance: Hashable, Sendable {
  /// Seconds east of UTC.
  package let offset: Int
  /// What the tz database calls daylight saving time; Dublin has it in winter.
  package let isDaylight: Bool
  /// Short name, such as CEST.
  package let abbreviation: String

  package init(offset: Int, isDaylight: Bool, abbreviation: String) {
    self.offset = offset
    self.isDaylight = isDaylight
    self.abbreviation = abbreviation
  }
}

/// The moment at which a zone's clocks change.
package struct ZoneTransition: Hashable, Sendable {
  /// Seconds since 1970 UTC.
  package let instant: Int64
  package let before: ZoneObservance
  package let after: ZoneObservance

  package init(instant: Int64, before: ZoneObservance, after: ZoneObservance) {
    self.instant = instant
    self.before = before
    self.after = after
  }
}
