package import Logging

/// Both servers of the sandbox on loopback ports over one world.
package struct Sandbox: Sendable {
  private let exchange: any WireServer
  private let psa: any WireServer
  private let logger: Logger

  package init(exchange: any WireServer, psa: any WireServer, logger: Logger) {
    self.exchange = exchange
    self.psa = psa
    self.logger = logger
  }

  /// Where the servers listen on 127.0.0.1.
  package struct Ports: Hashable, Sendable {
    package var exchange: Int
    package var psa: Int

    /// Port 0 asks the system for a free one.
    package init(exchange: Int = 0, psa: Int = 0) {
      self.exchange = exchange
      self.psa = psa
    }
  }

  /// Starts both servers, runs the body with the ports that they got, and stops them.
  ///
  /// Throws what the body throws, or why a port could not be bound.
  @discardableResult
  package func running<T: Sendable>(
    on wanted: Ports = Ports(),
    _ body: @escaping @Sendable (Ports) async throws -> T
  ) async throws -> T {
    let (bound, binding) = AsyncStream.makeStream(of: Bound.self)
    return try await withThrowingTaskGroup(of: T?.self) { group in
      group.addTask {
        try await Listener(server: exchange, port: wanted.exchange, logger: logger)
          .run { binding.yield(.exchange($0)) }
        return nil
      }
      group.addTask {
        try await Listener(server: psa, port: wanted.psa, logger: logger)
          .run { binding.yield(.psa($0)) }
        return nil
      }
      group.addTask {
        var ports = Ports()
        for await port in bound {
          switch port {
          case .exchange(let number): ports.exchange = number
          case .psa(let number): ports.psa = number
          }
          if ports.exchange > 0, ports.psa > 0 { break }
        }
        try Task.checkCancellation()
        return try await body(ports)
      }
      defer { group.cancelAll() }
      while let finished = try await group.next() {
        if let finished { return finished }
      }
      throw CancellationError()
    }
  }

  private enum Bound: Sendable {
    case exchange(Int)
    case psa(Int)
  }
}
