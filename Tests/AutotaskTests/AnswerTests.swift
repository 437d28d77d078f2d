import HTTP
import SyncEngine
import SyncModel
import TestGround
import Testing

@testable import Autotask

/// `autotask.md` 4.6 and 4.7: what went wrong, and what helps, when something is read.
@Suite struct AnswerTests {
  private func reading(
    _ script: Reply...,
    pauses: Locked<[Duration]> = Locked([])
  ) async throws -> AutotaskError {
    let psa = try ScriptedPSA([Office.zone, Office.person] + script)
    let service = Office.service(at: psa, pauses: pauses)
    return try await failure {
      _ = try await service.page(of: PSAQuery(kind: .appointment), continuing: nil)
    }
  }

  @Test(arguments: [
    (["Retry-After: 17"], 17), ([], 60), (["Retry-After: soon"], 60),
    (["Retry-After: 999999"], 3_600),
    (
      ["Date: Mon, 23 Nov 2026 15:59:50 GMT", "Retry-After: Mon, 23 Nov 2026 16:01:20 GMT"], 90
    ),
    (["Date: nonsense", "Retry-After: Mon, 23 Nov 2026 16:01:20 GMT"], 60),
  ])
  func `a 429 is taken up after the pause that the PSA names`(
    headers: [String],
    seconds: Int
  ) async throws {
    let error = try await reading(
      Reply(status: 429, headers: headers, body: "Too many requests")
    )
    #expect(error.remedy == .retry(after: .seconds(seconds)))
    #expect(error.description.contains("\(seconds) s"))
  }

  @Test func `a short pause is waited out`() async throws {
    let busy = Reply(status: 429, headers: ["Retry-After: 0"], body: "")
    let later = Reply(status: 429, headers: ["Retry-After: 3"], body: "")
    let psa = try ScriptedPSA(Office.zone, Office.person, busy, later, Office.noRows)
    let pauses = Locked<[Duration]>([])
    let service = Office.service(at: psa, pauses: pauses)
    _ = try await service.page(of: PSAQuery(kind: .appointment), continuing: nil)
    #expect(pauses.withLock { $0 } == [.milliseconds(250), .seconds(3)])
  }

  @Test func `a threshold that comes as a 500 is a threshold`() async throws {
    let error = try await reading(
      .errors(500, "You have exceeded the request threshold of 10000 requests per hour.")
    )
    #expect(error.remedy == .retry(after: .seconds(60)))
  }

  @Test(arguments: [500, 429])
  func `the thread limit is waited out for moments`(status: Int) async throws {
    let full = Reply.errors(
      status,
      "Error code: Itgenatr005. The thread threshold was exceeded for this endpoint."
    )
    let psa = try ScriptedPSA(Office.zone, Office.person, full, full, Office.noRows)
    let pauses = Locked<[Duration]>([])
    let service = Office.service(at: psa, pauses: pauses)
    let page = try await service.page(of: PSAQuery(kind: .appointment), continuing: nil)
    #expect(page.items.isEmpty)
    #expect(pauses.withLock { $0 } == [.milliseconds(250), .milliseconds(500)])
    #expect(await service.requests == 5)
  }

  @Test func `a thread limit that stays ends the run for a while`() async throws {
    let full = Reply.errors(500, "Thread Threshold Exceeded")
    let pauses = Locked<[Duration]>([])
    let error = try await reading(full, full, full, full, full, pauses: pauses)
    #expect(error.remedy == .retry(after: .seconds(60)))
    #expect(pauses.withLock { $0.count } == 4)
  }

  @Test(arguments: [
    #"{"errors":["The logged in Resource does not have the adequate permissions to query"]}"#,
    #"{"errors":[{"message":"The logged in Resource does not have the adequate permissions"}]}"#,
    #"{"Errors":{"code":5,"message":"does not have the adequate permissions"}}"#,
  ])
  func `a 500 with reasons is a business error, is quoted and not tried again`(
    body: String
  ) async throws {
    let error = try await reading(Reply(status: 500, body: body))
    #expect(error.remedy == .stop)
    #expect(error.description.contains("does not have the adequate permissions"))
    #expect(error.description.contains("Appointments"))
  }

