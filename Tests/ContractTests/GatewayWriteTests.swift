import RegistryAPI
import RegistryClient
import RegistryGateway
import RegistryStore
import Sandbox
import Store
import SyncEngine
import SyncModel
import TestGround
import Testing
import World

/// Writes by way of the gateway happen once, whatever is lost on the way.
@Suite(.timeLimit(.minutes(10))) struct GatewayWriteTests {
  @Test func `a write that is sent again with its key happens once`() async throws {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let gateway = ground.gateway
      let resource = ResourceID(Seeding.technician)
      let orders = GatewayGround.order("a", Draft.psa("once"))
      let first = try await gateway.write(orders, of: resource)
      #expect(first.answers.map(\.outcome) == [.done])
      #expect(try await gateway.write(orders, of: resource).answers == first.answers)
      #expect(await ground.titles == ["once"])
      _ = try await gateway.write(GatewayGround.order("b", Draft.psa("once")), of: resource)
      #expect(await ground.titles == ["once", "once"])
      // A key is one write's.
      await #expect(throws: RegistryProblem.self) {
        try await gateway.write(GatewayGround.order("a", Draft.psa("taken")), of: resource)
      }
      #expect(await ground.titles == ["once", "once"])
    }
  }

  @Test(arguments: [FaultKind.lostAnswer, .cutBody])
  func `a create whose answer the PSA lost is found by its reference, and made once`(
    fault: FaultKind
  ) async throws {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let gateway = ground.gateway
      let resource = ResourceID(Seeding.technician)
      let orders = GatewayGround.order("a", Draft.psa("lost", text: "Text\nRef: abcdefghijklmnop"))
      await grounds.faults.arrange(fault)
      let answer = try await gateway.write(orders, of: resource)
      #expect(answer.answers.map(\.outcome) == [.done])
      #expect(try await gateway.write(orders, of: resource).answers == answer.answers)
      #expect(await ground.titles == ["lost"])
      // The view knows of it without another look.
      let rows = try await gateway.changes(of: resource, kinds: [.appointment], since: 0).rows
      #expect(rows.map(\.id) == [answer.answers[0].id])
    }
  }

  @Test func `a write whose process died is under way for a while, then looked up`() async throws {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let gateway = ground.gateway
      let resource = ResourceID(Seeding.technician)
      let draft = Draft.psa("died", text: "Ref: abcdefghijklmnop")
      let orders = GatewayGround.order("a", draft)
      _ = try await ground.store.beginWrite(
        orders.writes[0],
        of: resource,
        above: PSAID(0),
        now: Instant(seconds: grounds.clock.now)
      )
      let made = try #require(try await ground.tenant.create([draft])[0].id)
      do {
        _ = try await gateway.write(orders, of: resource)
        Issue.record("it was answered while it was under way")
      } catch let problem as RegistryProblem {
        #expect(problem.code == .busy)
      }
      grounds.clock.advance(200)
      let answer = try await gateway.write(orders, of: resource)
      #expect(answer.answers.map(\.id) == [made])
      #expect(await ground.titles == ["died"])
    }
  }

  @Test func `while a write is under way nothing is told that could be older than it`()
    async throws
  {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let gateway = ground.gateway
      let resource = ResourceID(Seeding.technician)
      _ = try await ground.store.beginWrite(
        GatewayGround.order("a", Draft.psa("slow", text: "Ref: abcdefghijklmnop")).writes[0],
        of: resource,
        above: PSAID(0),
        now: Instant(seconds: grounds.clock.now)
      )
      let questions: [@Sendable () async throws -> Void] = [
        { _ = try await gateway.changes(of: resource, kinds: [.appointment], since: 0) },
        {
          _ = try await gateway.list(
            ListQuestion(.count, PSAQuery(kind: .appointment)),
            of: resource
          )
        },
        { _ = try await gateway.write(GatewayGround.order("b", Draft.psa("other")), of: resource) },
      ]
      for question in questions {
        do {
          try await question()
          Issue.record("it was answered")
        } catch let problem as RegistryProblem {
          #expect(problem.code == .busy)
        }
      }
      // Somebody else's agent does not wait for it.
      try await ground.enable([ResourceID(GatewayTests.dispatcher)])
      let dispatcher = ResourceID(GatewayTests.dispatcher)
      _ = try await gateway.changes(of: dispatcher, kinds: [.appointment], since: 0)
      grounds.clock.advance(200)
      _ = try await gateway.changes(of: resource, kinds: [.appointment], since: 0)
    }
  }

  @Test func `an agent whose connection was cut sends its writes again, and they happen once`()
    async throws
  {
    let grounds = try Grounds()
    try await GatewayGround.serving(grounds) { ground in
      try await ground.look()
      let port = try #require(Int(ground.address.split(separator: ":").last ?? ""))
      let cuts = Locked(3)
      let relay = try LoopbackServer { request, peer in
        guard let upstream = try? Peer(connectingTo: port) else { return false }
        let headers = request.headers.filter { $0.name.lowercased() != "connection" }
          .map { "\($0.name): \($0.value)\r\n" }.joined()
        upstream.send("\(request.line)\r\n\(headers)Connection: close\r\n\r\n")
        upstream.send(request.body)
        let answer = upstream.rest()
        let isCut = cuts.withLock { left in
          guard request.path.hasSuffix("/writes"), left > 0 else { return false }
          left -= 1
          return true
        }
        // The registry has done it, and the agent does not hear of it.
        if isCut { return false }
        peer.send(answer)
        return false
      }
      let service = ground.through(relay.url).service()
      let drafts = (0..<5).map { Draft.psa("Job \($0)") }
      let results = try await service.create(drafts)
      #expect(results.compactMap(\.id).count == 5)
      #expect(await ground.titles.sorted() == drafts.map(\.title))
    }
  }
}
