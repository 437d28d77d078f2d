import Console
import SyncModel
import SyncPlan

/// A disclosure with what it is of.
struct Disclosed {
  let id: String
  let when: When
  let disclosure: Disclosure
  var isSeries = false
  var originalDate: LocalDate?
  /// Whether the other side has exactly this, as last read; nil where it has nothing.
  var isThere: Bool?
}

/// What the other side gets of an item, and of each date of a series that differs from it.
struct PrivacyView: View {
  struct Item: Encodable {
    /// The id on the side where the item was made.
    let item: String
    /// The side that gets the words below.
    let receiver: String
    /// False where the item does not go to the other side at all.
    let sent: Bool
    /// Why not.
    let barrier: String?
    let title: String
    /// Of a series its first date.
    let start: String
    let end: String
    let originalDate: String?
    let place: String
    let text: String
    let masked: Bool
    /// Why it is masked.
    let because: [String]
    let notSent: [String]
    /// Whether the other side has exactly these words, as last read.
    let there: Bool?
  }

  let items: [Item]
  let link: Int64?
  /// Where the link stands.
  let state: String?

  private let reason: LinkReason?
  private let isPaired: Bool
  private let shown: [Disclosed]

  private enum CodingKeys: String, CodingKey { case items, link, state }

  init(_ disclosed: [Disclosed], _ link: Link?) {
    shown = disclosed
    self.link = link?.id.rawValue
    state = link?.state.rawValue
    reason = link?.reason
    isPaired = link?.origin == .paired
    items = disclosed.map { one in
      Item(
        item: one.id,
        receiver: one.disclosure.receiver.rawValue,
        sent: one.disclosure.barrier == nil && link?.origin != .paired,
        barrier: one.disclosure.barrier?.sentence,
        title: one.disclosure.title,
        start: one.when.start,
        end: one.when.end,
        originalDate: one.originalDate?.description,
        place: one.disclosure.place,
        text: one.disclosure.text,
        masked: one.disclosure.isMasked,
        because: one.disclosure.grounds.map(\.sentence),
        notSent: one.disclosure.withheld.map(\.rawValue),
        there: one.isThere
      )
    }
  }

  var showsTimes: Bool { true }

  var description: String {
    var lines = shown.flatMap(PrivacyView.lines(of:))
    if isPaired {
      lines.append("Another tool made the other half: of this item only a new time is written.")
    }
    if let reason {
      lines.append("At present nothing but masks is written: \(reason.sentence).")
    }
    return lines.joined(separator: "\n")
  }

  private static func lines(of one: Disclosed) -> [String] {
    let disclosure = one.disclosure
    let receiver = disclosure.receiver == .psa ? "The PSA" : "Exchange"
    let date = one.originalDate.map { " of the date \($0)" } ?? ""
    var lines = [
      disclosure.barrier.map { "\(receiver) gets nothing\(date): \($0.sentence). It would get:" }
        ?? "\(receiver) gets\(date):",
      "  Title  \(disclosure.title.onOneLine)",
      "  Time   \(WallClock.shown(one.when))" + (one.isSeries ? ", and each further date" : ""),
    ]
    if !disclosure.place.isEmpty { lines.append("  Place  \(disclosure.place.onOneLine)") }
    let text = disclosure.text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in text.enumerated() where !disclosure.text.isEmpty {
      lines.append((number == 0 ? "  Text   " : "         ") + String(line).withoutControls)
    }
    if one.isSeries { lines.append("         and a reference line of its own for each date") }
    if !disclosure.grounds.isEmpty {
      lines.append(
        "Masked, because \(disclosure.grounds.map(\.sentence).joined(separator: ", and "))."
      )
    }
    lines.append(
      disclosure.withheld.isEmpty
        ? "Nothing else is in it."
        : "Not sent: \(disclosure.withheld.map(\.words).joined(separator: ", "))."
    )
    switch one.isThere {
    case true?: lines.append("As last read, exactly this is there.")
    case false?: lines.append("As last read, other words are there.")
    case nil: break
    }
    return lines
  }
}

extension Disclosure.Ground {
  /// The rule, as the end of a sentence.
  fileprivate var sentence: String {
    switch self {
    case .item(let sensitivity): "it is \(sensitivity.rawValue)"
    case .series(let sensitivity): "its series is \(sensitivity.rawValue)"
    case .noDetail: "the settings send no detail (import_detail)"
    case .importIsOff: "the settings import nothing (import_detail)"
    }
  }
}

extension Disclosure.Barrier {
  fileprivate var sentence: String {
    switch self {
    case .importIsOff: LinkReason.importIsOff.sentence
    case .exportIsOff: LinkReason.exportIsOff.sentence
    case .outsideWindow: LinkReason.outsideWindow.sentence
    case .excluded(.cancelled): "it is cancelled"
    case .excluded(.declined): "it was declined"
    case .excluded(.free): LinkReason.freeTimeIsOff.sentence
    }
  }
}

extension Disclosure.Part {
  fileprivate var words: String {
    switch self {
    case .title, .text, .place, .organizer, .attendees, .categories, .reminder: rawValue
    case .responses: "what the attendees answered"
    case .endOfTitle: "the end of the title, for the other side has no room"
    case .endOfText: "the end of the text, for the PSA has no room"
    }
  }
}

extension String {
  /// A line of a text, of any length, without what would move a terminal's cursor.
  fileprivate var withoutControls: String {
    var line = ""
    for scalar in unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control
      line.unicodeScalars.append(isControl || scalar.properties.isBidiControl ? " " : scalar)
    }
    return line
  }
}
