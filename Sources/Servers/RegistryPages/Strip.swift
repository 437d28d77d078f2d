internal import SyncModel

/// The last 24 hours of a resource, an hour a bar; colours are told in words too.
struct Strip: Sendable {
  /// Classes of the style sheet, the oldest hour first.
  let hours: [String]
  let words: String

  init(_ outcomes: [Outcome?]) {
    hours = outcomes.map { outcome in
      switch outcome {
      case .success?: "good"
      case .successWithErrors?, .interrupted?: "some"
      case .failed?: "bad"
      case .running?, nil: "none"
      }
    }
    let counts = [
      ("in step", "good"), ("with errors", "some"), ("failed", "bad"), ("silent", "none"),
    ]
    .compactMap { words, name in
      let number = hours.count { $0 == name }
      return number == 0 ? nil : "\(number) \(words)"
    }
    words = "Last \(hours.count) hours: " + counts.joined(separator: ", ")
  }
}
