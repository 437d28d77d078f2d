import SyncModel
import SyncPlan
import Testing

/// `rules.md` 8: a delete needs one of four proofs, and each its evidence.
@Suite struct ProofTests {
  let key = ItemKey(side: .exchange, kind: .appointment, id: "x1")

  /// A linked item of which one half is missing, and the listing that lacks it.
  struct Case: Sendable {
    var link: Link
    var run = RunID(4)
    var side: Side
    var kind = Kind.appointment
    var mailbox = SmallWorld.mailbox
    var folder: FolderID? = SmallWorld.folder
    var endingFrom: Instant?
    var ids: ClosedRange<PSAID>?
    var settings = "settings"
    var isComplete = true

    init(_ side: Side) {
      self.side = side
      if side == .psa { (folder, endingFrom) = (nil, SmallWorld.monday) }
      link = Link(
        id: LinkID(1),
        kind: .appointment,
        tenant: SmallWorld.tenant,
        resource: SmallWorld.resource,
        mailbox: SmallWorld.mailbox,
        origin: side == .psa ? .psa : .exchange,
        exchange: ExchangeIdentity(
          folder: SmallWorld.folder,
          item: ExchangeItemID("x1"),
          cleanUID: nil
        ),
        psa: PSAIdentity(id: PSAID(1_000)),
        base: Base(
          span: Span(start: SmallWorld.monday, end: SmallWorld.monday.advanced(bySeconds: 60))
        )
      )
    }

    /// What is believed of the half on `side`.
    func absence(of side: Side? = nil) -> Absence? {
      let coverage = Coverage(
        run: run,
        side: self.side,
        kind: kind,
        mailbox: mailbox,
        folder: folder,
        endingFrom: endingFrom,
        ids: ids,
        settings: settings,
        epoch: 0,
        began: SmallWorld.monday,
        ended: SmallWorld.monday,
        isComplete: isComplete,
        count: 3
      )
      let terms = ReadingTerms(
        run: RunID(4),
        mailbox: SmallWorld.mailbox,
        folder: SmallWorld.folder,
        settings: "settings"
      )
      return Absence(of: side ?? self.side, of: link, from: coverage, under: terms)
    }
  }

  static let lookUps: [(LookUp, Bool)] = [
    (.nothing, true), (.nothingByID, false), (.found, false), (.away, false),
    (reassigned(to: ResourceID(8)), false),
  ]

  static func reassigned(to resource: ResourceID) -> LookUp {
    var world = SmallWorld()
    world.inPSA("item")
    return .reassigned(world.maker.fact(of: world.psa[0]), to: resource)
  }

