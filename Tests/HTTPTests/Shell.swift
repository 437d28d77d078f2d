import Foundation
import Glibc

/// A child that inherits nothing but its three streams.
///
/// Foundation's `Process` lets descriptors that other threads open meanwhile slip into the child,
/// which then holds a stranger's socket or pipe open; these tests start many at a time.
final class Child: Sendable {
  /// What it prints.
  let output: Int32
  let errors: Int32
  private let pid: pid_t

  init(_ arguments: [String], in folder: String) throws {
    let (output, errors) = (try Self.pipe(), try Self.pipe())
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.write, 1)
    posix_spawn_file_actions_adddup2(&actions, errors.write, 2)
    try Self.addCloseFrom(&actions, 3)
    try Self.addFolder(&actions, folder)
    // threads of the test may hold signals back, a child should not
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, arguments[0], &actions, &attributes, &words, environ)
    close(output.write)
    close(errors.write)
    (self.output, self.errors, pid) = (output.read, errors.read, child)
    guard code == 0 else { throw ShellFailure(script: arguments[0], complaint: "error \(code)") }
  }

  deinit {
    close(output)
    close(errors)
  }

  func stop() {
    kill(pid, SIGTERM)
    _ = status()
  }

  func status() -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return status
  }

  static func rest(of descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &piece, piece.count)
      guard count > 0 else { return bytes }
      bytes += piece.prefix(count)
    }
  }

  // Two of glibc's functions that its Swift overlay hides.

  private static func addCloseFrom(
    _ actions: inout posix_spawn_file_actions_t,
    _ first: Int32
  ) throws {
    typealias Function =
      @convention(c) (
        UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32
      ) -> Int32
    let found = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np")
    guard let found else { throw POSIXError(.ENOSYS) }
    _ = unsafeBitCast(found, to: Function.self)(&actions, first)
  }

  private static func addFolder(
    _ actions: inout posix_spawn_file_actions_t,
    _ folder: String
  ) throws {
    typealias Function =
      @convention(c) (
        UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>
      ) -> Int32
    let found = dlsym(nil, "posix_spawn_file_actions_addchdir_np")
    guard let found else { throw POSIXError(.ENOSYS) }
    _ = unsafeBitCast(found, to: Function.self)(&actions, folder)
  }

  private static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
    return (ends[0], ends[1])
  }
}

/// Runs a script and gives what it printed.
func shell(_ script: String, in folder: String = "/tmp") throws -> [UInt8] {
  let child = try Child(["/bin/sh", "-ec", script], in: folder)
  // what goes to stderr in these scripts is shorter than a pipe holds
  let printed = Child.rest(of: child.output)
  let complaint = String(decoding: Child.rest(of: child.errors), as: UTF8.self)
  guard child.status() == 0 else { throw ShellFailure(script: script, complaint: complaint) }
  return printed
}

struct ShellFailure: Error {
  let script: String
  let complaint: String
}

/// A server in a process of its own that prints its port, on a line alone or behind an address.
final class RunningServer: Sendable {
  let port: Int
  private let child: Child

  init(_ arguments: [String], in folder: String) throws {
    child = try Child(arguments, in: folder)
    var printed: [UInt8] = []
    var found: Int?
    var byte: UInt8 = 0
    while found == nil, read(child.output, &byte, 1) == 1 {
      printed.append(byte)
      guard byte == UInt8(ascii: "\n") else { continue }
      let digits = printed.dropLast().reversed().prefix { (0x30...0x39).contains($0) }
      found = Int(String(decoding: digits.reversed(), as: UTF8.self))
    }
    guard let found else {
      child.stop()
      let complaint = String(decoding: Child.rest(of: child.errors), as: UTF8.self)
      throw ShellFailure(script: arguments.joined(separator: " "), complaint: complaint)
    }
    port = found
  }

  deinit {
    child.stop()
  }
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

/// The error that `work` ends with, if any.
func failure<Value>(_ work: () async throws -> Value) async -> (any Error)? {
  do {
    _ = try await work()
    return nil
  } catch {
    return error
  }
}
