import Foundation
import Glibc
import TestGround
import Testing

@testable import HTTP

@Suite struct ConnectionTests {
  let client = HTTPClient(trust: .system, maximumConnectionsPerHost: 3)

  @Test func `requests one after another share one connection`() async throws {
    let server = try LoopbackServer { _, peer in peer.reply("ok") }
    for _ in 0..<50 {
      let request = HTTPRequest(method: "POST", url: server.url, body: [1, 2, 3])
      #expect(try await client.send(request).status == 200)
    }
    #expect(server.record.connections == 1)
    #expect(client.requestCount == 50)
  }

  @Test func `many requests at a time use at most the connections allowed, and all are answered`()
    async throws
  {
    let server = try LoopbackServer { request, peer in
      peer.reply(String(request.line.split(separator: " ")[1]))
    }
    let answers = try await withThrowingTaskGroup(of: String.self) { group in
      for number in 0..<200 {
        group.addTask {
          let url = "\(server.url)/\(number)"
          let response = try await client.send(HTTPRequest(method: "GET", url: url))
          return String(decoding: response.body, as: UTF8.self)
        }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(answers == Set((0..<200).map { "/\($0)" }))
    #expect(server.record.connections <= 3)
    #expect(server.record.mostOpen <= 3)
  }

  /// Two answers are held back until both requests are there: they cannot be one after another.
  @Test func `transfers really run side by side`() async throws {
    let (both, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let server = try LoopbackServer { request, peer in
      if request.line.contains("/first") {
        both.wait()
        go.signal()
      } else {
        both.signal()
        go.wait()
      }
      return peer.reply("ok")
    }
    async let first = client.send(HTTPRequest(method: "GET", url: server.url + "/first"))
    async let second = client.send(HTTPRequest(method: "GET", url: server.url + "/second"))
    #expect(try await [first.status, second.status] == [200, 200])
  }

  /// A lost answer to a create must not become a second create: curl alone would send it again.
  @Test func `a write whose kept connection dies without an answer is not sent twice`()
    async throws
  {
    let server = try LoopbackServer { request, peer in
      request.line.contains("/lost") ? false : peer.reply("ok")
    }
    _ = try await client.send(HTTPRequest(method: "GET", url: server.url))
    let write = HTTPRequest(method: "POST", url: server.url + "/lost", body: [1])
    let error = await failure { try await client.send(write) }
    guard case HTTPError.connectionLost = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect(server.requests.count { $0.line.contains("/lost") } == 1)
    #expect((error as? HTTPError)?.mayHaveBeenActedOn == true)
    #expect((error as? HTTPError)?.isTransient == true)
    #expect(try await client.send(HTTPRequest(method: "GET", url: server.url)).status == 200)
  }

  @Test(arguments: [("GET", nil), ("POST", true)] as [(String, Bool?)])
  func `a read whose kept connection dies without an answer is asked again`(
    method: String,
    repeatable: Bool?
  ) async throws {
    let server = try LoopbackServer { request, peer in
      request.line.contains("/once") && request.connection == 1 ? false : peer.reply("ok")
    }
    _ = try await client.send(HTTPRequest(method: "GET", url: server.url))
    let read = HTTPRequest(
      method: method,
      url: server.url + "/once",
      body: method == "POST" ? [1] : nil,
      isRepeatable: repeatable
    )
    #expect(try await client.send(read).status == 200)
    #expect(server.requests.count { $0.line.contains("/once") } == 2)
  }

  @Test func `a server that hangs up at once is a lost connection`() async throws {
    let server = try LoopbackServer { _, _ in false }
    let error = await failure {
      try await client.send(HTTPRequest(method: "POST", url: server.url, body: [1]))
    }
    guard case HTTPError.connectionLost(let host) = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect(host == "127.0.0.1:\(server.port)")
  }

  @Test func `nobody listening is a refused connection`() async throws {
    let listener = try Listener(backlog: nil)
    defer { withExtendedLifetime(listener) {} }
    let port = listener.port
    let error = await failure {
      try await client.send(HTTPRequest(method: "GET", url: "http://localhost:\(port)/"))
    }
    guard case HTTPError.connectionRefused(let host) = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect(host == "localhost:\(port)")
    #expect("\(try #require(error))".contains("localhost:\(port) refused the connection"))
  }

  /// No label may have more than 63 letters, so no name server is asked.
  @Test func `a name that does not exist is said to be not found`() async throws {
    guard getenv("https_proxy") == nil, getenv("HTTPS_PROXY") == nil, getenv("all_proxy") == nil,
      getenv("ALL_PROXY") == nil
    else {
      print("SKIPPED: a proxy is set, which would look the name up")
      return
    }
    let name = String(repeating: "a", count: 64) + ".invalid"
    let error = await failure {
      try await client.send(HTTPRequest(method: "GET", url: "https://\(name)/EWS"))
    }
    guard case HTTPError.nameNotFound(let host) = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect(host == name)
  }

  @Test func `a closed client refuses, and what was under way is cancelled`() async throws {
    let arrived = DispatchSemaphore(value: 0)
    let server = try LoopbackServer { _, peer in
      arrived.signal()
      peer.waitForClose()
      return false
    }
    async let underWay = failure {
      try await client.send(HTTPRequest(method: "GET", url: server.url))
    }
    await Task.detached { arrived.waitForSignal() }.value
    await client.close()
    await client.close()
    let later = await failure { try await client.send(HTTPRequest(method: "GET", url: server.url)) }
    for error in [await underWay, later] {
      guard case HTTPError.cancelled = try #require(error) else {
        Issue.record("wrong cause: \(String(describing: error))")
        return
      }
    }
    await HTTPClient(trust: .system).close()
  }
}

extension DispatchSemaphore {
  /// `wait` under a name that may be used in tasks; only tests block so.
  func waitForSignal() { wait() }
}
