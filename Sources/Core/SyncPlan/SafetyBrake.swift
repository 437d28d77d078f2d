/// How many items may vanish in one run before a person is asked (`rules.md` 8).
package struct SafetyBrake: Hashable, Sendable {
  package let floor: Int
  package let percent: Int

  package static let standard = SafetyBrake(floor: 5, percent: 10)

  /// More than `max(floor, percent of the linked items)` are held, all of them.
  package func holds(_ count: Int, ofLinked total: Int) -> Bool {
    count > floor && count * 100 > percent * total
  }
}
