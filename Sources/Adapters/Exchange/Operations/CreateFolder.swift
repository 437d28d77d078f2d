internal import XML

/// CreateFolder: a folder for contacts below another one (`ews.md` 2.2).
struct CreateFolder: EWSOperation {
  typealias Content = FolderContent

  let parent: WireFolderID
  let name: String

  let isRead = false
  let messageCount = 1

  func write(to writer: inout XMLWriter) {
    writer.start("m:CreateFolder")
    writer.start("m:ParentFolderId")
    writer.folderID(parent)
    writer.end()
    writer.start("m:Folders")
    writer.start("t:ContactsFolder")
    writer.element("t:FolderClass", "IPF.Contact")
    writer.element("t:DisplayName", name)
    for _ in 0..<3 { writer.end() }
  }
}
