import SyncEngine
import SyncModel
import TestGround
import Testing

@testable import Autotask

/// `autotask.md` 4.7: the last quarter of the tenant's allowance belongs to people.
@Suite struct AllowanceTests {
  private let time = Locked<Duration>(.zero)

  private static func threshold(used: Int, limit: Int = 10_000) -> Reply {
    .json(
      """
      {"externalRequestThreshold":\(limit),"requestThresholdTimeframe":60,\
      "currentTimeframeRequestCount":\(used)}
      """
    )
  }

  /// A PSA that takes its time, with `used` of its 10,000 requests gone.
  private func psa(
    answersIn delay: Duration,
    threshold: Reply,
    _ others: @escaping @Sendable (SeenRequest) -> Reply = { _ in .json(#"{"itemId":77}"#) }
  ) throws -> ScriptedPSA {
    try ScriptedPSA { [time] request, _ in
      time.withLock { $0 += delay }
      switch request.path.split(separator: "/").dropFirst(2).first?.lowercased() {
      case let part? where part.hasPrefix("zoneinformation"): return Office.zone
      case "resources": return Office.person
      case "thresholdinformation": return threshold
      default: return others(request)
      }
    }
  }

  private func questions(_ psa: ScriptedPSA) -> Int {
    psa.lines.filter { $0.hasSuffix("ThresholdInformation") }.count
  }

  private let draft = PSADraft(
    kind: .appointment,
    resource: Office.resource,
    title: "Visit",
    text: "",
    span: Span(start: Instant(seconds: 0), end: Instant(seconds: 60))
  )
  private let edit = PSAEdit(kind: .appointment, id: PSAID(77), title: "Appointment", text: "")
  private let target = PSATarget(kind: .appointment, id: PSAID(77))

  @Test func `quick answers show that there is room, and cost no question`() async throws {
    let psa = try psa(answersIn: .milliseconds(999), threshold: Self.threshold(used: 9_999))
    let service = Office.service(at: psa, leavesRest: true, time: time)
    _ = try await service.open()
    #expect(try await service.create([draft]) == [.done(PSAID(77))])
    #expect(questions(psa) == 0)
  }

  @Test(arguments: [7_500, 9_999, 12_000, Int(Int64.max)])
  func `from three quarters on a run ends before it reads`(used: Int) async throws {
    let psa = try psa(answersIn: .seconds(1), threshold: Self.threshold(used: used))
    let service = Office.service(at: psa, leavesRest: true, time: time)
    let error = try await failure { _ = try await service.open() }
    #expect(error.remedy == .retry(after: .seconds(900)))
    #expect(error.description.contains("\(used) of the 10000 requests"))
    #expect(error.description.contains("left to people"))
    #expect(error.description.contains("lockstep sync"))
    #expect(psa.requests.count == 3)
    let again = try await failure {
      _ = try await service.page(of: PSAQuery(kind: .appointment), continuing: nil)
    }
    // It is as slow as before, and was asked about a moment ago.
    #expect(questions(psa) == 1)
    #expect(again.remedy == .retry(after: .seconds(900)))
  }

  @Test func `what a person asks for goes on`() async throws {
    let psa = try psa(answersIn: .seconds(1), threshold: Self.threshold(used: 9_000))
    let service = Office.service(at: psa, time: time)
    _ = try await service.open()
    #expect(try await service.create([draft]) == [.done(PSAID(77))])
    #expect(questions(psa) == 0)
  }

  @Test func `a slow network is asked about once in a hundred answers`() async throws {
    let psa = try psa(answersIn: .seconds(2), threshold: Self.threshold(used: 7_499))
    let service = Office.service(at: psa, leavesRest: true, time: time)
    _ = try await service.open()
    for _ in 0..<99 { _ = try await service.create([draft]) }
    #expect(questions(psa) == 1)
    for _ in 0..<10 { _ = try await service.create([draft]) }
    #expect(questions(psa) == 2)
  }

  @Test func `a run under way changes what it must, and creates and deletes no more`() async throws
  {
    let isSlow = Locked(false)
    let psa = try ScriptedPSA { [time] request, _ in
      if isSlow.withLock({ $0 }) { time.withLock { $0 += .seconds(1) } }
      if request.path.contains("zoneInformation") { return Office.zone }
      if request.path.contains("Resources") { return Office.person }
      if request.path.contains("Threshold") { return Self.threshold(used: 8_000) }
      return .json(#"{"itemId":77}"#)
    }
    let service = Office.service(at: psa, leavesRest: true, time: time)
    _ = try await service.open()
    isSlow.withLock { $0 = true }
    #expect(try await service.update([edit]) == [.done(PSAID(77))])
    let before = psa.requests.count
    let created = try await failure { _ = try await service.create([draft]) }
    #expect(created.remedy == .retry(after: .seconds(900)))
    #expect(psa.lines.last == "GET /ATServicesRest/v1.0/ThresholdInformation")
    #expect(psa.requests.count == before + 1)
    #expect(try await service.update([edit]) == [.done(PSAID(77))])
    let deleted = try await failure { _ = try await service.delete([target]) }
    #expect(deleted.remedy == .retry(after: .seconds(900)))
    #expect(!psa.lines.contains { $0.hasPrefix("DELETE") })
  }

  @Test(arguments: [
    Reply.errors(500, "not permitted"), Reply(status: 403, headers: [], body: ""),
    Reply(status: 404, headers: [], body: ""), .json("{}"), threshold(used: 9_000, limit: 0),
  ])
  func `an answer that says nothing stops nobody`(reply: Reply) async throws {
    let psa = try psa(answersIn: .seconds(2), threshold: reply)
    _ = try await Office.service(at: psa, leavesRest: true, time: time).open()
    #expect(questions(psa) == 1)
  }
}
