import SyncEngine
import SyncModel
import Testing

@testable import Autotask

/// `autotask.md` 5.0, 5.4 and 5.13: what to-dos say, how they are asked for and written.
@Suite struct CompanyToDoTests {
  private static let times = """
    "startDateTime":"2026-11-24T08:00:00Z","endDateTime":"2026-11-24T08:15:00Z",\
    "createDateTime":"2026-11-20T08:00:00.123Z"
    """
  private static let row = """
    {"id":2204,"soapParentPropertyId":null,"actionType":2,"activityDescription":"Call back",\
    "assignedToResourceID":29682885,"companyID":174,"completedDate":null,"contactID":30682,\
    "contractID":null,"createDateTime":"2026-11-20T08:00:00.123Z","creatorResourceID":4,\
    "endDateTime":"2026-11-24T08:15:00Z","impersonatorCreatorResourceID":null,\
    "lastModifiedDate":"2026-11-21T08:00:00.5Z","opportunityID":5501,\
    "startDateTime":"2026-11-24T08:00:00Z","ticketID":7602}
    """

  private func item(_ row: String) async throws -> PSAItem {
    let psa = try ScriptedPSA(Office.zone, Office.person, Office.rows(row))
    let page = try await Office.service(at: psa).page(
      of: PSAQuery(kind: .toDo),
      continuing: nil
    )
    return try #require(page.items.first)
  }

  private func edit(
    _ id: Int64 = 2_204,
    parent: Int64? = 174,
    title: String? = nil,
    text: String? = nil
  ) throws -> PSAEdit {
    PSAEdit(
      kind: .toDo,
      id: PSAID(id),
      parent: parent.map { PSAID($0) },
      title: title,
      text: text,
      span: Span(
        start: try Instant("2026-11-25T08:00:00Z"),
        end: try Instant("2026-11-25T08:30:00Z")
      )
    )
  }

