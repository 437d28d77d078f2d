import HTTP
import TestGround
import Testing

/// Notes what a transfer hands on, and throws where a test says so.
final class NotingConsumer: BodyConsumer, @unchecked Sendable {
  enum Step: Hashable { case begin, receive, end }
  struct Objection: Error {}

  private(set) var heads: [ResponseHead] = []
  private(set) var count = 0
  private(set) var largestPiece = 0
  private(set) var ends = 0
  private let objectsTo: Step?

  init(objectsTo: Step? = nil) {
    self.objectsTo = objectsTo
  }

  func begin(_ head: ResponseHead) throws {
    heads.append(head)
    if objectsTo == .begin { throw Objection() }
  }

  func receive(_ bytes: UnsafeRawBufferPointer) throws {
    count += bytes.count
    largestPiece = max(largestPiece, bytes.count)
    if objectsTo == .receive { throw Objection() }
  }

  func end() throws {
    ends += 1
    if objectsTo == .end { throw Objection() }
  }
}

@Suite struct BodyTests {
  let client = HTTPClient(trust: .system)

  @Test func `a body is streamed in pieces between one begin and one end`() async throws {
    let body = [UInt8](repeating: 7, count: 20 << 20)
    let server = try LoopbackServer { _, peer in peer.reply("207 Multi-Status", body: body) }
    let consumer = NotingConsumer()
    let head = try await client.send(HTTPRequest(method: "GET", url: server.url), into: consumer)
    #expect(head.status == 207)
    #expect(consumer.heads == [head])
    #expect(consumer.count == body.count)
    #expect(consumer.largestPiece <= 64 << 10)
    #expect(consumer.ends == 1)
  }

  @Test func `an empty body still begins and ends`() async throws {
    let server = try LoopbackServer { _, peer in peer.reply() }
    let consumer = NotingConsumer()
    _ = try await client.send(HTTPRequest(method: "GET", url: server.url), into: consumer)
    #expect(consumer.heads.count == 1)
    #expect(consumer.count == 0)
    #expect(consumer.ends == 1)
  }

  @Test(arguments: [NotingConsumer.Step.begin, .receive, .end])
  func `what a consumer throws aborts the transfer and comes back`(
    step: NotingConsumer.Step
  ) async throws {
    let server = try LoopbackServer { _, peer in
      peer.reply(body: [UInt8](repeating: 7, count: 1 << 20))
    }
    let error = await failure {
      try await client.send(
        HTTPRequest(method: "GET", url: server.url),
        into: NotingConsumer(objectsTo: step)
      )
    }
    guard case HTTPError.consumer(let cause) = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect(cause is NotingConsumer.Objection)
    #expect(try await client.send(HTTPRequest(method: "GET", url: server.url)).status == 200)
  }

  @Test func `a compressed body arrives as it was before`() async throws {
    let text = "<a>Grüße</a>"
    let packed = try await shell("printf '%s' '\(text)' | gzip -9")
    let server = try LoopbackServer { _, peer in
      peer.reply("200 OK", ["Content-Encoding: gzip"], body: packed)
    }
    let response = try await client.send(HTTPRequest(method: "GET", url: server.url))
    #expect(String(decoding: response.body, as: UTF8.self) == text)
    var asSent = HTTPRequest(method: "GET", url: server.url)
    asSent.headers = [HTTPHeader("Accept-Encoding", "identity")]
    #expect(try await client.send(asSent).body == packed)
    #expect(server.requests.map { $0.value(of: "Accept-Encoding") } == ["gzip", "identity"])
  }

  @Test(arguments: [false, true]) func `a decompression bomb ends as too large`(
    streams: Bool
  ) async throws {
    let bomb = try await shell("head -c 67108864 /dev/zero | gzip -9")
    #expect(bomb.count < 100_000)
    let server = try LoopbackServer { _, peer in
      peer.reply("200 OK", ["Content-Encoding: gzip"], body: bomb)
    }
    let request = HTTPRequest(method: "GET", url: server.url, maximumBody: 1 << 20)
    let consumer = NotingConsumer()
    let error = await failure {
      if streams {
        _ = try await client.send(request, into: consumer)
      } else {
        _ = try await client.send(request)
      }
    }
    guard case HTTPError.tooLarge(_, let limit) = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect(limit == 1 << 20)
    #expect(consumer.count <= 1 << 20)
    #expect(consumer.ends == 0)
  }

  @Test func `a body of exactly the limit is accepted, one byte more is not`() async throws {
    let server = try LoopbackServer { _, peer in
      peer.reply(body: [UInt8](repeating: 7, count: 1000))
    }
    func status(limit: Int) async throws -> Int {
      try await client.send(
        HTTPRequest(method: "GET", url: server.url, maximumBody: limit)
      ).status
    }
    #expect(try await status(limit: 1000) == 200)
    await #expect(throws: HTTPError.self) { try await status(limit: 999) }
  }

  @Test(arguments: [
    "Content-Length: 100\r\n\r\n0123456789",
    "Transfer-Encoding: chunked\r\n\r\n64\r\n0123456789",
    "Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n",
    "Content-Length: 100\r\nContent-Enc",
  ])
  func `a body that stops half way is cut off, not complete`(answer: String) async throws {
    let server = try LoopbackServer { _, peer in
      peer.send("HTTP/1.1 200 OK\r\n" + answer)
      return false
    }
    let consumer = NotingConsumer()
    let error = await failure {
      try await client.send(HTTPRequest(method: "GET", url: server.url), into: consumer)
    }
    guard case HTTPError.cutOff = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect(consumer.ends == 0)
    #expect((error as? HTTPError)?.isTransient == true)
  }

  @Test func `broken compression is a malformed answer`() async throws {
    let server = try LoopbackServer { _, peer in
      peer.reply("200 OK", ["Content-Encoding: gzip"], body: Array("no gzip at all".utf8))
    }
    let error = await failure { try await client.send(HTTPRequest(method: "GET", url: server.url)) }
    guard case HTTPError.malformedAnswer = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
  }
}
