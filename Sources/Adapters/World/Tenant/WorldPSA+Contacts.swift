package import SyncEngine
package import SyncModel

extension WorldPSA: PSAContacts {
  package func contactScope() async throws -> ContactScope {
    let resource = try await resource()
    return try await ask { tenant, _ in
      let isOwn = Self.test("eq", "ownerResourceID", .int(resource.rawValue))
      let companies = try tenant.rows("Companies", [isOwn, Self.test("eq", "isActive", true)])
      let opportunities = try tenant.rows("Opportunities", [isOwn])
      return ContactScope(
        companies: companies.map { PSAID($0.id) },
        contacts: Set(opportunities.compactMap { $0.id("contactID") }).sorted()
      )
    }
  }

  package func page(
    of query: ContactQuery,
    continuing token: PageToken?
  ) async throws -> ContactPage {
    guard let filter = Self.filter(query) else { return ContactPage(contacts: [], next: nil) }
    return try await ask { tenant, _ in
      let entity = try Self.entity(named: "Contacts")
      let question = try Query(["filter": .array(filter)], on: entity)
      let cursor = try token.map { try PageCursor(parsing: $0.rawValue) }
      let page = try tenant.page(question, at: cursor)
      return ContactPage(
        contacts: try page.rows.map { try tenant.contact(RowCells($0, entity)) },
        next: page.next.map { PageToken($0.text(pageSize: question.pageSize)) }
      )
    }
  }

  package func count(of query: ContactQuery) async throws -> Int {
    guard let filter = Self.filter(query) else { return 0 }
    return try await ask { tenant, _ in
      try tenant.count(
        try Query(["filter": .array(filter)], on: try Self.entity(named: "Contacts"))
      )
    }
  }

  package func identities(of query: ContactQuery) async throws -> [PSAID] {
    guard let filter = Self.filter(query) else { return [] }
    return try await ask { tenant, _ in
      try tenant.rows("Contacts", filter).map { PSAID($0.id) }
    }
  }

  package func contacts(_ ids: [PSAID]) async throws -> [PSAContact?] {
    guard !ids.isEmpty else { return [] }
    return try await ask { tenant, _ in
      try ids.map { id in try tenant.cells("Contacts", id).map { try tenant.contact($0) } }
    }
  }

  /// Nil for a query that names nobody.
  private static func filter(_ query: ContactQuery) -> [JSONValue]? {
    guard !query.companies.isEmpty || !query.contacts.isEmpty else { return nil }
    var filter = [
      test("eq", "isActive", 1),
      anyOf([
        test("companyID", isOneOf: query.companies), test("id", isOneOf: query.contacts),
      ]),
    ]
    if let since = query.modifiedSince {
      let time = JSONValue.string(WireTime.text(since.seconds))
      filter.append(
        anyOf([test("gte", "lastModifiedDate", time), test("gte", "createDate", time)])
      )
    }
    return filter
  }
}

extension Tenant {
  fileprivate func contact(_ row: RowCells) throws -> PSAContact {
    let created = row.integer("createDate") ?? 0
    return PSAContact(
      id: PSAID(row.id),
      company: row.id("companyID") ?? PSAID(0),
      companyName: try cells("Companies", row.id("companyID"))?.text("companyName") ?? "",
      isActive: row.integer("isActive") == 1,
      firstName: row.text("firstName"),
      middleName: row.text("middleInitial"),
      lastName: row.text("lastName"),
      prefix: row.label("namePrefix"),
      suffix: row.label("nameSuffix"),
      jobTitle: row.text("title"),
      mail: row.text("emailAddress"),
      mail2: row.text("emailAddress2"),
      mail3: row.text("emailAddress3"),
      phone: PSAPerson.phone(row.text("phone"), extension: row.text("extension")),
      alternatePhone: row.text("alternatePhone"),
      mobilePhone: row.text("mobilePhone"),
      fax: row.text("faxNumber"),
      address: PSAAddress(
        street: row.lines("addressLine", "addressLine1"),
        city: row.text("city"),
        state: row.text("state"),
        postalCode: row.text("zipCode"),
        country: try cells("Countries", row.id("countryID"))?.text("displayName") ?? ""
      ),
      room: row.text("roomNumber"),
      note: row.text("note"),
      created: Instant(seconds: created),
      modified: Instant(seconds: row.integer("lastModifiedDate") ?? created)
    )
  }
}
