import Foundation
import Glibc
import HTTP
import TestGround
import Testing

/// Timeouts and cancellation.
///
/// The servers here are silent until the client hangs up, so that
/// nothing needs to sleep.
@Suite struct PatienceTests {
  let client = HTTPClient(trust: .system, maximumConnectionsPerHost: 1)

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
  func `an answer that does not come or does not end times out`(beginning: String) async throws {
    let server = try LoopbackServer { _, peer in
      peer.send(beginning)
      peer.waitForClose()
      return false
    }
    let error = await failure {
      try await client.send(
        HTTPRequest(method: "GET", url: server.url, timeout: .milliseconds(400))
      )
    }
    guard case HTTPError.timedOut(_, .waitingForAnswer) = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect("\(try #require(error))".contains("127.0.0.1:\(server.port) did not finish"))
  }

  /// A listener whose queue is full drops further connections on Linux.
  @Test func `a connection that is not accepted times out as such`() async throws {
    let listener = try Listener(backlog: 0)
    let fillers = try (0..<4).map { _ in try Peer(connectingTo: listener.port, waits: false) }
    defer { withExtendedLifetime((listener, fillers)) {} }
    let request = HTTPRequest(
      method: "GET",
      url: "http://127.0.0.1:\(listener.port)/",
      connectTimeout: .milliseconds(200)
    )
    let error = await failure { try await client.send(request) }
    guard case HTTPError.timedOut(_, .connecting) = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect((error as? HTTPError)?.mayHaveBeenActedOn == false)
  }

  @Test func `the timeout counts for all redirects together`() async throws {
    let server = try LoopbackServer { request, peer in
      if request.line.contains("/4") { peer.waitForClose() }
      let next =
        (request.line.split(separator: "/").dropFirst().first?.first?.wholeNumberValue ?? 0) + 1
      return peer.reply("302 Found", ["Location: /\(next)"])
    }
    let error = await failure {
      try await client.send(
        HTTPRequest(method: "GET", url: server.url + "/0", timeout: .milliseconds(800))
      )
    }
    guard case HTTPError.timedOut = try #require(error) else {
      Issue.record("wrong cause: \(String(describing: error))")
      return
    }
    #expect(server.requests.count <= 5)
  }

  @Test func `cancelling a task ends its transfer and frees the connection for the next`()
    async throws
  {
    let (arrived, arrivals) = AsyncStream<Void>.makeStream()
    let closed = DispatchSemaphore(value: 0)
    let server = try LoopbackServer { request, peer in
      guard request.line.contains("/silent") else { return peer.reply("ok") }
      arrivals.yield()
      peer.waitForClose()
      closed.signal()
      return false
    }
    let task = Task {
      await failure {
        try await client.send(HTTPRequest(method: "GET", url: server.url + "/silent"))
      }
    }
    for await _ in arrived { break }
    // waits in line behind the silent one, for the client has one connection only
    async let next = client.send(HTTPRequest(method: "GET", url: server.url))
    task.cancel()
    guard case HTTPError.cancelled = try #require(await task.value) else {
      Issue.record("wrong cause")
      return
    }
    closed.waitForSignal()
    #expect(try await next.status == 200)
  }

  @Test func `a request that waits in line is cancelled without being sent`() async throws {
    let (arrived, arrivals) = AsyncStream<Void>.makeStream()
    let go = DispatchSemaphore(value: 0)
    let server = try LoopbackServer { _, peer in
      arrivals.yield()
      go.wait()
      return peer.reply("ok")
    }
    async let first = client.send(HTTPRequest(method: "GET", url: server.url + "/first"))
    for await _ in arrived { break }
    let second = Task {
      await failure {
        try await client.send(HTTPRequest(method: "POST", url: server.url + "/second", body: []))
      }
    }
    second.cancel()
    guard case HTTPError.cancelled = try #require(await second.value) else {
      Issue.record("wrong cause")
      return
    }
    go.signal()
    #expect(try await first.status == 200)
    #expect(server.requests.count == 1)
    #expect(client.requestCount == 1)
  }

  @Test func `a task cancelled before it begins sends nothing`() async throws {
    let server = try LoopbackServer { _, peer in peer.reply("ok") }
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await failure { try await client.send(HTTPRequest(method: "GET", url: server.url)) }
    }
    guard case HTTPError.cancelled = try #require(await task.value) else {
      Issue.record("wrong cause")
      return
    }
    #expect(server.requests.isEmpty)
  }

  @Test func `a hundred cancellations at random moments leave the client sound`() async throws {
    let server = try LoopbackServer { _, peer in
      peer.reply(body: [UInt8](repeating: 7, count: 100_000))
    }
    let many = HTTPClient(trust: .system)
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<100 {
        group.addTask {
          let task = Task {
            await failure { try await many.send(HTTPRequest(method: "GET", url: server.url)) }
          }
          for _ in 0..<number { await Task.yield() }
          task.cancel()
          _ = await task.value
        }
      }
    }
    #expect(try await many.send(HTTPRequest(method: "GET", url: server.url)).status == 200)
    await many.close()
  }
}
