import Dispatch
import Glibc

/// One run of the agent's program, with a secret in a file that lies in memory alone.
struct AgentProcess: Sendable {
  /// Where the program finds the secret.
  static let secretPath = "/proc/self/fd/3"

  struct NotStarted: Error, CustomStringConvertible {
    let description: String
  }

  let program: String
  /// What it says goes there, for its owner's eyes.
  let log: String

  /// Its exit status, 128 and more after a signal; asked to end where the task is cancelled.
  func run(_ arguments: [String], secret: String) async throws -> Int32 {
    let child = try spawn(arguments, secret: secret)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { waiting in
        DispatchQueue.global().async {
          var status: Int32 = 0
          while waitpid(child, &status, 0) < 0, errno == EINTR {}
          let signal = status & 0x7F
          waiting.resume(returning: signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
        }
      }
    } onCancel: {
      kill(child, SIGTERM)
    }
  }

  private func spawn(_ arguments: [String], secret: String) throws -> pid_t {
    let memory = try memoryFile(secret)
    defer { close(memory) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    posix_spawn_file_actions_adddup2(&actions, memory, 3)
    for file in Int32(4)..<1_024 where fcntl(file, F_GETFD) == 0 {
      posix_spawn_file_actions_addclose(&actions, file)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Queue threads block signals; the child starts with none blocked.
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let words = ([program] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, program, &actions, &attributes, words + [nil], environ)
    guard code == 0 else {
      throw NotStarted(
        description: "\(program) could not be started: \(String(cString: strerror(code))). Set "
          + "agent_program in the registry's settings file."
      )
    }
    return child
  }

  private func memoryFile(_ secret: String) throws -> Int32 {
    var path = Array("/dev/shm/lockstep-XXXXXX".utf8CString)
    let file = mkstemp(&path)
    guard file >= 0 else {
      throw NotStarted(description: "No file in memory: \(String(cString: strerror(errno))).")
    }
    // From here on it has no name: only the child finds it, by its number.
    unlink(path)
    // Above the number that the child gets it under, which is not copied onto itself.
    let high = fcntl(file, F_DUPFD_CLOEXEC, 10)
    close(file)
    var rest = Array((secret + "\n").utf8)[...]
    while high >= 0, !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(high, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { break }
    }
    guard high >= 0, rest.isEmpty else {
      if high >= 0 { close(high) }
      throw NotStarted(description: "No file in memory: \(String(cString: strerror(errno))).")
    }
    return high
  }
}
