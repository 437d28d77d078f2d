import SyncEngine
import SyncModel
import Testing

@testable import Autotask

/// Traps of `autotask.md` section 5 that lie between its entities.
@Suite struct EntityTrapTests {
  /// Each entity counts for itself: a number is an item only together with its kind.
  @Test func `one number in three kinds is three items (5.13)`() async throws {
    let times = """
      "startDateTime":"2026-11-24T08:00:00Z","endDateTime":"2026-11-24T08:15:00Z",\
      "createDateTime":"2026-11-20T08:00:00Z"
      """
    let psa = try Office.server([
      "Appointments/7": .json(
        #"{"item":{"id":7,"resourceID":29682885,"title":"Visit",\#(times)}}"#
      ),
      "CompanyToDos/7": .json(
        #"{"item":{"id":7,"assignedToResourceID":29682885,"companyID":0,\#(times)}}"#
      ),
      "ServiceCalls/7": .json(#"{"item":{"id":7,"companyID":0,\#(times)}}"#),
    ])
    let service = Office.service(at: psa)
    for kind in [Kind.appointment, .toDo, .serviceCall] {
      let item = try #require(try await service.items([PSAID(7)], of: kind).first ?? nil)
      #expect(item.kind == kind && item.id == PSAID(7))
    }
  }

  /// Each question goes back a little behind the last one's time.
  @Test func `a row that two overlapping questions bring is one item (5.13)`() async throws {
    let psa = try Office.server(["Appointments/query": Office.rows(Office.row(7))])
    let service = Office.service(at: psa)
    var items: Set<PSAItem> = []
    for since in ["2026-11-21T07:55:00Z", "2026-11-21T08:00:00Z"] {
      let query = PSAQuery(kind: .appointment, modifiedSince: try Instant(since))
      items.formUnion(try await service.page(of: query, continuing: nil).items)
      let asked = try #require(psa.requests.last).body
      #expect(asked.contains(#"{"op":"gte","field":"updateDateTime","value":"\#(since)"}"#))
    }
    #expect(items.map(\.id) == [PSAID(7)])
  }

  @Test(arguments: [
    #""view":1,"isActive":false,"isSystemActionType":false"#,
    #""view":"To-Do view","isActive":true,"isSystemActionType":"true""#,
    #""view":null,"isActive":null"#,
  ])
  func `an action type names its to-do whatever it is shown in (5.10)`(
    members: String
  ) async throws {
    let psa = try Office.server([
      "ActionTypes/query": Office.rows(#"{"id":2,"name":"Phone Call",\#(members)}"#)
    ])
    let toDo = PSAItem(
      kind: .toDo,
      id: PSAID(1),
      parent: PSAID(0),
      resource: Office.resource,
      title: "",
      text: "",
      start: try Instant("2026-11-24T08:00:00Z"),
      end: try Instant("2026-11-24T08:15:00Z"),
      created: try Instant("2026-11-20T08:00:00Z"),
      modified: try Instant("2026-11-20T08:00:00Z"),
      related: PSARelated(actionType: PSAID(2))
    )
    #expect(
      try await Office.service(at: psa).described([toDo]).first?.about?.actionType == "Phone Call"
    )
  }

  /// A contact says so in a number and a company in a truth value; older zones write either as text.
  @Test(arguments: ["1", "true", #""1""#, #""true""#])
  func `active is active however it is written (5.5, 5.6, 5.9)`(written: String) async throws {
    let psa = try Office.server([
      "Companies/query": Office.rows(
        #"{"id":174,"companyName":"a","ownerResourceID":29682885,"isActive":\#(written)}"#
      ),
      "Companies/query/count": .json(#"{"queryCount":1}"#),
      "Contacts/query": Office.rows(
        """
        {"id":8,"companyID":174,"isActive":\(written),"lastName":"b",\
        "createDate":"2026-05-01T08:00:00Z"}
        """
      ),
    ])
    let service = Office.service(at: psa)
    let scope = try await service.contactScope()
    #expect(scope.companies == [PSAID(174)])
    let page = try await service.page(
      of: ContactQuery(companies: scope.companies, contacts: []),
      continuing: nil
    )
    #expect(page.contacts.map(\.id) == [PSAID(8)])
  }

  /// Days off stand on the vendor's calendar, and are managed elsewhere.
  @Test func `days off are never asked for (5.12)`() async throws {
    let psa = try Office.server([
      "ServiceCalls/entityInformation": .json(
        #"{"info":{"name":"ServiceCall","canQuery":true,"userAccessForQuery":"All"}}"#
      )
    ])
    let service = Office.service(at: psa)
    _ = try await service.open()
    for kind in [Kind.appointment, .toDo, .serviceCall] {
      _ = try await service.page(of: PSAQuery(kind: kind), continuing: nil)
    }
    _ = try await service.assignments(since: nil)
    _ = try await service.contactScope()
    #expect(psa.lines.count > 6)
    #expect(!psa.lines.contains { $0.contains("TimeOff") || $0.contains("Holiday") })
  }
}
