import SyncModel
import SyncPlan
import Testing

/// A sentence of `rules.md` as the row of a table, which holds run by run.
///
/// Each step is what people do, what the next run writes for it, and what stands in both calendars
/// then; the first step is the first sync.
struct RuleRow: Sendable, CustomTestStringConvertible {
  struct Step: Sendable {
    /// What the next run writes, in its order; the run after it writes nothing.
    let writes: [String]
    /// Exchange, the PSA and the links afterwards, as `SmallWorld.view` tells them.
    let sees: String
    /// What is said to people, as the begin of a hold's reason.
    let holds: String?
    let act: @Sendable (inout SmallWorld) -> Void

    init(
      _ writes: [String] = [],
      sees: String,
      holds: String? = nil,
      _ act: @escaping @Sendable (inout SmallWorld) -> Void
    ) {
      self.writes = writes
      self.sees = sees
      self.holds = holds
      self.act = act
    }
  }

  let name: String
  let steps: [Step]
  var testDescription: String { name }

  init(_ name: String, _ steps: [Step]) {
    self.name = name
    self.steps = steps
  }

  init(_ name: String, _ steps: Step...) { self.init(name, steps) }

  func expectEachStep() {
    var world = SmallWorld()
    for (number, step) in zip(1..., steps) {
      step.act(&world)
      let plan = world.plan
      #expect(plan.operations.map(\.words) == step.writes, "run \(number)")
      if let holds = step.holds {
        #expect(plan.holds.contains { $0.reason.hasPrefix(holds) }, "run \(number): \(plan.holds)")
      } else {
        #expect(plan.holds.isEmpty, "run \(number)")
      }
      world.expectTargetsAsPlanned(plan)
      world.apply(plan)
      let next = world.plan
      #expect(next.operations.map(\.words).isEmpty, "the run after run \(number)")
      world.apply(next)
      #expect(world.view == step.sees, "run \(number)")
    }
  }
}

// MARK: First syncs

extension RuleRow.Step {
  static let mine = RuleRow.Step(
    ["psa create"],
    sees: "Visit 13:00 | Visit 13:00 | linked"
  ) { $0.inExchange("Visit") }
  static let theirs = RuleRow.Step(
    ["exchange create"],
    sees: "Visit 13:00 | Visit 13:00 | linked"
  ) { $0.inPSA("Visit") }
  static let call = RuleRow.Step(
    ["exchange create"],
    sees: "Service call: Harbour 13:00 |  13:00 | linked"
  ) { $0.inOffice(.serviceCall) }
  static let toDo = RuleRow.Step(
    ["exchange create"],
    sees: "Call: Harbour 13:00 |  13:00 | linked"
  ) { $0.inOffice(.toDo) }
  static let meeting = RuleRow.Step(
    ["psa create"],
    sees: "Visit 13:00 | Visit 13:00 | linked"
  ) { $0.inExchange("Visit") { $0.attendees = [SmallWorld.guest] } }
}

extension Operation {
  /// Such as `psa update time title`: only the fields that it writes.
  var words: String {
    var words = [side.rawValue, verb.rawValue]
    if case .update(let order) = action, verb != .mask {
      if order.when != nil { words.append("time") }
      words += order.fields.map(\.rawValue).sorted()
    }
    return words.joined(separator: " ")
  }
}

// MARK: People

extension SmallWorld {
  /// The mailbox's person changes the first item of the calendar.
  mutating func user(_ edit: (inout ExchangeItem) -> Void) {
    if let id = exchange.first?.id { change(id, edit) }
  }

  mutating func userMoves(to start: Int64) { user { $0.when = SmallWorld.when(start) } }

  mutating func userDeletes() {
    if let id = exchange.first?.id { remove(id) }
  }

  /// The dispatcher changes the first item of the PSA.
  mutating func office(_ edit: (inout PSAItem) -> Void) {
    if let id = psa.first?.id { change(id, edit) }
  }

  mutating func officeMoves(to start: Int64) {
    office { item in
      item.start = SmallWorld.monday.advanced(bySeconds: start)
      item.end = item.start.advanced(bySeconds: SmallWorld.hour)
    }
  }

  mutating func officeDeletes() {
    if let id = psa.first?.id { remove(id) }
  }

  mutating func admin(_ change: (inout SyncRules) -> Void) {
    change(&rules)
    settings += "+"
  }

