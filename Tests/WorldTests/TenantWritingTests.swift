import Testing
import World

/// Writes as `facts/autotask.md` 4.5, 4.6 and section 8 tell them.
@Suite struct TenantWritingTests {
  @Test func `the server sets id, times and creator of a new appointment`() throws {
    var sample = try TenantSample()
    let before = sample.tenant.tables["Appointments"]?.highestID ?? 0
    let id = try sample.create("Appointments", TenantSample.visit())
    #expect(id == before + 1)
    #expect(try sample.cell("Appointments", id, "createDateTime") == "2026-03-02T08:00:00.000Z")
    #expect(try sample.cell("Appointments", id, "updateDateTime") == "2026-03-02T08:00:00.000Z")
    #expect(try sample.cell("Appointments", id, "creatorResourceID") == 29_682_800)
    #expect(try sample.cell("Appointments", id, "startDateTime") == "2026-03-03T09:00:00Z")
    #expect(try sample.cell("Appointments", id, "userDefinedFields") == [])
  }

  private static let refused: [(change: JSONValue, words: String)] = [
    (["title": "  "], "Missing Required Field: title."),
    (["startDateTime": nil], "Missing Required Field: startDateTime."),
    (["title": .string(String(repeating: "x", count: 257))], "maximum length of 256"),
    (
      ["resourceID": 5],
      "Reference value on field: resourceID of type: Resource does not exist or is invalid."
    ),
    (["resourceID": 29_682_834], "not active"),
    (["endDateTime": "2026-03-03T08:59:00Z"], "before"),
    (["startDateTime": "yesterday"], "Could not convert string to DateTime"),
    (["resourceID": true], "Unexpected character encountered while parsing value: t."),
    (["creatorResourceID": 4], "read-only"),
  ]

