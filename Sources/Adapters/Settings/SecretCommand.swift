import Dispatch
import Glibc

/// One run of a program whose output is a secret: seen by nobody else, ended when it takes too long.
///
/// It reads nothing, its complaints are thrown away, and it inherits no open file.
struct SecretCommand: Sendable {
  struct Answer: Sendable {
    /// As a shell gives it: 128 and the signal's number after a signal.
    let status: Int32
    let output: [UInt8]
    /// Whether it wrote to its standard error.
    let complained: Bool
  }

  /// The status of a program that does not exist, as a shell gives it.
  static let missingProgram: Int32 = 127
  private static let largestOutput = 65_536

  let words: [String]
  let patience: Duration

  /// What it answered; nil when its time ran out.
  func answer() async -> Answer? {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: run()) }
    }
  }

  private func run() -> Answer? {
    guard let output = Pipe(), let complaints = Pipe() else {
      return Answer(status: 126, output: [], complained: true)
    }
    var child: pid_t = 0
    let code = spawn(&child, output: output, complaints: complaints)
    output.closeWriting()
    complaints.closeWriting()
    guard code == 0 else {
      return Answer(
        status: code == ENOENT ? Self.missingProgram : 126,
        output: [],
        complained: true
      )
    }
    let read = collect(output, complaints)
    if read == nil { kill(-child, SIGKILL) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    guard let read else { return nil }
    let signal = status & 0x7F
    return Answer(
      status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
      output: read.output,
      complained: read.complained
    )
  }

  private func spawn(_ child: inout pid_t, output: Pipe, complaints: Pipe) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.writing, 1)
    posix_spawn_file_actions_adddup2(&actions, complaints.writing, 2)
    for file in Int32(3)..<1_024 where fcntl(file, F_GETFD) == 0 {
      posix_spawn_file_actions_addclose(&actions, file)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Queue threads block signals; the child starts with none blocked, in a group of its own.
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP)
    )

    let arguments = words.map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    return posix_spawnp(&child, words[0], &actions, &attributes, arguments + [nil], environ)
  }

  /// Both outputs to their end; nil when the time or the room for them ran out.
  private func collect(_ output: Pipe, _ complaints: Pipe) -> (output: [UInt8], complained: Bool)? {
    let end = ContinuousClock.now + patience
    var collected: [UInt8] = []
    var complained = false
    var open = [output.reading, complaints.reading]
    var block = [UInt8](repeating: 0, count: 4_096)
    while !open.isEmpty {
      let left = ContinuousClock.now.duration(to: end) / .milliseconds(1)
      guard left > 0 else { return nil }
      var waiting = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      let ready = poll(&waiting, nfds_t(waiting.count), Int32(min(left.rounded(.up), 60_000)))
      if ready < 0, errno != EINTR { return nil }
      guard ready > 0 else { continue }
      for entry in waiting where entry.revents != 0 {
        let count = read(entry.fd, &block, block.count)
        if count < 0, errno == EINTR { continue }
        if count <= 0 {
          open.removeAll { $0 == entry.fd }
        } else if entry.fd == output.reading {
          collected += block[..<count]
          guard collected.count <= Self.largestOutput else { return nil }
        } else {
          complained = true
        }
      }
    }
    return (collected, complained)
  }
}

/// Both ends of a pipe, closed with it.
private final class Pipe {
  let reading: Int32
  private(set) var writing: Int32

  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    reading = ends[0]
    writing = ends[1]
  }

  deinit {
    closeWriting()
    close(reading)
  }

  func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }
}