  mutating func pass(days: Int) { now = now.advanced(byDays: days) }

  /// A to-do or a service call of the Harbour.
  @discardableResult
  mutating func inOffice(_ kind: Kind, _ shape: (inout PSAItem) -> Void = { _ in }) -> PSAID {
    rules.toDos = true
    rules.serviceCalls = true
    return inPSA("") {
      $0.kind = kind
      $0.parent = kind == .toDo ? PSAID(174) : nil
      $0.about = PSAContext(actionType: "Call", company: "Harbour")
      shape(&$0)
    }
  }

  /// What the plan wants to write is refused by the side that it goes to.
  mutating func refuse() {
    for operation in plan.operations {
      guard let index = links.firstIndex(where: { $0.id == operation.link.id }) else { continue }
      links[index] = operation.refused(on: links[index], words: "no", settings: settings, quick)
    }
  }

  static let guest = Attendee(
    person: Person(name: "Guest", address: "guest@example.com"),
    role: .required,
    response: .unknown
  )
}

// MARK: Looking

extension SmallWorld {
  /// Both calendars and the links, such as `Visit 13:00 | Visit 13:00 | linked`.
  ///
  /// Each part is ordered by start; times are UTC, and days are counted from this world's Monday.
  /// A dash is an empty calendar.
  var view: String {
    let changed = changedDates.values.flatMap(\.values)
    let inExchange = (exchange + changed).map { (start($0.when), "\($0.title) \(clock($0.when))") }
    let inPSA = psa.map { item in
      let when = When.timed(start: item.start, end: item.end, zone: nil)
      return (start(when), "\(item.title) \(clock(when))")
    }
    let states = links.sorted { $0.id < $1.id }
      .map { [$0.state.rawValue, $0.reason?.rawValue ?? ""].filter { !$0.isEmpty } }
    return [
      lines(inExchange), lines(inPSA), counted(states.map { $0.joined(separator: " ") }),
    ].joined(separator: " | ")
  }

  private func lines(_ items: [(start: Int64, line: String)]) -> String {
    counted(items.sorted { ($0.start, $0.line) < ($1.start, $1.line) }.map(\.line))
  }

  private func start(_ when: When) -> Int64 {
    switch when {
    case .timed(let start, _, _): start.seconds
    case .allDay(let first, _): Int64(first.daysSince1970) * 86_400
    }
  }

  /// Equal neighbours are told once, with their number.
  private func counted(_ words: [String]) -> String {
    var parts: [(word: String, count: Int)] = []
    for word in words {
      if let last = parts.last, last.word == word {
        parts[parts.count - 1].count += 1
      } else {
        parts.append((word, 1))
      }
    }
    let list = parts.map { $0.count == 1 ? $0.word : "\($0.count) \($0.word)" }
    return list.isEmpty ? "–" : list.joined(separator: ", ")
  }

  private func clock(_ when: When) -> String {
    switch when {
    case .allDay(let first, let afterLast): return "\(first)/\(afterLast)"
    case .timed(let start, let end, _):
      let length = end.seconds - start.seconds
      return clock(start) + (length == SmallWorld.hour ? "" : "–\(clock(end))")
    }
  }

  private func clock(_ instant: Instant) -> String {
    let day = SmallWorld.day(0)
    let local = LocalDateTime(secondsSince1970: instant.seconds)
    let days = local.date.daysSince1970 - day.daysSince1970
    let time = "\(instant)".dropFirst(11).prefix(5)
    return (days == 0 ? "" : "\(days > 0 ? "+" : "")\(days)d ") + time
  }

  /// Each write checks that its target is as planned: it carries the version that stands there.
  func expectTargetsAsPlanned(_ plan: Plan) {
    for operation in plan.operations {
      let expected: String
      switch operation.action {
      case .create: continue
      case .update(let order):
        expected = order.expectedVersion
        #expect(order.when != nil || !order.turnsAllDay, "\(operation.words)")
      case .delete(let order): expected = order.expectedVersion
      case .restore(let order): expected = order.expectedVersion
      }
      let half = operation.link
      let version =
        operation.side == .exchange
        ? half.exchange.flatMap { exchange($0.item)?.changeKey.rawValue }
        : half.psa.flatMap { id in
          (psa + reassigned).first { $0.id == id.id && $0.kind == half.kind }?.modified.description
        }
      #expect(expected == version, "\(operation.words)")
    }
  }
}
