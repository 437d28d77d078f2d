package import SyncModel

/// Who decides the time of an item (`rules.md` 2).
package enum TimeAuthority: Hashable, Sendable {
  case both
  /// Exchange decides, and a change in the PSA is put back.
  case exchangeReasserted
  case psaReasserted
}

/// Who decides title, text, place, privacy and show-as.
package enum ContentAuthority: Hashable, Sendable {
  case psa, exchange, psaReasserted, neither
}

/// Who decides whether an item exists.
package enum ExistenceAuthority: Hashable, Sendable {
  case psa, exchange, psaReasserted, neither
}

/// Who decides what of one item: asked before any verdict, so that none names a side in the wrong.
package struct Authority: Hashable, Sendable {
  package let time: TimeAuthority
  package let content: ContentAuthority
  package let existence: ExistenceAuthority

  package init(
    origin: Origin,
    kind: Kind,
    hasAttendees: Bool,
    meetingTimes: SyncRules.MeetingTimes
  ) {
    switch (origin, kind) {
    case (.psa, .appointment), (.psa, .toDo):
      (time, content, existence) = (.both, .psa, .psa)
    case (.psa, .serviceCall), (.psa, .contact):
      (time, content, existence) = (.psaReasserted, .psaReasserted, .psaReasserted)
    case (.exchange, _):
      content = .exchange
      existence = .exchange
      switch (hasAttendees, meetingTimes) {
      case (true, .exchange): time = .exchangeReasserted
      case (true, .both), (false, _): time = .both
      }
    case (.paired, .serviceCall), (.paired, .contact):
      (time, content, existence) = (.psaReasserted, .neither, .neither)
    case (.paired, .appointment), (.paired, .toDo):
      (time, content, existence) = (.both, .neither, .neither)
    }
  }
}
