import SyncModel

/// Counts the pages of Exchange's list of changes, so that one without an end ends the run.
struct PageCount {
  /// Five million items, of which a page has 512.
  private static let most = 10_000
  /// A server may send a page or two on which nothing is left.
  private static let mostBlank = 100

  private var pages = 0
  private var blank = 0

  /// Throws where the list goes on and on.
  mutating func note(_ page: ExchangeChanges) throws(StopFailure) {
    pages += 1
    blank = page.present.isEmpty && page.gone.isEmpty ? blank + 1 : 0
    guard pages <= Self.most, blank <= Self.mostBlank else {
      throw StopFailure(
        "Exchange's list of what changed goes on and on.",
        remedy: .retry(after: .seconds(300))
      )
    }
  }
}
