import SyncModel
import SyncPlan
import Testing

/// `rules.md` 8 for contacts: what vanishes in number waits, and what came back from a backup too.
extension ContactPlannerTests {
  /// One of many contacts, and how it stands on both sides.
  private struct Member {
    var exchange = InExchange.same
    var psa = InPSA.same
    var modified: Int64 = 10
  }

  /// Linked contacts numbered from 1.
  private func crowd(_ members: [Member]) throws -> ContactPlanInput {
    var input = try input(nil, .never, .unknown)
    for (number, member) in zip(Int64(1)..., members) {
      var contact = contact(member.psa == .changed ? "Owner" : "Clerk")
      contact.id = PSAID(number)
      contact.modified = Instant(seconds: member.modified)
      let source = PSAContactFact(contact, mapping, quick)
      let item = ExchangeItemID("item \(number)")
      let hasExchange = member.exchange != .never
      input.links.append(
        Link(
          id: LinkID(number),
          kind: .contact,
          tenant: SmallWorld.tenant,
          resource: SmallWorld.resource,
          mailbox: Self.mailbox,
          origin: .psa,
          exchange: hasExchange
            ? ExchangeIdentity(folder: Self.folder, item: item, cleanUID: nil) : nil,
          psa: PSAIdentity(id: PSAID(number)),
          psaModified: Instant(seconds: 10),
          base: link().base
        )
      )
      if member.psa == .same || member.psa == .changed { input.psa.append(source) }
      if member.psa == .gone { input.lookUps[source.key] = .nothing }
      let key = ItemKey(side: .exchange, kind: .contact, id: item.rawValue)
      input.lookUps[key] =
        [
          .gone: .nothing, .suspected: .nothingByID, .away: .away, .unknown: .found,
        ][member.exchange]
      guard member.exchange == .same else { continue }
      let read = ExchangeContact(
        id: item,
        changeKey: ChangeKey("key"),
        folder: Self.folder,
        modified: Instant(seconds: 10),
        stamp: Stamp(contact: PSAID(number), tenant: SmallWorld.tenant).description,
        card: mapping.card(of: self.contact("Clerk"))
      )
      input.exchange.append(
        try #require(ExchangeContactFact(read, tenant: SmallWorld.tenant, quick))
      )
    }
    input.nextLink = LinkID(Int64(members.count) + 1)
    return input
  }

  private func many(_ count: Int, _ member: Member) -> [Member] {
    Array(repeating: member, count: count)
  }

  // MARK: The brake

  @Test func `many that vanish from the PSA wait together, and everything else goes on`() throws {
    var input = try crowd(
      many(6, Member(psa: .gone)) + many(1, Member(psa: .changed)) + many(13, Member())
        + many(60, Member(exchange: .never, psa: .unknown))
    )
    let held = plan(input)
    #expect(held.operations.map(\.verb) == [.update])
    #expect(held.held == 6 && held.holds.count == 1)
    let hold = try #require(held.holds.first)
    #expect(hold.reason.hasPrefix("6 contacts vanished from the PSA at once, of 20 that"))
    #expect(hold.needsApproval && hold.items.map(\.verb) == Array(repeating: .delete, count: 6))
    #expect(hold.items.allSatisfy { $0.kind == .contact && $0.side == .exchange })
    #expect(held.links.allSatisfy { $0.id.rawValue > 6 }, "they stay as they are")
    input.approved = [hold.digest]
    let approved = plan(input)
    #expect(approved.operations.map(\.verb) == [.update] + Array(repeating: .delete, count: 6))
    #expect(approved.approvedDigests == [hold.digest] && approved.held == 0)
  }

  @Test func `many that vanish from Exchange are made again once all of it is proven`() throws {
    var input = try crowd(
      many(5, Member(exchange: .gone)) + many(1, Member(exchange: .suspected))
        + many(14, Member())
    )
    let held = plan(input)
    let hold = try #require(held.holds.first)
    #expect(held.operations.isEmpty && hold.items.count == 6)
    #expect(hold.items.allSatisfy { $0.verb == .recreate })
    input.approved = [hold.digest]
    #expect(plan(input).operations.isEmpty, "one of them was not looked for everywhere")
    input = try crowd(many(6, Member(exchange: .gone)) + many(14, Member()))
    #expect(plan(input).holds.map(\.digest) == [hold.digest], "the same words once it is proven")
    input.approved = [hold.digest]
    #expect(plan(input).operations.map(\.verb) == Array(repeating: .create, count: 6))
  }

  @Test func `what is there after all has not vanished`() throws {
    let input = try crowd(many(6, Member(exchange: .unknown)) + many(6, Member()))
    #expect(plan(input).holds.isEmpty && plan(input).operations.isEmpty)
  }

