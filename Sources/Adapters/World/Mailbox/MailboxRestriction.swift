extension Mailbox {
  /// What a search asks of each item or folder (`ews.md` 2.1); constants are texts as on the wire.
  package indirect enum Restriction: Sendable {
    package enum Comparison: Sendable {
      case equal, notEqual, greater, greaterOrEqual, less, lessOrEqual
    }

    package enum Containment: String, Sendable {
      case fullString = "FullString"
      case prefixed = "Prefixed"
      case substring = "Substring"
      case prefixOnWords = "PrefixOnWords"
      case exactPhrase = "ExactPhrase"
    }

    case exists(PropertyPath)
    case compares(PropertyPath, Comparison, String)
    case contains(PropertyPath, String, Containment, ignoresCase: Bool)
    case excludes(PropertyPath, bits: Int64)
    case not(Restriction)
    case and([Restriction])
    case or([Restriction])
  }

  /// A property's value as searches and orders compare it.
  enum Scalar: Hashable, Sendable {
    case text(String)
    case number(Int64)
    case instant(Int64)
    case flag(Bool)

    /// Where this value lies to a constant of the wire; nil when they cannot be compared.
    func order(to constant: String) -> Int? {
      switch self {
      case .text(let text): return text == constant ? 0 : (text < constant ? -1 : 1)
      case .number(let number):
        guard let other = Int64(constant) else { return nil }
        return number == other ? 0 : (number < other ? -1 : 1)
      case .instant(let instant):
        guard let other = Timestamp.reading(constant) else { return nil }
        let seconds = other.wallClock - Int64(other.offset ?? 0)
        return instant == seconds ? 0 : (instant < seconds ? -1 : 1)
      case .flag(let flag):
        switch constant {
        case "true", "1", "True": return flag ? 0 : -1
        case "false", "0", "False": return flag ? 1 : 0
        default: return nil
        }
      }
    }

    func isLess(than other: Scalar) -> Bool {
      switch (self, other) {
      case (.text(let one), .text(let two)): one < two
      case (.number(let one), .number(let two)): one < two
      case (.instant(let one), .instant(let two)): one < two
      case (.flag(let one), .flag(let two)): !one && two
      default: false
      }
    }
  }
}

extension Mailbox.Restriction {
  func holds(
    _ values: (Mailbox.PropertyPath) throws(Mailbox.Refusal) -> [Mailbox.Scalar]
  ) throws(Mailbox.Refusal) -> Bool {
    switch self {
    case .exists(let path): return !(try values(path)).isEmpty
    case .compares(let path, let comparison, let constant):
      let orders = try values(path).compactMap { $0.order(to: constant) }
      switch comparison {
      case .equal: return orders.contains { $0 == 0 }
      case .notEqual: return !orders.contains { $0 == 0 }
      case .greater: return orders.contains { $0 > 0 }
      case .greaterOrEqual: return orders.contains { $0 >= 0 }
      case .less: return orders.contains { $0 < 0 }
      case .lessOrEqual: return orders.contains { $0 <= 0 }
      }
    case .contains(let path, let wanted, let containment, let ignoresCase):
      let wanted = ignoresCase ? wanted.lowercased() : wanted
      return try values(path).contains { value in
        guard case .text(let stored) = value else { return false }
        let text = ignoresCase ? stored.lowercased() : stored
        switch containment {
        case .fullString: return text == wanted
        case .prefixed: return text.hasPrefix(wanted)
        case .substring, .exactPhrase: return text.contains(wanted)
        case .prefixOnWords: return text.split(separator: " ").contains { $0.hasPrefix(wanted) }
        }
      }
    case .excludes(let path, let bits):
      return try !values(path).contains { value in
        guard case .number(let number) = value else { return false }
        return number & bits != 0
      }
    case .not(let inner): return try !inner.holds(values)
    case .and(let all):
      for part in all where try !part.holds(values) { return false }
      return true
    case .or(let any):
      for part in any where try part.holds(values) { return true }
      return false
    }
  }

  /// Every property that is asked for.
  var paths: [Mailbox.PropertyPath] {
    switch self {
    case .exists(let path), .compares(let path, _, _), .contains(let path, _, _, _),
      .excludes(let path, _):
      [path]
    case .not(let inner): inner.paths
    case .and(let all), .or(let all): all.flatMap(\.paths)
    }
  }

  /// A condition that an index can answer and that whatever meets this restriction has to meet.
  var indexed: (path: Mailbox.ExtendedPath, value: String)? {
    switch self {
    case .compares(.extended(let path), .equal, let value) where PropertyIndex.covers(path):
      (path, value)
    case .and(let all): all.lazy.compactMap(\.indexed).first
    default: nil
    }
  }
}
