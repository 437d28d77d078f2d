/// Time as the adapter feels it: handed in, so that tests take none.
package struct Pace: Sendable {
  /// Waits; throws when the task is cancelled.
  package let sleep: @Sendable (Duration) async throws -> Void
  /// Time since some fixed moment; never goes back.
  package let now: @Sendable () -> Duration
  /// A number in 0..<1, to keep many agents from knocking at once.
  package let dice: @Sendable () -> Double

  package init(
    sleep: @escaping @Sendable (Duration) async throws -> Void,
    now: @escaping @Sendable () -> Duration,
    dice: @escaping @Sendable () -> Double
  ) {
    self.sleep = sleep
    self.now = now
    self.dice = dice
  }

  package static func real() -> Pace {
    let start = ContinuousClock.now
    return Pace(
      sleep: { try await Task.sleep(for: $0) },
      now: { ContinuousClock.now - start },
      dice: { Double.random(in: 0..<1) }
    )
  }
}

/// How long one mailbox is left alone (`ews.md` 1.10).
///
/// A pause that the server names is kept to the millisecond, never shortened: a request before its
/// end lengthens it. Pauses up to `patience` are waited for here; longer ones are the caller's.
struct BackOff {
  /// The longest pause that is waited for within a call.
  static let patience: Duration = .seconds(5)
  /// For a busy server that names no pause.
  static let withoutHint: Duration = .seconds(2)
  /// How often one request is sent at most.
  static let attempts = 4

  private var openFrom: Duration = .zero

  /// The server named a pause.
  mutating func close(for pause: Duration, now: Duration) {
    openFrom = max(openFrom, now + pause)
  }

  /// What is left of the pause; zero when there is none.
  func remaining(now: Duration) -> Duration {
    max(.zero, openFrom - now)
  }

  /// The pause before another try that the server did not ask for: doubling from half a second.
  static func pause(beforeAttempt attempt: Int, dice: Double) -> Duration {
    .milliseconds(Int64(500 << min(attempt, 3)) + Int64(dice * 250))
  }
}
