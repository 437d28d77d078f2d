import SyncEngine
import SyncModel
import Testing

@testable import Autotask

/// `autotask.md` 5.2 and 5.3: service calls, and the rows that put a resource on them.
@Suite struct ServiceCallTests {
  private static let row = """
    {"id":4021,"canceledByResourceID":null,"canceledDateTime":null,"cancelationNoticeHours":null,\
    "companyID":174,"companyLocationID":12,"createDateTime":"2026-11-20T08:00:00.123Z",\
    "creatorResourceID":4,"description":"Visit","duration":2.0,"endDateTime":"2026-11-24T10:00:00Z",\
    "impersonatorCreatorResourceID":null,"isComplete":0,"lastModifiedDateTime":null,\
    "startDateTime":"2026-11-24T08:00:00Z","status":3,"userDefinedFields":[]}
    """

  private func items(_ row: String) async throws -> [PSAItem?] {
    let psa = try Office.server(["ServiceCalls/4021": .json(#"{"item":\#(row)}"#)])
    return try await Office.service(at: psa).items([PSAID(4_021)], of: .serviceCall)
  }

  @Test func `a row is read with all that it says, and is seen by who asks`() async throws {
    #expect(
      try await items(Self.row) == [
        PSAItem(
          kind: .serviceCall,
          id: PSAID(4_021),
          resource: Office.resource,
          title: "",
          text: "Visit",
          start: try Instant("2026-11-24T08:00:00Z"),
          end: try Instant("2026-11-24T10:00:00Z"),
          created: try Instant("2026-11-20T08:00:00Z"),
          modified: try Instant("2026-11-20T08:00:00Z"),
          creator: ResourceID(4),
          related: PSARelated(company: PSAID(174), location: PSAID(12), status: 3)
        )
      ]
    )
  }

  @Test(arguments: [
    (#""isComplete":1"#, true, false), (#""isComplete":true"#, true, false),
    (#""isComplete":null"#, false, false),
    // The tenant's own word for its status says nothing; the date does.
    (#""status":11"#, false, false),
    (#""canceledDateTime":"2026-11-21T08:00:00.000Z""#, false, true),
  ])
  func `complete is a number, cancelled is a date`(
    written: String,
    isComplete: Bool,
    isCancelled: Bool
  ) async throws {
    let row = """
      {"id":4021,"startDateTime":"2026-11-24T08:00:00Z","endDateTime":"2026-11-24T10:00:00Z",\
      "createDateTime":"2026-11-20T08:00:00Z",\(written)}
      """
    let item = try #require(try await items(row).first ?? nil)
    #expect(item.isComplete == isComplete)
    #expect(item.isCancelled == isCancelled)
  }

  @Test func `calls are asked by change over the whole tenant, or by their numbers`() async throws {
    let psa = try Office.server([:])
    let service = Office.service(at: psa)
    let since = try Instant("2026-11-01T00:00:00Z")
    let queries = [
      PSAQuery(kind: .serviceCall, modifiedSince: since),
      PSAQuery(kind: .serviceCall, endingFrom: since, among: [PSAID(4_021), PSAID(4_029)]),
      PSAQuery(kind: .serviceCall),
    ]
    for query in queries { _ = try await service.count(of: query) }
    #expect(
      psa.requests.suffix(3).map(\.body) == [
        """
        {"filter":[{"op":"or","items":[\
        {"op":"gte","field":"lastModifiedDateTime","value":"2026-11-01T00:00:00Z"},\
        {"op":"gte","field":"createDateTime","value":"2026-11-01T00:00:00Z"}]}]}
        """,
        """
        {"filter":[{"op":"gte","field":"endDateTime","value":"2026-11-01T00:00:00Z"},\
        {"op":"in","field":"id","value":[4021,4029]}]}
        """,
        #"{"filter":[{"op":"gte","field":"id","value":0}]}"#,
      ]
    )
    #expect(psa.lines.last == "POST /ATServicesRest/v1.0/ServiceCalls/query/count")
  }

  // MARK: Who is on a call

  private static func naming(_ id: Int64, _ field: String, _ between: Int64) -> String {
    #"{"id":\#(id),"resourceID":29682885,"\#(field)":\#(between),"soapParentPropertyId":{"a":[1]}}"#
  }

  private static func count(_ count: Int) -> Reply { .json(#"{"queryCount":\#(count)}"#) }

  private static let ticketRows = Office.rows(
    naming(911, "serviceCallTicketID", 501),
    naming(930, "serviceCallTicketID", 504)
  )
  private static let taskRows = Office.rows(naming(120, "serviceCallTaskID", 88))
  private static let all: [String: Reply] = [
    "ServiceCallTicketResources/query": ticketRows,
    "ServiceCallTicketResources/query/count": count(2),
    "ServiceCallTickets/query": Office.rows(
      #"{"id":501,"serviceCallID":4021}"#,
      #"{"id":504,"serviceCallID":4033}"#
    ),
    "ServiceCallTaskResources/query": taskRows,
    "ServiceCallTaskResources/query/count": count(1),
    "ServiceCallTasks/query": Office.rows(#"{"id":88,"serviceCallID":"4021"}"#),
  ]

  @Test func `all rows are read, with the call of each by the row between`() async throws {
    let psa = try Office.server(Self.all)
    let service = Office.service(at: psa)
    let found = try await service.assignments(since: nil)
    #expect(
      found
        == Assignments(
          rows: [
            Assignment(table: .tickets, row: PSAID(911), call: PSAID(4_021)),
            Assignment(table: .tickets, row: PSAID(930), call: PSAID(4_033)),
            Assignment(table: .tasks, row: PSAID(120), call: PSAID(4_021)),
          ],
          ticketRows: 2,
          taskRows: 1
        )
    )
    #expect(
      AssignmentMarks().raised(by: found.rows)
        == AssignmentMarks(
          tickets: PSAID(930),
          tasks: PSAID(120),
          ticketRows: 2,
          taskRows: 1
        )
    )
  }

  @Test func `at rest all of two short lists are asked for, and what is known is left out`()
    async throws
  {
    let psa = try Office.server(Self.all)
    let service = Office.service(at: psa)
    _ = try await service.open()
    let before = psa.requests.count
    let marks = AssignmentMarks(
      tickets: PSAID(911),
      tasks: PSAID(120),
      ticketRows: 1,
      taskRows: 1
    )
    #expect(
      try await service.assignments(since: marks)
        == Assignments(
          rows: [Assignment(table: .tickets, row: PSAID(930), call: PSAID(4_033))],
          ticketRows: 2,
          taskRows: 1
        )
    )
    #expect(
      psa.lines.dropFirst(before) == [
        "POST /ATServicesRest/v1.0/ServiceCallTicketResources/query",
        "POST /ATServicesRest/v1.0/ServiceCallTickets/query",
        "POST /ATServicesRest/v1.0/ServiceCallTaskResources/query",
      ]
    )
  }

  @Test func `at rest long lists are two counts and two questions for rows above the marks`()
    async throws
  {
    var replies = Self.all
    replies["ServiceCallTicketResources/query"] = Office.noRows
    replies["ServiceCallTaskResources/query"] = Office.noRows
    let psa = try Office.server(replies)
    let service = Office.service(at: psa)
    _ = try await service.open()
    let before = psa.requests.count
    let marks = AssignmentMarks(
      tickets: PSAID(930),
      tasks: PSAID(120),
      ticketRows: 401,
      taskRows: 401
    )
    #expect(
      try await service.assignments(since: marks)
        == Assignments(rows: [], ticketRows: 2, taskRows: 1)
    )
    #expect(
      psa.lines.dropFirst(before) == [
        "POST /ATServicesRest/v1.0/ServiceCallTicketResources/query/count",
        "POST /ATServicesRest/v1.0/ServiceCallTicketResources/query",
        "POST /ATServicesRest/v1.0/ServiceCallTaskResources/query/count",
        "POST /ATServicesRest/v1.0/ServiceCallTaskResources/query",
      ]
    )
    #expect(
      psa.requests[before + 1].body == """
        {"MaxRecords":500,"IncludeFields":["id","resourceID","serviceCallTicketID"],\
        "filter":[{"op":"eq","field":"resourceID","value":29682885},\
        {"op":"gt","field":"id","value":930}]}
        """
    )
    #expect(
      psa.requests[before].body
        == #"{"filter":[{"op":"eq","field":"resourceID","value":29682885}]}"#
    )
  }

