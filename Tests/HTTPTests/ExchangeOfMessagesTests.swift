import HTTP
import TestGround
import Testing

@Suite struct ExchangeOfMessagesTests {
  let client = HTTPClient(trust: .system, userAgent: "Lockstep/test")

  @Test func `a GET brings status, headers and body`() async throws {
    let server = try LoopbackServer { _, peer in
      peer.reply(
        "404 Not Found",
        ["X-One: 1", "x-two:  b ", "Set-Cookie: a=1", "Set-Cookie: b=2"],
        body: Array("gone".utf8)
      )
    }
    let response = try await client.send(HTTPRequest(method: "GET", url: server.url + "/a?b=c"))
    #expect(response.status == 404)
    #expect(response.body == Array("gone".utf8))
    #expect(response.head.value(of: "x-ONE") == "1")
    #expect(response.head.value(of: "X-Two") == "b")
    #expect(response.head.values(of: "set-cookie") == ["a=1", "b=2"])
    #expect(response.head.value(of: "absent") == nil)
    let seen = try #require(server.requests.first)
    #expect(seen.line == "GET /a?b=c HTTP/1.1")
    #expect(seen.value(of: "User-Agent") == "Lockstep/test")
    #expect(seen.value(of: "Accept-Encoding") == "gzip")
    #expect(client.requestCount == 1)
  }

  @Test(arguments: ["POST", "PATCH", "PUT", "DELETE"], [0, 5, 300_000])
  func `a body goes out whole, with its length, never chunked, never announced`(
    method: String,
    count: Int
  ) async throws {
    let server = try LoopbackServer { _, peer in peer.reply("ok") }
    let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let request = HTTPRequest(
      method: method,
      url: server.url,
      headers: [HTTPHeader("Content-Type", "text/xml; charset=utf-8"), HTTPHeader("X-Empty", "")],
      body: body
    )
    #expect(try await client.send(request).status == 200)
    let seen = try #require(server.requests.first)
    #expect(seen.line == "\(method) / HTTP/1.1")
    #expect(seen.body == body)
    #expect(seen.value(of: "Content-Length") == "\(count)")
    #expect(seen.value(of: "Content-Type") == "text/xml; charset=utf-8")
    #expect(seen.value(of: "X-Empty") == "")
    #expect(seen.value(of: "Expect") == nil)
    #expect(seen.value(of: "Transfer-Encoding") == nil)
  }

  @Test func `a body without a type is not called a web form`() async throws {
    let server = try LoopbackServer { _, peer in peer.reply("ok") }
    _ = try await client.send(HTTPRequest(method: "POST", url: server.url, body: [1]))
    #expect(server.requests.first?.value(of: "Content-Type") == nil)
  }

  @Test(arguments: ["DELETE", "HEAD"]) func `a method without a body has none`(
    method: String
  ) async throws {
    let server = try LoopbackServer { _, peer in peer.send("HTTP/1.1 204 No Content\r\n\r\n") }
    #expect(try await client.send(HTTPRequest(method: method, url: server.url)).status == 204)
    #expect(server.requests.first?.line == "\(method) / HTTP/1.1")
    #expect(server.requests.first?.value(of: "Transfer-Encoding") == nil)
  }

  @Test(arguments: [
    HTTPHeader("X-Good", "a\r\nX-Bad: 1"), HTTPHeader("X-Good", "a\0b"),
    HTTPHeader("X Bad", "1"), HTTPHeader("X:Bad", "1"), HTTPHeader("", "1"),
  ])
  func `a header that would become another one is refused`(header: HTTPHeader) async throws {
    let server = try LoopbackServer { _, peer in peer.reply("ok") }
    let error = await failure {
      try await client.send(HTTPRequest(method: "GET", url: server.url, headers: [header]))
    }
    guard case HTTPError.badRequest = try #require(error) else {
      Issue.record("not refused: \(String(describing: error))")
      return
    }
    #expect(server.requests.isEmpty)
  }

  @Test func `an interim answer is passed over`() async throws {
    let server = try LoopbackServer { _, peer in
      peer.send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n")
      return peer.reply("201 Created", ["X-Late: 1"])
    }
    let head = try await client.send(HTTPRequest(method: "GET", url: server.url)).head
    #expect(head.status == 201)
    #expect(head.value(of: "X-Early") == nil)
    #expect(head.value(of: "X-Late") == "1")
  }

  @Test func `a head without end is given up`() async throws {
    let server = try LoopbackServer { _, peer in
      peer.send("HTTP/1.1 200 OK\r\n")
      let line = "X-More: " + String(repeating: "a", count: 1000) + "\r\n"
      for _ in 0..<100_000 where !peer.send(line) { break }
      return false
    }
    let error = await failure { try await client.send(HTTPRequest(method: "GET", url: server.url)) }
    guard case HTTPError.tooLarge = try #require(error) else {
      Issue.record("not refused: \(String(describing: error))")
      return
    }
  }

  @Test func `what is no HTTP is called that`() async throws {
    let server = try LoopbackServer { _, peer in
      peer.send("220 mail.example ESMTP\r\n")
      return false
    }
    let error = await failure { try await client.send(HTTPRequest(method: "GET", url: server.url)) }
    guard case HTTPError.malformedAnswer = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
  }

  @Test func `cookies are kept by the client, shared by its requests and forgotten on demand`()
    async throws
  {
    let server = try LoopbackServer { request, peer in
      request.line.contains("/set")
        ? peer.reply("200 OK", ["Set-Cookie: X-BackEndCookie=abc; path=/; HttpOnly"])
        : peer.reply(request.value(of: "Cookie") ?? "none")
    }
    func cookie(_ client: HTTPClient) async throws -> String {
      let response = try await client.send(HTTPRequest(method: "GET", url: server.url + "/get"))
      return String(decoding: response.body, as: UTF8.self)
    }
    _ = try await client.send(HTTPRequest(method: "GET", url: server.url + "/set"))
    let answers = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<6 { group.addTask { try await cookie(client) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers == Array(repeating: "X-BackEndCookie=abc", count: 6))
    #expect(try await cookie(HTTPClient(trust: .system)) == "none")
    client.forgetCookies()
    #expect(try await cookie(client) == "none")
  }
}
