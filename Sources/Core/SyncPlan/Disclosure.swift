package import SyncModel

/// What the other side gets of one item, and what stays where it is (`rules.md` 3, 4 and 10).
///
/// Words and masks are `Projection`'s own, so that a person is shown what is written.
package struct Disclosure: Hashable, Sendable {
  /// Why no more is sent than that there is an appointment.
  package enum Ground: Hashable, Sendable {
    case item(Sensitivity)
    /// The series is not public, whatever its date says.
    case series(Sensitivity)
    case noDetail, importIsOff
  }

  /// Why the item does not go to the other side at all.
  package enum Barrier: Hashable, Sendable {
    case importIsOff, exportIsOff, outsideWindow
    case excluded(Exclusion)
  }

  /// A part of an item that stays on its side.
  package enum Part: String, Hashable, Sendable, CaseIterable {
    case title, text, place, organizer, attendees, responses, categories, reminder
    case endOfTitle = "end-of-title", endOfText = "end-of-text"
  }

  package let receiver: Side
  package let title: String
  /// With the reference line, where one is written.
  package let text: String
  package let place: String
  /// Empty where all detail goes.
  package let grounds: [Ground]
  /// The parts that the item has and the other side does not get, in a fixed order.
  package let withheld: [Part]
  package let barrier: Barrier?

  package var isMasked: Bool { !grounds.isEmpty }

  /// Of an Exchange item; `fact` is its own, or that of the date that is meant.
  ///
  /// `series` is the sensitivity of the master, for a date. A `span` of nil lies in every window;
  /// without a `reference` the text has no reference line.
  package init(
    of item: ExchangeItem,
    _ fact: ExchangeFact,
    series: Sensitivity = .normal,
    span: Span?,
    reference: Reference?,
    rules: SyncRules,
    now: Instant
  ) {
    var seen = item
    seen.sensitivity = fact.sensitivity.stricter(series)
    let projection = Projection(rules)
    let content = projection.psaContent(of: seen)
    let mask = projection.mask(of: seen.sensitivity)
    receiver = .psa
    title = content.title
    text =
      reference?.ending(content.text, limit: Projection.psaTextLimit) ?? content.text
    place = ""
    grounds =
      mask == .masked ? Disclosure.grounds(of: seen.sensitivity, series: series, rules) : []
    withheld = Disclosure.parts(of: item, content: mask == .masked ? nil : content)
    if rules.importDetail == .off {
      barrier = .importIsOff
    } else if let exclusion = Exclusion(fact, rules: rules) {
      barrier = .excluded(exclusion)
    } else {
      barrier = Disclosure.window(span, fact.role, rules, now)
    }
  }

  /// Of a PSA item.
  package init(of item: PSAItem, rules: SyncRules, now: Instant) {
    let content = Projection(rules).exchangeContent(of: item)
    receiver = .exchange
    title = content.title
    text = content.text
    place = content.place
    grounds = []
    withheld =
      item.title.normalised.utf16.count > Projection.exchangeTitleLimit ? [.endOfTitle] : []
    barrier =
      rules.exports(item.kind)
      ? Disclosure.window(item.span, .single, rules, now) : .exportIsOff
  }

  private static func grounds(
    of sensitivity: Sensitivity,
    series: Sensitivity,
    _ rules: SyncRules
  ) -> [Ground] {
    var grounds: [Ground] = []
    if series != .normal { grounds.append(.series(series)) }
    if sensitivity != series, sensitivity != .normal { grounds.append(.item(sensitivity)) }
    switch rules.importDetail {
    case .all: break
    case .none: grounds.append(.noDetail)
    case .off: grounds.append(.importIsOff)
    }
    return grounds
  }

  /// `content` is what goes; nil where the item is masked.
  private static func parts(of item: ExchangeItem, content: Projection.PSAContent?) -> [Part] {
    let whole = item.text.normalised
    let has: [(Part, Bool)] =
      if let content {
        [
          (.responses, item.attendees.contains { $0.response != .unknown }),
          (.endOfTitle, item.title.normalised.utf16.count > Projection.psaTitleLimit),
          (.endOfText, !content.text.hasSuffix(whole)),
        ]
      } else {
        [
          (.title, !item.title.normalised.isEmpty),
          (.text, !whole.isEmpty),
          (.place, !item.place.normalised.isEmpty),
          (.organizer, item.organizer != nil && !item.attendees.isEmpty),
          (.attendees, !item.attendees.isEmpty),
        ]
      }
    let always: [(Part, Bool)] = [
      (.categories, !item.categories.isEmpty), (.reminder, item.reminderMinutes != nil),
    ]
    let parts = Set((has + always).filter(\.1).map(\.0))
    return Part.allCases.filter(parts.contains)
  }

  private static func window(
    _ span: Span?,
    _ role: SeriesRole,
    _ rules: SyncRules,
    _ now: Instant
  ) -> Barrier? {
    guard let span, !Window(rules, now: now).contains(span, role: role) else { return nil }
    return .outsideWindow
  }
}
