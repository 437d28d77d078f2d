import TestGround

/// Runs a script and gives what it printed.
func shell(_ script: String, in folder: String? = nil) async throws -> [UInt8] {
  let run = try await Child.finished("/bin/sh", ["-ec", script], folder: folder)
  guard run.status == 0 else { throw ShellFailure(script: script, complaint: run.errors) }
  return run.bytes
}

struct ShellFailure: Error {
  let script: String
  let complaint: String
}

/// A server in a process of its own that prints its port, on a line alone or behind an address.
struct RunningServer: Sendable {
  let port: Int
  private let child: Child

  init(_ program: String, _ arguments: [String], in folder: String) async throws {
    let papers = try TemporaryFolder()
    child = try Child(program, arguments, folder: folder, errors: papers("errors"))
    while let line = await child.line() {
      let digits = line.reversed().prefix { $0.isNumber }
      if let port = Int(String(digits.reversed())) {
        self.port = port
        return
      }
    }
    throw ShellFailure(
      script: ([program] + arguments).joined(separator: " "),
      complaint: String(decoding: try papers.bytes("errors"), as: UTF8.self)
    )
  }
}

/// The error that `work` ends with, if any.
func failure<Value>(_ work: () async throws -> Value) async -> (any Error)? {
  do {
    _ = try await work()
    return nil
  } catch {
    return error
  }
}
