import SyncEngine
import SyncModel
import Testing

@testable import Autotask

/// `autotask.md` 5.9: whose calendar it is.
@Suite struct ResourceTests {
  private static let mail = AutotaskAccount.Resource.mail("Technician@example.com")

  private static func rows(_ rows: String...) -> Reply {
    .json(
      """
      {"items":[\(rows.joined(separator: ","))],"pageDetails":{"count":\(rows.count),\
      "requestCount":500,"prevPageUrl":null,"nextPageUrl":null}}
      """
    )
  }

  private static func count(_ rows: Int) -> Reply { .json(#"{"queryCount":\#(rows)}"#) }

  @Test func `a listing that leaves the resource out is an incomplete answer, no wrong setting`()
    async throws
  {
    let inactive = #"{"id":7,"isActive":false,"email":"technician@example.com"}"#
    for (listed, counted) in [(Self.rows(), 1), (Self.rows(inactive), 2)] {
      let psa = try ScriptedPSA(Office.zone, listed, Self.count(counted))
      let service = Office.service(at: psa, resource: Self.mail)
      let error = try await failure { _ = try await service.open() }
      #expect(error.remedy == .retry(after: .seconds(60)))
      #expect(error.description.contains("Resources at"))
      #expect(error.description.contains("incomplete: it brings \(counted - 1) of the \(counted)"))
      #expect(!error.description.contains("psa.resource"))
      #expect(psa.lines.last == "POST /ATServicesRest/v1.0/Resources/query/count")
    }
  }

  @Test func `a resource is found by any of its three mail addresses`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      Self.rows(
        #"{"id":7,"isActive":false,"email":"technician@example.com","email2":"","email3":null}"#,
        #"{"id":9,"isActive":true,"email":"x@example.com","email2":"technician@EXAMPLE.com "}"#
      )
    )
    let desk = try await Office.service(at: psa, resource: Self.mail).open()
    #expect(desk.resource == ResourceID(9))
    #expect(psa.lines.last == "POST /ATServicesRest/v1.0/Resources/query")
    #expect(psa.requests[1].headers["content-type"] == "application/json")
    #expect(
      psa.requests[1].body == """
        {"MaxRecords":500,"IncludeFields":["id","isActive","email","email2","email3"],\
        "filter":[{"op":"or","items":[\
        {"op":"eq","field":"email","value":"Technician@example.com"},\
        {"op":"eq","field":"email2","value":"Technician@example.com"},\
        {"op":"eq","field":"email3","value":"Technician@example.com"}]}]}
        """
    )
  }

  @Test func `two active resources with one address are not guessed between`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      Self.rows(
        #"{"id":7,"isActive":true,"email":"technician@example.com"}"#,
        #"{"id":9,"isActive":"True","email":"x@y.example","email3":"technician@example.com"}"#
      ),
      Self.count(2)
    )
    let service = Office.service(at: psa, resource: Self.mail)
    let error = try await failure { _ = try await service.open() }
    #expect(error.remedy == .stop)
    #expect(error.description.contains("7 or 9"))
    #expect(error.description.contains("psa.resource"))
  }

  @Test func `an address nobody has says what to set`() async throws {
    // A row that does not bear the address comes from a filter that was ignored.
    let psa = try ScriptedPSA(
      Office.zone,
      Self.rows(#"{"id":7,"isActive":true,"email":"somebody@example.com"}"#),
      Self.count(1)
    )
    let service = Office.service(at: psa, resource: Self.mail)
    let error = try await failure { _ = try await service.open() }
    #expect(error.remedy == .stop)
    #expect(error.description.contains("Technician@example.com"))
    #expect(error.description.contains("psa.resource"))
  }

  @Test func `an inactive resource is not served`() async throws {
    let byMail = try ScriptedPSA(
      Office.zone,
      Self.rows(#"{"id":7,"isActive":0,"email":"technician@example.com"}"#),
      Self.count(1)
    )
    let mailed = Office.service(at: byMail, resource: Self.mail)
    #expect(try await failure { _ = try await mailed.open() }.description.contains("inactive"))

    let byID = try ScriptedPSA(
      Office.zone,
      .json(#"{"item":{"id":29682885,"isActive":false}}"#)
    )
    let numbered = Office.service(at: byID)
    #expect(try await failure { _ = try await numbered.open() }.description.contains("inactive"))
  }

  @Test func `an id nobody has is answered with null`() async throws {
    let psa = try ScriptedPSA(Office.zone, .json(#"{"item":null}"#))
    let service = Office.service(at: psa)
    let error = try await failure { _ = try await service.open() }
    #expect(error.remedy == .stop)
    #expect(error.description.contains("29682885"))
  }
}
