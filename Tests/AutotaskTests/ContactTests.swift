import SyncEngine
import SyncModel
import Testing

@testable import Autotask

/// `autotask.md` 1.8, 5.5, 5.6 and 5.8: whose contacts are the resource's, and what they say.
@Suite struct ContactTests {
  private static let row = """
    {"id":30682,"additionalAddressInformation":null,"addressLine":"Quay 1","addressLine1":null,\
    "alternatePhone":"555-0177","city":"Port","companyID":174,"companyLocationID":null,\
    "countryID":237,"createDate":"2026-05-01T08:00:00.000Z","emailAddress":"ada@example.net",\
    "emailAddress2":"","emailAddress3":null,"extension":"12","faxNumber":"555-0178",\
    "firstName":"Ada","isActive":1,"isOptedOutFromBulkEmail":false,\
    "lastActivityDate":"2026-11-22T08:00:00.000Z","lastModifiedDate":"2026-11-21T08:00:00.5Z",\
    "lastName":"Office","middleInitial":"B","mobilePhone":"555-0199","namePrefix":3,\
    "nameSuffix":null,"note":"Mornings only","phone":"555-0142","primaryContact":true,\
    "roomNumber":"4.11","state":"North","title":"Front desk","zipCode":"12345",\
    "userDefinedFields":[{"name":"Ranking","value":null}]}
    """
  private static let companies = Office.rows(
    """
    {"id":174,"companyName":"Harbour branch","ownerResourceID":29682885,"isActive":true,\
    "phone":"555-0100","userDefinedFields":[]}
    """
  )
  private static let replies: [String: Reply] = [
    "Contacts/query": Office.rows(row),
    "Companies/query": companies,
    "Companies/query/count": .json(#"{"queryCount":1}"#),
    "Opportunities/query": Office.rows(
      #"{"id":5501,"contactID":30690,"ownerResourceID":29682885}"#,
      #"{"id":5502,"contactID":null,"ownerResourceID":29682885}"#,
      #"{"id":5503,"contactID":30690,"ownerResourceID":"29682885"}"#
    ),
    "Opportunities/query/count": .json(#"{"queryCount":3}"#),
    "Countries/query": Office.rows(#"{"id":237,"displayName":"Germany"}"#),
    "Contacts/entityInformation/fields": .json(
      """
      {"fields":[{"name":"namePrefix","picklistValues":[{"value":"3","label":"Ms."}]},\
      {"name":"nameSuffix","picklistValues":[{"value":"3","label":"III"}]}]}
      """
    ),
  ]
  private static let query = ContactQuery(companies: [PSAID(174)], contacts: [PSAID(30_690)])

  @Test func `a row is read with names in place of numbers`() async throws {
    let psa = try Office.server(Self.replies)
    let service = Office.service(at: psa)
    let page = try await service.page(of: Self.query, continuing: nil)
    #expect(page.next == nil)
    let contact = PSAContact(
      id: PSAID(30_682),
      company: PSAID(174),
      companyName: "Harbour branch",
      firstName: "Ada",
      middleName: "B",
      lastName: "Office",
      prefix: "Ms.",
      jobTitle: "Front desk",
      mail: "ada@example.net",
      phone: "555-0142 x12",
      alternatePhone: "555-0177",
      mobilePhone: "555-0199",
      fax: "555-0178",
      address: PSAAddress(
        street: ["Quay 1"],
        city: "Port",
        state: "North",
        postalCode: "12345",
        country: "Germany"
      ),
      room: "4.11",
      note: "Mornings only",
      created: try Instant("2026-05-01T08:00:00Z"),
      modified: try Instant("2026-11-21T08:00:00Z")
    )
    #expect(page.contacts == [contact])
    #expect(try await service.contacts([PSAID(30_682)]) == [contact])
  }

  @Test func `active is a number in the question, and the scope is a choice of both relations`()
    async throws
  {
    let psa = try Office.server([:])
    let service = Office.service(at: psa)
    let queries = [
      ContactQuery(
        companies: [PSAID(0), PSAID(174)],
        contacts: [PSAID(30_690)],
        modifiedSince: try Instant("2026-11-01T00:00:00Z")
      ),
      ContactQuery(companies: [PSAID(174)], contacts: []),
      ContactQuery(companies: [], contacts: [PSAID(30_690)]),
    ]
    for query in queries { #expect(try await service.count(of: query) == 0) }
    #expect(
      psa.requests.suffix(3).map(\.body) == [
        """
        {"filter":[{"op":"eq","field":"isActive","value":1},\
        {"op":"or","items":[{"op":"in","field":"companyID","value":[0,174]},\
        {"op":"in","field":"id","value":[30690]}]},\
        {"op":"or","items":[\
        {"op":"gte","field":"lastModifiedDate","value":"2026-11-01T00:00:00Z"},\
        {"op":"gte","field":"createDate","value":"2026-11-01T00:00:00Z"}]}]}
        """,
        """
        {"filter":[{"op":"eq","field":"isActive","value":1},\
        {"op":"in","field":"companyID","value":[174]}]}
        """,
        """
        {"filter":[{"op":"eq","field":"isActive","value":1},\
        {"op":"in","field":"id","value":[30690]}]}
        """,
      ]
    )
    // What may not be queried or is nobody's business is not asked for.
    _ = try await service.page(of: Self.query, continuing: nil)
    #expect(psa.requests.last?.body.contains("OptOut") == false)
  }

  @Test func `a question that names nobody is not one for everybody`() async throws {
    let psa = try Office.server(Self.replies)
    let service = Office.service(at: psa)
    let nobody = ContactQuery(companies: [], contacts: [])
    #expect(try await service.page(of: nobody, continuing: nil).contacts.isEmpty)
    #expect(try await service.count(of: nobody) == 0)
    #expect(try await service.identities(of: nobody) == [])
    #expect(try await service.contacts([]) == [])
    #expect(psa.requests.isEmpty)
  }

  @Test func `the scope is the active companies and what the opportunities name`() async throws {
    let psa = try Office.server(Self.replies)
    let service = Office.service(at: psa)
    let scope = try await service.contactScope()
    #expect(scope == ContactScope(companies: [PSAID(174)], contacts: [PSAID(30_690)]))
    let body = psa.requests.first { $0.path.hasSuffix("Companies/query") }?.body
    #expect(
      body?.hasSuffix(
        """
        "filter":[{"op":"eq","field":"ownerResourceID","value":29682885},\
        {"op":"eq","field":"isActive","value":true}]}
        """
      ) == true
    )
    // Names that are known by now are not asked for again.
    let before = psa.requests.count
    _ = try await service.page(of: Self.query, continuing: nil)
    #expect(
      psa.lines.dropFirst(before).map { $0.split(separator: "/").suffix(2).joined(separator: "/") }
        == ["Contacts/query", "Countries/query", "entityInformation/fields"]
    )
  }

  @Test(arguments: [
    (
      "Companies/query", #"{"id":174,"companyName":"a","ownerResourceID":77,"isActive":true}"#,
      "Companies 174"
    ),
    ("Opportunities/query", #"{"id":5501,"contactID":1,"ownerResourceID":null}"#, ""),
  ])
  func `a relation of somebody else, or one that is cut short, is no scope`(
    path: String,
    row: String,
    named: String
  ) async throws {
    let service = Office.service(
      at: try Office.server(Self.replies.merging([path: Office.rows(row)]) { $1 })
    )
    let error = try await failure { _ = try await service.contactScope() }
    #expect(error.remedy == .stop)
    #expect(error.description.contains(named))
  }

  @Test func `a relation that may not be read is no empty scope`() async throws {
    let forbidden = Reply.errors(500, "The logged in Resource does not have permissions.")
    let service = Office.service(
      at: try Office.server(Self.replies.merging(["Opportunities/query": forbidden]) { $1 })
    )
    _ = try await failure { _ = try await service.contactScope() }
  }

  @Test(arguments: [#""isActive":0,"companyID":174"#, #""isActive":1,"companyID":183"#])
  func `a contact that was not asked for is never listed`(written: String) async throws {
    let row = #"{"id":8,\#(written),"createDate":"2026-05-01T08:00:00Z"}"#
    let service = Office.service(at: try Office.server(["Contacts/query": Office.rows(row)]))
    let error = try await failure { _ = try await service.page(of: Self.query, continuing: nil) }
    #expect(error.description.contains("Contacts 8"))
    // By its number it is found, so that it is known why it is not listed.
    #expect(try await service.contacts([PSAID(8)]).first??.id == PSAID(8))
  }

  @Test func `a contact that is not there is nil, by list and count`() async throws {
    let psa = try Office.server(Self.replies)
    let found = try await Office.service(at: psa).contacts([PSAID(9), PSAID(30_682), PSAID(9)])
    #expect(found.map { $0?.id } == [nil, PSAID(30_682), nil])
  }

  @Test(arguments: [
    (#""companyID":null,"createDate":"2026-05-01T08:00:00Z""#, "companyID"),
    (#""companyID":174,"createDate":null"#, "createDate"),
    (#""companyID":174,"createDate":"May""#, "createDate"),
  ])
  func `a row that cannot be used is never left out in silence`(
    written: String,
    named: String
  ) async throws {
    let row = #"{"id":8,"isActive":1,\#(written)}"#
    let service = Office.service(
      at: try Office.server(Self.replies.merging(["Contacts/query": Office.rows(row)]) { $1 })
    )
    let error = try await failure { _ = try await service.page(of: Self.query, continuing: nil) }
    #expect(error.description.contains(named))
  }

  @Test(
    arguments: [
      (companies: 0, contacts: 0, sizes: []), (1, 0, [1]), (0, 401, [400, 1]), (399, 2, [400, 1]),
      (400, 400, [400, 400]), (850, 10, [400, 400, 60]),
    ] as [(companies: Int, contacts: Int, sizes: [Int])]
  )
  func `a scope is asked for in questions of at most 400 numbers`(
    companies: Int,
    contacts: Int,
    sizes: [Int]
  ) {
    let scope = ContactScope(
      companies: (0..<companies).map { PSAID(Int64($0)) },
      contacts: (0..<contacts).map { PSAID(Int64(10_000 + $0)) }
    )
    let queries = scope.queries()
    #expect(queries.map { $0.companies.count + $0.contacts.count } == sizes)
    #expect(queries.flatMap(\.companies) == scope.companies)
    #expect(queries.flatMap(\.contacts) == scope.contacts)
  }
}
