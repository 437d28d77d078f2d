import SyncModel
import SyncPlan
import Testing

/// `rules.md` 1, 2, 7 and 8 for contacts: what follows from what is known of both halves.
@Suite struct ContactPlannerTests {
  enum InExchange: String, CaseIterable, Sendable {
    case same, changed, gone, suspected, away, unknown, never
  }
  enum InPSA: String, CaseIterable, Sendable {
    case same, changed, inactive, outOfScope, gone, unknown
  }

  static let one = PSAID(30_700)
  static let company = PSAID(190)
  static let run = RunID(9)
  static let mailbox = MailboxID("technician@example.com")
  static let folder = FolderID("contacts")
  static let item = ExchangeItemID("item")

  func contact(_ job: String, _ state: InPSA = .same) -> PSAContact {
    PSAContact(
      id: Self.one,
      company: state == .outOfScope ? PSAID(1) : Self.company,
      isActive: state != .inactive,
      firstName: "Jane",
      lastName: "Doe",
      jobTitle: job,
      created: Instant(seconds: 1),
      modified: Instant(seconds: state == .changed ? 20 : 10)
    )
  }

  var mapping: ContactMapping { ContactMapping(ContactRules()) }

  func link(_ state: LinkState = .linked, hasExchange: Bool = true) -> Link {
    let prints = ContactPrints(mapping.card(of: contact("Clerk")), quick)
    return Link(
      id: LinkID(1),
      kind: .contact,
      tenant: SmallWorld.tenant,
      resource: SmallWorld.resource,
      mailbox: Self.mailbox,
      origin: .psa,
      state: state,
      exchange: hasExchange
        ? ExchangeIdentity(folder: Self.folder, item: Self.item, cleanUID: nil) : nil,
      psa: PSAIdentity(id: Self.one),
      psaModified: Instant(seconds: 10),
      base: Base(cardSent: prints, cardReturned: prints)
    )
  }

  func input(_ link: Link?, _ exchange: InExchange, _ psa: InPSA) throws -> ContactPlanInput {
    func coverage(_ side: Side) -> Coverage {
      Coverage(
        run: Self.run,
        side: side,
        kind: .contact,
        mailbox: Self.mailbox,
        folder: side == .exchange ? Self.folder : nil,
        endingFrom: nil,
        ids: nil,
        settings: "settings",
        epoch: 0,
        began: SmallWorld.monday,
        ended: SmallWorld.monday,
        isComplete: true,
        count: 1
      )
    }
    var facts: [ExchangeContactFact] = []
    if exchange == .same || exchange == .changed {
      let read = ExchangeContact(
        id: Self.item,
        changeKey: ChangeKey("key"),
        folder: Self.folder,
        modified: Instant(seconds: 10),
        stamp: Stamp(contact: Self.one, tenant: SmallWorld.tenant).description,
        card: mapping.card(of: contact(exchange == .same ? "Clerk" : "Boss"))
      )
      facts = [try #require(ExchangeContactFact(read, tenant: SmallWorld.tenant, quick))]
    }
    let source = PSAContactFact(contact(psa == .changed ? "Owner" : "Clerk", psa), mapping, quick)
    var lookUps: [ItemKey: LookUp] = [:]
    let key = ItemKey(side: .exchange, kind: .contact, id: Self.item.rawValue)
    lookUps[key] = [.gone: .nothing, .suspected: .nothingByID, .away: .away][exchange]
    if psa == .gone { lookUps[source.key] = .nothing }
    return ContactPlanInput(
      links: link.map { [$0] } ?? [],
      exchange: facts,
      psa: psa == .same || psa == .changed ? [source] : [],
      lookUps: lookUps,
      strangers: psa == .inactive || psa == .outOfScope ? [Self.one: source] : [:],
      exchangeCoverage: coverage(.exchange),
      psaCoverage: coverage(.psa),
      scope: ScopeReading(
        ContactScope(companies: [Self.company], contacts: []),
        resource: SmallWorld.resource,
        run: Self.run
      ),
      terms: ReadingTerms(
        run: Self.run,
        mailbox: Self.mailbox,
        folder: Self.folder,
        settings: "settings"
      ),
      tenant: SmallWorld.tenant,
      resource: SmallWorld.resource,
      now: SmallWorld.monday,
      nextLink: LinkID(2),
      fingerprinter: quick
    )
  }

  /// What the plan does in a word: its writes, else the link's new state, else nothing.
  func outcome(_ input: ContactPlanInput) -> String {
    let plan = plan(input)
    if let operation = plan.operations.first { return operation.verb.rawValue }
    if !plan.forgotten.isEmpty { return "forget" }
    guard let link = plan.links.first, link.state != input.links.first?.state else { return "-" }
    return link.state.rawValue
  }

  /// Rows: Exchange; columns: the PSA.
  static let table: [InExchange: [InPSA: String]] = [
    .same: [
      .same: "-", .changed: "update", .inactive: "delete", .outOfScope: "delete",
      .gone: "delete", .unknown: "-",
    ],
    .changed: [
      .same: "update", .changed: "update", .inactive: "delete", .outOfScope: "delete",
      .gone: "delete", .unknown: "-",
    ],
    .gone: [
      .same: "create", .changed: "create", .inactive: "closed", .outOfScope: "closed",
      .gone: "forget", .unknown: "-",
    ],
    .suspected: [
      .same: "-", .changed: "-", .inactive: "-", .outOfScope: "-", .gone: "-", .unknown: "-",
    ],
    .away: [
      .same: "away", .changed: "away", .inactive: "away", .outOfScope: "away", .gone: "away",
      .unknown: "away",
    ],
    .unknown: [
      .same: "-", .changed: "-", .inactive: "-", .outOfScope: "-", .gone: "-", .unknown: "-",
    ],
    .never: [
      .same: "create", .changed: "create", .inactive: "closed", .outOfScope: "closed",
      .gone: "forget", .unknown: "-",
    ],
  ]

  @Test(arguments: InExchange.allCases, InPSA.allCases)
  func `each pair of sights has its verdict`(exchange: InExchange, psa: InPSA) throws {
    let link = link(hasExchange: exchange != .never)
    #expect(
      outcome(try input(link, exchange, psa)) == Self.table[exchange]?[psa],
      "\(exchange) in Exchange, \(psa) in the PSA"
    )
  }

