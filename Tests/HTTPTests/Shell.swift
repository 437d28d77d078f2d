import Foundation
import Glibc

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
    remove()
  }

  func remove() {
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

/// A server in a process of its own that prints its port in its first line.
final class RunningServer: @unchecked Sendable {
  let firstLine: String
  private let process = Process()
  private let output = Pipe()

  init(_ program: String, _ arguments: [String], in folder: String) throws {
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var line: [UInt8] = []
    while true {
      let byte = output.fileHandleForReading.readData(ofLength: 1)
      guard let byte = byte.first else { break }
      if byte == UInt8(ascii: "\n") {
        if line.contains(UInt8(ascii: "0")) || line.contains(where: { (0x31...0x39).contains($0) })
        {
          break
        }
        line = []
      } else {
        line.append(byte)
      }
    }
    firstLine = String(decoding: line, as: UTF8.self)
  }

  /// The number at the end of the line: `43567` or `ACCEPT 127.0.0.1:43567`.
  func port() throws -> Int {
    let digits = firstLine.reversed().prefix { $0.isNumber }.reversed()
    guard let port = Int(String(digits)) else {
      throw ShellFailure(script: "server", complaint: firstLine)
    }
    return port
  }

  /// The child may have inherited a mask that holds SIGTERM back.
  deinit {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
