internal import XML

/// MoveItem: items into another folder, where each gets a new id (`ews.md` 2.9).
struct MoveItem: EWSOperation {
  typealias Content = ItemIDContent

  let ids: [String]
  let folder: WireFolderID

  let isRead = false
  var messageCount: Int { ids.count }

  func write(to writer: inout XMLWriter) {
    writer.start("m:MoveItem")
    writer.start("m:ToFolderId")
    writer.folderID(folder)
    writer.end()
    writer.start("m:ItemIds")
    for id in ids { writer.element("t:ItemId", "", ("Id", id)) }
    writer.end()
    writer.element("m:ReturnNewItemIds", "true")
    writer.end()
  }
}
