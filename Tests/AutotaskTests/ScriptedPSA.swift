import Foundation
import Glibc

/// A web server on a free port of 127.0.0.1 that answers as its script says and remembers what it
/// was asked.
final class ScriptedPSA: Sendable {
  let port: Int
  private let listener: Int32
  private let record = Locked(Record())

  private struct Record {
    var requests: [SeenRequest] = []
    var sockets: Set<Int32> = []
    var atOnce = 0
    var mostAtOnce = 0
  }

  /// `answer` gets each request with its number, beginning at 0; `{root}` in a body becomes this
  /// server's URL.
  init(answering answer: @escaping @Sendable (SeenRequest, Int) -> Reply) throws {
    (listener, port) = try Self.listen()
    let (listener, port, record) = (listener, port, record)
    Thread.detachNewThread {
      while true {
        let socket = accept(listener, nil, nil)
        guard socket >= 0 else { return }
        record.withLock { _ = $0.sockets.insert(socket) }
        Thread.detachNewThread {
          let peer = Peer(socket: socket)
          while let request = peer.readRequest() {
            let number = record.withLock {
              $0.requests.append(request)
              $0.atOnce += 1
              $0.mostAtOnce = max($0.mostAtOnce, $0.atOnce)
              return $0.requests.count - 1
            }
            let reply = answer(request, number)
            record.withLock { $0.atOnce -= 1 }
            guard peer.send(reply, root: "http://127.0.0.1:\(port)") else { break }
          }
          record.withLock { _ = $0.sockets.remove(socket) }
          close(socket)
        }
      }
    }
  }

  /// Answers with each reply once, in order; whoever asks more gets status 599.
  convenience init(_ script: Reply...) throws {
    try self.init(script)
  }

  convenience init(_ script: [Reply]) throws {
    try self.init { _, number in
      number < script.count ? script[number] : Reply(status: 599, body: "the script is over")
    }
  }

  deinit {
    record.withLock { for socket in $0.sockets { shutdown(socket, Int32(SHUT_RDWR)) } }
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var url: String { "http://127.0.0.1:\(port)" }
  var requests: [SeenRequest] { record.withLock { $0.requests } }
  var mostAtOnce: Int { record.withLock { $0.mostAtOnce } }
  /// Method and path of each request, in order.
  var lines: [String] { requests.map { "\($0.method) \($0.path)" } }

  private static func listen() throws -> (socket: Int32, port: Int) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) | Glibc.listen(listener, 64)
          | getsockname(listener, address, &length)
      }
    }
    guard listener >= 0, code == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    return (listener, Int(UInt16(bigEndian: address.sin_port)))
  }
}

/// What the server answers to one request.
struct Reply: Sendable {
  enum Ending: Sendable {
    case whole
    /// Closes without a word.
    case silent
    /// Promises more bytes than come.
    case cut
  }

  var status = 200
  var headers = ["Content-Type: application/json; charset=utf-8"]
  var body = ""
  var ending = Ending.whole

  static let silence = Reply(ending: .silent)
  static func json(_ body: String) -> Reply { Reply(body: body) }
  static func errors(_ status: Int, _ texts: String...) -> Reply {
    let list = texts.map { "\"\($0)\"" }.joined(separator: ",")
    return Reply(status: status, body: #"{"errors":[\#(list)]}"#)
  }
}

struct SeenRequest: Sendable {
  let method: String
  let path: String
  /// Names in lower case.
  let headers: [String: String]
  let body: String
}

private struct Peer {
  let socket: Int32

  func readRequest() -> SeenRequest? {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard let byte = read(1)?.first else { return nil }
      head.append(byte)
    }
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
    let words = lines[0].split(separator: " ").map(String.init)
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    guard let body = read(headers["content-length"].flatMap { Int($0) } ?? 0) else { return nil }
    return SeenRequest(
      method: words[0],
      path: words[1],
      headers: headers,
      body: String(decoding: body, as: UTF8.self)
    )
  }

  func send(_ reply: Reply, root: String) -> Bool {
    guard reply.ending != .silent else { return false }
    let body = Array(reply.body.replacingOccurrences(of: "{root}", with: root).utf8)
    let length = body.count + (reply.ending == .cut ? 10 : 0)
    let lines =
      ["HTTP/1.1 \(reply.status) Status", "Content-Length: \(length)"] + reply.headers
    var rest = (Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return reply.ending == .whole
  }

  private func read(_ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < count {
      let got = recv(socket, &piece, min(piece.count, count - bytes.count), 0)
      guard got > 0 else { return nil }
      bytes += piece.prefix(got)
    }
    return bytes
  }
}

/// A value behind a lock; `@unchecked Sendable`: `value` is touched only in `withLock`.
final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) { self.value = value }

  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
