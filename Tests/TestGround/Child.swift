import Foundation
import Glibc

/// A program in a process of its own that inherits nothing but its three streams.
///
/// Foundation's `Process` lets descriptors that other threads open meanwhile slip into the child,
/// which then holds a stranger's socket or pipe open, and its reading ends the whole test run when a
/// signal comes. A child that is not waited for ends with its last reference.
package final class Child: Sendable {
  package let processIdentifier: Int32
  /// What it prints, unless that goes to a file.
  private let printed: Descriptor?
  /// As it ended, once that is known: the number then belongs to nobody, or to a stranger.
  private let outcome = Locked<Int32?>(nil)

  /// Starts a program, named by its path or as it is found on the PATH.
  ///
  /// - Parameters:
  ///   - environment: what differs from this process's own
  ///   - input: the file that it reads
  ///   - output: the file that it writes to; nil for a pipe, from which `line` reads
  ///   - errors: the file that its complaints go to
  package init(
    _ program: String,
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    folder: String? = nil,
    input: String = "/dev/null",
    output: String? = nil,
    errors: String = "/dev/null"
  ) throws {
    var actions = try FileActions()
    actions.open(input, as: 0, O_RDONLY)
    var writing: Descriptor?
    if let output {
      printed = nil
      actions.open(output, as: 1, O_WRONLY | O_CREAT | O_TRUNC)
    } else {
      let pipe = try Self.pipe()
      (printed, writing) = (pipe.reading, pipe.writing)
      actions.duplicate(pipe.writing.number, as: 1)
    }
    actions.open(errors, as: 2, O_WRONLY | O_CREAT | O_TRUNC)
    try actions.closeAll(from: 3)
    if let folder { try actions.enter(folder) }
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    processIdentifier = try actions.spawn(
      [program] + arguments,
      variables.map { "\($0)=\($1)" }
    )
    writing?.close()
  }

  deinit {
    guard isRunning else { return }
    end()
    _ = waited()
  }

  package var isRunning: Bool { status == nil }

  /// The exit code, or less than 0 the signal that ended it; nil while it runs.
  package var status: Int32? {
    outcome.withLock { outcome in
      var status: Int32 = 0
      if outcome != nil { return outcome }
      let found = uninterrupted { waitpid(processIdentifier, &status, WNOHANG) }
      if found == 0 { return nil }
      precondition(found > 0, "somebody else waited for process \(processIdentifier)")
      let signal = status & 0x7F
      outcome = signal == 0 ? (status >> 8) & 0xFF : -signal
      return outcome
    }
  }

  /// The next line that it prints; nil when it prints no more.
  package func line() async -> String? {
    await orElseEnding {
      var line: [UInt8] = []
      while let byte = self.printed?.read(atMost: 1).first {
        if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
        line.append(byte)
      }
      return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
  }

  /// Waits until it has ended, and gives its status.
  @discardableResult package func ended() async -> Int32 { await orElseEnding { self.waited() } }

  /// Asks it to end.
  package func terminate() { send(SIGTERM) }

  /// Ends it for certain.
  package func end() { send(SIGKILL) }

  /// Stops it where it is, as a machine does that goes to sleep; whether it was still at work.
  @discardableResult package func pause() -> Bool {
    send(SIGSTOP)
    return isRunning
  }

  /// Lets it go on after a pause.
  package func goOn() { send(SIGCONT) }

  private func send(_ signal: Int32) {
    outcome.withLock { if $0 == nil { kill(processIdentifier, signal) } }
  }

  /// A test that runs out of time while it waits takes its child along.
  private func orElseEnding<Value: Sendable>(
    _ wait: @escaping @Sendable () -> Value
  ) async -> Value {
    await withTaskCancellationHandler {
      await onThreadOfItsOwn(wait)
    } onCancel: {
      end()
    }
  }

  private func waited() -> Int32 {
    while true {
      if let status { return status }
      // Leaves the child for `status`, so that no signal goes to a number that is free already.
      var ending = siginfo_t()
      _ = waitid(P_PID, id_t(processIdentifier), &ending, WEXITED | WNOWAIT)
    }
  }

  private static func pipe() throws -> (reading: Descriptor, writing: Descriptor) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw SystemFailure(errno) }
    return (try Descriptor(ends[0]), try Descriptor(ends[1]))
  }
}

/// What a program did from beginning to end.
package struct Finished: Sendable {
  /// As in `Child.status`.
  package let status: Int32
  /// What it printed.
  package let bytes: [UInt8]
  package let errors: String

  package var output: String { String(decoding: bytes, as: UTF8.self) }
}

extension Child {
  /// Runs a program to its end; it reads `input`.
  package static func finished(
    _ program: String,
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    folder: String? = nil,
    input: [UInt8] = []
  ) async throws -> Finished {
    let papers = try TemporaryFolder()
    let child = try Child(
      program,
      arguments,
      environment: environment,
      folder: folder,
      input: papers.write("input", input),
      output: papers("output"),
      errors: papers("errors")
    )
    let status = await child.ended()
    return Finished(
      status: status,
      bytes: try papers.bytes("output"),
      errors: String(decoding: try papers.bytes("errors"), as: UTF8.self)
    )
  }
}
