import Sandbox
import Testing
import World

/// Faults that the sandbox makes on the REST side, and its own door.
@Suite struct RESTFaultTests {
  @Test func `a busy reply is a 429 or the thread limit, and nothing is written`() async throws {
    let sample = try RESTSample(faults: Faults(rates: [.busy: 1]))
    let count = await sample.appointments()
    var statuses: Set<Int> = []
    for _ in 0..<20 {
      let reply = try await sample.ask("POST", "Appointments", RESTSample.visit)
      statuses.insert(reply.status)
      #expect(
        reply.status == 429
          ? reply.header("Retry-After") == "0" : reply.errors.contains("Itgenatr005")
      )
    }
    #expect(statuses == [429, 500])
    #expect(await sample.appointments() == count)
  }

  @Test func `an answer is lost after its write`() async throws {
    let sample = try RESTSample()
    await sample.faults.arrange(.lostAnswer)
    let count = await sample.appointments()
    let reply = try await sample.ask("POST", "Appointments", RESTSample.visit)
    #expect(reply.answer.ending == .dropped)
    #expect(await sample.appointments() == count + 1)
    #expect(try await sample.ask("GET", "Appointments/1").answer.ending == .whole)
  }

  @Test func `a truncated listing calls itself complete`() async throws {
    let sample = try RESTSample()
    await sample.faults.arrange(.truncatedListing, times: 1)
    // Not a listing: the fault waits for one.
    #expect(try await sample.ask("GET", "Appointments/1").status == 200)
    let reply = try await sample.ask("POST", "Appointments/query", RESTSample.all)
    #expect(reply.items.count == 140 && reply.next == nil)
    #expect(reply.json["pageDetails"]?["count"] == 140)
    #expect(try await sample.ask("POST", "Appointments/query", RESTSample.all).items.count == 280)
  }

  @Test func `the same seed throws the same faults`() async {
    func throwing(_ seed: UInt64) async -> [FaultKind?] {
      let faults = Faults(rates: [.busy: 0.2, .lostAnswer: 0.3], seed: seed)
      var thrown: [FaultKind?] = []
      for _ in 0..<50 { thrown.append(await faults.draw(from: [.busy, .lostAnswer])) }
      return thrown
    }
    #expect(await throwing(4) == throwing(4))
    #expect(await throwing(4) != throwing(5))
    #expect(Set(await throwing(4)) == [.busy, .lostAnswer, nil])
  }

  @Test func `the sandbox's own door needs its token`() async throws {
    let sample = try RESTSample(items: 5)
    let door = AdminServer(sample.world, zones: .utc, token: "open", psa: sample.server)
    func ask(
      _ method: String,
      _ path: String,
      _ body: JSONValue = .null,
      token: String = "open"
    ) async throws -> RESTReply {
      let headers = [(name: "Authorization", value: "Bearer \(token)")]
      let answer = await door.answer(
        WireCall(method: method, path: path, headers: headers, body: body.bytes)
      )
      return RESTReply(answer: answer, json: try JSONValue(parsing: answer.body))
    }
    #expect(try await ask("GET", "/sandbox/dump", token: "shut").status == 401)
    let dump = try await ask("GET", "/sandbox/dump").json
    #expect(dump["exchange"]?.elements?.count == 5 && dump["mails"] == 0)
    let edit = Edit(.psa, .create(title: "Visit", start: 60, end: 120))
    let made = try await ask("POST", "/sandbox/edit", edit.json)
    #expect(made.status == 200 && made.json["id"]?.text != nil)
    let gone = try await ask("POST", "/sandbox/edit", Edit(.psa, .delete(id: "1")).json)
    #expect(gone.status == 422 && gone.json["error"]?.text?.contains("No matching records") == true)
    let call = OfficeEdit(.serviceCall, .create(title: "Visit", start: 60, end: 120))
    let id = try #require(try await ask("POST", "/sandbox/edit", call.json).json["id"])
    let listed = try await ask("GET", "/sandbox/dump").json["psa"]?.elements ?? []
    #expect(listed.contains { $0["id"] == id && $0["kind"] == "service-call" })
    let cancelled = try await ask("POST", "/sandbox/edit", OfficeEdit(.toDo, .cancel(id: "1")).json)
    #expect(cancelled.status == 422)
    let random = try await ask("POST", "/sandbox/random", ["number": 3, "seed": 9])
    #expect(random.json["edits"]?.elements?.count == 3)
    #expect(try await ask("GET", "/sandbox/nothing").status == 404)
    let zone = try await ask("GET", "/ATServicesRest/v1.0/zoneInformation")
    #expect(zone.status == 500)
  }
}
