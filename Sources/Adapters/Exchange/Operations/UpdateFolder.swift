internal import XML

/// UpdateFolder: writes the folder mark (`rules.md` 7).
struct UpdateFolder: EWSOperation {
  typealias Content = NoContent

  let folder: WireFolderID
  let mark: String

  let isRead = false
  let messageCount = 1

  func write(to writer: inout XMLWriter) {
    writer.start("m:UpdateFolder")
    writer.start("m:FolderChanges")
    writer.start("t:FolderChange")
    writer.folderID(folder)
    writer.start("t:Updates")
    writer.start("t:SetFolderField")
    writer.path(.extended(.folderMark))
    writer.start("t:CalendarFolder")
    writer.extendedProperty(.folderMark, mark)
    for _ in 0..<6 { writer.end() }
  }
}

/// For answers that say nothing but how it went.
struct NoContent: WireContent {
  init() {}
  mutating func start(_ word: Word, _ element: WireElement, in path: [Word]) {}
  mutating func end(_ word: Word, _ text: WireText, in path: [Word]) {}
}
