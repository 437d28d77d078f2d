import SyncEngine
import SyncModel
import Testing

@testable import Autotask

/// `autotask.md` 1.7, 4.9 and 5.5–5.11: what items are about, by rows of other entities.
@Suite struct DescribingTests {
  private func item(_ kind: Kind, _ id: Int64, _ related: PSARelated) throws -> PSAItem {
    PSAItem(
      kind: kind,
      id: PSAID(id),
      resource: Office.resource,
      title: "",
      text: "",
      start: try Instant("2026-11-24T08:00:00Z"),
      end: try Instant("2026-11-24T09:00:00Z"),
      created: try Instant("2026-11-20T08:00:00Z"),
      modified: try Instant("2026-11-20T08:00:00Z"),
      related: related
    )
  }

  private func toDo(_ id: Int64 = 2_204) throws -> PSAItem {
    try item(
      .toDo,
      id,
      PSARelated(
        company: PSAID(0),
        contact: PSAID(30_682),
        opportunity: PSAID(5_501),
        ticket: PSAID(7_602),
        contract: PSAID(61),
        actionType: PSAID(2)
      )
    )
  }

  private func call(location: Int64? = 12) throws -> PSAItem {
    try item(
      .serviceCall,
      4_021,
      PSARelated(company: PSAID(0), location: location.map { PSAID($0) }, status: 3)
    )
  }

