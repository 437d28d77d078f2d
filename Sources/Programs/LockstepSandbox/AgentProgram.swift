import Foundation
import World
import ZoneData

/// The `lockstep` that lies beside this program.
struct AgentProgram: Sendable {
  /// Where the sandbox's person lives.
  static let zone = WindowsZones.iana(forWindows: Seeding.zone) ?? "UTC"

  private let path: String

  static func besideThisOne() throws -> AgentProgram {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let path = URL(filePath: own).deletingLastPathComponent().appending(path: "lockstep").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw EditProblem("There is no lockstep at \(path). Build it: swift build --product lockstep")
    }
    return AgentProgram(path: path)
  }

  /// Runs it with this program's own output; what fails ends the tour.
  func run(_ arguments: [String]) async throws {
    fflush(nil)
    let process = process(arguments)
    let status = try await finished(process)
    // 2 and 3 are results (some items failed, something is held), not failures.
    guard [0, 2, 3].contains(status) else {
      throw EditProblem("lockstep ended with \(status).")
    }
  }

  /// What it prints.
  func output(of arguments: [String]) async throws -> String {
    // Into a file: Foundation's reading of a pipe crashes this program when a signal interrupts it.
    let file = FileManager.default.temporaryDirectory
      .appending(path: "lockstep-\(UUID().uuidString).out")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }  // clean-up
    let process = process(arguments)
    process.standardOutput = try FileHandle(forWritingTo: file)
    let status = try await finished(process)
    guard status == 0 else { throw EditProblem("lockstep ended with \(status).") }
    return try String(contentsOf: file, encoding: .utf8)
  }

  private func process(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    // It shows times in the zone of the machine; in the tour that is the person's own desk.
    process.environment = ProcessInfo.processInfo.environment
      .merging(["TZ": AgentProgram.zone]) { _, desk in desk }
    return process
  }

  private func finished(_ process: Process) async throws -> Int32 {
    try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
  }
}
