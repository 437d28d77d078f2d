import Console
import Store
import SyncModel

/// What waits for a person, with the command that ends it.
struct HoldView: View {
  /// An item as scripts get it.
  private struct Item: Encodable {
    /// The side that would be written to; none where both are meant.
    let side: String?
    let verb: String
    let kind: String
    /// Left out of what may be passed on.
    let title: String?
    let start: String?
    let end: String?
    let exchange: String?
    let psa: Int64?
    /// What the digest is made of.
    let line: String
  }

  private let hold: Hold
  private let captions: Captions
  private let withTitles: Bool
  private let mend: String

  /// So many items of a hold are shown to people; scripts get all.
  private static let shown = 20

  /// The views of holds, with what the cache knows of their items.
  ///
  /// Titles are no part of the JSON of an attempt (`withTitles: false`), for that is what gets
  /// reported.
  static func views(
    of holds: [Hold],
    _ options: ViewOptions,
    withTitles: Bool = true,
    in cache: @autoclosure () throws -> SQLiteCache,
    _ wiring: Wiring,
    _ invocation: Invocation
  ) async throws -> [HoldView] {
    guard !holds.isEmpty else { return [] }
    let items = holds.flatMap { options.json ? $0.items : Array($0.items.prefix(shown)) }
    let cache = try cache()
    let captions = try await Captions(of: items, in: cache, wiring)
    return holds.map {
      HoldView(
        hold: $0,
        captions: captions,
        withTitles: withTitles,
        mend: invocation.spelled($0.mend)
      )
    }
  }

  private enum CodingKeys: String, CodingKey {
    case digest, reason, items, mend, needsApproval, approved
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(hold.digest.rawValue, forKey: .digest)
    try fields.encode(hold.reason, forKey: .reason)
    try fields.encode(mend, forKey: .mend)
    try fields.encode(hold.needsApproval, forKey: .needsApproval)
    try fields.encode(hold.isApproved, forKey: .approved)
    try fields.encode(items.name, forKey: .items)
  }

  /// What stands in the place of `items`.
  private var items: LongList {
    LongList(name: "items of \(hold.digest)", count: hold.items.count) { index in
      let item = hold.items[index]
      let caption = captions[item]
      return Item(
        side: item.side?.rawValue,
        verb: item.verb.rawValue,
        kind: item.kind.rawValue,
        title: withTitles ? caption?.title : nil,
        start: caption?.when?.start,
        end: caption?.when?.end,
        exchange: item.exchange?.rawValue,
        psa: item.psa?.rawValue,
        line: item.line
      )
    }
  }

  var longLists: [LongList] { [items] }

  var description: String {
    var lines = ["Held \(hold.digest): \(hold.reason)"]
    lines += hold.items.prefix(HoldView.shown).map { item in
      "  " + item.shown(as: captions.shown(item), awaitsApproval: hold.needsApproval)
    }
    let rest = hold.items.count - HoldView.shown
    if rest > 0 { lines.append("  and \(rest) more (--json lists them all)") }
    let isDue = hold.isApproved && hold.needsApproval
    lines.append(isDue ? "  Approved; the next run does it." : "  \(mend)")
    return lines.joined(separator: "\n")
  }
}

extension HeldItem {
  /// A line for its own user.
  fileprivate func shown(as caption: String?, awaitsApproval: Bool) -> String {
    let item = caption ?? "\(shownByID), which is no longer read"
    let place = side.map { "in \($0.place) " } ?? (verb == .update ? "on both sides " : "")
    let line =
      switch verb {
      case .create, .restore: "create \(place)\(item)"
      case .update: "change \(place)\(item)"
      case .mask: "take detail away \(place)\(item)"
      case .delete: "delete \(place)\(item)"
      case .recreate: "make again \(place)\(item)"
      case .suppress: "keep only \(place)\(item)"
      case .pair: "\(item): the same in both"
      case .choose: "\(place)\(item)"
      case .wait: awaitsApproval ? "keep in step again, as it is now, \(item)" : item
      }
    return words.map { "\(line): \($0)" } ?? line
  }
}

extension Side {
  /// As people write it within a sentence.
  var place: String {
    switch self {
    case .exchange: "Exchange"
    case .psa: "the PSA"
    }
  }
}