  @Test func `reasons are shortened and give no secret away`() async throws {
    let error = try await reading(
      .errors(500, "Bad header Secret \(Office.secret) with code \(Office.code)", noise)
    )
    #expect(error.description.contains("Bad header Secret … with code …"))
    #expect(error.description.count < 500)
  }

  private let noise = String(repeating: "noise ", count: 1_000)

  @Test(arguments: [502, 503, 504, 500])
  func `a gateway's trouble is tried again later`(status: Int) async throws {
    let error = try await reading(
      Reply(
        status: status,
        headers: ["Content-Type: text/html", "Retry-After: 120"],
        body: "<html>Bad Gateway</html>"
      )
    )
    #expect(error.remedy == .retry(after: .seconds(120)))
    #expect(error.description.contains("\(status)"))
    #expect(!error.description.contains("html"))
  }

  @Test(arguments: [403, 404, 405])
  func `rights and addresses are a person's to mend`(status: Int) async throws {
    let error = try await reading(Reply(status: status, headers: [], body: ""))
    #expect(error.remedy == .stop)
    #expect(error.description.contains(status == 403 ? "security level" : "web services"))
  }

  @Test(arguments: [
    Reply(headers: ["Content-Type: text/html"], body: "<html>Sign in to the network</html>"),
    Reply(headers: ["Content-Type: text/plain"], body: "ok"),
    Reply(headers: [], body: "<!DOCTYPE html>"),
    Reply(body: ""), Reply(status: 204, body: ""), Reply(body: "null"), Reply(body: "{}"),
    Reply(body: #"{"items":[]}"#), Reply(body: #"{"items":null,"pageDetails":{}}"#),
    Reply(body: #"{"items":[],"pageDetails":null}"#),
    Reply(body: #"{"items":[],"pageDetails":{"nextPageUrl":null}"#),
    Reply(body: #"{"items":[],"pageDetails":{"nextPageUrl":null}}}"#),
    Reply(body: #"{"items":[],"pageDetails":{"nextPageUrl":null},}"#),
    Reply(body: #"{"items":[],"pageDetails":{"nextPageUrl":7"#),
  ])
  func `what is no page is never an empty page`(reply: Reply) async throws {
    let error = try await reading(reply)
    #expect(error.remedy == .stop)
    #expect(error.description.contains("cannot be used"))
  }

  @Test(arguments: [Reply.Ending.silent, .cut])
  func `a connection that breaks is tried again later`(ending: Reply.Ending) async throws {
    let psa = try ScriptedPSA { _, number in
      number == 0 ? Office.zone : Reply(body: #"{"item":null}"#, ending: ending)
    }
    let service = Office.service(at: psa)
    let error = try await failure { _ = try await service.open() }
    #expect(error.remedy == .retry(after: .seconds(60)))
    #expect(error.description.contains("Resources"))
  }

  @Test(arguments: [Reply.Ending.silent, .cut])
  func `what was read in vain for a moment is read again`(ending: Reply.Ending) async throws {
    let psa = try ScriptedPSA { _, number in
      switch number {
      case 0: Office.zone
      case 1: Reply(body: #"{"item":null}"#, ending: ending)
      default: Office.person
      }
    }
    let service = Office.service(at: psa)
    #expect(try await service.open().resource == Office.resource)
  }

  @Test func `a service that nobody runs is tried again later`() async throws {
    let psa = try ScriptedPSA(.json(#"{"url":"http://127.0.0.1:1/ATServicesRest","ci":1}"#))
    let service = Office.service(at: psa)
    let error = try await failure { _ = try await service.open() }
    #expect(error.remedy == .retry(after: .seconds(60)))
    #expect(error.description.contains("127.0.0.1:1"))
  }
}