  @Test(arguments: refused)
  func `a wrong appointment is a 500 with a sentence and leaves no row`(
    change: JSONValue,
    words: String
  ) throws {
    var sample = try TenantSample()
    guard case .object(let changes) = change, case .object(var members) = TenantSample.visit()
    else { return }
    members.removeAll { member in changes.contains { $0.name == member.name } }
    let count = sample.tenant.tables["Appointments"]?.count
    let refusal = #expect(throws: Refusal.self) {
      _ = try sample.create("Appointments", .object(members + changes))
    }
    #expect(refusal?.status == 500)
    #expect(refusal?.errors.joined().contains(words) == true)
    #expect(sample.tenant.tables["Appointments"]?.count == count)
  }

  @Test func `ids and booleans may be texts, keys may have any case`() throws {
    var sample = try TenantSample()
    let id = try sample.create(
      "ActionTypes",
      ["Name": "Visit", "VIEW": "1", "IsActive": "True"]
    )
    #expect(try sample.cell("ActionTypes", id, "isActive") == true)
    #expect(try sample.cell("ActionTypes", id, "view") == 1)
  }

  @Test func `a contact's isActive is a number, not a boolean`() throws {
    var sample = try TenantSample()
    let body: JSONValue = [
      "firstName": "Front", "lastName": "Desk", "companyID": 174, "isActive": true,
    ]
    let refusal = #expect(throws: Refusal.self) { _ = try sample.create("Contacts", body) }
    #expect(
      refusal?.errors.first?
        .hasPrefix("Unexpected character encountered while parsing value: t") == true
    )
  }

  @Test func `PATCH changes what it names, PUT empties what it leaves out`() throws {
    var sample = try TenantSample()
    let entity = try sample.entity("Appointments")
    var body = TenantSample.visit()
    if case .object(let members) = body {
      body = .object(members + [JSONValue.Member("description", "Bring cables.")])
    }
    let id = try sample.create("Appointments", body)
    let later = TenantSample.now + 60
    let patch: JSONValue = ["id": .string(String(id)), "title": "Changed"]
    _ = try sample.tenant.update(patch, in: entity, at: later)
    #expect(try sample.cell("Appointments", id, "title") == "Changed")
    #expect(try sample.cell("Appointments", id, "description") == "Bring cables.")
    #expect(try sample.cell("Appointments", id, "updateDateTime") == "2026-03-02T08:01:00.000Z")
    #expect(try sample.cell("Appointments", id, "createDateTime") == "2026-03-02T08:00:00.000Z")
    guard case .object(let members) = TenantSample.visit() else { return }
    let put = JSONValue.object(members + [JSONValue.Member("id", .int(id))])
    _ = try sample.tenant.update(put, in: entity, replacing: true, at: later)
    #expect(try sample.cell("Appointments", id, "description") == .null)
    #expect(throws: Refusal.self) {
      _ = try sample.tenant.update(
        ["id": .int(id), "title": "x"],
        in: entity,
        replacing: true,
        at: later
      )
    }
  }

  @Test func `a missing row is a 500 with the server's words`() throws {
    var sample = try TenantSample()
    let entity = try sample.entity("Appointments")
    let refusal = #expect(throws: Refusal.self) {
      _ = try sample.tenant.delete(3, in: entity)
    }
    #expect(refusal == .deleteMissing)
    #expect(throws: Refusal.updateMissing) {
      _ = try sample.tenant.update(["id": 3, "title": "x"], in: entity, at: 0)
    }
  }

  @Test func `ids of deleted rows are never used again`() throws {
    var sample = try TenantSample()
    let entity = try sample.entity("Appointments")
    let id = try sample.create("Appointments", TenantSample.visit())
    _ = try sample.tenant.delete(id, in: entity)
    #expect(try sample.create("Appointments", TenantSample.visit()) == id + 1)
  }

  @Test func `appointments of others need the tenant's switch`() throws {
    var sample = try TenantSample()
    let entity = try sample.entity("Appointments")
    let id = try sample.create("Appointments", TenantSample.visit())
    sample.tenant.permissions.appointmentsForOthers = false
    for work in [
      { (tenant: inout Tenant) in
        _ = try tenant.create(TenantSample.visit(), in: entity, at: 0)
      },
      { (tenant: inout Tenant) in
        _ = try tenant.update(["id": .int(id), "title": "x"], in: entity, at: 0)
      },
      { (tenant: inout Tenant) in _ = try tenant.delete(id, in: entity) },
    ] {
      let refusal = #expect(throws: Refusal.self) { try work(&sample.tenant) }
      #expect(
        refusal?.errors.first?
          .hasPrefix("The logged in Resource does not have the adequate permissions") == true
      )
    }
    let own = TenantSample.visit(resource: 29_682_800)
    #expect(throws: Never.self) { _ = try sample.create("Appointments", own) }
  }

  @Test func `children of a service call go with it and cannot change`() throws {
    var sample = try TenantSample()
    let calls = try sample.entity("ServiceCalls")
    let tickets = try sample.entity("ServiceCallTickets")
    #expect(throws: Refusal.self) {
      _ = try sample.tenant.update(["id": 501, "ticketID": 7611], in: tickets, at: 0)
    }
    let all: JSONValue = [["op": "exist", "field": "id"]]
    _ = try sample.tenant.delete(4021, in: calls)
    let own: JSONValue = [["op": "in", "field": "id", "value": [501, 504, 911, 915, 88, 120]]]
    for name in [
      "ServiceCallTickets", "ServiceCallTicketResources", "ServiceCallTasks",
      "ServiceCallTaskResources",
    ] {
      #expect(try sample.ids(name, own) == [], "\(name)")
      #expect(try name.hasPrefix("ServiceCallTa") || !sample.ids(name, all).isEmpty, "\(name)")
    }
  }

  @Test func `a service call tells how long before its start it was cancelled`() throws {
    var sample = try TenantSample()
    let calls = try sample.entity("ServiceCalls")
    let start = try #require(sample.cell("ServiceCalls", 4021, "startDateTime")?.text)
    let seconds = try #require(WireTime.seconds(start))
    let canceled = WireTime.text(seconds - 5_430)
    let cancel: JSONValue = ["id": 4021, "canceledDateTime": .string(canceled)]
    _ = try sample.tenant.update(cancel, in: calls, at: TenantSample.now)
    #expect(try sample.cell("ServiceCalls", 4021, "cancelationNoticeHours") == .number(1.51))
    let again: JSONValue = ["id": 4021, "canceledDateTime": nil]
    _ = try sample.tenant.update(again, in: calls, at: TenantSample.now)
    #expect(try sample.cell("ServiceCalls", 4021, "cancelationNoticeHours") == .null)
  }

  @Test func `who is put on a call or taken off leaves the call's times alone`() throws {
    var sample = try TenantSample()
    let before = try sample.cell("ServiceCalls", 4021, "lastModifiedDateTime")
    let rows = try sample.entity("ServiceCallTicketResources")
    let body: JSONValue = ["resourceID": 29_682_861]
    let row = try sample.tenant.create(
      body,
      in: rows,
      under: Tenant.Parent(id: 504),
      at: TenantSample.now
    )
    #expect(throws: Refusal.self) {
      let change: JSONValue = ["id": .int(row), "resourceID": .int(Seeding.technician)]
      _ = try sample.tenant.update(change, in: rows, at: TenantSample.now)
    }
    #expect(throws: Refusal.deleteMissing) {
      _ = try sample.tenant.delete(row, in: rows, under: Tenant.Parent(id: 501))
    }
    _ = try sample.tenant.delete(row, in: rows, under: Tenant.Parent(id: 504))
    #expect(try sample.cell("ServiceCalls", 4021, "lastModifiedDateTime") == before)
  }

  @Test func `under View None nothing of a service call is written either`() throws {
    var sample = try TenantSample()
    sample.tenant.permissions.viewsServiceCalls = false
    let calls = try sample.entity("ServiceCalls")
    let rows = try sample.entity("ServiceCallTicketResources")
    for work in [
      { (tenant: inout Tenant) in
        _ = try tenant.update(["id": 4021, "description": "x"], in: calls, at: 0)
      },
      { (tenant: inout Tenant) in _ = try tenant.delete(4021, in: calls) },
      { (tenant: inout Tenant) in
        let body: JSONValue = ["resourceID": .int(Seeding.technician)]
        _ = try tenant.create(body, in: rows, under: Tenant.Parent(id: 504), at: 0)
      },
    ] {
      let refusal = #expect(throws: Refusal.self) { try work(&sample.tenant) }
      #expect(refusal?.errors.first?.contains("adequate permissions") == true)
    }
    #expect(
      sample.tenant.entityInformation(calls)["info"]?["userAccessForQuery"] == "None"
    )
  }

  @Test func `a contact in use is not deleted, another one is`() throws {
    var sample = try TenantSample()
    let contacts = try sample.entity("Contacts")
    let tickets = try sample.entity("Tickets")
    _ = try sample.tenant.update(["id": 7602, "contactID": 30_682], in: tickets, at: 0)
    let primary: JSONValue = ["id": 30_700, "primaryContact": true]
    _ = try sample.tenant.update(primary, in: contacts, at: 0)
    for id in [30_682, 30_700] as [Int64] {
      let refusal = #expect(throws: Refusal.self) {
        _ = try sample.tenant.delete(id, in: contacts)
      }
      #expect(refusal?.errors.first?.contains("cannot be deleted") == true)
    }
    _ = try sample.tenant.delete(30_690, in: contacts)
    #expect(try sample.cell("Contacts", 30_690, "id") == nil)
  }

  @Test func `a to-do names only what belongs to its company`() throws {
    var sample = try TenantSample()
    let entity = try sample.entity("CompanyToDos")
    let body: JSONValue = [
      "assignedToResourceID": .int(Seeding.technician), "actionType": 1, "contactID": 30_690,
      "startDateTime": "2026-03-03T09:00:00Z", "endDateTime": "2026-03-03T09:15:00Z",
    ]
    #expect(throws: Refusal.self) {
      _ = try sample.tenant.create(body, in: entity, under: Tenant.Parent(id: 174), at: 0)
    }
    #expect(throws: Never.self) {
      _ = try sample.tenant.create(
        body,
        in: entity,
        under: Tenant.Parent(id: 183),
        impersonating: Seeding.technician,
        at: 0
      )
    }
  }

  private static let strangers: [(change: JSONValue, isRefused: Bool)] = [
    (["contactID": 30_682], false),
    // Of another company, inactive (made first below), of the parent company (made second).
    (["contactID": 30_690], true), (["contactID": 30_714], true), (["contactID": 30_715], false),
    (["ticketID": 7_602], false), (["ticketID": 7_625], true),
    (["opportunityID": 5_504], false), (["opportunityID": 5_501], true),
    (["contractID": 61], false), (["contractID": 64], true), (["contractID": 9], true),
    (["actionType": 9], true),
  ]

  @Test(arguments: strangers)
  func `contact, ticket, opportunity and contract of a to-do are its company's`(
    change: JSONValue,
    isRefused: Bool
  ) throws {
    var sample = try TenantSample()
    for (company, isActive) in [(174, 0), (168, 1)] as [(Int64, Int64)] {
      let body: JSONValue = [
        "firstName": "A", "lastName": "B", "isActive": .int(isActive), "companyID": .int(company),
      ]
      _ = try sample.create("Contacts", body)
    }
    let entity = try sample.entity("CompanyToDos")
    guard case .object(let members) = change else { return }
    let body = JSONValue.object([JSONValue.Member("id", 2_204)] + members)
    let write = { (tenant: inout Tenant) throws -> Void in
      _ = try tenant.update(body, in: entity, under: Tenant.Parent(id: 174), at: 0)
    }
    if isRefused {
      let refusal = #expect(throws: Refusal.self) { try write(&sample.tenant) }
      #expect(refusal?.errors.first?.contains("does not exist or is invalid") == true)
    } else {
      #expect(throws: Never.self) { try write(&sample.tenant) }
    }
  }

  @Test func `a to-do whose contact became inactive can still be moved`() throws {
    var sample = try TenantSample()
    let contact: JSONValue = ["id": 30_682, "isActive": 0]
    _ = try sample.tenant.update(contact, in: try sample.entity("Contacts"), at: 0)
    let move: JSONValue = ["id": 2_204, "endDateTime": "2027-03-03T09:15:00Z"]
    #expect(throws: Never.self) {
      _ = try sample.tenant.update(move, in: try sample.entity("CompanyToDos"), at: 0)
    }
  }
}
