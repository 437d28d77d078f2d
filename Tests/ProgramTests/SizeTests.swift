import Foundation
import Testing

/// 10,000 items on each side, left by another integration: memory, time and requests.
///
/// Needs the release build, for that is what the promises are about.
@Suite(.serialized, .timeLimit(.minutes(15))) struct SizeTests {
  static let isRelease = ProcessInfo.processInfo.environment["LOCKSTEP_RELEASE"] != nil

  @Test func `the first sync of 10,000 items proposes pairs within 64 MB`() async throws {
    guard Self.isRelease else {
      print("SKIPPED: LOCKSTEP_RELEASE names no release build, its size was not measured")
      return
    }
    let options = ["--items", "10000", "--fill-like-vendor"]
    try await Sandbox.serving(options, allKinds: true) { sandbox in
      let (attempt, seconds, megabytes) = try await measured(sandbox)
      print("10,000 items: \(megabytes) MB at most, \(seconds) s, \(attempt.requests) requests")
      #expect(megabytes < 64)
      #expect(attempt.exchange.requests <= 240, "\(attempt.exchange.requests)")
      // What to-dos and service calls are asked for is among them.
      #expect(attempt.psa.requests <= 65, "\(attempt.psa.requests)")
    }
  }

  @Test func `and with 50 ms added to every reply it takes at most 90 s`() async throws {
    guard Self.isRelease else {
      print("SKIPPED: LOCKSTEP_RELEASE names no release build, its speed was not measured")
      return
    }
    let options = ["--items", "10000", "--fill-like-vendor", "--latency", "50"]
    try await Sandbox.serving(options, allKinds: true) { sandbox in
      let (attempt, seconds, _) = try await measured(sandbox)
      print("10,000 items with 50 ms: \(seconds) s, \(attempt.requests) requests")
      #expect(seconds <= 90)
    }
  }

  /// The first sync with its time and its peak of resident memory.
  private func measured(_ sandbox: Sandbox) async throws -> (AttemptLine, Int, Int) {
    let script = """
      import resource, subprocess, sys, time
      begun = time.monotonic()
      result = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE)
      spent = time.monotonic() - begun
      peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
      sys.stderr.write(f'\\nMEASURED {round(spent)} {peak // 1024}\\n')
      sys.stdout.buffer.write(result.stdout)
      sys.exit(result.returncode)
      """
    let agent = try sandbox.agent
    var python = try #require(Program.found("python3"))
    python.environment = agent.environment
    let run = try await python.run(
      ["-c", script, agent.path, "--config", sandbox.ready.config, "sync", "--json"]
    )
    let attempt: AttemptLine = try run.json()
    let figures = try #require(run.errors.firstMatch(of: /MEASURED (\d+) (\d+)/))
    #expect(attempt.writes == 0)
    #expect(!attempt.holds.isEmpty)
    let before = try await sandbox.dump()
    #expect(before.exchange.count == 10_000 && before.psa.count == 10_000)
    return (attempt, Int(figures.1) ?? .max, Int(figures.2) ?? .max)
  }
}

extension AttemptLine {
  var requests: Int { exchange.requests + psa.requests }
}
