import Foundation
import Glibc

/// What the scripted server answers.
struct Reply: Sendable {
  var status = 200
  var headers: [(String, String)] = [("Content-Type", "text/xml; charset=utf-8")]
  var body: [UInt8] = []
  /// Sends that many bytes of the body and closes.
  var cutAfter: Int?
  /// Closes without a word.
  var isDropped = false

  static func soap(_ body: String, status: Int = 200) -> Reply {
    Reply(status: status, body: Array(Fixture.envelope(body).utf8))
  }

  static func bytes(_ body: [UInt8], type: String = "text/xml; charset=utf-8") -> Reply {
    Reply(headers: [("Content-Type", type)], body: body)
  }

  static func html(_ body: String, status: Int = 200) -> Reply {
    Reply(status: status, headers: [("Content-Type", "text/html")], body: Array(body.utf8))
  }
}

/// A request as it arrived.
struct Asked: Sendable {
  let headers: [String: String]
  let body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The local name of the body's first element, such as `GetItem`.
  var operation: String {
    text.components(separatedBy: "<s:Body><m:").dropFirst().first
      .map { String($0.prefix { $0.isLetter }) } ?? ""
  }

  /// The values of an attribute of `t:ItemId`, in order.
  var itemIDs: [String] {
    text.components(separatedBy: "<t:ItemId Id=\"").dropFirst()
      .map { String($0.prefix { $0 != "\"" }) }
  }
}

/// A server on a free loopback port that answers what a test says; it knows nothing of EWS.
final class ScriptedExchange: @unchecked Sendable {
  let url: String
  private let listener: Int32
  private let lock = NSLock()
  private var seen: [Asked] = []
  private var sockets: Set<Int32> = []
  private var isStopped = false
  private let answer: @Sendable (Asked, Int) -> Reply

  /// `answer` gets the request and its number, from 0 on.
  init(_ answer: @escaping @Sendable (Asked, Int) -> Reply) throws {
    self.answer = answer
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) | listen(listener, 16) | getsockname(listener, $0, &length)
      }
    }
    guard listener >= 0, code == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/EWS/Exchange.asmx"
    Thread.detachNewThread { [weak self] in
      while true {
        let socket = accept(listener, nil, nil)
        guard socket >= 0 else { return }
        guard let self, self.keep(socket) else {
          close(socket)
          return
        }
        Thread.detachNewThread { [weak self] in
          while let self, let asked = Self.read(socket), self.reply(to: asked, on: socket) {}
          self?.forget(socket)
          close(socket)
        }
      }
    }
  }

  /// Answers with these, one after another, and with the last one from then on.
  convenience init(_ replies: Reply...) throws {
    try self.init { _, number in replies[min(number, replies.count - 1)] }
  }

  deinit {
    lock.withLock {
      isStopped = true
      for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var asked: [Asked] { lock.withLock { seen } }

  private func keep(_ socket: Int32) -> Bool {
    lock.withLock {
      if !isStopped { sockets.insert(socket) }
      return !isStopped
    }
  }

  private func forget(_ socket: Int32) {
    lock.withLock { _ = sockets.remove(socket) }
  }

  /// False when the connection is over.
  private func reply(to asked: Asked, on socket: Int32) -> Bool {
    let number = lock.withLock {
      seen.append(asked)
      return seen.count - 1
    }
    let reply = answer(asked, number)
    if reply.isDropped { return false }
    var head = "HTTP/1.1 \(reply.status) Scripted\r\nContent-Length: \(reply.body.count)\r\n"
    for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
    let body = reply.cutAfter.map { Array(reply.body.prefix($0)) } ?? reply.body
    let bytes = Array((head + "\r\n").utf8) + body
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return reply.cutAfter == nil
  }

  private static func read(_ socket: Int32) -> Asked? {
    var bytes: [UInt8] = []
    let end = Array("\r\n\r\n".utf8)
    var headers: [String: String] = [:]
    var bodyStart: Int?
    var piece = [UInt8](repeating: 0, count: 65536)
    while true {
      if bodyStart == nil, let place = bytes.firstRange(of: end) {
        bodyStart = place.upperBound
        let head = String(decoding: bytes[..<place.lowerBound], as: UTF8.self)
        for line in head.components(separatedBy: "\r\n").dropFirst() {
          let parts = line.split(separator: ":", maxSplits: 1)
          guard parts.count == 2 else { continue }
          headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
      }
      if let bodyStart {
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        if bytes.count >= bodyStart + length {
          return Asked(headers: headers, body: Array(bytes[bodyStart..<bodyStart + length]))
        }
      }
      let count = recv(socket, &piece, piece.count, 0)
      guard count > 0 else { return nil }
      bytes += piece.prefix(count)
    }
  }
}
