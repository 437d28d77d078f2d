internal import XML

/// FindFolder: the folders below one, at any depth or directly, a page at a time (`ews.md` 2.2).
struct FindFolder: EWSOperation {
  typealias Content = FolderContent

  /// How many folders a page holds.
  static let page = 500

  let parent: WireFolderID
  let offset: Int
  /// Directly below only, with what `GetFolder` says of a folder.
  var isShallow = false

  let isRead = true
  let messageCount = 1

  func write(to writer: inout XMLWriter) {
    writer.start("m:FindFolder", [("Traversal", isShallow ? "Shallow" : "Deep")])
    writer.start("m:FolderShape")
    writer.element("t:BaseShape", "IdOnly")
    let more: [PropertyPath] = [
      .field("folder:DisplayName"), .field("folder:TotalCount"), .field("folder:EffectiveRights"),
    ]
    writer.paths(
      [.field("folder:FolderClass"), .field("folder:ParentFolderId")] + (isShallow ? more : [])
    )
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
