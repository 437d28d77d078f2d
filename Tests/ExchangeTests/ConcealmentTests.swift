import Exchange
import HTTP
import SyncEngine
import SyncModel
import TestGround
import Testing
import ZoneData

/// A server that repeats what it was sent gives no secret away (`promises.md` I14).
@Suite struct ConcealmentTests {
  private static let password = "CANARY-pass-word"
  /// Of `technician:CANARY-pass-word`, as Basic sends it.
  private static let basic = "dGVjaG5pY2lhbjpDQU5BUlktcGFzcy13b3Jk"

  @Test(arguments: ["fault", "message", "detail", "type", "root", "redirect", "malformed"])
  func `words of a server show no secret that it was sent`(place: String) async throws {
    let server = try LoopbackServer { request, peer in
      let sent = request.value(of: "Authorization") ?? ""
      let echo = "you sent \(sent) that is \(Self.password)"
      func xml(_ text: String, _ status: String = "500 Broken") -> Bool {
        peer.reply(status, ["Content-Type: text/xml"], body: Array(text.utf8))
      }
      switch place {
      case "fault":
        return xml(
          Fixture.envelope(
            "<s:Fault><faultcode>\(echo)</faultcode><faultstring>\(echo)</faultstring></s:Fault>"
          )
        )
      case "message":
        let message = Fixture.message("GetFolder", code: "ErrorAccessDenied", text: echo)
        return xml(Fixture.envelope(Fixture.response("GetFolder", message)), "200 OK")
      case "detail":
        return xml(
          Fixture.envelope(
            Fixture.fault("ErrorSchemaValidation", detail: "<e:Line>\(echo)</e:Line>")
          )
        )
      case "type": return peer.reply("200 OK", ["Content-Type: text/\(echo)"], body: [1])
      case "root": return xml("<\(Self.password)/>", "200 OK")
      case "redirect":
        return peer.reply(
          "302 Found",
          ["Location: https://a.example/\(Self.password)/\(Self.basic)"]
        )
      default: return xml("<a></\(Self.password)>", "200 OK")
      }
    }
    let mailbox = EWSMailbox(
      account: EWSAccount(
        url: server.url + "/EWS/Exchange.asmx",
        mailbox: "technician@example.com",
        credential: .basic(user: "technician", password: Secret(Self.password))
      ),
      client: HTTPClient(trust: .system),
      zones: ZoneDatabase(),
      zone: nil,
      timeout: .seconds(20),
      // Who has the mailbox has the server too.
      pace: Pace(sleep: { _ in withExtendedLifetime(server) {} }, now: { .zero }, dice: { 0 })
    )
    let error = try #require(await failure { try await mailbox.open() })
    #expect(server.requests.first?.value(of: "Authorization") == "Basic \(Self.basic)")
    for text in ["\(error)", String(reflecting: error)] {
      #expect(!text.contains("CANARY") && !text.contains(Self.basic), "\(text)")
    }
  }
}
