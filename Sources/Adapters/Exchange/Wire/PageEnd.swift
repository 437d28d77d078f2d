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

/// How far a listing was read; one that never ends is given up.
struct Paging: Sendable {
  private static let mostPages = 1_000

  /// Where the next page begins.
  private(set) var offset = 0
  private var pages = 0

  /// Moves on to the page after this one; false where it was the last.
  mutating func goesOn(after page: PageEnd) throws(EWSError) -> Bool {
    guard let next = try page.next(after: offset) else { return false }
    pages += 1
    guard pages < Self.mostPages else { throw .unreadableReply("its pages do not end") }
    offset = next
    return true
  }
}
