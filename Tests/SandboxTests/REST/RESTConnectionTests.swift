import Foundation
import Logging
import Sandbox
import TestGround
import Testing
import World

/// The REST side over real sockets: what arrives, and how a stranger's client fares with it.
@Suite struct RESTConnectionTests {
  private struct Shut: WireServer {
    func answer(_ call: WireCall) async -> WireAnswer { WireAnswer(status: 503) }
  }

  private func sandbox(_ sample: RESTSample) -> Sandbox {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return Sandbox(exchange: Shut(), psa: sample.server, logger: logger)
  }

  private static func request(_ method: String, _ path: String, _ body: String = "") -> String {
    var lines = ["\(method) /ATServicesRest/v1.0/\(path) HTTP/1.1", "Host: 127.0.0.1:9"]
    lines += RESTSample.headers.filter { $0.name != "Host" }.map { "\($0.name): \($0.value)" }
    lines += ["Connection: close", "Content-Length: \(body.utf8.count)", "", body]
    return lines.joined(separator: "\r\n")
  }

  /// Head and body of an answer, and the length that the head promises.
  private static func parts(_ bytes: [UInt8]) -> (head: String, body: String, length: Int) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let gap = text.range(of: "\r\n\r\n") else { return (text, "", 0) }
    let head = String(text[..<gap.lowerBound]).lowercased()
    let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
      .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
    return (head, String(text[gap.upperBound...]), length ?? 0)
  }

  @Test func `a whole answer, a cut one and none at all`() async throws {
    let sample = try RESTSample()
    try await sandbox(sample).running { ports in
      let connection = RawConnection(port: ports.psa)
      let query = Self.request(
        "POST",
        "appointments/query",
        #"{"filter":[{"op":"exist","field":"id"}]}"#
      )
      let whole = Self.parts(try await connection.exchange(query))
      #expect(whole.head.hasPrefix("http/1.1 200"))
      #expect(whole.head.contains("content-type: application/json; charset=utf-8"))
      #expect(whole.body.utf8.count == whole.length && whole.body.hasSuffix("}"))
      await sample.faults.arrange(.cutBody)
      let cut = Self.parts(try await connection.exchange(query))
      #expect(cut.head.hasPrefix("http/1.1 200"))
      #expect(cut.length == whole.length && cut.body.utf8.count == whole.length / 2)
      await sample.faults.arrange(.lostAnswer)
      let body = String(decoding: RESTSample.visit.bytes, as: UTF8.self)
      let count = await sample.appointments()
      let lost = try await connection.exchange(Self.request("POST", "Appointments", body))
      #expect(lost == [])
      #expect(await sample.appointments() == count + 1)
    }
  }

  @Test func `the page's address names the host that was asked`() async throws {
    let sample = try RESTSample()
    try await sandbox(sample).running { ports in
      let query = #"{"MaxRecords":3,"filter":[{"op":"exist","field":"id"}]}"#
      let answer = try await RawConnection(port: ports.psa)
        .exchange(Self.request("POST", "Appointments/query", query))
      let json = try JSONValue(parsing: Array(Self.parts(answer).body.utf8))
      let next = json["pageDetails"]?["nextPageUrl"]?.text
      #expect(
        next?.hasPrefix("http://127.0.0.1:9/ATServicesRest/V1.0/Appointments/query/next") == true
      )
    }
  }

  @Test func `a port that is taken is an error, and the sandbox ends`() async throws {
    let sample = try RESTSample(items: 1)
    try await sandbox(sample).running { ports in
      await #expect(throws: PortTaken.self) {
        try await sandbox(sample).running(on: Sandbox.Ports(psa: ports.psa)) { _ in }
      }
    }
  }

  @Test func `py-autotask reads, counts, creates and deletes, and its wrong update is refused`()
    async throws
  {
    guard let python = try await PythonJudge.interpreter(importing: "py_autotask.client") else {
      return
    }
    let sample = try RESTSample()
    let run = try await sandbox(sample).running { ports in
      try await Child.finished(
        python,
        [
          "-W", "ignore", "-c", Self.judge, "http://127.0.0.1:\(ports.psa)/ATServicesRest",
          Seeding.mailAddress, Seeding.account(password: "").trackingIdentifier, "sandbox",
          String(Seeding.technician),
        ]
      )
    }
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.output.split(separator: "\n").suffix(11) == [
        "count 40", "page 7", "next True", "created True", "got By a stranger",
        "fields True", "update AutotaskAPIError", "still By a stranger", "deleted True",
        "gone True", "resource 29682885",
      ],
      "\(run.output)"
    )
  }

  private static let judge = """
    import sys
    from py_autotask import AutotaskClient
    url, user, code, secret, resource = sys.argv[1:]
    client = AutotaskClient.create(
        username=user, integration_code=code, secret=secret, api_url=url)
    appointments = client.entities.appointments
    mine = [{"op": "eq", "field": "resourceID", "value": int(resource)}]
    print("count", appointments.count(mine))
    page = appointments.query(mine, max_records=7)
    print("page", len(page.items))
    print("next", page.page_details.next_page_url is not None)
    made = appointments.create({
        "title": "By a stranger", "resourceID": int(resource),
        "startDateTime": "2026-12-01T09:00:00Z", "endDateTime": "2026-12-01T10:00:00Z"})
    print("created", made.item_id > 0)
    print("got", appointments.get(made.item_id)["title"])
    print("fields", "fields" in appointments.get_field_info())
    try:
        print("update", appointments.update({"id": made.item_id, "title": "Changed"}))
    except Exception as problem:
        print("update", type(problem).__name__)
    print("still", appointments.get(made.item_id)["title"])
    print("deleted", appointments.delete(made.item_id))
    print("gone", appointments.get(made.item_id) is None)
    found = client.entities.resources.query([{"op": "eq", "field": "email", "value": user}])
    print("resource", found.items[0]["id"])
    """
}
