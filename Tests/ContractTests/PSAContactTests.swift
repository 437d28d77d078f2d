import SyncEngine
import SyncModel
import Testing
import World

/// `PSAContacts`: whose contacts are the resource's, and what they say (`rules.md` 1).
@Suite struct PSAContactTests {
  /// The bakery, which the technician looks after, and its contacts; the inactive one is 30704.
  static let bakery = PSAID(190)
  static let baker = PSAID(30_700)
  static let former = PSAID(30_704)
  /// The contact at the school that an opportunity of the technician names.
  static let teacher = PSAID(30_712)
  static let scope = ContactScope(companies: [bakery], contacts: [teacher])

  @Test(arguments: PSAPort.allCases)
  func `the scope is active companies of the account manager and named contacts`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      #expect(try await psa.contactScope() == PSAContactTests.scope)
      // The old mill is active again, the bakery gets another account manager.
      try await grounds.change("Companies", PSAID(197), "isActive", to: true)
      try await grounds.change("Companies", PSAID(190), "ownerResourceID", to: 29_682_861)
      try await grounds.change("Opportunities", PSAID(5_504), "contactID", to: 30_682)
      #expect(
        try await psa.contactScope()
          == ContactScope(
            companies: [PSAID(197)],
            contacts: [PSAID(30_682), PSAContactTests.teacher]
          )
      )
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `the scope's active contacts are listed, counted and identified`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let query = try #require(PSAContactTests.scope.queries().only)
      let page = try await psa.page(of: query, continuing: nil)
      #expect(page.contacts.map(\.id) == [PSAContactTests.baker, PSAContactTests.teacher])
      #expect(page.contacts.allSatisfy { PSAContactTests.scope.names($0) && $0.isActive })
      #expect(page.next == nil)
      #expect(try await psa.count(of: query) == 2)
      let ids = [PSAContactTests.baker, PSAContactTests.teacher]
      #expect(try await psa.identities(of: query) == ids)
      let nobody = ContactQuery(companies: [], contacts: [])
      #expect(try await psa.page(of: nobody, continuing: nil).contacts.isEmpty)
      #expect(try await psa.count(of: nobody) == 0)
      #expect(try await psa.identities(of: nobody) == [])
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `every field is read, numbers as the words that they stand for`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let made = Grounds.monday - 200 * 86_400
      let found = try await psa.contacts([PSAContactTests.baker])
      #expect(
        found == [
          PSAContact(
            id: PSAContactTests.baker,
            company: PSAContactTests.bakery,
            companyName: "Bakery",
            firstName: "Office",
            middleName: "B",
            lastName: "Contact 30700",
            prefix: "Mrs.",
            suffix: "II",
            jobTitle: "Front desk",
            mail: "contact-30700@example.net",
            mail2: "desk-190@example.net",
            phone: "555-0142 x0",
            alternatePhone: "555-0177",
            mobilePhone: "555-0199",
            fax: "555-0178",
            address: PSAAddress(
              street: ["Main street 190"],
              city: "Port",
              postalCode: "12345",
              country: "Germany"
            ),
            room: "4.11",
            note: "Mornings only",
            created: Instant(seconds: made),
            modified: Instant(seconds: made + 180 * 86_400)
          )
        ]
      )
    }
  }

  @Test(arguments: PSAPort.direct)
  func `by number everybody is found, inactive or not, in the order asked`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let asked = [PSAContactTests.former, PSAID(9_999), PSAContactTests.baker, PSAID(9_999)]
      let found = try await psa.contacts(asked)
      #expect(
        found.map { $0?.id } == [PSAContactTests.former, nil, PSAContactTests.baker, nil]
      )
      #expect(found.map { $0?.isActive } == [false, nil, true, nil])
      #expect(try await psa.contacts([]) == [])
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `what changed since a time is listed, and who became inactive shows in the count`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let since = Instant(seconds: grounds.clock.now + 60)
      let all = try #require(PSAContactTests.scope.queries().only)
      let changes = try #require(PSAContactTests.scope.queries(modifiedSince: since).only)
      #expect(try await psa.page(of: changes, continuing: nil).contacts.isEmpty)
      try await grounds.change("Contacts", PSAContactTests.teacher, "lastName", to: "Teacher")
      let listed = try await psa.page(of: changes, continuing: nil).contacts
      #expect(listed.map(\.lastName) == ["Teacher"])
      #expect(listed.map(\.modified) == [since])
      try await grounds.change("Contacts", PSAContactTests.baker, "isActive", to: 0)
      #expect(try await psa.page(of: changes, continuing: nil).contacts.count == 1)
      #expect(try await psa.count(of: all) == 1)
      #expect(try await psa.identities(of: all) == [PSAContactTests.teacher])
      #expect(try await psa.contacts([PSAContactTests.baker]).first??.isActive == false)
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `many contacts come in pages of at most 500, ascending`(port: PSAPort) async throws {
    let grounds = try Grounds()
    var ids = [PSAContactTests.baker]
    for number in 0..<600 {
      ids.append(
        try await grounds.insert(
          "Contacts",
          ["firstName": "Baker", "lastName": .string("\(number)"), "isActive": 1],
          under: 190
        )
      )
    }
    try await port.open(grounds) { [ids] psa in
      let query = ContactQuery(companies: [PSAContactTests.bakery], contacts: [])
      let first = try await psa.page(of: query, continuing: nil)
      let token = try #require(first.next)
      let second = try await psa.page(of: query, continuing: token)
      #expect(first.contacts.count == 500 && second.next == nil)
      #expect((first.contacts + second.contacts).map(\.id) == ids)
      #expect(try await psa.identities(of: query) == ids)
      #expect(try await psa.contacts(ids).map { $0?.id } == ids)
    }
  }
}
