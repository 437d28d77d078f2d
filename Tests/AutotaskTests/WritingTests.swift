import SyncEngine
import SyncModel
import Testing

@testable import Autotask

/// `autotask.md` 4.5 and 4.6: create, change, delete, and what becomes of them.
@Suite struct WritingTests {
  private func draft(_ title: String = "Pick up \"parts\"") throws -> PSADraft {
    PSADraft(
      kind: .appointment,
      resource: Office.resource,
      title: title,
      text: "At the depot\nRef: abcdefgh",
      span: Span(
        start: try Instant("2026-11-24T08:00:00Z"),
        end: try Instant("2026-11-24T09:30:00Z")
      )
    )
  }

  private func deletion(_ id: Int64) -> PSATarget { PSATarget(kind: .appointment, id: PSAID(id)) }

  @Test func `a create is one POST to the collection`() async throws {
    let psa = try ScriptedPSA(Office.zone, .json(#"{"itemId":29684010}"#))
    let service = Office.service(at: psa)
    #expect(try await service.create([draft()]) == [.done(PSAID(29_684_010))])
    #expect(psa.lines.last == "POST /ATServicesRest/v1.0/Appointments")
    #expect(psa.requests[1].headers["content-type"] == "application/json")
    #expect(psa.requests[1].headers["secret"] == Office.secret)
    #expect(
      psa.requests[1].body == #"""
        {"resourceID":29682885,"title":"Pick up \"parts\"",\#
        "description":"At the depot\nRef: abcdefgh",\#
        "startDateTime":"2026-11-24T08:00:00Z","endDateTime":"2026-11-24T09:30:00Z"}
        """#
    )
    #expect(await service.requests == 2)
  }

  @Test func `a change is a PATCH of the collection with only what changes`() async throws {
    let psa = try ScriptedPSA { _, number in
      number == 0 ? Office.zone : .json(#"{"itemId":"5"}"#)
    }
    let service = Office.service(at: psa)
    let span = Span(
      start: try Instant("2026-11-24T08:00:00Z"),
      end: try Instant("2026-11-24T09:00:00Z")
    )
    let id = PSAID(5)
    let edits = [
      PSAEdit(kind: .appointment, id: id, title: "New"),
      PSAEdit(kind: .appointment, id: id, text: ""),
      PSAEdit(kind: .appointment, id: id, span: span),
    ]
    for edit in edits { #expect(try await service.update([edit]) == [.done(id)]) }
    #expect(psa.lines.dropFirst().allSatisfy { $0 == "PATCH /ATServicesRest/v1.0/Appointments" })
    #expect(
      psa.requests.dropFirst().map(\.body) == [
        #"{"id":5,"title":"New"}"#, #"{"id":5,"description":""}"#,
        #"{"id":5,"startDateTime":"2026-11-24T08:00:00Z","endDateTime":"2026-11-24T09:00:00Z"}"#,
      ]
    )
    #expect(try await service.update([PSAEdit(kind: .appointment, id: id)]) == [.done(id)])
    #expect(psa.requests.count == 4)
  }

  @Test func `a delete names the row in the path`() async throws {
    let psa = try ScriptedPSA(Office.zone, .json(#"{"itemId":5}"#))
    #expect(try await Office.service(at: psa).delete([deletion(5)]) == [.done(PSAID(5))])
    #expect(psa.lines.last == "DELETE /ATServicesRest/v1.0/Appointments/5")
    #expect(psa.requests[1].body.isEmpty)
  }

  @Test func `a row that is gone is missing, by the PSA's own null`() async throws {
    let noMatch = Reply.errors(
      500,
      "No matching records found. The logged in Resource may not have the required permissions"
        + " to delete the data."
    )
    let psa = try ScriptedPSA(
      Office.zone,
      noMatch,
      .json(#"{"item":null}"#),
      noMatch,
      .json(#"{"item":\#(Office.row(6))}"#)
    )
    let service = Office.service(at: psa)
    #expect(try await service.delete([deletion(5)]) == [.missing])
    #expect(psa.lines.last == "GET /ATServicesRest/v1.0/Appointments/5")
    // The same words, but the row is there: it is the permission that is missing.
    guard case .refused(let words) = try await service.delete([deletion(6)])[0] else {
      Issue.record("not refused")
      return
    }
    #expect(words.contains("required permissions"))
  }

  @Test(arguments: [
    "Reference value on field: resourceID of type: Resource does not exist or is invalid.",
    "resourceID: Value 12345 does not exist or is invalid",
    "The logged in Resource does not have the adequate permissions to create this entity type.",
  ])
  func `what the PSA refuses is refused in its own words`(words: String) async throws {
    let psa = try ScriptedPSA(Office.zone, .errors(500, words))
    let results = try await Office.service(at: psa).create([draft()])
    guard case .refused(let reason) = results[0] else {
      Issue.record("\(results[0])")
      return
    }
    #expect(reason.contains(words))
    #expect(psa.requests.count == 2)
  }

  @Test func `a refusal does not repeat the title or the text`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      .errors(500, "The value Visit to the doctor is not allowed for title.")
    )
    let results = try await Office.service(at: psa).create([draft("Visit to the doctor")])
    guard case .refused(let reason) = results[0] else {
      Issue.record("\(results[0])")
      return
    }
    #expect(reason.contains("The value … is not allowed"))
  }

  @Test(arguments: [
    Reply.silence, Reply(body: #"{"itemId":77}"#, ending: .cut), Reply(body: ""),
    Reply(headers: ["Content-Type: text/html"], body: "<html></html>"),
    Reply(body: #"{"itemId":null}"#), Reply(body: #"{"itemId":0}"#), Reply(body: #"{"itemId":7"#),
    Reply(status: 504, headers: [], body: ""), Reply(status: 502, headers: [], body: ""),
    Reply(status: 500, headers: ["Content-Type: text/html"], body: "<html>Oops</html>"),
  ])
  func `a create whose answer is lost is unknown and never sent twice`(
    reply: Reply
  ) async throws {
    let psa = try ScriptedPSA(Office.zone, reply)
    let results = try await Office.service(at: psa).create([draft()])
    guard case .unknown(let reason) = results[0] else {
      Issue.record("\(results[0])")
      return
    }
    #expect(!reason.isEmpty)
    #expect(psa.requests.count == 2)
  }

  @Test(arguments: [#"{"itemId":77}"#, #"{"itemId":"77"}"#, #"{"extra":[{}],"itemId":77}"#])
  func `the new row's number is read however it is spelled`(body: String) async throws {
    let psa = try ScriptedPSA(Office.zone, .json(body))
    #expect(try await Office.service(at: psa).create([draft()]) == [.done(PSAID(77))])
  }

  @Test func `an answer about another row is no success`() async throws {
    let psa = try ScriptedPSA(Office.zone, .json(#"{"itemId":6}"#))
    guard case .unknown = try await Office.service(at: psa).delete([deletion(5)])[0] else {
      Issue.record("taken for done")
      return
    }
  }

  @Test func `where nothing was sent the failure itself is thrown`() async throws {
    let nobody = try ScriptedPSA(.json(#"{"url":"http://127.0.0.1:1/","ci":1}"#))
    let unreachable = Office.service(at: nobody)
    let error = try await failure { _ = try await unreachable.create([try draft()]) }
    #expect(error.remedy == .retry(after: .seconds(60)))

    let busy = try ScriptedPSA(
      Office.zone,
      Reply(status: 429, headers: ["Retry-After: 30"], body: "")
    )
    let throttled = Office.service(at: busy)
    let pause = try await failure { _ = try await throttled.delete([deletion(5)]) }
    #expect(pause.remedy == .retry(after: .seconds(30)))
  }

  @Test func `one refusal does not end the others, and results keep their order`() async throws {
    let psa = try ScriptedPSA { request, number in
      if number == 0 { return Office.zone }
      if request.body.contains("Bad") { return .errors(500, "title: not allowed") }
      let digits = request.body.split(separator: "Good ")[1].prefix { $0.isNumber }
      return .json(#"{"itemId":1\#(digits)}"#)
    }
    let drafts = try (0..<8).map { try draft($0 == 3 ? "Bad 3" : "Good \($0)") }
    let results = try await Office.service(at: psa).create(drafts)
    for (index, result) in results.enumerated() {
      switch result {
      case .done(let id): #expect(id == PSAID(Int64(10 + index)))
      case .refused: #expect(index == 3)
      case .missing, .unknown, .notTried: Issue.record("\(index): \(result)")
      }
    }
    #expect(psa.requests.count == 9)
    #expect(psa.mostAtOnce <= 3)
  }

  @Test func `after a failure that ends the run what is done stays known`() async throws {
    let psa = try ScriptedPSA { _, number in
      switch number {
      case 0: Office.zone
      case 1, 2: .json(#"{"itemId":\#(number)}"#)
      default: Reply(status: 429, headers: [], body: "")
      }
    }
    let results = try await Office.service(at: psa).create(try (0..<9).map { try draft("\($0)") })
    var done = 0
    var notTried = 0
    for result in results {
      switch result {
      case .done: done += 1
      case .notTried(let reason):
        notTried += 1
        #expect(reason.contains("too many requests"))
      case .missing, .refused, .unknown: Issue.record("\(result)")
      }
    }
    #expect(done == 2)
    #expect(notTried == 7)
    #expect(psa.requests.count <= 6)
  }

  @Test func `answers that keep getting lost leave the rest alone`() async throws {
    let psa = try ScriptedPSA { _, number in number == 0 ? Office.zone : .silence }
    let results = try await Office.service(at: psa).create(try (0..<20).map { try draft("\($0)") })
    let unknown = results.filter { if case .unknown = $0 { true } else { false } }
    #expect((3...5).contains(unknown.count))
    #expect(psa.requests.count == unknown.count + 1)
  }

  @Test func `an end before the start is never sent`() async throws {
    let psa = try ScriptedPSA(Office.zone)
    let wrong = PSAEdit(
      kind: .appointment,
      id: PSAID(5),
      span: Span(
        start: try Instant("2026-11-24T09:00:00Z"),
        end: try Instant("2026-11-24T08:00:00Z")
      )
    )
    guard case .refused = try await Office.service(at: psa).update([wrong])[0] else {
      Issue.record("not refused")
      return
    }
    #expect(psa.requests.isEmpty)
  }

  @Test func `a zone without PATCH on the collection refuses, and nothing else is tried`()
    async throws
  {
    let psa = try ScriptedPSA(
      Office.zone,
      Reply(status: 404, headers: [], body: ""),
      .json(#"{"item":\#(Office.row(5))}"#)
    )
    let edit = PSAEdit(kind: .appointment, id: PSAID(5), title: "New")
    guard case .refused = try await Office.service(at: psa).update([edit])[0] else {
      Issue.record("not refused")
      return
    }
    #expect(
      psa.lines.dropFirst() == [
        "PATCH /ATServicesRest/v1.0/Appointments", "GET /ATServicesRest/v1.0/Appointments/5",
      ]
    )
  }
}