  private static let company = """
    {"id":0,"companyName":"Harbour branch","phone":"555-0100","address1":"Quay 1","address2":"",\
    "city":"Port","state":null,"postalCode":"12345","countryID":237,"userDefinedFields":[]}
    """
  private static let ticket = #"{"id":7602,"ticketNumber":"T20261101.0042","title":"No network"}"#
  private static let everything: [String: Reply] = [
    "Companies/query": Office.rows(company),
    "Contacts/query": Office.rows(
      """
      {"id":30682,"firstName":"Ada","lastName":"Office","phone":"555-0142","extension":"12",\
      "mobilePhone":"555-0199","emailAddress":"ada@example.net"}
      """
    ),
    "Opportunities/query": Office.rows(#"{"id":5501,"title":"New network"}"#),
    "Contracts/query": Office.rows(#"{"id":61,"contractName":"Maintenance 2026"}"#),
    "ActionTypes/query": Office.rows(#"{"id":2,"name":"Phone Call"}"#),
    "Tickets/query": Office.rows(ticket),
    "Tasks/query": Office.rows(#"{"id":8190,"taskNumber":"T20261101.0007","title":"Cabling"}"#),
    "CompanyLocations/query": Office.rows(
      """
      {"id":12,"name":"Warehouse","phone":"","address1":"Dock 7","address2":"Gate B",\
      "city":"Port","state":"North","postalCode":"12399","countryID":237}
      """
    ),
    "Countries/query": Office.rows(#"{"id":237,"displayName":"Germany"}"#),
    "ServiceCallTickets/query": Office.rows(
      #"{"id":501,"serviceCallID":4021,"ticketID":7602}"#,
      #"{"id":504,"serviceCallID":4021,"ticketID":7611}"#
    ),
    "ServiceCallTickets/query/count": .json(#"{"queryCount":2}"#),
    "ServiceCallTicketResources/query": Office.rows(
      #"{"id":911,"serviceCallTicketID":501,"resourceID":29682885}"#,
      #"{"id":915,"serviceCallTicketID":504,"resourceID":29682890}"#
    ),
    "ServiceCallTicketResources/query/count": .json(#"{"queryCount":2}"#),
    "ServiceCallTasks/query": Office.rows(#"{"id":88,"serviceCallID":4021,"taskID":8190}"#),
    "ServiceCallTasks/query/count": .json(#"{"queryCount":1}"#),
    "ServiceCallTaskResources/query": Office.rows(
      #"{"id":120,"serviceCallTaskID":88,"resourceID":29682861}"#
    ),
    "ServiceCallTaskResources/query/count": .json(#"{"queryCount":1}"#),
    "Resources/query": Office.rows(
      #"{"id":29682861,"firstName":"Dispatch","lastName":"Desk"}"#,
      #"{"id":29682890,"firstName":"Second","lastName":"Technician"}"#
    ),
    "ServiceCalls/entityInformation/fields": .json(
      """
      {"fields":[{"name":"id","dataType":"long","isPickList":false,"picklistValues":null},\
      {"name":"status","dataType":"integer","length":0,"isPickList":true,"picklistValues":[\
      {"value":"3","label":"New","isDefaultValue":true,"sortOrder":1,"parentValue":"",\
      "isActive":true,"isSystem":true},\
      {"value":"2","label":"Complete","isActive":true}],"picklistParentValueField":""}]}
      """
    ),
  ]

  private func about(
    _ item: PSAItem,
    _ changes: [String: Reply] = [:]
  ) async throws -> PSAContext {
    let psa = try Office.server(Self.everything.merging(changes) { $1 })
    let items = try await Office.service(at: psa).described([item])
    #expect(items.map(\.bare) == [item])
    return try #require(items.first?.about)
  }

  @Test func `a to-do says action, company, contact, opportunity, ticket and contract`()
    async throws
  {
    #expect(
      try await about(toDo())
        == PSAContext(
          actionType: "Phone Call",
          company: "Harbour branch",
          contact: PSAPerson(name: "Ada Office", phone: "555-0142 x12", mail: "ada@example.net"),
          tickets: [PSAWork(number: "T20261101.0042", title: "No network")],
          opportunity: "New network",
          contract: "Maintenance 2026"
        )
    )
  }

  @Test func `a service call says company, location, works, status and the others`() async throws {
    #expect(
      try await about(call())
        == PSAContext(
          company: "Harbour branch",
          location: PSALocation(
            name: "Warehouse",
            address: PSAAddress(
              street: ["Dock 7", "Gate B"],
              city: "Port",
              state: "North",
              postalCode: "12399",
              country: "Germany"
            )
          ),
          // Ticket 7611 is not shown to the API user.
          tickets: [PSAWork(number: "T20261101.0042", title: "No network")],
          tasks: [PSAWork(number: "T20261101.0007", title: "Cabling")],
          status: "New",
          others: ["Dispatch Desk", "Second Technician"]
        )
    )
  }

  @Test func `without a location it is the company's own address`() async throws {
    let about = try await about(call(location: nil))
    #expect(
      about.location
        == PSALocation(
          address: PSAAddress(
            street: ["Quay 1"],
            city: "Port",
            postalCode: "12345",
            country: "Germany"
          ),
          phone: "555-0100"
        )
    )
    let bare = Office.rows(#"{"id":0,"companyName":"Harbour branch","phone":"555-0100"}"#)
    #expect(try await self.about(call(location: nil), ["Companies/query": bare]).location == nil)
  }

  @Test func `what is gone or not permitted leaves its part blank`() async throws {
    let forbidden = Reply.errors(
      500,
      "The logged in Resource does not have the adequate permissions to query this entity type."
    )
    let toDo = try await about(
      toDo(),
      [
        "Contracts/query": forbidden, "Opportunities/query": Reply(status: 403, body: "{}"),
        "Tickets/query": Reply(status: 404, body: "{}"), "Contacts/query": Office.noRows,
      ]
    )
    #expect(toDo == PSAContext(actionType: "Phone Call", company: "Harbour branch"))
    let call = try await about(
      call(),
      [
        "ServiceCallTasks/query": forbidden, "CompanyLocations/query": forbidden,
        "ServiceCalls/entityInformation/fields": forbidden,
        "ServiceCallTicketResources/query": forbidden,
      ]
    )
    #expect(call.status == "" && call.tasks == [] && call.others == [])
    #expect(call.location?.name == "" && call.location?.address.city == "Port")
    #expect(call.tickets.count == 1)
  }

  @Test func `trouble is no blank: it is thrown`() async throws {
    for (path, reply) in [
      ("Companies/query", Reply(status: 429, headers: ["Retry-After: 30"], body: "")),
      ("ServiceCallTickets/query", Reply(status: 503, body: "")),
      ("ServiceCallTickets/query/count", .json(#"{"queryCount":3}"#)),
      ("ServiceCalls/entityInformation/fields", .json(#"{"fields":[{"name":"#)),
    ] {
      _ = try await failure { _ = try await about(call(), [path: reply]) }
    }
  }

  @Test func `each row is looked up once, in lists for all items together`() async throws {
    let psa = try Office.server(Self.everything)
    let service = Office.service(at: psa)
    _ = try await service.described([toDo(), toDo(2_205), toDo(2_206)])
    // The zone, and one list for each of six entities.
    #expect(psa.requests.count == 7)
    _ = try await service.described([toDo(2_207)])
    #expect(psa.requests.count == 7)
    let list = psa.requests.first { $0.path.hasSuffix("Companies/query") }
    #expect(
      list?.body.hasSuffix(#""filter":[{"op":"in","field":"id","value":[0]}]}"#) == true
    )
    #expect(list?.body.contains(#""IncludeFields":["id","companyName","phone","#) == true)
  }

  @Test func `appointments are about nothing and cost nothing`() async throws {
    let psa = try Office.server(Self.everything)
    let appointment = try item(.appointment, 5, PSARelated())
    #expect(try await Office.service(at: psa).described([appointment]) == [appointment])
    #expect(psa.requests.isEmpty)
  }
}
