internal import SyncModel
internal import ZoneData

/// Between Exchange's zones and IANA's, and between dates and the midnights of a zone.
struct ZoneMapping: Sendable {
  let zones: ZoneDatabase

  /// The zone behind an id that stands on an item; nil for custom and unknown ones (`ews.md` 3.3).
  func zone(of id: String?) -> ZoneName? {
    guard let id, !id.isEmpty else { return nil }
    guard let name = WindowsZones.iana(forWindows: id).map(ZoneName.init(rawValue:)) else {
      return nil
    }
    if name.rawValue == "Etc/UTC" { return .utc }
    return load(name) == nil ? nil : name
  }

  /// Exchange's id for a zone; nil where Windows has none.
  func windowsID(of zone: ZoneName) -> String? {
    zone == .utc ? "UTC" : WindowsZones.windows(forIANA: zone.rawValue)
  }

  /// The day that begins at this instant in a zone; nil if none does.
  func date(beginningAt instant: Instant, in zone: Zone) -> LocalDate? {
    let day = LocalDateTime(secondsSince1970: zone.localSeconds(at: instant.seconds)).date
    // Where clocks jump over midnight a day begins later than at 0:00.
    guard zone.instant(localSeconds: Int64(day.daysSince1970) * 86_400) == instant.seconds
    else { return nil }
    return day
  }

  /// The day that most probably begins at this instant, when no zone is known: the one whose
  /// midnight it is in some inhabited offset.
  static func date(guessedFrom instant: Instant) -> LocalDate {
    let utc = LocalDateTime(secondsSince1970: instant.seconds)
    // 10:00Z is Hawaii's midnight, 11:00Z and 12:00Z are New Zealand's.
    return utc.secondOfDay > 10 * 3_600 ? utc.date.advanced(byDays: 1) : utc.date
  }

  /// A day's midnight with its own offset, such as `2026-07-01T00:00:00+02:00`; nil for a zone that
  /// is not known.
  func midnight(of date: LocalDate, in name: ZoneName) -> String? {
    guard let zone = load(name) else { return nil }
    let local = Int64(date.daysSince1970) * 86_400
    let instant = zone.instant(localSeconds: local)
    let offset = Int(local - instant)
    guard offset % 60 == 0 else { return Instant(seconds: instant).description }
    let minutes = abs(offset) / 60
    let sign = offset < 0 ? "-" : "+"
    return "\(date)T00:00:00\(sign)\(Self.twoDigits(minutes / 60)):\(Self.twoDigits(minutes % 60))"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  /// Nil for a zone that this machine's tz database does not know or cannot read, which `doctor`
  /// tells: its items are then read like those of a custom zone.
  func load(_ name: ZoneName) -> Zone? {
    do {
      return try zones.zone(name.rawValue)
    } catch {
      return nil
    }
  }
}
