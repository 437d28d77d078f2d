/// What stood on both sides when a person had something taken back or kept (`rules.md` 8).
///
/// The base of each side by itself, for the two may differ: until a side that decides differs from
/// its own, the link is left alone in that group. Masks are written all the same.
package struct Pin: Hashable, Sendable, Codable {
  /// When the item was, on each side.
  package struct Time: Hashable, Sendable, Codable {
    package let exchange: When
    package let psa: Span

    package init(exchange: When, psa: Span) {
      self.exchange = exchange
      self.psa = psa
    }
  }

  package var time: Time?
  /// The content of the side that decides it, as the other side would be given it unmasked.
  package var source: ContentPrints?
  /// Both stay, though something excludes the item: until that is over.
  package var staysExcluded: Bool
  /// The hold that a person ended: until its cause is over.
  package var released: LinkReason?

  package init(
    time: Time? = nil,
    source: ContentPrints? = nil,
    staysExcluded: Bool = false,
    released: LinkReason? = nil
  ) {
    self.time = time
    self.source = source
    self.staysExcluded = staysExcluded
    self.released = released
  }

  /// Nil where nothing is pinned any more.
  package var orNothing: Pin? { self == Pin() ? nil : self }
}

extension Link {
  /// True where something of it is left alone until a person changes the item on a side that decides.
  package var isPinned: Bool { pin != nil }

  /// Changes what is pinned.
  package mutating func repin(_ change: (inout Pin) -> Void) {
    var pin = pin ?? Pin()
    change(&pin)
    self.pin = pin.orNothing
  }
}
