import Glibc

/// A free port of 127.0.0.1, held from its first moment to its last.
package final class Listener: Sendable {
  package let port: Int
  private let socket: Descriptor

  /// Without a backlog the port is only held, and connections to it are refused.
  package init(backlog: Int32?) throws {
    socket = try Descriptor(Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    let number = socket.number
    var address = sockaddr_in(loopbackPort: 0)
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(number, address, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0, backlog.map({ listen(number, $0) }) ?? 0 == 0 else {
      throw SystemFailure(errno)
    }
    port = try boundPort(of: socket)
  }

  /// Waits for the next connection; nil once the listener is shut down, which is then closed.
  func accepted() -> Descriptor? {
    while true {
      do {
        return try Descriptor(uninterrupted { accept(socket.number, nil, nil) })
      } catch {
        // One that hung up while it waited in line is no reason to stop.
        if error.code == ECONNABORTED { continue }
        if error.code != EINVAL { print("Nobody is let in on port \(port) any more: \(error)") }
        socket.close()
        return nil
      }
    }
  }

  /// Nobody is let in any more; whoever waits in `accepted` closes the socket.
  func shutDown() { socket.shutDown() }
}

extension sockaddr_in {
  init(loopbackPort port: Int) {
    self.init()
    sin_family = sa_family_t(AF_INET)
    sin_port = in_port_t(port).bigEndian
    sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
  }
}

/// The port that a socket is bound to.
func boundPort(of socket: Descriptor) throws -> Int {
  var address = sockaddr_in()
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let code = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      getsockname(socket.number, $0, &length)
    }
  }
  guard code == 0 else { throw SystemFailure(errno) }
  return Int(UInt16(bigEndian: address.sin_port))
}