  @Test(arguments: lookUps)
  func `gone needs a look-up that finds nothing anywhere`(_ lookUp: LookUp, _ proves: Bool) throws {
    for side in Side.allCases {
      let proof = DeleteProof.gone(try #require(Case(side).absence()), lookUp: lookUp)
      #expect((proof != nil) == proves)
      guard let proof else { continue }
      #expect(proof.record.ground == .gone)
      #expect(proof.record.evidence.contains("run 4"))
      #expect(proof.record.evidence.contains(side == .exchange ? "x1" : "1000"))
    }
  }

  static let wrong: [(String, @Sendable (inout Case) -> Void)] = [
    ("cut short", { $0.isComplete = false }),
    ("an older run", { $0.run = RunID(3) }),
    ("a later run", { $0.run = RunID(5) }),
    ("other settings", { $0.settings = "stricter" }),
    ("another mailbox", { $0.mailbox = MailboxID("other@example.com") }),
    ("an item of another mailbox", { $0.link.mailbox = MailboxID("other@example.com") }),
    ("another kind", { $0.kind = .toDo }),
    ("ends before the filter", { $0.endingFrom = SmallWorld.monday.advanced(bySeconds: 61) }),
    (
      "an end that nobody knows",
      { ($0.endingFrom, $0.link.base.span) = (SmallWorld.monday, nil) }
    ),
  ]

  @Test(arguments: Side.allCases, wrong.indices)
  func `no absence is believed from a listing that is not of this run and this item`(
    _ side: Side,
    _ index: Int
  ) {
    var listing = Case(side)
    #expect(listing.absence() != nil)
    Self.wrong[index].1(&listing)
    #expect(listing.absence() == nil, "\(Self.wrong[index].0)")
  }

  @Test func `no absence is believed from the other side's listing`() {
    for side in Side.allCases {
      let other: Side = side == .psa ? .exchange : .psa
      #expect(Case(side).absence(of: other) == nil)
    }
  }

  @Test func `no absence is believed of a half that the link does not have`() {
    var listing = Case(.exchange)
    listing.link.exchange = nil
    #expect(listing.absence() == nil)
    listing = Case(.psa)
    listing.link.psa = nil
    #expect(listing.absence() == nil)
  }

  @Test func `in Exchange the listing and the item lie in the calendar folder`() {
    var listing = Case(.exchange)
    listing.folder = FolderID("archive")
    #expect(listing.absence() == nil)
    listing.link.exchange?.folder = FolderID("archive")
    #expect(listing.absence() == nil)
    listing = Case(.exchange)
    listing.link.exchange?.folder = FolderID("archive")
    #expect(listing.absence() == nil)
    listing = Case(.exchange)
    listing.folder = nil
    #expect(listing.absence() == nil)
  }

  @Test(arguments: [(1_000, 1_000, true), (1, 999, false), (1_001, 2_000, false), (1, 2_000, true)])
  func `in the PSA the item's id lies in the range that was listed`(
    _ first: Int64,
    _ last: Int64,
    _ isBelieved: Bool
  ) {
    var listing = Case(.psa)
    listing.ids = PSAID(first)...PSAID(last)
    #expect((listing.absence() != nil) == isBelieved)
  }

  @Test func `the last moment of an item may be the filter's first`() {
    var listing = Case(.psa)
    listing.endingFrom = SmallWorld.monday.advanced(bySeconds: 60)
    #expect(listing.absence() != nil)
  }

  private func fact(_ shape: (inout ExchangeItem) -> Void) throws -> ExchangeFact {
    var world = SmallWorld()
    world.inExchange("item", shape)
    return try #require(world.exchange.first.map(world.maker.fact(of:)))
  }

  @Test func `excluded names the field and the version, and refuses what nothing excludes`() throws
  {
    #expect(try DeleteProof.excluded(fact { _ in }, rules: SyncRules()) == nil)
    #expect(try DeleteProof.excluded(fact { $0.showAs = .free }, rules: SyncRules()) == nil)
    for response in [MeetingResponse.unknown, .organizer, .tentative, .accepted, .notReceived] {
      #expect(
        try DeleteProof.excluded(fact { $0.response = response }, rules: SyncRules()) == nil
      )
    }
    for shown in [ShowAs.tentative, .busy, .away, .workingElsewhere, .noData] {
      #expect(
        try DeleteProof.excluded(fact { $0.showAs = shown }, rules: SyncRules(sendsFreeTime: false))
          == nil
      )
    }
    let cases: [((inout ExchangeItem) -> Void, SyncRules, String)] = [
      ({ $0.isCancelled = true }, SyncRules(), "IsCancelled"),
      ({ $0.response = .declined }, SyncRules(), "MyResponseType"),
      ({ $0.showAs = .free }, SyncRules(sendsFreeTime: false), "LegacyFreeBusyStatus"),
    ]
    for (shape, rules, field) in cases {
      let proof = try #require(try DeleteProof.excluded(fact(shape), rules: rules))
      #expect(proof.record.ground == .excluded)
      #expect(proof.record.evidence.contains(field))
      #expect(proof.record.evidence.contains("version k1"))
      #expect(!proof.record.evidence.contains("item,"))
    }
  }

  @Test(arguments: lookUps)
  func `excluded in the PSA names the resource and the version, and refuses our own`(
    _ lookUp: LookUp,
    _: Bool
  ) throws {
    let proof = DeleteProof.excluded(lookUp, from: SmallWorld.resource)
    #expect((proof != nil) == (lookUp == Self.reassigned(to: ResourceID(8))))
    let own = Self.reassigned(to: SmallWorld.resource)
    #expect(DeleteProof.excluded(own, from: SmallWorld.resource) == nil)
    guard let proof else { return }
    #expect(proof.record.ground == .excluded)
    #expect(proof.record.evidence.contains("resourceID is 8"))
    #expect(proof.record.evidence.contains("version \(SmallWorld.monday)"))
    #expect(!proof.record.evidence.contains("item,"))
  }

  @Test func `unexpanded needs an expansion that covers the date and does not name it`() throws {
    let master = try fact { $0.role = .master }
    let date = LocalDate(year: 2026, month: 11, day: 23)
    let next = date.advanced(byDays: 1)
    func series(_ dates: [LocalDate], covers: ClosedRange<LocalDate>) throws -> SeriesFacts {
      let item = ExchangeItem(
        id: master.id,
        changeKey: master.changeKey,
        folder: master.folder,
        role: .master,
        when: SmallWorld.when(0),
        created: SmallWorld.monday,
        modified: SmallWorld.monday
      )
      let maker = SmallWorld().maker
      return SeriesFacts(
        master: master,
        zone: SmallWorld.zone,
        dates: dates.map { maker.fact(of: item, on: $0, when: item.when, in: item) },
        pattern: Set(dates),
        covers: covers
      )
    }
    #expect(DeleteProof.unexpanded(try series([date], covers: date...next), date: date) == nil)
    #expect(DeleteProof.unexpanded(try series([], covers: next...next), date: date) == nil)
    let proof = try #require(
      DeleteProof.unexpanded(try series([next], covers: date...next), date: date)
    )
    #expect(proof.record.ground == .unexpanded)
    #expect(proof.record.evidence.contains("version k1"))
    #expect(proof.record.evidence.contains("2026-11-23"))
  }

}
