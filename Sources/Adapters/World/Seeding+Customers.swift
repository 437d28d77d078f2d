/// The service provider's customers, their people, and what is sold to them.
extension Seeding {
  /// Companies, locations, contacts, opportunities and contracts.
  ///
  /// The technician looks after the bakery and the old mill, which is a customer no more, and has
  /// an opportunity at the school.
  func customers(_ tenant: inout Tenant) {
    for (id, code, name) in [(14, "AT", "Austria"), (237, "DE", "Germany")] {
      row(
        Int64(id),
        ["countryCode": .string(code), "displayName": .string(name), "isActive": true],
        of: "Countries",
        in: &tenant
      )
    }
    company(0, "Service provider", owner: Self.lead, in: &tenant)
    company(168, "Harbour holding", owner: Self.lead, in: &tenant)
    company(174, "Harbour branch", owner: Self.lead, parent: 168, in: &tenant)
    company(183, "Clinic", owner: Self.lead, in: &tenant)
    company(190, "Bakery", owner: Self.technician, in: &tenant)
    company(197, "Old mill", owner: Self.technician, isActive: false, in: &tenant)
    company(205, "School", owner: Self.apprentice, in: &tenant)
    location(12, of: 174, "Warehouse", "Dock 7", in: &tenant)
    location(15, of: 190, "Shop", "Market square 3", in: &tenant)
    contact(30_682, of: 174, in: &tenant)
    contact(30_690, of: 183, in: &tenant)
    contact(30_695, of: 183, isActive: false, in: &tenant)
    contact(30_700, of: 190, in: &tenant)
    contact(30_704, of: 190, isActive: false, in: &tenant)
    contact(30_709, of: 197, in: &tenant)
    contact(30_712, of: 205, in: &tenant)
    contact(30_713, of: 205, in: &tenant)
    opportunity(5_501, of: 205, owner: Self.technician, contact: 30_712, in: &tenant)
    opportunity(5_504, of: 174, owner: Self.technician, contact: nil, in: &tenant)
    opportunity(5_509, of: 183, owner: Self.lead, contact: 30_690, in: &tenant)
    for (id, company) in [(61, 174), (64, 190)] as [(Int64, Int64)] {
      row(
        id,
        [
          "companyID": .int(company), "contractName": .string("Maintenance \(id)"), "status": 1,
          "startDate": .int(now - 300 * 86_400), "endDate": .int(now + 60 * 86_400),
        ],
        of: "Contracts",
        in: &tenant
      )
    }
  }

  private func company(
    _ id: Int64,
    _ name: String,
    owner: Int64,
    parent: Int64? = nil,
    isActive: Bool = true,
    in tenant: inout Tenant
  ) {
    row(
      id,
      [
        "companyName": .string(name), "companyType": 1, "phone": "555-0100",
        "isActive": .bool(isActive), "ownerResourceID": .int(owner),
        "parentCompanyID": parent.map(JSONValue.int) ?? .null,
        "address1": .string("Main street \(id)"), "city": "Port", "postalCode": "12345",
        "countryID": 237, "createDate": .int(now - 300 * 86_400),
        "lastActivityDate": .int(now - 9 * 86_400),
      ],
      of: "Companies",
      in: &tenant
    )
  }

  private func location(
    _ id: Int64,
    of company: Int64,
    _ name: String,
    _ street: String,
    in tenant: inout Tenant
  ) {
    row(
      id,
      [
        "companyID": .int(company), "name": .string(name), "address1": .string(street),
        "address2": "Back yard", "city": "Port", "state": "North", "postalCode": "12399",
        "countryID": 237, "phone": "555-0131", "isActive": true, "isPrimary": true,
      ],
      of: "CompanyLocations",
      in: &tenant
    )
  }

  private func contact(
    _ id: Int64,
    of company: Int64,
    isActive: Bool = true,
    in tenant: inout Tenant
  ) {
    row(
      id,
      [
        "firstName": "Office", "lastName": .string("Contact \(id)"), "companyID": .int(company),
        "isActive": .int(isActive ? 1 : 0), "namePrefix": .int(1 + id % 3),
        "nameSuffix": id % 4 == 0 ? 2 : nil, "title": "Front desk", "middleInitial": "B",
        "emailAddress": .string("contact-\(id)@example.net"),
        "emailAddress2": .string("desk-\(company)@example.net"), "phone": "555-0142",
        "extension": .string(String(id % 100)), "mobilePhone": "555-0199",
        "alternatePhone": "555-0177", "faxNumber": "555-0178",
        "addressLine": .string("Main street \(company)"), "city": "Port", "zipCode": "12345",
        "countryID": .int(id % 2 == 0 ? 237 : 14), "roomNumber": "4.11", "note": "Mornings only",
        "createDate": .int(now - 200 * 86_400), "lastModifiedDate": .int(now - 20 * 86_400),
      ],
      of: "Contacts",
      in: &tenant
    )
  }

  private func opportunity(
    _ id: Int64,
    of company: Int64,
    owner: Int64,
    contact: Int64?,
    in tenant: inout Tenant
  ) {
    row(
      id,
      [
        "companyID": .int(company), "ownerResourceID": .int(owner),
        "contactID": contact.map(JSONValue.int) ?? .null,
        "title": .string("New network \(id)"), "amount": 5_000, "cost": 3_000, "probability": 60,
        "projectedCloseDate": .int(now + 30 * 86_400), "startDate": .int(now - 10 * 86_400),
        "stage": 2, "status": 1, "useQuoteTotals": false, "createDate": .int(now - 10 * 86_400),
        "lastActivity": .int(now - 3 * 86_400),
      ],
      of: "Opportunities",
      in: &tenant
    )
  }
}
