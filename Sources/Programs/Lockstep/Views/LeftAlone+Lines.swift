import SyncModel

extension [LeftAlone] {
  /// How many items are on one side only and by whose wish; nil where there are none.
  func summary(_ invocation: Invocation) -> String? {
    guard !isEmpty else { return nil }
    let parts = LeftAlone.Cause.allCases.compactMap { cause -> String? in
      let number = count { $0.cause == cause }
      return number == 0 ? nil : "\(number) \(cause.words)"
    }
    return "\(count) left alone: \(parts.joined(separator: ", ")) — "
      + invocation.spelled("'lockstep status' lists them")
  }

  /// The first of those without a counterpart, and what brings it back.
  func unproven(_ captions: Captions, _ invocation: Invocation) -> [String] {
    let items = filter { $0.cause == .unproven }.map(\.item)
    guard !items.isEmpty else { return [] }
    let shown = items.prefix([LeftAlone].shownUnproven).map {
      "  " + (captions.shown($0) ?? $0.shownByID)
    }
    let rest = items.count - shown.count
    return ["On one side only, and perhaps removed from the other one on purpose:"] + shown
      + (rest > 0 ? ["  and \(rest) more"] : [])
      + [
        invocation.spelled(
          "  'lockstep adopt --create-missing' makes their other halves; one by itself comes back when "
            + "it is changed."
        )
      ]
  }

  /// What `unproven` names.
  var named: [HeldItem] {
    Array<HeldItem>(
      filter { $0.cause == .unproven }.prefix([LeftAlone].shownUnproven).map(\.item)
    )
  }

  /// For scripts: how many of each cause.
  var counts: [String: Int] { reduce(into: [:]) { $0[$1.cause.rawValue, default: 0] += 1 } }

  private static var shownUnproven: Int { 5 }
}

extension LeftAlone.Cause {
  /// After a number.
  fileprivate var words: String {
    switch self {
    case .deletedInExchange: "deleted in Exchange and kept in the PSA"
    case .deletedInPSA: "deleted in the PSA and kept in Exchange"
    case .reassigned: "given to somebody else in the PSA"
    case .undone: "taken back by 'undo'"
    case .purged: "removed by 'purge'"
    case .released: "kept by 'release'"
    case .unproven: "without a proven counterpart since the links were lost"
    case .orphaned: "made by Lockstep from what is not there any more"
    case .double: "bearing the reference of another one"
    }
  }
}
