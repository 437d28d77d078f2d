import Glibc

/// How `posix_spawn` sets a child's descriptors up, and the spawning itself.
struct FileActions: ~Copyable {
  private var actions = posix_spawn_file_actions_t()

  init() throws {
    try check(posix_spawn_file_actions_init(&actions))
  }

  deinit {
    var actions = actions
    posix_spawn_file_actions_destroy(&actions)
  }

  mutating func open(_ path: String, as number: Int32, _ flags: Int32) {
    posix_spawn_file_actions_addopen(&actions, number, path, flags, 0o600)
  }

  mutating func duplicate(_ number: Int32, as other: Int32) {
    posix_spawn_file_actions_adddup2(&actions, number, other)
  }

  // Two of glibc's functions that its Swift overlay hides.

  mutating func closeAll(from first: Int32) throws {
    typealias Function =
      @convention(c) (
        UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32
      ) -> Int32
    let found = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np")
    guard let found else { throw SystemFailure(ENOSYS) }
    try check(unsafeBitCast(found, to: Function.self)(&actions, first))
  }

  mutating func enter(_ folder: String) throws {
    typealias Function =
      @convention(c) (
        UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>
      ) -> Int32
    let found = dlsym(nil, "posix_spawn_file_actions_addchdir_np")
    guard let found else { throw SystemFailure(ENOSYS) }
    try check(unsafeBitCast(found, to: Function.self)(&actions, folder))
  }

  /// Starts a program with no signal blocked or ignored, whatever this thread does with them.
  mutating func spawn(_ words: [String], _ variables: [String]) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    try check(posix_spawnattr_init(&attributes))
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let (argv, envp) = (words.map { strdup($0) }, variables.map { strdup($0) })
    defer { for word in argv + envp { free(word) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, words[0], &actions, &attributes, argv + [nil], envp + [nil])
    guard code == 0 else { throw NotStarted(program: words[0], cause: SystemFailure(code)) }
    return child
  }

  private func check(_ code: Int32) throws {
    if code != 0 { throw SystemFailure(code) }
  }
}

/// A program that could not be started, and why.
struct NotStarted: Error, CustomStringConvertible {
  let program: String
  let cause: SystemFailure

  var description: String { "\(program) was not started: \(cause)" }
}
