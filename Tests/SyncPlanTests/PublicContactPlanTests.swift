import SyncModel
import SyncPlan
import Testing

/// `rules.md` 1, 8 and 10 for the public folder of all contacts: what a look at it makes of one of
/// them, by what the PSA says of it, what the folder holds and what was known before.
@Suite struct PublicContactPlanTests {
  /// One contact, as the rows and the folder have it.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var isActive = true
    var hasContact = true
    /// The item that the row names.
    var item: String? = "item"
    /// What the row remembers having sent; nil for nothing.
    var sent: String? = "Clerk"
    var isSuppressed = false
    /// The items in the folder with its stamp, and their versions.
    var there: [(id: String, key: String)] = [("item", "key")]
    /// What follows, in a word.
    let follows: String

    init(_ name: String, follows: String, _ shape: (inout Case) -> Void = { _ in }) {
      testDescription = name
      self.follows = follows
      shape(&self)
    }
  }

  private static let id = PSAID(30_700)

  private static func contact(_ job: String, _ id: PSAID = id, isActive: Bool = true) -> PSAContact
  {
    PSAContact(
      id: id,
      company: PSAID(190),
      isActive: isActive,
      firstName: "Jane",
      lastName: "Doe",
      jobTitle: job,
      created: Instant(seconds: 1),
      modified: Instant(seconds: 10)
    )
  }

  private static func prints(_ contact: PSAContact) -> ContactPrints {
    ContactPrints(ContactMapping(ContactRules()).card(of: contact), quick)
  }

  private static func stamped(
    _ item: String,
    _ key: String = "key",
    _ id: PSAID = id
  ) -> PublicContactPlan.Stamped {
    PublicContactPlan.Stamped(
      id: ExchangeItemID(item),
      changeKey: ChangeKey(key),
      contact: id
    )
  }

  private func plan(_ one: Case) -> PublicContactPlan {
    var row = PublicContactRow(
      contact: one.hasContact ? Self.contact("Clerk") : nil,
      isActive: one.isActive
    )
    row.item = one.item.map { ExchangeItemID($0) }
    row.changeKey = ChangeKey("key")
    row.sent = one.sent.map { Self.prints(Self.contact($0)) }
    row.isSuppressed = one.isSuppressed
    return PublicContactPlan(
      rows: [Self.id: row],
      listing: one.there.map { Self.stamped($0.id, $0.key) },
      wanted: Self.prints
    )
  }

  /// Each of the plan's lists that is not empty, with the items in it.
  private func words(_ plan: PublicContactPlan) -> String {
    let lists: [(String, [String])] = [
      ("create", plan.creates.map(\.description)),
      ("recreate", plan.recreates.map(\.description)),
      ("check", plan.checks.map(\.id.rawValue)),
      ("doubt", plan.doubtful.map(\.id.rawValue)),
      ("suppress", plan.suppressed.map(\.description)),
      ("find", plan.found.map(\.id.rawValue)),
      ("ambiguous", plan.ambiguous.map(\.description)),
    ]
    return lists.filter { !$0.1.isEmpty }
      .map { "\($0.0) \($0.1.joined(separator: ","))" }.joined(separator: "; ")
  }

  static let cases: [Case] = [
    Case("as it was left", follows: ""),
    Case("changed in the folder", follows: "check item") { $0.there = [("item", "later")] },
    Case("changed in the PSA", follows: "check item") { $0.sent = "Owner" },
    Case("made, and its answer was lost", follows: "check item") {
      ($0.item, $0.sent) = (nil, nil)
    },
    Case("under another id", follows: "check other") { $0.there = [("other", "key")] },
    Case("never there", follows: "create 30700") {
      ($0.item, $0.sent, $0.there) = (nil, nil, [])
    },
    Case("taken out by somebody", follows: "suppress 30700") { $0.there = [] },
    Case("taken out before", follows: "") {
      ($0.item, $0.isSuppressed, $0.there) = (nil, true, [])
    },
    Case("taken out, and changed in the PSA since", follows: "recreate 30700") {
      ($0.sent, $0.there) = ("Owner", [])
    },
    Case("taken out before, and changed in the PSA since", follows: "recreate 30700") {
      ($0.item, $0.isSuppressed, $0.sent, $0.there) = (nil, true, "Owner", [])
    },
    Case("inactive in the PSA", follows: "doubt item") { $0.isActive = false },
    Case("not in the PSA", follows: "doubt item") { $0.hasContact = false },
    Case("not in the PSA, and no row names the item", follows: "find item") {
      ($0.hasContact, $0.isActive, $0.item) = (false, false, nil)
    },
    Case("inactive in the PSA, and not in the folder", follows: "") {
      ($0.isActive, $0.there) = (false, [])
    },
    Case("copied by somebody", follows: "") { $0.there = [("a-copy", "key"), ("item", "key")] },
    Case("several, and none is known", follows: "ambiguous 30700") {
      $0.there = [("one", "key"), ("other", "key")]
    },
    Case("inactive, several, and none is known", follows: "ambiguous 30700") {
      ($0.isActive, $0.there) = (false, [("one", "key"), ("other", "key")])
    },
  ]

  @Test(arguments: cases) func `each contact of the folder has its verdict`(_ one: Case) {
    #expect(words(plan(one)) == one.follows)
  }

  @Test func `what only the folder knows is found, and nothing is deleted for it`() {
    let plan = PublicContactPlan(
      rows: [:],
      listing: [Self.stamped("item")],
      wanted: Self.prints
    )
    #expect(words(plan) == "find item")
    #expect(!PublicContactRow(isActive: true).isSuppressed)
  }

  @Test func `only what the PSA has just not shown as active is taken out`() {
    let doubtful = [1, 2, 3, 4].map { Self.stamped("item \($0)", "key \($0)", PSAID($0)) }
    let removals = PublicContactPlan.removals(
      doubtful,
      lookedUp: [
        PSAID(1): nil,
        PSAID(2): Self.contact("Clerk", PSAID(2), isActive: false),
        PSAID(3): Self.contact("Clerk", PSAID(3)),
      ]
    )
    #expect(removals.map(\.contact) == [PSAID(1), PSAID(2)])
    #expect(removals.map(\.item.rawValue) == ["item 1", "item 2"])
    #expect(removals.map(\.changeKey.rawValue) == ["key 1", "key 2"])
  }

  @Test func `what vanishes and what comes back counts together, in one order`() {
    var rows: [PSAID: PublicContactRow] = [:]
    for number in [5, 4] {
      var row = PublicContactRow(
        contact: Self.contact("Clerk", PSAID(Int64(number))),
        isActive: true
      )
      row.item = ExchangeItemID("item")
      row.sent = Self.prints(Self.contact(number == 5 ? "Owner" : "Clerk", PSAID(Int64(number))))
      rows[PSAID(Int64(number))] = row
    }
    let plan = PublicContactPlan(rows: rows, listing: [], wanted: Self.prints)
    #expect(plan.recreates == [PSAID(5)] && plan.suppressed == [PSAID(4)])
    let removals = PublicContactPlan.removals(
      [Self.stamped("item", "key", PSAID(3))],
      lookedUp: [PSAID(3): nil]
    )
    #expect(plan.stir(removals) == [PSAID(3), PSAID(4), PSAID(5)])
    let many = (1...6).map { PSAID($0) }
    #expect(PublicContactPlan.isBraked(many, of: 59))
    #expect(!PublicContactPlan.isBraked(many, of: 60))
    let digest = PublicContactPlan.digest(of: many, quick)
    #expect(digest == PublicContactPlan.digest(of: many, quick))
    #expect(digest != PublicContactPlan.digest(of: Array(many.dropLast()), quick))
  }
}
