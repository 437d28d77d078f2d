import Dispatch
import Foundation

/// One HTTP exchange over a plain socket, byte by byte as it comes, until the server closes.
struct RawConnection {
  let port: Int

  /// Everything that arrives; an empty array when the server hangs up without a word.
  func exchange(_ request: String) async throws -> [UInt8] {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try blocking(request) })
      }
    }
  }

  private func blocking(_ request: String) throws -> [UInt8] {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(handle) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw POSIXError(.ECONNREFUSED) }
    let bytes = Array(request.utf8)
    guard send(handle, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw POSIXError(.EIO)
    }
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(handle, &buffer, buffer.count, 0)
      guard count > 0 else { return received }
      received += buffer[0..<count]
    }
  }
}

/// A program run to its end: its exit code and what it printed.
struct ProgramRun {
  let status: Int32
  let output: String

  static func finished(_ path: String, _ arguments: [String]) async throws -> ProgramRun {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let reader = pipe.fileHandleForReading
    let output = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(returning: reader.readDataToEndOfFile())
      }
    }
    process.waitUntilExit()
    return ProgramRun(
      status: process.terminationStatus,
      output: String(decoding: output, as: UTF8.self)
    )
  }
}
