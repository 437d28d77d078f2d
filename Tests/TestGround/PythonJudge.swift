import Foundation

/// Python as the second opinion.
package enum PythonJudge {
  /// What a script prints for bytes on its input; nil, said aloud, where no Python here can import
  /// what it needs.
  package static func answer(
    to script: String,
    _ arguments: [String] = [],
    input: [UInt8] = [],
    importing modules: String,
    environment: [String: String] = [:]
  ) async throws -> String? {
    guard let python = try await interpreter(importing: modules) else { return nil }
    let judge = try await Child.finished(
      python,
      ["-c", script] + arguments,
      environment: environment,
      input: input
    )
    guard judge.status == 0 else { throw NoAnswer(status: judge.status, complaint: judge.errors) }
    return judge.output
  }

  /// `LOCKSTEP_PYTHON`, else the package's virtual environment, else what the system has: the first
  /// that can import the modules, for some come with the system's alone.
  package static func interpreter(importing modules: String) async throws -> String? {
    let candidates = [
      ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"],
      packageRoot.appending(path: ".venv/bin/python").path,
      Programs.found("python3"),
    ]
    for python in candidates.compactMap({ $0 }) where Programs.isProgram(python) {
      let probe = try await Child.finished(python, ["-c", "import \(modules)"])
      if probe.status == 0 { return python }
    }
    print("SKIPPED: no Python here can import \(modules); LOCKSTEP_PYTHON names one that can")
    return nil
  }

  struct NoAnswer: Error {
    let status: Int32
    let complaint: String
  }
}
