import Foundation
import HTTP
import TestGround
import Testing

/// `promises.md`, "bad certificates": each is refused, each with a sentence of its own.
@Suite struct CertificateTests {
  let certificates: Certificates

  init() async throws {
    certificates = try await Certificates.made.value
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let refusal: TLSRefusal
    let says: String
    var options: [String] = []
    var testDescription: String { "\(name) \(options.joined(separator: " "))" }
  }

  /// What makes s_server itself use what is too weak.
  static let lax = ["-cipher", "ALL:@SECLEVEL=0"]

  static let cases: [Case] = [
    Case(name: "expired", refusal: .expired, says: "has expired"),
    Case(name: "early", refusal: .notYetValid, says: "not valid yet"),
    Case(name: "elsewhere", refusal: .wrongHost, says: "another name"),
    Case(name: "self", refusal: .selfSigned, says: "self-signed"),
    Case(name: "unknown", refusal: .unknownAuthority, says: "authority that this machine does not"),
    Case(name: "behind", refusal: .unknownAuthority, says: "leaves out a certificate"),
    Case(name: "sha1", refusal: .weak, says: "too weak", options: lax),
    Case(
      name: "behind-sha1",
      refusal: .weak,
      says: "too weak",
      options: lax + ["-cert_chain", "middle-sha1.pem"]
    ),
    Case(name: "short", refusal: .weak, says: "short key", options: lax),
    Case(name: "client", refusal: .wrongUsage, says: "not made for a server's use"),
    Case(
      name: "by-good",
      refusal: .wrongUsage,
      says: "not made for a server's use",
      options: ["-cert_chain", "good.pem"]
    ),
    Case(name: "good", refusal: .oldProtocol, says: "old TLS", options: lax + ["-tls1"]),
    Case(name: "good", refusal: .oldProtocol, says: "old TLS", options: lax + ["-tls1_1"]),
  ]

  @Test(arguments: cases) func `a bad certificate is refused with its own sentence`(
    bad: Case
  ) async throws {
    let server = try await TLSServer(certificates, bad.name, bad.options)
    let refusal = try #require(await refusal(of: server, trusting: "authority"))
    #expect(refusal.cause == bad.refusal)
    #expect(refusal.sentence.contains(bad.says))
    #expect(refusal.sentence.contains("localhost:\(server.port)"))
  }

  @Test(arguments: [[], ["-tls1_2"], ["-tls1_3"]]) func `a good private authority is accepted`(
    options: [String]
  ) async throws {
    let server = try await TLSServer(certificates, "good", options)
    #expect(try await body(of: server, trusting: "authority") == "hello")
  }

  @Test func `a complete chain over an intermediate is accepted`() async throws {
    let server = try await TLSServer(certificates, "behind", ["-cert_chain", "middle.pem"])
    #expect(try await body(of: server, trusting: "authority") == "hello")
  }

