/// The transitions of a zone and the yearly rule that follows the last of them.
final class ZoneHistory: Sendable {
  private let observances: [ZoneObservance]
  /// Transition instants, ascending.
  let instants: [Int64]
  /// For each transition the index of the observance that begins with it.
  private let kinds: [UInt8]
  /// For each transition the wall clock from which on the new offset counts.
  private let walls: [Int64]
  let rule: YearlyRule?

  init(observances: [ZoneObservance], instants: [Int64], kinds: [UInt8], rule: YearlyRule?) {
    self.observances = observances
    self.instants = instants
    self.kinds = kinds
    self.rule = rule
    var before = observances[0].offset
    var walls: [Int64] = []
    walls.reserveCapacity(instants.count)
    for (instant, kind) in zip(instants, kinds) {
      let after = observances[Int(kind)].offset
      walls.append(instant &+ Int64(max(before, after)))
      before = after
    }
    self.walls = walls
  }

  func observance(at instant: Int64) -> ZoneObservance {
    let passed = Self.count(in: instants, upTo: instant)
    if passed == instants.count, let rule { return rule.observance(at: instant) }
    return passed == 0 ? observances[0] : observances[Int(kinds[passed - 1])]
  }

  func observance(atLocal local: Int64) -> ZoneObservance {
    let passed = Self.count(in: walls, upTo: local)
    if passed == walls.count, let rule { return rule.observance(atLocal: local) }
    return passed == 0 ? observances[0] : observances[Int(kinds[passed - 1])]
  }

  func transitions(in range: Range<Int64>) -> [ZoneTransition] {
    var found: [ZoneTransition] = []
    var index = Self.count(in: instants, upTo: range.lowerBound &- 1)
    while index < instants.count, instants[index] < range.upperBound {
      let before = index == 0 ? observances[0] : observances[Int(kinds[index - 1])]
      let after = observances[Int(kinds[index])]
      if before != after {
        found.append(ZoneTransition(instant: instants[index], before: before, after: after))
      }
      index += 1
    }
    if let rule {
      let first = max(range.lowerBound, instants.last.map { $0 &+ 1 } ?? range.lowerBound)
      if first < range.upperBound {
        found += rule.transitions(in: first..<range.upperBound)
      }
    }
    return found
  }

  /// How many entries of an ascending list are at or before `value`.
  private static func count(in list: [Int64], upTo value: Int64) -> Int {
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      if list[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
