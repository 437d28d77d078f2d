import Foundation
import TestGround
import Testing

/// `promises.md`, trials: backups that come back, and caches that are lost.
@Suite(.serialized) struct BackupTests {
  private var count: Int { TrialTests.count }

  @Test func `an old cache that is put back deletes, doubles and reverts nothing`() async throws {
    try await Trial.repeated(count, seed: 13) { trial, number in
      try trial.keepCache()
      try await trial.peopleWork()
      // Contacts are in step before the backup comes back: what was not is unmatched afterwards.
      try await trial.settle(atMost: 4, ["--full"])
      try await trial.peopleWork(meeting: false)
      try await trial.settle(atMost: 4)
      try trial.putCacheBack()
      let first = try await trial.sync()
      guard first.deleted == 0, first.notes.contains(where: { $0.contains("backup") }) else {
        throw TrialProblem("trial \(number): \(first)")
      }
      try await trial.judge(number, "after the first run")
      try await trial.approve()
      try await trial.settle(atMost: 4)
      trial.model.acceptReturns(try await trial.sandbox.dump())
      try await trial.judge(number, "after approval")
      try await trial.settle(atMost: 4, ["--full"])
      try await trial.judge(number, "read in full")
    }
    print("TRIAL: \(count) old caches put back")
  }

  @Test func `a cache that is lost is adopted without a create or a delete`() async throws {
    try await Trial.repeated(count, seed: 17) { trial, number in
      try await trial.peopleWork()
      try await trial.settle(atMost: 4)
      try trial.loseCache()
      let adopted = try await trial.sync(command: "adopt")
      guard adopted.outcome == "success", adopted.created == 0, adopted.deleted == 0 else {
        throw TrialProblem("trial \(number): \(adopted)")
      }
      try await trial.judge(number, "after adopt")
      let next = try await trial.sync()
      guard next.created == 0, next.deleted == 0 else {
        throw TrialProblem("trial \(number): \(next)")
      }
      try await trial.settle(atMost: 4)
      try await trial.judge(number, "after the next runs")
    }
    print("TRIAL: \(count) lost caches adopted")
  }

  @Test func `a mailbox restored from a backup takes nothing from the PSA, and loses nothing`()
    async throws
  {
    for number in 1...count {
      // The backup is some hours old: its times tell it apart, to the second.
      guard let shim = try await Shim() else { return }
      try shim.setClock(-7_200)
      let trial = try await Trial(
        seed: 1_000 + UInt64(number),
        items: 3,
        environment: shim.environment()
      )
      try await trial.peopleWork()
      try await trial.begin()
      try await trial.keepMailbox()
      try shim.setClock(0)
      for _ in 0...trial.roll(below: 1 + number % 2) {
        try await trial.peopleWork()
        try await trial.settle(atMost: 4)
      }
      try await trial.putMailboxBack()
      let restored = Set(try await trial.sandbox.dump().exchange.map(\.id))
      for run in 1...3 {
        let attempt = try await trial.sync()
        let found = try await trial.differences(on: [.psa])
        let after = Set(try await trial.sandbox.dump().exchange.map(\.id))
        guard attempt.deleted == 0, found.isEmpty, restored.isSubset(of: after) else {
          throw TrialProblem("trial \(number), run \(run): \(found) \(attempt)")
        }
      }
      try await trial.approve()
      try await trial.settle(atMost: 4)
    }
    print("TRIAL: \(count) mailboxes restored")
  }
}
