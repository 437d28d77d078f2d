import Glibc
import SyncModel

/// The machine's clock and zone: for when things are done and how times are shown to its user,
/// never for where an appointment lies.
enum WallClock {
  static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(seconds: Int64(time.tv_sec))
  }

  /// Such as `2026-03-02 09:15` in the user's own zone.
  static func shown(_ instant: Instant) -> String {
    var seconds = time_t(instant.seconds)
    var parts = tm()
    guard localtime_r(&seconds, &parts) != nil else { return instant.description }
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
      + "\(two(parts.tm_hour)):\(two(parts.tm_min))"
  }

  /// Such as `2026-03-02 09:15–10:00` in the user's own zone, or `2026-03-02, all day`.
  static func shown(_ when: When) -> String {
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
}
