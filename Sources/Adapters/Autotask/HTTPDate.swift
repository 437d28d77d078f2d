import SyncModel

/// The dates of HTTP headers, such as `Mon, 23 Nov 2026 15:04:05 GMT`.
enum HTTPDate {
  /// Seconds since 1970 UTC; nil for another form.
  static func seconds(_ text: String) -> Int64? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
      (1...31).contains(day), (1970...9999).contains(year),
      let month = months.firstIndex(of: parts[2].lowercased())
    else { return nil }
    let clock = parts[4].split(separator: ":").compactMap { Int64($0) }
    guard clock.count == 3, clock.allSatisfy({ (0...60).contains($0) }) else { return nil }
    let date = LocalDate(year: year, month: month + 1, day: day)
    return Int64(date.daysSince1970) * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
}
