import SyncModel

/// Why an item waits for a person; the sentence stands in the link and in the hold.
package enum HoldReason: String, Hashable, Sendable, CaseIterable {
  case attendees =
    "its user added attendees or a recurrence in Exchange to an item that the PSA made"
  case series = "it is a series, which this version does not write yet"
  case copies = "several items bear the same identity, and none is guessed to be the original"
  case reassertions = "something else keeps changing it: three writes in 24 hours did not last"
  case noZone = "it takes whole days, and neither the mailbox nor the settings name a time zone"
  case pairedDetail =
    "it is private in Exchange, and its copy in the PSA, which another tool made, shows detail"
  case restored = "it is missing or older since a side was restored from a backup"

  /// What ends the hold.
  package var mend: String {
    switch self {
    case .attendees:
      "Remove the attendees or the recurrence in Exchange, or delete the item in the PSA yourself."
    case .series: "Nothing to do: series are left alone."
    case .copies: "Delete the copies that are not wanted; the last one is linked again."
    case .reassertions: "Find the other tool that writes this item; Lockstep tries again in a day."
    case .noZone: "Set 'zone' in the settings, or the time zone in Outlook on the web."
    case .pairedDetail:
      "Take the detail out of the copy in the PSA, or make the item public in Exchange."
    case .restored: "Look at both calendars, then run 'lockstep sync --approve DIGEST'."
    }
  }
}

/// What was decided for one link.
struct Decision {
  /// The link as it is kept if nothing is written.
  var link: Link
  var operations: [Operation] = []
  var forgets = false
  /// Set where an item vanished: counted by the brake before anything follows.
  var vanishing: Vanishing?
  var hold: HoldReason?
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
