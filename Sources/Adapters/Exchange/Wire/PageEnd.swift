internal import XML

/// Where a page of a listing ends: the attributes of `RootFolder` (`ews.md` 2.6).
struct PageEnd: Sendable, Hashable {
  private let includesLast: Bool
  private let nextOffset: Int?

  init(_ attributes: XMLAttributes) {
    includesLast = ["true", "1"].contains(attributes["IncludesLastItemInRange"])
    nextOffset = attributes["IndexedPagingOffset"].flatMap { Int($0) }
  }

  /// Where the next page begins; nil after the last one.
  func next(after offset: Int) throws(EWSError) -> Int? {
    if includesLast { return nil }
    guard let nextOffset, nextOffset > offset else {
      throw .unreadableReply("its pages do not go on")
    }
    return nextOffset
  }
}
