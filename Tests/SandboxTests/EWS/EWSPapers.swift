import Foundation

/// Requests and replies, kept to be judged by the schemas.
final class EWSPapers: @unchecked Sendable {
  // All state is touched under the lock.
  private let lock = NSLock()
  private var requests: [[UInt8]] = []
  private var replies: [[UInt8]] = []

  func add(request: [UInt8], reply: [UInt8]) {
    lock.withLock {
      requests.append(request)
      replies.append(reply)
    }
  }

  var all: (requests: [[UInt8]], replies: [[UInt8]]) { lock.withLock { (requests, replies) } }

  /// Where the schemas are; nil with a line that says so when they are not there.
  static func schemas(_ test: String = #function) -> URL? {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let place =
      ProcessInfo.processInfo.environment["LOCKSTEP_SCHEMAS"].map { URL(filePath: $0) }
      ?? root.deletingLastPathComponent().appending(path: "shared/ews-schema")
    guard FileManager.default.fileExists(atPath: place.appending(path: "soap-envelope.xsd").path)
    else {
      print("SKIPPED: \(test): no schemas at \(place.path); LOCKSTEP_SCHEMAS names their folder")
      return nil
    }
    return place
  }

  /// What xmllint has against the documents; empty when all are valid.
  static func complaints(_ documents: [[UInt8]], schemas: URL) throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "lockstep-papers-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var complaints = ""
    for start in stride(from: 0, to: documents.count, by: 200) {
      var files: [String] = []
      for (number, document) in documents[start..<min(start + 200, documents.count)].enumerated() {
        let file = folder.appending(path: "\(start + number).xml")
        try Data(document).write(to: file)
        files.append(file.path)
      }
      let schema = schemas.appending(path: "soap-envelope.xsd").path
      let (status, output) = try EWSProgram.run(
        "/usr/bin/xmllint",
        ["--noout", "--nonet", "--schema", schema] + files
      )
      if status != 0 {
        complaints += output.split(separator: "\n").filter { !$0.hasSuffix(" validates") }
          .joined(separator: "\n")
      }
    }
    return complaints
  }
}

/// A program of the machine's, run to its end.
enum EWSProgram {
  static func run(_ path: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  /// `LOCKSTEP_PYTHON`, else the package's virtual environment, else the system's.
  ///
  /// Debian's python3-exchangelib is the system's alone, so that the first that can import wins.
  static func python(importing module: String) -> String? {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let candidates: [String?] = [
      ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"],
      root.appending(path: ".venv/bin/python").path, "/usr/bin/python3",
    ]
    return candidates.compactMap { $0 }.first { python in
      (try? run(python, ["-c", "import \(module)"]))?.status == 0
    }
  }
}
