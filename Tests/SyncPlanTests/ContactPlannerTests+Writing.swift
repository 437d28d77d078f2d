import SyncModel
import SyncPlan
import Testing

/// What is written of contacts: named, counted, remembered when refused, and cut to fit.
extension ContactPlannerTests {
  private func operation(_ exchange: InExchange, _ psa: InPSA) throws -> ContactOperation {
    let link = link(hasExchange: exchange != .never)
    return try #require(plan(try input(link, exchange, psa)).operations.first)
  }

  @Test func `a write names its item, its group and why it is made`() throws {
    let create = try operation(.never, .same)
    #expect(create.key == ItemKey(side: .psa, kind: .contact, id: "30700"))
    #expect(create.groups == [.existence] && create.reason == "not in Exchange yet")
    let update = try operation(.same, .changed)
    #expect(update.key == ItemKey(side: .exchange, kind: .contact, id: "item"))
    #expect(update.groups == [.content] && update.reason == "it changed in the PSA")
    #expect(update.link.reassertions == nil)
    let delete = try operation(.same, .gone)
    #expect(delete.key == ItemKey(side: .exchange, kind: .contact, id: "item"))
    #expect(delete.groups == [.existence] && delete.reason == "it was deleted in the PSA")
    let again = try operation(.gone, .same)
    #expect(again.reason == "it was removed in Exchange")
    #expect(again.link.reassertions?.count == 1, "something else may keep removing it")
  }

  @Test(arguments: [(InPSA.inactive, LinkReason.inactive), (.outOfScope, .outOfScope)])
  func `a contact that is nobody's closes its link with the reason`(
    _ psa: InPSA,
    _ reason: LinkReason
  ) throws {
    let delete = try operation(.same, psa)
    #expect(delete.link.state == .closed && delete.link.reason == reason)
    #expect(delete.reason == reason.sentence)
    let closed = try #require(plan(try input(link(), .gone, psa)).links.first)
    #expect(closed.state == .closed && closed.reason == reason && closed.exchange == nil)
  }

  @Test func `what somebody changed in Exchange is put back, counted, and held after three times`()
    throws
  {
    var input = try input(link(), .changed, .same)
    let back = try #require(plan(input).operations.first)
    #expect(back.reason == "it was changed in Exchange, and the PSA decides")
    #expect(back.link.reassertions?.count == 1)
    #expect(back.link.base.cardReturned == nil, "until Exchange says what it made of it")
    input.links[0].base.cardSent = nil
    let unknown = try #require(plan(input).operations.first)
    #expect(unknown.reason == "it differs from the PSA, which decides")
    #expect(unknown.link.reassertions == nil)
    input = try self.input(link(), .changed, .same)
    input.links[0].reassertions = Reassertions(count: 3, since: input.now)
    let spent = plan(input)
    #expect(spent.operations.isEmpty && spent.held == 1)
    #expect(spent.links.map(\.reason) == [.reassertions])
    #expect(spent.holds.map(\.reason) == [LinkReason.reassertions.sentence])
    input.links = spent.links
    #expect(plan(input).operations.isEmpty && plan(input).holds.count == 1)
    input.now = input.now.advanced(byDays: 1)
    #expect(plan(input).operations.map(\.verb) == [.update])
  }

