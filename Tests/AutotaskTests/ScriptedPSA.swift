import TestGround

/// A web server that answers as its script says and remembers what it was asked.
final class ScriptedPSA: Sendable {
  private let server: LoopbackServer
  private let load: Locked<Load>

  private struct Load {
    var atOnce = 0
    var mostAtOnce = 0
  }

  /// `answer` gets each request with its number, beginning at 0; `{root}` in a body becomes this
  /// server's URL.
  init(answering answer: @escaping @Sendable (SeenRequest, Int) -> Reply) throws {
    let load = Locked(Load())
    self.load = load
    server = try LoopbackServer { request, peer in
      load.withLock {
        $0.atOnce += 1
        $0.mostAtOnce = max($0.mostAtOnce, $0.atOnce)
      }
      let reply = answer(SeenRequest(request), request.number)
      load.withLock { $0.atOnce -= 1 }
      return reply.isSent(to: peer)
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

  var port: Int { server.port }
  var url: String { server.url }
  var requests: [SeenRequest] { server.requests.map(SeenRequest.init) }
  var mostAtOnce: Int { load.withLock { $0.mostAtOnce } }
  /// Method and path of each request, in order.
  var lines: [String] { requests.map { "\($0.method) \($0.path)" } }
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

  /// False when the connection is over.
  fileprivate func isSent(to peer: Peer) -> Bool {
    if ending == .silent { return false }
    let bytes = Array(body.replacing("{root}", with: "http://127.0.0.1:\(peer.port)").utf8)
    let length = bytes.count + (ending == .cut ? 10 : 0)
    return peer.reply("\(status) Status", headers, body: bytes, length: length) && ending == .whole
  }
}

struct SeenRequest: Sendable {
  let method: String
  let path: String
  /// Names in lower case.
  let headers: [String: String]
  let body: String

  init(_ request: Request) {
    method = request.method
    path = request.path
    headers = request.headersByName
    body = request.text
  }
}
