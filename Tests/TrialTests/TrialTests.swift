import Foundation
import Testing

/// `promises.md`, trials: the real programs, killed and lied to, against a model of what people did.
@Suite(.serialized) struct TrialTests {
  /// 25 in CI; `LOCKSTEP_TRIALS` for the long form.
  private var trials: Int {
    ProcessInfo.processInfo.environment["LOCKSTEP_TRIALS"].flatMap { Int($0) } ?? 25
  }

  @Test func `a run killed at any moment loses nothing and doubles nothing`() async throws {
    let trial = try await Trial(seed: 7, items: 5)
    var killed = 0
    for _ in 0..<trials {
      try await trial.peopleWork()
      // Contacts are read by the hour, and in full: half of the killed runs are at them too.
      let options = trial.roll(below: 2) == 0 ? [] : ["--full"]
      if try await trial.syncKilled(after: 20 + trial.roll(below: 400), options) { killed += 1 }
      _ = try await trial.settle(atMost: 4)
      _ = try await trial.settle(atMost: 4, ["--full"])
      let differences = try await trial.differences()
      guard differences.isEmpty else {
        throw TrialProblem("after \(killed) kills: \(differences)")
      }
    }
    guard killed > 0 else { throw TrialProblem("no run was killed while it worked") }
    print("TRIAL: \(trials) runs, \(killed) killed while they worked")
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
    for _ in 0..<max(5, trials / 5) {
      try await trial.peopleWork()
      runs += try await trial.settle(atMost: 60)
    }
    // What a listing cut short hides changes no count: reading all anew sees it.
    for _ in 0..<3 { runs += try await trial.settle(atMost: 60, ["--full"]) }
    let differences = try await trial.differences()
    guard differences.isEmpty else { throw TrialProblem("\(differences)") }
    print("TRIAL: settled in \(runs) runs under faults")
  }
}