  @Test func `a self-signed server is accepted with its own certificate as authority only`()
    async throws
  {
    let server = try await TLSServer(certificates, "self")
    #expect(try await body(of: server, trusting: "self") == "hello")
    let pinned = try #require(
      await refusal(of: server, trusting: nil, pin: try await certificates.pin("self"))
    )
    #expect(pinned.cause == .selfSigned)
  }

  @Test func `the system's authorities do not vouch for a private one`() async throws {
    let server = try await TLSServer(certificates, "good")
    #expect(await refusal(of: server, trusting: nil)?.cause == .unknownAuthority)
  }

  @Test func `a pin is checked in addition`() async throws {
    let server = try await TLSServer(certificates, "good")
    let (right, wrong) = (try await certificates.pin("good"), try await certificates.pin("self"))
    for pin in [right, "sha256//\(right)", "\(wrong);\(right)", "\(wrong) sha256//\(right)"] {
      #expect(try await body(of: server, trusting: "authority", pin: pin) == "hello")
    }
    for pin in [wrong, "", "nonsense", certificates.path("good.pem"), "/dev/null"] {
      let refusal = await refusal(of: server, trusting: "authority", pin: pin)
      #expect(refusal?.cause == .pinMismatch, "\(pin)")
      #expect(refusal?.sentence.contains("not the pinned one") == true)
    }
    #expect(await refusal(of: server, trusting: "stranger", pin: right)?.cause == .unknownAuthority)
  }

  @Test func `an authority file that cannot be used is named`() async throws {
    let server = try await TLSServer(certificates, "good")
    for name in ["absent", "good.ext"] {
      let refusal = try #require(await refusal(of: server, trusting: name))
      guard case .authorityFileUnreadable(let path) = refusal.cause else {
        Issue.record("wrong cause: \(refusal)")
        continue
      }
      #expect(path.contains(name))
      #expect(refusal.sentence.contains(path))
    }
  }

  @Test func `a redirect from https to http is refused`() async throws {
    let server = try await TLSServer(certificates, "good")
    let error = await failure {
      try await client(trusting: "authority").send(
        HTTPRequest(method: "GET", url: server.url("down"))
      )
    }
    guard case HTTPError.redirectRefused(_, let target) = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect(target == "http://127.0.0.1:9/")
  }

  @Test func `what does not speak TLS is called that`() async throws {
    let server = try LoopbackServer(connection: { peer in
      _ = peer.read(1)
      peer.reply("400 Bad Request")
    })
    let error = await failure {
      try await client(trusting: nil).send(
        HTTPRequest(method: "GET", url: "https://localhost:\(server.port)/")
      )
    }
    guard case HTTPError.tls(_, .notTLS) = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
  }

  @Test func `a connection that breaks in the handshake is no verdict`() async throws {
    let server = try LoopbackServer(connection: { peer in _ = peer.read(1) })
    let error = await failure {
      try await client(trusting: nil).send(
        HTTPRequest(method: "GET", url: "https://localhost:\(server.port)/")
      )
    }
    guard case HTTPError.connectionLost = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
  }

  @Test func `a server that wants a client certificate is told apart`() async throws {
    let server = try await TLSServer(
      certificates,
      "good",
      ["-Verify", "1", "-CAfile", "authority.pem"]
    )
    #expect(await refusal(of: server, trusting: "authority")?.cause == .clientCertificateWanted)
  }

  @Test func `every refusal has a sentence of its own`() {
    let all: [TLSRefusal] = [
      .expired, .notYetValid, .wrongHost, .selfSigned, .unknownAuthority, .revoked, .weak,
      .wrongUsage, .pinMismatch, .oldProtocol, .noCommonCipher, .clientCertificateWanted, .notTLS,
      .authorityFileUnreadable(path: "/a"), .other(reason: "x"),
    ]
    let sentences = all.map { "\(HTTPError.tls(host: "exchange.example", refusal: $0))" }
    #expect(Set(sentences).count == all.count)
    #expect(all.allSatisfy { !HTTPError.tls(host: "h", refusal: $0).isTransient })
  }

  private func client(trusting authority: String?, pin: String? = nil) -> HTTPClient {
    HTTPClient(
      trust: TrustPolicy(
        certificateAuthorityFile: authority.map { name in
          certificates.path(name.contains(".") ? name : "\(name).pem")
        },
        pinnedKey: pin
      )
    )
  }

  private func body(
    of server: TLSServer,
    trusting authority: String?,
    pin: String? = nil
  ) async throws -> String {
    let client = client(trusting: authority, pin: pin)
    let response = try await client.send(HTTPRequest(method: "GET", url: server.url()))
    return String(decoding: response.body, as: UTF8.self)
  }

  private func refusal(
    of server: TLSServer,
    trusting authority: String?,
    pin: String? = nil
  ) async -> (cause: TLSRefusal, sentence: String)? {
    let error = await failure { try await body(of: server, trusting: authority, pin: pin) }
    guard case HTTPError.tls(_, let cause)? = error else {
      Issue.record("no refusal: \(String(describing: error))")
      return nil
    }
    return (cause, error.map { "\($0)" } ?? "")
  }
}
