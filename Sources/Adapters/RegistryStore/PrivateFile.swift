internal import Glibc
internal import Platform

/// Files that only their owner may read.
enum PrivateFile {
  /// Makes an empty file with mode 0600 where there is none, and mends its mode.
  static func make(_ file: String) throws(RegistryStoreFailure) {
    try open(file, O_RDWR | O_CREAT)
  }

  /// As `make`, but refuses where there is one.
  static func makeNew(_ file: String) throws(RegistryStoreFailure) {
    if access(file, F_OK) == 0 { throw .exists(path: file) }
    try open(file, O_RDWR | O_CREAT | O_EXCL)
  }

  private static func open(_ file: String, _ flags: Int32) throws(RegistryStoreFailure) {
    let descriptor = Glibc.open(file, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw noAccess(file) }
    defer { Glibc.close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else { throw noAccess(file) }
  }

  /// The bytes of a small file; nil where there is none.
  ///
  /// Refuses one that others may read.
  static func bytes(of file: String) throws(RegistryStoreFailure) -> [UInt8]? {
    let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw noAccess(file)
    }
    defer { Glibc.close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw noAccess(file) }
    guard facts.st_mode & 0o077 == 0 else { throw .badKey(file: file) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count >= 0 else { throw noAccess(file) }
    return Array(bytes[..<count])
  }

  /// Makes the file with these bytes, whole or not at all; false where there was one.
  static func make(_ file: String, holding bytes: [UInt8]) throws(RegistryStoreFailure) -> Bool {
    do throws(NewFile.Refusal) {
      return try NewFile.make(file, holding: bytes)
    } catch {
      throw noAccess(file, error.code)
    }
  }

  /// The failure that `errno` tells of.
  private static func noAccess(
    _ path: String,
    _ number: Int32 = errno
  ) -> RegistryStoreFailure {
    if number == ENOSPC || number == EDQUOT { return .full(place: path) }
    return .noAccess(path: path, words: String(cString: strerror(number)))
  }
}
