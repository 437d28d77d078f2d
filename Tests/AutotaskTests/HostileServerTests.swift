import HTTP
import SyncEngine
import SyncModel
import TestGround
import Testing

@testable import Autotask

/// What a hostile server can send instead of the PSA's answer (`design.md` 8): each is given up with
/// a sentence, and nothing is taken for data.
@Suite struct HostileServerTests {
  private static let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
  private static let items = "{\"items\":["

  struct Attack: Sendable, CustomTestStringConvertible {
    let name: String
    /// What the sentence says.
    let says: String
    let answer: @Sendable (Peer) -> Void
    var testDescription: String { name }
  }

  private static let attacks: [Attack] = [
    Attack(name: "50 MB of blanks", says: "larger than") { peer in
      let blanks = [UInt8](repeating: 0x20, count: 1 << 20)
      peer.send(head + "Content-Length: \(50 << 20)\r\n\r\n")
      for _ in 0..<50 where peer.send(blanks) {}
    },
    Attack(name: "rows without an end", says: "larger than") { peer in
      let part = Array(String(repeating: "{\"id\":1},", count: 100_000).utf8)
      peer.send(head + "\r\n" + items)
      while peer.send(part) {}
    },
    Attack(name: "nesting of 5 MB", says: "nested too deeply") { peer in
      let text = items + "{\"id\":1,\"x\":" + String(repeating: "[", count: 5 << 20)
      peer.reply("200 OK", ["Content-Type: application/json"], body: Array(text.utf8))
    },
    Attack(name: "numbers that no field holds", says: "of another type") { peer in
      let text = items + "{\"id\":\(String(repeating: "9", count: 100_000))}]}"
      peer.reply("200 OK", ["Content-Type: application/json"], body: Array(text.utf8))
    },
    Attack(name: "a redirect to another server", says: "another server") { peer in
      peer.reply("307 Moved", ["Location: http://localhost:9/ATServicesRest/v1.0/x"])
    },
    Attack(name: "a next page on another server", says: "another server") { peer in
      let url = "http://localhost:9/ATServicesRest/v1.0/Appointments/query/next?paging=1"
      let text = items + "],\"pageDetails\":{\"count\":0,\"nextPageUrl\":\"\(url)\"}}"
      peer.reply("200 OK", ["Content-Type: application/json"], body: Array(text.utf8))
    },
    Attack(name: "a next page that names a user", says: "another server") { peer in
      let url = "http://127.0.0.1:9@127.0.0.1/ATServicesRest/"
      let text = items + "],\"pageDetails\":{\"count\":0,\"nextPageUrl\":\"\(url)\"}}"
      peer.reply("200 OK", ["Content-Type: application/json"], body: Array(text.utf8))
    },
  ]

  @Test(arguments: attacks)
  func `what a hostile server sends is given up with a sentence`(attack: Attack) async throws {
    let error = try await failure(after: attack.answer)
    #expect(error.description.contains(attack.says), "\(error)")
  }

  @Test func `256 MB behind 256 KB of compression are not unpacked`() async throws {
    let zeros = try await Child.finished(
      "/bin/sh",
      ["-c", "head -c 268435456 /dev/zero | gzip -9"]
    )
    let error = try await failure { peer in
      peer.reply(
        "200 OK",
        ["Content-Type: application/json", "Content-Encoding: gzip"],
        body: zeros.bytes
      )
    }
    #expect(error.description.contains("larger than"), "\(error)")
  }

  /// The zone says where the tenant is, and with it where the secret goes.
  @Test(arguments: [
    "http://localhost:9/ATServicesRest/", "ftp://127.0.0.1/", "https://user@127.0.0.1/",
    "https://127.0.0.1\\\\@evil.example/", "javascript:alert(1)", "https://", "https://a b/",
  ])
  func `a zone that is no place for a secret is refused, and gets none`(url: String) async throws {
    let stranger = try ScriptedPSA(Office.noRows)
    let psa = try ScriptedPSA { _, _ in .json("{\"url\":\"\(url)\",\"ci\":1}") }
    let service = Office.service(at: psa)
    let error = try await AutotaskTests.failure { _ = try await service.open() }
    #expect(error.description.count > 20)
    #expect(psa.requests.allSatisfy { $0.headers["secret"] == nil })
    #expect(stranger.requests.isEmpty)
  }

  private func failure(
    after answer: @escaping @Sendable (Peer) -> Void
  ) async throws -> AutotaskError {
    let server = try LoopbackServer { peer in
      while let request = peer.readRequest() {
        if request.path.contains("zoneInformation") {
          let zone = Office.zone.body.replacing("{root}", with: "http://127.0.0.1:\(peer.port)")
          peer.reply("200 OK", ["Content-Type: application/json"], body: Array(zone.utf8))
        } else if request.path.hasSuffix("Resources/\(Office.resource)") {
          peer.reply(
            "200 OK",
            ["Content-Type: application/json"],
            body: Array(Office.person.body.utf8)
          )
        } else {
          answer(peer)
          return
        }
      }
    }
    let service = AutotaskService(
      account: Office.account(at: server.url),
      http: HTTPClient(trust: .system),
      // Who has the service has the server too.
      sleep: { _ in withExtendedLifetime(server) {} }
    )
    let error = try await AutotaskTests.failure {
      _ = try await service.page(of: PSAQuery(kind: .appointment), continuing: nil)
    }
    return error
  }
}
