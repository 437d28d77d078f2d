import Foundation
import Testing

/// `kill -9` at random moments of a real sync: nothing lost, nothing doubled.
@Suite(.timeLimit(.minutes(20))) struct KillTests {
  @Test func `a sync that is killed is made good by the next one`() async throws {
    var dice = SeededDice(seed: UInt64(Date().timeIntervalSince1970))
    print("the kill trials throw dice from \(dice.seed)")
    try await Sandbox.serving(["--items", "30"]) { sandbox in
      try await sandbox.settle()
      let begun = ContinuousClock.now
      try await change(sandbox, trial: 0)
      _ = try await sandbox.sync()
      let usual = ContinuousClock.now - begun
      var killed = 0
      for trial in 1...25 {
        try await change(sandbox, trial: trial)
        let folder = sandbox.folder
        let run = try sandbox.agent.start(
          ["--config", sandbox.ready.config, "sync"],
          output: folder.appending(path: "killed.out"),
          errors: folder.appending(path: "killed.err")
        )
        try await Task.sleep(for: usual * (Double(dice.next() % 1_000) / 1_000))
        if run.isRunning { killed += 1 }
        kill(run.processIdentifier, SIGKILL)
        await run.ended()
        try await sandbox.settle()
        let third = try await sandbox.sync()
        #expect(third.writes == 0 && third.failedItems == 0 && third.holds.isEmpty)
        try expect(try await sandbox.dump(), after: trial)
      }
      print("\(killed) of 25 runs were killed before their end")
      #expect(killed > 10)
      #expect(try await sandbox.dump().mails == 0)
    }
  }

  /// Two new items, one of the last trial moved, one of the trial before deleted.
  private func change(_ sandbox: Sandbox, trial: Int) async throws {
    let (start, end) = (Stamp.from(now: 24 + trial), Stamp.from(now: 25 + trial))
    for side in ["exchange", "psa"] {
      try await sandbox.edit("--side", side, "--create", "Trial \(trial) \(side)", start, end)
    }
    let world = try await sandbox.dump()
    if let moved = world.psa.first(where: { $0.title == "Trial \(trial - 1) exchange" }) {
      try await sandbox.edit("--side", "psa", "--move", moved.id, start, end)
    }
    if let gone = world.exchange.first(where: { $0.title == "Trial \(trial - 2) exchange" }) {
      try await sandbox.edit("--side", "exchange", "--delete", gone.id)
    }
  }

  private func expect(_ world: World, after trial: Int) throws {
    for side in [world.exchange, world.psa] {
      let titles = side.map(\.title).filter { $0.hasPrefix("Trial ") }
      let wanted =
        (0...trial).map { "Trial \($0) psa" }
        + (max(0, trial - 1)...trial).map {
          "Trial \($0) exchange"
        }
      #expect(titles.sorted() == wanted.sorted(), "trial \(trial)")
    }
    let references = world.psa.compactMap { $0.text?.firstMatch(of: /Ref: (\w{16})/)?.1 }
    #expect(Set(references).count == references.count)
    let name = "Trial \(trial - 1) exchange"
    let moved = try #require(world.exchange.first { $0.title == name })
    #expect(Stamp.same(moved.start, Stamp.from(now: 24 + trial)) || trial == 0)
  }
}

/// Dice that can be thrown again.
struct SeededDice: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
