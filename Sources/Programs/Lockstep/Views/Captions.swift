import Store
import SyncEngine
import SyncModel
import SyncPlan

/// What items are called and when they are: for the person whose calendar it is, never for reports.
struct Captions {
  private var exchange: [ExchangeItemID: Caption] = [:]
  private var psa: [Kind: [PSAID: Caption]] = [:]
  private let days: WholeDays

  /// The captions of these items, as far as they are mirrored.
  init(of items: [HeldItem], in cache: SQLiteCache, _ days: WholeDays) async throws {
    self.days = days
    exchange = try await cache.captions(exchange: Set(items.compactMap(\.exchange)))
    for kind in Kind.allCases {
      let ids = Set(items.filter { $0.kind == kind && needsPSA($0) }.compactMap(\.psa))
      if !ids.isEmpty { psa[kind] = try await Captions.captions(ids, of: kind, in: cache) }
    }
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
    item.side == .psa || item.exchange.map { exchange[$0] == nil } ?? true
  }

  /// By the half on the side that is meant, else by the other one.
  subscript(item: HeldItem) -> Caption? {
    // Of a series the day is said, not the time at which it began.
    let mine = item.exchange.flatMap { exchange[$0] }.map { caption in
      item.originalDate.map { day in
        Caption(
          title: caption.title,
          when: .allDay(first: day, afterLast: day.advanced(byDays: 1))
        )
      } ?? caption
    }
    let theirs = item.psa.flatMap { psa[item.kind]?[$0] }
    return item.side == .psa ? theirs ?? mine : mine ?? theirs
  }

  /// Such as `“Stand-up”, 2026-03-02 09:00–09:15`, and for a move with an arrow to its new time; of
  /// a contact the name alone.
  func shown(_ item: HeldItem, movedTo new: When? = nil) -> String? {
    self[item].map { caption in
      guard let when = caption.when else { return "contact “\(caption.title.onOneLine)”" }
      let (old, new) = (days.read(when), new.map { days.read($0) })
      let time = new.map { WallClock.shown($0, instead: old) } ?? WallClock.shown(old)
      return "“\(caption.title.onOneLine)”, \(time)"
    }
  }
}

extension When {
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
    case .allDay(_, let afterLast): afterLast.advanced(byDays: -1).description
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