  @Test func `what the brake holds stays in its state, such as away`() throws {
    var input = try crowd(many(6, Member(psa: .gone)) + many(14, Member()))
    for index in 0..<6 { input.links[index].state = .away }
    let held = plan(input)
    #expect(held.operations.isEmpty && held.held == 6)
    #expect(held.links.allSatisfy { $0.id.rawValue > 6 })
  }

  @Test func `whatever the order of links and listings, the plan is the same`() throws {
    var input = try crowd(
      many(3, Member(modified: 5)) + many(2, Member(psa: .changed)) + many(2, Member(psa: .gone))
    )
    let ordered = plan(input)
    input.links.reverse()
    input.exchange.reverse()
    input.psa.reverse()
    let reversed = plan(input)
    #expect(reversed.operations == ordered.operations && reversed.links == ordered.links)
    #expect(reversed.holds.map(\.digest) == ordered.holds.map(\.digest))
    #expect(reversed.holds.flatMap(\.items) == ordered.holds.flatMap(\.items))
  }

  // MARK: After a restore

  @Test func `what is older than it was is held, and approved as one`() throws {
    var input = try crowd([
      Member(), Member(psa: .changed, modified: 5), Member(psa: .gone), Member(modified: 5),
    ])
    let restored = plan(input)
    #expect(restored.operations.isEmpty && restored.held == 3)
    #expect(restored.notes.contains { $0.hasPrefix("2 linked contact(s) in the PSA are older") })
    #expect(restored.links.suffix(3).map(\.state) == [.held, .held, .held])
    #expect(restored.links.suffix(3).map(\.psaModified?.seconds) == [5, 10, 5])
    input.links = restored.links
    let later = plan(input)
    #expect(later.operations.isEmpty && later.held == 3)
    let hold = try #require(later.holds.first)
    #expect(hold.reason == LinkReason.restored.sentence && hold.needsApproval)
    #expect(hold.mend.hasPrefix("'lockstep sync --approve \(hold.digest)' does what stands"))
    #expect(hold.items.map(\.verb) == [.update, .delete, .wait])
    input.approved = [hold.digest]
    var careful = input
    careful.mode.mayCreate = false
    #expect(plan(careful).operations.isEmpty, "a part of it is nothing that was approved")
    let approved = plan(input)
    #expect(approved.operations.map(\.verb) == [.update, .delete])
    #expect(approved.holds.isEmpty && approved.approvedDigests == [hold.digest])
  }

  @Test func `a contact that is older in a restored mailbox is held`() throws {
    var input = try input(link(), .same, .same)
    input.links[0].exchangeModified = Instant(seconds: 20)
    #expect(plan(input).holds.isEmpty)
    (input.mode.isRestored, input.mode.mayDelete) = (true, false)
    let restored = plan(input)
    #expect(restored.links.map(\.state) == [.held])
    #expect(restored.links.map(\.exchangeModified?.seconds) == [10])
    #expect(restored.holds.map(\.reason) == [LinkReason.restored.sentence])
  }

  // MARK: Holds and folders

  @Test func `a hold is listed while its contact cannot be read, and ends once it is one again`()
    throws
  {
    var input = try input(link(.held), .unknown, .same)
    input.links[0].reason = .copies
    input.unread = [Self.item]
    let waiting = plan(input)
    #expect(waiting.holds.map(\.reason) == [LinkReason.copies.sentence] && waiting.links.isEmpty)
    input = try self.input(link(.held), .same, .same)
    input.links[0].reason = .copies
    let ended = plan(input)
    #expect(ended.holds.isEmpty && ended.links.map(\.state) == [.linked])
  }

  @Test
  func `contacts of another folder than today's are made anew, and nothing counts as removed`()
    throws
  {
    var input = try input(link(), .gone, .same)
    input.links[0].exchange?.folder = FolderID("former")
    let create = try #require(plan(input).operations.first)
    #expect(create.verb == .create && create.reason == "not in Exchange yet")
    #expect(create.link.reassertions == nil)
  }

  @Test func `a link without its half in Exchange takes what bears its stamp`() throws {
    var input = try input(link(hasExchange: false), .same, .same)
    #expect(plan(input).operations.isEmpty)
    #expect(plan(input).links.map(\.exchange?.item) == [Self.item])
    input.exchange = []
    #expect(plan(input).operations.map(\.verb) == [.create])
  }

  @Test func `several of one stamp are held as that, each to be chosen`() throws {
    var input = try input(nil, .same, .same)
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
    for links in [[], [link(hasExchange: false)]] {
      input.links = links
      let hold = try #require(plan(input).holds.first)
      #expect(hold.reason == LinkReason.copies.sentence && !hold.needsApproval)
      #expect(hold.mend == LinkReason.copies.mend)
      #expect(hold.items.filter { $0.verb == .choose }.map(\.kind) == [.contact, .contact])
    }
  }
}
