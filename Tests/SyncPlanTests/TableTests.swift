import SyncModel
import SyncPlan
import Testing

/// `rules.md` 2: who decides what, and the two tables that follow from it.
@Suite struct TableTests {
  struct Row: Sendable {
    let origin: Origin
    let kind: Kind
    let hasAttendees: Bool
    let meetingTimes: SyncRules.MeetingTimes
    let time: TimeAuthority
    let content: ContentAuthority
    let existence: ExistenceAuthority
  }

  private static func rows(
    _ origin: Origin,
    _ kind: Kind,
    _ time: TimeAuthority,
    _ content: ContentAuthority,
    _ existence: ExistenceAuthority
  ) -> [Row] {
    [(false, .exchange), (false, .both), (true, .exchange), (true, .both)].map {
      (attendees: Bool, times: SyncRules.MeetingTimes) in
      Row(
        origin: origin,
        kind: kind,
        hasAttendees: attendees,
        meetingTimes: times,
        time: origin == .exchange && attendees && times == .exchange ? .exchangeReasserted : time,
        content: content,
        existence: existence
      )
    }
  }

  static let table: [Row] =
    rows(.psa, .appointment, .both, .psa, .psa) + rows(.psa, .toDo, .both, .psa, .psa)
    + rows(.psa, .serviceCall, .psaReasserted, .psaReasserted, .psaReasserted)
    + rows(.psa, .contact, .psaReasserted, .psaReasserted, .psaReasserted)
    + Kind.allCases.flatMap { rows(.exchange, $0, .both, .exchange, .exchange) }
    + rows(.paired, .appointment, .both, .neither, .neither)
    + rows(.paired, .toDo, .both, .neither, .neither)
    + rows(.paired, .serviceCall, .psaReasserted, .neither, .neither)
    + rows(.paired, .contact, .psaReasserted, .neither, .neither)

  @Test(arguments: table)
  func `each origin and kind has the authority that the rules give it`(_ row: Row) {
    let authority = Authority(
      origin: row.origin,
      kind: row.kind,
      hasAttendees: row.hasAttendees,
      meetingTimes: row.meetingTimes
    )
    #expect(authority.time == row.time)
    #expect(authority.content == row.content)
    #expect(authority.existence == row.existence)
  }

  @Test func `the table of authority is whole`() {
    #expect(Self.table.count == 3 * Kind.allCases.count * 4)
  }

  // MARK: Existence

  static let existences: [(Presence, Presence, ExistenceAuthority, ExistenceVerdict)] = [
    (.present, .present, .psa, .keep), (.present, .present, .exchange, .keep),
    (.present, .present, .psaReasserted, .keep), (.present, .present, .neither, .keep),
    (.gone, .gone, .psa, .forget), (.gone, .gone, .exchange, .forget),
    (.gone, .gone, .psaReasserted, .forget), (.gone, .gone, .neither, .forget),
    (.gone, .present, .psa, .suppress), (.gone, .present, .exchange, .remove(.psa)),
    (.gone, .present, .psaReasserted, .recreate(.exchange)),
    (.gone, .present, .neither, .suppress),
    (.present, .gone, .psa, .remove(.exchange)), (.present, .gone, .exchange, .suppress),
    (.present, .gone, .psaReasserted, .remove(.exchange)), (.present, .gone, .neither, .suppress),
  ]

  @Test(arguments: existences)
  func `every cell of the table of existence`(
    _ exchange: Presence,
    _ psa: Presence,
    _ authority: ExistenceAuthority,
    _ verdict: ExistenceVerdict
  ) {
    #expect(existence(exchange: exchange, psa: psa, authority: authority) == verdict)
    switch (verdict, authority) {
    case (.remove(.psa), .exchange), (.remove(.exchange), .psa),
      (.remove(.exchange), .psaReasserted), (.recreate(.exchange), .psaReasserted),
      (.keep, _), (.forget, _), (.suppress, _):
      break
    default:
      Issue.record("\(verdict) writes to a side that decides")
    }
  }

  // MARK: Time

  static let changes: [Change] = [.unchanged, .updated]
  static let timeAuthorities: [TimeAuthority] = [.both, .exchangeReasserted, .psaReasserted]

  /// The rules once more, as sentences instead of a switch.
  private func expectedTime(
    _ exchange: Change,
    _ psa: Change,
    _ areEqual: Bool,
    _ authority: TimeAuthority,
    _ winner: SyncRules.Winner
  ) -> MergeVerdict {
    let anyone = exchange == .updated || psa == .updated
    guard anyone else { return .nothing }
    if areEqual { return .moveBase }
    if authority == .exchangeReasserted {
      return exchange == .updated ? .write(.psa) : .reassert(.psa)
    }
    if authority == .psaReasserted {
      return psa == .updated ? .write(.exchange) : .reassert(.exchange)
    }
    if exchange == .updated, psa == .updated {
      return .conflict(writeTo: winner == .psa ? .exchange : .psa)
    }
    return .write(exchange == .updated ? .psa : .exchange)
  }

