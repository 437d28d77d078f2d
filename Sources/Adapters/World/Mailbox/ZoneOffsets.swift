/// What the world knows of time zones: a function handed in, so that the world stays pure.
package struct ZoneOffsets: Sendable {
  /// Seconds east of UTC of a Windows zone at an instant; nil for a zone that nobody knows.
  package let offset: @Sendable (_ windowsZone: String, _ instant: Int64) -> Int?

  package init(_ offset: @escaping @Sendable (_ windowsZone: String, _ instant: Int64) -> Int?) {
    self.offset = offset
  }

  /// Knows `UTC` alone.
  package static let utc = ZoneOffsets { zone, _ in zone == "UTC" ? 0 : nil }

  package func knows(_ windowsZone: String) -> Bool { offset(windowsZone, 0) != nil }

  /// The instant of a wall clock (counted as if UTC).
  ///
  /// Unknown zones count as UTC. In a gap the offset
  /// before it counts, in an overlap the first of the two.
  package func instant(wallClock: Int64, in zone: String) -> Int64 {
    guard let before = offset(zone, wallClock - 86_400),
      let after = offset(zone, wallClock + 86_400)
    else { return wallClock }
    for candidate in [before, after]
    where offset(zone, wallClock - Int64(candidate)) == candidate {
      return wallClock - Int64(candidate)
    }
    return wallClock - Int64(before)
  }

  /// The wall clock (counted as if UTC) of an instant; unknown zones count as UTC.
  package func wallClock(_ instant: Int64, in zone: String) -> Int64 {
    instant + Int64(offset(zone, instant) ?? 0)
  }

  /// Start back and end forward to midnights of the zone, at least one day apart (`ews.md` 3.4).
  package func wholeDays(start: Int64, end: Int64, in zone: String) -> (start: Int64, end: Int64) {
    let day: Int64 = 86_400
    let first = Timestamp.floorDivide(wallClock(start, in: zone), day)
    let last = max(
      first + 1,
      Timestamp.floorDivide(wallClock(end, in: zone) + day - 1, day)
    )
    return (instant(wallClock: first * day, in: zone), instant(wallClock: last * day, in: zone))
  }
}
