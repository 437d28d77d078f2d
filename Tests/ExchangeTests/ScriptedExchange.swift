import Foundation
import TestGround

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
  /// Names in lower case.
  let headers: [String: String]
  let body: [UInt8]

  init(_ request: Request) {
    headers = request.headersByName
    body = request.body
  }

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

/// A server that answers what a test says; it knows nothing of EWS.
final class ScriptedExchange: Sendable {
  private let server: LoopbackServer

  /// `answer` gets the request and its number, from 0 on.
  init(_ answer: @escaping @Sendable (Asked, Int) -> Reply) throws {
    server = try LoopbackServer { request, peer in
      answer(Asked(request), request.number).isSent(to: peer)
    }
  }

  /// Answers with these, one after another, and with the last one from then on.
  convenience init(_ replies: Reply...) throws {
    try self.init { _, number in replies[min(number, replies.count - 1)] }
  }

  var url: String { server.url + "/EWS/Exchange.asmx" }
  var asked: [Asked] { server.requests.map(Asked.init) }
}

extension Reply {
  /// False when the connection is over.
  fileprivate func isSent(to peer: Peer) -> Bool {
    if isDropped { return false }
    return peer.reply(
      "\(status) Scripted",
      headers.map { "\($0): \($1)" },
      body: cutAfter.map { Array(body.prefix($0)) } ?? body,
      length: body.count
    ) && cutAfter == nil
  }
}
