internal import Glibc

/// A small file that appears whole or not at all, for its owner's eyes alone.
package enum NewFile {
  /// What the system says to a call that it refused.
  package struct Refusal: Error {
    /// As in `errno`.
    package let code: Int32
  }

  /// Makes `file` with mode 0600 and these bytes, on disk when it returns; false where it was there.
  package static func make(_ file: String, holding bytes: [UInt8]) throws(Refusal) -> Bool {
    let draft = "\(file).\(getpid()).\(pthread_self()).new"
    unlink(draft)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = open(draft, flags, 0o600)
    guard descriptor >= 0 else { throw Refusal(code: errno) }
    defer {
      close(descriptor)
      unlink(draft)
    }
    guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      throw Refusal(code: errno)
    }
    guard link(draft, file) == 0 else {
      if errno == EEXIST { return false }
      throw Refusal(code: errno)
    }
    return true
  }
}