  @Test(arguments: timeAuthorities, [SyncRules.Winner.psa, .exchange])
  func `every cell of the table of times`(
    _ authority: TimeAuthority,
    _ winner: SyncRules.Winner
  ) {
    for exchange in Self.changes {
      for psa in Self.changes {
        for areEqual in [false, true] {
          let verdict = timeVerdict(
            exchange: exchange,
            psa: psa,
            areEqual: areEqual,
            authority: authority,
            winner: winner
          )
          #expect(verdict == expectedTime(exchange, psa, areEqual, authority, winner))
          switch (authority, verdict) {
          case (.exchangeReasserted, .write(.exchange)),
            (.exchangeReasserted, .reassert(.exchange)),
            (.exchangeReasserted, .conflict), (.psaReasserted, .write(.psa)),
            (.psaReasserted, .reassert(.psa)), (.psaReasserted, .conflict), (.both, .reassert):
            Issue.record("\(authority) does not entitle \(verdict)")
          default: break
          }
        }
      }
    }
  }

  // MARK: Content

  static let contents: [(Change, Change, ContentAuthority, MergeVerdict)] = [
    (.unchanged, .unchanged, .psa, .nothing), (.updated, .unchanged, .psa, .nothing),
    (.unchanged, .updated, .psa, .write(.exchange)), (.updated, .updated, .psa, .write(.exchange)),
    (.unchanged, .unchanged, .exchange, .nothing), (.updated, .unchanged, .exchange, .write(.psa)),
    (.unchanged, .updated, .exchange, .nothing), (.updated, .updated, .exchange, .write(.psa)),
    (.unchanged, .unchanged, .psaReasserted, .nothing),
    (.updated, .unchanged, .psaReasserted, .reassert(.exchange)),
    (.unchanged, .updated, .psaReasserted, .write(.exchange)),
    (.updated, .updated, .psaReasserted, .write(.exchange)),
    (.unchanged, .unchanged, .neither, .nothing), (.updated, .unchanged, .neither, .nothing),
    (.unchanged, .updated, .neither, .nothing), (.updated, .updated, .neither, .nothing),
  ]

  @Test(arguments: contents)
  func `every cell of the table of content`(
    _ exchange: Change,
    _ psa: Change,
    _ authority: ContentAuthority,
    _ verdict: MergeVerdict
  ) {
    #expect(contentVerdict(exchange: exchange, psa: psa, authority: authority) == verdict)
  }

  // MARK: Brake

  @Test(arguments: [
    (0, 0, false), (1, 1, false), (5, 5, false), (5, 0, false), (6, 6, true), (6, 59, true),
    (6, 60, false), (7, 60, true), (10, 100, false), (11, 100, true), (11, 109, true),
    (11, 110, false), (100, 1_000, false), (101, 1_000, true), (101, 1_009, true),
  ])
  func `more than five and more than a tenth of the linked items wait for a person`(
    _ count: Int,
    _ linked: Int,
    _ holds: Bool
  ) {
    #expect(SafetyBrake.standard.holds(count, ofLinked: linked) == holds)
  }
}

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

  @Test(arguments: [Order.undo(of: RunID(9)), .purge])
  func `ordered refuses a target that changed since we wrote it`(_ order: Order) throws {
    #expect(
      DeleteProof.ordered(order, item: key, writtenVersion: "a", currentVersion: "b") == nil
    )
    let proof = try #require(
      DeleteProof.ordered(order, item: key, writtenVersion: "a", currentVersion: "a")
    )
    #expect(proof.record.ground == .ordered)
  }
}

/// `rules.md` 7 and 8: what the folder mark says.
@Suite struct MarkTests {
  struct Row: Sendable {
    let name: String
    /// Nil where the folder bears no mark.
    let mark: (run: Int64, agent: String, tenant: Int64, resource: Int64)?
    let folder: String?
    var mailbox = "a@example.com"
    var confirmed: Int64?
    var announced: Int64?
    var knownTenant: Int64? = 42
    var knownResource: Int64? = 7
    let verdict: String
  }

  private static func ours(_ run: Int64) -> (Int64, String, Int64, Int64) { (run, "me", 42, 7) }

