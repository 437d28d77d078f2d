import Console
import Glibc
import UnixSignals

/// SIGINT and SIGTERM while a command works on both sides: the first one asks, the second one ends.
enum Interruption {
  /// Runs `work`; once it is asked to stop it is cancelled, and what it then throws is a
  /// `CancellationError`.
  static func heeded<Result: Sendable>(
    _ work: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let task = Task {
      do {
        return try await work()
      } catch  where Task.isCancelled {
        throw CancellationError()
      }
    }
    let watch = Task {
      var isAsked = false
      for await _ in signals {
        // What was not settled is looked up by the next run, as after a crash.
        if isAsked { _exit(Ending.tryLater.rawValue) }
        isAsked = true
        Terminal.say("Asked to stop: the work ends at its next safe point (once more: at once).")
        task.cancel()
      }
    }
    defer { watch.cancel() }
    return try await task.value
  }
}