  @Test(arguments: InExchange.allCases, InPSA.allCases)
  func `nothing is deleted or made where the run may not`(
    exchange: InExchange,
    psa: InPSA
  ) throws {
    var input = try input(link(hasExchange: exchange != .never), exchange, psa)
    (input.mode.mayDelete, input.mode.mayCreate) = (false, false)
    #expect(["-", "update", "away"].contains(outcome(input)))
    input.mode.isRestored = true
    #expect(["-", "update", "away", "held"].contains(outcome(input)))
  }

  @Test func `a stamp links what no link names, and several of one stamp are not guessed`() throws {
    var input = try input(nil, .same, .same)
    #expect(plan(input).operations.isEmpty)
    let linked = try #require(plan(input).links.first)
    #expect(linked.exchange?.item == Self.item && linked.psa?.id == Self.one)
    let copy = ExchangeContact(
      id: ExchangeItemID("copy"),
      changeKey: ChangeKey("key"),
      folder: Self.folder,
      modified: Instant(seconds: 10),
      stamp: Stamp(contact: Self.one, tenant: SmallWorld.tenant).description,
      card: ContactCard()
    )
    input.exchange.append(
      try #require(ExchangeContactFact(copy, tenant: SmallWorld.tenant, quick))
    )
    let unclear = plan(input)
    #expect(unclear.operations.isEmpty && unclear.links.isEmpty)
    #expect(unclear.holds.first?.items.map(\.verb) == [.choose, .choose])
  }

