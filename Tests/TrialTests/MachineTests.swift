import Foundation
import TestGround
import Testing

/// `promises.md`, trials: the cache's disk is full or fails, and the laptop sleeps.
@Suite(.serialized) struct MachineTests {
  private var sample: Int { TrialTests.sample }

  /// In the long form every call of a run fails once, in both ways.
  @Test
  func `a disk that fails or is full at any call leaves a cache that opens, and doubles nothing`()
    async throws
  {
    let (calls, shim) = try await Self.callsOfARun()
    guard let shim else { return }
    let step = max(1, 2 * calls / sample)
    let points = Shim.Fault.allCases.flatMap { fault in
      stride(from: 1 + step / 2, through: calls, by: step).map { (call: $0, fault: fault) }
    }
    var failed = 0
    try await Trial.repeated(points.count, seed: 19) { trial, number in
      let (call, fault) = points[number - 1]
      try await trial.peopleWork()
      trial.environment.merge(shim.environment(failing: call, with: fault)) { $1 }
      let run = try await trial.lockstep(["sync"])
      if run.status != 0 { failed += 1 }
      guard run.status >= 0 else {
        throw TrialProblem("call \(call), \(fault): it crashed with \(run.status)")
      }
      trial.environment["SHIM_CALL"] = nil
      try await trial.settle(atMost: 4)
      try await trial.judge(number, "after call \(call) of \(calls) met \(fault.rawValue)")
    }
    guard failed > 0 else { throw TrialProblem("no run failed") }
    print("TRIAL: \(points.count) of \(2 * calls) failing calls of the disk ended \(failed) runs")
  }

  /// How many calls of the disk a run makes that has something to do.
  private static func callsOfARun() async throws -> (calls: Int, shim: Shim?) {
    let trial = try await Trial(seed: 19, items: 5)
    guard let shim = try await Shim() else { return (0, nil) }
    try await trial.begin()
    try await trial.peopleWork()
    trial.environment.merge(shim.environment()) { $1 }
    _ = try await trial.sync()
    return (try shim.calls(), shim)
  }

  @Test func `a laptop that sleeps in the middle of a run goes on with what is there then`()
    async throws
  {
    guard let shim = try await Shim() else { return }
    var asleep = 0
    try await Trial.repeated(sample, seed: 23) { trial, number in
      trial.environment.merge(shim.environment()) { $1 }
      try await trial.peopleWork()
      let run = try trial.started()
      try await Task.sleep(for: .milliseconds(10 + trial.roll(below: 90)))
      if run.pause() { asleep += 1 }
      // Meanwhile the others work on, and the night passes.
      try await trial.peopleWork()
      try shim.setClock(3_600 * trial.roll(below: 12))
      run.goOn()
      await run.ended()
      try await trial.settle(atMost: 4)
      try await trial.judge(number, "after a night")
      try shim.setClock(0)
      try await trial.settle(atMost: 4, ["--full"])
      try await trial.judge(number, "with the clock put right")
    }
    guard asleep > 0 else { throw TrialProblem("no run was at work when the lid was closed") }
    print("TRIAL: \(sample) nights, \(asleep) in the middle of a run")
  }

  @Test func `runs of one profile that begin at once take their turns, also beside killed ones`()
    async throws
  {
    try await Trial.repeated(sample, seed: 29) { trial, number in
      try await trial.peopleWork()
      let runs = [try trial.started(), try trial.started(["--full"]), try trial.started()]
      try await Task.sleep(for: .milliseconds(trial.roll(below: 150)))
      runs[trial.roll(below: 3)].end()
      for run in runs { await run.ended() }
      try await trial.settle(atMost: 4)
      try await trial.settle(atMost: 4, ["--full"])
      try await trial.judge(number, "after three at once")
    }
    print("TRIAL: \(sample) times three runs at once, one of them killed")
  }
}
