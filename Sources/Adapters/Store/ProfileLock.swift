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
  package init(folder: String, now: Instant) throws(StoreFailure) {
    try PrivateFile.makeFolder(folder)
    let file = ProfileLock.file(in: folder)
    descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw PrivateFile.noAccess(file) }
    try lock(file, folder)
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
