import Foundation

/// Python, asked what it thinks of the same question.
enum PythonJudge {
  struct Failed: Error { let status: Int32 }

  /// `LOCKSTEP_PYTHON`, else the package's virtual environment, else the system's.
  static var interpreter: String {
    if let chosen = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"] { return chosen }
    let own = packageRoot.appendingPathComponent(".venv/bin/python").path
    return FileManager.default.isExecutableFile(atPath: own) ? own : "/usr/bin/python3"
  }

  static var packageRoot: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }

  /// What the script prints, with Python's zoneinfo over the system's tz database.
  static func answer(to script: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: interpreter)
    process.arguments = ["-c", script] + arguments
    var environment = ProcessInfo.processInfo.environment
    environment["PYTHONTZPATH"] = environment["ZONEINFO_DIR"] ?? "/usr/share/zoneinfo"
    process.environment = environment
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
