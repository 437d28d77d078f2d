internal import CCurl

/// The dates of HTTP headers, such as `Mon, 23 Nov 2026 15:04:05 GMT`.
enum HTTPDate {
  /// Seconds since 1970 UTC; nil for what is no date.
  static func seconds(_ text: String) -> Int64? {
    let seconds = Int64(curl_getdate(text, nil))
    return seconds < 0 ? nil : seconds
  }
}
