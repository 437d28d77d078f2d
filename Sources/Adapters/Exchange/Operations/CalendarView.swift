internal import XML

/// FindItem with a CalendarView: what takes place in a stretch, series expanded (`ews.md` 2.6).
struct CalendarView: EWSOperation {
  typealias Content = CalendarViewContent

  /// The server's own limit on what a view gives.
  static let most = 1_000

  let folder: WireFolderID
  /// UTC, as the schema writes instants.
  let start: String
  let end: String

  let isRead = true
  let messageCount = 1

  func write(to writer: inout XMLWriter) {
    writer.start("m:FindItem", [("Traversal", "Shallow")])
    writer.start("m:ItemShape")
    writer.element("t:BaseShape", "IdOnly")
    writer.paths([.field("calendar:CalendarItemType")])
    writer.end()
    writer.start(
      "m:CalendarView",
      [
        ("MaxEntriesReturned", String(Self.most)), ("StartDate", start), ("EndDate", end),
      ]
    )
    writer.end()
    writer.start("m:ParentFolderIds")
    writer.folderID(folder)
    writer.end()
    writer.end()
  }
}

/// The ids of what takes place, with what each is in a series.
struct CalendarViewContent: WireContent {
  /// Dates of series; singles are left out.
  private(set) var dates: [WireItemID] = []
  private(set) var includesLast = true
  private var current: WireItemID?

  init() {}

  mutating func start(_ word: Word, _ element: WireElement, in path: [Word]) {
    if word == .rootFolder {
      includesLast = element.attributes["IncludesLastItemInRange"] == "true"
    } else if word == .itemID, path.count > 1, path[path.count - 2] == .items {
      current = WireItemID(element.attributes)
    }
  }

  mutating func end(_ word: Word, _ text: WireText, in path: [Word]) {
    guard word == .calendarItemType, let current else { return }
    if ["Occurrence", "Exception"].contains(text.token) { dates.append(current) }
  }
}
