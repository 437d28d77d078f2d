internal import Dispatch
internal import Glibc
package import SyncModel

/// The right to work on a profile: one agent at a time (`design.md` 3).
///
/// An advisory lock on the file `lock` in the profile's folder. It ends with `release`, with the
/// last reference, and with the process, however that ends. The file stays, so that two agents
/// never lock two files of one name.
package final class ProfileLock: Sendable {
  /// Who holds a profile.
  package struct Holder: Hashable, Sendable {
    package let process: Int32
    package let since: Instant
  }

  private let descriptor: CInt

  /// Takes the profile, making its folder where it is missing.
  ///
  /// Throws `StoreFailure.locked` with the holder's process and since when, if there is one.
  package convenience init(folder: String, now: Instant) throws(StoreFailure) {
    try self.init(opening: folder)
    try lock(ProfileLock.file(in: folder), folder)
    try sign(ProfileLock.file(in: folder), now)
  }

  private init(opening folder: String) throws(StoreFailure) {
    try PrivateFile.makeFolder(folder)
    let file = ProfileLock.file(in: folder)
    descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw PrivateFile.noAccess(file) }
  }

  /// Takes the profile when its turn has come: who asked first goes first.
  ///
  /// `waiting` hears once who is at work, if somebody is. Throws `StoreFailure.locked` when
  /// `patience` is at its end, and `CancellationError`.
  package static func inTurn(
    folder: String,
    patience: Duration,
    now: @Sendable () -> Instant,
    waiting: (Holder) -> Void
  ) async throws -> ProfileLock {
    let lock = try ProfileLock(opening: folder)
    if flock(lock.descriptor, LOCK_EX | LOCK_NB) != 0 {
      if let holder = holder(at: lock.descriptor), isAlive(holder.process) { waiting(holder) }
      let hasTurn = await lock.turn(within: patience)
      try Task.checkCancellation()
      guard hasTurn else { throw locked(folder, by: holder(at: lock.descriptor)) }
    }
    try lock.sign(file(in: folder), now())
    return lock
  }

  /// Waits in the kernel's queue, on a thread that may block; false when it took too long.
  ///
  /// A turn that comes after all, when nobody waits for it any more, ends with the last reference.
  private func turn(within patience: Duration) async -> Bool {
    let (turns, coming) = AsyncStream.makeStream(of: Bool.self)
    DispatchQueue(label: "lockstep.profile").async { [self] in
      var code = flock(descriptor, LOCK_EX)
      while code != 0, errno == EINTR { code = flock(descriptor, LOCK_EX) }
      coming.yield(code == 0)
    }
    return await withTaskGroup(of: Bool.self) { group in
      group.addTask { await turns.first { _ in true } ?? false }
      group.addTask {
        do { try await Task.sleep(for: patience) } catch { return false }
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
  }

  private func sign(_ file: String, _ now: Instant) throws(StoreFailure) {
    let bytes = Array("\(getpid())\n\(now)\n".utf8)
    guard ftruncate(descriptor, 0) == 0,
      pwrite(descriptor, bytes, bytes.count, 0) == bytes.count
    else { throw PrivateFile.noAccess(file) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Gives the profile back; again does nothing.
  package func release() {
    flock(descriptor, LOCK_UN)
  }

  /// The agent that holds the profile now; nil where none does.
  package static func holder(of folder: String) throws(StoreFailure) -> Holder? {
    let file = file(in: folder)
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw PrivateFile.noAccess(file)
    }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
    return holder(at: descriptor)
  }

  private static func file(in folder: String) -> String { folder + "/lock" }

  private func lock(_ file: String, _ folder: String) throws(StoreFailure) {
    // `holder(of:)` has the lock for a moment too: a holder that is not alive is waited for.
    for _ in 0..<100 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
      guard errno == EWOULDBLOCK || errno == EINTR else { throw PrivateFile.noAccess(file) }
      if let holder = ProfileLock.holder(at: descriptor), ProfileLock.isAlive(holder.process) {
        throw ProfileLock.locked(folder, by: holder)
      }
      usleep(10_000)
    }
    throw ProfileLock.locked(folder, by: ProfileLock.holder(at: descriptor))
  }

  private static func locked(_ folder: String, by holder: Holder?) -> StoreFailure {
    .locked(
      folder: folder,
      process: holder.map { String($0.process) } ?? "unknown",
      since: holder.map { $0.since.description } ?? "an unknown time"
    )
  }

  private static func isAlive(_ process: Int32) -> Bool {
    kill(process, 0) == 0 || errno == EPERM
  }

  private static func holder(at descriptor: CInt) -> Holder? {
    let lines = PrivateFile.text(at: descriptor)?.split(separator: "\n") ?? []
    guard lines.count == 2, let process = Int32(lines[0]), process > 0,
      let since = Instant(iso8601: lines[1])
    else { return nil }
    return Holder(process: process, since: since)
  }
}
