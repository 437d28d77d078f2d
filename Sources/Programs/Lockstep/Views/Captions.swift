import Console
import Store
import SyncEngine
import SyncModel
import SyncPlan

/// What items are called and when they are: for the person whose calendar it is, never for reports.
struct Captions {
  /// A date of a series as its own item, or its series', has it.
  private struct DateOfSeries {
    let item: ExchangeItemID
    let when: When
  }

  private var exchange: [ExchangeItemID: Caption] = [:]
  private var psa: [Kind: [PSAID: Caption]] = [:]
  private var dates: [ExchangeItemID: [LocalDate: DateOfSeries]] = [:]
  private let days: WholeDays?
  /// Items that are known better than from what was read last.
  private var known: [HeldItem: Caption] = [:]

  /// Those of nothing: items are told by the ends of their ids, as in logs.
  static let none = Captions()

  private init() { days = nil }

  /// The captions of these items, as far as they are mirrored.
  init(of items: [HeldItem], in cache: SQLiteCache, _ wiring: Wiring) async throws {
    days = try await wiring.wholeDays(in: cache)
    var wanted: [ExchangeItemID: Set<LocalDate>] = [:]
    for item in items {
      if let id = item.exchange, let date = item.originalDate {
        wanted[id, default: []].insert(date)
      }
    }
    let links = try await cache.links(Set(items.compactMap(\.link)))
    for facts in try await wiring.series(of: Set(wanted.keys), links, in: cache) {
      let id = facts.master.id
      for fact in facts.dates {
        guard let date = fact.originalDate, wanted[id]?.contains(date) ?? false else { continue }
        dates[id, default: [:]][date] = DateOfSeries(item: fact.id, when: fact.when)
      }
    }
    let changed = dates.values.flatMap { $0.values.map(\.item) }
    exchange = try await cache.captions(exchange: Set(items.compactMap(\.exchange) + changed))
    for kind in Kind.allCases {
      let ids = Set(items.filter { $0.kind == kind && needsPSA($0) }.compactMap(\.psa))
      if !ids.isEmpty { psa[kind] = try await Captions.captions(ids, of: kind, in: cache) }
    }
  }

  /// From now on these are called as they were just read.
  mutating func know(_ names: [HeldItem: ItemName]) {
    for (item, name) in names { known[item] = Caption(title: name.title, when: name.when) }
  }

  /// Kinds without titles are called as they are in Exchange.
  private static func captions(
    _ ids: Set<PSAID>,
    of kind: Kind,
    in cache: SQLiteCache
  ) async throws -> [PSAID: Caption] {
    switch kind {
    case .appointment, .contact: return try await cache.captions(psa: ids, of: kind)
    case .toDo, .serviceCall: break
    }
    return try await cache.psaItems(ids.sorted(), of: kind).mapValues { item in
      Caption(
        title: Projection.exchangeTitle(of: item),
        when: .timed(start: item.start, end: item.end, zone: nil)
      )
    }
  }

  private func needsPSA(_ item: HeldItem) -> Bool {
    item.side == .psa || item.originalDate != nil
      || item.exchange.map { exchange[$0] == nil } ?? true
  }

  /// By the half on the side that is meant, else by the other one.
  subscript(item: HeldItem) -> Caption? {
    if let caption = known[item] { return caption }
    let mine = ofExchange(item)
    let theirs = item.psa.flatMap { psa[item.kind]?[$0] }
    return item.side == .psa ? theirs ?? mine : mine ?? theirs
  }

  /// Of a date of a series its own, not those at which the series began.
  private func ofExchange(_ item: HeldItem) -> Caption? {
    guard let id = item.exchange, let whole = exchange[id] else { return nil }
    guard let date = item.originalDate else { return whole }
    if let own = dates[id]?[date] {
      return Caption(title: exchange[own.item]?.title ?? whole.title, when: own.when)
    }
    // It takes place no more, or only Exchange can tell when: the copy in the PSA knows.
    let copy = item.psa.flatMap { psa[item.kind]?[$0] }
    return Caption(title: whole.title, when: copy?.when ?? .someTime(on: date))
  }

  /// Such as `“Stand-up”, 2026-03-02 09:00–09:15`, and for a move with an arrow to its new time; of
  /// a contact the name alone.
  ///
  /// `when` is the time where it is known better than from what was read.
  func shown(_ item: HeldItem, at when: When? = nil, movedTo new: When? = nil) -> String? {
    guard let days, let caption = self[item] else { return nil }
    guard let when = when ?? caption.when else { return "contact “\(caption.title.onOneLine)”" }
    let title = "“\(caption.title.onOneLine)”"
    if let date = item.originalDate, when == .someTime(on: date) { return "\(title), \(date)" }
    let (old, new) = (days.read(when), new.map { days.read($0) })
    let time = new.map { WallClock.shown($0, instead: old) } ?? WallClock.shown(old)
    return "\(title), \(time)"
  }
}

extension When {
  /// A day of which the time is not known; that it takes the whole day is told by its series.
  fileprivate static func someTime(on date: LocalDate) -> When {
    .allDay(first: date, afterLast: date)
  }

  /// For scripts: an instant, or a day.
  var start: String {
    switch self {
    case .timed(let start, _, _): start.description
    case .allDay(let first, _): first.description
    }
  }

  /// Of whole days the last one.
  var end: String {
    switch self {
    case .timed(_, let end, _): end.description
    case .allDay(let first, let afterLast):
      max(first, afterLast.advanced(byDays: -1)).description
    }
  }
}

extension String {
  /// Short enough for a line, and without what would move a terminal's cursor: strangers write titles.
  var onOneLine: String {
    let scalars = unicodeScalars.map { scalar -> Unicode.Scalar in
      let properties = scalar.properties
      return switch properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: " "
      default: properties.isBidiControl ? " " : scalar
      }
    }
    var line = ""
    line.unicodeScalars.append(contentsOf: scalars)
    return line.count > 80 ? line.prefix(79) + "…" : line
  }
}
