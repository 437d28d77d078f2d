internal import XML

/// GetFolder: the calendar folder with its rights, its count and its mark (`ews.md` 2.2).
struct GetFolder: EWSOperation {
  typealias Content = FolderContent

  let folder: WireFolderID

  let isRead = true
  let messageCount = 1

  func write(to writer: inout XMLWriter) {
    writer.start("m:GetFolder")
    writer.start("m:FolderShape")
    writer.element("t:BaseShape", "IdOnly")
    writer.paths([
      .field("folder:FolderClass"), .field("folder:TotalCount"), .field("folder:EffectiveRights"),
      .extended(.folderMark),
    ])
    writer.end()
    writer.start("m:FolderIds")
    writer.folderID(folder)
    writer.end()
    writer.end()
  }
}

/// How a request names a folder.
enum WireFolderID: Sendable, Hashable {
  case id(String)
  /// One of Exchange's own names, in the mailbox of that address; nil is the account's own.
  case distinguished(String, mailbox: String?)
}

extension XMLWriter {
  mutating func folderID(_ folder: WireFolderID) {
    switch folder {
    case .id(let id):
      element("t:FolderId", "", ("Id", id))
    case .distinguished(let name, let mailbox):
      start("t:DistinguishedFolderId", [("Id", name)])
      if let mailbox {
        start("t:Mailbox")
        element("t:EmailAddress", mailbox)
        end()
      }
      end()
    }
  }
}

/// A folder as replies carry it.
struct WireFolder: Sendable {
  var id = ""
  var parent: String?
  var folderClass: String?
  var name: String?
  var totalCount: Int?
  var canCreate = false
  var canModify = false
  var canHoldFolders = false
  var mark: String?
}

/// Folders in an answer, and where its page ends.
struct FolderContent: WireContent {
  private(set) var folders: [WireFolder] = []
  /// Nil where the answer is no listing.
  private(set) var page: PageEnd?

  private var folderDepth = 0
  private var isMark = false

  init() {}

  mutating func start(_ word: Word, _ element: WireElement, in path: [Word]) {
    if word == .rootFolder {
      page = PageEnd(element.attributes)
    } else if path.last == .folders {
      folders.append(WireFolder())
      folderDepth = path.count + 1
    } else if !folders.isEmpty {
      switch word {
      case .folderID where path.count == folderDepth:
        folders[folders.count - 1].id = element.attributes["Id"] ?? ""
      case .parentFolderID where path.count == folderDepth:
        folders[folders.count - 1].parent = element.attributes["Id"]
      case .extendedFieldURI:
        isMark = ExtendedField.folderMark.isNamed(by: element.attributes)
      default: break
      }
    }
  }

  mutating func end(_ word: Word, _ text: WireText, in path: [Word]) {
    guard !folders.isEmpty else { return }
    let last = folders.count - 1
    switch (word, path.last) {
    case (.displayName, _) where path.count == folderDepth: folders[last].name = text.string
    case (.folderClass, _) where path.count == folderDepth: folders[last].folderClass = text.token
    case (.totalCount, _) where path.count == folderDepth: folders[last].totalCount = text.number
    case (.createContents, .effectiveRights): folders[last].canCreate = text.boolean == true
    case (.createHierarchy, .effectiveRights):
      folders[last].canHoldFolders = text.boolean == true
    case (.modify, .effectiveRights): folders[last].canModify = text.boolean == true
    case (.value, .extendedProperty) where isMark: folders[last].mark = text.token
    default: break
    }
  }
}
