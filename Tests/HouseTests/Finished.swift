import Foundation

/// A program that ran to its end.
struct Finished {
  let status: Int32
  let output: String
  let errors: String

  /// Runs a program found on the PATH or by its path; nil where there is none.
  static func run(
    _ program: String,
    _ arguments: [String],
    environment: [String: String] = [:]
  ) throws -> Finished? {
    guard let path = located(program) else { return nil }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .merging(environment) { $1 }
    let output = Pipe()
    let errors = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).err")
    try Data().write(to: errors)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Finished(
      status: process.terminationStatus,
      output: String(decoding: bytes, as: UTF8.self),
      errors: try String(contentsOf: errors, encoding: .utf8)
    )
  }

  /// Programs of this package lie beside the test bundle.
  static func built(_ name: String) -> String? {
    let bundle = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let path = bundle.deletingLastPathComponent().appending(path: name).path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }

  private static func located(_ program: String) -> String? {
    if program.hasPrefix("/") { return program }
    return (ProcessInfo.processInfo.environment["PATH"] ?? "")
      .split(separator: ":")
      .map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
