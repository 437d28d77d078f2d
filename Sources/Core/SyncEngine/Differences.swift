package import SyncModel

/// Which of the known ids are not there any more, and which are new.
package struct Differences: Sendable {
  package private(set) var gone: [PSAID] = []
  package private(set) var new: [PSAID] = []

  /// Finds them by halves where a count differs, so that few ids have to be listed.
  ///
  /// Nil where a listing does not have as many ids as were counted: nothing is known then.
  ///
  /// - Parameters:
  ///   - known: ascending, all within `range`; a nil range is everything.
  ///   - count: how many there are.
  package static func between(
    _ known: ArraySlice<PSAID>,
    _ count: Int,
    in range: ClosedRange<PSAID>? = nil,
    counting: (ClosedRange<PSAID>) async throws -> Int,
    listing: (ClosedRange<PSAID>?) async throws -> [PSAID]
  ) async throws -> Differences? {
    var found = Differences()
    guard try await found.search(known, count, range, counting, listing) else { return nil }
    return found
  }

  private mutating func search(
    _ known: ArraySlice<PSAID>,
    _ count: Int,
    _ range: ClosedRange<PSAID>?,
    _ counting: (ClosedRange<PSAID>) async throws -> Int,
    _ listing: (ClosedRange<PSAID>?) async throws -> [PSAID]
  ) async throws -> Bool {
    guard count != known.count else { return true }
    if count + known.count <= 1_000 || known.count < 2 {
      let actual = try await listing(range)
      guard actual.count == count else { return false }
      let (there, before) = (Set(actual), Set(known))
      gone += known.filter { !there.contains($0) }
      new += actual.filter { !before.contains($0) }
      return true
    }
    let all = range ?? PSAID(0)...PSAID(Int64.max)
    let middle = known[known.startIndex + known.count / 2]
    let lower = all.lowerBound...PSAID(middle.rawValue - 1)
    let upper = middle...all.upperBound
    let split = known.firstIndex { $0 >= middle } ?? known.endIndex
    let below = try await counting(lower)
    let isLowerWhole = try await search(known[..<split], below, lower, counting, listing)
    let isUpperWhole = try await search(known[split...], count - below, upper, counting, listing)
    return isLowerWhole && isUpperWhole
  }
}
