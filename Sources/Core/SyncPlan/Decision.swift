import SyncModel

/// What was decided for one link.
struct Decision {
  /// The link as it is kept if nothing is written.
  var link: Link
  var operations: [Operation] = []
  var forgets = false
  /// Set where an item vanished: counted by the brake before anything follows.
  var vanishing: Vanishing?
  /// Set where a person has to do something about it.
  var hold: LinkReason?
  /// True where a person approved it: the brake lets it go.
  var isApproved = false
  /// What is written of it while its delete is held or refused: only what takes detail away.
  var masksMeanwhile: [Operation] = []
  var note: String?
}

/// An item that vanished from one side, and what that means for the other.
struct Vanishing {
  /// The side on which it vanished.
  let side: Side
  let kind: Kind
  /// The held write; its line, without clock, proof and title, is what is hashed.
  let item: HeldItem
  /// The side that the following write goes to.
  let writesTo: Side
  /// False while the costlier look-ups were not made.
  let isProven: Bool
  /// What the brake counts once: the series, or the item itself.
  let unit: String

  static func unit(of link: Link) -> String {
    guard let half = link.exchange, half.originalDate != nil else { return "link \(link.id)" }
    return "series \(half.item)"
  }
}
