import Foundation
import Glibc
import TestGround
import Testing

@Suite struct LoopbackServerTests {
  @Test func `requests arrive as they were sent, and answers as they were given`() async throws {
    let server = try LoopbackServer { request, peer in
      peer.reply("201 Made", ["X-Path: \(request.path)"], body: request.body)
        && request.path != "/b"
    }
    let peer = try Peer(connectingTo: server.port)
    peer.send("POST /a HTTP/1.1\r\nX-One:  1 \r\nContent-Length: 4\r\n")
    peer.send("\r\nbo")
    peer.send("dyGET /b HTTP/1.1\r\n\r\n")
    let answers = await onThreadOfItsOwn { peer.rest() }
    #expect(
      String(decoding: answers, as: UTF8.self)
        == "HTTP/1.1 201 Made\r\nContent-Length: 4\r\nX-Path: /a\r\n\r\nbody"
        + "HTTP/1.1 201 Made\r\nContent-Length: 0\r\nX-Path: /b\r\n\r\n"
    )
    #expect(server.requests.map(\.line) == ["POST /a HTTP/1.1", "GET /b HTTP/1.1"])
    #expect(server.requests.map(\.number) == [0, 1])
    #expect(server.requests.first?.value(of: "x-ONE") == "1")
    #expect(server.record.connections == 1)
  }

  /// The number of a closed listener goes to the next one in the process; a thread that still waited
  /// on the number then took the newcomer's first connection, and closed it.
  @Test func `a server that ends takes no connection of one that begins`() async throws {
    for _ in 0..<100 {
      _ = try LoopbackServer { _, _ in false }
      let server = try LoopbackServer { _, peer in peer.reply("ok") }
      let peer = try Peer(connectingTo: server.port)
      peer.send("GET / HTTP/1.1\r\n\r\n")
      let answer = await onThreadOfItsOwn { peer.read(12) }
      #expect(answer == Array("HTTP/1.1 200".utf8))
    }
  }

  @Test func `a server that ends hangs up on whoever is connected`() async throws {
    var server: LoopbackServer? = try LoopbackServer { _, peer in peer.reply("ok") }
    let peer = try Peer(connectingTo: try #require(server?.port))
    peer.send("GET / HTTP/1.1\r\n\r\n")
    #expect(await onThreadOfItsOwn { peer.read(12) } != nil)
    server = nil
    await onThreadOfItsOwn { peer.waitForClose() }
  }

  @Test func `a held port refuses, and is nobody else's`() throws {
    let listener = try Listener(backlog: nil)
    let refusal = #expect(throws: SystemFailure.self) { try Peer(connectingTo: listener.port) }
    #expect(refusal?.code == ECONNREFUSED)
  }

  /// A handler as profilers and debuggers have it, without SA_RESTART: calls of the system end with
  /// EINTR.
  @Test func `reading goes on after a signal`() async throws {
    var action = sigaction()
    action.__sigaction_handler = .init(sa_handler: { _ in })
    #expect(sigaction(SIGUSR2, &action, nil) == 0)
    let (reader, readers) = AsyncStream<(thread: pthread_t, name: String)>.makeStream()
    let server = try LoopbackServer(connection: { peer in
      // Threads of the test run hold signals back.
      var signals = sigset_t()
      sigaddset(&signals, SIGUSR2)
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      let name = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
      readers.yield((pthread_self(), name ?? ""))
      if let word = peer.read(4) { peer.send(word) }
    })
    let peer = try Peer(connectingTo: server.port)
    for await (thread, name) in reader {
      var hits = 0
      while hits < 20 {
        // "S": it waits, for bytes that are not there.
        guard try String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8).contains(") S ")
        else { continue }
        pthread_kill(thread, SIGUSR2)
        hits += 1
      }
      break
    }
    peer.send("word")
    #expect(await onThreadOfItsOwn { peer.rest() } == Array("word".utf8))
  }
}