  @Test func `a copy takes the place of a contact that is gone, not of one that is away`() throws {
    func copied(_ sight: InExchange) throws -> ContactPlanInput {
      var input = try input(link(), sight, .same)
      let copy = ExchangeContact(
        id: ExchangeItemID("copy"),
        changeKey: ChangeKey("key"),
        folder: Self.folder,
        modified: Instant(seconds: 10),
        stamp: Stamp(contact: Self.one, tenant: SmallWorld.tenant).description,
        card: ContactCard()
      )
      input.exchange = [try #require(ExchangeContactFact(copy, tenant: SmallWorld.tenant, quick))]
      return input
    }
    let gone = try copied(.gone)
    let rebound = plan(gone).operations.map(\.link) + plan(gone).links
    #expect(Set(rebound.map { $0.exchange?.item }) == [ExchangeItemID("copy")])
    for sight in [InExchange.away, .suspected, .unknown] {
      let input = try copied(sight)
      let touched = plan(input).operations.map(\.link) + plan(input).links
      #expect(!touched.contains { $0.exchange?.item == ExchangeItemID("copy") }, "\(sight)")
      #expect(plan(input).operations.isEmpty, "\(sight)")
    }
  }

  @Test func `a stamp of another tenant is a person's contact`() throws {
    let other = ExchangeContact(
      id: Self.item,
      changeKey: ChangeKey("key"),
      folder: Self.folder,
      modified: Instant(seconds: 10),
      stamp: Stamp(contact: Self.one, tenant: TenantID(7)).description,
      card: ContactCard()
    )
    #expect(ExchangeContactFact(other, tenant: SmallWorld.tenant, quick) == nil)
  }

  @Test func `what Exchange made of a field is no change of it`() throws {
    var input = try input(link(), .changed, .same)
    input.links[0].base.cardReturned = input.exchange.first?.prints
    #expect(plan(input).operations.isEmpty)
  }

  @Test func `the plan is the same in whatever order things are listed`() throws {
    var input = try input(nil, .never, .same)
    input.psa = (Int64(1)...9).map { number in
      let contact = PSAContact(
        id: PSAID(number),
        company: Self.company,
        created: Instant(seconds: 1),
        modified: Instant(seconds: 1)
      )
      return PSAContactFact(contact, mapping, quick)
    }
    let first = plan(input)
    input.psa.reverse()
    let second = plan(input)
    #expect(first.operations == second.operations && first.operations.count == 9)
  }

  // MARK: The mapping

  @Test(arguments: [
    ("Jane", "Q.", "Doe", "ACME", "", "Doe, Jane", "Jane Q. Doe"),
    ("", "", "Doe", "ACME", "", "Doe", "Doe"), ("Jane", "", "", "ACME", "", "Jane", "Jane"),
    ("", "", "", "ACME", "x@example.com", "ACME", "ACME"),
    ("", "", "", "", "x@example.com", "x@example.com", "x@example.com"),
    ("", " ", "", "", "", "Contact 7", "Contact 7"),
    ("Jane\nAnn", "", "Doe", "", "", "Doe, Jane Ann", "Jane Ann Doe"),
  ])
  func `everybody is filed under a name`(
    first: String,
    middle: String,
    last: String,
    company: String,
    mail: String,
    fileAs: String,
    displayName: String
  ) {
    let card = mapping.card(
      of: PSAContact(
        id: PSAID(7),
        company: Self.company,
        companyName: company,
        firstName: first,
        middleName: middle,
        lastName: last,
        mail: mail,
        created: Instant(seconds: 1),
        modified: Instant(seconds: 1)
      )
    )
    #expect(card[.fileAs] == fileAs && card[.displayName] == displayName)
  }

  @Test func `long texts are cut on a whole character`() {
    let long = String(repeating: "👩‍👩‍👧", count: 60)
    var contact = contact(long)
    contact.lastName = long
    contact.address = PSAAddress(street: [long, long])
    contact.note = String(repeating: "ü", count: 9_000)
    let card = mapping.card(of: contact)
    for field in ContactField.allCases where field != .note {
      #expect(card[field].utf16.count <= 255, "\(field)")
    }
    #expect(card[.note].utf16.count == 8_000)
    let linked = ContactMapping(ContactRules(link: "https://psa.example.com/{id}")).card(
      of: contact
    )
    #expect(linked[.note].utf16.count == 8_000)
    #expect(linked[.note].contains("…\n\nOpen in the PSA: https://psa.example.com/"))
    #expect(card[.jobTitle].dropLast().allSatisfy { $0 == "👩‍👩‍👧" })
    #expect(card[.jobTitle].hasSuffix("…"))
  }
}
