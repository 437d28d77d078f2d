internal import SyncModel

/// The last 24 hours of a resource, an hour a bar; colours are told in words too.
struct Strip: Sendable {
  /// Classes of the style sheet, the oldest hour first.
  let hours: [String]
  let words: String

  init(_ outcomes: [Outcome?]) {
    let bars = outcomes.map { outcome in
      switch outcome {
      case .success?: "good"
      case .successWithErrors?, .interrupted?: "some"
      case .failed?: "bad"
      case .running?, nil: "none"
      }
    }
    let names = [
      ("in step", "good"), ("with errors", "some"), ("failed", "bad"), ("silent", "none"),
    ]
    let counts = names.compactMap { words, name in
      let number = bars.count { $0 == name }
      return number == 0 ? nil : "\(number) \(words)"
    }
    hours = bars
    words = "Last \(bars.count) hours: " + counts.joined(separator: ", ")
  }
}
