extension ResponseHead {
  /// A server that names more has made a mistake, or is somebody else.
  private static let longestPause: Int64 = 3_600

  /// How long the server asks to be left alone, from none to an hour; nil where it does not say.
  ///
  /// A date is measured by the server's own clock (`Date`), never by this machine's.
  package var retryAfter: Duration? {
    guard let value = value(of: "Retry-After"), !value.isEmpty else { return nil }
    let isNumber = value.utf8.allSatisfy { (0x30...0x39).contains($0) }
    // A number that no integer holds is a long time.
    if isNumber { return bounded(Int64(value) ?? .max) }
    if let negative = Int64(value) { return bounded(negative) }
    guard let until = HTTPDate.seconds(value),
      let now = self.value(of: "Date").flatMap(HTTPDate.seconds)
    else { return nil }
    return bounded(until - now)
  }

  private func bounded(_ seconds: Int64) -> Duration {
    .seconds(min(max(seconds, 0), Self.longestPause))
  }
}
