internal import XML

/// SyncFolderItems: the next page of what moved in a folder (`ews.md` 2.4).
struct SyncFolderItems: EWSOperation {
  typealias Content = SyncFolderItemsContent

  /// The schema's own limit.
  static let page = 512

  let folder: WireFolderID
  /// Nil on the first call.
  let syncState: String?

  let isRead = true
  let messageCount = 1

  func write(to writer: inout XMLWriter) {
    writer.start("m:SyncFolderItems")
    writer.start("m:ItemShape")
    writer.element("t:BaseShape", "IdOnly")
    writer.end()
    writer.start("m:SyncFolderId")
    writer.folderID(folder)
    writer.end()
    if let syncState { writer.element("m:SyncState", syncState) }
    writer.element("m:MaxChangesReturned", String(Self.page))
    writer.element("m:SyncScope", "NormalItems")
    writer.end()
  }
}

/// One page of changes, in the server's order; whatever class the items are of.
struct SyncFolderItemsContent: WireContent {
  enum Kind: Sendable { case present, gone }

  private(set) var syncState = ""
  private(set) var includesLast: Bool?
  private(set) var changes: [(kind: Kind, item: WireItemID)] = []

  init() {}

  mutating func start(_ word: Word, _ element: WireElement, in path: [Word]) {
    guard word == .itemID, let changes = path.firstIndex(of: .changes), path.count > changes + 1
    else { return }
    let item = WireItemID(element.attributes)
    switch path[changes + 1] {
    case .create, .update, .readFlagChange: self.changes.append((.present, item))
    case .delete: self.changes.append((.gone, item))
    default: break
    }
  }

  mutating func end(_ word: Word, _ text: WireText, in path: [Word]) {
    switch word {
    case .syncState: syncState = text.token
    case .includesLastItemInRange: includesLast = text.boolean
    default: break
    }
  }
}

/// An item's id and version, as replies carry them.
struct WireItemID: Sendable, Hashable {
  let id: String
  let changeKey: String

  init(id: String, changeKey: String) {
    self.id = id
    self.changeKey = changeKey
  }

  init(_ attributes: XMLAttributes) {
    id = attributes["Id"] ?? ""
    changeKey = attributes["ChangeKey"] ?? ""
  }
}

/// The ids of the items in an answer, at the top only, and where its page ends.
struct ItemIDContent: WireContent {
  private(set) var ids: [WireItemID] = []
  /// Nil where the answer is no listing.
  private(set) var page: PageEnd?

  init() {}

  mutating func start(_ word: Word, _ element: WireElement, in path: [Word]) {
    if word == .rootFolder {
      page = PageEnd(element.attributes)
    } else if word == .itemID, path.count > 1, path[path.count - 2] == .items {
      ids.append(WireItemID(element.attributes))
    }
  }

  mutating func end(_ word: Word, _ text: WireText, in path: [Word]) {}
}
