import HTTP
import TestGround
import Testing

@Suite struct RedirectTests {
  let client = HTTPClient(trust: .system)

  @Test(arguments: [301, 302, 307, 308])
  func `a redirect on the same server repeats method, body and credential`(
    status: Int
  ) async throws {
    let server = try LoopbackServer { request, peer in
      request.line.contains("/old")
        ? peer.reply("\(status) Moved", ["Location: new?x=1"], body: Array("ignored".utf8))
        : peer.reply("arrived")
    }
    let consumer = NotingConsumer()
    let request = HTTPRequest(
      method: "POST",
      url: server.url + "/EWS/old",
      body: [1, 2],
      credential: .basic(user: "u", password: Secret("p"))
    )
    let head = try await client.send(request, into: consumer)
    #expect(head.status == 200)
    #expect(consumer.heads == [head])
    #expect(consumer.count == "arrived".count)
    #expect(
      server.requests.map(\.line) == ["POST /EWS/old HTTP/1.1", "POST /EWS/new?x=1 HTTP/1.1"]
    )
    #expect(server.requests.allSatisfy { $0.body == [1, 2] })
    #expect(server.requests.allSatisfy { $0.value(of: "Authorization") != nil })
    #expect(client.requestCount == 2)
  }

  @Test func `303 asks for the other page without the body`() async throws {
    let server = try LoopbackServer { request, peer in
      request.line.contains("/old")
        ? peer.reply("303 See Other", ["Location: /new"]) : peer.reply("arrived")
    }
    let request = HTTPRequest(method: "POST", url: server.url + "/old", body: [1, 2])
    #expect(try await client.send(request).status == 200)
    #expect(server.requests.last?.line == "GET /new HTTP/1.1")
    #expect(server.requests.last?.body == [])
  }

  /// `localhost` and 127.0.0.1 are one machine but two names: another origin.
  @Test(arguments: [
    ("http://localhost:%/x?secret=1", "http://localhost:%/x"),
    ("https://127.0.0.1:%/x", "https://127.0.0.1:%/x"),
    ("http://127.0.0.1:9/x", "http://127.0.0.1:9/x"),
    ("http://example.com/", "http://example.com"),
    ("//example.com/", "http://example.com"),
    ("https://example.com/owa", "https://example.com/owa"),
  ])
  func `a redirect elsewhere is an error that names the target, and nothing goes there`(
    location: String,
    named: String
  ) async throws {
    let server = try LoopbackServer { _, peer in
      let port = peer.port
      return peer.reply(
        "302 Found",
        ["Location: \(location.replacing("%", with: "\(port)"))"]
      )
    }
    let request = HTTPRequest(
      method: "GET",
      url: server.url,
      credential: .basic(user: "u", password: Secret("p"))
    )
    let error = await failure { try await client.send(request) }
    guard case HTTPError.redirectRefused(_, let target) = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect(target == named.replacing("%", with: "\(server.port)"))
    #expect("\(try #require(error))".contains(target))
    #expect(server.requests.count == 1)
  }

  @Test(arguments: [
    "file:///etc/passwd", "gopher://127.0.0.1/", "http://", "http://u:p@127.0.0.1/",
  ])
  func `a redirect to what is no web address is refused`(location: String) async throws {
    let server = try LoopbackServer { _, peer in
      peer.reply("302 Found", ["Location: \(location)"])
    }
    let error = await failure { try await client.send(HTTPRequest(method: "GET", url: server.url)) }
    guard case HTTPError.malformedAnswer = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect(server.requests.count == 1)
  }

  @Test func `a circle ends after five redirects`() async throws {
    let server = try LoopbackServer { _, peer in peer.reply("302 Found", ["Location: /again"]) }
    let error = await failure { try await client.send(HTTPRequest(method: "GET", url: server.url)) }
    guard case HTTPError.tooManyRedirects = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect(server.requests.count == 6)
  }

  @Test func `a redirect without a target is the answer`() async throws {
    let server = try LoopbackServer { _, peer in peer.reply("302 Found", body: [1]) }
    let response = try await client.send(HTTPRequest(method: "GET", url: server.url))
    #expect(response.status == 302)
    #expect(response.body == [1])
  }
}
