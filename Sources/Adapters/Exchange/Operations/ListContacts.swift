internal import XML

/// FindItem: all items of a folder with their stamps (`ews.md` 2.6), where nothing tells of changes.
struct ListContacts: EWSOperation {
  typealias Content = StampedItems

  /// How many items a page holds.
  static let page = 500

  let folder: WireFolderID
  let offset: Int

  let isRead = true
  let messageCount = 1

  func write(to writer: inout XMLWriter) {
    writer.start("m:FindItem", [("Traversal", "Shallow")])
    writer.start("m:ItemShape")
    writer.element("t:BaseShape", "IdOnly")
    writer.paths([.extended(.stamp)])
    writer.end()
    writer.start(
      "m:IndexedPageItemView",
      [
        ("MaxEntriesReturned", String(Self.page)), ("Offset", String(offset)),
        ("BasePoint", "Beginning"),
      ]
    )
    writer.end()
    writer.start("m:ParentFolderIds")
    writer.folderID(folder)
    writer.end()
    writer.end()
  }
}

/// Items in an answer with the stamps that they bear.
struct StampedItems: WireContent {
  private(set) var items: [(id: WireItemID, stamp: String?)] = []
  /// Nil where the answer is no listing.
  private(set) var page: PageEnd?
  private(set) var total: Int?
  private var isStamp = false

  init() {}

  mutating func start(_ word: Word, _ element: WireElement, in path: [Word]) {
    switch word {
    case .rootFolder:
      page = PageEnd(element.attributes)
      total = element.attributes["TotalItemsInView"].flatMap { Int($0) }
    case .itemID where path.count > 1 && path[path.count - 2] == .items:
      items.append((WireItemID(element.attributes), nil))
    case .extendedFieldURI:
      isStamp = ExtendedField.stamp.isNamed(by: element.attributes)
    default: break
    }
  }

  mutating func end(_ word: Word, _ text: WireText, in path: [Word]) {
    guard word == .value, path.last == .extendedProperty, isStamp, !items.isEmpty else { return }
    items[items.count - 1].stamp = text.token
  }
}