  static let rows: [Row] = [
    Row(
      name: "no mark, empty cache",
      mark: nil,
      folder: nil,
      knownTenant: nil,
      knownResource: nil,
      verdict: "first"
    ),
    Row(name: "no mark, and none was ever written", mark: nil, folder: "f", verdict: "first"),
    Row(name: "the mark vanished", mark: nil, folder: "f", confirmed: 4, verdict: "missing"),
    Row(name: "another folder", mark: nil, folder: "g", confirmed: 4, verdict: "strange"),
    Row(
      name: "another mailbox",
      mark: nil,
      folder: "f",
      mailbox: "b@example.com",
      confirmed: 4,
      verdict: "strange"
    ),
    Row(name: "the last confirmed", mark: ours(4), folder: "f", confirmed: 4, verdict: "expected"),
    Row(
      name: "announced, its answer lost",
      mark: ours(6),
      folder: "f",
      confirmed: 4,
      announced: 6,
      verdict: "expected"
    ),
    Row(
      name: "between the two: this cache announced a newer one, but never this one",
      mark: ours(5),
      folder: "f",
      confirmed: 4,
      announced: 6,
      verdict: "cache restored"
    ),
    Row(
      name: "the first, its answer lost",
      mark: ours(1),
      folder: "f",
      announced: 1,
      verdict: "expected"
    ),
    Row(
      name: "below the last confirmed",
      mark: ours(3),
      folder: "f",
      confirmed: 4,
      announced: 5,
      verdict: "mailbox restored"
    ),
    Row(
      name: "above every number that was announced",
      mark: ours(9),
      folder: "f",
      confirmed: 4,
      announced: 6,
      verdict: "cache restored"
    ),
    Row(
      name: "above, and nothing confirmed",
      mark: ours(9),
      folder: "f",
      announced: 5,
      verdict: "cache lost"
    ),
    Row(
      name: "above, and nothing known at all",
      mark: ours(9),
      folder: "f",
      verdict: "cache lost"
    ),
    Row(
      name: "our mark under another folder id",
      mark: ours(4),
      folder: "g",
      confirmed: 4,
      verdict: "mailbox restored"
    ),
    Row(
      name: "our mark in another mailbox",
      mark: ours(4),
      folder: "f",
      mailbox: "b@example.com",
      confirmed: 4,
      verdict: "mailbox restored"
    ),
    Row(
      name: "our mark, no cache",
      mark: ours(4),
      folder: nil,
      knownTenant: nil,
      knownResource: nil,
      verdict: "cache lost"
    ),
    Row(
      name: "another agent",
      mark: (4, "you", 42, 7),
      folder: "f",
      confirmed: 4,
      verdict: "stop"
    ),
    Row(
      name: "another agent, no cache",
      mark: (4, "you", 42, 7),
      folder: nil,
      verdict: "stop"
    ),
    Row(
      name: "another tenant's mark",
      mark: (4, "me", 43, 7),
      folder: "f",
      confirmed: 4,
      verdict: "stop"
    ),
    Row(
      name: "another resource's mark",
      mark: (4, "me", 42, 8),
      folder: "f",
      confirmed: 4,
      verdict: "stop"
    ),
    Row(
      name: "a cache of another tenant",
      mark: ours(4),
      folder: "f",
      confirmed: 4,
      knownTenant: 43,
      verdict: "stop"
    ),
    Row(
      name: "a cache of another resource",
      mark: nil,
      folder: "f",
      confirmed: 4,
      knownResource: 8,
      verdict: "stop"
    ),
  ]

  @Test(arguments: rows)
  func `each mark means what the rules say`(_ row: Row) {
    var known = Positions()
    known.tenant = row.knownTenant.map { TenantID($0) }
    known.resource = row.knownResource.map { ResourceID($0) }
    known.folder = row.folder.map { FolderID($0) }
    known.mailbox = row.folder == nil ? nil : MailboxID(row.mailbox)
    known.confirmedMark = row.confirmed.map { RunID($0) }
    known.announcedMark = row.announced.map { RunID($0) }
    let mark = row.mark.map {
      FolderMark(
        tenant: TenantID($0.tenant),
        resource: ResourceID($0.resource),
        agent: AgentID($0.agent),
        machine: "desk",
        run: RunID($0.run)
      )
    }
    let verdict = verdict(
      on: mark,
      expecting: MarkExpectation(
        tenant: TenantID(42),
        resource: ResourceID(7),
        agent: AgentID("me"),
        mailbox: MailboxID("a@example.com"),
        folder: FolderID("f"),
        known: known
      )
    )
    #expect(words(verdict) == row.verdict, "\(row.name)")
    if case .stop(let sentence) = verdict, row.mark?.agent == "you" {
      #expect(sentence.contains("desk"))
    }
  }

  private func words(_ verdict: MarkVerdict) -> String {
    switch verdict {
    case .firstRun: "first"
    case .asExpected: "expected"
    case .cacheLost: "cache lost"
    case .cacheRestored: "cache restored"
    case .mailboxRestored: "mailbox restored"
    case .markMissing: "missing"
    case .strangeFolder: "strange"
    case .stop: "stop"
    }
  }
}
