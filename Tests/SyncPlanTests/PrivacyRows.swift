import SyncModel
import SyncPlan
import Testing

/// `rules.md` 3, row by row: what the PSA has of an item, from the start and after each change.
@Suite struct PrivacyRows {
  enum Seen: Sendable { case whole, masked, absent }

  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    var rules = SyncRules()
    var item: @Sendable (inout ExchangeItem) -> Void = { _ in }
    var before: Seen
    /// What a person or an admin does after the first sync, and what the next run writes for it.
    var change: (@Sendable (inout SmallWorld, ExchangeItemID) -> Void)?
    var verbs: [Verb] = []
    var after: Seen?
    var testDescription: String { name }
  }

  private static func edit(
    _ shape: @escaping @Sendable (inout ExchangeItem) -> Void
  ) -> @Sendable (inout SmallWorld, ExchangeItemID) -> Void {
    { world, id in world.change(id, shape) }
  }

  private static func policy(
    _ shape: @escaping @Sendable (inout SyncRules) -> Void
  ) -> @Sendable (inout SmallWorld, ExchangeItemID) -> Void {
    { world, _ in
      shape(&world.rules)
      world.settings += "+"
    }
  }

  static let rows: [Row] = [
    Row(name: "normal, all", before: .whole),
    Row(name: "private, all", item: { $0.sensitivity = .private }, before: .masked),
    Row(name: "personal, all", item: { $0.sensitivity = .personal }, before: .masked),
    Row(name: "confidential, all", item: { $0.sensitivity = .confidential }, before: .masked),
    Row(name: "normal, none", rules: SyncRules(importDetail: .none), before: .masked),
    Row(name: "normal, off", rules: SyncRules(importDetail: .off), before: .absent),
    Row(
      name: "private, off",
      rules: SyncRules(importDetail: .off),
      item: { $0.sensitivity = .private },
      before: .absent
    ),
    Row(name: "free, sent", item: { $0.showAs = .free }, before: .whole),
    Row(
      name: "free, not sent",
      rules: SyncRules(sendsFreeTime: false),
      item: { $0.showAs = .free },
      before: .absent
    ),
    Row(name: "tentative is imported", item: { $0.response = .tentative }, before: .whole),
    Row(name: "not answered is imported", item: { $0.response = .notReceived }, before: .whole),
    Row(name: "declined is not imported", item: { $0.response = .declined }, before: .absent),
    Row(name: "cancelled is not imported", item: { $0.isCancelled = true }, before: .absent),

    Row(
      name: "public → private",
      before: .whole,
      change: edit { $0.sensitivity = .private },
      verbs: [.mask],
      after: .masked
    ),
    Row(
      name: "public → personal",
      before: .whole,
      change: edit { $0.sensitivity = .personal },
      verbs: [.mask],
      after: .masked
    ),
    Row(
      name: "public → confidential",
      before: .whole,
      change: edit { $0.sensitivity = .confidential },
      verbs: [.mask],
      after: .masked
    ),
    Row(
      name: "private → public",
      item: { $0.sensitivity = .private },
      before: .masked,
      change: edit { $0.sensitivity = .normal },
      verbs: [.update],
      after: .whole
    ),
    Row(
      name: "private, retitled",
      item: { $0.sensitivity = .private },
      before: .masked,
      change: edit { $0.title = "Canary again" },
      after: .masked
    ),
    Row(
      name: "public → private and moved: the mask goes first and alone",
      before: .whole,
      change: edit {
        $0.sensitivity = .private
        $0.when = SmallWorld.when(9 * SmallWorld.hour)
      },
      verbs: [.mask, .update],
      after: .masked
    ),
    Row(
      name: "all → none",
      before: .whole,
      change: policy { $0.importDetail = .none },
      verbs: [.mask],
      after: .masked
    ),
    Row(
      name: "none → all",
      rules: SyncRules(importDetail: .none),
      before: .masked,
      change: policy { $0.importDetail = .all },
      verbs: [.update],
      after: .whole
    ),
    Row(
      name: "all → off: masked first, and it stays",
      before: .whole,
      change: policy { $0.importDetail = .off },
      verbs: [.mask],
      after: .masked
    ),
    Row(
      name: "free time no longer sent: what is there stays",
      item: { $0.showAs = .free },
      before: .whole,
      change: policy { $0.sendsFreeTime = false },
      after: .whole
    ),
    Row(
      name: "becomes free where free time is not sent",
      rules: SyncRules(sendsFreeTime: false),
      before: .whole,
      change: edit { $0.showAs = .free },
      verbs: [.delete],
      after: .absent
    ),
    Row(
      name: "declined later",
      item: { $0.response = .accepted },
      before: .whole,
      change: edit { $0.response = .declined },
      verbs: [.delete],
      after: .absent
    ),
    Row(
      name: "cancelled later",
      before: .whole,
      change: edit { $0.isCancelled = true },
      verbs: [.delete],
      after: .absent
    ),
    Row(
      name: "another response is no change",
      item: { $0.response = .notReceived },
      before: .whole,
      change: edit { $0.response = .accepted },
      after: .whole
    ),
    Row(
      name: "a reminder is no change",
      before: .whole,
      change: edit { $0.reminderMinutes = 15 },
      after: .whole
    ),
    Row(
      name: "categories are no change",
      before: .whole,
      change: edit { $0.categories = ["Canary"] },
      after: .whole
    ),
  ]

  @Test(arguments: rows)
  func `each row holds, at first and after its change`(row: Row) throws {
    var world = SmallWorld()
    world.rules = row.rules
    let id = world.inExchange("Canary") {
      $0.text = "Canary text"
      $0.place = "Canary place"
      row.item(&$0)
    }
    expectNoWords(in: world.plan)
    world.settle()
    expect(row.before, world)
    guard let change = row.change, let after = row.after else { return }
    change(&world, id)
    expectNoWords(in: world.plan)
    #expect(world.settle().first?.map(\.verb) ?? [] == row.verbs)
    expect(after, world)
  }

  /// I7: neither a plan nor what a masked item becomes bears a word of it.
  private func expectNoWords(in plan: Plan) {
    #expect(!"\(plan)".contains("Canary"))
  }

  private func expect(_ seen: Seen, _ world: SmallWorld) {
    switch seen {
    case .absent: #expect(world.psa.isEmpty)
    case .whole:
      #expect(world.psa.map(\.title) == ["Canary"])
      #expect(world.psa.allSatisfy { $0.text.hasPrefix("Location: Canary place\n\nCanary text") })
    case .masked:
      #expect(world.psa.map(\.title) == ["Appointment"])
      #expect(world.psa.allSatisfy { $0.text.hasPrefix("Ref: ") && !"\($0)".contains("Canary") })
    }
  }
}
