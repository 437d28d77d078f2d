/// Why a link is in its state: kept as a code, told as a sentence.
package enum LinkReason: String, Hashable, Sendable, Codable, CaseIterable {
  // Held: a person or the other tool has to do something.
  case attendees
  case series
  case copies
  case reassertions
  case noZone = "no-zone"
  case pairedDetail = "paired-detail"
  case restored
  case cacheRestored = "cache-restored"
  // Parked.
  case outsideWindow = "outside-window"
  case importIsOff = "import-off"
  case exportIsOff = "export-off"
  case freeTimeIsOff = "free-time-off"
  case toDosAreOff = "to-dos-off"
  case serviceCallsAreOff = "service-calls-off"
  // Away, suppressed, closed, unmatched.
  case otherFolder = "other-folder"
  case deletedInExchange = "deleted-in-exchange"
  case deletedInPSA = "deleted-in-psa"
  case excluded
  case reassigned
  case inactive
  case outOfScope = "out-of-scope"
  case otherContactsFolder = "other-contacts-folder"
  case cancelled
  case unassigned
  case noProofInPSA = "no-proof-in-psa"
  case noProofInExchange = "no-proof-in-exchange"
  // Suppressed, because a person asked for it.
  case undone, purged, released

  /// The state told to people.
  package var sentence: String {
    switch self {
    case .attendees:
      "its user added attendees or a recurrence in Exchange to an item that the PSA made"
    case .series: "it became a series, and its dates cannot be told"
    case .copies: "several items bear the same identity, and none is guessed to be the original"
    case .reassertions: "something else keeps changing it: three writes in 24 hours did not last"
    case .noZone: "it takes whole days, and neither the mailbox nor the settings name a time zone"
    case .pairedDetail:
      "it is private in Exchange, and its copy in the PSA, which another tool made, shows detail"
    case .restored: "it is missing or older since a side was restored from a backup"
    case .cacheRestored:
      "it changed or vanished after the backup of Lockstep's cache that was put back was made"
    case .outsideWindow: "it lies outside the window"
    case .importIsOff: "Exchange appointments are not imported"
    case .exportIsOff: "PSA appointments are not exported"
    case .freeTimeIsOff: "free time is not sent"
    case .toDosAreOff: "to-dos are not kept in step"
    case .serviceCallsAreOff: "service calls are not kept in step"
    case .otherFolder: "it lies in another calendar folder"
    case .deletedInExchange: "it was deleted in Exchange"
    case .deletedInPSA: "it was deleted in the PSA"
    case .excluded: "it is excluded in Exchange"
    case .reassigned: "it is assigned to another resource in the PSA"
    case .inactive: "it is inactive in the PSA"
    case .outOfScope:
      "the resource neither manages its company in the PSA nor owns an opportunity that names it"
    case .otherContactsFolder: "it lies in another contacts folder"
    case .cancelled: "it was cancelled in the PSA"
    case .unassigned: "this resource is not on it any more in the PSA"
    case .noProofInPSA: "nothing in the PSA proves to be its counterpart"
    case .noProofInExchange: "nothing in Exchange proves to be its counterpart"
    case .undone: "its counterpart was taken back by 'lockstep undo'"
    case .purged: "its counterpart was removed by 'lockstep purge'"
    case .released: "a person kept it as it was, with 'lockstep release'"
    }
  }

  /// Held since something is an older copy of itself: a person approves what follows.
  package var isAfterRestore: Bool { self == .restored || self == .cacheRestored }

  /// What ends a hold; nil for a reason that holds nothing.
  package var mend: String? {
    switch self {
    case .attendees:
      "Remove the attendees or the recurrence in Exchange, or delete the item in the PSA yourself; "
        + "'lockstep release ITEM --keep both' leaves both as they are."
    case .series:
      "The notes of the run say why; the next run tries again. 'lockstep release ITEM --keep both' "
        + "leaves both as they are."
    case .copies: "Delete the copies that are not wanted; the last one is linked again."
    case .reassertions:
      "Find the other tool that writes this item; Lockstep tries again in a day, or at once after "
        + "'lockstep release ITEM'."
    case .noZone: "Set 'zone' in the settings, or the time zone in Outlook on the web."
    case .pairedDetail:
      "Take the detail out of the copy in the PSA, or make the item public in Exchange; 'lockstep "
        + "release ITEM --keep both' leaves both as they are."
    case .restored, .cacheRestored:
      "Look at both calendars, then run 'lockstep sync --approve DIGEST', or for one of them "
        + "'lockstep release ITEM --keep exchange', psa or both."
    case .outsideWindow, .importIsOff, .exportIsOff, .freeTimeIsOff, .toDosAreOff,
      .serviceCallsAreOff, .otherFolder, .deletedInExchange, .deletedInPSA, .excluded, .reassigned,
      .cancelled, .unassigned, .inactive, .outOfScope, .otherContactsFolder, .noProofInPSA,
      .noProofInExchange, .undone, .purged, .released:
      nil
    }
  }
}

extension Set<LinkReason> {
  /// Why what waits after a restore is held.
  package var sentence: String {
    LinkReason.allCases.filter(contains).map(\.sentence).joined(separator: ", or ")
  }
}
