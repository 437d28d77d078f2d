import Foundation
import Glibc

/// A file descriptor, closed once, by the one who reads from it.
///
/// The number of a closed descriptor goes to whatever is opened next in this process. So the thread
/// that may be blocked on it is the one that closes it; anybody else only shuts it down, which ends
/// a socket's reading for good and leaves the number taken.
package final class Descriptor: Sendable {
  private let open: Locked<Int32?>

  /// Takes over what a call of the system gave, or throws the call's error.
  package init(_ number: Int32) throws(SystemFailure) {
    guard number >= 0 else { throw SystemFailure(errno) }
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    open = Locked(number)
  }

  deinit { close() }

  /// What system calls ask for; -1, which they refuse, once it is closed.
  package var number: Int32 { open.withLock { $0 } ?? -1 }

  package func close() {
    open.withLock { number in
      if let number { _ = Glibc.close(number) }
      number = nil
    }
  }

  package func shutDown() {
    open.withLock { if let number = $0 { shutdown(number, Int32(SHUT_RDWR)) } }
  }

  /// Waits for bytes; empty at the end.
  package func read(atMost count: Int = 64 << 10) -> [UInt8] {
    let number = number
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
      read = max(0, uninterrupted { Glibc.read(number, buffer.baseAddress, count) })
    }
  }

  package func rest() -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let more = read()
      if more.isEmpty { return bytes }
      bytes += more
    }
  }
}

/// The answer of a system call that is made again for as long as signals interrupt it.
package func uninterrupted<Answer: SignedInteger>(_ call: () -> Answer) -> Answer {
  while true {
    let answer = call()
    if answer >= 0 || errno != EINTR { return answer }
  }
}

/// What the system said to a call.
package struct SystemFailure: Error, CustomStringConvertible {
  package let code: Int32

  package init(_ code: Int32) { self.code = code }

  package var description: String { String(cString: strerror(code)) }
}
