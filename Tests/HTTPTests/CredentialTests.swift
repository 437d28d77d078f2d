import Foundation
import HTTP
import TestGround
import Testing

@Suite struct CredentialTests {
  let client = HTTPClient(trust: .system, maximumConnectionsPerHost: 4)

  @Test(arguments: [
    ("CORP\\ada", "pa:ss wörd"), ("ada@example.com", ""), ("ada", "‹日本›"),
  ])
  func `Basic goes out with the first leg`(user: String, password: String) async throws {
    let server = try LoopbackServer { _, peer in peer.reply("ok") }
    let request = HTTPRequest(
      method: "POST",
      url: server.url,
      body: [1],
      credential: .basic(user: user, password: Secret(password))
    )
    #expect(try await client.send(request).status == 200)
    let expected = Data("\(user):\(password)".utf8).base64EncodedString()
    #expect(server.requests.map { $0.value(of: "Authorization") } == ["Basic \(expected)"])
  }

  @Test func `a bearer token goes out with the first leg`() async throws {
    let server = try LoopbackServer { _, peer in peer.reply("ok") }
    let request = HTTPRequest(
      method: "GET",
      url: server.url,
      credential: .bearer(Secret("abc.def-1"))
    )
    #expect(try await client.send(request).status == 200)
    #expect(server.requests.map { $0.value(of: "Authorization") } == ["Bearer abc.def-1"])
  }

  @Test func `no credential sends none, whatever the client sent before`() async throws {
    let server = try LoopbackServer { _, peer in peer.reply("ok") }
    let signed = Credential.basic(user: "u", password: Secret("p"))
    _ = try await client.send(HTTPRequest(method: "GET", url: server.url, credential: signed))
    _ = try await client.send(HTTPRequest(method: "GET", url: server.url))
    #expect(server.requests.map { $0.value(of: "Authorization") != nil } == [true, false])
  }

  @Test(arguments: [
    Credential.none, .basic(user: "u", password: Secret("p")), .bearer(Secret("t")), .negotiate,
    .ntlm(user: "u", password: Secret("p")),
  ])
  func `a 401 is an answer with its challenges, asked for once`(
    credential: Credential
  ) async throws {
    let server = try LoopbackServer { _, peer in
      peer.reply("401 Unauthorized", ["WWW-Authenticate: Basic realm=\"x\""], body: [1, 2])
    }
    let request = HTTPRequest(method: "POST", url: server.url, body: [9], credential: credential)
    let response = try await client.send(request)
    #expect(response.status == 401)
    #expect(response.body == [1, 2])
    #expect(response.head.values(of: "WWW-Authenticate") == ["Basic realm=\"x\""])
    #expect(server.requests.count == 1)
  }

  /// Without a ticket there is nothing to send; the server's 401 must come through.
  @Test func `Negotiate without a ticket ends as the server's 401`() async throws {
    let server = try LoopbackServer { _, peer in
      peer.reply("401 Unauthorized", ["WWW-Authenticate: Negotiate"])
    }
    let request = HTTPRequest(method: "POST", url: server.url, body: [9], credential: .negotiate)
    #expect(try await client.send(request).status == 401)
    #expect(server.requests.count <= 2)
  }