  @Test func `updates come first, then creates, then deletes, each by its link`() throws {
    var input = try input(nil, .never, .same)
    var facts: [PSAContactFact] = []
    func add(_ number: Int64, isThere: Bool, isListed: Bool) throws {
      var contact = contact("Clerk")
      contact.id = PSAID(number)
      var known = link(hasExchange: isThere)
      known = Link(
        id: LinkID(number),
        kind: .contact,
        tenant: known.tenant,
        resource: known.resource,
        mailbox: known.mailbox,
        origin: .psa,
        exchange: isThere
          ? ExchangeIdentity(
            folder: Self.folder,
            item: ExchangeItemID("item \(number)"),
            cleanUID: nil
          ) : nil,
        psa: PSAIdentity(id: PSAID(number)),
        base: known.base
      )
      input.links.append(known)
      let fact = PSAContactFact(contact, mapping, quick)
      if isListed { facts.append(fact) } else { input.lookUps[fact.key] = .nothing }
      guard isThere else { return }
      let read = ExchangeContact(
        id: ExchangeItemID("item \(number)"),
        changeKey: ChangeKey("key"),
        folder: Self.folder,
        modified: Instant(seconds: 10),
        stamp: Stamp(contact: PSAID(number), tenant: SmallWorld.tenant).description,
        card: isListed ? ContactCard() : mapping.card(of: contact)
      )
      input.exchange.append(
        try #require(ExchangeContactFact(read, tenant: SmallWorld.tenant, quick))
      )
    }
    try add(1, isThere: true, isListed: false)
    try add(2, isThere: false, isListed: true)
    try add(3, isThere: false, isListed: true)
    try add(4, isThere: true, isListed: true)
    try add(5, isThere: true, isListed: true)
    for number in [Int64(11), 10] {
      var contact = contact("Clerk")
      contact.id = PSAID(number)
      facts.append(PSAContactFact(contact, mapping, quick))
    }
    input.psa = facts
    input.nextLink = LinkID(6)
    for _ in 0..<2 {
      let plan = plan(input)
      #expect(
        plan.operations.map(\.verb) == [.update, .update] + Array(repeating: .create, count: 4) + [
          .delete
        ]
      )
      #expect(plan.operations.map(\.link.id.rawValue) == [4, 5, 2, 3, 6, 7, 1])
      #expect(plan.operations.suffix(3).first?.link.psa?.id == PSAID(10))
      #expect(plan.newLinks == 2)
      input.links.reverse()
      input.exchange.reverse()
      input.psa.reverse()
    }
  }

  // MARK: Refusals

  @Test func `what was refused waits until the contact or the settings change`() throws {
    var input = try input(link(), .same, .changed)
    let update = try #require(plan(input).operations.first)
    var refused = update.refused(on: input.links[0], words: "no", settings: "settings", quick)
    let again = update.refused(on: refused, words: "no again", settings: "settings", quick)
    #expect(again.refusals.map(\.text) == ["no again"], "one for each group")
    let delete = try operation(.same, .gone)
    refused = delete.refused(on: again, words: "nor this", settings: "settings", quick)
    #expect(refused.refusals.map(\.group) == [.content, .existence])
    input.links = [refused]
    let waiting = plan(input)
    #expect(waiting.operations.isEmpty && waiting.held == 1)
    let hold = try #require(waiting.holds.first)
    #expect(hold.items.map(\.words) == ["no again"] && !hold.needsApproval)
    input.terms = ReadingTerms(
      run: Self.run,
      mailbox: Self.mailbox,
      folder: Self.folder,
      settings: "other settings"
    )
    #expect(plan(input).operations.map(\.verb) == [.update])
  }

  @Test func `a refusal is remembered by what was to be written and by nothing else`() {
    func wanted(_ job: String, _ name: String, _ action: ContactOperation.Action) -> Fingerprint {
      var contact = contact(job)
      contact.lastName = name
      var link = link()
      link.base.cardSent = ContactPrints(mapping.card(of: contact), quick)
      return ContactOperation(link: link, action: action, reason: "").wanted(quick)
    }
    let job = ContactOperation.Action.update([.jobTitle], expected: ChangeKey("key"))
    #expect(wanted("Clerk", "Doe", job) == wanted("Clerk", "Roe", job))
    #expect(wanted("Clerk", "Doe", job) != wanted("Owner", "Doe", job))
    #expect(wanted("Clerk", "Doe", .create) != wanted("Owner", "Doe", .create))
  }

  // MARK: The mapping

  @Test func `each field of the PSA has its place in Exchange`() {
    let contact = PSAContact(
      id: PSAID(7),
      company: Self.company,
      companyName: "Harbour",
      firstName: "Jane",
      middleName: "Q.",
      lastName: "Doe",
      prefix: "Ms.",
      suffix: "Jr.",
      jobTitle: "Clerk",
      mail: "one@example.com",
      mail2: "two@example.com",
      mail3: "three@example.com",
      phone: "1",
      alternatePhone: "2",
      mobilePhone: "3",
      fax: "4",
      address: PSAAddress(
        street: ["Quay 1", "", "Shed 2"],
        city: "Port",
        state: "Coast",
        postalCode: "12345",
        country: "Sea"
      ),
      room: "Room 2",
      note: "Rings twice",
      created: Instant(seconds: 1),
      modified: Instant(seconds: 1)
    )
    let card = ContactMapping(ContactRules(link: "https://psa.example.com/{id}")).card(of: contact)
    let expected: [ContactField: String] = [
      .note: "Rings twice\n\nOpen in the PSA: https://psa.example.com/7", .prefix: "Ms.",
      .fileAs: "Doe, Jane", .displayName: "Jane Q. Doe", .givenName: "Jane", .middleName: "Q.",
      .companyName: "Harbour", .mail: "one@example.com", .mail2: "two@example.com",
      .mail3: "three@example.com", .street: "Quay 1\nShed 2", .city: "Port", .state: "Coast",
      .country: "Sea", .postalCode: "12345", .businessPhone: "1", .businessPhone2: "2",
      .mobilePhone: "3", .businessFax: "4", .suffix: "Jr.", .jobTitle: "Clerk",
      .office: "Room 2", .surname: "Doe",
    ]
    for field in ContactField.allCases { #expect(card[field] == expected[field], "\(field)") }
  }

  @Test func `a line has room for 255 units`() {
    let card = mapping.card(of: contact(String(repeating: "a", count: 300)))
    #expect(card[.jobTitle].utf16.count == 255)
    #expect(mapping.card(of: contact(String(repeating: "a", count: 255)))[.jobTitle].hasSuffix("a"))
  }

  @Test func `an unmatched contact whose create is refused goes on as linked, and waits`() throws {
    var input = try input(link(.unmatched, hasExchange: false), .never, .changed)
    let create = try #require(plan(input).operations.first)
    input.links[0] = create.refused(
      on: input.links[0],
      words: "no",
      settings: "settings",
      quick
    )
    let refused = plan(input)
    #expect(refused.operations.isEmpty && refused.held == 1)
    #expect(refused.links.map(\.state) == [.linked])
    #expect(refused.links.map(\.exchange) == [nil])
  }
}
