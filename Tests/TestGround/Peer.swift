import Foundation
import Glibc

/// One TCP connection, read and written by blocking calls on one thread.
///
/// `@unchecked Sendable`: that thread alone touches `unread`.
package final class Peer: @unchecked Sendable {
  /// Counts the connections of a server from 1 on.
  package let number: Int
  private let socket: Descriptor
  private var unread: [UInt8] = []

  init(_ socket: Descriptor, number: Int) {
    self.socket = socket
    self.number = number
  }

  /// Connects to a port of 127.0.0.1; or only asks to, without waiting for the other end.
  package convenience init(connectingTo port: Int, waits: Bool = true) throws {
    let kind = Int32(SOCK_STREAM.rawValue | (waits ? 0 : SOCK_NONBLOCK.rawValue))
    let socket = try Descriptor(Glibc.socket(AF_INET, kind, 0))
    var address = sockaddr_in(loopbackPort: port)
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        connect(socket.number, address, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 || (!waits && errno == EINPROGRESS) else { throw SystemFailure(errno) }
    self.init(socket, number: 1)
  }

  /// The port at this end.
  package var port: Int { (try? boundPort(of: socket)) ?? 0 }

  /// The next request, headers and body; nil when the connection is over.
  package func readRequest() -> Request? {
    guard let head = readHead() else { return nil }
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
    let headers = lines.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.dropFirst().first.map { $0.trimmingCharacters(in: .whitespaces) }
      return (name: String(parts[0]), value: value ?? "")
    }
    var request = Request(connection: number, line: lines.first ?? "", headers: headers)
    let length = request.value(of: "Content-Length").flatMap { Int($0) } ?? 0
    guard let body = read(length) else { return nil }
    request.body = body
    return request
  }

  /// So many bytes and no more; nil when the connection ends before.
  package func read(_ count: Int) -> [UInt8]? {
    while unread.count < count {
      guard fill(atMost: count - unread.count) else { return nil }
    }
    defer { unread.removeFirst(count) }
    return Array(unread.prefix(count))
  }

  /// Everything that comes until the other end closes.
  package func rest() -> [UInt8] {
    defer { unread = [] }
    return unread + socket.rest()
  }

  /// Blocks until the other end has closed.
  package func waitForClose() { _ = rest() }

  @discardableResult package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// False when the other end is gone.
  @discardableResult package func send(_ bytes: [UInt8]) -> Bool {
    let number = socket.number
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { bytes in
        uninterrupted { Glibc.send(number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) }
      }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  /// An answer with a body of the length that it says, unless told another.
  @discardableResult package func reply(
    _ status: String = "200 OK",
    _ headers: [String] = [],
    body: [UInt8] = [],
    length: Int? = nil
  ) -> Bool {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(length ?? body.count)"] + headers
    return send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
  }

  @discardableResult package func reply(_ text: String) -> Bool { reply(body: Array(text.utf8)) }

  func shutDown() { socket.shutDown() }

  /// For the thread that serves it.
  func close() { socket.close() }

  private func readHead() -> [UInt8]? {
    let gap: [UInt8] = [13, 10, 13, 10]
    while true {
      if let end = unread.firstRange(of: gap) { return read(end.upperBound) }
      guard fill() else { return nil }
    }
  }

  private func fill(atMost count: Int = 64 << 10) -> Bool {
    let more = socket.read(atMost: count)
    unread += more
    return !more.isEmpty
  }
}

/// A request as it arrived.
package struct Request: Sendable {
  package let connection: Int
  /// Counts the requests to a server from 0 on.
  package internal(set) var number = 0
  package let line: String
  package let headers: [(name: String, value: String)]
  package internal(set) var body: [UInt8] = []

  package var method: String { word(0) }
  package var path: String { word(1) }
  package var text: String { String(decoding: body, as: UTF8.self) }

  /// Names in lower case; of a name that comes twice the last value.
  package var headersByName: [String: String] {
    headers.reduce(into: [:]) { $0[$1.name.lowercased()] = $1.value }
  }

  package func value(of header: String) -> String? {
    headers.first { $0.name.lowercased() == header.lowercased() }?.value
  }

  private func word(_ number: Int) -> String {
    line.split(separator: " ").dropFirst(number).first.map(String.init) ?? ""
  }
}
