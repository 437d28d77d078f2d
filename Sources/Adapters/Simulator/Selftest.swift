import Cryptography
internal import Foundation
import Platform
import Store

/// Runs many histories and says what they showed.
package struct Selftest: Sendable {
  package let histories: Int
  package let seed: UInt64
  /// So many short histories besides, each of them once for every effect that its last run can be
  /// killed before or after.
  package var exhaustive = 0
  package var bug: Bug?
  /// As many at once as there are processors.
  package var lanes = max(1, ProcessInfo.processInfo.activeProcessorCount)

  package init(histories: Int, seed: UInt64) {
    self.histories = histories
    self.seed = seed
  }

  /// The history itself; a short one again for every place where its last run can be killed.
  private func told(
    _ script: Script,
    isShort: Bool,
    _ ground: Ground,
    _ empty: SQLiteCache
  ) throws -> [HistoryResult] {
    func run(_ crash: RunTroubles.Crash?) throws -> HistoryResult {
      var script = script
      script.crash = crash
      return try History(script, on: ground, empty: empty, bug: bug).run()
    }
    guard isShort else { return [try run(nil)] }
    // No run has so many effects: this one is whole.
    var results = [try run(RunTroubles.Crash(effect: .max, isAfter: false))]
    for effect in 1...max(1, results[0].killedEffects) {
      for isAfter in [false, true] {
        results.append(try run(RunTroubles.Crash(effect: effect, isAfter: isAfter)))
        if results.last?.isBroken == true { return results }
      }
    }
    return results
  }

  /// The history `seed + index` fails where any promise is broken in it; the first one ends it all.
  package func run(progress: @escaping @Sendable (Int) -> Void = { _ in }) throws -> SelftestReport
  {
    let ground = Ground()
    let empty = try SQLiteCache.inMemory()
    let state = Locked(SelftestState(histories: histories + exhaustive))
    let began = Date()
    let threads = DispatchGroup()
    for _ in 0..<lanes {
      threads.enter()
      let thread = Thread {
        while let index = state.withLock({ $0.take() }) {
          do {
            let isShort = index >= histories
            let number = seed &+ UInt64(isShort ? index - histories : index)
            let script = isShort ? Script.short(seed: number) : Script(seed: number)
            let results = try told(script, isShort: isShort, ground, empty)
            let done = state.withLock { $0.add(results, index) }
            progress(done)
          } catch {
            state.withLock { $0.fail(error) }
          }
        }
        threads.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    threads.wait()
    let end = state.withLock { $0 }
    if let failure = end.failure { throw failure }
    var failed: SelftestFailure?
    if let result = end.broken {
      let shrunk = try Shrinking(ground: ground, empty: empty, bug: bug).shrunk(result)
      failed = SelftestFailure(
        seed: result.seed,
        isShort: result.script.crash != nil,
        violations: result.violations,
        story: shrunk.trace,
        edits: shrunk.script.edits
      )
    }
    return SelftestReport(
      histories: end.done,
      seed: seed,
      tally: end.tally,
      failure: failed,
      digest: SHA256.digest(end.digests.prefix(upTo: end.digestEnd).flatMap(\.self)),
      seconds: Date().timeIntervalSince(began)
    )
  }
}

/// What the lanes share.
private struct SelftestState {
  let histories: Int
  var next = 0
  var done = 0
  var tally = Tally()
  /// Of several that broke a promise the first by number.
  var broken: HistoryResult?
  var brokenIndex = Int.max
  var failure: (any Error)?
  /// Of each history's trace, by its number.
  var digests: [[UInt8]]

  init(histories: Int) {
    self.histories = histories
    digests = Array(repeating: [], count: histories)
  }

  mutating func take() -> Int? {
    guard next < histories, broken == nil, failure == nil else { return nil }
    next += 1
    return next - 1
  }

  mutating func add(_ results: [HistoryResult], _ index: Int) -> Int {
    done += results.count
    var digests: [UInt8] = []
    for result in results {
      tally.add(result.tally)
      digests += SHA256.digest(Array(result.trace.joined(separator: "\n").utf8))
      if result.isBroken, index < brokenIndex { (broken, brokenIndex) = (result, index) }
    }
    self.digests[index] = digests
    return done
  }

  /// Other lanes may have got further than the history that ended it all.
  var digestEnd: Int { min(brokenIndex, digests.count - 1) + 1 }

  mutating func fail(_ error: any Error) { failure = error }
}

/// A history in which a promise was broken, made as short as it goes.
package struct SelftestFailure: Sendable {
  package let seed: UInt64
  /// One of the short ones, killed at some effect.
  package let isShort: Bool
  package let violations: [Violation]
  /// What happened, a line for each event.
  package let story: [String]
  package let edits: Int
}

/// What many histories showed.
package struct SelftestReport: Sendable {
  package let histories: Int
  package let seed: UInt64
  package let tally: Tally
  package let failure: SelftestFailure?
  /// SHA-256 over all that happened, up to the history that broke a promise: the same for the same
  /// seed, anywhere.
  package let digest: [UInt8]
  package let seconds: Double

  package func count(_ promise: String) -> Int {
    failure?.violations.count { $0.promise == promise } ?? 0
  }
}
