import Testing
import World

/// Queries as `facts/autotask.md` 4.3 and 4.4 tell them.
@Suite struct TenantQueryTests {
  private static let people: [(filter: JSONValue, count: Int)] = [
    ([["op": "exist", "field": "id"]], 6),
    ([["op": "EQ", "field": "FirstName", "value": "FIELD"]], 1),
    ([["op": "noteq", "field": "firstName", "value": "Field"]], 5),
    ([["op": "beginsWith", "field": "email", "value": "TECH"]], 1),
    ([["op": "endsWith", "field": "lastName", "value": "nician"]], 3),
    ([["op": "contains", "field": "userName", "value": "patch"]], 1),
    ([["op": "notExist", "field": "email2"]], 5),
    ([["op": "noteq", "field": "email2", "value": "x"]], 1),
    ([["op": "in", "field": "id", "value": [29_682_885, 29_682_861, 1]]], 2),
    ([["op": "notIn", "field": "id", "value": [29_682_885]]], 5),
    ([["op": "eq", "field": "isActive", "value": true]], 5),
    ([["op": "gt", "field": "id", "value": 29_682_885]], 1),
    ([["op": "lte", "field": "id", "value": "29682885"]], 5),
    (
      [
        ["op": "eq", "field": "isActive", "value": true],
        [
          "op": "or",
          "items": [
            ["op": "eq", "field": "email3", "value": "technician@example.org"],
            [
              "op": "and",
              "items": [
                ["op": "gte", "field": "id", "value": 29_682_860],
                ["op": "lt", "field": "id", "value": 29_682_870],
              ],
            ],
          ],
        ],
      ], 2
    ),
  ]

  @Test(arguments: people)
  func `each operator finds its rows, letters' case not counting`(
    filter: JSONValue,
    count: Int
  ) throws {
    let sample = try TenantSample()
    #expect(try sample.ids("resources", filter).count == count)
  }

  private static let refused: [(entity: String, body: JSONValue, words: String)] = [
    ("Appointments", ["MaxRecords": 5], "filter"),
    ("Appointments", ["filter": []], "filter"),
    (
      "Appointments",
      ["MaxRecords": 0, "filter": [["op": "exist", "field": "id"]]],
      "maxCountOfRecordsToReturn must be between 1 and 500"
    ),
    (
      "Appointments",
      ["maxRecords": 501, "filter": [["op": "exist", "field": "id"]]],
      "maxCountOfRecordsToReturn must be between 1 and 500"
    ),
    ("Appointments", ["filter": [["op": "between", "field": "id", "value": 1]]], "op"),
    (
      "Appointments",
      ["filter": [["op": "eq", "field": "location", "value": "x"]]],
      "Unable to find location in the Appointment Entity."
    ),
    (
      "Contacts",
      ["filter": [["op": "eq", "field": "surveyOptOut", "value": true]]],
      "not queryable"
    ),
    (
      "Appointments",
      ["filter": [["op": "in", "field": "id", "value": .array((0...500).map { .int($0) })]]],
      "Queries are limited to 500 or fewer 'OR' conditions."
    ),
  ]

  @Test(arguments: refused)
  func `a wrong query is a 500 with a sentence`(
    entity: String,
    body: JSONValue,
    words: String
  ) throws {
    let sample = try TenantSample()
    let refusal = #expect(throws: Refusal.self) {
      _ = try Query(body, on: try sample.entity(entity))
    }
    #expect(refusal?.status == 500)
    #expect(refusal?.errors.joined().contains(words) == true)
  }

  @Test func `pages follow each other by opaque cursors until there is none`() throws {
    let sample = try TenantSample(items: 300)
    let entity = try sample.entity("Appointments")
    let query = try Query(
      [
        "MaxRecords": 70, "IncludeFields": ["id", "title"],
        "filter": [["op": "eq", "field": "resourceID", "value": .int(Seeding.technician)]],
      ],
      on: entity
    )
    var ids: [Int64] = []
    var cursor: PageCursor?
    var sizes: [Int] = []
    repeat {
      let page = try sample.tenant.page(query, at: cursor)
      sizes.append(page.rows.count)
      ids += page.rows.map(\.id)
      cursor = try page.next.map { try PageCursor(parsing: $0.text(pageSize: 70)) }
    } while cursor != nil
    #expect(sizes == [70, 70, 70, 70, 20])
    #expect(ids == ids.sorted() && Set(ids).count == 300)
    #expect(try sample.tenant.count(query) == 300)
  }

  @Test func `more than one page without the id is refused`() throws {
    let sample = try TenantSample(items: 30)
    let query = try Query(
      [
        "MaxRecords": 10, "IncludeFields": ["title"],
        "filter": [["op": "exist", "field": "id"]],
      ],
      on: try sample.entity("Appointments")
    )
    #expect(throws: Refusal.self) { _ = try sample.tenant.page(query) }
  }

  @Test func `a user-defined field is found by its name, one for a query`() throws {
    var sample = try TenantSample()
    let body: JSONValue = [
      "companyName": "Bakery", "companyType": 1, "phone": "555-0101",
      "ownerResourceID": .int(Seeding.technician),
      "userDefinedFields": [["name": "CustomerRanking", "value": "Golden"]],
    ]
    let id = try sample.create("Companies", body)
    let test: JSONValue = ["op": "eq", "field": "customerranking", "udf": true, "value": "golden"]
    #expect(try sample.ids("Companies", [test]) == [id])
    #expect(throws: Refusal.self) { _ = try sample.ids("Companies", [test, test]) }
    #expect(throws: Refusal.self) { _ = try sample.ids("Appointments", [test]) }
  }

  @Test func `service calls are not seen under View None`() throws {
    var sample = try TenantSample()
    let everything: JSONValue = [["op": "exist", "field": "id"]]
    #expect(try sample.ids("ServiceCalls", everything).count == 3)
    sample.tenant.permissions.viewsServiceCalls = false
    #expect(try sample.ids("ServiceCalls", everything) == [])
    #expect(try sample.cell("ServiceCalls", 4021, "id") == nil)
  }
}