  @Test func `a row whose ticket was taken off the call names no call`() async throws {
    var replies = Self.all
    replies["ServiceCallTickets/query"] = Office.rows(#"{"id":504,"serviceCallID":4033}"#)
    let found = try await Office.service(at: Office.server(replies)).assignments(since: nil)
    #expect(found.rows.map(\.call) == [nil, PSAID(4_033), PSAID(4_021)])
    #expect(found.ticketRows == 2)
  }

  @Test func `a list that leaves out rows between is no proof that they are gone`() async throws {
    var replies = Self.all
    replies["ServiceCallTickets/query"] = Office.noRows
    replies["ServiceCallTickets/query/count"] = Self.count(2)
    let service = Office.service(at: try Office.server(replies))
    let error = try await failure { _ = try await service.assignments(since: nil) }
    #expect(error.description.contains("incomplete"))
  }

  @Test func `a whole reading has as many rows as the PSA counts, or is none`() async throws {
    var replies = Self.all
    replies["ServiceCallTicketResources/query/count"] = Self.count(3)
    let service = Office.service(at: try Office.server(replies))
    let error = try await failure { _ = try await service.assignments(since: nil) }
    #expect(error.description.contains("not as many rows"))
  }

  @Test func `a row that names somebody else is never the resource's`() async throws {
    var replies = Self.all
    replies["ServiceCallTaskResources/query"] = Office.rows(
      #"{"id":120,"resourceID":77,"serviceCallTaskID":88}"#
    )
    let service = Office.service(at: try Office.server(replies))
    let error = try await failure { _ = try await service.assignments(since: nil) }
    #expect(error.description.contains("ServiceCallTaskResources 120"))
  }

  private static func information(canQuery: Bool, _ access: String) -> Reply {
    .json(
      """
      {"info":{"name":"ServiceCall","canCreate":true,"canDelete":true,"canQuery":\(canQuery),\
      "canUpdate":true,"userAccessForCreate":"All","userAccessForQuery":"\(access)",\
      "hasUserDefinedFields":false,"supportsWebhookCallouts":false}}
      """
    )
  }

  @Test(arguments: [(true, "None"), (false, "All")])
  func `a security level that shows no calls is a failure, not an absence`(
    canQuery: Bool,
    access: String
  ) async throws {
    let psa = try Office.server([
      "ServiceCalls/entityInformation": Self.information(canQuery: canQuery, access)
    ])
    let service = Office.service(at: psa)
    for marks in [nil, AssignmentMarks(tickets: PSAID(9), tasks: PSAID(9))] {
      let error = try await failure { _ = try await service.assignments(since: marks) }
      #expect(error.remedy == .skipItem)
      #expect(error.description.contains("security level"))
    }
  }

  @Test func `who is on no call asks once whether calls are shown at all`() async throws {
    let psa = try Office.server([
      "ServiceCalls/entityInformation": Self.information(canQuery: true, "All")
    ])
    let service = Office.service(at: psa)
    let none = Assignments(rows: [], ticketRows: 0, taskRows: 0)
    #expect(try await service.assignments(since: nil) == none)
    let before = psa.requests.count
    #expect(try await service.assignments(since: AssignmentMarks()) == none)
    #expect(psa.requests.count == before + 2)
  }
}
