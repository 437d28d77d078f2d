import HTTP
import RegistryAPI
import RegistryClient
import SyncModel
import TestGround

/// A registry that answers as a test says and remembers what it was asked.
final class ScriptedRegistry: Sendable {
  struct Reply: Sendable {
    var status = 200
    var headers: [String] = ["Content-Type: application/json"]
    var body = ""
    var isSilent = false

    static let silence = Reply(isSilent: true)

    static func problem(_ code: RegistryProblem.Code, _ message: String) -> Reply {
      let problem = RegistryProblem(code, message)
      return Reply(
        status: problem.status,
        body: #"{"code":"\#(code.rawValue)","message":"\#(message)"}"#
      )
    }
  }

  private let server: LoopbackServer

  init(_ answer: @escaping @Sendable (Request) -> Reply) throws {
    server = try LoopbackServer { request, peer in
      let reply = answer(request)
      if reply.isSilent { return false }
      return peer.reply("\(reply.status) Status", reply.headers, body: Array(reply.body.utf8))
    }
  }

  var url: String { server.url }
  var requests: [Request] { server.requests }

  func service(
    token: String? = "lsa_canary-0123456789",
    patience: Duration = .seconds(20)
  ) -> RegistryService {
    RegistryService(
      url: url + "/",
      token: token.map(Secret.init),
      http: HTTPClient(trust: .system),
      patience: patience
    )
  }
}
