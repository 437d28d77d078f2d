import Foundation

/// A program that ran to its end.
struct Finished {
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

  /// Programs of this package lie beside the test bundle; LOCKSTEP_RELEASE names the release build
  /// of `lockstep`, which is then the one that is judged.
  static func built(_ name: String) throws -> Program {
    let release = ProcessInfo.processInfo.environment["LOCKSTEP_RELEASE"]
    if name == "lockstep", let release, !release.isEmpty { return Program(path: release) }
    let bundle = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return Program(path: bundle.deletingLastPathComponent().appending(path: name).path)
  }

  /// A program on the PATH; nil where there is none.
  static func found(_ name: String) -> Program? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
      .map { Program(path: $0) }
  }

  /// Starts the program; `output` and `errors` are files that it writes to.
  func start(_ arguments: [String], output: URL, errors: URL) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    return process
  }

  func run(_ arguments: [String]) async throws -> Finished {
    let folder = FileManager.default.temporaryDirectory
    let name = UUID().uuidString
    let output = folder.appending(path: "\(name).out")
    let errors = folder.appending(path: "\(name).err")
    defer {
      try? FileManager.default.removeItem(at: output)
      try? FileManager.default.removeItem(at: errors)
    }
    let process = try start(arguments, output: output, errors: errors)
    await process.ended()
    return Finished(
      status: process.terminationReason == .exit
        ? process.terminationStatus : -process.terminationStatus,
      output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8)
    )
  }
}

extension Process {
  /// Ends it for certain.
  ///
  /// A child that was started from a queue's thread inherits its mask, in which SIGTERM is blocked;
  /// only programs that look for signals themselves ever see it.
  func end() {
    if isRunning { kill(processIdentifier, SIGKILL) }
  }

  /// Waits without blocking a thread that others need.
  func ended() async {
    await withCheckedContinuation { (waiting: CheckedContinuation<Void, Never>) in
      DispatchQueue.global().async {
        self.waitUntilExit()
        waiting.resume()
      }
    }
  }
}

/// Waits until something holds; looks every 20 ms, for at most `limit`.
func eventually(
  within limit: Duration = .seconds(60),
  _ holds: () throws -> Bool
) async throws -> Bool {
  let end = ContinuousClock.now + limit
  while ContinuousClock.now < end {
    if try holds() { return true }
    try await Task.sleep(for: .milliseconds(20))
  }
  return false
}