  @Test func `a row is read with all that it says`() async throws {
    #expect(
      try await item(Self.row)
        == PSAItem(
          kind: .toDo,
          id: PSAID(2_204),
          parent: PSAID(174),
          resource: Office.resource,
          title: "",
          text: "Call back",
          start: try Instant("2026-11-24T08:00:00Z"),
          end: try Instant("2026-11-24T08:15:00Z"),
          created: try Instant("2026-11-20T08:00:00Z"),
          modified: try Instant("2026-11-21T08:00:00Z"),
          creator: ResourceID(4),
          related: PSARelated(
            company: PSAID(174),
            contact: PSAID(30_682),
            opportunity: PSAID(5_501),
            ticket: PSAID(7_602),
            actionType: PSAID(2)
          )
        )
    )
  }

  @Test(arguments: [
    (#""completedDate":null"#, false), (#""completedDate":"2026-11-22T10:00:00.000Z""#, true),
    (#""completedDate":"""#, false), (#""isComplete":1"#, false),
  ])
  func `a to-do is complete by its date, for it has no other field`(
    written: String,
    isComplete: Bool
  ) async throws {
    let item = try await item(
      #"{"id":1,"assignedToResourceID":29682885,"companyID":174,\#(Self.times),\#(written)}"#
    )
    #expect(item.isComplete == isComplete)
    #expect(!item.isCancelled)
  }

  @Test func `the company of number 0 is a company, and without a change the creation counts`()
    async throws
  {
    let item = try await item(
      #"""
      {"id":1,"assignedToResourceID":29682885,"companyID":0,\#(Self.times),"lastModifiedDate":null,
       "lastModifiedDateTime":"2026-11-22T10:00:00Z"}
      """#
    )
    #expect(item.parent == PSAID(0))
    #expect(item.modified == item.created)
  }

  @Test(arguments: [
    (#""companyID":null"#, "companyID"), (#""assignedToResourceID":null"#, "assignedToResourceID"),
    (#""endDateTime":null"#, "endDateTime"), (#""completedDate":"soon""#, "completedDate"),
  ])
  func `a row that cannot be used is never left out in silence`(
    wrong: String,
    named: String
  ) async throws {
    let row = #"{"id":8,"assignedToResourceID":29682885,"companyID":174,\#(Self.times),\#(wrong)}"#
    let error = try await failure { _ = try await item(row) }
    #expect(error.description.contains(named))
    #expect(error.description.contains("CompanyToDos"))
  }

  @Test func `somebody else's to-do is never taken for the resource's own`() async throws {
    let row = #"{"id":8,"assignedToResourceID":77,"companyID":174,\#(Self.times)}"#
    let error = try await failure { _ = try await item(row) }
    #expect(error.description.contains("CompanyToDos 8"))
  }

  @Test func `to-dos are asked at the root, by their own names of owner and change`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      Office.person,
      Office.noRows,
      .json(#"{"queryCount":3}"#)
    )
    let service = Office.service(at: psa)
    let query = PSAQuery(
      kind: .toDo,
      modifiedSince: try Instant("2026-11-01T00:00:00Z"),
      endingFrom: try Instant("2026-10-25T12:30:00Z"),
      ids: PSAID(10)...PSAID(99)
    )
    _ = try await service.page(of: query, continuing: nil)
    #expect(try await service.count(of: query) == 3)
    #expect(
      psa.lines.suffix(2) == [
        "POST /ATServicesRest/v1.0/CompanyToDos/query",
        "POST /ATServicesRest/v1.0/CompanyToDos/query/count",
      ]
    )
    #expect(
      psa.requests[3].body == """
        {"filter":[{"op":"eq","field":"assignedToResourceID","value":29682885},\
        {"op":"or","items":[\
        {"op":"gte","field":"lastModifiedDate","value":"2026-11-01T00:00:00Z"},\
        {"op":"gte","field":"createDateTime","value":"2026-11-01T00:00:00Z"}]},\
        {"op":"gte","field":"endDateTime","value":"2026-10-25T12:30:00Z"},\
        {"op":"gte","field":"id","value":10},{"op":"lte","field":"id","value":99}]}
        """
    )
    #expect(psa.requests[2].body.contains(#""activityDescription","contactID""#))
  }

  @Test(arguments: [174, 0] as [Int64])
  func `times are written under the company, and nothing else`(company: Int64) async throws {
    let psa = try ScriptedPSA(Office.zone, .json(#"{"itemId":2204}"#))
    let service = Office.service(at: psa)
    #expect(try await service.update([edit(parent: company)]) == [.done(PSAID(2_204))])
    #expect(psa.lines.last == "PATCH /ATServicesRest/v1.0/Companies/\(company)/ToDos")
    #expect(
      psa.requests[1].body == """
        {"id":2204,"startDateTime":"2026-11-25T08:00:00Z","endDateTime":"2026-11-25T08:30:00Z"}
        """
    )
  }

  @Test func `what is never written of a to-do is refused without a request`() async throws {
    let psa = try ScriptedPSA()
    let service = Office.service(at: psa)
    let edits = [try edit(title: "New"), try edit(text: "New"), try edit(parent: nil)]
    var results = try await service.update(edits)
    results += try await service.delete([
      PSATarget(kind: .toDo, id: PSAID(2_204), parent: PSAID(174)),
      PSATarget(kind: .serviceCall, id: PSAID(4_021)), PSATarget(kind: .contact, id: PSAID(1)),
    ])
    for kind in [Kind.toDo, .serviceCall, .contact] {
      let span = try #require(try edit().span)
      results += try await service.create([
        PSADraft(kind: kind, resource: Office.resource, title: "a", text: "b", span: span)
      ])
    }
    results += try await service.update([
      PSAEdit(kind: .serviceCall, id: PSAID(4_021), span: try edit().span)
    ])
    #expect(results.count == 10)
    for result in results {
      guard case .refused(let words) = result else {
        Issue.record("\(result)")
        continue
      }
      #expect(!words.isEmpty)
    }
    #expect(psa.requests.isEmpty)
  }

  @Test func `a to-do that is gone is missing, one of another company is refused`() async throws {
    let noMatch = Reply.errors(500, "No matching records found.")
    let psa = try ScriptedPSA(
      Office.zone,
      noMatch,
      .json(#"{"item":null}"#),
      noMatch,
      .json(#"{"item":\#(Self.row)}"#)
    )
    let service = Office.service(at: psa)
    #expect(try await service.update([edit()]) == [.missing])
    #expect(psa.lines.last == "GET /ATServicesRest/v1.0/CompanyToDos/2204")
    guard case .refused = try await service.update([edit(parent: 183)])[0] else {
      Issue.record("not refused")
      return
    }
  }
}
