import HTTP
import Mail
import SyncModel
import TestGround
import Testing

@Suite struct MailTests {
  private func message(_ subject: String, _ text: String, to: [String]) -> MailMessage {
    MailMessage(
      from: "lockstep@example.com",
      to: to,
      subject: subject,
      text: text,
      id: "4f1c",
      date: Instant(seconds: 1_772_438_400)
    )
  }

  private func send(_ message: MailMessage, _ server: MailServer) async throws(MailFailure) {
    try await server.submit(message.bytes, from: message.from, to: message.to)
  }

  @Test(arguments: [
    ("Plain", "One line.\n"),
    (
      "Grüße an die Technik, a subject that is far longer than a line of a header can be 🚐🚐🚐", "é\n"
    ),
    ("=?utf-8?q?not_encoded?=", "ends in blanks  \n.\n..dots\nFrom here\n\n=20\n\t\n"),
    ("Two\nlines", String(repeating: "wörd ", count: 400) + "\n"),
  ])
  func `what is written is what arrives`(subject: String, text: String) async throws {
    guard let sink = try await MailSink.opened() else { return }
    let server = MailServer(host: "127.0.0.1", port: sink.port, encryption: .none)
    try await send(message(subject, text, to: ["a@example.com", "b@example.com"]), server)
    let mail = try #require(try await sink.next())
    #expect(mail.subject == subject.replacing("\n", with: " "))
    #expect(mail.text.replacing("\r\n", with: "\n").hasPrefix(text))
    #expect(mail.to == ["a@example.com", "b@example.com"])
    #expect(mail.from == "lockstep@example.com")
    #expect(mail.headers["Date"] == "Mon, 02 Mar 2026 08:00:00 +0000")
    #expect(mail.headers["Message-ID"] == "<4f1c@example.com>")
    #expect(mail.headers["Auto-Submitted"] == "auto-generated")
  }

  @Test func `a recipient that the server refuses is told, and nobody gets the message`()
    async throws
  {
    guard let sink = try await MailSink.opened("refuse=gone@example.com", "later=busy@example.com")
    else { return }
    let server = MailServer(host: "127.0.0.1", port: sink.port, encryption: .none)
    let refused = await #expect(throws: MailFailure.self) {
      try await send(message("x", "y", to: ["gone@example.com"]), server)
    }
    #expect(refused?.remedy == .refused)
    #expect(refused?.description.contains("550") == true)
    let later = await #expect(throws: MailFailure.self) {
      try await send(message("x", "y", to: ["busy@example.com"]), server)
    }
    #expect(later?.remedy == .later)
    try await send(message("last", "y", to: ["a@example.com"]), server)
    #expect(try await sink.next()?.subject == "last")
  }

  @Test func `a wrong password is told as one and never shown`() async throws {
    guard let sink = try await MailSink.opened("sign-in=yes") else { return }
    func server(_ password: String) -> MailServer {
      MailServer(
        host: "127.0.0.1",
        port: sink.port,
        encryption: .none,
        user: "sender",
        password: Secret(password)
      )
    }
    let failure = await #expect(throws: MailFailure.self) {
      try await send(message("x", "y", to: ["a@example.com"]), server("canary"))
    }
    #expect(failure?.remedy == .signIn)
    #expect(failure?.description.contains("canary") == false)
    try await send(message("x", "y", to: ["a@example.com"]), server("word"))
    #expect(try await sink.next()?.user == "sender")
  }

  @Test func `nothing goes to another machine in the clear`() async throws {
    let server = MailServer(host: "mail.example.com", port: 25, encryption: .none)
    let failure = await #expect(throws: MailFailure.self) {
      try await send(message("x", "y", to: ["a@example.com"]), server)
    }
    #expect(failure?.remedy == .refused)
  }

  @Test(arguments: [
    "a@example.com>\r\nRCPT TO:<b@example.com", "a b@example.com", "a", "ä@example.com",
  ])
  func `an address cannot carry a command`(address: String) async throws {
    let server = MailServer(host: "127.0.0.1", port: 9, encryption: .none)
    let failure = await #expect(throws: MailFailure.self) {
      try await send(message("x", "y", to: [address]), server)
    }
    #expect(failure?.remedy == .refused)
  }

  @Test(arguments: [MailServer.Encryption.tls, .startTLS])
  func `a server is believed by its certificate only`(encryption: MailServer.Encryption)
    async throws
  {
    let folder = try TemporaryFolder()
    let made = try await Child.finished(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
        "3650", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
        folder("key"), "-out", folder("certificate"),
      ]
    )
    try #require(made.status == 0)
    guard
      let sink = try await MailSink.opened(
        "encryption=\(encryption.rawValue)",
        "certificate=\(folder("certificate"))",
        "key=\(folder("key"))"
      )
    else { return }
    func server(_ trust: TrustPolicy) -> MailServer {
      MailServer(host: "localhost", port: sink.port, encryption: encryption, trust: trust)
    }
    let failure = await #expect(throws: MailFailure.self) {
      try await send(message("x", "y", to: ["a@example.com"]), server(.system))
    }
    #expect(failure?.description.contains("self-signed") == true)
    let trust = TrustPolicy(
      certificateAuthorityFile: folder("certificate"),
      pinnedKey: nil
    )
    try await send(message("x", "y", to: ["a@example.com"]), server(trust))
    #expect(try await sink.next()?.isEncrypted == true)
  }

  @Test func `a server that cannot encrypt gets nothing where encryption is asked for`()
    async throws
  {
    guard let sink = try await MailSink.opened() else { return }
    let server = MailServer(host: "localhost", port: sink.port, encryption: .startTLS)
    await #expect(throws: MailFailure.self) {
      try await send(message("x", "y", to: ["a@example.com"]), server)
    }
  }

  @Test func `an invitation has the code, the address and three steps`() {
    let text = MailText.invitation(
      name: "A technician",
      code: "7GQM-2XKD-HT49-WZ5B",
      registry: "https://lockstep.example.com",
      expires: Instant(seconds: 1_772_438_400)
    )
    for part in [
      "7GQM-2XKD-HT49-WZ5B", "https://lockstep.example.com", "1. ", "2. ", "3. ", "2026-03-02",
    ] {
      #expect(text.text.contains(part))
    }
  }

  @Test func `failures are grouped with cause, effect and next step`() {
    let troubles = [7, 9].map { number in
      MailText.Trouble(
        name: "Technician \(number)",
        resource: number,
        cause: "Exchange refused the password.",
        since: Instant(seconds: 1_772_438_400),
        lastSuccess: nil
      )
    }
    let one = MailText.failures([troubles[0]], of: "Head office")
    #expect(one.subject == "Lockstep (Head office): Technician 7 is not in step")
    let two = MailText.failures(troubles, of: "Head office")
    #expect(two.subject == "Lockstep (Head office): 2 resources are not in step")
    for part in ["Cause:  Exchange refused", "Effect: ", "Next:   ", "resource 9", "08:00 UTC"] {
      #expect(two.text.contains(part))
    }
  }
}
