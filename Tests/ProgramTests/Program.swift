import Foundation
import TestGround

/// A program that ran to its end.
struct Finished {
  /// The exit code, or less than 0 the signal that ended it.
  let status: Int32
  let output: String
  let errors: String

  /// The output as JSON, decoded.
  func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(output.utf8))
  }
}

/// A program of this package, or another one, as it is started.
struct Program: Sendable {
  let path: String
  var environment: [String: String] = [:]

  /// Programs of this package lie beside the tests.
  static func built(_ name: String) throws -> Program {
    guard let path = Programs.built(name) else { throw NotBuilt(name: name) }
    return Program(path: path)
  }

  /// A program on the PATH; nil where there is none.
  static func found(_ name: String) -> Program? {
    Programs.found(name).map { Program(path: $0) }
  }

  /// Starts the program; `output` and `errors` are files that it writes to.
  func start(_ arguments: [String], output: URL, errors: URL) throws -> RunningProgram {
    RunningProgram(
      child: try Child(
        path,
        arguments,
        environment: environment,
        output: output.path,
        errors: errors.path
      )
    )
  }

  func run(_ arguments: [String]) async throws -> Finished {
    let run = try await Child.finished(path, arguments, environment: environment)
    return Finished(status: run.status, output: run.output, errors: run.errors)
  }

  struct NotBuilt: Error { let name: String }
}

/// A program at work; it ends with the last that knows of it.
struct RunningProgram: Sendable {
  fileprivate let child: Child

  var isRunning: Bool { child.isRunning }
  var processIdentifier: Int32 { child.processIdentifier }

  /// Asks it to end.
  func terminate() { child.terminate() }

  /// Ends it for certain.
  func end() { child.end() }

  /// Waits without blocking a thread that others need.
  func ended() async { await child.ended() }

  // How it ended, in the words of Foundation's `Process`.

  var terminationReason: Process.TerminationReason {
    (child.status ?? 0) < 0 ? .uncaughtSignal : .exit
  }
  var terminationStatus: Int32 { abs(child.status ?? 0) }
}

/// Waits until something holds; looks every 20 ms, for at most `limit`.
func eventually(
  within limit: Duration = .seconds(60),
  _ holds: () async throws -> Bool
) async throws -> Bool {
  let end = ContinuousClock.now + limit
  while ContinuousClock.now < end {
    if try await holds() { return true }
    try await Task.sleep(for: .milliseconds(20))
  }
  return false
}
