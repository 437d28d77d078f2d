import Exchange
import Foundation
import HTTP
import SyncEngine
import SyncModel
import TestGround
import Testing
import ZoneData

/// What a hostile server can send instead of an answer (`design.md` 8): each is given up with a
/// sentence, and nothing is taken for data.
@Suite struct HostileServerTests {
  private static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
  private static let envelope = "<s:Envelope xmlns:s=\"urn:x\" xmlns:t=\"urn:y\"><s:Body>"

  struct Attack: Sendable, CustomTestStringConvertible {
    let name: String
    /// What the sentence says.
    let says: String
    let answer: @Sendable (Peer) -> Void
    var testDescription: String { name }
  }

  private static let attacks: [Attack] = [
    Attack(name: "50 MB of blanks", says: "text that is too long") { peer in
      let blanks = [UInt8](repeating: 0x20, count: 1 << 20)
      peer.send(head + "Content-Length: \(50 << 20)\r\n\r\n\(envelope)")
      for _ in 0..<50 where peer.send(blanks) {}
    },
    Attack(name: "a text without an end", says: "text that is too long") { peer in
      peer.send(head + "\r\n" + envelope)
      while peer.send([UInt8](repeating: 0x78, count: 1 << 20)) {}
    },
    Attack(name: "elements without an end", says: "larger than") { peer in
      let part = Array(String(repeating: "<t:x/>", count: 160_000).utf8)
      peer.send(head + "\r\n" + envelope)
      while peer.send(part) {}
    },
    Attack(name: "a tag without an end", says: "tag that is too long") { peer in
      peer.send(head + "\r\n<a b=\"")
      while peer.send([UInt8](repeating: 0x78, count: 1 << 20)) {}
    },
    Attack(name: "headers without an end", says: "larger than") { peer in
      peer.send("HTTP/1.1 200 OK\r\n")
      while peer.send("X-More: \(String(repeating: "x", count: 4_000))\r\n") {}
    },
    Attack(name: "nesting without an end", says: "too deeply") { peer in
      peer.send(head + "\r\n" + envelope)
      while peer.send(String(repeating: "<a>", count: 10_000)) {}
    },
    Attack(name: "entities that grow", says: "DOCTYPE") { peer in
      let lines = (1...9).map { "<!ENTITY l\($0) \"&l\($0 - 1);&l\($0 - 1);&l\($0 - 1);\">" }
      let bomb = "<!DOCTYPE a [<!ENTITY l0 \"lol\">\(lines.joined())]><a>&l9;</a>"
      peer.reply("200 OK", ["Content-Type: text/xml"], body: Array(bomb.utf8))
    },
    Attack(name: "an entity that is a file", says: "DOCTYPE") { peer in
      let text = "<!DOCTYPE a [<!ENTITY f SYSTEM \"file:///etc/hostname\">]><a>&f;</a>"
      peer.reply("200 OK", ["Content-Type: text/xml"], body: Array(text.utf8))
    },
    Attack(name: "a redirect to another server", says: "another server") { peer in
      peer.reply("302 Found", ["Location: http://localhost:9/EWS/Exchange.asmx"])
    },
    Attack(name: "redirects in a circle", says: "circle") { peer in
      peer.reply("302 Found", ["Location: /EWS/Exchange.asmx"])
    },
  ]

  @Test(arguments: attacks)
  func `what a hostile server sends is given up with a sentence`(attack: Attack) async throws {
    let server = try LoopbackServer { peer in
      // A connection is kept for the next circle; all other attacks end it.
      while peer.readRequest() != nil {
        attack.answer(peer)
        guard attack.name.contains("circle") else { return }
      }
    }
    let error = try #require(await failure { try await mailbox(at: server).open() })
    #expect(error.description.contains(attack.says), "\(error)")
    #expect(!error.description.contains("secret"))
  }

  @Test func `256 MB behind 256 KB of compression are not unpacked`() async throws {
    let zeros = try await Child.finished(
      "/bin/sh",
      ["-c", "head -c 268435456 /dev/zero | gzip -9"]
    )
    #expect(zeros.bytes.count < 300_000)
    let server = try LoopbackServer { _, peer in
      peer.reply(
        "200 OK",
        ["Content-Type: text/html", "Content-Encoding: gzip"],
        body: zeros.bytes
      )
    }
    let error = try #require(await failure { try await mailbox(at: server).open() })
    #expect(error.description.contains("larger than"), "\(error)")
  }

  @Test func `an answer that drips for ever ends by the clock`() async throws {
    let server = try LoopbackServer { peer in
      guard peer.readRequest() != nil else { return }
      peer.send(Self.head + "\r\n" + Self.envelope)
      // The client hangs up; until then a byte comes whenever it can.
      while peer.send(" ") { sched_yield() }
    }
    let mailbox = mailbox(at: server, timeout: .milliseconds(400))
    let error = try #require(await failure { try await mailbox.open() })
    #expect(error.description.contains("in time") || error.description.contains("too long"))
  }

  @Test func `folders whose pages never end are given up`() async throws {
    let server = try ScriptedExchange { asked, number in
      guard asked.operation == "FindFolder" else {
        return .soap(Fixture.response("GetFolder", Fixture.message("GetFolder", Self.folder)))
      }
      let page = """
        <m:RootFolder IndexedPagingOffset="\(number + 1)" IncludesLastItemInRange="false">\
        <t:Folders><t:Folder><t:FolderId Id="F\(number)" ChangeKey="1"/></t:Folder></t:Folders>\
        </m:RootFolder>
        """
      return .soap(Fixture.response("FindFolder", Fixture.message("FindFolder", page)))
    }
    let mailbox = Desk(server).mailbox
    let error = try #require(
      await failure { try await mailbox.contactsPlace(named: "PSA", known: nil) }
    )
    #expect(error.description.contains("its pages do not end"))
    #expect(server.asked.count <= 1_001)
  }

  private static let folder = "<m:Folders><t:Folder><t:FolderId Id=\"F\"/></t:Folder></m:Folders>"

  private func mailbox(at server: LoopbackServer, timeout: Duration = .seconds(60)) -> EWSMailbox {
    EWSMailbox(
      account: EWSAccount(
        url: server.url + "/EWS/Exchange.asmx",
        mailbox: "technician@example.com",
        credential: .basic(user: "technician", password: Secret("secret"))
      ),
      client: HTTPClient(trust: .system),
      zones: ZoneDatabase(),
      zone: nil,
      timeout: timeout,
      // Who has the mailbox has the server too.
      pace: Pace(sleep: { _ in withExtendedLifetime(server) {} }, now: { .zero }, dice: { 0 })
    )
  }
}
