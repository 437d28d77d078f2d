import SyncEngine
import SyncModel
import Testing

@testable import Autotask

/// `autotask.md` 4.3 and 4.4: queries, counts and pages.
@Suite struct ListingTests {
  private static let next =
    "{root}/ATServicesRest/V1.0/Appointments/query/next?paging=%7B%22pageSize%22%3A500%7D"

  @Test func `a query asks for the resource and every condition, by POST`() async throws {
    let psa = try ScriptedPSA(Office.zone, Office.person, Office.noRows)
    let query = PSAQuery(
      kind: .appointment,
      modifiedSince: try Instant("2026-11-01T00:00:00Z"),
      endingFrom: try Instant("2026-10-25T12:30:00Z"),
      ids: PSAID(10)...PSAID(99)
    )
    let page = try await Office.service(at: psa).page(of: query, continuing: nil)
    #expect(page.items.isEmpty)
    #expect(page.next == nil)
    #expect(psa.lines.last == "POST /ATServicesRest/v1.0/Appointments/query")
    #expect(
      psa.requests[2].body == """
        {"MaxRecords":500,"IncludeFields":["id","title","description","resourceID",\
        "startDateTime","endDateTime","createDateTime","updateDateTime","creatorResourceID"],\
        "filter":[{"op":"eq","field":"resourceID","value":29682885},\
        {"op":"or","items":[\
        {"op":"gte","field":"updateDateTime","value":"2026-11-01T00:00:00Z"},\
        {"op":"gte","field":"createDateTime","value":"2026-11-01T00:00:00Z"}]},\
        {"op":"gte","field":"endDateTime","value":"2026-10-25T12:30:00Z"},\
        {"op":"gte","field":"id","value":10},{"op":"lte","field":"id","value":99}]}
        """
    )
  }

  @Test func `the next page is asked by POST with the same body at the PSA's own URL`() async throws
  {
    let psa = try ScriptedPSA(
      Office.zone,
      Office.person,
      Office.rows(Office.row(3), Office.row(7), next: Self.next),
      Office.rows(Office.row(8))
    )
    let service = Office.service(at: psa)
    let query = PSAQuery(kind: .appointment)
    let first = try await service.page(of: query, continuing: nil)
    #expect(first.items.map(\.id) == [PSAID(3), PSAID(7)])
    let second = try await service.page(of: query, continuing: first.next)
    #expect(second.items.map(\.id) == [PSAID(8)])
    #expect(second.next == nil)
    #expect(
      psa.lines.last
        == "POST /ATServicesRest/V1.0/Appointments/query/next?paging=%7B%22pageSize%22%3A500%7D"
    )
    #expect(psa.requests[3].body == psa.requests[2].body)
    #expect(psa.requests[3].headers["secret"] == Office.secret)
  }

  @Test func `an empty page in the middle is not the end`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      Office.person,
      Office.rows(#"{"id":3}"#, next: Self.next),
      Office.rows(next: "{root}/ATServicesRest/V1.0/next?page=3"),
      Office.rows(#"{"id":9}"#)
    )
    let ids = try await Office.service(at: psa).identities(of: PSAQuery(kind: .appointment))
    #expect(ids == [PSAID(3), PSAID(9)])
  }

  @Test func `a next page that is blank is none`() async throws {
    let psa = try ScriptedPSA(Office.zone, Office.person, Office.rows(#"{"id":3}"#, next: ""))
    let ids = try await Office.service(at: psa).identities(of: PSAQuery(kind: .appointment))
    #expect(ids == [PSAID(3)])
    #expect(psa.requests.count == 3)
  }

  /// The PSA writes its paths in upper and lower case as it likes (4.1); the host is the same one.
  @Test func `the PSA's own spelling of its address is the same address`() async throws {
    let psa = try ScriptedPSA(
      .json(#"{"url":"{root}/atservicesrest","ci":123456}"#),
      Office.person,
      Office.rows(
        #"{"id":3}"#,
        next: "{root}/ATSERVICESREST/V1.0/appointments/query/next?paging=a%2Bb"
      ),
      Office.rows(#"{"id":4}"#)
    )
    let ids = try await Office.service(at: psa).identities(of: PSAQuery(kind: .appointment))
    #expect(ids == [PSAID(3), PSAID(4)])
    #expect(psa.lines.last == "POST /ATSERVICESREST/V1.0/appointments/query/next?paging=a%2Bb")
  }

  /// POSTed page 1 and page 2 by GET gives 405 (4.4); a 405 there is our mistake, not an end.
  @Test func `a page that is refused ends the listing with an error, not with fewer rows`()
    async throws
  {
    let psa = try ScriptedPSA(
      Office.zone,
      Office.person,
      Office.rows(#"{"id":3}"#, next: Self.next),
      Reply(status: 405, headers: [], body: "")
    )
    let error = try await failure {
      _ = try await Office.service(at: psa).identities(of: PSAQuery(kind: .appointment))
    }
    #expect(error.remedy == .stop)
    #expect(error.description.contains("405"))
  }

  @Test func `credentials are never sent to another origin`() async throws {
    let stranger = try ScriptedPSA(Office.noRows)
    let psa = try ScriptedPSA(
      Office.zone,
      Office.person,
      Office.rows(Office.row(3), next: "\(stranger.url)/ATServicesRest/V1.0/next")
    )
    let service = Office.service(at: psa)
    let error = try await failure {
      _ = try await service.page(of: PSAQuery(kind: .appointment), continuing: nil)
    }
    #expect(error.remedy == .stop)
    #expect(error.description.contains("another server"))
    let forged = PageToken("1;3;\(stranger.url)/next")
    let again = try await failure {
      _ = try await service.page(of: PSAQuery(kind: .appointment), continuing: forged)
    }
    #expect(again.remedy == .stop)
    #expect(stranger.requests.isEmpty)
  }

  @Test func `a page that names itself as the next one stops`() async throws {
    let circle = Office.rows(next: Self.next)
    let psa = try ScriptedPSA(Office.zone, Office.person, circle, circle)
    let service = Office.service(at: psa)
    let error = try await failure {
      _ = try await service.identities(of: PSAQuery(kind: .appointment))
    }
    #expect(error.remedy == .stop)
    #expect(error.description.contains("names itself"))
    #expect(psa.requests.count == 4)
  }

  @Test func `pages that come again stop by their ids`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      Office.person,
      Office.rows(#"{"id":3}"#, #"{"id":5}"#, next: "{root}/ATServicesRest/V1.0/next?page=b"),
      Office.rows(#"{"id":7}"#, next: "{root}/ATServicesRest/V1.0/next?page=a"),
      Office.rows(#"{"id":3}"#, #"{"id":5}"#, next: "{root}/ATServicesRest/V1.0/next?page=b")
    )
    let service = Office.service(at: psa)
    let error = try await failure {
      _ = try await service.identities(of: PSAQuery(kind: .appointment))
    }
    #expect(error.description.contains("do not ascend at 3"))
  }

  @Test func `a listing of more than 1,000 pages stops`() async throws {
    let psa = try ScriptedPSA { _, number in
      switch number {
      case 0: Office.zone
      case 1: Office.person
      default:
        Office.rows(#"{"id":\#(number)}"#, next: "{root}/ATServicesRest/V1.0/next?page=\(number)")
      }
    }
    let service = Office.service(at: psa)
    let error = try await failure {
      _ = try await service.identities(of: PSAQuery(kind: .appointment))
    }
    #expect(error.description.contains("more than 1000 pages"))
    #expect(psa.requests.count == 1_002)
  }

  @Test func `identities are asked without anything else and come ascending`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      Office.person,
      Office.rows(#"{"id":3}"#, #"{"id":"29684001"}"#, next: Self.next),
      Office.rows(#"{"id":29684002,"userDefinedFields":[]}"#)
    )
    let ids = try await Office.service(at: psa).identities(of: PSAQuery(kind: .appointment))
    #expect(ids == [PSAID(3), PSAID(29_684_001), PSAID(29_684_002)])
    #expect(psa.requests[2].body.contains(#""IncludeFields":["id"]"#))
  }

  @Test func `a count is one request`() async throws {
    let psa = try ScriptedPSA(Office.zone, Office.person, .json(#"{"queryCount":1234}"#))
    let service = Office.service(at: psa)
    let query = PSAQuery(kind: .appointment, endingFrom: try Instant("2026-10-25T00:00:00Z"))
    #expect(try await service.count(of: query) == 1_234)
    #expect(psa.lines.last == "POST /ATServicesRest/v1.0/Appointments/query/count")
    #expect(
      psa.requests[2].body == """
        {"filter":[{"op":"eq","field":"resourceID","value":29682885},\
        {"op":"gte","field":"endDateTime","value":"2026-10-25T00:00:00Z"}]}
        """
    )
  }

  @Test(arguments: [#"{"queryCount":null}"#, "{}", #"{"queryCount":-1}"#, #"{"queryCount":"#])
  func `a count that says nothing is no zero`(body: String) async throws {
    let psa = try ScriptedPSA(Office.zone, Office.person, .json(body))
    let service = Office.service(at: psa)
    let error = try await failure { _ = try await service.count(of: PSAQuery(kind: .appointment)) }
    #expect(error.remedy == .stop)
  }

  @Test func `items come in the order asked, in lists of at most 400`() async throws {
    let none = Reply.json(#"{"queryCount":0}"#)
    let psa = try ScriptedPSA(
      Office.zone,
      Office.rows(Office.row(2)),
      none,
      Office.rows(Office.row(450)),
      none
    )
    let ids = (1...450).reversed().map { PSAID(Int64($0)) }
    let items = try await Office.service(at: psa).items(ids, of: .appointment)
    #expect(items.count == 450)
    #expect(items[0]?.id == PSAID(450))
    #expect(items[448]?.id == PSAID(2))
    #expect(items.compactMap(\.self).count == 2)
    #expect(
      psa.lines.dropFirst() == [
        "POST /ATServicesRest/v1.0/Appointments/query",
        "POST /ATServicesRest/v1.0/Appointments/query/count",
        "POST /ATServicesRest/v1.0/Appointments/query",
        "POST /ATServicesRest/v1.0/Appointments/query/count",
      ]
    )
    let list = (401...450).map(String.init).joined(separator: ",")
    #expect(
      psa.requests[3].body.hasSuffix(#""filter":[{"op":"in","field":"id","value":[\#(list)]}]}"#)
    )
    #expect(psa.requests[1].body.contains(",399,400]"))
    #expect(
      psa.requests[4].body.hasPrefix(#"{"filter":[{"op":"in","field":"id","value":[401,402,"#)
    )
  }

  @Test func `what a list leaves out is asked again, and never taken for absent`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      Office.rows(Office.row(2)),
      .json(#"{"queryCount":1}"#),
      Office.rows(Office.row(3)),
      .json(#"{"queryCount":0}"#)
    )
    let ids = [PSAID(2), PSAID(3), PSAID(4)]
    let items = try await Office.service(at: psa).items(ids, of: .appointment)
    #expect(items.map { $0?.id } == [PSAID(2), PSAID(3), nil])
    #expect(psa.requests[3].body.contains("[3,4]"))

    let one = Reply.json(#"{"queryCount":1}"#)
    let blind = try ScriptedPSA(
      Office.zone,
      Office.noRows,
      one,
      Office.noRows,
      one,
      Office.noRows,
      one
    )
    let service = Office.service(at: blind)
    let error = try await failure { _ = try await service.items(ids, of: .appointment) }
    #expect(error.description.contains("is incomplete"))
  }

  @Test func `a single item that is not there is answered with null`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      .json(#"{"item":null}"#),
      .json(#"{"item":\#(Office.row(5))}"#)
    )
    let service = Office.service(at: psa)
    #expect(try await service.items([PSAID(4)], of: .appointment) == [nil])
    #expect(try await service.items([PSAID(5)], of: .appointment).first??.title == "Replace disk")
    #expect(psa.lines[1] == "GET /ATServicesRest/v1.0/Appointments/4")
    #expect(try await service.items([], of: .appointment).isEmpty)
    #expect(psa.requests.count == 3)
  }

  @Test func `a 404 for an item is absence only if a query says so too`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      Reply(status: 404, headers: [], body: ""),
      Office.noRows,
      .json(#"{"queryCount":0}"#),
      Reply(status: 404, headers: [], body: ""),
      Reply(status: 404, headers: [], body: "")
    )
    let service = Office.service(at: psa)
    #expect(try await service.items([PSAID(4)], of: .appointment) == [nil])
    let error = try await failure { _ = try await service.items([PSAID(4)], of: .appointment) }
    #expect(error.remedy == .stop)
  }

  @Test func `contacts are no items of a calendar`() async throws {
    let psa = try ScriptedPSA(Office.zone, Office.person)
    let service = Office.service(at: psa)
    let error = try await failure {
      _ = try await service.page(of: PSAQuery(kind: .contact), continuing: nil)
    }
    #expect(error.description.contains("contact"))
    #expect(error.remedy == .stop)
    #expect(psa.requests.isEmpty)
  }

  @Test func `at most three requests go to one endpoint at a time`() async throws {
    let gate = Gate(3)
    let psa = try ScriptedPSA { _, number in
      switch number {
      case 0: return Office.zone
      case 1: return Office.person
      default:
        gate.pass()
        return .json(#"{"queryCount":1}"#)
      }
    }
    let service = Office.service(at: psa)
    _ = try await service.open()
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<12 {
        group.addTask { try await service.count(of: PSAQuery(kind: .appointment)) }
      }
      for try await count in group { #expect(count == 1) }
    }
    #expect(psa.requests.count == 14)
    #expect(psa.mostAtOnce == 3)
  }
}
