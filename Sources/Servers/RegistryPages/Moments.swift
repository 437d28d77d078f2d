internal import SyncModel

/// A time as pages show it: how long ago or ahead, and exactly, in UTC.
struct Moment: Sendable {
  let iso: String
  let relative: String
  let exact: String

  init(_ instant: Instant, now: Instant) {
    iso = instant.description
    exact = iso.prefix(10) + " " + iso.dropFirst(11).prefix(5) + " UTC"
    let distance = abs(now.seconds - instant.seconds)
    guard distance >= 60 else {
      relative = "just now"
      return
    }
    let span = Moment.span(distance)
    relative = instant.seconds > now.seconds ? "in \(span)" : "\(span) ago"
  }

  /// The largest unit only.
  private static func span(_ seconds: Int64) -> String {
    for (unit, length) in [("day", Int64(86_400)), ("hour", 3_600), ("minute", 60)]
    where seconds >= length {
      let number = seconds / length
      return "\(number) \(unit)\(number == 1 ? "" : "s")"
    }
    return "\(seconds) seconds"
  }

  /// How long a run took.
  static func took(_ started: Instant, _ finished: Instant?) -> String {
    guard let finished else { return "–" }
    let seconds = max(0, finished.seconds - started.seconds)
    return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
  }
}
