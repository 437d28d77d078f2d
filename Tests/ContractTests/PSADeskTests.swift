import SyncEngine
import SyncModel
import Testing
import World

/// `PSAService.open`: whose desk it is, and what stops the engine before it begins.
@Suite struct PSADeskTests {
  @Test(
    arguments: PSAPort.allCases,
    [
      PSAPort.Person.technician, .mail("technician@example.com"),
      .mail("field.technician@example.com"), .mail("Technician@Example.ORG"),
    ]
  )
  func `the resource is found by its number and by each of its mail addresses`(
    port: PSAPort,
    person: PSAPort.Person
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds, as: person) { psa in
      let desk = try await psa.open()
      #expect(desk.tenant == TenantID(123_456))
      #expect(desk.resource == ResourceID(Seeding.technician))
      #expect(!desk.server.isEmpty)
      #expect(try await psa.open() == desk)
      #expect(try await psa.reopen() == desk)
    }
  }

  @Test(arguments: PSAPort.direct, [PSAPort.Person.technician, .mail(Seeding.mailAddress)])
  func `a resource that became inactive is seen when its desk is read anew`(
    port: PSAPort,
    person: PSAPort.Person
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds, as: person) { psa in
      let desk = try await psa.open()
      let before = await psa.requests
      #expect(try await psa.reopen() == desk)
      #expect(await psa.requests == before + 1)
      try await grounds.world.tenant { tenant, _ in
        let entity = try #require(Schema.entity("Resources"))
        let column = try #require(entity.column("isActive"))
        tenant.tables["Resources"]?.change(Seeding.technician) { $0.cells[column] = .bool(false) }
      }
      let failure = await caught { _ = try await psa.reopen() }
      #expect(failure?.remedy == .stop)
    }
  }

  @Test(
    arguments: PSAPort.allCases,
    [
      PSAPort.Person.mail("nobody@example.com"), .number(4_711), .mail("retired@example.com"),
      .number(29_682_834),
    ]
  )
  func `a resource that is not there or not active stops the run with a sentence`(
    port: PSAPort,
    person: PSAPort.Person
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds, as: person) { psa in
      let failure = await caught { _ = try await psa.open() }
      #expect(failure?.remedy == .stop)
      _ = await caught {
        _ = try await psa.count(of: PSAQuery(kind: .appointment))
      }
    }
  }

  @Test(arguments: PSAPort.direct)
  func `a mail address of two active resources is nobody's`(port: PSAPort) async throws {
    let grounds = try Grounds()
    try await grounds.world.tenant { tenant, _ in
      guard let entity = Schema.entity("Resources"), let email = entity.column("email3") else {
        throw Refusal.notFound
      }
      tenant.tables["Resources"]?.change(29_682_890) {
        $0.cells[email] = .string(Seeding.mailAddress)
      }
    }
    try await port.open(grounds, as: .mail(Seeding.mailAddress)) { psa in
      let failure = await caught { _ = try await psa.open() }
      #expect(failure?.remedy == .stop)
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `contacts asked for as items of a calendar are a failure, not an empty answer`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let query = PSAQuery(kind: .contact)
      for ask in [
        { _ = try await psa.page(of: query, continuing: nil) },
        { _ = try await psa.count(of: query) },
        { _ = try await psa.identities(of: query) },
        { _ = try await psa.items([PSAID(1)], of: .contact) },
      ] as [@Sendable () async throws -> Void] {
        let failure = await caught { try await ask() }
        #expect(failure?.remedy == .stop)
      }
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `requests are counted, and the limit of the hour asks for a pause`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      _ = try await psa.open()
      let before = await psa.requests
      _ = try await psa.count(of: PSAQuery(kind: .appointment))
      #expect(await psa.requests == before + 1)
      await grounds.world.tenant { tenant, _ in tenant.threshold.limit = 1 }
      let failure = await caught {
        _ = try await psa.count(of: PSAQuery(kind: .appointment))
      }
      guard case .retry(let pause)? = failure?.remedy else {
        Issue.record("no pause but \(String(describing: failure))")
        return
      }
      #expect(pause > .zero)
    }
  }
}
