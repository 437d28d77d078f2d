import Glibc
import Sandbox

/// Which loopback ports to ask for.
enum LoopbackPort {
  /// What was asked for; else the port of the run before, if nobody took it; else any.
  static func settled(_ wanted: Sandbox.Ports, before: Ready?) -> Sandbox.Ports {
    func choice(_ wanted: Int, _ before: Int?) -> Int {
      if wanted > 0 { return wanted }
      guard let before, before > 0, isFree(before) else { return 0 }
      return before
    }
    return Sandbox.Ports(
      exchange: choice(wanted.exchange, before?.ports.exchange),
      psa: choice(wanted.psa, before?.ports.psa)
    )
  }

  private static func isFree(_ port: Int) -> Bool {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard handle >= 0 else { return false }
    defer { close(handle) }
    var yes: Int32 = 1
    setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return result == 0
  }
}
