import Foundation
import Glibc

@testable import HTTP

/// A scripted HTTP server on a free port of 127.0.0.1: one thread for each connection.
final class LoopbackServer: Sendable {
  let port: Int
  private let listener: Int32
  private let seen = Locked(Record())

  struct Record {
    var connections = 0
    var open = 0
    var mostOpen = 0
    var requests: [SeenRequest] = []
    var sockets: Set<Int32> = []
    var isStopped = false
  }

  /// `answer` is called for each request with what was read and how to reply; false closes.
  convenience init(_ answer: @escaping @Sendable (SeenRequest, Peer) -> Bool) throws {
    try self.init(connection: { peer in
      while let request = peer.readRequest() {
        guard answer(request, peer) else { return }
      }
    })
  }

  init(backlog: Int32 = 64, connection: @escaping @Sendable (Peer) -> Void) throws {
    (listener, port) = try Self.listen(backlog: backlog)
    let (listener, seen) = (listener, seen)
    Thread.detachNewThread {
      while true {
        let socket = accept(listener, nil, nil)
        guard socket >= 0 else { return }
        let number = seen.withLock { seen in
          seen.connections += 1
          seen.open += 1
          seen.mostOpen = max(seen.mostOpen, seen.open)
          if seen.isStopped { shutdown(socket, Int32(SHUT_RDWR)) }
          seen.sockets.insert(socket)
          return seen.connections
        }
        Thread.detachNewThread {
          connection(Peer(socket: socket, number: number, seen: seen))
          seen.withLock {
            $0.open -= 1
            $0.sockets.remove(socket)
            close(socket)
          }
        }
      }
    }
  }

  deinit {
    seen.withLock { seen in
      seen.isStopped = true
      for socket in seen.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var url: String { "http://127.0.0.1:\(port)" }
  var record: Record { seen.withLock { $0 } }
  var requests: [SeenRequest] { record.requests }

  /// Without a backlog the port is only held, and connections to it are refused.
  static func listen(backlog: Int32?) throws -> (socket: Int32, port: Int) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) | (backlog.map { Glibc.listen(listener, $0) } ?? 0)
          | getsockname(listener, address, &length)
      }
    }
    guard listener >= 0, code == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    return (listener, Int(UInt16(bigEndian: address.sin_port)))
  }
}

struct SeenRequest: Sendable {
  let connection: Int
  let line: String
  let headers: [HTTPHeader]
  let body: [UInt8]

  func value(of header: String) -> String? {
    headers.first { $0.name.lowercased() == header.lowercased() }?.value
  }
}

/// One accepted connection, read and written by blocking calls.
final class Peer: Sendable {
  let number: Int
  private let socket: Int32
  private let seen: Locked<LoopbackServer.Record>

  init(socket: Int32, number: Int, seen: Locked<LoopbackServer.Record>) {
    self.socket = socket
    self.number = number
    self.seen = seen
  }

  /// The port that was connected to.
  var port: Int {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = getsockname(socket, $0, &length)
      }
      return Int(UInt16(bigEndian: pointer.pointee.sin_port))
    }
  }

  func readRequest() -> SeenRequest? {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard let byte = read(1)?.first else { return nil }
      head.append(byte)
    }
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
    let headers = lines.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return HTTPHeader(String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
    }
    let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap {
      Int($0.value)
    }
    guard let body = read(length ?? 0) else { return nil }
    let request = SeenRequest(connection: number, line: lines[0], headers: headers, body: body)
    seen.withLock { $0.requests.append(request) }
    return request
  }

  func read(_ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < count {
      let got = recv(socket, &piece, min(piece.count, count - bytes.count), 0)
      guard got > 0 else { return nil }
      bytes += piece.prefix(got)
    }
    return bytes
  }

  /// Blocks until the other end has closed.
  func waitForClose() {
    var byte: UInt8 = 0
    while recv(socket, &byte, 1, 0) > 0 {}
  }

  @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  @discardableResult func reply(
    _ status: String = "200 OK",
    _ headers: [String] = [],
    body: [UInt8] = []
  ) -> Bool {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)"] + headers
    return send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
  }

  @discardableResult func reply(_ text: String) -> Bool { reply(body: Array(text.utf8)) }
}
