import Foundation
import World

/// Keeps a second sandbox out of a folder, as long as the process lives or until it is released.
struct FolderLock: Sendable {
  private let handle: Int32

  init(_ folder: URL) throws {
    handle = open(folder.appending(path: "lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard handle >= 0, flock(handle, LOCK_EX | LOCK_NB) == 0 else {
      throw EditProblem("Another sandbox is running in \(folder.path).")
    }
  }

  func release() { close(handle) }
}
