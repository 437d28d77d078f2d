import Simulator
import Testing

/// `promises.md`, Invariants and Trials: the simulator in the build that is tested; the full count
/// is run with the program that people run (`TrialTests`).
@Suite struct SelftestTests {
  @Test func `histories keep every promise`() throws {
    let report = try Selftest(histories: 40, seed: 1).run()
    #expect(report.failure == nil, "\(report.failure?.violations.description ?? "")")
    #expect(report.histories == 40)
    #expect(report.tally.edits > 30 * 25)
    #expect(report.tally.crashes > 0)
  }

  @Test func `a run that is killed at any of its effects loses nothing`() throws {
    var selftest = Selftest(histories: 0, seed: 1)
    selftest.exhaustive = 1
    let report = try selftest.run()
    #expect(report.failure == nil, "\(report.failure?.violations.description ?? "")")
    #expect(report.histories > 40)
  }

  @Test func `one seed makes the same history, byte for byte`() throws {
    let first = try Selftest(histories: 6, seed: 77).run()
    var second = Selftest(histories: 6, seed: 77)
    second.lanes = 1
    #expect(try second.run().digest == first.digest)
    #expect(try Selftest(histories: 6, seed: 78).run().digest != first.digest)
  }

  @Test(arguments: Simulator.Bug.allCases)
  func `a bug on purpose breaks its promise within a thousand histories`(bug: Simulator.Bug) throws
  {
    var selftest = Selftest(histories: 1_000, seed: 1)
    selftest.bug = bug
    let failure = try #require(try selftest.run().failure)
    #expect(failure.violations.contains { $0.promise == bug.promise })
    #expect(failure.edits <= 8)
    // By the number that it names.
    var again = Selftest(histories: 1, seed: failure.seed)
    again.bug = bug
    #expect(try again.run().failure?.story == failure.story)
  }
}
