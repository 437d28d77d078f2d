/// What can go wrong on the way between two correct programs.
package enum FaultKind: String, CaseIterable, Codable, Sendable {
  /// A throttled reply: ErrorServerBusy, 429, or the thread limit.
  case busy
  /// The request is carried out, its answer never arrives.
  case lostAnswer = "lost-answer"
  /// Half of the body arrives, then the connection closes.
  case cutBody = "cut-body"
  /// A listing that leaves items out and says that it is complete.
  case truncatedListing = "truncated-listing"
  /// The sync state is refused.
  case expiredState = "expired-state"
}

/// The dice of the sandbox: the same seed and order of requests make the same faults.
package actor Faults {
  /// Added to each answer; a server waits with `pause`.
  package nonisolated let latency: Duration
  private var rates: [FaultKind: Double]
  private var arranged: [FaultKind: Int] = [:]
  private var state: UInt64

  /// `rates` from 0 to 1, of the requests that the fault can befall.
  package init(
    rates: [FaultKind: Double] = [:],
    latency: Duration = .zero,
    seed: UInt64 = 1
  ) {
    self.rates = rates
    self.latency = latency
    state = seed
  }

  /// The fault that befalls a request, if any; kinds are tried in their declared order.
  package func draw(from kinds: Set<FaultKind>) -> FaultKind? {
    for kind in FaultKind.allCases where kinds.contains(kind) {
      if let left = arranged[kind], left > 0 {
        arranged[kind] = left - 1
        return kind
      }
      guard let rate = rates[kind], rate > 0 else { continue }
      if dice() < rate { return kind }
    }
    return nil
  }

  /// From now on this share of the requests.
  package func setRate(_ rate: Double, of kind: FaultKind) { rates[kind] = rate }

  /// The next requests that the fault can befall meet it for certain.
  package func arrange(_ kind: FaultKind, times: Int = 1) { arranged[kind] = times }

  /// One of two, where a fault has two faces.
  package func coin() -> Bool { dice() < 0.5 }

  /// Waits as long as the network is slow, and as much longer as the server wants.
  package nonisolated func pause(adding more: Duration = .zero) async {
    let pause = latency + more
    guard pause > .zero else { return }
    // A cancelled sandbox answers what it has without waiting.
    do { try await Task.sleep(for: pause) } catch { return }
  }

  private func dice() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return Double(mixed >> 11) / 9_007_199_254_740_992
  }
}
