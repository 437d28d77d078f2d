import Foundation
import Glibc

/// Many garbled inputs for one reader, each within its measure of work.
///
/// `LOCKSTEP_FUZZ` says how many, `LOCKSTEP_FUZZ_SEED` tries one alone. Where a case ends the whole
/// process, a file in the temporary folder still names reader and seed.
package struct Fuzz {
  /// A case that took more of the processor than any input of its size may.
  package struct TooSlow: Error, CustomStringConvertible {
    let reader: String
    let seed: UInt64
    let spent: Duration

    package var description: String {
      "\(reader) took \(spent) for the case of LOCKSTEP_FUZZ_SEED=\(seed)"
    }
  }

  private let reader: String
  private let fragments: [String]
  private let corpus: [[UInt8]]
  private let cases: Int
  private static let longest = Duration.seconds(2)

  package init(_ reader: String, _ fragments: [String], corpus: [[UInt8]], cases: Int = 2_000) {
    self.reader = reader
    self.fragments = fragments
    self.corpus = corpus
    self.cases = Self.number("LOCKSTEP_FUZZ").map(Int.init) ?? cases
  }

  package init(_ reader: String, _ fragments: [String], corpus: [String], cases: Int = 2_000) {
    self.init(reader, fragments, corpus: corpus.map { Array($0.utf8) }, cases: cases)
  }

  /// Hands each case to the reader with its seed, and the dice to cut it up by.
  ///
  /// Throws what the reader throws: a reader that refuses a case in its own words catches that.
  package func run(_ read: ([UInt8], inout Garbler, UInt64) throws -> Void) throws {
    let note = FileManager.default.temporaryDirectory.appending(path: "lockstep-fuzz-\(reader)")
      .path
    let file = open(note, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer {
      close(file)
      unlink(note)
    }
    let alone = Self.number("LOCKSTEP_FUZZ_SEED")
    for seed in alone.map({ $0...$0 }) ?? 1...UInt64(max(1, cases)) {
      var line = Array("\(reader) \(seed)\n".utf8)
      _ = pwrite(file, &line, line.count, 0)
      var garbler = Garbler(seed: seed, fragments: fragments)
      let bytes = garbler.garbled(garbler.one(of: corpus))
      let begun = Self.processorTime
      try read(bytes, &garbler, seed)
      let spent = Self.processorTime - begun
      if spent > Self.longest { throw TooSlow(reader: reader, seed: seed, spent: spent) }
    }
  }

  /// What this thread had of the processor, so that a busy machine makes nothing slow.
  private static var processorTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }
}
