/// Operations that wait for a person (`rules.md` 8).
package struct Hold: Hashable, Sendable, Codable {
  package let digest: PlanDigest
  /// A sentence for people.
  package let reason: String
  /// In the order of the plan.
  package let items: [HeldItem]
  /// The command that ends it.
  package let mend: String
  /// False where approval changes nothing and something else has to be done.
  package let needsApproval: Bool
  package var isApproved: Bool

  package init(
    digest: PlanDigest,
    reason: String,
    items: [HeldItem],
    mend: String,
    needsApproval: Bool,
    isApproved: Bool = false
  ) {
    self.digest = digest
    self.reason = reason
    self.items = items
    self.mend = mend
    self.needsApproval = needsApproval
    self.isApproved = isApproved
  }
}

/// One item that is held, told by its ids.
///
/// Neither its title nor its time is part of it: whoever shows it to its own user looks both up in
/// the mirror, and its digest stays the same whatever it is called and whenever it is looked at.
package struct HeldItem: Hashable, Sendable, Codable {
  /// What would be done to it.
  package enum Verb: String, Sendable, Codable {
    case create, update, mask, delete, restore
    /// Made again where it vanished.
    case recreate
    /// Left alone from now on, where it still is.
    case suppress
    /// Joined with the same item of another tool.
    case pair
    /// One of several between which a person has to choose.
    case choose
    /// Nothing, until the reason of the hold is gone.
    case wait

    package init(_ verb: SyncModel.Verb) {
      switch verb {
      case .create: self = .create
      case .update: self = .update
      case .mask: self = .mask
      case .delete: self = .delete
      case .restore: self = .restore
      }
    }
  }

  package let verb: Verb
  /// The side that would be written to, or on which it lies; nil where both are meant.
  package let side: Side?
  package let kind: Kind
  package let link: LinkID?
  package let exchange: ExchangeItemID?
  /// Which date of the series that `exchange` is.
  package let originalDate: LocalDate?
  package let psa: PSAID?
  /// What the side said when it refused the write.
  package let words: String?

  package init(
    _ verb: Verb,
    side: Side? = nil,
    kind: Kind,
    link: LinkID? = nil,
    exchange: ExchangeItemID? = nil,
    originalDate: LocalDate? = nil,
    psa: PSAID? = nil,
    words: String? = nil
  ) {
    self.verb = verb
    self.side = side
    self.kind = kind
    self.link = link
    self.exchange = exchange
    self.originalDate = originalDate
    self.psa = psa
    self.words = words
  }

  /// A link's item.
  package init(_ verb: Verb, side: Side? = nil, of link: Link, words: String? = nil) {
    self.init(
      verb,
      side: side,
      kind: link.kind,
      link: link.id,
      exchange: link.exchange?.item,
      originalDate: link.exchange?.originalDate,
      psa: link.psa?.id,
      words: words
    )
  }

  /// One line without title and clock: what a digest is made of.
  package var line: String {
    let date = originalDate.map { "@\($0)" } ?? ""
    let exchange = (exchange?.rawValue ?? "-") + date
    let psa = psa?.description ?? "-"
    let link = link.map { " link \($0)" } ?? ""
    switch (verb, side) {
    case (.pair, _):
      // The end of an Exchange id tells items apart, and there may be ten thousand lines.
      return "pair exchange …\(exchange.suffix(12 + date.count)) psa \(psa)"
    case (.delete, let side?), (.recreate, let side?), (.suppress, let side?):
      let id = side == .exchange ? exchange : psa
      return "\(side.rawValue) \(kind.rawValue) \(verb.rawValue) \(id)\(link)" + said
    case (.create, _), (.update, _), (.mask, _), (.delete, _), (.restore, _), (.recreate, _),
      (.suppress, _), (.choose, _), (.wait, _):
      let side = side.map { " \($0.rawValue)" } ?? ""
      return "\(verb.rawValue)\(side) \(kind.rawValue) exchange \(exchange) psa \(psa)\(link)"
        + said
    }
  }

  private var said: String { words.map { ": \($0)" } ?? "" }
}
