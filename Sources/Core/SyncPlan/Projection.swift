package import SyncModel

/// The one place where an item becomes what the other side gets of it, masking included.
///
/// `rules.md` 3 and 10. Nothing leaves the process but through here.
package struct Projection: Sendable {
  /// What the PSA is given of an Exchange item.
  package struct PSAContent: Hashable, Sendable {
    package let title: String
    /// Without the reference line.
    package let text: String

    init(title: String, text: String) {
      self.title = title
      self.text = text
    }

    /// What stood there before, without its reference line.
    package init(_ before: ItemValues) {
      title = before.title ?? Projection.maskedTitle
      text = Reference.split(before.text ?? "").text
    }
  }

  /// What Exchange is given of a PSA item.
  package struct ExchangeContent: Hashable, Sendable {
    package let title: String
    /// Ends with the line that opens the item in the PSA, where the settings have a URL for it.
    package let text: String
    package let place: String

    init(title: String, text: String, place: String) {
      self.title = title
      self.text = text
      self.place = place
    }

    /// What stood there before.
    package init(_ before: ItemValues) {
      title = before.title ?? ""
      text = before.text ?? ""
      place = before.place ?? ""
    }
  }

  package static let maskedTitle = "Appointment"
  package static let psaTitleLimit = 256
  package static let psaTextLimit = 8_000
  package static let exchangeTitleLimit = 255
  /// The reference line and the blank line before it.
  private static let roomForReference = 24

  private let rules: SyncRules

  package init(_ rules: SyncRules) { self.rules = rules }

  /// Masked where the setting says no detail, or where the item is anything but normal.
  package func mask(of sensitivity: Sensitivity) -> Mask {
    switch (rules.importDetail, sensitivity) {
    case (.all, .normal): .none
    case (.all, .personal), (.all, .private), (.all, .confidential), (.none, _), (.off, _): .masked
    }
  }

  /// What is left of any item that is masked.
  package static let masked = PSAContent(title: maskedTitle, text: "")

  /// Never more than both allow: the item as it is now, and the mask that was planned with.
  package func psaContent(of item: ExchangeItem, planned: Mask = .none) -> PSAContent {
    switch (mask(of: item.sensitivity), planned) {
    case (.masked, _), (_, .masked): Projection.masked
    case (.none, .none): Projection.unmasked(item)
    }
  }

  /// The content as it would be with full detail: for fingerprints, never for writing.
  static func unmasked(_ item: ExchangeItem) -> PSAContent {
    var lines: [String] = []
    if !item.place.normalised.isEmpty { lines.append("Location: \(item.place.normalised)") }
    if !item.attendees.isEmpty {
      if let organizer = item.organizer { lines.append("Organizer: \(name(organizer))") }
      let roles: [(Attendee.Role, String)] = [
        (.required, "Required"), (.optional, "Optional"), (.resource, "Resources"),
      ]
      for (role, label) in roles {
        let names = item.attendees.filter { $0.role == role }.map { name($0.person) }
        if !names.isEmpty { lines.append("\(label): " + names.joined(separator: ", ")) }
      }
    }
    let text = [lines.joined(separator: "\n"), item.text.normalised]
      .filter { !$0.isEmpty }.joined(separator: "\n\n")
    return PSAContent(
      title: titled(item.title, limit: psaTitleLimit),
      text: text.cut(toUTF16: psaTextLimit - roomForReference)
    )
  }

  package func exchangeContent(of item: PSAItem) -> ExchangeContent {
    let content = Projection.exchangeContent(of: item)
    let text = [content.text, link(to: item.kind, item.id) ?? ""].filter { !$0.isEmpty }
    return ExchangeContent(
      title: content.title,
      text: text.joined(separator: "\n\n"),
      place: content.place
    )
  }

  /// Without the link: what is compared.
  static func exchangeContent(of item: PSAItem) -> ExchangeContent {
    let description =
      item.kind == .appointment ? Reference.split(item.text).text : item.text.normalised
    let about = item.about?.lines(with: item.kind).joined(separator: "\n") ?? ""
    let place = item.kind == .serviceCall ? item.about?.location?.line ?? "" : item.place
    return ExchangeContent(
      title: exchangeTitle(of: item),
      text: [about, description].filter { !$0.isEmpty }.joined(separator: "\n\n"),
      place: place.normalised.cut(toUTF16: exchangeTitleLimit)
    )
  }

  /// What the item is called, in Exchange and to people.
  package static func exchangeTitle(of item: PSAItem) -> String {
    titled(item.caption, limit: exchangeTitleLimit)
  }

  /// The line that opens an item in the PSA.
  func link(to kind: Kind, _ id: PSAID) -> String? {
    rules.link(to: kind).flatMap { Projection.opening(id, by: $0) }
  }

  /// The same by a URL with `{id}`; nil where it has no such place.
  static func opening(_ id: PSAID, by template: String) -> String? {
    guard template.contains("{id}") else { return nil }
    return "Open in the PSA: "
      + template.replacing("{id}", with: id.description, maxReplacements: 1)
  }

  /// An Exchange text without the line that Lockstep put at its end.
  func withoutLink(_ text: String, to kind: Kind, _ id: PSAID) -> String {
    let whole = text.normalised
    guard let line = link(to: kind, id), whole.hasSuffix(line) else { return whole }
    return String(whole.dropLast(line.count)).normalised
  }

  private static func titled(_ title: String, limit: Int) -> String {
    let line = title.onOneLine
    return line.isEmpty ? maskedTitle : line.cut(toUTF16: limit)
  }

  private static func name(_ person: Person) -> String {
    switch (person.name.isEmpty, person.address.isEmpty) {
    case (false, false) where person.name != person.address: "\(person.name) <\(person.address)>"
    case (false, _): person.name
    case (true, _): person.address
    }
  }

}
