import Foundation

/// Runs a program and gives what it printed.
func shell(_ script: String, in folder: String = "/tmp") throws -> [UInt8] {
  let process = Process()
  process.executableURL = URL(filePath: "/bin/sh")
  process.arguments = ["-ec", script]
  process.currentDirectoryURL = URL(filePath: folder)
  let (output, errors) = (Pipe(), Pipe())
  process.standardOutput = output
  process.standardError = errors
  process.standardInput = FileHandle.nullDevice
  try process.run()
  // what goes to stderr in these scripts is shorter than a pipe holds
  let printed = try output.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
    throw ShellFailure(script: script, complaint: String(decoding: complaint, as: UTF8.self))
  }
  return [UInt8](printed)
}

struct ShellFailure: Error {
  let script: String
  let complaint: String
}

/// A folder that goes when its owner does.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// The error that `work` ends with, as text for the tables of the tests.
func failure<Value>(
  _ work: () async throws -> Value
) async -> (any Error)? {
  do {
    _ = try await work()
    return nil
  } catch {
    return error
  }
}
