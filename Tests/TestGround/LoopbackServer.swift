import Foundation

/// A server on a free port of 127.0.0.1 that does what a test says: one thread for each connection.
///
/// It ends with its last reference.
package final class LoopbackServer: Sendable {
  package let port: Int
  private let listener: Listener
  private let seen = Locked(Record())

  package struct Record: Sendable {
    package fileprivate(set) var connections = 0
    package fileprivate(set) var mostOpen = 0
    package fileprivate(set) var requests: [Request] = []
    fileprivate var open: [Int: Peer] = [:]
    fileprivate var isStopped = false
  }

  /// `answer` is called for each request with what was read and how to reply; false closes.
  package convenience init(_ answer: @escaping @Sendable (Request, Peer) -> Bool) throws {
    try self.init { peer, seen in
      while var request = peer.readRequest() {
        seen.withLock {
          request.number = $0.requests.count
          $0.requests.append(request)
        }
        guard answer(request, peer) else { return }
      }
    }
  }

  /// `connection` gets each connection, which is closed when it returns.
  package convenience init(connection: @escaping @Sendable (Peer) -> Void) throws {
    try self.init { peer, _ in connection(peer) }
  }

  private init(serving serve: @escaping @Sendable (Peer, Locked<Record>) -> Void) throws {
    listener = try Listener(backlog: 64)
    port = listener.port
    let (listener, seen) = (listener, seen)
    Thread.detachNewThread {
      while let connection = listener.accepted() {
        let peer = Self.admitted(connection, seen)
        Thread.detachNewThread {
          serve(peer, seen)
          seen.withLock { $0.open[peer.number] = nil }
          peer.close()
        }
      }
    }
  }

  deinit {
    seen.withLock { seen in
      seen.isStopped = true
      for peer in seen.open.values { peer.shutDown() }
    }
    listener.shutDown()
  }

  package var url: String { "http://127.0.0.1:\(port)" }
  package var record: Record { seen.withLock { $0 } }
  package var requests: [Request] { record.requests }

  private static func admitted(_ connection: Descriptor, _ seen: Locked<Record>) -> Peer {
    seen.withLock { seen in
      seen.connections += 1
      let peer = Peer(connection, number: seen.connections)
      seen.open[peer.number] = peer
      seen.mostOpen = max(seen.mostOpen, seen.open.count)
      if seen.isStopped { peer.shutDown() }
      return peer
    }
  }
}
