internal import XML

/// FindFolder: the folders below one, at any depth, a page at a time (`ews.md` 2.2).
struct FindFolder: EWSOperation {
  typealias Content = FolderContent

  /// How many folders a page holds.
  static let page = 500

  let parent: WireFolderID
  let offset: Int

  let isRead = true
  let messageCount = 1

  func write(to writer: inout XMLWriter) {
    writer.start("m:FindFolder", [("Traversal", "Deep")])
    writer.start("m:FolderShape")
    writer.element("t:BaseShape", "IdOnly")
    writer.paths([.field("folder:FolderClass"), .field("folder:ParentFolderId")])
    writer.end()
    writer.start(
      "m:IndexedPageFolderView",
      [
        ("MaxEntriesReturned", String(Self.page)), ("Offset", String(offset)),
        ("BasePoint", "Beginning"),
      ]
    )
    writer.end()
    writer.start("m:ParentFolderIds")
    writer.folderID(parent)
    writer.end()
    writer.end()
  }
}
