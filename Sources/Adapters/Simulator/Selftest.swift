internal import Foundation
import Cryptography
import Platform
import Store

/// Runs many histories and says what they showed.
package struct Selftest: Sendable {
  package let histories: Int
  package let seed: UInt64
  package var bug: Bug?
  /// As many at once as there are processors.
  package var lanes = max(1, ProcessInfo.processInfo.activeProcessorCount)

  package init(histories: Int, seed: UInt64) {
    self.histories = histories
    self.seed = seed
  }

  /// The history `seed + index` fails where any promise is broken in it; the first one ends it all.
  package func run(progress: @escaping @Sendable (Int) -> Void = { _ in }) throws -> SelftestReport {
    let ground = Ground()
    let empty = try SQLiteCache.inMemory()
    let state = Locked(SelftestState(histories: histories))
    let began = Date()
    let threads = DispatchGroup()
    for _ in 0..<lanes {
      threads.enter()
      let thread = Thread {
        while let index = state.withLock({ $0.take() }) {
          do {
            let script = Script(seed: seed &+ UInt64(index))
            let history = try History(script, on: ground, empty: empty, bug: bug)
            let result = try history.run()
            let done = state.withLock { $0.add(result, index) }
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
      digest: SHA256.digest(end.digests.flatMap(\.self)),
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

  mutating func add(_ result: HistoryResult, _ index: Int) -> Int {
    done += 1
    tally.add(result.tally)
    digests[index] = SHA256.digest(Array(result.trace.joined(separator: "\n").utf8))
    if result.isBroken, index < brokenIndex { (broken, brokenIndex) = (result, index) }
    return done
  }

  mutating func fail(_ error: any Error) { failure = error }
}

/// A history in which a promise was broken, made as short as it goes.
package struct SelftestFailure: Sendable {
  package let seed: UInt64
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
  /// SHA-256 over all that happened: the same for the same seed, anywhere.
  package let digest: [UInt8]
  package let seconds: Double

  package func count(_ promise: String) -> Int {
    failure?.violations.count { $0.promise == promise } ?? 0
  }
}
