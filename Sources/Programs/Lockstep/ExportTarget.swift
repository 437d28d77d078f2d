import Glibc
import SyncModel

/// Where an export goes: standard output, or a file that appears when it is whole.
final class ExportTarget {
  private let path: String?
  private let draft: String
  private var file: Int32
  private var buffer: [UInt8] = []
  private var isDraft = false

  init(_ path: String?) throws {
    self.path = path
    draft = "\(path ?? "").\(getpid()).part"
    file = STDOUT_FILENO
    guard let path else { return }
    // A rename would put a file in the place of a device, a link or a pipe.
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw StopFailure(
        "\(path) is there and is not a plain file. Name another file, or leave out -o and send "
          + "standard output there."
      )
    }
    // Calendars are personal: for their owner alone. What bears the draft's name is never cut.
    file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw refusal() }
    isDraft = true
  }

  /// An export that failed leaves nothing behind.
  deinit {
    guard isDraft else { return }
    if file >= 0 { _ = Glibc.close(file) }
    unlink(draft)
  }

  func write(_ bytes: [UInt8]) throws {
    buffer += bytes
    if buffer.count >= 65_536 { try flush() }
  }

  func close() throws {
    try flush()
    guard let path else { return }
    let code = Glibc.close(file)
    file = -1
    guard code == 0, rename(draft, path) == 0 else { throw refusal() }
    isDraft = false
  }

  private func flush() throws {
    var rest = buffer[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw refusal()
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private func refusal() -> StopFailure {
    StopFailure(
      "\(path ?? "Standard output") cannot be written: \(String(cString: strerror(errno)))."
    )
  }
}
