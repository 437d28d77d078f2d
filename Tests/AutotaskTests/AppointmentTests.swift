import SyncEngine
import SyncModel
import Testing

@testable import Autotask

/// `autotask.md` 4.8, 5 and 5.1: what a row of Appointments says.
@Suite struct AppointmentTests {
  private func item(_ row: String) async throws -> PSAItem {
    let psa = try ScriptedPSA(Office.zone, Office.person, Office.rows(row))
    let page = try await Office.service(at: psa).page(
      of: PSAQuery(kind: .appointment),
      continuing: nil
    )
    return try #require(page.items.first)
  }

  @Test func `a row is read with all that it says`() async throws {
    let item = try await item(Office.row(42))
    #expect(
      item
        == PSAItem(
          kind: .appointment,
          id: PSAID(42),
          resource: Office.resource,
          title: "Replace disk",
          text: "Bring the spare disk",
          start: try Instant("2026-11-23T09:00:00Z"),
          end: try Instant("2026-11-23T10:00:00Z"),
          created: try Instant("2026-11-20T08:00:00Z"),
          modified: try Instant("2026-11-21T08:00:00Z"),
          creator: ResourceID(4)
        )
    )
  }

  @Test(arguments: [
    "2012-10-24T05:00:00.000Z", "2012-10-24T05:00:00Z", "2012-10-24T05:00:00",
    "2012-10-24T05:00:00.37", "2012-10-24T05:00:00.1234567Z",
  ])
  func `times are UTC with or without fraction and Z`(written: String) async throws {
    let item = try await item(
      """
      {"id":1,"resourceID":29682885,"title":"a","description":"b","startDateTime":"\(written)",\
      "endDateTime":"\(written)","createDateTime":"\(written)","updateDateTime":"\(written)"}
      """
    )
    let instant = try Instant("2012-10-24T05:00:00Z")
    #expect([item.start, item.end, item.created, item.modified].allSatisfy { $0 == instant })
  }

  @Test func `nulls, blanks, numbers as text and unknown members do no harm`() async throws {
    let item = try await item(
      #"""
      {"soapParentPropertyId":null,"id":"4711","creatorResourceID":null,"title":null,
       "description":null,"resourceID":"29682885","startDateTime":"2026-11-23T09:00:00Z",
       "endDateTime":"2026-11-23T10:00:00Z","createDateTime":"2026-11-20T08:00:00Z",
       "updateDateTime":null,"userDefinedFields":[{"name":"a","value":null}],
       "future":{"deep":[1,2.5e3,true,{"x":"}]"}]}}
      """#
    )
    #expect(item.id == PSAID(4_711))
    #expect(item.title == "")
    #expect(item.text == "")
    #expect(item.creator == nil)
    #expect(item.modified == item.created)
  }

  @Test func `text keeps its characters`() async throws {
    let item = try await item(
      #"""
      {"id":1,"resourceID":29682885,"title":"K\u00fcche \"2\" \ud83d\ude00 \/ \\ ü","description":
      "line 1\r\nline 2\tend","startDateTime":"2026-11-23T09:00:00Z","endDateTime":
      "2026-11-23T10:00:00Z","createDateTime":"2026-11-20T08:00:00Z","updateDateTime":null}
      """#
    )
    #expect(item.title == "Küche \"2\" 😀 / \\ ü")
    #expect(item.text == "line 1\r\nline 2\tend")
  }

  @Test(arguments: [
    (#""resourceID":null"#, "resourceID"), (#""startDateTime":null"#, "startDateTime"),
    (#""endDateTime":"tomorrow""#, "endDateTime"), (#""id":null"#, "id"),
    (#""id":"abc""#, "id"), (#""title":{"a":1}"#, "title"),
  ])
  func `a row that cannot be used is never left out in silence`(
    wrong: String,
    named: String
  ) async throws {
    let row = """
      {"id":8,"resourceID":29682885,"title":"a","startDateTime":"2026-11-23T09:00:00Z",\
      "endDateTime":"2026-11-23T10:00:00Z","createDateTime":"2026-11-20T08:00:00Z",\(wrong)}
      """
    let error = try await failure { _ = try await item(row) }
    #expect(error.remedy == .stop)
    #expect(error.description.contains(named))
    #expect(error.description.contains("Appointments"))
  }

  @Test func `somebody else's appointment is never taken for the resource's own`() async throws {
    let error = try await failure { _ = try await item(Office.row(8, resource: 77)) }
    #expect(error.remedy == .stop)
    #expect(error.description.contains("Appointments 8"))
    #expect(error.description.contains("77"))
  }

  @Test func `an answer that brings fewer rows than it says is not the whole`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      Office.person,
      Office.rows(Office.row(1), count: 2)
    )
    let service = Office.service(at: psa)
    let error = try await failure {
      _ = try await service.page(of: PSAQuery(kind: .appointment), continuing: nil)
    }
    #expect(error.description.contains("brings 1 of the 2 rows"))
  }
}
