internal import Glibc
internal import Platform

/// Small files that only their owner may read.
enum PrivateFile {
  /// Makes the folder and those above it, with mode 0700; what is there stays as it is.
  static func makeFolder(_ folder: String) throws(StoreFailure) {
    var path = folder.hasPrefix("/") ? "" : "."
    for part in folder.split(separator: "/") {
      path += "/" + part
      guard mkdir(path, 0o700) == 0 || errno == EEXIST || errno == EROFS else {
        throw noAccess(path)
      }
    }
  }

  /// The first 4 KB of a file; nil where there is none.
  static func text(of file: String) throws(StoreFailure) -> String? {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw noAccess(file)
    }
    defer { close(descriptor) }
    guard let text = text(at: descriptor) else { throw noAccess(file) }
    return text
  }

  /// The first 4 KB of an open file; nil with `errno` set where it cannot be read.
  static func text(at descriptor: CInt) -> String? {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count >= 0 else { return nil }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// Makes `file` with mode 0600 and this text, whole or not at all; false where it was there.
  static func make(_ file: String, holding text: String) throws(StoreFailure) -> Bool {
    do throws(NewFile.Refusal) {
      return try NewFile.make(file, holding: Array(text.utf8))
    } catch {
      throw noAccess(file, error.code)
    }
  }

  /// The failure that `errno` tells of.
  static func noAccess(_ path: String, _ number: Int32 = errno) -> StoreFailure {
    if number == ENOSPC || number == EDQUOT { return .full(file: path) }
    if number == EIO { return .broken(file: path, code: Int(number)) }
    return .noAccess(path: path, words: String(cString: strerror(number)))
  }
}
