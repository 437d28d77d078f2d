import Foundation
import TestGround
import Testing

/// `promises.md`, trials: second machines, an older view of the PSA, another tool's items.
@Suite(.serialized) struct MishapTests {
  private var count: Int { TrialTests.count }

  @Test func `of two machines that begin at once one goes on, and the other writes nothing`()
    async throws
  {
    for number in 1...count {
      let trial = try await Trial(seed: 2_000 + UInt64(number), items: 3)
      try await trial.peopleWork()
      try await trial.peopleWork()
      let machines = [trial.config, try trial.otherMachine()]
      let runs = [try trial.started(config: machines[0]), try trial.started(config: machines[1])]
      for run in runs { await run.ended() }
      var owners: [String] = []
      for machine in machines {
        if try await trial.sync(config: machine).outcome == "success" { owners.append(machine) }
      }
      guard owners.count == 1, let owner = owners.first else {
        throw TrialProblem("trial \(number): \(owners.count) machines go on")
      }
      trial.config = owner
      try await trial.begin()
      try await trial.judge(number, "after the first runs")
      try await trial.peopleWork()
      let before = try await trial.sandbox.dump()
      for options in [[], ["--full"]] {
        let other = try await trial.lockstep(
          ["sync"] + options,
          config: machines.first { $0 != owner }
        )
        let after = try await trial.sandbox.dump()
        guard other.status == 1, after.exchange == before.exchange, after.psa == before.psa else {
          throw TrialProblem("trial \(number): \(other.status) \(other.output)\(other.errors)")
        }
      }
      try await trial.settle(atMost: 4)
      try await trial.judge(number, "after the other machine tried")
    }
    print("TRIAL: \(count) pairs of machines")
  }

  @Test func `a gateway that saw the PSA last before people changed it loses and doubles nothing`()
    async throws
  {
    guard let shim = try await Shim() else { return }
    var firm: Firm?
    try await Trial.repeated(
      count,
      seed: 31,
      hasContacts: false,
      prepare: { trial in
        trial.environment.merge(shim.environment()) { $1 }
        firm = nil
        firm = try await Firm(trial, shim)
        try await trial.begin()
      },
      { trial, number in
        try await firm?.look(trial)
        for _ in 0...trial.roll(below: 2) {
          try await trial.peopleWork()
          let behind = try await trial.sync()
          // What the older view still has, and the PSA no longer, puts deletes off to the next run.
          let isPutOff = behind.notes.contains { $0.contains("were to be deleted, and none was") }
          guard behind.outcome == "success" || isPutOff else {
            throw TrialProblem("trial \(number): \(behind)")
          }
        }
        try await firm?.look(trial)
        try await trial.settle(atMost: 4)
        try await trial.judge(number, "after the next look")
      }
    )
    print("TRIAL: \(count) times an older view of the PSA")
  }

  @Test func `the first run beside another tool's items makes none of them again`() async throws {
    for number in 1...count {
      let seed = 3_000 + UInt64(number)
      let trial = try await Trial(seed: seed, items: 8, ["--fill-like-vendor"])
      let before = try await trial.sandbox.dump()
      let first = try await trial.sync()
      guard first.deleted == 0, first.holds.contains(where: { $0.needsApproval }) else {
        throw TrialProblem("trial \(number): \(first)")
      }
      try await trial.approve()
      try await trial.begin()
      let after = try await trial.sandbox.dump()
      for side in Side.allCases {
        let (old, new) = (Self.census(before.items(of: side)), Self.census(after.items(of: side)))
        for (name, times) in old where new[name] != times {
          throw TrialProblem("trial \(number): \(name) is \(new[name] ?? 0) times in \(side.name)")
        }
        // What one side alone had is on the other once.
        for (name, times) in new where old[name] == nil && times > 1 {
          throw TrialProblem("trial \(number): \(name) was made \(times) times in \(side.name)")
        }
      }
      try await trial.peopleWork()
      try await trial.settle(atMost: 4)
      try await trial.judge(number, "after the approval")
    }
    print("TRIAL: \(count) first runs beside another tool")
  }

  private static func census(_ items: [Sandbox.Item]) -> [String: Int] {
    items.filter { $0.kind != "occurrence" }
      .reduce(into: [:]) { $0["\($1.title) \($1.start) \($1.end)", default: 0] += 1 }
  }
}
