import SyncModel

/// Notes of a run name items by their keys: an attempt may be passed on, and has no titles.
extension Captions {
  /// Notes for people: items by what they are called, commands as they can be pasted.
  func told(_ notes: [String], _ invocation: Invocation) -> [String] {
    notes.map(named).folded.map(invocation.spelled)
  }

  /// The items that notes name.
  static func items(in notes: [String]) -> [HeldItem] {
    notes.flatMap { note in
      note.matches(of: Captions.key).compactMap { item($0.output) }
    }
  }

  private func named(_ note: String) -> String {
    note.replacing(Captions.key) { match in
      guard let item = Captions.item(match.output) else { return String(match.output.0) }
      return shown(item) ?? item.shownByID
    }
  }

  private typealias Key = (
    Substring, side: Substring, kind: Substring, id: Substring, date: Substring?
  )

  /// An `ItemKey` as text.
  private static var key: Regex<Key> {
    /\b(?<side>exchange|psa):(?<kind>[a-z\-]+):(?<id>[A-Za-z0-9+\/=_\-]+)(?:@(?<date>[0-9\-]{10}))?/
  }

  private static func item(_ key: Key) -> HeldItem? {
    guard let side = Side(rawValue: String(key.side)), let kind = Kind(rawValue: String(key.kind))
    else { return nil }
    let date = key.date.flatMap { LocalDate(iso8601: $0) }
    return HeldItem(
      .wait,
      ItemKey(side: side, kind: kind, id: String(key.id), originalDate: date)
    )
  }
}

extension HeldItem {
  init(_ verb: Verb, _ key: ItemKey) {
    self.init(
      verb,
      side: key.side,
      kind: key.kind,
      exchange: key.side == .exchange ? ExchangeItemID(key.id) : nil,
      originalDate: key.originalDate,
      psa: key.side == .psa ? Int64(key.id).map(PSAID.init(rawValue:)) : nil
    )
  }

  /// By the end of its id, where nothing tells its title any more.
  var shownByID: String {
    let date = originalDate.map { ", \($0)" } ?? ""
    let ids = [
      exchange.map { "Exchange \($0.rawValue.shortened)\(date)" }, psa.map { "PSA \($0)" },
    ]
    return "\(kind.noun) (\(ids.compactMap(\.self).joined(separator: "; ")))"
  }
}

extension Kind {
  /// As people say it.
  var noun: String { self == .serviceCall ? "service call" : rawValue }
}

extension [String] {
  /// Lines that say the same once, with their number, where the first of them stands.
  ///
  /// Lost answers say the same whatever the item: what became of each stands in the run's history.
  var folded: [String] {
    var lines: [(line: String, key: String, count: Int)] = []
    for line in self {
      let key = line.hasPrefix("The answer to a write was lost") ? line.withoutNumbers : line
      if let index = lines.firstIndex(where: { $0.key == key }) {
        lines[index].count += 1
      } else {
        lines.append((line, key, 1))
      }
    }
    return lines.map { $0.count == 1 ? $0.line : "\($0.line) (\($0.count) times)" }
  }
}

extension String {
  fileprivate var withoutNumbers: String { filter { !$0.isNumber } }
}
