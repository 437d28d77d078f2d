package import SyncModel

/// What in an Exchange item keeps it out of the PSA (`rules.md` 2 and 3).
package enum Exclusion: Hashable, Sendable {
  case cancelled, declined
  /// Shown as free, and free time is not sent.
  case free

  /// Nil for an item that belongs in the PSA.
  package init?(_ fact: ExchangeFact, rules: SyncRules) {
    if fact.isCancelled {
      self = .cancelled
    } else if fact.response == .declined {
      self = .declined
    } else if fact.showAs == .free, !rules.sendsFreeTime {
      self = .free
    } else {
      return nil
    }
  }

  /// As Exchange names it.
  package var field: String {
    switch self {
    case .cancelled: "IsCancelled"
    case .declined: "MyResponseType"
    case .free: "LegacyFreeBusyStatus"
    }
  }

  package var value: String {
    switch self {
    case .cancelled: "true"
    case .declined: "Decline"
    case .free: "Free, and free time is not sent"
    }
  }
}

/// Whether settings and the item itself let a link's item be on the other side (`rules.md` 2 to 4).
enum Admission: Hashable {
  case admitted
  /// A setting leaves both sides as they are, masks apart.
  case parked(LinkReason)
  /// The counterpart is removed.
  case excluded

  init(_ link: Link, _ item: ExchangeFact, rules: SyncRules) {
    if let reason = Admission.directionOff(link.origin, link.kind, rules) {
      self = .parked(reason)
      return
    }
    guard link.origin == .exchange, let exclusion = Exclusion(item, rules: rules) else {
      self = .admitted
      return
    }
    // Free items that are there already stay; only one that becomes free later is removed.
    let wasFree = link.base.source.map { $0.showAs == item.own.showAs } ?? true
    self = exclusion == .free && wasFree ? .parked(.freeTimeIsOff) : .excluded
  }

  /// The reason where nothing made on that side goes to the other.
  static func directionOff(_ origin: Origin, _ kind: Kind, _ rules: SyncRules) -> LinkReason? {
    switch origin {
    case .exchange: rules.importDetail == .off ? .importIsOff : nil
    case .psa: rules.exports(kind) ? nil : kindOff(kind, rules) ?? .exportIsOff
    case .paired:
      // Made by nobody that is known: it rests only where nothing goes either way.
      kindOff(kind, rules)
        ?? (rules.importDetail == .off && !rules.exports(kind) ? .importIsOff : nil)
    }
  }

  /// The reason where nothing of this kind is even read.
  static func kindOff(_ kind: Kind, _ rules: SyncRules) -> LinkReason? {
    switch kind {
    case .toDo: rules.toDos ? nil : .toDosAreOff
    case .serviceCall: rules.serviceCalls ? nil : .serviceCallsAreOff
    case .appointment, .contact: nil
    }
  }
}
