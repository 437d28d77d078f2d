internal import Glibc
package import SyncModel
internal import ZoneData

/// The machine's clock and zone: for when things are done and how times are shown to its user,
/// never for where an appointment lies.
package enum WallClock {
  package static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(seconds: Int64(time.tv_sec))
  }

  /// Such as `2026-03-02 09:15` in the machine's zone.
  package static func shown(_ instant: Instant) -> String {
    guard let parts = parts(of: instant) else { return instant.description }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
      + "\(two(parts.tm_hour)):\(two(parts.tm_min))"
  }

  /// The same for a sentence that stands by itself, such as `2026-03-02 09:15 (Europe/Vienna)`.
  package static func shownWithZone(_ instant: Instant) -> String { "\(shown(instant)) (\(zone))" }

  /// Such as `2026-03-02 09:15–10:00` in the machine's zone, or `2026-03-02, all day`.
  package static func shown(_ when: When) -> String {
    switch when {
    case .allDay(let first, let afterLast):
      let last = afterLast.advanced(byDays: -1)
      return last > first ? "\(first) to \(last), all day" : "\(first), all day"
    case .timed(let start, let end, _):
      let (from, to) = (shown(start), shown(end))
      let isOneDay = from.prefix(10) == to.prefix(10)
      return from + "–" + (isOneDay ? String(to.dropFirst(11)) : to)
    }
  }

  /// Such as `2026-03-02 09:15–10:00 → 2026-03-02 11:00–11:45`; only the new one where none was.
  package static func shown(_ when: When, instead old: When?) -> String {
    old.map { "\(shown($0)) → \(shown(when))" } ?? shown(when)
  }

  // MARK: The zone

  /// What stands once below times that are shown.
  package static var note: String { "Times are in \(zone), this machine's zone." }

  /// Such as `Europe/Vienna`; where nothing names it, the offset at present, such as `UTC+01:00`.
  package static var zone: String {
    let database = ZoneDatabase()
    do {
      guard let name = zoneName else { return offset }
      _ = try database.zone(name)
      return name
    } catch {
      // libc counts a zone that it does not know as UTC.
      return offset
    }
  }

  /// By `TZ`, else by what `/etc/localtime` points to.
  private static var zoneName: String? {
    if let text = getenv("TZ").map({ String(cString: $0) }) {
      let name = text.hasPrefix(":") ? String(text.dropFirst()) : text
      return name.isEmpty ? "UTC" : inDatabase(name) ?? name
    }
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = max(0, readlink("/etc/localtime", &target, target.count))
    let path = target.prefix(count).map { UInt8(bitPattern: $0) }
    return inDatabase(String(decoding: path, as: UTF8.self))
  }

  private static func inDatabase(_ path: String) -> String? {
    path.firstRange(of: "zoneinfo/").map { String(path[$0.upperBound...]) }
  }

  private static var offset: String {
    let minutes = (parts(of: now())?.tm_gmtoff ?? 0) / 60
    guard minutes != 0 else { return "UTC" }
    let (hours, rest) = abs(minutes).quotientAndRemainder(dividingBy: 60)
    return "UTC" + (minutes < 0 ? "-" : "+") + two(Int32(hours)) + ":" + two(Int32(rest))
  }

  private static func parts(of instant: Instant) -> tm? {
    var seconds = time_t(instant.seconds)
    var parts = tm()
    return localtime_r(&seconds, &parts) == nil ? nil : parts
  }

  private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
