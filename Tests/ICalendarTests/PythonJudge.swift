import Foundation

/// Python with its iCalendar libraries, asked what it reads.
enum PythonJudge {
  struct Failed: Error { let status: Int32 }

  /// What the script prints for bytes on its input; nil, with a word about it, where no Python
  /// here has the modules.
  static func answer(
    to script: String,
    _ input: [UInt8],
    modules: String,
    _ arguments: [String] = []
  ) throws -> String? {
    for interpreter in interpreters {
      if try run(interpreter, ["-c", "import \(modules)"], []).status != 0 { continue }
      let answer = try run(interpreter, ["-c", script] + arguments, input)
      guard answer.status == 0 else { throw Failed(status: answer.status) }
      return answer.output
    }
    print("SKIPPED: no Python here has the modules \(modules)")
    return nil
  }

  /// `LOCKSTEP_PYTHON`, else the package's virtual environment, else what the system has.
  private static var interpreters: [String] {
    let environment = ProcessInfo.processInfo.environment
    if let chosen = environment["LOCKSTEP_PYTHON"] { return [chosen, "/usr/bin/python3"] }
    let own = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(".venv/bin/python").path
    return [own, "/usr/bin/python3"].filter(FileManager.default.isExecutableFile)
  }

  private static func run(
    _ interpreter: String,
    _ arguments: [String],
    _ input: [UInt8]
  ) throws -> (status: Int32, output: String) {
    let folder = FileManager.default.temporaryDirectory
    let file = folder.appendingPathComponent("lockstep-judge-\(UUID().uuidString)")
    try Data(input).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: interpreter)
    process.arguments = arguments
    process.standardInput = try FileHandle(forReadingFrom: file)
    let output = Pipe()
    process.standardOutput = output
    if input.isEmpty { process.standardError = FileHandle.nullDevice }
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }
}
