import Console
import Store
import SyncEngine
import SyncModel

/// An item that a person means, with its link and both halves as far as they are mirrored.
struct Subject {
  var link: Link?
  /// The item, the master for a date of a series, or a changed date by itself.
  var exchange: ExchangeItem?
  var psa: PSAItem?

  /// The one item that goes by these words: the number of its link (`12`, or `#12`), its id on
  /// either side, or its title, whole but for capitals.
  static func meant(by words: String, in cache: SQLiteCache) async throws -> Subject {
    var found: [Subject] = []
    let isNumber = words.hasPrefix("#")
    if let number = Int64(isNumber ? String(words.dropFirst()) : words),
      let view = try await cache.link(LinkID(number))
    {
      found.append(Subject(link: view.link, exchange: view.exchange, psa: view.psa))
    }
    if !isNumber { found += try await items(named: words, beside: found, in: cache) }
    switch found.count {
    case 1: return found[0]
    case 0: throw nothing(by: words)
    default: throw several(found, by: words)
    }
  }

  private static func items(
    named words: String,
    beside links: [Subject],
    in cache: SQLiteCache
  ) async throws -> [Subject] {
    let title = words.key
    var exchange: [(item: ExchangeItem, link: LinkID?)] = []
    try cache.forEachExchangeItem { item, link in
      guard item.id.rawValue == words || item.title.key == title else { return }
      exchange.append((item, link))
    }
    // A changed date is meant by its id; by a title, its series is.
    let masters = Set(exchange.map(\.item.id))
    exchange.removeAll { $0.item.master.map(masters.contains) ?? false }
    var psa: [(item: PSAItem, link: LinkID?)] = []
    try cache.forEachPSAItem { item, link in
      guard item.id.description == words || item.title.key == title else { return }
      psa.append((item, link))
    }
    var found: [Subject] = []
    var known = Set(links.compactMap(\.link?.id))
    for (item, link) in exchange where link.map({ known.insert($0).inserted }) ?? true {
      let view = if let link { try await cache.link(link) } else { LinkView?.none }
      found.append(Subject(link: view?.link, exchange: item, psa: view?.psa))
    }
    let named = Set(found.compactMap(\.exchange?.id))
    for (item, link) in psa where link.map({ known.insert($0).inserted }) ?? true {
      let view = if let link { try await cache.link(link) } else { LinkView?.none }
      // What was made from an item that is found already is that item.
      if let origin = view?.exchange?.id, named.contains(origin) { continue }
      found.append(Subject(link: view?.link, exchange: view?.exchange, psa: item))
    }
    return found
  }

  private static func nothing(by words: String) -> StopFailure {
    StopFailure(
      "No item goes by “\(words.onOneLine)”, as the calendars were last read. Give its id on either "
        + "side, the number of its link, or its whole title; 'lockstep export' shows all three."
    )
  }

  private static func several(_ found: [Subject], by words: String) -> StopFailure {
    let lines = found.prefix(10).map { "\n  \($0.name)" }.joined()
    let more = found.count > 10 ? "\n  and \(found.count - 10) more" : ""
    return StopFailure(
      "\(found.count) items go by “\(words.onOneLine)”. Say which, by the first word of its line:"
        + lines + more
    )
  }

  /// By which words it can be meant, and when it is.
  private var name: String {
    let id = exchange?.id.rawValue ?? psa?.id.description ?? ""
    let when =
      exchange?.when ?? psa.map { When.timed(start: $0.start, end: $0.end, zone: nil) }
    return (link.map { "#\($0.id)" } ?? id) + "  " + (when.map(WallClock.shown) ?? "")
      + (exchange == nil ? ", in the PSA" : ", in Exchange")
  }
}

extension String {
  /// As titles are compared.
  fileprivate var key: String { onOneLine.lowercased() }
}