  @Test func `NTLM proves itself on one connection and sends the body with the proof`()
    async throws
  {
    let server = try await NTLMServer(password: "Sesam öffne")
    let ntlm = Credential.ntlm(user: "CORP\\ada", password: Secret("Sesam öffne"))
    let answers = try await (1...3).asyncMap { number in
      let request = HTTPRequest(
        method: "POST",
        url: server.url,
        body: Array("body \(number)".utf8),
        credential: ntlm
      )
      return String(decoding: try await client.send(request).body, as: UTF8.self)
    }
    #expect(
      answers == [
        "user=CORP\\ada;connection=1;legs=2;body=body 1",
        "user=CORP\\ada;connection=1;legs=3;body=body 2",
        "user=CORP\\ada;connection=1;legs=4;body=body 3",
      ]
    )
    #expect(client.requestCount == 3)
  }

  @Test func `NTLM streams only the final answer`() async throws {
    let server = try await NTLMServer(password: "p")
    let request = HTTPRequest(
      method: "POST",
      url: server.url,
      body: [0x61],
      credential: .ntlm(user: "ada", password: Secret("p"))
    )
    let consumer = NotingConsumer()
    #expect(try await client.send(request, into: consumer).status == 200)
    #expect(consumer.heads.map(\.status) == [200])
    #expect(consumer.ends == 1)
  }

  @Test func `several NTLM requests at a time each get their own answer`() async throws {
    let server = try await NTLMServer(password: "p")
    let answers = try await withThrowingTaskGroup(of: String.self) { group in
      for number in 0..<24 {
        group.addTask {
          let request = HTTPRequest(
            method: "POST",
            url: server.url,
            body: Array("\(number)".utf8),
            credential: .ntlm(user: "CORP\\ada", password: Secret("p"))
          )
          let response = try await client.send(request)
          return String(decoding: response.body, as: UTF8.self)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(answers.compactMap { $0.split(separator: "body=").last }).count == 24)
    #expect(answers.allSatisfy { $0.hasPrefix("user=CORP\\ada;") })
  }

  @Test func `a wrong NTLM password is a 401, tried once`() async throws {
    let server = try await NTLMServer(password: "right")
    let request = HTTPRequest(
      method: "POST",
      url: server.url,
      body: [0x61],
      credential: .ntlm(user: "ada", password: Secret("wrong"))
    )
    let response = try await client.send(request)
    #expect(response.status == 401)
    #expect(response.head.value(of: "X-Why") == "wrong proof")
  }

  @Test func `an NTLM password that cannot be sent is refused before it locks the account`()
    async throws
  {
    let server = try LoopbackServer { _, peer in peer.reply("ok") }
    let request = HTTPRequest(
      method: "GET",
      url: server.url,
      credential: .ntlm(user: "ada", password: Secret("日本"))
    )
    let error = await failure { try await client.send(request) }
    guard case HTTPError.badRequest(let reason) = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect(reason.contains("Negotiate or Basic"))
    #expect(server.requests.isEmpty)
  }
}

@Suite struct SecretTests {
  static let canary = "canary-7f3a"

  private func printed<Value>(_ value: Value) -> String {
    var text = "\(value) \(String(describing: value)) \(String(reflecting: value))"
    dump(value, to: &text)
    text += Mirror(reflecting: value).children.map { "\($0)" }.joined()
    return text
  }

  @Test func `a secret is printed nowhere`() throws {
    let secret = Secret(Self.canary)
    #expect(secret.reveal() == Self.canary)
    #expect("\(secret)" == "‹secret›")
    var request = HTTPRequest(method: "GET", url: "https://exchange.example/EWS?x=\(Self.canary)")
    request.headers = [HTTPHeader("X", Self.canary)]
    request.body = Array(Self.canary.utf8)
    request.credential = .basic(user: "ada", password: secret)
    let all: [Any] = [
      secret, Optional(secret) as Any, [secret], ["k": secret], request,
      Credential.basic(user: "ada", password: secret), Credential.bearer(secret),
      Credential.ntlm(user: "ada", password: secret),
      HTTPHeader("Authorization", Self.canary), HTTPHeader("Secret", Self.canary),
      HTTPHeader("ApiIntegrationCode", Self.canary), HTTPHeader("Set-Cookie", Self.canary),
    ]
    for value in all { #expect(!printed(value).contains(Self.canary)) }
    #expect("\(request)" == "GET https://exchange.example/EWS")
  }

  @Test func `no error quotes a secret`() async throws {
    let client = HTTPClient(trust: .system)
    let server = try LoopbackServer { _, peer in
      peer.reply("302 Found", ["Location: http://example.com/?p=\(Self.canary)"])
    }
    let signed = Credential.basic(user: "ada", password: Secret(Self.canary))
    for url in [
      "https://ada:\(Self.canary)@exchange.example/", "\(server.url)/?\(Self.canary)",
      "https://127.0.0.1:1/?\(Self.canary)", "http://exchange.example/?\(Self.canary)",
      "https:// \(Self.canary)", "nonsense \(Self.canary)",
    ] {
      let request = HTTPRequest(method: "GET", url: url, credential: signed)
      let error = try #require(await failure { try await client.send(request) })
      #expect(!printed(error).contains(Self.canary))
    }
  }
}

extension Sequence {
  func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
