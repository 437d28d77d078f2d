import Foundation
import TestGround
import Testing

/// `promises.md`, trials: the real programs, killed and lied to, against a model of what people did.
///
/// Each trial is repeated 25 times; `LOCKSTEP_TRIALS` says how often in the long form.
@Suite(.serialized) struct TrialTests {
  static let count =
    ProcessInfo.processInfo.environment["LOCKSTEP_TRIALS"].flatMap { Int($0) } ?? 25
  /// For what `promises.md` wants sampled only.
  static let sample = max(1, count * 2 / 5)

  @Test func `a run killed at any moment loses nothing and doubles nothing`() async throws {
    var killed = 0
    try await Trial.repeated(Self.count, seed: 7) { trial, number in
      try await trial.peopleWork()
      // Contacts are read by the hour, and in full: half of the killed runs are at them too.
      let options = trial.roll(below: 2) == 0 ? [] : ["--full"]
      if try await trial.syncKilled(after: 20 + trial.roll(below: 160), options) { killed += 1 }
      try await trial.settle(atMost: 4)
      try await trial.settle(atMost: 4, ["--full"])
      try await trial.judge(number, "after \(killed) kills")
    }
    guard killed > 0 else { throw TrialProblem("no run was killed while it worked") }
    print("TRIAL: \(Self.count) runs, \(killed) killed while they worked")
  }

  @Test func `busy servers, lost answers, cut bodies and short listings lose and double nothing`()
    async throws
  {
    let trial = try await Trial(
      seed: 11,
      items: 5,
      [
        "--fault", "busy=0.05", "--fault", "lost-answer=0.05", "--fault", "cut-body=0.05",
        "--fault", "truncated-listing=0.1", "--fault", "expired-state=0.05",
      ]
    )
    var runs = 0
    for _ in 0..<max(5, Self.count / 5) {
      try await trial.peopleWork()
      runs += try await trial.settle(atMost: 60)
    }
    // What a listing cut short hides changes no count: reading all anew sees it.
    for _ in 0..<3 { runs += try await trial.settle(atMost: 60, ["--full"]) }
    try await trial.judge(Self.count, "under faults")
    print("TRIAL: settled in \(runs) runs under faults")
  }
}
